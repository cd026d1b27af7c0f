"""The smallest repair: the fewest facts that would have to change, to what, by how much, and the slip that explains it.

Whatever resolves a conflict changes one of its facts. So sets of facts are looked at by size, each
with one more fact of a conflict that the smaller one leaves; that way none of the least size is missed.

- I. P. Fellegi, D. Holt: A systematic approach to automatic edit and imputation. JASA 71, 1976
  (the fewest fields, by weight, whose change lets a record keep all edits).
- R. Reiter: A theory of diagnosis from first principles. Artificial Intelligence 32, 1987
  (the tree of sets that hit all conflicts).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil, floor

from checker import balance, core, interval, linear, period, quantity, slip, vocabulary
from checker.balance import Weight
from checker.conflict import Cause
from checker.hold import CALENDAR, above, below, free, impossible, is_apart, replaced, room, within
from checker.linear import And, Formula, Undecided
from checker.model import Change, Claimant, Exact, Fact, Interval, Linear, Repair, Value, Vocabulary
from checker.omega import LIMIT, Work
from checker.record import NamedTuple

MAX_REPAIRS = 10
MAX_CHANGES = 3
MAX_SETS = 200  # sets of facts of one size that are looked at
MAX_WORK = 2 * LIMIT
VERIFIED = 2  # how much more a verified figure weighs than another of the same claimant

Keys = tuple[str, ...]


class Repairs(NamedTuple):
    """The repairs of a finding; where there is none, why."""

    found: tuple[Repair, ...]
    reason: str = ""


def repairs(caused: Cause, names: Vocabulary, *, conventional: bool) -> Repairs:
    """All changes of the fewest facts that let the matches of a conflict stand, up to ten.

    The lightest first (by the weight of the claimant in the vocabulary, twice that where the figure
    is verified), then by how far the facts have to move in sum, then in order of their ids. Each
    says the whole range to which a fact would have to move, the facts that do not change left as
    they are. A fact or claimant that is fixed stays as it is. None where it would take more than
    three; of a large group, those that are found within the work that is allowed.
    """
    group = _Group(caused, names, conventional)
    try:
        found = group.smallest()
    except Undecided:
        return Repairs((), "what would have to change takes more work than is allowed")
    if not found:
        return Repairs((), group.why_none())
    if len(found) > 1:
        found.sort(key=lambda moves: (_weight(moves, names), _distance(moves), tuple(moves)))
    return Repairs(tuple(Repair(group.changes(moves)) for moves in found[:MAX_REPAIRS]))


class Move(NamedTuple):
    """Where a fact would have to go: one range, or one below and one above what it is; and how far, with its sign."""

    fact: Fact
    now: Interval
    to: tuple[Interval, ...]
    step: Exact


Moves = dict[str, Move]


class _Group:
    def __init__(self, caused: Cause, names: Vocabulary, conventional: bool) -> None:
        held = caused.held
        self._conflicting = caused.keys
        self._balance = caused.balance
        self._formula: Formula = And(tuple([one.formula for one in held]))
        self._unknowns = {key: unknown for one in held for key, unknown in one.unknowns.items()}
        facts = {key: fact for one in held for key, fact in one.facts.items()}
        self._facts = {key: facts[key] for key in sorted(facts)}
        # A derived fact that stands for itself (what it comes from is not linear) is nobody's to correct.
        claimed = [key for key, fact in self._facts.items() if fact.derivation is None]
        self._fixed = frozenset([key for key in claimed if _is_fixed(self._facts[key], names)])
        self._movable = [key for key in claimed if key not in self._fixed]
        self._is_stuck = False
        self._conventional = conventional
        self._work = Work(MAX_WORK)

    def smallest(self) -> list[Moves]:
        """The moves of all sets of the least size that resolve the group."""
        if self._balance is not None and self._movable:
            return [{key: self._weighed(self._balance.weights[key])} for key in self._movable]
        sets: list[Keys] = [()]
        for _ in range(MAX_CHANGES):
            sets = self._larger(sets)
            if found := list(self._resolving(sets)):
                return found
            self._is_stuck = not sets
        return []

    @staticmethod
    def _weighed(weight: Weight) -> Move:
        now = interval.point(weight.figure)
        return Move(weight.fact, now, (weight.to,), _step(now, (weight.to,)))

    def _resolving(self, sets: Iterable[Keys]) -> Iterator[Moves]:
        """The moves of those sets that resolve the group; once there are some, as many as the work allows."""
        is_found = False
        for keys in sets:
            try:
                moves = self._moves(keys)
            except Undecided:
                if is_found:
                    return
                raise
            if moves is not None:
                is_found = True
                yield moves

    def why_none(self) -> str:
        """Why no set resolves the group."""
        if not self._is_stuck:
            return f"no change of up to {MAX_CHANGES} facts was found that resolves it"
        return "no repair leaves what is held fixed" if self._fixed and self._conflicting else ""

    def _larger(self, sets: Iterable[Keys]) -> list[Keys]:
        """Each set with one fact of a conflict that remains while it is free to move."""
        larger = {tuple(sorted((*keys, key))) for keys in sets for key in self._conflict(keys)}
        return sorted(larger)[:MAX_SETS]

    def _conflict(self, freed: Keys) -> Iterable[str]:
        if not freed:
            return self._conflicting & set(self._movable)

        def contradict(some: frozenset[str]) -> bool:
            forms = self._freed(key for key in self._movable if key not in some)
            return impossible([replaced(self._formula, forms)], self._conventional, self._work)

        rest = [key for key in self._movable if key not in freed]
        return core.irreducible(rest, contradict)[0] if contradict(frozenset(rest)) else ()

    def _freed(self, keys: Iterable[str]) -> dict[str, Linear]:
        return {key: free(self._facts[key], self._unknowns[key]) for key in keys}

    # --- where to

    def _moves(self, keys: Keys) -> Moves | None:
        forms = self._freed(keys)
        formula = replaced(self._formula, forms)
        moves: Moves = {}
        for key in keys:
            now = linear.domain(self._unknowns[key], self._conventional)
            to = self._range(formula, forms[key], now)
            if not to:
                return None
            moves[key] = Move(self._facts[key], now, to, _step(now, to))
        return moves

    def _range(self, formula: Formula, form: Linear, now: Interval) -> tuple[Interval, ...]:
        """Where a form may be, but for what it is now: none of that helps, or fewer changes would do."""
        whole = room([formula], form, self._conventional, self._work)
        if whole is None or is_apart(whole, now):
            return () if whole is None else (whole,)
        sides = []
        if now.low is not None:
            sides.append(below(form, now.low, not now.includes_low))
        if now.high is not None:
            sides.append(above(form, now.high, not now.includes_high))
        found = [room([formula, side], form, self._conventional, self._work) for side in sides]
        return tuple(one for one in found if one is not None)

    # --- what to say

    def changes(self, moves: Moves) -> tuple[Change, ...]:
        """The changes in words, each with the slip that would explain it."""
        return tuple(
            Change(
                key,
                _words([_rounded(move.now, move.fact)], move.fact),
                _words([_whole_days(one, move.fact) for one in move.to], move.fact),
                _shift(move.step),
                self._hint(key, moves),
            )
            for key, move in moves.items()
        )

    def _hint(self, key: str, moves: Moves) -> str:
        freed = self._freed(other for other in moves if other != key)

        def resolves(values: slip.Values) -> bool:
            if self._fixed & values.keys():
                return False
            read = {id: self._read(value) for id, value in values.items()}
            if self._balance is not None and (figures := self._figures(read)) is not None:
                return self._balance.holds(figures)
            put = {id: within(self._unknowns[id], value) for id, value in read.items()}
            try:
                return not impossible([replaced(self._formula, {**freed, **put})], self._conventional, self._work)
            except Undecided:
                return False

        others = [fact for id, fact in self._facts.items() if id != key]
        return slip.hint(moves[key].fact, others, moves[key].to, resolves, conventional=self._conventional)

    def _figures(self, read: Mapping[str, Interval]) -> Mapping[str, Exact] | None:
        """The numbers that facts would be, if each is one."""
        figures: dict[str, Exact] = {}
        for id, one in read.items():
            figure = balance.figure(one, whole=self._unknowns[id].whole)
            if figure is None:
                return None
            figures[id] = figure
        return figures

    def _read(self, value: Value) -> Interval:
        read = value.conventional if self._conventional else value.literal
        assert read is not None, "only numbers slip"
        return read


# ------------------------------------------------------------------------- which is smaller


def _is_fixed(fact: Fact, names: Vocabulary) -> bool:
    claimant = _claimant(fact, names)
    return fact.fixed or (claimant is not None and claimant.fixed)


def _claimant(fact: Fact, names: Vocabulary) -> Claimant | None:
    return vocabulary.find(names.claimants, fact.claimant or "") if names.claimants else None


def _weight(moves: Moves, names: Vocabulary) -> Exact:
    return sum(_weight_of(move.fact, names) for move in moves.values())


def _weight_of(fact: Fact, names: Vocabulary) -> Exact:
    claimant = _claimant(fact, names)
    return (claimant.weight if claimant else 1) * (VERIFIED if fact.basis == "verified" else 1)


def _distance(moves: Moves) -> Exact:
    return sum(_size(move.step) for move in moves.values())


def _size(step: Exact) -> Exact:
    return max(step, -step)


def _step(now: Interval, ranges: Iterable[Interval]) -> Exact:
    """How far the nearest end has to move, upwards or (below nought) downwards, to reach a range."""
    steps: list[Exact] = []
    for to in ranges:
        if to.low is not None and now.high is not None and to.low >= now.high:
            steps.append(to.low - now.high)
        elif to.high is not None and now.low is not None and to.high <= now.low:
            steps.append(to.high - now.low)
    return min(steps, key=_size, default=0)


# ------------------------------------------------------------------------- words


def _shift(step: Exact) -> str:
    return f"{'+' if step > 0 else '-'}{quantity.number(_size(step))}" if step else ""


def _words(ranges: Iterable[Interval], fact: Fact) -> str:
    return " or ".join([_word(one, fact) for one in ranges])


def _word(values: Interval, fact: Fact) -> str:
    if fact.measure.type == "date":
        first, last = (None if end is None or end in CALENDAR[:2] else int(end) for end in values[:2])
        return period.show(first, last)
    return quantity.show(values, fact.measure.type)


def _rounded(values: Interval, fact: Fact) -> Interval:
    """A range of days as tables show it."""
    if fact.measure.type != "duration":
        return values
    low, high = (None if end is None else round(end) for end in values[:2])
    return values._replace(low=low, high=high)


def _whole_days(values: Interval, fact: Fact) -> Interval:
    """The whole days in a range of days, if any: nobody reads the eighths of a month's last day."""
    if fact.measure.type != "duration":
        return values
    low, high = values.low, values.high
    days = values._replace(low=None if low is None else ceil(low), high=None if high is None else floor(high))
    return values if days.low is not None and days.high is not None and days.low > days.high else days

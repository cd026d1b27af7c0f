"""Why it cannot be: what cannot be met together, and the smallest conflict in it.

Formulas (``hold``) that share a fact belong together, and whether any choice of values keeps them
all is decided exactly; so what is said here is proved, or not said. Facts that leave no choice tie
nothing together: whatever they say is said to each match by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from checker import balance, core, linear, match
from checker.balance import Balance
from checker.hold import Held, NotLinear, decided, derivations, free, hold, impossible, is_open, replaced
from checker.judge import Judgement
from checker.linear import Formula, Undecided
from checker.model import Conflict, Fact, Match, Vocabulary
from checker.narrow import Answer
from checker.omega import LIMIT, Work
from checker.record import NamedTuple
from checker.witness import Item, Witness

MAX_WORK = 4 * LIMIT  # on the conflicts of a group once it is known that there is one


class Joint(NamedTuple):
    """Matches that each can be met and not all together, in the literal or the conventional intervals.

    Without a cause it is not decided whether they can. Stopped, more may be in the conflict than has to be.
    """

    held: tuple[Held, ...]
    conventional: bool
    cause: Cause | None
    stopped: bool


class Together(NamedTuple):
    """What was found together, and what was left out of it, in words."""

    joint: tuple[Joint, ...]
    notes: tuple[str, ...] = ()


class Taking(NamedTuple):
    """The formulas that take part, which of them are suspicious by themselves, and how many matches could not."""

    held: list[Held]
    sure: list[Held]  # if asked for, those that every choice of literal values keeps: they tie nothing
    suspicious: frozenset[match.Identity]
    left_out: Counter[str]


def joint(judged: Iterable[tuple[Match, Judgement]], names: Vocabulary) -> Together:
    """What is impossible together among the matches shown as errors that are met by themselves (spec, section 5)."""
    part, allowance = taking(judged, names), core.Allowance()
    literal, rest = _apart(part.held, False, allowance)
    usual = [one for one in rest if match.identity(one.match) not in part.suspicious]
    conventional, _ = _apart(usual, True, allowance)
    notes = [f"joint: {rule} is not linear ({_counted(number)} left out)" for rule, number in part.left_out.items()]
    stopped = [
        f"joint: stopped at the work limit in a group of {len(_facts(one.held)):,} facts"
        for one in (*literal, *conventional)
        if one.stopped
    ]
    return Together((*literal, *conventional), (*sorted(notes), *stopped))


def _counted(matches: int) -> str:
    return f"{matches:,} match{'' if matches == 1 else 'es'}"


def taking(judged: Iterable[tuple[Match, Judgement]], names: Vocabulary, *, everything: bool = False) -> Taking:
    """The formulas of the matches that take part, in order; with ``everything``, of violated and sure ones too."""
    held: list[Held] = []
    sure: list[Held] = []
    suspicious: set[match.Identity] = set()
    left_out: Counter[str] = Counter()
    for found, judgement in judged:
        if not _takes_part(found, judgement, everything):
            continue
        try:
            one = hold(found, names)
        except NotLinear:
            left_out[found.rule.id] += 1
            continue
        if one is not None:
            (sure if judgement.surely else held).append(one)
            if judgement.verdict == "suspicious":
                suspicious.add(match.identity(found))
    held.sort(key=lambda one: match.identity(one.match))
    return Taking(held, sure, frozenset(suspicious), left_out)


def _takes_part(found: Match, judgement: Judgement, everything: bool) -> bool:
    if judgement.verdict == "incomparable" or not found.certain or severity(found) != "error":
        return False
    return everything or (judgement.verdict != "violated" and not judgement.surely)


def severity(found: Match) -> str:
    """The severity of a rule for the facts of a match: another, where it says so, for several claimants."""
    claimants = {fact.claimant for fact in match.facts_of(found.bindings)}
    return found.rule.across if found.rule.across is not None and len(claimants) > 1 else found.rule.severity


# ------------------------------------------------------------------------- conflicts that share nothing


def _apart(held: Sequence[Held], conventional: bool, allowance: core.Allowance) -> tuple[list[Joint], list[Held]]:
    """The conflicts of each group, no two of one group with a fact or match in common; and what is left without them.

    Two groups may share a fact that leaves no choice.
    """
    found: list[Joint] = []
    rest: list[Held] = []
    whole = {match.identity(one.match): one for one in held}  # with what is known of facts in other conflicts
    pending = [(group, Work(MAX_WORK)) for group in groups(held, conventional)]
    while pending:
        group, work = pending.pop()
        try:
            if len(group) < 2 or not impossible([one.formula for one in group], conventional):
                rest += group
                continue
        except Undecided:
            found.append(Joint(tuple(group), conventional, None, stopped=True))
            continue
        caused = cause(group, conventional=conventional, work=work, allowance=allowance)
        matches = tuple(whole[match.identity(one.match)] for one in caused.held)
        found.append(Joint(matches, conventional, caused._replace(held=matches), stopped=work.left < 0))
        pending += [(other, work) for other in groups(_without(group, caused), conventional)]
    return sorted(found, key=lambda one: match.identity(one.held[0].match)), rest


def _without(group: Iterable[Held], caused: Cause) -> list[Held]:
    """The other matches of a group, with nothing known of the facts that are in the conflict."""
    gone = {match.identity(one.match) for one in caused.held}
    return [_freed(one, caused.keys) for one in group if match.identity(one.match) not in gone]


def _freed(one: Held, keys: Iterable[str]) -> Held:
    forms = {key: free(one.facts[key], one.unknowns[key]) for key in keys if key in one.facts}
    if not forms:
        return one
    facts = {key: fact for key, fact in one.facts.items() if key not in forms}
    unknowns = {key: forms[key].terms[0][0] if key in forms else unknown for key, unknown in one.unknowns.items()}
    return Held(one.match, replaced(one.formula, forms), facts, unknowns)


def groups(held: Sequence[Held], conventional: bool) -> list[list[Held]]:
    """The formulas, together where they share what is open or are linked by others that do; in order."""
    leader = list(range(len(held)))

    def root(index: int) -> int:
        while leader[index] != index:
            leader[index] = index = leader[leader[index]]
        return index

    first: dict[str, int] = {}
    for index, one in enumerate(held):
        for key, unknown in one.unknowns.items():
            if is_open(unknown, conventional):
                leader[root(index)] = root(first.setdefault(key, index))
    found: dict[int, list[Held]] = {}
    for index, one in enumerate(held):
        found.setdefault(root(index), []).append(one)
    return list(found.values())


# ------------------------------------------------------------------------- the smallest conflict


class Cause(NamedTuple):
    """The smallest conflict in a group: its matches, the keys of its facts, and as it is shown."""

    held: tuple[Held, ...]
    keys: frozenset[str]
    conflict: Conflict
    balance: Balance | None = None  # of a single match that is as simple as that


def cause(
    held: Sequence[Held], *, conventional: bool, work: Work | None = None, allowance: core.Allowance | None = None
) -> Cause:
    """The fewest matches and facts of a group that cannot stand together.

    Where that cannot be shown of any, all of them, and not as the smallest.
    """
    simple = balance.of(held[0], conventional) if len(held) == 1 else None
    if simple is not None:
        needed = frozenset(simple.weights)
        return Cause(tuple(held), needed, Conflict(tuple(sorted(needed)), _rules(held, needed)), simple)
    alone = len(held) == 1  # without it there is no conflict at all
    items: list[Item] = [*sorted({*_telling(held, conventional)}), *(() if alone else range(len(held)))]
    group = _Group(held, items, conventional, work or Work(MAX_WORK))
    found, is_smallest = core.Core(tuple(items), smallest=False)
    if group.known.ask(group.known.everything, group.contradict):
        found, is_smallest = core.smallest(items, group.contradict, group.known, allowance)
    matches = tuple(one for number, one in enumerate(held) if number in found or alone)
    keys = frozenset(item for item in found if isinstance(item, str))
    return Cause(matches, keys, Conflict(tuple(sorted(keys)), _rules(matches, keys), is_smallest))


def _telling(held: Sequence[Held], conventional: bool) -> Iterator[str]:
    """The facts that say anything of their quantity: without those that do not, everything is as it is."""
    for one in held:
        for key, fact in one.facts.items():
            widest = free(fact, one.unknowns[key])
            if linear.domain(one.unknowns[key], conventional) != linear.span(widest, conventional):
                yield key


class _Group:
    """Matches, of which some are to stand, with some facts as stated and the others free."""

    def __init__(self, held: Sequence[Held], items: Sequence[Item], conventional: bool, work: Work) -> None:
        unknowns = {key: unknown for one in held for key, unknown in one.unknowns.items()}
        self.known = core.Known(items)
        self._held = held
        self._conventional = conventional
        self._work = work
        self._free = {key: free(fact, unknowns[key]) for key, fact in _facts(held).items()}
        self._witness = Witness(items, [one.formula for one in held], unknowns, self._free, conventional)
        self._made: dict[tuple[int, frozenset[str]], Formula] = {}

    def contradict(self, some: frozenset[Item]) -> bool | None:
        """Whether these matches (all where there is one alone) and facts cannot stand together; None: not decided."""
        numbers = [number for number in range(len(self._held)) if number in some or len(self._held) == 1]
        try:
            answer = decided([self._formula(number, some) for number in numbers], self._conventional, self._work)
            self._learn(answer, numbers, some)
        except Undecided:
            return None
        return not answer.possible

    def _formula(self, number: int, stated: frozenset[Item]) -> Formula:
        formula, facts = self._held[number].formula, self._held[number].facts
        keys = frozenset(facts.keys() - stated)
        if (number, keys) not in self._made:
            self._made[number, keys] = replaced(formula, {key: self._free[key] for key in keys})
        return self._made[number, keys]

    def _learn(self, answer: Answer, numbers: Sequence[int], some: frozenset[Item]) -> None:
        """What the answer shows beyond what was asked."""
        known = self.known
        if answer.reasons:
            rests_on: set[Item] = {*(numbers[one] for one in answer.reasons.formulas), *answer.reasons.keys}
            known.impossible(known.bits(rests_on & some))
        if answer.values:
            for kept in self._witness.kept(answer.values, known.named(known.least()), self._work):
                known.possible(known.bits(kept))


def _facts(held: Iterable[Held]) -> dict[str, Fact]:
    return {key: fact for one in held for key, fact in one.facts.items()}


def _rules(held: Iterable[Held], keys: frozenset[str]) -> tuple[str, ...]:
    """The rules of matches, and those by which the facts of a conflict became others that the matches hold."""
    rules: dict[str, None] = {}
    for one in held:
        rules[one.match.rule.id] = None
        for fact in derivations(match.facts_of(one.match.bindings)):
            assert fact.derivation is not None
            form = fact.derivation.form
            if form is not None and any(key in keys for unknown, _ in form.terms for key in unknown.key.split(" = ")):
                rules[fact.derivation.rule] = None
    return tuple(rules)

"""Why a conflict is one, as a chain that a person can follow: what each rule makes of what is known.

Bounds are propagated in rounds, so that a chain is as short as it can be; what is told are the steps
that the last one goes back to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from checker import interval, linear, narrow, period, quantity
from checker.conflict import Cause
from checker.hold import CALENDAR, free, replaced
from checker.model import Exact, Fact, Interval, Unknown
from checker.narrow import Row

MAX_ROUNDS = 12
MAX_TERMS = 1_000  # of all comparisons together: nobody follows more
MAX_STEPS = 12
NAMED = 6  # facts that a sentence bears
MANY_DAYS = 20
UNKNOWN = "at least 0"
LOW, HIGH = 0, 1

Bound = tuple[str, int]
Names = Mapping[str, str]  # what facts are called, by id


class _Known(NamedTuple):
    """An end of what a quantity can be, and the number of the step that shows it; -1 for what was known before."""

    end: Exact
    is_open: bool
    step: int = -1


class _Step(NamedTuple):
    """What a comparison makes of the bounds of other quantities for one."""

    row: Row
    bound: Bound
    known: _Known
    used: tuple[tuple[Bound, _Known], ...]


class _Proof(NamedTuple):
    """Steps, each after those that it uses, and what stands against what the last of them shows."""

    steps: Sequence[_Step]
    against: _Known


def chain(cause: Cause, names: Names, *, conventional: bool) -> tuple[str, ...]:
    """The steps from what is stated to what contradicts it, in words; none where single bounds do not show it.

    Of facts whose keys are not the cause's, only the type is known. ``names`` are what facts are called
    in the finding; others go by their measure.
    """
    facts = {key: fact for one in cause.held for key, fact in one.facts.items()}
    unknowns = {key: unknown for one in cause.held for key, unknown in one.unknowns.items()}
    freed = {key: free(fact, unknowns[key]) for key, fact in facts.items() if key not in cause.keys}
    unknowns |= {key: form.terms[0][0] for key, form in freed.items()}
    rows = [row for number, one in enumerate(cause.held) for row in narrow.rows(replaced(one.formula, freed), number)]
    if sum(len(row.terms) for row in rows) > MAX_TERMS:
        return ()
    proof = _Bounds(rows, unknowns, conventional).proof()
    if proof is None or len(proof.steps) > MAX_STEPS:
        return ()
    rules = [one.match.rule.id for one in cause.held]
    return tuple(_Words(facts, cause.keys, names, rules, conventional).lines(proof))


# ------------------------------------------------------------------------- the steps


class _Bounds:
    def __init__(self, rows: Sequence[Row], unknowns: Mapping[str, Unknown], conventional: bool) -> None:
        self._rows = rows
        self._unknowns = unknowns
        self._steps: list[_Step] = []
        self._known: dict[Bound, _Known] = {}
        for key, unknown in unknowns.items():
            low, high, includes_low, includes_high = linear.domain(unknown, conventional)
            for side, end, includes in ((LOW, low, includes_low), (HIGH, high, includes_high)):
                if end is not None:
                    self._known[key, side] = _Known(end, not includes)

    def proof(self) -> _Proof | None:
        """The steps to a contradiction, where rounds of single bounds lead to one."""
        for _ in range(MAX_ROUNDS):
            last = next(filter(None, map(self._contradicted, self._rows)), None)
            if last is not None:
                key, side = last.bound
                against = self._known[key, 1 - side]
                return _Proof([*self._before(last, against), last], against)
            fresh = self._round()
            if not fresh:
                return None
            for bound, step in fresh.items():
                self._known[bound] = step.known._replace(step=len(self._steps))
                self._steps.append(step)
        return None

    def _round(self) -> dict[Bound, _Step]:
        """The best new bounds that the comparisons make of those that are known."""
        fresh: dict[Bound, _Step] = {}
        for row in self._rows:
            missing = [key for key, factor in row.terms if (key, _least(factor)) not in self._known]
            for key, _ in row.terms:
                if not set(missing) - {key} and (step := self._step(row, key)) is not None:
                    best = fresh[step.bound].known if step.bound in fresh else self._known.get(step.bound)
                    if best is None or _is_tighter(step.known, best, step.bound[1]):
                        fresh[step.bound] = step
        return fresh

    def _step(self, row: Row, key: str) -> _Step | None:
        """What a comparison makes for one quantity of the bounds of its others."""
        factor = dict(row.terms)[key]
        used = tuple((bound, self._known[bound]) for bound in self._used(row) if bound[0] != key)
        factors = dict(row.terms)
        rest = row.constant + sum(factors[bound[0]] * known.end for bound, known in used)
        side, is_open = 1 - _least(factor), row.strict or any(known.is_open for _, known in used)
        end = _exact(Fraction(-rest) / factor)
        if self._unknowns[key].whole:
            whole = floor(end) if side == HIGH else ceil(end)
            end, is_open = whole + ((-1 if side == HIGH else 1) if is_open and whole == end else 0), False
        return _Step(row, (key, side), _Known(end, is_open), used)

    def _used(self, row: Row) -> Iterator[Bound]:
        return ((key, _least(factor)) for key, factor in row.terms)

    def _contradicted(self, row: Row) -> _Step | None:
        """The step that shows a comparison to be impossible, of the quantity that best stands for the others."""
        if not row.terms or any(bound not in self._known for bound in self._used(row)):
            return None
        least = row.constant + sum(factor * self._known[key, _least(factor)].end for key, factor in row.terms)
        is_open = row.strict or any(self._known[bound].is_open for bound in self._used(row))
        if least < 0 or (least == 0 and not is_open):
            return None
        return self._step(row, min(row.terms, key=lambda term: self._rank(row, term))[0])

    def _rank(self, row: Row, term: tuple[str, Exact]) -> tuple[bool, int, bool]:
        """First what is stated, then what stands alone on its side of the comparison, then what is too small."""
        key, factor = term
        beside = sum((other > 0) == (factor > 0) for _, other in row.terms)
        return self._known[key, _least(factor)].step >= 0, beside, factor > 0

    def _before(self, last: _Step, against: _Known) -> list[_Step]:
        needed: set[int] = set()
        pending = [known.step for _, known in last.used] + [against.step]
        while pending:
            at = pending.pop()
            if at >= 0 and at not in needed:
                needed.add(at)
                pending += [known.step for _, known in self._steps[at].used]
        return [self._steps[at] for at in sorted(needed)]


def _least(factor: Exact) -> int:
    """The end at which a term is least."""
    return LOW if factor > 0 else HIGH


def _is_tighter(one: _Known, other: _Known, side: int) -> bool:
    if one.end == other.end:
        return one.is_open and not other.is_open
    return (one.end > other.end) == (side == LOW)


def _exact(number: Fraction) -> Exact:
    return number.numerator if number.denominator == 1 else number


# ------------------------------------------------------------------------- in words


class _Words:
    def __init__(
        self, facts: Mapping[str, Fact], stated: frozenset[str], names: Names, rules: Sequence[str], conventional: bool
    ) -> None:
        self._facts = facts
        self._stated = stated
        self._names = names
        self._rules = rules
        self._conventional = conventional
        self._labels: Names = {}
        self._told: set[str] = set()

    def lines(self, proof: _Proof) -> Iterator[str]:
        """A line for each step, and what stands against the last."""
        steps = proof.steps
        self._labels = self._called({bound[0] for step in steps for bound in (step.bound, *dict(step.used))})
        before: Bound | None = None
        for step in steps:
            yield self._line(step, before)
            before = step.bound
        key, side = steps[-1].bound
        yield f"but {self._say((key, 1 - side), proof.against)}"

    def _line(self, step: _Step, before: Bound | None) -> str:
        used = sorted(step.used, key=lambda one: self._order(one[0][0]))
        premises = [self._say(bound, known) for bound, known in used if bound != before]
        more = len(premises) - NAMED
        told = " and ".join([*premises[:NAMED], *([f"{more:,} more"] if more > 0 else [])])
        rule = f" ({self._rules[step.row.formula]})" if len(self._rules) > 1 else ""
        follows = f"{self._bounded(step.bound, step.known)}{rule}"
        if len(premises) < len(step.used):
            return f"so, with {told}, {follows}" if told else f"so {follows}"
        return f"{told}, so {follows}" if told else f"by {self._rules[step.row.formula]}, {follows.removesuffix(rule)}"

    def _say(self, bound: Bound, known: _Known) -> str:
        """What is known of a quantity: a fact in the words of its source, else the end that a step used."""
        key = bound[0]
        if known.step >= 0 or key not in self._stated:
            return self._bounded(bound, known)
        fact = self._facts[key]
        domain = fact.value.conventional if self._conventional else fact.value.literal
        assert domain is not None, "a text is in no conflict of numbers"
        shown = _shown(interval.tighten(domain) if fact.measure.type == "count" else domain, fact.measure.type)
        if shown == UNKNOWN:
            return self._bounded(bound, known)
        words = shown if fact.value.text in ("", shown.replace(",", "")) else fact.value.text
        more = (
            f" ({'usually ' if self._conventional else ''}{shown})" if shown != words and key not in self._told else ""
        )
        self._told.add(key)
        return f"{self._labels[key]} is {words}{more}"

    def _bounded(self, bound: Bound, known: _Known) -> str:
        key, side = bound
        includes = not known.is_open
        values = (
            Interval(known.end, None, includes, False) if side == LOW else Interval(None, known.end, False, includes)
        )
        kind = self._facts[key].measure.type if key in self._facts else "number"
        return f"{self._labels[key]} is {_shown(values, kind)}"

    def _order(self, key: str) -> tuple[int, int, str]:
        """Facts as the finding cites them, collected ones by time."""
        fact = self._facts.get(key)
        if fact is None:
            return len(self._names), 0, key
        time, named = fact.as_of or fact.during, list(dict.fromkeys(self._names.values()))
        place = named.index(self._names[key]) if key in self._names else len(named)
        return place, (time.first or 0) if time else 0, key

    # --- what facts are called

    def _called(self, keys: Iterable[str]) -> Names:
        """The shortest names by which quantities can be told apart."""
        facts = [self._facts[key] for key in keys if key in self._facts]
        for form in _FORMS:
            called = {fact.id: form(fact, self._names.get(fact.id, fact.measure.id)) for fact in facts}
            if len(set(called.values())) == len(facts):
                break
        return {key: called[key] if key in called else key.rpartition("= ")[2] for key in keys}


def _timed(fact: Fact, name: str) -> str:
    time = fact.as_of or fact.during
    parts = [value for _, value in fact.dimensions]
    return " ".join([name, *parts, *([f"{'as of' if fact.as_of else 'during'} {time.text}"] if time else [])])


_FORMS: tuple[Callable[[Fact, str], str], ...] = (
    lambda _fact, name: name,
    lambda fact, name: " ".join([name, *(value for _, value in fact.dimensions)]),
    _timed,
    lambda fact, name: f"{_timed(fact, name)} by {fact.claimant}",
    lambda fact, _name: fact.id,
)


def _shown(values: Interval, kind: str) -> str:
    if kind != "date":
        shown = quantity.show(_in_whole_days(values) if kind == "duration" else values, kind)
        return UNKNOWN if shown == "unknown" else shown
    first, last = (None if end is None or end in CALENDAR[:2] else int(end) for end in values[:2])
    if first is not None and last is not None:
        return period.show(first, last)
    day, word = (first, "later") if last is None else (last, "earlier")
    if day is None:
        return "any day"
    return f"{period.day(day)} or {word}" if interval.holds(CALENDAR, day) else "on no day that can be written"


def _in_whole_days(values: Interval) -> Interval:
    """The days nearest to the ends of an interval of many: nobody reads the eighths of a month's last day."""
    ends = [end if end is None or end < MANY_DAYS else round(end) for end in values[:2]]
    return values._replace(low=ends[0], high=ends[1])

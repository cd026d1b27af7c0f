"""Why a conflict is one, as a chain that a person can follow: what each rule makes of what is known.

What is told are the steps of a proof by single bounds; where there is none, comparisons that cannot be
added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from checker import comparison, field, interval, period, proof, quantity
from checker.comparison import Row
from checker.conflict import Cause
from checker.hold import CALENDAR, free, replaced
from checker.model import Exact, Fact, Interval
from checker.proof import LOW, Bound, Known, Proof, Step, Sum

MAX_TERMS = 1_000  # of all comparisons together: nobody follows more
MAX_STEPS = 12
NAMED = 6  # facts that a sentence bears
MANY_DAYS = 20
UNKNOWN = "at least 0"

Names = Mapping[str, str]  # what facts are called, by id


def chain(cause: Cause, names: Names, *, conventional: bool) -> tuple[str, ...]:
    """The steps from what is stated to what contradicts it, in words; none where it takes cases, or too many steps.

    Of facts whose keys are not the cause's, only the type is known. ``names`` are what facts are called
    in the finding; others go by their measure.
    """
    facts = {key: fact for one in cause.held for key, fact in one.facts.items()}
    unknowns = {key: unknown for one in cause.held for key, unknown in one.unknowns.items()}
    freed = {key: free(fact, unknowns[key]) for key, fact in facts.items() if key not in cause.keys}
    unknowns |= {key: form.terms[0][0] for key, form in freed.items()}
    formulas = [replaced(one.formula, freed) if freed else one.formula for one in cause.held]
    rows = [row for number, one in enumerate(formulas) for row in comparison.rows(one, number)]
    if sum(len(row.terms) for row in rows) > MAX_TERMS:
        return ()
    words = _Words(facts, cause.keys, names, [one.match.rule.id for one in cause.held], conventional)
    steps = proof.steps(rows, unknowns, conventional)
    if steps is not None:
        return tuple(words.lines(steps)) if len(steps.steps) <= MAX_STEPS else ()
    added = proof.added(rows, unknowns, conventional)
    return tuple(words.sum(added)) if added is not None and len(added.rows) <= MAX_STEPS else ()


# ------------------------------------------------------------------------- in words


class _Words:
    def __init__(
        self, facts: Mapping[str, Fact], stated: frozenset[str], names: Names, rules: Sequence[str], conventional: bool
    ) -> None:
        self._facts = facts
        self._stated = stated
        self._names = names
        self._places = {name: at for at, name in enumerate(dict.fromkeys(names.values()))}
        self._rules = rules
        self._conventional = conventional
        self._labels: Names = {}
        self._told: set[str] = set()

    def lines(self, found: Proof) -> Iterator[str]:
        """A line for each step, and what stands against the last."""
        steps = found.steps
        self._labels = self._called({bound[0] for step in steps for bound in (step.bound, *dict(step.used))})
        before: Bound | None = None
        for step in steps:
            yield self._line(step, before)
            before = step.bound
        key, side = steps[-1].bound
        yield f"but {self._say((key, 1 - side), found.against)}"

    def sum(self, added: Sum) -> Iterator[str]:
        """Each comparison that is added, and what they come to."""
        self._labels = self._called({key for _, row in added.rows for key, _ in row.terms})
        for often, row in added.rows:
            rule = f" ({self._rules[row.formula]})" if len(self._rules) > 1 else ""
            yield f"{_times(often)}{self._compared(row)}{rule}"
        for often, bound, known in added.bounds:
            yield f"{_times(often)}{self._say(bound, known)}"
        least = quantity.number(added.comes_to)
        yield f"but added up, {least} would have to be {'less than' if added.comes_to == 0 else 'at most'} 0"

    def _compared(self, row: Row) -> str:
        """A comparison with what is added on either side."""
        sides: tuple[list[str], list[str]] = ([], [])
        for key, factor in sorted(row.terms, key=lambda term: self._order(term[0])):
            sides[factor < 0].append(_multiple(factor, self._labels[key]))
        if row.constant:
            sides[row.constant < 0].append(quantity.number(max(row.constant, -row.constant)))
        less, more = (" + ".join(side) or "0" for side in sides)
        return f"{less} is {'less than' if row.strict else 'at most'} {more}"

    def _line(self, step: Step, before: Bound | None) -> str:
        used = sorted(step.used, key=lambda one: self._order(one[0][0])) if len(step.used) > 1 else step.used
        premises = [self._say(bound, known) for bound, known in used if bound != before]
        more = len(premises) - NAMED
        told = " and ".join([*premises[:NAMED], *([f"{more:,} more"] if more > 0 else [])])
        rule = f" ({self._rules[step.row.formula]})" if len(self._rules) > 1 else ""
        follows = f"{self._bounded(step.bound, step.known)}{rule}"
        if len(premises) < len(step.used):
            return f"so, with {told}, {follows}" if told else f"so {follows}"
        return f"{told}, so {follows}" if told else f"by {self._rules[step.row.formula]}, {follows.removesuffix(rule)}"

    def _say(self, bound: Bound, known: Known) -> str:
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

    def _bounded(self, bound: Bound, known: Known) -> str:
        key, side = bound
        includes = not known.is_open
        values = (
            Interval(known.end, None, includes, False) if side == LOW else Interval(None, known.end, False, includes)
        )
        kind = self._facts[key].measure.type if key in self._facts else "date" if field.is_day(key) else "number"
        return f"{self._labels[key]} is {_shown(values, kind)}"

    def _order(self, key: str) -> tuple[int, int, str]:
        """Facts as the finding cites them, collected ones by time."""
        fact = self._facts.get(key)
        if fact is None:
            return len(self._names), 0, key
        time = fact.as_of or fact.during
        place = self._places[self._names[key]] if key in self._names else len(self._places)
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


def _times(often: int) -> str:
    return "" if often == 1 else f"{often:,} times: "


def _multiple(factor: Exact, label: str) -> str:
    size = max(factor, -factor)
    return label if size == 1 else f"{quantity.number(size)} × {label}"


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

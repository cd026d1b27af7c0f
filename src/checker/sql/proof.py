"""What proves a whole group of facts that a rule may join, by extremes.

In a group each name ranges over the rows that fit it. Where ``where`` holds and ``require`` is kept
for the extremes over those rows, every choice of them is a match that is satisfied; how many there
are is a product of counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from checker import field
from checker.engine.dialect import every, one_of, some
from checker.engine.join import Join
from checker.expression import calls, references
from checker.judge import Judge
from checker.model import Expression, Measure, Pattern
from checker.record import NamedTuple
from checker.sql import choice, column, predicate
from checker.sql.choice import Choices
from checker.sql.column import Relation
from checker.sql.groups import Aggregates, Groups
from checker.sql.spell import Spells

MAX_SPLIT = 12  # choices of measures that are looked at one by one


class Plan(NamedTuple):
    """A rule and what is to be asked of its groups."""

    join: Join
    choices: Choices
    key: tuple[str, ...]  # columns that are equal within a group
    bounded: bool  # whether every value of all facts has two ends
    closed: bool = False  # whether violations are only to be counted


class Told(NamedTuple):
    """Where a group has choices that are not proved satisfied; how many are, and how many are proved violated.

    These are no longer among the first where the rule is closed.
    """

    unproved: str
    matches: str
    violated: str = "0"


class NotGrouped(Exception):
    """Nothing can be proved of groups of a rule."""


def plan(join: Join, choices: Choices | None, spells: Spells) -> Plan:
    """The plan of a rule; raises ``NotGrouped`` where its groups tell nothing."""
    if choices is None or choices.unlike or not all(one.exact for one in spells.of(join.dates).values()):
        raise NotGrouped
    if any(pattern.next for pattern in join.names) or len(split(join, choices)) > MAX_SPLIT:
        raise NotGrouped
    dates = [key for one in spells.of(join.dates).values() for key in one.keys]
    own = [column_name for column_name in join.key if column_name == "measure" or column_name not in column.MEASURED]
    return Plan(join, choices, tuple(dict.fromkeys([*own, *dates])), spells.bounded)


def split(join: Join, choices: Choices) -> list[dict[str, Sequence[Measure]]]:
    """Measures for each name of which every choice is one, and together all choices."""
    names = [pattern.name for pattern in join.names]
    if not names:
        return [{}]
    together = [tuple(dict.fromkeys(one[at] for one in choices.like)) for at in range(len(names))]
    product = 1
    for several in together:
        product *= len(several)
    alike = all(len(set(one)) == 1 for one in choices.like)
    if product == len(choices.like) or ("measure" in join.key and alike):
        return [dict(zip(names, together, strict=True))]
    return [dict(zip(names, ((one,) for one in chosen), strict=True)) for chosen in choices.like]


def named(key: Sequence[str], relation: Relation) -> list[str]:
    """The columns of a key."""
    found = (name if name.endswith(("_first", "_last")) else column.text(name, relation) for name in key)
    return [name for name in found if name != "NULL"]


class Proof:
    """What proves a group of a rule, for choices of measures that are all allowed together."""

    def __init__(
        self,
        one: Plan,
        singles: Mapping[str, Sequence[Measure]],
        relation: Relation,
        judge: Judge,
        aggregates: Aggregates,
    ) -> None:
        self.plan, self._join, self._choices, self._relation = one, one.join, one.choices, relation
        self.collections = [pattern for pattern in one.join.rule.given if pattern.collect]
        self.measures = dict(singles)
        for pattern in self.collections:
            self.measures[pattern.name] = column.allowed(pattern, tuple(relation.measures.values()))
        if one.join.where.members or len(self.collections) > 1 or not all(self.measures.values()):
            raise NotGrouped
        if self.collections and choice.is_unlike(one.join, self.measures, judge):
            raise NotGrouped
        self._bounded = one.bounded
        self._groups = Groups(relation, judge, one.join.rule.given, self.measures, aggregates)
        self._aggregates = aggregates
        self._names = [pattern.name for pattern in one.join.names]

    def matches(self) -> str:
        """How many choices of different rows there are for the single names."""
        counts = [self._groups.count(name) for name in self._names]
        if not counts:
            return f"CASE WHEN {self._groups.count(self.collections[0].name)} > 0 THEN 1 ELSE 0 END"
        some_parts = [f"{self._groups.count(one.name)} > 0" for one in self.collections]
        return self._if(every(some_parts), self._choices_of(counts))

    @staticmethod
    def _if(condition: str, number: str) -> str:
        return number if condition == "TRUE" else f"CASE WHEN {condition} THEN {number} ELSE 0 END"

    def _choices_of(self, counts: Sequence[str]) -> str:
        together = [
            (first, second)
            for first, second in combinations(range(len(counts)), 2)
            if not apart(self._join.names[first], self._join.names[second], self.measures)
        ]
        if not together:
            return " * ".join(counts)
        if len(counts) != 2:
            raise NotGrouped
        if self._join.ordered:
            return f"{counts[0]} * ({counts[0]} - 1) / 2"
        return f"{counts[0]} * {counts[1]} - {self._groups.both(*self._names)}"

    def told(self) -> Told:
        """What is proved of a group."""
        matches = self.matches()
        proved = [predicate.conjunct(one, self._groups) for one in self._conditions()]
        bounded = self.bounded()
        once = [self._once(pattern) for pattern in self.collections]
        known = every([bounded, *(one.true for one in proved), *once, *self.compared()])
        if known == "FALSE":
            raise NotGrouped
        refused = every([bounded, *once, some(one.false for one in proved[: len(self._choices.where)])])
        unproved = [f"{matches} > 0", f"({known}) IS NOT TRUE"]
        if refused != "FALSE":
            unproved.append(f"({refused}) IS NOT TRUE")
        return Told(every(unproved), f"CASE WHEN {known} THEN {matches} ELSE 0 END")

    def refuted(self) -> str:
        """That every choice of a group is a match that breaks the rule."""
        require = self._join.rule.require
        assert require is not None
        if predicate.absent(require, self._groups) != ("FALSE", "FALSE"):
            return "FALSE"
        where = [predicate.conjunct(one, self._groups).true for one in self._choices.where]
        broken = predicate.of(require, self._groups).false
        once = [self._once(pattern) for pattern in self.collections]
        return every([self.bounded(), broken, *where, *once, *self.compared()])

    def _conditions(self) -> list[Expression]:
        assert self._join.rule.require is not None
        return [*self._choices.where, self._join.rule.require]

    def fits(self, name: str) -> str:
        """Whether a row fits a name."""
        return self._groups.fits[name]

    def alike(self) -> str:
        """That all choices of a group compare, and keep what ``where`` asks of them."""
        where = [predicate.conjunct(one, self._groups).true for one in self._choices.where]
        bounded = [self.bounded()] if self._choices.where else []
        return every([*bounded, *where, *self.compared()])

    def bounded(self) -> str:
        """That every value has two ends: the extremes are of all of them."""
        named = {one.name for condition in self._conditions() for one in references(condition) if one.field is None}
        if not named or self._bounded:
            return "TRUE"
        fits = some(self._groups.fits[name] for name in sorted(named))
        return f"NOT {self._aggregates.over('bool_or(odd OR low IS NULL OR high IS NULL)', fits)}"

    def _once(self, pattern: Pattern) -> str:
        """That nothing in a collection is told twice."""
        if any(call.function == "complete" for one in self._choices.where for call in calls(one)):
            return self._groups.exhausted(pattern.name, self.parts(pattern))
        self._is_one(pattern)
        count = self._groups.count(pattern.name)
        different = self._groups.over("count(DISTINCT dimensions)", pattern.name)
        breakdowns = [self._groups.over(f"{function}(breakdown)", pattern.name) for function in ("min", "max")]
        return f"{count} = 1 OR ({different} = {count} AND {breakdowns[0]} = {breakdowns[1]})"

    def _is_one(self, pattern: Pattern) -> None:
        """Raise ``NotGrouped`` where the facts of a group may be no one collection, or of different things."""
        alone = "measure" in self._join.key or len(self.measures[pattern.name]) == 1
        if "subject" not in self._join.key or pattern.or_none or not alone or pattern.by not in ((), ("breakdown",)):
            raise NotGrouped

    def parts(self, pattern: Pattern) -> list[list[column.Kept]]:
        """What is asked of each of the parts that make a collection complete."""
        self._is_one(pattern)
        return self._groups.parts(pattern)

    def compared(self) -> Iterator[str]:
        """That all facts of a group agree in what makes them comparable."""
        for name in self._join.rule.comparable:
            fits = some(self._having(name, pattern) for pattern in self._join.rule.given)
            if fits != "FALSE":
                yield self._one(name, fits)

    def _having(self, name: str, pattern: Pattern) -> str:
        totals = {measure.id for measure in self.measures[pattern.name] if measure.kind == "total"}
        asked = "TRUE" if name != "since" else one_of("facts.measure", totals)
        return every([self._groups.fits[pattern.name], asked])

    def _one(self, name: str, fits: str) -> str:
        """That the rows of a condition have one text in a field, or one day, or none have any."""
        over = self._aggregates.over
        stem = column.date(name) if field.is_date(name) else ""
        written = f"{stem}_text" if stem else column.text(name, self._relation)
        if written == "NULL":
            return "TRUE"
        having, all_of_them = over(f"count({written})", fits), over("count(*)", fits)
        if not stem:
            alike = f"{over(f'min({written})', fits)} = {over(f'max({written})', fits)}"
            return f"{having} = 0 OR ({having} = {all_of_them} AND {alike})"
        if stem == "during":
            raise NotGrouped
        ends = [over(f"count({stem}_{end})", fits) for end in ("first", "last")]
        alike = f"{over(f'min({stem}_first)', fits)} = {over(f'max({stem}_last)', fits)}"
        return f"{having} = 0 OR ({every(f'{one} = {all_of_them}' for one in (having, *ends))} AND {alike})"


def apart(one: Pattern, other: Pattern, measures: Mapping[str, Sequence[Measure]]) -> bool:
    """Whether no fact can fit both patterns: of different measures, or with different texts in a field."""
    if not set(measures[one.name]) & set(measures[other.name]):
        return True
    a, b = dict(one.fields), dict(other.fields)
    for name in a.keys() & b.keys() - column.MEASURED.keys():
        plain = not any(sign in text for text in (*a[name], *b[name]) for sign in "*?[") and "any" not in (
            *a[name],
            *b[name],
        )
        if plain and not set(a[name]) & set(b[name]):
            return True
    return (_is_whole(one) and _is_part(other)) or (_is_whole(other) and _is_part(one))


def _is_whole(pattern: Pattern) -> bool:
    """Whether only totals fit: facts that nothing is broken down by."""
    return pattern.dimensions == ("null",)


def _is_part(pattern: Pattern) -> bool:
    """Whether no total fits."""
    return all(
        wanted == "any" if isinstance(wanted, str) else any("null" not in texts for _, texts in wanted)
        for wanted in pattern.dimensions
    )

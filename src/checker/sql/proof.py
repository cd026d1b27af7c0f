"""Whole groups proved at once: one GROUP BY for all rules that join on the same fields.

In a group each name ranges over the rows that fit it. Where ``where`` holds and ``require`` is kept
for the extremes over those rows, every choice of them is a match that is satisfied; how many there
are is a product of counts. The groups of which this is not proved are left in a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from checker import field
from checker.engine.dialect import every, one_of, some
from checker.engine.join import Join
from checker.expression import calls, references
from checker.judge import Judge
from checker.model import Expression, Measure, Pattern
from checker.sql import choice, column, predicate
from checker.sql.choice import Choices
from checker.sql.column import Relation
from checker.sql.groups import Aggregates, Groups
from checker.sql.predicate import Inexpressible
from checker.sql.spell import Spells

MAX_SPLIT = 12  # choices of measures that are looked at one by one
MAX_LEFT = 200_000  # groups not proved whose facts are put aside


class Plan(NamedTuple):
    """A rule and what is to be asked of its groups."""

    join: Join
    choices: Choices
    key: tuple[str, ...]  # columns that are equal within a group
    bounded: bool  # whether every value of all facts has two ends


class Open(NamedTuple):
    """What the groups of a rule came to: matches proved satisfied, and how many groups are not proved."""

    satisfied: int
    left: int


class Proved(NamedTuple):
    """What is known of rules with one key, None where nothing is; and for each the facts in groups not proved."""

    rules: list[Open | None]
    facts: list[str]


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


def prove(plans: Sequence[Plan], relation: Relation, judge: Judge, number: int) -> Proved:
    """What the groups of rules with one key come to, by one look at the facts."""
    aggregates = Aggregates()
    columns: list[str] = []
    seen: list[set[str]] = []
    asked: list[bool] = []
    for index, one in enumerate(plans):
        try:
            proofs = [Proof(one, measures, relation, judge, aggregates) for measures in split(one.join, one.choices)]
            told = [proof.told() for proof in proofs]
        except (Inexpressible, NotGrouped):
            asked.append(False)
            continue
        asked.append(True)
        seen += [{measure.id for several in proof.measures.values() for measure in several} for proof in proofs]
        columns.append(f"COALESCE({some(unproved for unproved, _ in told)}, TRUE) AS o{index}")
        columns.append(f"{' + '.join(f'({matches})' for _, matches in told)} AS c{index}")
    if not any(asked):
        return Proved([None] * len(plans), ["facts"] * len(plans))
    key = named(plans[0].key, relation)
    table = f"open_{number}"
    relation.database.execute(_statement(key, columns, set().union(*seen), aggregates, asked, table))
    found = [_open(index, table, relation) if one else None for index, one in enumerate(asked)]
    facts = _left(key, {index: plans[index] for index, one in enumerate(found) if one and one.left}, table, relation)
    return Proved(found, [f"(SELECT * FROM {facts} AS facts WHERE o{index})" for index in range(len(plans))])


def _left(key: Sequence[str], rules: Mapping[int, Plan], table: str, relation: Relation) -> str:
    """The facts of the groups that are not proved, and for which rules; as a table where they are few."""
    if not rules:
        return table
    left = some(f"o{index}" for index in rules)
    ((groups,),) = relation.database.rows(f"SELECT count(*) FROM {table} WHERE {left}")
    marks = [f"o{index}" for index in rules]
    used = dict.fromkeys(name for one in rules.values() for name in column.used(one.join.rule, relation))
    columns = [f"facts.{name}" for name in used]
    same = every(f"facts.{name} IS NOT DISTINCT FROM wanted.{name}" for name in key)
    chosen = (
        f"SELECT {', '.join([*columns, *(f'wanted.{mark}' for mark in marks)])} FROM facts"
        f" JOIN (SELECT {', '.join([*key, *marks])} FROM {table} WHERE {left}) AS wanted ON {same}"
    )
    if groups > MAX_LEFT:
        return f"({chosen})"
    relation.database.execute(f"CREATE OR REPLACE TEMP TABLE {table}_facts AS {chosen}")
    return f"{table}_facts"


def named(key: Sequence[str], relation: Relation) -> list[str]:
    """The columns of a key."""
    found = (name if name.endswith(("_first", "_last")) else column.text(name, relation) for name in key)
    return [name for name in found if name != "NULL"]


def _statement(
    key: Sequence[str],
    columns: Sequence[str],
    measures: set[str],
    aggregates: Aggregates,
    asked: Sequence[bool],
    table: str,
) -> str:
    chosen = f"(SELECT * FROM facts WHERE {one_of('measure', measures)}) AS facts"
    grouped = aggregates.grouped(key, chosen)
    judged = f"SELECT {', '.join([*key, *columns])} FROM ({grouped}) AS grouped"
    rules = [index for index, one in enumerate(asked) if one]
    left = some(f"o{index}" for index in rules)
    columns_left = [f"CASE WHEN {left} THEN {name} END AS {name}" for name in key]
    columns_left += [f"o{index}" for index in rules]
    sums = [f"sum(CASE WHEN NOT o{index} THEN c{index} END) AS c{index}" for index in rules]
    # All groups that are proved become one row, with no key.
    places = ", ".join(str(at + 1) for at in range(len(columns_left)))
    return (
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {', '.join([*columns_left, *sums])}, count(*) AS groups"
        f" FROM ({judged}) AS judged GROUP BY {places}"
    )


def _open(index: int, table: str, relation: Relation) -> Open:
    rows = relation.database.rows(
        f"SELECT COALESCE(sum(c{index}), 0), COALESCE(sum(CASE WHEN o{index} THEN groups END), 0) FROM {table}"
    )
    ((satisfied, left),) = rows
    return Open(int(satisfied), int(left))


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
        self._join, self._choices, self._relation = one.join, one.choices, relation
        self._collections = [pattern for pattern in one.join.rule.given if pattern.collect]
        self.measures = dict(singles)
        for pattern in self._collections:
            self.measures[pattern.name] = column.allowed(pattern, tuple(relation.measures.values()))
        if one.join.where.members or len(self._collections) > 1 or not all(self.measures.values()):
            raise NotGrouped
        if self._collections and choice.is_unlike(one.join, self.measures, judge):
            raise NotGrouped
        self._bounded = one.bounded
        self._groups = Groups(relation, judge, one.join.rule.given, self.measures, aggregates)
        self._aggregates = aggregates
        self._names = [pattern.name for pattern in one.join.names]

    def matches(self) -> str:
        """How many choices of different rows there are for the single names."""
        counts = [self._groups.count(name) for name in self._names]
        if not counts:
            return f"CASE WHEN {self._groups.count(self._collections[0].name)} > 0 THEN 1 ELSE 0 END"
        some_parts = [f"{self._groups.count(one.name)} > 0" for one in self._collections]
        return self._if(every(some_parts), self._choices_of(counts))

    @staticmethod
    def _if(condition: str, number: str) -> str:
        return number if condition == "TRUE" else f"CASE WHEN {condition} THEN {number} ELSE 0 END"

    def _choices_of(self, counts: Sequence[str]) -> str:
        together = [
            (first, second)
            for first, second in combinations(range(len(counts)), 2)
            if not _apart(self._join.names[first], self._join.names[second], self.measures)
        ]
        if not together:
            return " * ".join(counts)
        if len(counts) != 2:
            raise NotGrouped
        if self._join.ordered:
            return f"{counts[0]} * ({counts[0]} - 1) / 2"
        return f"{counts[0]} * {counts[1]} - {self._groups.both(*self._names)}"

    def told(self) -> tuple[str, str]:
        """Where a group has choices of which it is not proved what they are, and how many are satisfied where it is."""
        matches = self.matches()
        proved = [predicate.conjunct(one, self._groups) for one in self._conditions()]
        bounded = self.bounded()
        once = [one for pattern in self._collections for one in self._once(pattern)]
        known = every([bounded, *(one.true for one in proved), *once, *self._compared()])
        if known == "FALSE":
            raise NotGrouped
        refused = every([bounded, *once, some(one.false for one in proved[: len(self._choices.where)])])
        unproved = [f"{matches} > 0", f"({known}) IS NOT TRUE"]
        if refused != "FALSE":
            unproved.append(f"({refused}) IS NOT TRUE")
        return every(unproved), f"CASE WHEN {known} THEN {matches} ELSE 0 END"

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
        return every([*bounded, *where, *self._compared()])

    def bounded(self) -> str:
        """That every value has two ends: the extremes are of all of them."""
        named = {one.name for condition in self._conditions() for one in references(condition) if one.field is None}
        if not named or self._bounded:
            return "TRUE"
        fits = some(self._groups.fits[name] for name in sorted(named))
        return f"NOT {self._aggregates.over('bool_or(odd OR low IS NULL OR high IS NULL)', fits)}"

    def _once(self, pattern: Pattern) -> Iterator[str]:
        alone = "measure" in self._join.key or len(self.measures[pattern.name]) == 1
        if "subject" not in self._join.key or pattern.or_none or not alone or pattern.by not in ((), ("breakdown",)):
            raise NotGrouped
        if any(call.function == "complete" for one in self._choices.where for call in calls(one)):
            yield self._groups.exhausted(pattern.name)
        else:
            count = self._groups.count(pattern.name)
            different = self._groups.over("count(DISTINCT dimensions)", pattern.name)
            breakdowns = [self._groups.over(f"{function}(breakdown)", pattern.name) for function in ("min", "max")]
            yield f"{count} = 1 OR ({different} = {count} AND {breakdowns[0]} = {breakdowns[1]})"

    def _compared(self) -> Iterator[str]:
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


def _apart(one: Pattern, other: Pattern, measures: Mapping[str, Sequence[Measure]]) -> bool:
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
    return {one.dimensions, other.dimensions} == {("null",), ("any",)}

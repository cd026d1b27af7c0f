"""The names of a rule as all the rows of a group that fit them: a condition of these holds for every choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from checker import field, vocabulary
from checker.engine.dialect import every, quoted
from checker.judge import Judge
from checker.model import Call, Measure, Pattern, Reference
from checker.sql import column
from checker.sql.column import Kept, Relation
from checker.sql.predicate import Inexpressible, Kleene, Span
from checker.sql.rows import Rows

MAX_PARTS = 50  # values of a breakdown that are looked for one by one


class Aggregates:
    """What is asked of each group, each thing once: ``flags`` of its rows, and ``sums`` over those that are flagged.

    And ``steps``: expressions over the sums, and over those of the steps before. Groups for which ``clear`` holds,
    which is asked after the first step, are as many ``groups`` of no key; what sums are then is in ``spent``.
    """

    def __init__(self) -> None:
        self.flags: dict[str, str] = {}
        self.sums: dict[str, str] = {}
        self.steps: tuple[dict[str, str], ...] = ({}, {})
        self.clear = ""
        self.spent: Mapping[str, str] = {}

    def flag(self, condition: str) -> str:
        """The column of a condition of rows."""
        return self.flags.setdefault(condition, f"w{len(self.flags)}")

    def over(self, aggregate: str, condition: str) -> str:
        """The column of an aggregate over the rows of a condition."""
        filtered = aggregate if condition == "TRUE" else f"{aggregate} FILTER (WHERE {self.flag(condition)})"
        return self.sums.setdefault(filtered, f"a{len(self.sums)}")

    def made(self, expression: str, step: int) -> str:
        """The column of an expression: the database sees it once, wherever it is asked for."""
        return self.steps[step].setdefault(expression, f"m{step}_{len(self.steps[step])}")

    def grouped(self, key: Sequence[str], source: str) -> str:
        """The statement that asks all of it of each group of some facts."""
        flags = "".join(f", {condition} AS {name}" for condition, name in self.flags.items())
        sums = [*key, *(f"{aggregate} AS {name}" for aggregate, name in self.sums.items())]
        by = f" GROUP BY {', '.join(key)}" if key else ""
        found = f"SELECT {', '.join(sums)} FROM (SELECT facts.*{flags} FROM {source}) AS facts{by}"
        for number, step in enumerate(self.steps):
            made = "".join(f", {expression} AS {name}" for expression, name in step.items())
            found = f"SELECT *{made} FROM ({found}) AS grouped" if made else found
            if not number and self.clear:
                found = self._folded(key, found)
        return found

    def _folded(self, key: Sequence[str], found: str) -> str:
        """What all groups that are clear have in common; for most there is nothing else to see."""
        spent = {**dict.fromkeys(key, "NULL"), **self.spent}
        names = [*key, *self.sums.values(), *self.steps[0].values()]
        told = [f"CASE WHEN clear THEN {spent[one]} ELSE {one} END AS {one}" if one in spent else one for one in names]
        by = ", ".join(str(at + 1) for at in range(len(names) + 1))
        asked = f"SELECT *, COALESCE({self.clear}, FALSE) AS clear FROM ({found}) AS grouped"
        return f"SELECT {', '.join(told)}, clear, count(*) AS groups FROM ({asked}) AS asked GROUP BY {by}"


class Groups(Rows):
    """All rows of a group that fit, for each name."""

    def __init__(
        self,
        relation: Relation,
        judge: Judge,
        patterns: Sequence[Pattern],
        measures: Mapping[str, Sequence[Measure]],
        aggregates: Aggregates,
    ) -> None:
        super().__init__(relation, judge, {pattern.name: "facts" for pattern in patterns}, measures)
        where = column.Where(relation, "facts.")
        self._patterns = {pattern.name: pattern for pattern in patterns}
        self.fits = {pattern.name: where.fits(pattern, measures[pattern.name]) for pattern in patterns}
        self._aggregates = aggregates

    def over(self, aggregate: str, name: str) -> str:
        """An aggregate over the rows that fit a name."""
        return self._aggregates.over(aggregate, self.fits[name])

    def count(self, name: str) -> str:
        """How many rows fit a name."""
        return self.over("count(*)", name)

    def both(self, one: str, other: str) -> str:
        """How many rows fit two names."""
        return self._aggregates.over("count(*)", every([self.fits[one], self.fits[other]]))

    def value(self, name: str) -> Span:
        """The least and the greatest value; a group in which any has no bounds is open."""
        if self._patterns[name].collect:
            raise Inexpressible
        return Span(self.over("min(low)", name), self.over("max(high)", name))

    def total(self, function: str, name: str) -> Span:
        """What a function makes of a collection in which nothing is told twice."""
        if function == "count":
            return Span(self.count(name), self.count(name))
        asked = self._relation.database.dialect.sum if function == "sum" else function
        return Span(self.over(f"{asked}(low)", name), self.over(f"{asked}(high)", name))

    def day(self, name: str, of: str) -> Span:
        """The first and the last day in a date field."""
        first, last = super().day(name, of)
        ends = (("min", first), ("max", last))
        low, high = (
            f"CASE WHEN {self.over(f'count({end})', name)} = {self.count(name)}"
            f" THEN {self.over(f'{function}({end})', name)} END"
            for function, end in ends
        )
        return Span(low, high)

    def text(self, name: str, of: str) -> Span:
        """The first and the last text in a field."""
        written = self._text(name, of)
        if written == "NULL" or written.startswith("'"):
            return Span(written, written)
        measures = self._measures_of(name)
        if of == "measure" and len(measures) == 1:
            return Span(quoted(measures[0].id), quoted(measures[0].id))
        return Span(self.over(f"min({written})", name), self.over(f"max({written})", name))

    def lacks(self, name: str, of: str) -> tuple[str, str]:
        """Whether some rows lack a field, or all."""
        known = super().lacks(name, of)
        if known[0] in ("TRUE", "FALSE"):
            return known
        written = f"facts.{column.date(of)}_text" if field.is_date(of) else self._text(name, of)
        having = self.over(f"count({written})", name)
        return f"{having} < {self.count(name)}", f"{having} = 0"

    def is_simple(self, text: str) -> str:
        """Whether a text is itself; where it is the first and the last of several, they are one."""
        if text.startswith("'"):
            return super().is_simple(text)
        return self._relation.database.dialect.is_all(text, "[!-~]+( [!-~]+)*")

    def held(self, call: Call) -> Kleene:
        """Relations of measures, and whether parts are complete."""
        if call.function != "complete":
            return super().held(call)
        parts, whole = (one.name for one in call.arguments if isinstance(one, Reference))
        if self._patterns[whole].dimensions != ("null",):
            raise Inexpressible
        return Kleene(self.exhausted(parts, self.parts(self._patterns[parts])), "FALSE")

    def exhausted(self, name: str, values: Sequence[Sequence[Kept]]) -> str:
        """Whether a collection has each of its parts just once, and nothing else."""
        parts = (every(kept.sql("facts.") for kept in one) for one in values)
        once = [self._aggregates.over("count(*)", every([self.fits[name], one])) for one in parts]
        return every([f"{self.count(name)} = {len(values)}", *(f"{one} = 1" for one in once)])

    def parts(self, pattern: Pattern) -> list[list[Kept]]:
        """Each choice of values of the breakdown that a pattern asks for."""
        (wanted,) = pattern.dimensions if len(pattern.dimensions) == 1 else ("null",)
        if isinstance(wanted, str):
            if wanted != "any" or len(self._relation.dimensions) != 1:
                raise Inexpressible
            wanted = tuple((name, ("any",)) for name in self._relation.dimensions)
        named = []
        for name, _ in wanted:
            found = vocabulary.find(self._judge.names.dimensions, name)
            if found is None or not found.exhaustive or name not in self._relation.dimensions:
                raise Inexpressible
            named.append([(self._relation.dimensions[name], value) for value in found.values])
        chosen = list(product(*named))
        if not 0 < len(chosen) <= MAX_PARTS:
            raise Inexpressible
        return [[Kept(dimension, frozenset({value})) for dimension, value in one] for one in chosen]

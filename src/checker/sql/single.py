"""What proves a group in which nothing is told twice: bits and sums, for all rules in one look at each row.

A row has a bit for each thing that rules name and that it fits. Where the bits of all rows of a
group add up to those that any of them has, no two rows have the same. Then a rule has one match in
the group at most, and what it compares is a sum over the rows: of each value times the factor of the
name that it fits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations

from checker.engine.dialect import every, quoted, some
from checker.expression import COMPARISONS, conjuncts
from checker.judge import Judge
from checker.model import Call, Measure, Operation, Pattern, Reference
from checker.sql import predicate
from checker.sql.column import Relation
from checker.sql.groups import Aggregates
from checker.sql.predicate import Amount, Form, Inexpressible, Span, Total
from checker.sql.proof import NotGrouped, Proof, Told, apart
from checker.sql.rows import Rows

MAX_BITS = 60
OPEN = "facts.odd OR facts.low IS NULL OR facts.high IS NULL"  # of the first bit, where it is asked


class Marks:
    """The bits of rows: one for each thing that rules ask for, which has some measure and keeps some conditions."""

    def __init__(self, aggregates: Aggregates, relation: Relation) -> None:
        self._bits: dict[tuple[frozenset[str], tuple[str, ...]], int] = {}
        self._open = 0
        self.together = aggregates.over("bit_or(bits)", "TRUE")  # of the rows of a group
        self._added = aggregates.over(f"{relation.database.dialect.sum}(bits)", "TRUE")

    def bit(self, measures: Iterable[Measure], conditions: Iterable[str]) -> int:
        """The bit of the rows of some measures that keep all of some conditions."""
        asked = frozenset(measure.id for measure in measures), tuple(one for one in conditions if one != "TRUE")
        if asked not in self._bits and len(self._bits) == MAX_BITS:
            raise NotGrouped
        return self._bits.setdefault(asked, 2 << len(self._bits))

    def ask_ends(self) -> None:
        """Ask that the values of a group have two ends; else it is crowded."""
        self._open = 1

    @property
    def crowded(self) -> str:
        """Whether two rows of a group have the same bit, or any has a value without an end where that is asked."""
        ends = f"({self.together} & {self._open}) <> 0" if self._open else "FALSE"
        return some([f"{self._added} <> {self.together}", ends])

    @property
    def bits(self) -> str:
        """The bits of a row for which ``always`` holds."""
        measures = sorted(frozenset[str]().union(*(measures for measures, _ in self._bits)))
        always = self.always
        cases = " ".join(f"WHEN {quoted(measure)} THEN {self._of(measure, always)}" for measure in measures)
        ends = f" + CASE WHEN {OPEN} THEN {self._open} ELSE 0 END" if self._open else ""
        return f"CASE measure {cases} END{ends}"

    def _of(self, measure: str, always: Collection[str]) -> str:
        """The bits of the rows of a measure."""
        made = []
        for (measures, conditions), bit in self._bits.items():
            if measure in measures:
                asked = every(one for one in conditions if one not in always)
                made.append(str(bit) if asked == "TRUE" else f"CASE WHEN {asked} THEN {bit} ELSE 0 END")
        return " + ".join(made)

    @property
    def always(self) -> Collection[str]:
        """What is asked of every row beside its measure."""
        return sorted(frozenset[str].intersection(*(frozenset(conditions) for _, conditions in self._bits)))


class Single:
    """What proves a group for choices of measures, of which each name and each part of a collection has one row."""

    def __init__(self, proof: Proof, marks: Marks, aggregates: Aggregates, relation: Relation, judge: Judge) -> None:
        self._proof, self._marks, self._aggregates = proof, marks, aggregates
        self._rule, self._points = proof.plan.join.rule, relation.points
        self._sum = relation.database.dialect.sum
        if not all(apart(one, other, proof.measures) for one, other in combinations(self._rule.given, 2)):
            raise NotGrouped
        if [self._completed(one) for one in proof.plan.choices.where] != [one.name for one in proof.collections]:
            raise NotGrouped
        self._bits = {one.name: self._bits_of(one) for one in self._rule.given}
        self._sums = _Sums(relation, judge, proof, {name: sum(bits) for name, bits in self._bits.items()})

    def _completed(self, condition: object) -> str:
        """The parts of which a condition asks that they be complete; ``NotGrouped`` where it asks anything else."""
        if not isinstance(condition, Call) or condition.function != "complete":
            raise NotGrouped
        parts, whole = (one.name for one in condition.arguments if isinstance(one, Reference))
        if next(one for one in self._rule.given if one.name == whole).dimensions != ("null",):
            raise NotGrouped
        return parts

    def _bits_of(self, pattern: Pattern) -> list[int]:
        """The bits of the rows that fit a name; of a collection of each of its parts, and last of what is none."""
        measures, asked = self._proof.measures[pattern.name], self._proof.asked(pattern.name)
        if not pattern.collect:
            return [self._marks.bit(measures, asked)]
        parts = self._proof.parts(pattern)
        rest = f"NOT COALESCE({some(parts)}, FALSE)"
        return [self._marks.bit(measures, [*asked, one]) for one in (*parts, rest)]

    def told(self) -> Told:
        """What is proved of a group."""
        names = sum(self._bits[one.name][0] for one in self._proof.plan.join.names)
        parts = [self._bits[one.name] for one in self._proof.collections]
        there = [self._has(names), *(f"({self._marks.together} & {sum(bits)}) <> 0" for bits in parts)]
        whole = [self._has(sum(bits[:-1]), sum(bits)) for bits in parts]
        if not self._proof.plan.bounded:
            self._marks.ask_ends()
        calm = f"NOT ({self._marks.crowded})"
        known = every([calm, self._has(names), *whole, *self._kept(), *self._proof.compared()])
        return Told(f"{every(there)} AND ({known}) IS NOT TRUE", f"CASE WHEN {known} THEN 1 ELSE 0 END")

    def _has(self, bits: int, of: int = 0) -> str:
        """Whether the rows of a group have all of some bits; and ``of`` those no others."""
        return f"({self._marks.together} & {of or bits}) = {bits}"

    def _kept(self) -> Iterator[str]:
        """That each comparison of the rule holds."""
        for one in conjuncts(self._rule.require):
            if not isinstance(one, Operation) or one.operator not in COMPARISONS or one.operator == "!=":
                raise NotGrouped
            forms = predicate.below(one, self._sums)
            if one.operator == "==" and self._points:
                forms = [(forms[0][0], "=")]
            yield from (self._compared(form, operator) for form, operator in forms)

    def _compared(self, form: Form, operator: str) -> str:
        """That a form is at most nought in the group, or below it: the sum of what each row adds to it."""
        form, _ = predicate.whole(form)
        if not form.terms or not all(_is_summed(one) for one in form.terms):
            raise NotGrouped
        added = predicate.span(Form(Fraction(0), form.terms), self._sums).high
        constant = int(form.constant * 10**self._sums.scale)
        return f"{self._aggregates.over(f'{self._sum}({added})', 'TRUE')} {operator} {-constant}"


def _is_summed(quantity: object) -> bool:
    return isinstance(quantity, Amount) or (isinstance(quantity, Total) and quantity.function in ("sum", "count"))


class _Sums(Rows):
    """What a row adds to the names of a rule: nought to those that it does not fit."""

    def __init__(self, relation: Relation, judge: Judge, proof: Proof, bits: Mapping[str, int]) -> None:
        super().__init__(relation, judge, dict.fromkeys(bits, "facts"), proof.measures)
        self._bits = bits
        self._collections = {pattern.name for pattern in proof.collections}

    def value(self, name: str) -> Span:
        """What a row adds to the value of a single name."""
        if name in self._collections:
            raise Inexpressible
        return self._of_those(name, "low", "high")

    def total(self, function: str, name: str) -> Span:
        """What a row adds to the sum of a collection, or to the count."""
        if name not in self._collections:
            raise Inexpressible
        return self._of_those(name, "low", "high") if function == "sum" else self._of_those(name, "1", "1")

    def _of_those(self, name: str, low: str, high: str) -> Span:
        low, high = (f"CASE WHEN (bits & {self._bits[name]}) <> 0 THEN {end} ELSE 0 END" for end in (low, high))
        return Span(low, high)

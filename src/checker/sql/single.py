"""What proves a group in which nothing is told twice: bits and sums, for all rules in one look at each row.

Where each name of a rule, and each part of a collection, has just one row in a group, the rule has
one match there, and what it compares is a sum over the rows: of each value times the factor of the
name that it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from checker.engine.dialect import every, some
from checker.expression import COMPARISONS, conjuncts
from checker.judge import Judge
from checker.model import Call, Expression, Operation, Pattern, Reference
from checker.sql import column, predicate
from checker.sql.column import Relation
from checker.sql.groups import Aggregates
from checker.sql.marks import Fit, Marks
from checker.sql.predicate import Amount, Form, Quantity, Total
from checker.sql.proof import NotGrouped, Proof, Told, apart, named
from checker.sql.rows import Rows
from checker.sql.words import Term, Test, Words

OPEN = "facts.odd OR facts.low IS NULL OR facts.high IS NULL"


class Groups:
    """The rows of groups, by the bits of rows and the sums over them."""

    def __init__(self, marks: Marks, words: Words, relation: Relation, aggregates: Aggregates) -> None:
        total = relation.database.dialect.total
        self.words, self.aggregates = words, aggregates
        if words.unit:
            self.bits, self.rows = words.marks, words.rows
            own = f"({self.bits} & {marks.unit - 1})"
        else:
            self.bits = own = aggregates.over(total("bits"), "TRUE")
            self.rows = aggregates.over("count(CASE WHEN bits <> 0 THEN 1 END)", "TRUE")
        self.calm = aggregates.made(f"bit_count({own}) = {self.rows}", 0)  # no two rows of a group are of one kind
        self.bounded = "TRUE"
        if not relation.holds("bounded"):
            self.bounded = f"NOT {aggregates.over(f'bool_or({OPEN})', 'TRUE')}"

    def any(self, several: Iterable[int]) -> str:
        """Whether a group that is calm has a row of each of several kinds, or of some kinds each."""
        return self._just(several, 0, lambda bits: f"({self.bits} & {bits}) <> 0")

    def once(self, several: Iterable[int], others: int) -> str:
        """Whether it has one row of each, and none of others."""
        return self._just(several, others, lambda bits: f"bit_count({self.bits} & {bits}) = 1")

    def _just(self, several: Iterable[int], others: int, asked: Callable[[int], str]) -> str:
        """Of all that are of one kind it is seen at once."""
        kinds = [*dict.fromkeys(several)]
        single = sum(bits for bits in kinds if bits.bit_count() == 1)
        seen = [f"({self.bits} & {single | others}) = {single}"] if single | others else []
        return every([*seen, *(asked(bits) for bits in kinds if bits.bit_count() != 1)])


class Single:
    """A rule for choices of measures, of which each name and each part of a collection is to have one row."""

    def __init__(self, proof: Proof, relation: Relation, judge: Judge) -> None:
        self._proof, self._relation = proof, relation
        rule = proof.plan.join.rule
        if not named(proof.plan.key, relation):  # all facts are one group: its sums may be beyond 64 bits
            raise NotGrouped
        if not all(apart(one, other, proof.measures) for one, other in combinations(rule.given, 2)):
            raise NotGrouped
        if [self._completed(one) for one in proof.plan.choices.where] != [one.name for one in proof.collections]:
            raise NotGrouped
        where = column.Where(relation, "facts.")
        self._fits = {one.name: self._fit(one, where.asked(one)) for one in rule.given}
        self._parts = {one.name: [self._part(one, part) for part in proof.parts(one)] for one in proof.collections}
        aliases = dict.fromkeys(self._fits, "facts")
        self._forms = [*self._compared(Rows(relation, judge, aliases, proof.measures))]
        self._alike = every(proof.compared())

    def _completed(self, condition: Expression) -> str:
        """The parts of which a condition asks that they be complete; ``NotGrouped`` where it asks anything else."""
        if not isinstance(condition, Call) or condition.function != "complete":
            raise NotGrouped
        parts, whole = (one.name for one in condition.arguments if isinstance(one, Reference))
        if next(one for one in self._proof.plan.join.rule.given if one.name == whole).dimensions != ("null",):
            raise NotGrouped
        return parts

    def _fit(self, pattern: Pattern, asked: list[column.Kept | str]) -> Fit:
        measures = frozenset(measure.id for measure in self._proof.measures[pattern.name])
        return Fit(measures, frozenset(one for one in asked if one != "TRUE"))

    def _part(self, pattern: Pattern, part: list[column.Kept]) -> Fit:
        whole = self._fits[pattern.name]
        return Fit(whole.measures, whole.asked | {*part})

    def _compared(self, scope: Rows) -> Iterator[tuple[Form, str]]:
        """The forms that the rule wants at most nought, or below it, or nought."""
        for one in conjuncts(self._proof.plan.join.rule.require):
            if not isinstance(one, Operation) or one.operator not in COMPARISONS or one.operator == "!=":
                raise NotGrouped
            forms = predicate.below(one, scope)
            if one.operator == "==" and self._relation.points:
                forms = [(forms[0][0], "=")]
            yield from ((predicate.whole(form)[0], operator) for form, operator in forms)

    def asked(self) -> Iterator[Fit]:
        """What is asked of rows."""
        yield from self._fits.values()
        for parts in self._parts.values():
            yield from parts

    def tests(self, marks: Marks) -> list[Test]:
        """What is asked of sums."""
        return [self._test(form, operator, marks) for form, operator in self._forms]

    def _test(self, form: Form, operator: str, marks: Marks) -> Test:
        """That a form is at most nought in the group, or below it: the sum of what each row adds to it."""
        if not form.terms:
            raise NotGrouped
        terms = tuple(self._term(one, int(factor), marks) for one, factor in form.terms.items())
        return Test(terms, operator, -int(form.constant * 10**self._relation.scale))

    def _term(self, quantity: Quantity, times: int, marks: Marks) -> Term:
        if not isinstance(quantity, Amount | Total) or isinstance(quantity, Total) != (quantity.name in self._parts):
            raise NotGrouped
        bits = marks.of(self._fits[quantity.name])
        if isinstance(quantity, Total) and quantity.function == "count":
            return Term(bits, times * 10**self._relation.scale, "")
        if isinstance(quantity, Total) and quantity.function != "sum":
            raise NotGrouped
        return Term(bits, times, "low" if times < 0 or self._relation.points else "high")

    def clear(self, marks: Marks, groups: Groups) -> str:
        """Whether there is nothing to prove in a group that is calm, or it is proved."""
        there, once, bounded = self._rows(marks, groups)
        kept = every(groups.words.holds(test, groups.calm) for test in self.tests(marks))
        proved = every([bounded, "TRUE" if once == there else once, self._alike, kept])
        return some([f"NOT ({there})", proved])

    def _rows(self, marks: Marks, groups: Groups) -> tuple[str, str, str]:
        """Whether there is a row of each name in a group that is calm; whether just one; and whether all have ends."""
        names = [marks.of(self._fits[one.name]) for one in self._proof.plan.join.names]
        parts = [marks.of(fit) for several in self._parts.values() for fit in several]
        collections = [marks.of(self._fits[name]) for name in self._parts]
        once = groups.once((*names, *parts), sum(collections) & ~sum(parts))
        return groups.any((*names, *collections)), once, "TRUE" if self._proof.plan.bounded else groups.bounded

    def told(self, marks: Marks, groups: Groups) -> Told:
        """What is proved of a group."""
        any_of_them, once, bounded = self._rows(marks, groups)
        there = f"NOT ({groups.calm}) OR ({any_of_them})"
        sole = groups.aggregates.made(every([groups.calm, bounded, once, self._alike]), 1)
        held = every(groups.words.holds(test, groups.calm) for test in self.tests(marks))
        kept = groups.aggregates.made(some(["clear", held]), 1)
        unproved = f"({there}) AND ({sole} AND {kept}) IS NOT TRUE"
        known = f"CASE WHEN {sole} AND {kept} THEN 1 ELSE 0 END"
        if self._proof.plan.join.rule.across or not self._relation.points:
            return Told(unproved, known)
        broken = f"{sole} AND NOT ({kept})"
        violated = f"CASE WHEN {broken} THEN 1 ELSE 0 END"
        if self._proof.plan.closed:
            unproved = f"{unproved} AND ({broken}) IS NOT TRUE"
        return Told(unproved, known, violated)

    def several(self, marks: Marks, groups: Groups) -> str:
        """Whether a group has several rows of a name, of different kinds."""
        names = [marks.of(self._fits[one.name]) for one in self._proof.plan.join.names]
        return some(f"bit_count({groups.bits} & {bits}) > 1" for bits in names if bits.bit_count() > 1)

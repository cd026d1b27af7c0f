"""Facts along a date: what came earlier against what is later, without a look at every two of them.

A rule over two names, of which one is earlier than the other by ``where`` or comes ``next``. Where
both names take the same facts and the comparison goes from each to the next, neighbours prove the
whole: of n facts of one series, n - 1 that are each later and no less than the row that was read
just before them are one chain, in whatever order rows were read. What is no such chain is looked at
in order of the dates: each later fact against the greatest of all that are earlier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from checker import field
from checker.engine.dialect import every, some
from checker.engine.join import Join
from checker.expression import COMPARISONS, conjuncts
from checker.judge import Judge
from checker.model import Expression, Measure, Operation, Reference
from checker.sql import column, predicate, proof
from checker.sql.choice import Choices
from checker.sql.column import Relation
from checker.sql.groups import Aggregates
from checker.sql.predicate import Amount, Form, Inexpressible, Span
from checker.sql.proof import NotGrouped, Plan
from checker.sql.rows import Rows
from checker.sql.spell import Spells


class Order(NamedTuple):
    """Which of two names is the earlier, by which date field; where not ``strictly``, perhaps on the same day."""

    earlier: str
    later: str
    along: str
    strictly: bool
    condition: Expression | None  # of ``where``; None where the later one comes next


class Left(NamedTuple):
    """A search that is left: for these choices, with the facts of each name from a table of its own."""

    choices: Choices
    sources: Mapping[str, str]


class Series(NamedTuple):
    """Matches proved satisfied, and what is left to be searched."""

    satisfied: int
    left: list[Left]


def of(join: Join, choices: Choices) -> Order:
    """The order of a rule; raises ``NotGrouped`` where it has none."""
    if len(join.names) != 2 or len(join.rule.given) != 2 or choices.unlike or join.ordered:
        raise NotGrouped
    for one, other in (join.names, join.names[::-1]):
        if other.next == one.name and one.next is None and other.along is not None:
            return Order(one.name, other.name, other.along, True, None)
    if any(pattern.next for pattern in join.names):
        raise NotGrouped
    found = next(filter(None, map(_order, choices.where)), None)
    if found is None:
        raise NotGrouped
    return found


def _order(condition: Expression) -> Order | None:
    if not isinstance(condition, Operation) or condition.operator not in ("<", "<=", ">", ">="):
        return None
    left, right = condition.operands
    if condition.operator.startswith(">"):
        left, right = right, left
    if not isinstance(left, Reference) or not isinstance(right, Reference) or left.name == right.name:
        return None
    if left.field is None or left.field != right.field or not field.is_date(left.field):
        return None
    return Order(left.name, right.name, left.field, len(condition.operator) == 1, condition)


def prove(join: Join, choices: Choices, relation: Relation, judge: Judge, spells: Spells, number: int) -> Series:
    """What is proved of a rule along a date; raises ``NotGrouped`` or ``Inexpressible`` where nothing can be."""
    order = of(join, choices)
    if order.along.startswith("during") or not spells.of([order.along])[order.along].exact:
        raise NotGrouped
    rest = choices._replace(where=tuple(one for one in choices.where if one is not order.condition))
    plan = proof.plan(_without_next(join), rest, spells)
    split = proof.split(join, choices)
    found = [_Part(order, plan, measures, relation, judge, f"{number}_{at}") for at, measures in enumerate(split)]
    told = [one.prove(choices) for one in found]
    return Series(sum(one.satisfied for one in told), [left for one in told for left in one.left])


def _without_next(join: Join) -> Join:
    return join._replace(names=tuple(pattern._replace(next=None, along=None) for pattern in join.names))


class _Part:
    """The proof for choices of measures that are all allowed together."""

    def __init__(
        self,
        order: Order,
        plan: Plan,
        measures: Mapping[str, Sequence[Measure]],
        relation: Relation,
        judge: Judge,
        name: str,
    ) -> None:
        self._order, self._plan, self._relation, self._judge = order, plan, relation, judge
        self._measures, self._table = measures, f"series_{name}"
        self._aggregates = Aggregates()
        self._proof = proof.Proof(plan, measures, relation, judge, self._aggregates)
        self._key = proof.named(plan.key, relation)
        self._day = f"{column.date(order.along)}_first"
        one, other = plan.join.names
        self._alike = measures[one.name] == measures[other.name] and one._replace(name="") == other._replace(name="")
        self._comparisons = list(self._forms())

    def _forms(self) -> Iterator[tuple[Form, str]]:
        """The comparisons of ``require`` as forms that are to be below nought, or at most nought."""
        rows = Rows(self._relation, self._judge, {name: name for name in self._measures}, self._measures)
        for one in conjuncts(self._plan.join.rule.require):
            if not isinstance(one, Operation) or one.operator not in COMPARISONS or one.operator == "!=":
                raise NotGrouped
            yield from predicate.below(one, rows)

    def prove(self, choices: Choices) -> Series:
        """What is proved, and what is left."""
        fits = {name: self._proof.fits(name) for name in (self._order.earlier, self._order.later)}
        self._relation.database.execute(f"CREATE OR REPLACE TEMP TABLE {self._table} AS {self._chains(fits)}")
        ((satisfied, ordered, others),) = self._relation.database.rows(
            f"SELECT COALESCE(sum(satisfied), 0), count(CASE WHEN left_over AND known THEN 1 END),"
            f" count(CASE WHEN left_over AND NOT known THEN 1 END) FROM {self._table}"
        )
        mine = self._choices(choices)
        left = []
        if others:
            left.append(Left(mine, dict.fromkeys(fits, self._facts("left_over AND NOT known", some(fits.values())))))
        if ordered:
            facts = self._facts("left_over AND known", some(fits.values()))
            if self._order.condition is None:
                left.append(Left(mine, dict.fromkeys(fits, facts)))
            else:
                counted, rest = self._later(fits, facts)
                satisfied += counted
                left += [Left(mine, rest)] if rest else []
        return Series(int(satisfied), left)

    def _choices(self, choices: Choices) -> Choices:
        allowed = [self._measures[pattern.name] for pattern in self._plan.join.names]
        return choices._replace(
            like=tuple(
                one
                for one in choices.like
                if all(measure in some_of for measure, some_of in zip(one, allowed, strict=True))
            )
        )

    # --- chains

    def _chains(self, fits: Mapping[str, str]) -> str:
        """Each series: the matches in it if it is a chain; else whether its facts agree in all but the order."""
        known, source = self._proof.alike(), f"(SELECT * FROM facts WHERE {some(fits.values())}) AS facts"
        satisfied, proved = "0", "FALSE"
        if self._alike and all(_is_chain(form, self._order) for form, _ in self._comparisons):
            links = self._aggregates.over("count(*)", self._link())
            total = self._aggregates.over("count(*)", "TRUE")
            proved = every([known, self._proof.bounded(), f"{links} = {total} - 1"])
            satisfied = f"{total} - 1" if self._order.condition is None else f"{total} * ({total} - 1) / 2"
            before = [*self._key, self._day, "low", "high"]
            lags = ", ".join(f"lag({name}) {self._in_order()} AS p_{name}" for name in before)
            source = f"(SELECT facts.*, {lags} FROM {source}) AS facts"
        told = {"proved": proved, "known": known}
        columns = [f"COALESCE({condition}, FALSE) AS {name}" for name, condition in told.items()]
        grouped = self._aggregates.grouped(self._key, source)
        judged = f"SELECT {', '.join([*self._key, *columns, f'{satisfied} AS matches'])} FROM ({grouped}) AS grouped"
        counted = "CASE WHEN proved THEN matches ELSE 0 END AS satisfied"
        chosen = ", ".join([*self._key, "known", "NOT proved AS left_over", counted])
        return f"SELECT {chosen} FROM ({judged}) AS judged"

    def _in_order(self) -> str:
        """The window of rows as they are read; by their days where the database reads them in no order."""
        if self._relation.database.dialect.sequential:
            return "OVER ()"
        return f"OVER ({self._partition()}ORDER BY {self._day}, n)"

    def _partition(self) -> str:
        return f"PARTITION BY {', '.join(self._key)} " if self._key else ""

    def _link(self) -> str:
        """Whether a row is the next of its series, and no less than the one before it."""
        same = [f"facts.p_{name} IS NOT DISTINCT FROM facts.{name}" for name in self._key]
        scope = _Neighbours(self._relation, self._judge, self._measures, self._order.earlier)
        kept = [f"{predicate.span(form, scope).high} {operator} 0" for form, operator in self._comparisons]
        return every([*same, f"facts.p_{self._day} < facts.{self._day}", *kept, "facts.p_low <= facts.p_high"])

    def _facts(self, which: str, fits: str) -> str:
        """The facts of some of the series."""
        same = every(f"facts.{name} IS NOT DISTINCT FROM wanted.{name}" for name in self._key)
        keys = f"SELECT {', '.join(self._key) or '1 AS one'} FROM {self._table} WHERE {which}"
        columns = ", ".join(f"facts.{name}" for name in column.used(self._plan.join.rule, self._relation))
        return f"(SELECT {columns} FROM facts JOIN ({keys}) AS wanted ON {same} WHERE {fits})"

    # --- in order of the dates

    def _later(self, fits: Mapping[str, str], facts: str) -> tuple[int, dict[str, str] | None]:
        """How many matches are proved by what was greatest before each later fact, and the facts that are left."""
        table = f"{self._table}_facts"
        database = self._relation.database
        database.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM {facts} AS facts")
        database.execute(f"CREATE OR REPLACE TEMP TABLE {table}_later AS {self._windows(fits, table)}")
        ((satisfied, left),) = database.rows(
            f"SELECT COALESCE(sum(CASE WHEN kept THEN before END), 0), count(CASE WHEN NOT kept THEN 1 END)"
            f" FROM {table}_later"
        )
        open_ones = (
            f"(SELECT facts.* FROM {table} AS facts JOIN {table}_later AS later ON facts.n = later.n WHERE NOT kept)"
        )
        return int(satisfied), {self._order.earlier: table, self._order.later: open_ones} if left else None

    def _windows(self, fits: Mapping[str, str], table: str) -> str:
        earlier, later = self._order.earlier, self._order.later
        end = "1 PRECEDING" if self._order.strictly else "CURRENT ROW"
        over = f"OVER ({self._partition()}ORDER BY {self._day} RANGE BETWEEN UNBOUNDED PRECEDING AND {end})"
        rows = Rows(self._relation, self._judge, dict.fromkeys(self._measures, "facts"), self._measures)
        columns, kept = [], []
        for at, (form, operator) in enumerate(self._comparisons):
            mine, other = _apart(form, earlier)
            worst = predicate.span(mine, rows).high
            columns.append(f"max(CASE WHEN is_earlier THEN {worst} END) {over} AS m{at}")
            columns.append(f"count(CASE WHEN is_earlier THEN {worst} END) {over} AS k{at}")
            columns.append(f"{predicate.span(other, rows).high} AS h{at}")
            kept.append(f"k{at} = all_before AND m{at} + h{at} {operator} 0")
        itself = "" if self._order.strictly else " - CASE WHEN is_earlier THEN 1 ELSE 0 END"
        flagged = (
            f"SELECT facts.*, {fits[earlier]} AS is_earlier, {fits[later]} AS is_later FROM {table} AS facts"
            f" WHERE {self._day} IS NOT NULL"
        )
        seen = (
            f"SELECT n, is_later, is_earlier, count(CASE WHEN is_earlier THEN 1 END) {over} AS all_before,"
            f" {', '.join(columns)} FROM ({flagged}) AS facts"
        )
        return (
            f"SELECT n, all_before{itself} AS before, COALESCE({every(kept)}, FALSE) AS kept FROM ({seen}) AS seen"
            f" WHERE is_later AND all_before{itself} > 0"
        )


def _is_chain(form: Form, order: Order) -> bool:
    """Whether what holds from each to the next holds from each to all that follow."""
    (_, factor), *rest = form.terms.items() or [(None, 0)]
    amounts = {Amount(order.earlier), Amount(order.later)}
    return form.terms.keys() == amounts and form.constant >= 0 and [-factor] == [other for _, other in rest]


def _apart(form: Form, name: str) -> tuple[Form, Form]:
    """A form as what hangs on one name, and the rest, in whole numbers."""
    form, _ = predicate.whole(form)
    mine = {one: factor for one, factor in form.terms.items() if getattr(one, "name", None) == name}
    rest = {one: factor for one, factor in form.terms.items() if one not in mine}
    if any(isinstance(one, predicate.Distance) for one in form.terms):
        raise Inexpressible
    return Form(form.constant * 0, mine), Form(form.constant, rest)


class _Neighbours(Rows):
    """The earlier name is the row before, the later one the row itself."""

    def __init__(
        self, relation: Relation, judge: Judge, measures: Mapping[str, Sequence[Measure]], earlier: str
    ) -> None:
        super().__init__(relation, judge, dict.fromkeys(measures, "facts"), measures)
        self._earlier = earlier

    def value(self, name: str) -> Span:
        """The value, of which it is seen elsewhere that it has two ends."""
        before = "p_" if name == self._earlier else ""
        return Span(f"facts.{before}low", f"facts.{before}high")

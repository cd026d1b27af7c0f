"""Facts along a date: what came earlier against what is later, without a look at every two of them.

A rule over two names, of which one is earlier than the other by ``where`` or comes ``next``. Where
both names take the same facts and the comparison goes from each to the next, neighbours prove the
whole: of n facts of one series, n - 1 that are each later and no less than the row that was read
just before them are one chain, in whatever order rows were read. Where n - 1 are each later and some
are less, the series is broken there into chains, and two facts of different ones can only break the
rule with values between the greatest before a break and the least after one. Of these, and of all in
a series read in another order, a few are for the matcher; many are looked at in order of the dates:
each later fact against the greatest of all that are earlier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from checker.engine.dialect import every, one_of, some
from checker.engine.join import Join
from checker.expression import COMPARISONS, conjuncts
from checker.judge import Judge
from checker.model import Measure, Operation
from checker.record import NamedTuple
from checker.sql import column, predicate, proof
from checker.sql import order as orders
from checker.sql.choice import Choices
from checker.sql.column import Relation
from checker.sql.groups import Aggregates
from checker.sql.order import Order
from checker.sql.predicate import Amount, Form, Inexpressible, Span
from checker.sql.proof import NotGrouped, Plan
from checker.sql.rows import Rows
from checker.sql.spell import Spells

MAX_FEW = 1_000  # choices of two facts that are for the matcher at once, and not searched
PROVED, BROKEN, KNOWN, OPEN = "proved", "broken", "known", "open"  # what a series is found to be


class Asked(NamedTuple):
    """Over what a rule is to be proved; with ``most``, how many choices may be left to the matcher without a search."""

    relation: Relation
    judge: Judge
    spells: Spells
    most: int | None = None


class Left(NamedTuple):
    """A search that is left, for these choices, with the facts of each name from a table of its own.

    Where there are ``members``, these few facts are left, and nothing is to be searched.
    """

    choices: Choices
    sources: Mapping[str, str]
    members: Sequence[int] | None = None


class Series(NamedTuple):
    """Matches proved satisfied, and what is left to be searched."""

    satisfied: int
    left: list[Left]


def prove(join: Join, choices: Choices, asked: Asked, number: int) -> Series:
    """What is proved of a rule along a date; raises ``NotGrouped`` or ``Inexpressible`` where nothing can be."""
    order = orders.of(join, choices)
    if order.along.startswith("during") or not asked.spells.of([order.along])[order.along].exact:
        raise NotGrouped
    rest = choices._replace(where=tuple(one for one in choices.where if one is not order.condition))
    plan = proof.plan(_without_next(join), rest, asked.spells)
    split = proof.split(join, choices)
    parts = [_Part(order, plan, measures, asked, f"{number}_{at}") for at, measures in enumerate(split)]
    told = [one.prove(choices) for one in parts]
    return Series(sum(one.satisfied for one in told), [left for one in told for left in one.left])


def _without_next(join: Join) -> Join:
    return join._replace(names=tuple(pattern._replace(next=None, along=None) for pattern in join.names))


class _Few(NamedTuple):
    """A few facts that are left, and how many matches they have."""

    members: list[int]
    matches: int


class _Part:
    """The proof for choices of measures that are all allowed together."""

    def __init__(
        self,
        order: Order,
        plan: Plan,
        measures: Mapping[str, Sequence[Measure]],
        asked: Asked,
        name: str,
    ) -> None:
        self._order, self._plan, self._relation, self._judge = order, plan, asked.relation, asked.judge
        self._few_are = MAX_FEW if asked.most is None else min(MAX_FEW, asked.most)
        self._measures, self._table = measures, f"series_{name}"
        self._aggregates = Aggregates()
        self._proof = proof.Proof(plan, measures, asked.relation, asked.judge, self._aggregates)
        self._key = proof.named(plan.key, asked.relation)
        self._day = f"{column.date(order.along)}_first"
        one, other = plan.join.names
        self._alike = measures[one.name] == measures[other.name] and one._replace(name="") == other._replace(name="")
        self._comparisons = list(self._forms())
        self._chained = self._alike and all(_is_chain(form, order) for form, _ in self._comparisons)

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
        database = self._relation.database
        database.execute(f"CREATE OR REPLACE TEMP TABLE {self._table} AS {self._chains(fits)}")
        rows = database.rows(f"SELECT state, sum(matches) FROM {self._table} GROUP BY state")
        found = {state: int(matches) for state, matches in rows}
        satisfied = found.get(PROVED, 0) + found.get(BROKEN, 0)
        mine = self._choices(choices)
        may_be_few = self._few_are > 0 and BROKEN in found and found.keys() <= {PROVED, BROKEN}
        few = self._few(fits) if may_be_few else None
        if few is not None:
            return Series(satisfied - few.matches, [Left(mine, {}, few.members)])
        return self._search(fits, mine, found, satisfied)

    def _search(self, fits: Mapping[str, str], mine: Choices, found: Collection[str], satisfied: int) -> Series:
        """What is proved in order of the dates, and searches of the rest; so many are proved already."""
        left = []
        if OPEN in found:
            left.append(Left(mine, dict.fromkeys(fits, self._source(OPEN, fits))))
        if KNOWN in found and self._order.condition is None:
            left.append(Left(mine, dict.fromkeys(fits, self._source(KNOWN, fits))))
        elif KNOWN in found or BROKEN in found:
            counted, rest = self._later(fits)
            satisfied += counted
            left += [Left(mine, rest)] if rest else []
        return Series(satisfied, left)

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
        """Each series: what it is found to be, the matches in it, and between which values some are not proved."""
        known, asked, total = f"COALESCE({self._proof.alike()}, FALSE)", some(fits.values()), self._total()
        matches = f"{total} - 1" if self._order.condition is None else f"{total} * ({total} - 1) / 2"
        states, breaks, source = [f"WHEN {known} THEN '{KNOWN}'"], [], f"SELECT * FROM facts WHERE {asked}"
        if self._chained:
            breaks = [*self._breaks()]
            ordered = every([known, self._proof.bounded(), self._sound(), f"{self._links()} = {total} - 1"])
            whole = every(f"{earlier} IS NULL" for earlier, _ in breaks)
            states = [f"WHEN {ordered} AND {whole} THEN '{PROVED}'", *states]
            if self._order.condition is not None:
                states.insert(1, f"WHEN {ordered} THEN '{BROKEN}'")
            source = " UNION ALL ".join(self._lagged(every([asked, half])) for half in self._halves())
        grouped = self._aggregates.grouped(self._key, f"({source}) AS facts")
        ends = [f"{end} AS {name}{at}" for at, pair in enumerate(breaks) for name, end in zip("el", pair, strict=True)]
        chosen = [*self._key, f"CASE {' '.join(states)} ELSE '{OPEN}' END AS state", f"{matches} AS matches", *ends]
        return f"SELECT {', '.join(chosen)} FROM ({grouped}) AS grouped"

    def _halves(self) -> list[str]:
        """Conditions of which each series keeps one: a window in no order of its own goes over all rows on one core."""
        now = self._relation.parts() if "subject" in self._key else []
        return [half.holds("subject") for half in now[0].halves()] if len(now) == 1 else ["TRUE"]

    def _lagged(self, asked: str) -> str:
        """Facts, each with columns of the row before: as rows are read, or by days where the database has no order."""
        in_order = "OVER ()"
        if not self._relation.database.dialect.sequential:
            in_order = f"OVER ({self._partition()}ORDER BY {self._day}, n)"
        ends = ["low"] if self._relation.points else ["low", "high"]
        before = ", ".join(f"lag({name}) {in_order} AS p_{name}" for name in (*self._key, self._day, *ends))
        return f"SELECT facts.*, {before} FROM (SELECT * FROM facts WHERE {asked}) AS facts"

    def _partition(self) -> str:
        return f"PARTITION BY {', '.join(self._key)} " if self._key else ""

    def _link(self) -> str:
        """Whether a row is the next of its series."""
        same = [f"facts.p_{name} IS NOT DISTINCT FROM facts.{name}" for name in self._key]
        return every([*same, f"facts.p_{self._day} < facts.{self._day}"])

    def _links(self) -> str:
        return self._aggregates.over("count(*)", self._link())

    def _sound(self) -> str:
        """That no value ends before it begins: what holds from each to the next holds then from each to all later."""
        if self._relation.points:
            return "TRUE"
        return f"{self._aggregates.over('count(*)', 'facts.low <= facts.high')} = {self._total()}"

    def _total(self) -> str:
        return self._aggregates.over("count(*)", "TRUE")

    def _breaks(self) -> Iterator[tuple[str, str]]:
        """For each comparison, the worst before and the worst after any link that does not keep it."""
        scope = _Neighbours(self._relation, self._judge, self._measures, self._order.earlier)
        for form, operator in self._comparisons:
            broken = every([self._link(), f"NOT ({predicate.span(form, scope).high} {operator} 0)"])
            earlier, later = (predicate.span(one, scope).high for one in _apart(form, self._order.earlier))
            yield self._aggregates.over(f"max({earlier})", broken), self._aggregates.over(f"max({later})", broken)

    # --- what is left of them

    def _few(self, fits: Mapping[str, str]) -> _Few | None:
        """The facts of broken series that may be in a match not proved, where they are few."""
        columns = ["facts.n", *(f"facts.{name}" for name in self._key)]
        facts = self._facts((BROKEN,), fits, columns)
        rows = self._relation.database.rows(f"{facts} LIMIT {self._few_are + 1}")
        together = Counter(tuple(key) for _, *key in rows)
        matches = sum(many * (many - 1) // 2 for many in together.values())
        return _Few([number for number, *_ in rows], matches) if max(len(rows), matches) <= self._few_are else None

    def _source(self, state: str, fits: Mapping[str, str]) -> str:
        """The facts of the series of a kind, as a table."""
        return f"({self._facts((state,), fits, self._used())})"

    def _used(self) -> list[str]:
        return [f"facts.{name}" for name in column.used(self._plan.join.rule, self._relation)]

    def _facts(self, states: Sequence[str], fits: Mapping[str, str], columns: Sequence[str]) -> str:
        """The facts of series of some kinds; of those that are broken, those that may be in a match not proved."""
        same = every(f"facts.{name} IS NOT DISTINCT FROM wanted.{name}" for name in self._key)
        wanted = f"(SELECT * FROM {self._table} WHERE {one_of('state', states)}) AS wanted"
        asked = every([some(fits.values()), some([f"state <> '{BROKEN}'", *self._between()])])
        return f"SELECT {', '.join(columns)} FROM facts JOIN {wanted} ON {same} WHERE {asked}"

    def _between(self) -> Iterator[str]:
        """Whether a fact of a broken series may be the earlier or the later one of a match that is not proved."""
        rows = Rows(self._relation, self._judge, dict.fromkeys(self._measures, "facts"), self._measures)
        for at, (form, operator) in enumerate(self._comparisons if self._chained else []):
            earlier, later = (predicate.span(one, rows).high for one in _apart(form, self._order.earlier))
            yield f"{earlier} <= wanted.e{at} AND NOT ({earlier} {operator} -wanted.l{at})"
            yield f"{later} <= wanted.l{at} AND NOT ({later} {operator} -wanted.e{at})"

    # --- in order of the dates

    def _later(self, fits: Mapping[str, str]) -> tuple[int, dict[str, str] | None]:
        """How many matches are proved by what was greatest before each later fact, and the facts that are left.

        The matches among facts of broken series, all of them counted before, are taken off again.
        """
        table = f"{self._table}_facts"
        database = self._relation.database
        facts = self._facts((BROKEN, KNOWN), fits, [*self._used(), "wanted.state"])
        database.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {facts}")
        database.execute(f"CREATE OR REPLACE TEMP TABLE {table}_later AS {self._windows(fits, table)}")
        ((satisfied, counted, left),) = database.rows(
            f"SELECT COALESCE(sum(CASE WHEN kept THEN before END), 0),"
            f" COALESCE(sum(CASE WHEN state = '{BROKEN}' THEN before END), 0), count(CASE WHEN NOT kept THEN 1 END)"
            f" FROM {table}_later"
        )
        open_ones = (
            f"(SELECT facts.* FROM {table} AS facts JOIN {table}_later AS later ON facts.n = later.n WHERE NOT kept)"
        )
        rest = {self._order.earlier: table, self._order.later: open_ones}
        return int(satisfied) - int(counted), rest if left else None

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
            columns.append(f"-{predicate.span(other, rows).high} AS h{at}")
            kept.append(f"k{at} = all_before AND m{at} {operator} h{at}")
        itself = "" if self._order.strictly else " - CASE WHEN is_earlier THEN 1 ELSE 0 END"
        flagged = (
            f"SELECT facts.*, {fits[earlier]} AS is_earlier, {fits[later]} AS is_later FROM {table} AS facts"
            f" WHERE {self._day} IS NOT NULL"
        )
        seen = (
            f"SELECT n, state, is_later, is_earlier, count(CASE WHEN is_earlier THEN 1 END) {over} AS all_before,"
            f" {', '.join(columns)} FROM ({flagged}) AS facts"
        )
        return (
            f"SELECT n, state, all_before{itself} AS before, COALESCE({every(kept)}, FALSE) AS kept"
            f" FROM ({seen}) AS seen WHERE is_later AND all_before{itself} > 0"
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
    """The earlier name is the row before, the later one the row itself; of values that are known to have two ends."""

    def __init__(
        self, relation: Relation, judge: Judge, measures: Mapping[str, Sequence[Measure]], earlier: str
    ) -> None:
        super().__init__(relation, judge, dict.fromkeys(measures, "facts"), measures)
        self._earlier = earlier

    def value(self, name: str) -> Span:
        """The value, of which it is seen elsewhere that it has two ends."""
        before = "p_" if name == self._earlier else ""
        return Span(f"facts.{before}low", f"facts.{before}{'low' if self._relation.points else 'high'}")

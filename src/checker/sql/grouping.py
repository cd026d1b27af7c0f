"""One GROUP BY for all rules that join on the same fields, and what it leaves.

Groups in which nothing is told twice are asked for first: that is cheap, and mostly all there is.
Of rules for which it says nothing, or where too many groups are otherwise, extremes are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from checker.engine.dialect import every, one_of, some
from checker.judge import Judge
from checker.model import Rule
from checker.record import NamedTuple
from checker.sql import column
from checker.sql.column import Relation
from checker.sql.groups import Aggregates
from checker.sql.marks import ROWS, Marks
from checker.sql.predicate import Inexpressible
from checker.sql.proof import NotGrouped, Plan, Proof, Told, named, split
from checker.sql.single import Groups, Single
from checker.sql.words import Words

MAX_LEFT = 200_000  # groups not proved whose facts are put aside
_DAYS = {f"{date}_{end}" for date in ("as_of", "during", "since") for end in ("first", "last")}
_DATES = {f"{date}_{end}" for date in ("as_of", "during", "since") for end in ("text", "first", "last")}
OWN = frozenset({"subject", "measure", "basis", "claimant", "event", *_DATES})  # columns that are alike where an id is
MAX_CROWDED = 10_000  # groups in which something is told twice that are left, and not asked for extremes


class Facts:
    """The facts of the groups that are not proved, and for which rules; looked for where somebody asks."""

    def __init__(self, key: Sequence[str], rules: Mapping[int, Plan], groups: int, table: str, relation: Relation):
        self._key, self._rules, self._groups, self._table, self._relation = key, rules, groups, table, relation
        self._made: dict[str, str] = {}

    def fitted(self, at: int) -> str:
        """Those of a rule, with the columns that its patterns ask for."""
        return self._of(at, "fitted", column.fitted)

    def used(self, at: int) -> str:
        """Those of a rule, with all columns that it uses."""
        return self._of(at, "used", column.used)

    def _of(self, at: int, name: str, columns: Callable[[Rule, Relation], Sequence[str]]) -> str:
        if name not in self._made:
            asked = (one for plan in self._rules.values() for one in columns(plan.join.rule, self._relation))
            self._made[name] = self._chosen(f"{self._table}_{name}", dict.fromkeys(asked))
        return f"(SELECT * FROM {self._made[name]} AS facts WHERE o{at})"

    def _chosen(self, table: str, columns: Iterable[str]) -> str:
        """They as a table, where they are few."""
        marks = [f"o{at}" for at in self._rules]
        asked = [*(f"facts.{name}" for name in columns), *(f"wanted.{mark}" for mark in marks)]
        same = every(f"facts.{name} IS NOT DISTINCT FROM wanted.{name}" for name in self._key)
        wanted = f"SELECT {', '.join([*self._key, *marks])} FROM {self._table} WHERE {some(marks)}"
        chosen = f"SELECT {', '.join(asked)} FROM facts JOIN ({wanted}) AS wanted ON {same}"
        if self._groups > MAX_LEFT:
            return f"({chosen})"
        self._relation.database.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {chosen}")
        return table


class Open(NamedTuple):
    """What the groups of a rule came to: matches proved satisfied, and violated, and how many groups are left.

    Of the violated each has a group of its own, which is left unless the rule is closed.
    """

    satisfied: int
    violated: int
    left: int
    facts: Facts  # of the groups that are left
    at: int  # the rule's place among them

    def fitted(self) -> str:
        """The facts of the groups that are left, with the columns that patterns ask for."""
        return self.facts.fitted(self.at)

    def used(self) -> str:
        """The same with all columns that the rule uses."""
        return self.facts.used(self.at)


class Proved(NamedTuple):
    """What came of each of some rules, None where nothing is known; and in how many facts nothing is told twice.

    It is ``calm`` where that is so in all groups, of the facts that rules ask for.
    """

    opened: list[Open | None]
    alone: int
    calm: bool


class _Piece(NamedTuple):
    """Some of all facts: what is asked of them, their columns, and what tells each column of the key."""

    asked: str
    columns: str
    key: Mapping[str, str]


class _Look(NamedTuple):
    """What a look at all groups found of rules."""

    opened: Mapping[int, Open]
    alone: int = 0
    crowded: int = 0


def prove(plans: Sequence[Plan], relation: Relation, judge: Judge, number: int) -> Proved:
    """What the groups of each of some rules with one key come to."""
    found: dict[int, Open] = {}
    alone, calm = 0, False
    for kind in (Singly, ByExtremes):
        rest = {at: plan for at, plan in enumerate(plans) if at not in found}
        if rest:
            seen = kind(relation, judge).look(rest, f"groups_{number}_{kind.__name__.lower()}")
            found |= seen.opened
            alone = max(alone, seen.alone)
            calm |= seen.alone > 0 and not seen.crowded
    return Proved([found.get(at) for at in range(len(plans))], alone, calm)


class ByExtremes:
    """A look at all groups by the least and the greatest value in each."""

    def __init__(self, relation: Relation, judge: Judge) -> None:
        self._relation, self._judge = relation, judge
        self._aggregates = Aggregates()
        self._measures: frozenset[str] = frozenset()
        self._alone = "NULL"  # how many facts a group has, where none is told twice
        self._several = "FALSE"  # whether a group has more of a kind than can be looked at here
        self._groups = "1"  # as how many it counts

    def look(self, plans: Mapping[int, Plan], table: str) -> _Look:
        """What is known of rules."""
        told = self._told(plans)
        if not told:
            return _Look({})
        key = named(next(iter(plans.values())).key, self._relation)
        self._relation.database.execute(self._statement(key, told, table))
        crowded, groups, alone, opened = self._opened([*told], table)
        if not set(key) | self._columns <= OWN | {*self._relation.dimensions.values()}:
            alone = 0
        if crowded > MAX_CROWDED:
            return _Look({}, alone, crowded)
        rules = {at: plans[at] for at, (*_, left) in opened.items() if left}
        facts = Facts(key, rules, groups, table, self._relation)
        return _Look({at: Open(*counts, facts, at) for at, counts in opened.items()}, alone, crowded)

    def _told(self, plans: Mapping[int, Plan]) -> dict[int, list[Told]]:
        """What rules ask of each group, for choices of measures; of those of which something can be asked."""
        found = {}
        for at, plan in plans.items():
            with suppress(Inexpressible, NotGrouped):
                proofs = self._proofs(plan)
                found[at] = [proof.told() for proof in proofs]
                self._measures |= {one.id for each in proofs for several in each.measures.values() for one in several}
        return found

    def _proofs(self, plan: Plan) -> list[Proof]:
        choices = split(plan.join, plan.choices)
        return [Proof(plan, measures, self._relation, self._judge, self._aggregates) for measures in choices]

    def _rows(self, asked: str, columns: str) -> str:
        """The rows that are looked at, of those of which that is asked."""
        return f"SELECT {columns} FROM facts WHERE {asked}"

    @property
    def _columns(self) -> frozenset[str]:
        """The columns that tell rows apart within a group."""
        return frozenset()

    def _statement(self, key: Sequence[str], told: Mapping[int, Sequence[Told]], table: str) -> str:
        columns = [*key]
        for at, found in told.items():
            columns.append(f"COALESCE({some(one.unproved for one in found)}, TRUE) AS o{at}")
            columns.append(f"{' + '.join(f'({one.matches})' for one in found)} AS c{at}")
            columns.append(f"{' + '.join(f'({one.violated})' for one in found)} AS v{at}")
        all_of_them = self._measures.issuperset(self._relation.measures)
        measured = "TRUE" if all_of_them else one_of("facts.measure", self._measures)
        columns += [f"COALESCE({self._several}, TRUE) AS crowded", f"CAST({self._alone} AS BIGINT) AS alone"]
        columns += [f"{self._groups} AS groups"]
        looks = []
        for asked, source, texts in self._pieces(key):
            grouped = self._aggregates.grouped(key, f"({self._rows(every([measured, asked]), source)}) AS facts")
            judged = f"SELECT {', '.join(columns)} FROM ({grouped}) AS grouped"
            looks.append(_folded(texts, [*told], judged))
        return f"CREATE OR REPLACE TEMP TABLE {table} AS {' UNION ALL '.join(looks)}"

    def _pieces(self, key: Sequence[str]) -> list[_Piece]:
        """What the rows are looked at in: all of them at once, or some subjects each."""
        return [_Piece("TRUE", "facts.*", {name: name for name in key})]

    def _opened(self, rules: Sequence[int], table: str) -> tuple[int, int, int, dict[int, tuple[int, int, int]]]:
        """How many groups are crowded, how many not proved of some rule, in how many facts nothing is told twice.

        And of each rule the matches satisfied, and violated, and the groups left.
        """
        left = some(f"o{at}" for at in rules)
        columns = ["sum(crowded)", f"sum(CASE WHEN {left} THEN groups END)", "sum(alone)"]
        for at in rules:
            columns += [f"sum(c{at})", f"sum(v{at})", f"sum(CASE WHEN o{at} THEN groups END)"]
        (told,) = self._relation.database.rows(f"SELECT {', '.join(columns)} FROM {table}")
        crowded, groups, alone, *found = (int(number or 0) for number in told)
        counts = zip(found[::3], found[1::3], found[2::3], strict=True)
        return crowded, groups, alone, dict(zip(rules, counts, strict=True))


class Singly(ByExtremes):
    """A look at groups in which nothing is told twice; others are left."""

    def _told(self, plans: Mapping[int, Plan]) -> dict[int, list[Told]]:
        rules = {}
        for at, plan in plans.items():
            with suppress(Inexpressible, NotGrouped):
                rules[at] = [Single(proof, self._relation, self._judge) for proof in self._proofs(plan)]
        rules = self._fitting(rules)
        if not rules:
            return {}
        groups = Groups(self._marks, self._words, self._relation, self._aggregates)
        self._measures = self._marks.measures
        self._alone = f"CASE WHEN {groups.calm} THEN {groups.rows} END"
        singles = [single for several in rules.values() for single in several]
        clear = (one.clear(self._marks, groups) for one in singles)
        self._aggregates.clear, self._aggregates.spent = every([groups.calm, *clear]), self._words.spent()
        self._groups = "groups"
        self._several = some([f"NOT ({groups.calm})", *(one.several(self._marks, groups) for one in singles)])
        return {at: [single.told(self._marks, groups) for single in several] for at, several in rules.items()}

    def _fitting(self, rules: Mapping[int, list[Single]]) -> dict[int, list[Single]]:
        """All rules, if there is room for what they ask; else as many as there is room for."""
        fitting: dict[int, list[Single]] = {}
        for tried in (dict(rules), *({at: several} for at, several in rules.items())):
            if not fitting.keys() >= rules.keys():
                with suppress(NotGrouped):
                    self._lay_out([single for several in (fitting | tried).values() for single in several])
                    fitting |= tried
        return fitting

    def _lay_out(self, singles: Sequence[Single]) -> None:
        """Give what is asked its bits."""
        marks = Marks((fit for one in singles for fit in one.asked()), self._relation.database.dialect)
        tests = [test for one in singles for test in one.tests(marks)]
        unit = marks.unit if self._relation.count < ROWS else 0
        self._words = Words(tests, self._relation, self._aggregates, unit)
        self._marks = marks

    def _rows(self, asked: str, columns: str) -> str:
        where = column.Where(self._relation, "facts.")
        always = (where.sql(one) for one in self._marks.always)
        return super()._rows(every([asked, *sorted(always)]), f"{columns}, {self._marks.bits} AS bits")

    def _pieces(self, key: Sequence[str]) -> list[_Piece]:
        """By numbers of subjects, where all else in the key are days."""
        numbers = self._relation.numbered() if {*key} - {"subject"} <= _DAYS and "subject" in key else ()
        told = {name: name for name in key} | {"subject": "CAST(subject AS VARCHAR)"}
        found = []
        for part, kind in numbers:
            columns = f"facts.* REPLACE (TRY_CAST(facts.subject AS {kind}) AS subject)"
            found.append(_Piece(part.holds("facts.subject"), columns, told))
        return found or super()._pieces(key)

    @property
    def _columns(self) -> frozenset[str]:
        return frozenset(one if isinstance(one, str) else one.column for one in self._marks.columns)


def _folded(key: Mapping[str, str], rules: Sequence[int], judged: str) -> str:
    """Groups that are proved become one row, with no key."""
    left = some(f"o{at}" for at in rules)
    columns = [f"CASE WHEN {left} THEN {told} END AS {name}" for name, told in key.items()]
    columns += [f"o{at}" for at in rules]
    sums = [
        sum_of
        for at in rules
        for sum_of in (f"sum(CASE WHEN NOT o{at} THEN c{at} * groups END) AS c{at}", f"sum(v{at} * groups) AS v{at}")
    ]
    crowded = "sum(CASE WHEN crowded THEN groups END) AS crowded"
    sums += ["sum(groups) AS groups", crowded, "sum(alone * groups) AS alone"]
    places = ", ".join(str(at + 1) for at in range(len(columns)))
    return f"SELECT {', '.join([*columns, *sums])} FROM ({judged}) AS judged GROUP BY {places}"

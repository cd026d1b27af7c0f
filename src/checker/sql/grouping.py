"""One GROUP BY for all rules that join on the same fields, and what it leaves.

Groups in which nothing is told twice are asked for first: that is cheap, and mostly all there is.
Of rules for which it says nothing, or where too many groups are otherwise, extremes are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from checker.engine.dialect import every, one_of, some
from checker.judge import Judge
from checker.model import Measure
from checker.sql import column
from checker.sql.column import Relation
from checker.sql.groups import Aggregates
from checker.sql.predicate import Inexpressible
from checker.sql.proof import NotGrouped, Plan, Proof, Told, named, split
from checker.sql.single import Marks, Single

MAX_LEFT = 200_000  # groups not proved whose facts are put aside
MAX_CROWDED = 10_000  # groups in which something is told twice that are left, and not asked for extremes


class Open(NamedTuple):
    """What the groups of a rule came to: matches proved satisfied, how many groups are not proved, and their facts."""

    satisfied: int
    left: int
    facts: str  # as a table


def prove(plans: Sequence[Plan], relation: Relation, judge: Judge, number: int) -> list[Open | None]:
    """What the groups of each of some rules with one key come to; None where nothing is known."""
    found: dict[int, Open] = {}
    for kind in (Singly, ByExtremes):
        rest = {at: plan for at, plan in enumerate(plans) if at not in found}
        if rest:
            found |= kind(relation, judge).look(rest, f"groups_{number}_{kind.__name__.lower()}")
    return [found.get(at) for at in range(len(plans))]


class ByExtremes:
    """A look at all groups by the least and the greatest value in each."""

    def __init__(self, relation: Relation, judge: Judge) -> None:
        self._relation, self._judge = relation, judge
        self._aggregates = Aggregates()
        self._measures: set[str] = set()

    def look(self, plans: Mapping[int, Plan], table: str) -> dict[int, Open]:
        """What is known of rules."""
        told = {at: found for at, plan in plans.items() if (found := self._asked(plan)) is not None}
        if not told:
            return {}
        key = named(next(iter(plans.values())).key, self._relation)
        self._relation.database.execute(self._statement(key, told, table))
        crowded, groups, opened = self._opened([*told], table)
        if crowded > MAX_CROWDED:
            return {}
        rules = {at: plans[at] for at, (_, left) in opened.items() if left}
        source = _left(key, rules, groups, table, self._relation) if rules else table
        return {at: Open(*counts, f"(SELECT * FROM {source} AS facts WHERE o{at})") for at, counts in opened.items()}

    def _asked(self, plan: Plan) -> list[Told] | None:
        """What a rule asks of each group, for its measures; None where nothing can be asked."""
        try:
            proofs = [self._proof(plan, measures) for measures in split(plan.join, plan.choices)]
            found = [self._told(proof) for proof in proofs]
        except (Inexpressible, NotGrouped):
            return None
        self._measures |= {one.id for proof in proofs for several in proof.measures.values() for one in several}
        return found

    def _proof(self, plan: Plan, measures: Mapping[str, Sequence[Measure]]) -> Proof:
        return Proof(plan, measures, self._relation, self._judge, self._aggregates)

    def _told(self, proof: Proof) -> Told:
        return proof.told()

    def _rows(self, measured: str) -> str:
        """The rows that are looked at, of those of which that holds."""
        return f"SELECT * FROM facts WHERE {measured}"

    def _crowded(self) -> str:
        """Whether something is told twice in a group, where that matters."""
        return "FALSE"

    def _statement(self, key: Sequence[str], told: Mapping[int, Sequence[Told]], table: str) -> str:
        columns = [*key]
        for at, found in told.items():
            columns.append(f"COALESCE({some(one.unproved for one in found)}, TRUE) AS o{at}")
            columns.append(f"{' + '.join(f'({one.matches})' for one in found)} AS c{at}")
        all_of_them = self._measures.issuperset(self._relation.measures)
        measured = "TRUE" if all_of_them else one_of("facts.measure", self._measures)
        grouped = self._aggregates.grouped(key, f"({self._rows(measured)}) AS facts")
        judged = f"SELECT {', '.join(columns)}, {self._crowded()} AS crowded FROM ({grouped}) AS grouped"
        return f"CREATE OR REPLACE TEMP TABLE {table} AS {_folded(key, [*told], judged)}"

    def _opened(self, rules: Sequence[int], table: str) -> tuple[int, int, dict[int, tuple[int, int]]]:
        """How many groups are crowded, and not proved of some rule; of each the matches satisfied, and groups left."""
        left = some(f"o{at}" for at in rules)
        columns = ["COALESCE(sum(crowded), 0)", f"COALESCE(sum(CASE WHEN {left} THEN groups END), 0)"]
        for at in rules:
            columns.append(f"COALESCE(sum(c{at}), 0)")
            columns.append(f"COALESCE(sum(CASE WHEN o{at} THEN groups END), 0)")
        ((crowded, groups, *found),) = self._relation.database.rows(f"SELECT {', '.join(columns)} FROM {table}")
        counts = zip(rules, found[::2], found[1::2], strict=True)
        return int(crowded), int(groups), {at: (int(satisfied), int(left)) for at, satisfied, left in counts}


class Singly(ByExtremes):
    """A look at groups in which nothing is told twice; others are left."""

    def __init__(self, relation: Relation, judge: Judge) -> None:
        super().__init__(relation, judge)
        self._marks = Marks(self._aggregates, relation)

    def _told(self, proof: Proof) -> Told:
        return Single(proof, self._marks, self._aggregates, self._relation, self._judge).told()

    def _rows(self, measured: str) -> str:
        return f"SELECT facts.*, {self._marks.bits} AS bits FROM facts WHERE {every([measured, *self._marks.always])}"

    def _crowded(self) -> str:
        return self._marks.crowded


def _folded(key: Sequence[str], rules: Sequence[int], judged: str) -> str:
    """Groups that are proved become one row, with no key."""
    left = some(f"o{at}" for at in rules)
    columns = [f"CASE WHEN {left} THEN {name} END AS {name}" for name in key]
    columns += [f"o{at}" for at in rules]
    sums = [f"sum(CASE WHEN NOT o{at} THEN c{at} END) AS c{at}" for at in rules]
    sums += ["count(*) AS groups", "count(CASE WHEN crowded THEN 1 END) AS crowded"]
    places = ", ".join(str(at + 1) for at in range(len(columns)))
    return f"SELECT {', '.join([*columns, *sums])} FROM ({judged}) AS judged GROUP BY {places}"


def _left(key: Sequence[str], rules: Mapping[int, Plan], groups: int, table: str, relation: Relation) -> str:
    """The facts of the groups that are not proved, and for which rules; as a table where they are few."""
    left = some(f"o{at}" for at in rules)
    marks = [f"o{at}" for at in rules]
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

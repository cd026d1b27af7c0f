"""Groups of a rule that collects, of which it is proved that they break it: the first are left, the others counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from checker.engine.dialect import every, one_of, quoted, some
from checker.judge import Judge
from checker.record import NamedTuple
from checker.sql.candidate import ACROSS, MAX_ALIKE, VIOLATED
from checker.sql.column import Relation
from checker.sql.groups import Aggregates
from checker.sql.predicate import Inexpressible
from checker.sql.proof import NotGrouped, Plan, Proof, named, split

TABLE = "refuted"


class Refuted(NamedTuple):
    """The facts of the groups that are left, and the violations of each kind: in other groups, and in these."""

    members: list[int]
    counted: Counter[str]
    back: Counter[str]


def first(plan: Plan, relation: Relation, judge: Judge, facts: str, most: Mapping[str, int]) -> Refuted | None:
    """What is left of some groups of a rule, whose facts are in a table, where no more than ``most`` need come back.

    The groups that come back of those that are proved to break it are those of the first subjects, with all of the last
    of these. Nothing where nothing can be proved.
    """
    aggregates = Aggregates()
    measures, *others = split(plan.join, plan.choices)
    try:
        proof = Proof(plan, measures, relation, judge, aggregates)
        kinds = _kinds(proof, aggregates)
    except (Inexpressible, NotGrouped):
        return None
    if others or not kinds:
        return None
    source = f"{facts} AS facts"
    key = sorted(named(plan.key, relation), key=lambda name: name != "subject")
    relation.database.execute(_statement(key, kinds, proof.matches(), aggregates.grouped(key, source)))
    return _first(key, source, some(map(proof.fits, proof.measures)), relation, most)


def _kinds(proof: Proof, aggregates: Aggregates) -> dict[str, str]:
    """Where a group is proved to break a rule, for each kind of violation."""
    refuted = proof.refuted()
    if refuted == "FALSE":
        return {}
    if not proof.plan.join.rule.across:
        return {VIOLATED: refuted}
    fits = some(map(proof.fits, proof.measures))
    said, rows = aggregates.over("count(claimant)", fits), aggregates.over("count(*)", fits)
    ends = [aggregates.over(f"{end}(claimant)", fits) for end in ("min", "max")]
    alike = f"{said} = 0 OR ({said} = {rows} AND {ends[0]} = {ends[1]})"
    mixed = f"NOT ({alike}) AND {proof.matches()} = 1"  # of several matches some may be of one claimant
    return {VIOLATED: every([refuted, alike]), ACROSS: every([refuted, mixed])}


def _statement(key: Sequence[str], kinds: Mapping[str, str], matches: str, grouped: str) -> str:
    """A table of the groups: of which kind they are, how many matches each has, and how many are before it.

    That is, in subjects before its own (all is in one, where groups have none), and in the groups before it there.
    """
    told = " ".join(f"WHEN {condition} THEN {quoted(kind)}" for kind, condition in kinds.items())
    judged = f"SELECT {', '.join(key)}, CASE {told} END AS kind, {matches} AS matches FROM ({grouped}) AS grouped"
    subject = ", subject" if "subject" in key else ""
    order = ", ".join(key)
    among = f"sum(matches) OVER (PARTITION BY kind{subject})"
    until = "sum(matches) OVER (PARTITION BY kind ORDER BY subject RANGE UNBOUNDED PRECEDING)" if subject else among
    within = f"sum(matches) OVER (PARTITION BY kind{subject} ORDER BY {order} ROWS UNBOUNDED PRECEDING) - matches"
    counted = f"{until} - {among} AS before, {within} AS within"
    return f"CREATE OR REPLACE TEMP TABLE {TABLE} AS SELECT judged.*, {counted} FROM ({judged}) AS judged"


def _first(key: Sequence[str], source: str, fits: str, relation: Relation, most: Mapping[str, int]) -> Refuted:
    limits = " ".join(
        f"WHEN kind = {quoted(kind)} THEN before < {limit} AND within < {MAX_ALIKE if limit else 0}"
        for kind, limit in most.items()
    )
    back = f"CASE {limits} ELSE TRUE END"
    rows = relation.database.rows(
        f"SELECT kind, sum(matches), COALESCE(sum(CASE WHEN {back} THEN matches END), 0) FROM {TABLE}"
        f" WHERE {one_of('kind', most)} GROUP BY kind"
    )
    same = every(f"facts.{name} IS NOT DISTINCT FROM wanted.{name}" for name in key)
    wanted = f"(SELECT * FROM {TABLE} WHERE {back}) AS wanted"
    members = relation.database.rows(f"SELECT facts.n FROM {source} JOIN {wanted} ON {same} WHERE {fits}")
    total = Counter({kind: int(many) for kind, many, _ in rows})
    came = Counter({kind: int(many) for kind, _, many in rows})
    return Refuted([number for (number,) in members], total - came, came)

"""Whole groups: all facts that a rule may see in the groups in which it may match."""

from __future__ import annotations

from collections.abc import Sequence

from checker.engine.dialect import every, some
from checker.engine.join import Join
from checker.model import Measure
from checker.sql import column
from checker.sql.column import Relation


def numbers(join: Join, measures: Sequence[Measure], relation: Relation, source: str = "facts") -> list[int]:
    """The facts of all groups (by the texts in ``same``) that have one for each name that must have one."""
    where = column.Where(relation)
    fits = [where.fits(pattern, column.allowed(pattern, measures)) for pattern in join.rule.given]
    needed = [fit for fit, pattern in zip(fits, join.rule.given, strict=True) if not pattern.or_none]
    if "FALSE" in needed:
        return []
    key = [one for one in (column.text(name, relation) for name in own(join)) if one != "NULL"]
    having = every(f"count(CASE WHEN {fit} THEN 1 END) > 0" for fit in needed)
    sql = f"SELECT n FROM {source} AS facts WHERE {some(fits)}"
    if key and having != "TRUE":
        same = every(f"facts.{one} IS NOT DISTINCT FROM g.{one}" for one in key)
        fitting = f"FROM {source} AS facts WHERE {some(fits)}"
        groups = f"SELECT {', '.join(key)} {fitting} GROUP BY {', '.join(key)} HAVING {having}"
        sql = f"SELECT facts.n FROM (SELECT * {fitting}) AS facts JOIN ({groups}) AS g ON {same}"
    return [number for (number,) in relation.database.rows(sql)]


def own(join: Join) -> list[str]:
    """The fields of the key that are a fact's own; what its measure has goes by the measure."""
    return [name for name in join.key if name == "measure" or name not in column.MEASURED]

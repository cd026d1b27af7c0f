"""What follows from the facts of a relation."""

from __future__ import annotations

from collections.abc import Sequence

from checker import derive
from checker.engine import plain
from checker.engine.dialect import some
from checker.model import Fact, Rule, Vocabulary
from checker.sql import column
from checker.sql.column import Relation


def derived(rules: Sequence[Rule], relation: Relation, names: Vocabulary) -> tuple[Fact, ...]:
    """The facts that follow from those of the relation, in order of their ids; they are not added to it."""
    deriving = [rule for rule in rules if rule.derive is not None]
    if not deriving:
        return ()
    measures = tuple(relation.measures.values())
    where = column.Where(relation)
    seen = [where.fits(one, column.allowed(one, measures)) for rule in deriving for one in rule.given]
    rows = relation.database.rows(f"SELECT n FROM facts WHERE {some(seen)} ORDER BY n")
    found = relation.facts(number for (number,) in rows)
    return derive.derived(deriving, [found[number] for (number,) in rows], names, plain.start)

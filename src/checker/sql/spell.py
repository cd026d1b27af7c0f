"""Dates in ``same`` as columns to join on: the days where all are known, else spells of days (``join.days``)."""

from __future__ import annotations

from collections.abc import Iterable

from checker.engine.known import vague
from checker.model import Period
from checker.record import NamedTuple
from checker.sql import column
from checker.sql.column import Relation

LAST = 4_000_000  # later than all days


class Spell(NamedTuple):
    """The columns that are equal wherever two dates may agree; ``joined`` brings them in where they are not there.

    Where the dates are ``exact``, they agree wherever the columns are equal.
    """

    keys: tuple[str, ...]
    column: str = ""
    joined: str = ""
    exact: bool = True


class Spells:
    """The spells of date fields."""

    def __init__(self, relation: Relation) -> None:
        self._relation = relation
        self._found: dict[str, Spell] = {}
        self.bounded = relation.holds("bounded")  # whether every value has two ends

    def of(self, names: Iterable[str]) -> dict[str, Spell]:
        """The spells of these fields."""
        for name in names:
            if name not in self._found:
                stem = column.date(name)
                exact = Spell((f"{stem}_first",))
                self._found[name] = exact if self._relation.holds(stem) else _spelled(name, self._relation)
        return {name: self._found[name] for name in names}


def _spelled(name: str, relation: Relation) -> Spell:
    stem = column.date(name)
    first, last = f"{stem}_first", f"{stem}_last"
    rows = relation.database.rows(
        f"SELECT DISTINCT {first}, {last}, {vague(stem)} FROM facts WHERE {stem}_text IS NOT NULL"
    )
    periods = [Period("", one, other) for one, other, _ in rows]
    closed = all(one.first is not None and one.last is not None for one in periods)
    if name == "during" and closed and not any(is_vague for *_, is_vague in rows):
        return Spell((first, last))
    return _table(stem, periods, relation)


def _table(stem: str, periods: list[Period], relation: Relation) -> Spell:
    spells: dict[int, int] = {}
    number, end = 0, 0
    for first, last in sorted({(one.first or 0, LAST if one.last is None else one.last) for one in periods}):
        if not spells or first > end:
            number, end = number + 1, last
        spells[first], end = number, max(end, last)
    table, key = f"spells_{stem}", f"{stem}_spell"
    values = ", ".join(f"({first}, {spell})" for first, spell in spells.items()) or "(NULL, NULL)"
    relation.database.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM (VALUES {values}) AS v(day, {key})"
    )
    joined = (
        f"LEFT JOIN {table} ON {table}.day = CASE WHEN f.{stem}_text IS NOT NULL THEN COALESCE(f.{stem}_first, 0) END"
    )
    return Spell((key,), f"{table}.{key}", joined, exact=False)

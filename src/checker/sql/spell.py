"""Dates in ``same`` as columns to join on: the days where all are known, else spells of days (``join.days``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from checker.model import Period
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
    """The spells of date fields; what is known of all facts is asked in one look at them."""

    def __init__(self, relation: Relation, fields: Iterable[str]) -> None:
        self._relation = relation
        self._found: dict[str, Spell] = {}
        stems = sorted({column.date(name) for name in fields})
        asked = ["odd OR low IS NULL OR high IS NULL", *map(_is_open, stems)]
        told = ", ".join(f"COALESCE(bool_or({one}), FALSE)" for one in asked)
        ((unbounded, *opened),) = relation.database.rows(f"SELECT {told} FROM facts")
        self.bounded = not unbounded  # whether every value has two ends
        self._exact = {stem for stem, is_open in zip(stems, opened, strict=True) if not is_open}

    def of(self, names: Iterable[str]) -> dict[str, Spell]:
        """The spells of these fields."""
        for name in names:
            if name not in self._found:
                stem = column.date(name)
                exact = Spell((f"{stem}_first",))
                self._found[name] = exact if stem in self._exact else _spelled(name, self._relation)
        return {name: self._found[name] for name in names}


def _is_open(stem: str) -> str:
    """Whether a date is anything but one day."""
    first, last = f"{stem}_first", f"{stem}_last"
    several = f"COALESCE({first} <> {last}, {stem}_text IS NOT NULL)"
    return f"{several} OR {column.vague(stem)}" if stem == "during" else several


def _spelled(name: str, relation: Relation) -> Spell:
    stem = column.date(name)
    first, last = f"{stem}_first", f"{stem}_last"
    rows = relation.database.rows(
        f"SELECT DISTINCT {first}, {last}, {column.vague(stem)} FROM facts WHERE {stem}_text IS NOT NULL"
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
    values = ", ".join(f"({first}, {spell})" for first, spell in spells.items())
    relation.database.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM (VALUES {values}) AS v(day, {key})"
    )
    joined = (
        f"LEFT JOIN {table} ON {table}.day = CASE WHEN f.{stem}_text IS NOT NULL THEN COALESCE(f.{stem}_first, 0) END"
    )
    return Spell((key,), f"{table}.{key}", joined, exact=False)

"""Subjects that are part of others: a table of all pairs, to join on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker import vocabulary
from checker.engine.dialect import quoted
from checker.engine.family import asked
from checker.model import Vocabulary
from checker.sql.column import Relation

__all__ = ["above", "asked", "is_declared", "make"]

TABLE = "parts_of_subjects"
AT_ONCE = 1_000  # rows that one statement brings in


def is_declared(names: Vocabulary) -> bool:
    """Whether any subject is part of another."""
    return any(subject.part_of is not None for subject in names.subjects.values())


def make(relation: Relation, names: Vocabulary) -> None:
    """Make the table, of the subjects that facts have."""
    rows = relation.database.rows("SELECT DISTINCT subject FROM facts")
    known = {subject for (subject,) in rows}
    pairs = [(part, whole) for part in sorted(known) for whole in above(part, names) if whole in known]
    relation.database.execute(f"CREATE OR REPLACE TEMP TABLE {TABLE} (part VARCHAR, whole VARCHAR)")
    for some in _chunks(pairs):
        values = ", ".join(f"({quoted(part)}, {quoted(whole)})" for part, whole in some)
        relation.database.execute(f"INSERT INTO {TABLE} VALUES {values}")


def above(part: str, names: Vocabulary) -> set[str]:
    """All subjects that one is part of, through one step or more."""
    found: set[str] = set()
    subject = vocabulary.find(names.subjects, part)
    while subject is not None and subject.part_of is not None and subject.part_of not in found:
        found.add(subject.part_of)
        subject = vocabulary.find(names.subjects, subject.part_of)
    return found


def _chunks(pairs: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    for start in range(0, len(pairs), AT_ONCE):
        yield pairs[start : start + AT_ONCE]

"""The subjects of large tables as numbers: a group by these and by days has its place, and no texts are compared.

A database that has a type of some texts holds these by their numbers, and a column of a file of Parquet mostly names
each text once, where its number is looked up. This is worth it where subjects are few beside the facts of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from checker.engine.dialect import Database, quoted
from checker.engine.parts import Part, alone
from checker.engine.survey import Survey

FROM = 500_000  # facts: of less, places may be more than groups (docs/performance.md)
MOST = 50_000  # subjects
SAMPLE = 8_192  # rows of a table, of which half at most may be of different subjects


class Numbered(NamedTuple):
    """Some subjects, and the type of the database in which they are numbers."""

    part: Part
    type: str


def of(surveys: Sequence[Survey], part: Part) -> list[str]:
    """The subjects of the relation ``facts``, which has those of a part; none where it is not worth it."""
    if not surveys or part.facts < FROM or not all(map(_is_named, surveys)) or not _are_few(surveys):
        return []
    rows = surveys[0].database.rows("SELECT DISTINCT subject FROM facts")
    found = sorted(subject for (subject,) in rows)
    return found if len(found) <= MOST and not any("\0" in one for one in found) else []


def made(database: Database, name: str, part: Part, subjects: Sequence[str]) -> list[Numbered]:
    """Those of the subjects that are in a part, in a type of this name; nothing where none is."""
    mine = ", ".join(quoted(one) for one in subjects if part.has(one))
    if not mine:
        return []
    database.execute(f"CREATE OR REPLACE TYPE {name} AS ENUM ({mine})")
    return [Numbered(part, name)]


def _is_named(survey: Survey) -> bool:
    """Whether all facts of a table have their subject from a column as it stands, which names each text once."""
    columns = [alone(claim) for claim in survey.claims]
    parquet = survey.table.format == "parquet" and survey.database.dialect.numbered
    return parquet and all(one is not None and not one.prefix for one in columns)


def _are_few(surveys: Sequence[Survey]) -> bool:
    """Whether the first rows of tables are of few subjects."""
    sampled = (
        f"SELECT count(DISTINCT subject), count(*) FROM"
        f" (SELECT {one.claims[0].field(('subject',))} AS subject FROM {one.rows.name} LIMIT {SAMPLE}) AS first"
        for one in surveys
    )
    found = surveys[0].database.rows(" UNION ALL ".join(sampled))
    return all(2 * different <= count for different, count in found)

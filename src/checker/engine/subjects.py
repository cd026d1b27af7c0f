"""The subjects of large tables as numbers: a group by these and by days has its slot, and no texts are compared.

A database that has a type of some texts holds these by their numbers, and a column of a file of Parquet mostly names
each text once, where its number is looked up. This is worth it where subjects are few beside the facts of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from checker.engine.dialect import Database, quoted
from checker.engine.parts import Part, alone
from checker.engine.survey import Survey
from checker.record import NamedTuple

FROM = 4_000_000  # facts: with less it takes as long to number their subjects (docs/performance.md)
MOST = 50_000  # subjects
FACTS = 10  # of a group, at a guess
MOST_PIECES = 8  # of a part: each costs a statement's plan
WIDTH = 2  # bytes that a value takes in its file at most, on average: it is named again and again there


class Numbered(NamedTuple):
    """Some subjects, and the type of the database in which they are numbers."""

    part: Part
    type: str


def of(surveys: Sequence[Survey], part: Part) -> list[str]:
    """The subjects of the rows of some tables that are in a part; none where it is not worth it."""
    if not surveys or part.facts < FROM or not all(map(_is_named, surveys)):
        return []
    database = surveys[0].database
    asked = dict.fromkeys(
        f"SELECT DISTINCT {claim.field(('subject',))} FROM {one.rows.name} WHERE {part.makes(claim)}"
        for one in surveys
        for claim in one.claims
    )
    found = {subject for (subject,) in database.rows(" UNION ALL ".join(asked))}
    return sorted(found) if len(found) <= MOST and not any("\0" in one for one in found) else []


def pieces(part: Part, subjects: Sequence[str], slots: int) -> list[Part]:
    """A part cut so that groups have slots, as far as these can be guessed; whole where its rows are in no order."""
    if part.middle is None:
        return [part]
    many = min(MOST_PIECES, max(2, ceil(part.facts / FACTS / slots)))
    cuts = dict.fromkeys(subjects[len(subjects) * at // many] for at in range(1, many))
    bounds = [part.low, *(one for one in cuts if one > subjects[0]), part.high]
    return [Part(low, high) for low, high in pairwise(bounds)]


def made(database: Database, name: str, part: Part, subjects: Sequence[str]) -> Numbered:
    """Those of the subjects that are in a part, in a type of this name."""
    mine = ", ".join(quoted(one) for one in subjects if part.has(one))
    database.execute(f"CREATE OR REPLACE TYPE {name} AS ENUM ({mine})")
    return Numbered(part, name)


def _is_named(survey: Survey) -> bool:
    """Whether the facts of a table have their subjects from columns as they stand, which name few texts."""
    if survey.table.format != "parquet" or not survey.database.slots:
        return False
    columns = [alone(claim) for claim in survey.claims]
    names = {one.column for one in columns if one is not None and not one.prefix}
    return all(one is not None and not one.prefix for one in columns) and all(_is_narrow(survey, one) for one in names)


def _is_narrow(survey: Survey, column: str) -> bool:
    if survey.rows.length <= MOST:
        return True
    files = ", ".join(quoted(str(file.path.absolute())) for file in survey.rows.files)
    ((width,),) = survey.database.rows(
        "SELECT sum(total_uncompressed_size) / sum(num_values)"
        f" FROM parquet_metadata([{files}]) WHERE path_in_schema = {quoted(column)}"
    )
    return width is not None and width <= WIDTH

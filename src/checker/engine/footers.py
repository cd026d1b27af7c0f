"""Whether what footers of Parquet say of columns is so in the rows.

A database that plans by the least and the greatest value of a column, as a footer tells them, does not look back: what
is beyond may not be seen, or be written anywhere in its memory. So all rows are read for these first, once, while the
tables are surveyed; who reads a false footer is told so, and nothing is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from checker.document import excerpt, shown
from checker.engine import EngineFault, cells
from checker.engine.dialect import Database
from checker.engine.rows import Rows, damaged
from checker.model import InputError, InputErrors, Location
from checker.record import NamedTuple


class _Column(NamedTuple):
    """A column of a table of Parquet whose values have an order."""

    rows: Rows
    name: str

    @property
    def here(self) -> str:
        return self.rows.columns[self.name]

    def error(self, told: Mapping[str, Any], least: Any, most: Any) -> InputError | None:
        """What is wrong with what a footer says of it, which may be nothing; its rows have no values for None."""
        if least is None or (_is_within(told.get("min"), least) and _is_within(most, told.get("max"))):
            return None
        files = self.rows.files
        place = shown(files[0].path) if len(files) == 1 else self.rows.table.document.file
        said = f'a footer says that the column "{excerpt(self.name)}" has {told.get("min")} to {told.get("max")}'
        wanted = "a file with a footer that is true: write it again"
        return InputError(Location(place), f"{said}; its rows have {least} to {most}", wanted)


@contextmanager
def held(database: Database, tables: Sequence[Rows]) -> Iterator[None]:
    """Meanwhile footers of tables are held against the rows; raises ``InputErrors`` for those that are false.

    Within it, no rows are to be grouped or ordered by numbers, days or moments. What is wrong with the tables
    otherwise is told with it; a fault is told as what may be why: a footer that is false, or a file that is damaged.
    """
    untrue = _begun(database, tables)
    errors: list[InputError] = []
    fault: EngineFault | None = None
    try:
        yield
    except InputErrors as wrong:
        errors += wrong.errors
    except EngineFault as failed:
        fault = failed
    try:
        errors += untrue()
    except EngineFault as failed:
        fault = fault or failed
    if fault is not None:
        errors += damaged(database, tables)
        if not errors:
            raise fault
    if errors:
        raise InputErrors(errors)


def _begun(database: Database, tables: Sequence[Rows]) -> Callable[[], list[InputError]]:
    """Begin to look where footers are false; what is called for the errors."""
    asked = [columns for one in tables if (columns := _ordered(one))] if database.dialect.plans_by_footers else []
    begun = database.begun([*map(_believed, asked), _ends(asked)]) if asked else list

    def errors() -> list[InputError]:
        *believed, ends = begun() or [[]]
        columns = [column for one in asked for column in one]
        told = [
            stats for one, rows in zip(asked, believed, strict=True) for stats in (rows[0] if rows else [{}] * len(one))
        ]
        both = [one for row in ends for one in row]
        found = map(_Column.error, columns, told, both[::2], both[1::2])
        return [one for one in found if one is not None]

    return errors


def _ordered(rows: Rows) -> list[_Column]:
    if rows.table.format != "parquet":
        return []
    return [_Column(rows, name) for name in rows.columns if cells.is_ordered(rows.types[name])]


def _believed(columns: Sequence[_Column]) -> str:
    """What the database believes of the columns of a table, none where that has no rows."""
    return f"SELECT {', '.join(f'stats({one.here})' for one in columns)} FROM {columns[0].rows.name} LIMIT 1"


def _ends(asked: Sequence[Sequence[_Column]]) -> str:
    """The least and the greatest value of each column of tables; a union with what is no file is read."""
    read = []
    for columns in asked:
        names, rows = [one.here for one in columns], columns[0].rows.name
        ends = ", ".join(f"min({name}), max({name})" for name in names)
        union = f"SELECT {', '.join(names)} FROM {rows} UNION ALL SELECT {', '.join('NULL' for _ in names)}"
        read.append(f"(SELECT {ends} FROM ({union}) AS rows) AS {rows}")
    return f"SELECT * FROM {', '.join(read)}"


def _is_within(low: Any, high: Any) -> bool:
    """Whether one is no greater than the other, of which a footer may say nothing; one beyond Python is a text."""
    if low is None or high is None or low == high:
        return True
    return type(low) is type(high) and not isinstance(low, str) and bool(low <= high)

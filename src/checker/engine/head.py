"""What is wrong with mappings by the columns of their files, for who reads no rows."""

from __future__ import annotations

from collections.abc import Sequence

from checker.engine import rows
from checker.engine.duckdb import DuckDB
from checker.model import InputError
from checker.table import Table


def errors(tables: Sequence[Table]) -> list[InputError]:
    """An error for each column that is not there, and each file that cannot be read."""
    found: list[InputError] = []
    database = DuckDB([file for one in tables for file in one.files])
    try:
        for one in tables:
            rows.check(database, one, found)
    finally:
        database.close()
    return found

"""JSON Lines read by the database, where it surely reads what Python's reader would.

It takes numbers with a point for floats, which are exact up to 15 digits, the first of two equal keys and some texts
that are no JSON. A file with a line for which any of this might matter is left to Python as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from checker.engine import EngineFault, cells
from checker.engine.dialect import Database, quoted, some

_NAME = re.compile(r"[A-Za-z0-9_ -]+")  # of a column: any other would have to be escaped
_UNSURE = (
    r":\s*-?[0-9.]{16}",  # more digits than a float has
    r":\s*-?[0-9.]+[eE]",
    r":\s*-0(\.0*)?[\s,}]",
    r",\s*[}\]]",
    r"[:,\[]\s*-?[nNiI][^u]",  # NaN and Infinity, but null
    r"\r|\\u0000|[\[{]\s*[\[{]",
)


def read(database: Database, name: str, lines: str, columns: Mapping[str, str], keys: set[str]) -> bool:
    """Add the rows of a file to the table ``name``, and the keys of its objects to ``keys``; whether it could be done.

    ``lines`` selects its lines, as ``line``; ``columns`` are the keys that are read, and their names in the table.
    """
    if not all(_NAME.fullmatch(key) for key in columns):
        return False
    try:
        database.execute(f"CREATE OR REPLACE TABLE {name}_lines AS SELECT line FROM ({lines}) WHERE trim(line) <> ''")
        ((odd,),) = database.rows(f"SELECT coalesce(bool_or({_odd(columns)}), FALSE) FROM {name}_lines")
        if not odd:
            found = f"SELECT DISTINCT unnest(json_keys(line)) FROM {name}_lines"
            keys.update(key for (key,) in database.rows(found))
            texts = ", ".join(_text(database, key) for key in columns)
            database.execute(f"INSERT INTO {name} SELECT {texts} FROM {name}_lines")
        database.execute(f"DROP TABLE {name}_lines")
    except EngineFault:
        return False
    return not odd


def _odd(columns: Mapping[str, str]) -> str:
    """Whether Python might read a line in another way."""
    nested = (f"coalesce(json_type(line, {_path(key)}) IN ('OBJECT', 'ARRAY'), FALSE)" for key in columns)
    conditions = [
        f"regexp_matches(line, {quoted('|'.join(_UNSURE))})",
        "json_type(line) <> 'OBJECT'",
        "len(json_keys(line)) <> len(list_distinct(json_keys(line)))",
        *nested,
    ]
    return f"CASE WHEN json_valid(line) THEN coalesce({some(conditions)}, TRUE) ELSE TRUE END"


def _text(database: Database, key: str) -> str:
    """The text of a cell, as a typed column would have it."""
    raw = f"json_extract_string(line, {_path(key)})"
    number = cells.text(f"TRY_CAST({raw} AS DOUBLE)", "DOUBLE", database.dialect)
    return f"CASE WHEN json_type(line, {_path(key)}) = 'DOUBLE' THEN {number} ELSE coalesce({raw}, '') END"


def _path(key: str) -> str:
    return quoted(f'$."{key}"')


def of(file: Path, most: int) -> str:
    """What selects the lines of a file."""
    return (
        f"SELECT line FROM read_csv({quoted(str(file.absolute()))}, columns = {{line: 'VARCHAR'}}, "
        "auto_detect = FALSE, header = FALSE, delim = '\x01', quote = '', escape = '', strict_mode = TRUE, "
        f"encoding = 'utf-8', nullstr = '\x02nil\x02', max_line_size = {most})"
    )

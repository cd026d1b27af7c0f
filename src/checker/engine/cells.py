"""The text of a cell of a typed column, in SQL: as a table of texts would hold it."""

from __future__ import annotations

from checker.engine.dialect import Dialect

_WHOLE = frozenset(f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")) | {
    "INTEGER",
    "UINTEGER",
}
_FLOATS = frozenset({"FLOAT", "DOUBLE"})
_TEXTS = frozenset({"VARCHAR", "BOOLEAN", "DATE", "UUID"})


def is_whole(type: str) -> bool:  # noqa: A002  # the database's word
    """Whether a column of a type holds whole numbers."""
    return type in _WHOLE


def is_float(type: str) -> bool:  # noqa: A002
    """Whether a column of a type holds floats."""
    return type in _FLOATS


def is_moment(type: str) -> bool:  # noqa: A002
    """Whether a column of a type holds moments without a time zone."""
    return type.startswith("TIMESTAMP") and not type.endswith("TIME ZONE")


def is_ordered(type: str) -> bool:  # noqa: A002
    """Whether a column of a type holds numbers, days or moments; floats are none, for some are in no order."""
    return is_whole(type) or is_moment(type) or type == "DATE" or type.startswith("DECIMAL")


def is_readable(type: str) -> bool:  # noqa: A002
    """Whether the cells of a column of a type have a text."""
    return type in _TEXTS | _WHOLE | _FLOATS or type.startswith(("DECIMAL", "TIMESTAMP", "ENUM"))


def text(name: str, type: str, dialect: Dialect) -> str:  # noqa: A002
    """The text of a column; a null is an empty text.

    A float is the shortest decimal that is read as it. No number ends with zeros behind its point, and one with three
    decimals has a fourth: in a count they would be a group of thousands. A moment at midnight is its day.
    """
    if type == "VARCHAR":
        return f"coalesce({name}, '')"
    written = f"CAST({name} AS VARCHAR)"
    if type.startswith("TIMESTAMP"):
        written = _moment(name) if is_moment(type) else f"CAST({dialect.utc(name)} AS VARCHAR) || 'Z'"
    elif is_float(type):
        written = _float(name, dialect.shortest(name, type), dialect)
    elif type.startswith("DECIMAL"):
        written = _trimmed(written, dialect)
    return f"coalesce({written}, '')"


def _moment(name: str) -> str:
    day = f"CAST({name} AS DATE)"
    return f"CASE WHEN {name} = {day} THEN CAST({day} AS VARCHAR) ELSE CAST({name} AS VARCHAR) END"


def _float(name: str, written: str, dialect: Dialect) -> str:
    def placed(digits: str, power: str) -> str:
        small = f"'0.' || repeat('0', -{power} - 1) || {digits}"
        mixed = f"substr({digits}, 1, {power} + 1) || '.' || substr({digits}, {power} + 2)"
        large = f"{digits} || repeat('0', {power} - length({digits}) + 1)"
        return f"CASE WHEN {power} < 0 THEN {small} WHEN {power} < length({digits}) - 1 THEN {mixed} ELSE {large} END"

    def text(written: str) -> str:
        digits = f"replace(replace(split_part({written}, 'e', 1), '.', ''), '-', '')"
        power = f"CAST(split_part({written}, 'e', 2) AS INTEGER)"
        moved = dialect.bound("d", digits, lambda d: dialect.bound("p", power, lambda p: placed(d, p)))
        powered = f"CASE WHEN {name} < 0 THEN '-' ELSE '' END || {_trimmed(moved, dialect)}"
        return f"CASE WHEN contains({written}, 'e') THEN {powered} ELSE {_trimmed(written, dialect)} END"

    whole = f"abs({name}) < 1e15 AND {name} = floor({name})"
    other = dialect.bound("w", written, text)
    return f"CASE WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE {other} END"


def _trimmed(written: str, dialect: Dialect) -> str:
    group = dialect.group
    trimmed = f"regexp_replace(regexp_replace({written}, '(\\.[0-9]*?)0+$', '{group}'), '\\.$', '')"
    return f"regexp_replace({trimmed}, '(\\.[0-9][0-9][0-9])$', '{group}0')"

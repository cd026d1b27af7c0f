"""What the engine asks of a database, and the SQL in which databases differ.

All else is standard SQL that DuckDB and Spark both read. Texts go in through ``quoted`` and nothing
else of the input is ever a part of a statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

SIMPLE = "[!-~]+( [!-~]+)*"  # a text that no folding of Unicode or white space changes


class Dialect(NamedTuple):
    """How one database writes what is not standard."""

    is_all: Callable[[str, str], str]  # whether the whole of a text matches a regular expression
    wide: str  # the type of whole numbers beyond 64 bits


class Database(Protocol):
    """Runs statements; an error of the database is an ``EngineFault``."""

    dialect: Dialect

    def execute(self, sql: str) -> None:
        """Run a statement for what it does."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""


DUCKDB = Dialect(lambda text, pattern: f"regexp_full_match({text}, {quoted(pattern)})", "HUGEINT")
SPARK = Dialect(lambda text, pattern: f"{text} RLIKE {quoted(f'^({pattern})$')}", "DECIMAL(38, 0)")


def quoted(text: str) -> str:
    """A text as a literal; a NUL has no place in one.

    >>> quoted("Ana's")
    "'Ana''s'"
    """
    if "\0" in text:
        raise ValueError("a NUL in a text")
    return "'" + text.replace("'", "''") + "'"


def one_of(column: str, texts: Iterable[str]) -> str:
    """Whether a column holds one of these texts.

    >>> one_of("measure", ["b", "a"]), one_of("measure", ["a"]), one_of("measure", [])
    ("measure IN ('a', 'b')", "measure = 'a'", 'FALSE')
    """
    listed = [quoted(text) for text in sorted(texts)]
    if len(listed) < 2:
        return f"{column} = {listed[0]}" if listed else "FALSE"
    return f"{column} IN ({', '.join(listed)})"


def every(conditions: Iterable[str]) -> str:
    """All of the conditions.

    >>> every(["a", "TRUE", "b"]), every(["a", "FALSE"]), every([])
    ('a AND b', 'FALSE', 'TRUE')
    """
    rest = [one for one in dict.fromkeys(conditions) if one != "TRUE"]
    if "FALSE" in rest:
        return "FALSE"
    return " AND ".join(map(_inner, rest) if len(rest) > 1 else rest) or "TRUE"


def some(conditions: Iterable[str]) -> str:
    """Any of the conditions.

    >>> some(["a", "FALSE", "b AND c"]), some(["a", "TRUE"]), some([])
    ('(a) OR (b AND c)', 'TRUE', 'FALSE')
    """
    rest = [one for one in dict.fromkeys(conditions) if one != "FALSE"]
    if "TRUE" in rest:
        return "TRUE"
    return " OR ".join(f"({one})" for one in rest) if len(rest) > 1 else rest[0] if rest else "FALSE"


def _inner(condition: str) -> str:
    return f"({condition})" if " OR " in condition else condition


def like(glob: str) -> str | None:
    """A glob as a pattern for ``LIKE … ESCAPE '!'``; None where it has a choice of characters.

    >>> like("us-*_?")
    'us-%!__'
    """
    if "[" in glob:
        return None
    signs = {"*": "%", "?": "_", "%": "!%", "_": "!_", "!": "!!"}
    return "".join(signs.get(sign, sign) for sign in glob)


def listed(rows: Sequence[Sequence[str]]) -> str:
    """Rows of SQL as a list of values."""
    return "VALUES " + ", ".join(f"({', '.join(row)})" for row in rows)

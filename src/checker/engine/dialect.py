"""What the engine asks of a database, and the SQL in which databases differ.

All else is standard SQL that DuckDB and Spark both read. Texts go in through ``quoted`` and nothing
else of the input is ever a part of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from checker.record import NamedTuple

SIMPLE = "[!-~]+( [!-~]+)*"  # a text that no folding of Unicode or white space changes


def _by_case(column: str, numbers: Mapping[str, int], otherwise: int) -> str:
    """A number by the text of a column.

    >>> _by_case("age", {"young": 1}, 0)
    "CASE age WHEN 'young' THEN 1 ELSE 0 END"
    """
    cases = " ".join(f"WHEN {quoted(text)} THEN {number}" for text, number in numbers.items())
    return f"CASE {column} {cases} ELSE {otherwise} END" if cases else str(otherwise)


def _by_map(column: str, numbers: Mapping[str, int], otherwise: int) -> str:
    """The same by functions that cannot fail, which the database works out once for each different text of a column.

    >>> _by_map("age", {"young": 3}, 0), _by_map("age", {"young": 3}, 2)
    ("greatest(MAP {'young': 3}[age], 0)", "xor(greatest(MAP {'young': 1}[age], 0), 2)")
    """
    pairs = ", ".join(f"{quoted(text)}: {number ^ otherwise}" for text, number in numbers.items())
    found = f"greatest(MAP {{{pairs}}}[{column}], 0)" if pairs else "0"
    return f"xor({found}, {otherwise})" if otherwise else found


class Dialect(NamedTuple):
    """How one database writes what is not standard."""

    is_all: Callable[[str, str], str]  # whether the whole of a text matches a regular expression
    fits: Callable[[str, str], str]  # whether a text fits a glob
    wide: str  # the type of whole numbers beyond 64 bits
    shortest: Callable[[str, str], str]  # the shortest text that is read as a float, of its column and type
    bound: Callable[[str, str, Callable[[str], str]], str]  # what is made of an expression, by a name for it
    utc: Callable[[str], str]  # the time of day in UTC, of a moment of any zone
    group: str  # the first group of a regular expression, in what replaces it
    sequential: bool  # whether rows are read in the order of their files: ``OVER ()`` sees it
    sum: str = "sum"  # the function that adds whole numbers up; what is beyond its type is null, or cannot be
    total: Callable[[str], str] = "sum({})".format  # the sum of whole numbers, where only one within 64 bits is used
    chosen: Callable[[str, Mapping[str, int], int], str] = _by_case  # a number by the text of a column; no less than 0
    written: Callable[[str], str] = str  # a statement as the database reads it
    first: Callable[[str], str] = str  # a query that is done before what is asked of its rows, where that can be said
    plans_by_footers: bool = False  # whether it takes the word of Parquet's footers, which ``stats`` tells


class Database(Protocol):
    """Runs statements; an error of the database is an ``EngineFault``."""

    dialect: Dialect
    scratch: Path  # a directory for files that it is to read
    slots: int  # that it has from the beginning for groups by numbers; none where it has no types of some texts

    def execute(self, sql: str) -> None:
        """Run a statement for what it does."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""

    def begun(self, statements: Iterable[str]) -> Callable[[], list[list[tuple[Any, ...]]]]:
        """Begin some statements, and go on; what is called for the rows that each gives, when they are there."""

    def lines(self, file: Path, columns: Iterable[tuple[str, str]]) -> str:
        """What reads a file of JSON, an object a line, with columns of these names and types."""

    def unpacked(self, file: Path) -> Path:
        """A file as Python can read it: itself, or what the database has made of it in ``scratch``."""

    def types(self, file: Path) -> dict[str, str]:
        """The columns of a Parquet file, and their types in the words of DuckDB."""

    def lengths(self, files: Sequence[Path]) -> list[int]:
        """How many rows each of some Parquet files has."""

    def parquet(self, name: str, files: Sequence[tuple[Path, int]], columns: Mapping[str, str]) -> None:
        """Make a view of columns of Parquet files, and of ``p``: a row's number in its file, from where that begins."""

    def close(self) -> None:
        """Forget everything."""

    def leave(self) -> None:
        """Forget everything, soon."""


def quoted(text: str) -> str:
    """A text as a literal; a NUL has no place in one.

    >>> quoted("Ana's")
    "'Ana''s'"
    """
    if "\0" in text:
        raise ValueError("a NUL in a text")
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as SQL has it.

    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


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


# ------------------------------------------------------------------------- the dialects

DUCKDB = Dialect(
    lambda text, pattern: f"regexp_full_match({text}, {quoted(pattern)})",
    lambda text, glob: f"{text} GLOB {quoted(glob)}",
    "HUGEINT",
    lambda name, _: f"CAST({name} AS VARCHAR)",
    lambda _, expression, made: made(expression),
    lambda name: f"{name} AT TIME ZONE 'UTC'",
    r"\1",
    sequential=True,
    total=lambda number: f"TRY_CAST(sum_no_overflow({number}) AS BIGINT)",
    chosen=_by_map,
    first=lambda query: f"{query} LIMIT {2**62}",  # nothing is asked of rows below a limit
    plans_by_footers=True,
)

_TOKENS = re.compile(r"""('(?:[^']|'')*')|("(?:[^"]|"")*")|\bVARCHAR\b|//""")
_WORDS = {"VARCHAR": "STRING", "//": "DIV"}


def _of_spark(sql: str) -> str:
    r"""A statement as Spark reads it: backslashes within texts, backticks around names, and words of its own.

    >>> print(_of_spark("SELECT CAST(\"a`b\" AS VARCHAR), 'it''s \\'"))
    SELECT CAST(`a``b` AS STRING), 'it\'s \\'
    """
    return _TOKENS.sub(_token, sql)


def _token(found: re.Match[str]) -> str:
    text, name = found.groups()
    if text is not None:
        return "'" + text[1:-1].replace("''", "'").replace("\\", "\\\\").replace("'", "\\'") + "'"
    return _WORDS[found[0]] if name is None else "`" + name[1:-1].replace('""', '"').replace("`", "``") + "`"


def _is_all_of_spark(text: str, pattern: str) -> str:
    whole = rf"\A(?:{pattern})\z"
    return f"{text} RLIKE {quoted(whole)}"


_SIGNS = re.compile(r"\[(!?)(\]?[^\]]*)\]|.", re.DOTALL)


def _of_glob(glob: str) -> str:
    r"""A glob as a regular expression.

    >>> print(_of_glob("eu-[!a-c[]*?"))
    (?s:eu\-[^a-c\[].*.)
    """

    def sign(found: re.Match[str]) -> str:
        if found[2] is None:
            return {"*": ".*", "?": "."}.get(found[0], re.escape(found[0]))
        inner = re.escape(found[2]).replace(r"\-", "-")
        return f"[{found[1] and '^'}{inner}]"

    return f"(?s:{_SIGNS.sub(sign, glob)})"


def _shortest_of_spark(name: str, type: str) -> str:  # noqa: A002  # the database's word
    """The least digits that are read as the float: before its version 19 Java itself writes more."""
    digits = (5, 6, 7, 8) if type == "FLOAT" else (14, 15, 16)
    tried = ", ".join(f"format_string('%.{after}e', {name})" for after in digits)
    endless = f"CAST('Infinity' AS {type})"
    special = f"WHEN isnan({name}) THEN 'nan' WHEN {name} = {endless} THEN 'inf' WHEN {name} = -{endless} THEN '-inf'"
    return f"CASE {special} ELSE get(filter(array({tried}), t -> CAST(t AS {type}) = {name}), 0) END"


SPARK = Dialect(
    _is_all_of_spark,
    lambda text, glob: _is_all_of_spark(text, _of_glob(glob)),
    "DECIMAL(38, 0)",
    _shortest_of_spark,
    lambda name, expression, made: f"transform(array({expression}), {name} -> {made(name)})[0]",
    str,
    "$1",
    sequential=False,
    sum="try_sum",
    total="try_sum({})".format,
    written=_of_spark,
)

"""The rows of a table's files, read by the database itself.

Each table is a relation ``rows_<i>`` with its columns as ``c0``, ``c1``, … and ``p``, a row's position over all files.
Parquet is a view, of which only the columns that are asked for are ever read. CSV and JSON Lines are read once, into
a table. Where the database cannot read a file of CSV, Python says which of its rows make no sense, and hands on the
rest; JSON goes through Python's reader, as the database would take long numbers for floats.
"""

from __future__ import annotations

import csv
import gzip
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import IO, Any, NamedTuple

from checker import table
from checker.document import excerpt, shown
from checker.engine import EngineFault, cells
from checker.engine.dialect import DUCKDB, Dialect, quoted
from checker.engine.duckdb import DuckDB
from checker.model import InputError, Location

NIL = "\x02nil\x02"  # no cell of CSV holds this: without it an empty cell would be a null, as a quoted one is none
MAX_LINE = 16 * 1024 * 1024  # bytes
_INTEGERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)
_FLOATS = ("FLOAT", "DOUBLE")
_PLAIN = ("VARCHAR", "BOOLEAN", "DATE", "UUID", *_INTEGERS)


class File(NamedTuple):
    """A file of a table: the position of its first row, and what is wrong with rows of it that no position has."""

    path: Path
    start: int
    wrong: tuple[InputError, ...] = ()  # in order of the rows


class Rows(NamedTuple):
    """A table in the database."""

    table: table.Table
    name: str
    columns: dict[str, str]  # each column that is used, and the name that it has here
    types: dict[str, str]  # of each of these, in the database
    files: tuple[File, ...]
    length: int
    dialect: Dialect = DUCKDB

    def at(self, position: int) -> tuple[str, int]:
        """The file of a row, as errors show it, and its number there."""
        file = self.files[bisect_right([one.start for one in self.files], position) - 1]
        number = position - file.start + 1
        for error in file.wrong:
            number += (error.location.row or 0) <= number
        return shown(file.path), number

    @property
    def wrong(self) -> list[InputError]:
        """What is wrong with rows that are none of the format: one error for each."""
        return [error for file in self.files for error in file.wrong]

    def text(self, column: str) -> str:
        """The text of a column, in SQL."""
        return cells.text(self.columns[column], self.types[column], self.dialect)


# ------------------------------------------------------------------------- reading


def read(database: DuckDB, number: int, one: table.Table, errors: list[InputError]) -> Rows | None:
    """The rows of a table, which is the ``number``-th; what is wrong with its files is added to ``errors``."""
    reader = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[one.format]
    return reader(database, f"rows_{number}", one, errors)


def _select(names: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{there} AS {here}" for there, here in names)


def _list(files: Iterable[Path]) -> str:
    return f"[{', '.join(quoted(str(file.absolute())) for file in files)}]"


def _aliases(one: table.Table) -> dict[str, str]:
    return {name: f"c{index}" for index, name in enumerate(one.columns)}


def _unreadable(file: Path, error: Exception) -> InputError:
    said = str(error).partition("failed: ")[2] or str(error)
    return InputError(
        Location(shown(file)), f"cannot be read: {excerpt(said)}", "a file of the format that its name says"
    )


# ------------------------------------------------------------------------- Parquet


def _parquet(database: DuckDB, name: str, one: table.Table, errors: list[InputError]) -> Rows | None:
    found = {}
    for file in one.files:
        try:
            described = database.rows(f"DESCRIBE SELECT * FROM read_parquet({_list([file])})")
        except EngineFault as error:
            errors.append(_unreadable(file, error))
            return None
        found[file] = {column: type for column, type, *_ in described}  # noqa: A001
        errors += _column_errors(one, file, found[file], found[one.files[0]])
    types = found[one.files[0]]
    if errors:
        return None
    aliases, files, count = _aliases(one), [], 0
    lengths = dict(database.rows(f"SELECT file_name, num_rows FROM parquet_file_metadata({_list(one.files)})"))
    for file in one.files:
        files.append(File(file, count))
        count += lengths[str(file.absolute())]
    position = "file_row_number"
    if len(files) > 1:
        position += f" + [{', '.join(str(file.start) for file in files)}][file_index + 1]"
    selected = _select([(position, "p"), *((_identifier(column), here) for column, here in aliases.items())])
    database.execute(f"CREATE VIEW {name} AS SELECT {selected} FROM read_parquet({_list(one.files)})")
    return Rows(one, name, aliases, {column: types[column] for column in aliases}, tuple(files), count)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _column_errors(one: table.Table, file: Path, types: dict[str, str], first: dict[str, str]) -> Iterator[InputError]:
    if first is types:
        yield from table.unknown_columns(one, list(types))
    for column in one.columns:
        here, there = types.get(column), first.get(column)
        if here is not None and not cells.is_readable(here):
            message = f'the column "{excerpt(column)}" holds neither texts, numbers nor dates'
            yield InputError(Location(shown(file)), message, f"another column than one of {excerpt(here)}")
        elif there is not None and here != there:
            other = "not there" if here is None else f"of another type, {excerpt(here)}"
            message = f'the column "{excerpt(column)}" is {other}'
            yield InputError(Location(shown(file)), message, f"{excerpt(there)}, as in {shown(one.files[0])}")


# ------------------------------------------------------------------------- CSV


def _csv(database: DuckDB, name: str, one: table.Table, errors: list[InputError]) -> Rows | None:
    headers = {file: _header(database, file, errors) for file in one.files}
    before = len(errors)
    for file, header in headers.items():
        if header is not None:
            errors += _header_errors(one, file, header)
    if len(errors) > before or None in headers.values():
        return None
    aliases = _aliases(one)
    database.execute(f"CREATE TABLE {name}_read ({', '.join(f'{here} VARCHAR' for here in aliases.values())})")
    files: list[File] = []
    for header, group in groupby(one.files, key=lambda file: headers[file]):
        assert header is not None
        files += _copied(database, name, list(group), _Columns(header, aliases), errors)
    return _of_texts(database, name, one, files)


class _Columns(NamedTuple):
    """The columns of files of one header, and the names that some of them are to have."""

    header: tuple[str, ...]
    aliases: dict[str, str]

    def reading(self, files: Iterable[Path]) -> str:
        """What reads the columns that are used of all rows."""
        types = ", ".join(f"h{index}: 'VARCHAR'" for index in range(len(self.header)))
        there = [(f"h{self.header.index(column)}", here) for column, here in self.aliases.items()]
        return (
            f"SELECT {_select(there)} FROM read_csv({_list(files)}, columns = {{{types}}}, auto_detect = FALSE, "
            f"header = TRUE, delim = ',', quote = '\"', escape = '\"', strict_mode = TRUE, encoding = 'utf-8', "
            f"nullstr = {quoted(NIL)}, max_line_size = {MAX_LINE})"
        )


def _header(database: DuckDB, file: Path, errors: list[InputError]) -> tuple[str, ...] | None:
    """The names of a file's columns."""
    lines = (
        f"SELECT line FROM read_csv({_list([file])}, columns = {{line: 'VARCHAR'}}, auto_detect = FALSE, "
        "header = FALSE, delim = '\x01', quote = '', escape = '', strict_mode = FALSE, encoding = 'utf-8', "
        f"nullstr = {quoted(NIL)}, max_line_size = {MAX_LINE}) LIMIT 100"
    )
    try:
        first = [f"{line}\n" for (line,) in database.rows(lines)]
        return tuple(next(csv.reader(first, strict=True), ()))
    except (EngineFault, csv.Error) as error:
        header = None if isinstance(error, csv.Error) else _first_row(file)
        if header is None:
            errors.append(_unreadable(file, error))
        return header


def _first_row(file: Path) -> tuple[str, ...] | None:
    """The same, read by Python, where what comes after it is no UTF-8."""
    try:
        with _opened(file) as lines:
            return tuple(next(csv.reader(lines, strict=True), ()))
    except (OSError, csv.Error, EOFError):
        return None


def _header_errors(one: table.Table, file: Path, header: tuple[str, ...]) -> Iterator[InputError]:
    here = Location(shown(file))
    if not header:
        yield InputError(here, "the file is empty", "a first line that names the columns")
        return
    yield from table.unknown_columns(one, header)
    for column in one.columns:
        if header.count(column) > 1:
            yield InputError(here, f'the column "{excerpt(column)}" is there twice', "one column of each name")


def _copied(
    database: DuckDB, name: str, files: Sequence[Path], columns: _Columns, errors: list[InputError]
) -> Iterator[File]:
    """Read files of one header into the table, one by one."""
    for file in files:
        (start,) = database.rows(f"SELECT count(*) FROM {name}_read")[0]
        wrong: list[InputError] = []
        try:
            database.execute(f"INSERT INTO {name}_read {columns.reading([file])}")
        except EngineFault as error:
            rest = database.scratch / f"{name}-{start}.csv"
            try:
                wrong = _rewritten(file, rest, len(columns.header))
            except (OSError, EOFError):
                errors.append(_unreadable(file, error))
                return
            database.execute(f"INSERT INTO {name}_read {columns.reading([rest])}")
            rest.unlink()
        yield File(file, start, tuple(wrong))


def _opened(file: Path) -> IO[str]:
    if file.suffix == ".zst":
        raise OSError("only the database reads this")
    opened = gzip.open if file.suffix == ".gz" else open
    made: IO[str] = opened(file, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="")
    return made


def _rewritten(file: Path, rest: Path, width: int) -> list[InputError]:
    """Write the rows of a file that make sense to another; an error for each that does not."""
    errors = []
    with _opened(file) as lines, rest.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for number, row in enumerate(_read(csv.reader(lines, strict=True))):
            wrong = row if isinstance(row, str) else _wrong_row(row, width)
            if wrong:
                errors.append(InputError(Location(shown(file), row=number), wrong, f"{width} cells in UTF-8"))
            else:
                writer.writerow(row)
    return errors


def _read(reader: Any) -> Iterator[list[str] | str]:
    """The rows that are not empty, the header too; of one that cannot be read, why."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"no valid CSV: {error}"
            continue
        if row:
            yield row


def _wrong_row(row: Sequence[str], width: int) -> str:
    if len(row) != width:
        return f"the row has {len(row)} {'cell' if len(row) == 1 else 'cells'}, the header {width}"
    if any("\udc80" <= sign <= "\udcff" for cell in row if not cell.isascii() for sign in cell):
        return "the row is not UTF-8"
    return ""


def _of_texts(database: DuckDB, name: str, one: table.Table, files: Sequence[File]) -> Rows:
    (count,) = database.rows(f"SELECT count(*) FROM {name}_read")[0]
    database.execute(f"CREATE VIEW {name} AS SELECT rowid AS p, * FROM {name}_read")
    aliases = _aliases(one)
    return Rows(one, name, aliases, dict.fromkeys(aliases, "VARCHAR"), tuple(files), count)


# ------------------------------------------------------------------------- JSON Lines


def _jsonl(database: DuckDB, name: str, one: table.Table, errors: list[InputError]) -> Rows | None:
    """Read by Python's own reader, which keeps the digits of numbers as they are written."""
    aliases, files, keys = _aliases(one), [], set[str]()
    database.execute(f"CREATE TABLE {name}_read ({', '.join(f'{here} VARCHAR' for here in aliases.values())})")
    start = 0
    for index, file in enumerate(one.files):
        rest = database.scratch / f"{name}-{index}.csv"
        wrong: list[InputError] = []
        try:
            start_of_next = start + _json_rewritten(file, rest, one.columns, keys, wrong)
        except (OSError, EOFError) as error:
            errors.append(_unreadable(file, error))
            return None
        files.append(File(file, start, tuple(wrong)))
        database.execute(f"INSERT INTO {name}_read {_Columns(one.columns, aliases).reading([rest])}")
        rest.unlink()
        start = start_of_next
    errors += table.unknown_columns(one, sorted(keys)) if keys else []
    return _of_texts(database, name, one, files)


def _json_rewritten(file: Path, rest: Path, names: Sequence[str], keys: set[str], errors: list[InputError]) -> int:
    """Write the rows of a file that make sense as CSV; how many they are."""
    number = count = 0
    with _opened(file) as lines, rest.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(names)
        for line in lines:
            if not line.strip():
                continue
            number += 1
            read = _object(line)
            row = read if isinstance(read, str) else [_cell(read.get(name)) for name in names]
            if isinstance(row, str) or None in row:
                wrong = row if isinstance(row, str) else "a cell holds a list, an object or a broken text"
                errors.append(InputError(Location(shown(file), row=number), wrong, "an object of texts and numbers"))
                continue
            keys.update(read)
            writer.writerow(row)
            count += 1
    return count


def _object(line: str) -> dict[str, Any] | str:
    try:
        read = json.loads(line, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
    except (ValueError, RecursionError):
        return "no valid JSON"
    return read if isinstance(read, dict) else "no object"


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def _cell(value: object) -> str | None:
    """The text of a cell; None where it has none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Number):
        return _plain(value)
    if value is None:
        return ""
    if not isinstance(value, str) or any("\ud800" <= sign <= "\udfff" for sign in value):
        return None
    return value


def _plain(number: str) -> str:
    """A number of JSON as a typed column would hold it.

    >>> [_plain(number) for number in ("1.50", "1e3", "12.0", "-2.125", "1E-2", "NaN")]
    ['1.5', '1000', '12', '-2.1250', '0.01', 'NaN']
    """
    from decimal import Decimal  # noqa: PLC0415  # few tables are of JSON

    exact = Decimal(number)
    if not exact.is_finite() or abs(exact.adjusted()) > 200:
        return number
    whole, _, part = f"{exact:f}".partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part}{'0' if len(part) == 3 else ''}" if part else whole

"""The rows of a table's files, read by the database itself.

Each table is a relation ``rows_<i>`` with its columns as ``c0``, ``c1``, … and ``p``, a row's position over all files.
Parquet is a view, of which only the columns that are asked for are ever read. CSV and JSON Lines are read once, into
a table. Where the database cannot read a file of CSV, Python says which of its rows make no sense, and hands on the
rest; and so of JSON, or where the database would not be exact.
"""

from __future__ import annotations

import csv
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from pathlib import Path

from checker import table
from checker.document import excerpt, shown
from checker.engine import EngineFault, cells, lines, texts
from checker.engine.dialect import DUCKDB, Database, Dialect, quoted
from checker.model import InputError, Location
from checker.record import NamedTuple

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


def read(database: Database, number: int, one: table.Table, errors: list[InputError]) -> Rows | None:
    """The rows of a table, which is the ``number``-th; what is wrong with its files is added to ``errors``."""
    reader = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}[one.format]
    if reader is not _parquet and not database.dialect.sequential:
        reader = _by_python
    return reader(database, f"rows_{number}", one, errors)


def check(database: Database, one: table.Table, errors: list[InputError]) -> None:
    """What is wrong with the columns of a table, without reading its rows; it is added to ``errors``."""
    if one.format == "csv":
        _headers(database, one, errors)
    elif one.format == "parquet":
        _described(database, one, errors)
    else:
        errors += texts.first_errors(one)


def _select(names: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{there} AS {here}" for there, here in names)


def _list(files: Iterable[Path]) -> str:
    return f"[{', '.join(quoted(str(file.absolute())) for file in files)}]"


def _aliases(one: table.Table) -> dict[str, str]:
    return {name: f"c{index}" for index, name in enumerate(one.columns)}


def _failed(file: Path) -> str:
    """How DuckDB begins to say why a file of Parquet cannot be read."""
    return f'Failed to read file "{file.absolute()}": '


def _unreadable(file: Path, error: Exception) -> InputError:
    said = str(error).partition("failed: ")[2] or str(error)
    said = said.partition(_failed(file))[2] or said
    return InputError(
        Location(shown(file)), f"cannot be read: {excerpt(said)}", "a file of the format that its name says"
    )


# ------------------------------------------------------------------------- Parquet


def _parquet(database: Database, name: str, one: table.Table, errors: list[InputError]) -> Rows | None:
    types = _described(database, one, errors)
    if errors:
        return None
    aliases, files, count = _aliases(one), [], 0
    for file, length in zip(one.files, database.lengths(one.files), strict=True):
        files.append(File(file, count))
        count += length
    database.parquet(name, [(file.path, file.start) for file in files], aliases)
    used = {column: types[column] for column in aliases}
    return Rows(one, name, aliases, used, tuple(files), count, database.dialect)


def damaged(database: Database, tables: Iterable[Rows]) -> Iterator[InputError]:
    """What is wrong with tables of Parquet of which not all cells can be read."""
    for one in tables:
        if one.table.format == "parquet" and one.columns:
            ends = ", ".join(f"min({name})" for name in one.columns.values())
            union = f"SELECT * FROM {one.name} UNION ALL SELECT {', '.join(['NULL'] * (len(one.columns) + 1))}"
            try:
                database.rows(f"SELECT {ends} FROM ({union}) AS rows")  # no footer speaks of a union
            except EngineFault as error:
                files = [file.path for file in one.files]
                unnamed = files[0] if len(files) == 1 else Path(one.table.document.file)
                yield _unreadable(next((file for file in files if _failed(file) in str(error)), unnamed), error)


def _described(database: Database, one: table.Table, errors: list[InputError]) -> dict[str, str]:
    """The types of the columns of the first file; what is wrong with those of any is added to ``errors``."""
    found: dict[Path, dict[str, str]] = {}
    for file in one.files:
        try:
            found[file] = database.types(file)
        except EngineFault as error:
            errors.append(_unreadable(file, error))
            return {}
        errors += _column_errors(one, file, found[file], found[one.files[0]])
    return found[one.files[0]]


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


def _csv(database: Database, name: str, one: table.Table, errors: list[InputError]) -> Rows | None:
    before = len(errors)
    headers = _headers(database, one, errors)
    if len(errors) > before:
        return None
    aliases = _aliases(one)
    database.execute(f"CREATE TABLE {name}_read ({', '.join(f'{here} VARCHAR' for here in aliases.values())})")
    files: list[File] = []
    for header, group in groupby(one.files, key=lambda file: headers[file]):
        assert header is not None
        files += _copied(database, name, list(group), _Columns(header, aliases), errors)
    return _of_texts(database, name, one, files)


def _headers(database: Database, one: table.Table, errors: list[InputError]) -> dict[Path, texts.Header | None]:
    headers = {file: _header(database, file, one, errors) for file in one.files}
    for file, header in headers.items():
        if header is not None:
            errors += _header_errors(one, file, header.names)
    return headers


class _Columns(NamedTuple):
    """The columns of files of one header, and the names that some of them are to have."""

    header: texts.Header
    aliases: dict[str, str]

    def reading(self, files: Iterable[Path]) -> str:
        """What reads the columns that are used of all rows."""
        types = ", ".join(f"h{index}: 'VARCHAR'" for index in range(len(self.header.names)))
        there = [(f"h{self.header.names.index(column)}", here) for column, here in self.aliases.items()]
        return (
            f"SELECT {_select(there)} FROM read_csv({_list(files)}, columns = {{{types}}}, auto_detect = FALSE, "
            f"header = TRUE, delim = {quoted(self.header.separator)}, quote = '\"', escape = '\"', strict_mode = TRUE, "
            f"encoding = 'utf-8', nullstr = {quoted(NIL)}, max_line_size = {MAX_LINE})"
        )


def _header(database: Database, file: Path, one: table.Table, errors: list[InputError]) -> texts.Header | None:
    """The names of a file's columns, and what stands between them."""
    lines = (
        f"SELECT line FROM read_csv({_list([file])}, columns = {{line: 'VARCHAR'}}, auto_detect = FALSE, "
        "header = FALSE, delim = '\x01', quote = '', escape = '', strict_mode = FALSE, encoding = 'utf-8', "
        f"nullstr = {quoted(NIL)}, max_line_size = {MAX_LINE}) LIMIT {texts.HEAD}"
    )
    try:
        first = [f"{line}\n" for (line,) in database.rows(lines)]
        return texts.split(file, first, one)
    except (EngineFault, csv.Error) as error:
        header = None if isinstance(error, csv.Error) else texts.header(file, one)
        if header is None:
            errors.append(_unreadable(file, error))
        return header


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
    database: Database, name: str, files: Sequence[Path], columns: _Columns, errors: list[InputError]
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
                _write(rest, texts.of_csv(file, columns.header, wrong))
            except (OSError, EOFError):
                errors.append(_unreadable(file, error))
                return
            plain = columns._replace(header=columns.header._replace(separator=","))
            database.execute(f"INSERT INTO {name}_read {plain.reading([rest])}")
            rest.unlink()
        yield File(file, start, tuple(wrong))


def _write(rest: Path, rows: Iterable[Sequence[str]]) -> int:
    """Write rows as plain CSV; how many there are."""
    count = 0
    with rest.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for count, row in enumerate(rows, 1):  # noqa: B007
            writer.writerow(row)
    return count


def _of_texts(database: Database, name: str, one: table.Table, files: Sequence[File]) -> Rows:
    (count,) = database.rows(f"SELECT count(*) FROM {name}_read")[0]
    database.execute(f"CREATE VIEW {name} AS SELECT rowid AS p, * FROM {name}_read")
    aliases = _aliases(one)
    return Rows(one, name, aliases, dict.fromkeys(aliases, "VARCHAR"), tuple(files), count, database.dialect)


# ------------------------------------------------------------------------- JSON Lines


def _jsonl(database: Database, name: str, one: table.Table, errors: list[InputError]) -> Rows | None:
    """Read by the database where it is exact, else by Python's own reader, which keeps the digits of numbers."""
    aliases, files, keys = _aliases(one), [], set[str]()
    database.execute(f"CREATE TABLE {name}_read ({', '.join(f'{here} VARCHAR' for here in aliases.values())})")
    start = 0
    for index, file in enumerate(one.files):
        if lines.read(database, f"{name}_read", lines.of(file, MAX_LINE), aliases, keys):
            files.append(File(file, start))
            ((start,),) = database.rows(f"SELECT count(*) FROM {name}_read")
            continue
        rest = database.scratch / f"{name}-{index}.csv"
        wrong: list[InputError] = []
        try:
            rows = texts.of_json(file, one.columns, keys, wrong)
            start_of_next = start + _write(rest, chain([one.columns], rows)) - 1
        except (OSError, EOFError) as error:
            errors.append(_unreadable(file, error))
            return None
        files.append(File(file, start, tuple(wrong)))
        columns = _Columns(texts.Header(one.columns, ","), aliases)
        database.execute(f"INSERT INTO {name}_read {columns.reading([rest])}")
        rest.unlink()
        start = start_of_next
    errors += table.unknown_columns(one, sorted(keys)) if keys else []
    return _of_texts(database, name, one, files)


# ------------------------------------------------------------------------- where the database does not number rows


def _by_python(database: Database, name: str, one: table.Table, errors: list[InputError]) -> Rows | None:
    """Rows of CSV and JSON Lines as Python reads them, in one file for all, with their positions."""
    aliases, files, keys = _aliases(one), list[File](), set[str]()
    made, before, count = database.scratch / f"{name}.jsonl", len(errors), 0
    with made.open("w", encoding="utf-8") as written:
        for file in one.files:
            wrong: list[InputError] = []
            start = count
            try:
                read = database.unpacked(file)
                for row in _texts(one, read, keys, wrong, errors):
                    cells = dict(zip(aliases.values(), row, strict=True))
                    written.write(json.dumps({"p": count, **cells}) + "\n")
                    count += 1
            except (OSError, EOFError, EngineFault) as error:
                read = file
                errors.append(_unreadable(file, error))
            errors[before:] = _of_file(errors[before:], read, file)
            files.append(File(file, start, tuple(_of_file(wrong, read, file))))
    if one.format == "jsonl" and keys:
        errors += table.unknown_columns(one, sorted(keys))
    if len(errors) > before:
        return None
    columns = [("p", "BIGINT"), *((here, "VARCHAR") for here in aliases.values())]
    database.execute(f"CREATE TABLE {name} AS SELECT * FROM {database.lines(made, columns)}")
    return Rows(one, name, aliases, dict.fromkeys(aliases, "VARCHAR"), tuple(files), count, database.dialect)


def _of_file(errors: Iterable[InputError], read: Path, file: Path) -> list[InputError]:
    """Errors of what was read, as those of the file that it was packed in."""
    here, there = shown(read), shown(file)
    return [
        one._replace(location=one.location._replace(file=there)) if one.location.file == here else one for one in errors
    ]


def _texts(
    one: table.Table, file: Path, keys: set[str], wrong: list[InputError], errors: list[InputError]
) -> Iterator[Sequence[str]]:
    """The cells that are used of each row of a file that makes sense."""
    if one.format == "jsonl":
        yield from texts.of_json(file, one.columns, keys, wrong)
        return
    header = texts.header(file, one)
    if header is None:
        raise OSError("its first line is no valid CSV")
    found = list(_header_errors(one, file, header.names))
    errors += found
    if not found:
        used = [header.names.index(column) for column in one.columns]
        for row in islice(texts.of_csv(file, header, wrong), 1, None):
            yield [row[at] for at in used]

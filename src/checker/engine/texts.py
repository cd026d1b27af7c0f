"""The rows of CSV and JSON Lines read by Python, one by one: where the database cannot, or is not to be trusted.

What makes no sense is left out, and told with its number; the first row below the header is 1.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

from checker.document import shown
from checker.model import InputError, Location
from checker.record import NamedTuple
from checker.table import SEPARATORS, Table, unknown_columns

HEAD = 100  # lines that a header may take


def opened(file: Path) -> IO[str]:
    """A file of text, which may be packed; raises ``OSError`` where it cannot be opened."""
    if file.suffix == ".zst":
        raise OSError("DuckDB alone reads what is packed with zstd")
    if file.suffix == ".gz":
        import gzip  # noqa: PLC0415  # few are packed

        return gzip.open(file, "rt", encoding="utf-8-sig", errors="surrogateescape", newline="")
    return file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


# ------------------------------------------------------------------------- CSV


class Header(NamedTuple):
    """The names of the columns of a file of CSV, and what stands between its cells."""

    names: tuple[str, ...]
    separator: str


def header(file: Path, one: Table) -> Header | None:
    """The header of a file of a table; None where it cannot be read."""
    try:
        with opened(file) as lines:
            return split(file, list(islice(lines, HEAD)), one)
    except (OSError, csv.Error, EOFError):
        return None


def split(file: Path, lines: Sequence[str], one: Table) -> Header:
    """The header that the first lines of a file hold; raises ``csv.Error`` where they hold none.

    Where neither the mapping nor the file's name says what stands between cells, it is what gives most of the columns
    that the mapping uses, then most columns at all.
    """
    known = one.separator or ("\t" if ".tsv" in file.suffixes else None)
    found: list[Header] = []
    failed = csv.Error()
    for separator in [known] if known else SEPARATORS:
        try:
            found.append(Header(tuple(next(csv.reader(lines, strict=True, delimiter=separator), ())), separator))
        except csv.Error as error:
            failed = error
    if not found:
        raise failed
    used = set(one.columns)
    return max(found, key=lambda made: (len(used.intersection(made.names)), len(made.names)))


def of_csv(file: Path, header: Header, errors: list[InputError]) -> Iterator[list[str]]:
    """The rows with as many cells as the header, and that first; an error for each that makes no sense."""
    width = len(header.names)
    with opened(file) as lines:
        for number, row in enumerate(_read(csv.reader(lines, strict=True, delimiter=header.separator))):
            wrong = row if isinstance(row, str) else _wrong_row(row, width)
            if wrong:
                errors.append(InputError(Location(shown(file), row=number), wrong, f"{width} cells in UTF-8"))
            else:
                assert not isinstance(row, str)
                yield row


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


# ------------------------------------------------------------------------- JSON Lines


def of_json(file: Path, names: Sequence[str], keys: set[str], errors: list[InputError]) -> Iterator[list[str]]:
    """The cells of these names in each row, with numbers as they are written; all names there are join ``keys``."""
    number = 0
    with opened(file) as lines:
        for line in lines:
            if not line.strip():
                continue
            number += 1
            read = _object(line)
            row = read if isinstance(read, str) else _cells(read, names)
            if isinstance(row, str):
                errors.append(InputError(Location(shown(file), row=number), row, "an object of texts and numbers"))
            elif not isinstance(read, str):
                keys.update(read)
                yield row


def first_errors(one: Table) -> list[InputError]:
    """The columns of a table that none of the first lines of its files has, and files that cannot be read."""
    keys: set[str] = set()
    for file in one.files:
        try:
            list(islice(of_json(file, (), keys, []), HEAD))
        except (OSError, EOFError) as error:
            return [
                InputError(Location(shown(file)), f"cannot be read: {error}", "a file of the format that its name says")
            ]
    return unknown_columns(one, sorted(keys)) if keys else []


def _cells(read: dict[str, Any], names: Sequence[str]) -> list[str] | str:
    cells = [_cell(read.get(name)) for name in names]
    sound = [cell for cell in cells if cell is not None]
    return sound if len(sound) == len(cells) else "a cell holds a list, an object or a broken text"


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

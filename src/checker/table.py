"""A mapping (``*.table.yaml``) -> Table: which files, and what each of their rows says; and one row -> its facts.

How the files are read is the database's (``engine.rows``); what a row means stands here once, for all engines.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from checker import fact, interval, numerals, quantity, vocabulary
from checker.document import Document, excerpt, nearest
from checker.model import Exact, Fact, InputError, Interval, Location, Source, Value
from checker.record import NamedTuple
from checker.template import Column, Template, columns, filled, parse

SUFFIXES = (".table.yaml", ".table.yml")
FORMATS = {
    **{f"{name}{packed}": "csv" for name in (".csv", ".tsv") for packed in ("", ".gz", ".zst")},
    **{f"{name}{packed}": "jsonl" for name in (".jsonl", ".ndjson") for packed in ("", ".gz")},
    ".parquet": "parquet",
}
SEPARATORS = (",", ";", "\t", "|")
MAX_FILES = 100_000
BASES = ("announced", "reported", "verified", "estimated", "planned")
NAMES = ("measure", "subject", "event")  # fields that hold an id
DATES = ("as_of", "during", "since")
# The fields that tell a table's facts from one another, in the order in which they stand in an id.
KEY = ("measure", "subject", "as_of", "during", "since", "claimant", "event", "basis", "dimensions")
_UNNAMED = ("measure", "subject", "as_of")  # in an id they stand without their name
_EXACT = ("count", "number", "percent", "money", "duration")
_ID = re.compile(r"[^# \t\r\n]+")
MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
_ESCAPED = "%#,= \t\r\n"

Steps = tuple[str | int, ...]


class Field(NamedTuple):
    """A field of the facts that rows make: ``("value",)``, ``("dimensions", "sex")``, and its text."""

    path: Steps
    text: Template
    default: bool  # whether it stands in the defaults


class Claim(NamedTuple):
    """One fact that each row makes."""

    number: int  # of its entry in the mapping's facts, from 0
    fields: tuple[Field, ...]


class Table(NamedTuple):
    """A mapping that was read: files, and what their rows say."""

    document: Document
    source: Source
    files: tuple[Path, ...]
    format: str  # csv | jsonl | parquet
    claims: tuple[Claim, ...]
    missing: tuple[str, ...] = ("",)
    unknown: bool = False  # whether a missing value makes an unknown fact, or none
    decimals: int | None = None
    separator: str | None = None  # between the cells of CSV; None where the first line says it

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its facts use, each once."""
        fields = (field for claim in self.claims for field in claim.fields)
        return tuple(dict.fromkeys(name for field in fields for name in columns(field.text)))


class Row(NamedTuple):
    """One row: where it stands, and the text of each column that its table uses; a null is an empty text."""

    file: str
    number: int  # the first below the header is 1
    texts: Mapping[str, str]


# ------------------------------------------------------------------------- reading a mapping


def read(document: Document, source: Source, errors: list[InputError]) -> Table | None:
    """The table that a mapping means, which follows its schema; what is wrong with it is added to ``errors``."""
    data: Any = document.data
    before = len(errors)
    files = _files(document, errors)
    kinds = {file: _format(file) for file in files}
    if files and (None in kinds.values() or len(set(kinds.values())) > 1):
        errors.append(_format_error(document, kinds))
    if "separator" in data and set(kinds.values()) - {"csv"}:
        errors.append(InputError(document.at(("separator",)), "only CSV has a separator", "no such key"))
    claims = [Claim(number, tuple(_fields(document, number, errors))) for number in range(len(data["facts"]))]
    if len(errors) > before or not files:
        return None
    missing = data.get("missing", {})
    return Table(
        document,
        source,
        tuple(files),
        str(kinds[files[0]]),
        tuple(claims),
        tuple(missing.get("words", ("",))),
        missing.get("as") == "unknown",
        int(data["decimals"]) if "decimals" in data else None,
        data.get("separator"),
    )


def _files(document: Document, errors: list[InputError]) -> list[Path]:
    """The files that a mapping names, in order of their names."""
    data: Any = document.data
    written, home = data["table"], Path(document.file).parent
    place = document.at(("table",))
    if Path(written).is_absolute() or "\0" in written:
        errors.append(InputError(place, "the table's place is absolute", "a path relative to this file"))
        return []
    try:
        found = [home / written] if (home / written).is_file() else _fitting(written, home)
    except OSError:  # a name that is too long for the file system
        found = []
    if not found:
        message = "no file fits" if glob.has_magic(written) else "there is no such file"
        errors.append(InputError(place, f'{message}: "{excerpt(written)}"', "a file, or a glob, relative to this file"))
    if len(found) > MAX_FILES:
        errors.append(InputError(place, f"{len(found):,} files fit", f"at most {MAX_FILES:,}"))
    return found


def _fitting(pattern: str, home: Path) -> list[Path]:
    if not glob.has_magic(pattern):
        return []
    # unlike pathlib's, it leaves out hidden files
    names = sorted(set(glob.glob(pattern, root_dir=home, recursive=True)))  # noqa: PTH207
    return [home / name for name in names if (home / name).is_file()]


def _format(file: Path) -> str | None:
    return next((kind for suffix, kind in FORMATS.items() if file.name.lower().endswith(suffix)), None)


def _format_error(document: Document, kinds: Mapping[Path, str | None]) -> InputError:
    unknown = next((file.name for file, kind in kinds.items() if kind is None), None)
    message = "the files are of different formats" if unknown is None else f'the format of "{excerpt(unknown)}"'
    message += "" if unknown is None else " is not known by its name"
    expected = "files of one format" if unknown is None else f"one of {', '.join(FORMATS)}"
    return InputError(document.at(("table",)), message, expected)


def _fields(document: Document, index: int, errors: list[InputError]) -> Iterator[Field]:
    """The fields of one entry of ``facts``, and those that it takes from the defaults."""
    data: Any = document.data
    own, defaults = data["facts"][index], data.get("defaults", {})
    for written, default in ((own, False), (defaults, True)):
        for name, value in written.items():
            if default and name in own:
                continue
            for path, text in _texts((name,), value):
                yield Field(path, _template(document, place(index, default, path), text, errors), default)


def place(number: int, default: bool, path: Steps) -> Steps:
    """Where in a mapping a field of an entry stands."""
    return ("defaults", *path) if default else ("facts", number, *path)


def _texts(path: Steps, value: Any) -> Iterator[tuple[Steps, str]]:
    if isinstance(value, str):
        yield path, value
    else:
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for step, text in inner:
            yield (*path, step), text


# ------------------------------------------------------------------------- columns


def _template(document: Document, path: Steps, text: str, errors: list[InputError]) -> Template:
    parsed = parse(text)
    if isinstance(parsed, int):
        message = f'a brace belongs to nothing: "{excerpt(text[parsed:])}"'
        errors.append(InputError(document.within(path, parsed), message, "{column}; {{ or }} for a brace itself"))
        return ()
    return parsed


def unknown_columns(table: Table, known: Sequence[str]) -> list[InputError]:
    """An error for each place in a mapping that names a column that its table has not."""
    listed = excerpt(", ".join(known)) if known else "none"
    return [
        InputError(
            table.document.at(place(claim.number, field.default, field.path)),
            f'there is no column "{excerpt(name)}"',
            f'did you mean "{near}"?' if (near := nearest(name, known)) else f"one of the table's columns: {listed}",
        )
        for claim in table.claims
        for field in claim.fields
        for name in columns(field.text)
        if name not in known
    ]


# ------------------------------------------------------------------------- reading a row


def facts(table: Table, row: Row, context: fact.Context, errors: list[InputError]) -> list[Fact]:
    """The facts that a row makes: none where anything in it is wrong, which is added to ``errors``."""
    wrong: list[InputError] = []
    made = [Reader(table, claim, context).fact(row, wrong) for claim in table.claims]
    errors += dict.fromkeys(error for error in wrong)
    return [] if wrong else [one for one in made if one is not None]


class Reader:
    """Reads the facts that an entry of ``facts`` makes of rows."""

    def __init__(self, table: Table, claim: Claim, context: fact.Context) -> None:
        self._table = table
        self._context = context._replace(valued=self._value)
        self._fields = [(field, columns(field.text), _alone(field.text)) for field in claim.fields]
        self._columns = {name for _, names, _ in self._fields for name in names}
        self._values = {name for field, names, _ in self._fields if field.path[0] == "value" for name in names}
        self._empty = frozenset(("", *table.missing))
        self._inherited = frozenset(field.path for field in claim.fields if field.default)
        self._key = [(path, label(path)) for path in key(field.path for field in claim.fields)]

    def fact(self, row: Row, errors: list[InputError]) -> Fact | None:
        """The fact that a row makes; None where its value is missing, or something is wrong: it is added to errors."""
        cells = row.texts
        empty = {name for name in self._columns if cells[name] in self._empty}
        missing = bool(empty) and any(cells[name] in self._table.missing for name in self._values)
        if missing and not self._table.unknown:
            return None
        texts: dict[Steps, str] = {}
        for field, names, alone in self._fields:
            if not empty or not (_is_whole(field, names, empty) or (missing and field.path[0] == "value")):
                text = filled(field.text, cells) if alone is None else cells[alone]
                texts[field.path] = day(text) if field.path[0] in DATES else text
        if missing:
            texts["value",] = "unknown"
        wrong = list(self._misshapen(texts, empty, row))
        made = None if wrong else self._fact(texts, row, wrong)
        errors += wrong
        return None if wrong else made

    def _misshapen(self, texts: Mapping[Steps, str], empty: AbstractSet[str], row: Row) -> Iterator[InputError]:
        """What the schema of facts would refuse in the texts of a row, and cells that are empty."""
        for field, names, _ in self._fields:
            what, text = field.path[0], texts.get(field.path, "unknown")
            if what == "dimensions":
                continue
            if what == "value":
                if not text:
                    message, expected = "the text is empty", "a value, or the word in missing: words"
                    yield InputError(_place(row), f"{_named(field.path)}: {message}", expected)
            elif empty and (gone := next((one for one in names if one in empty), None)) is not None:
                message = f'the column "{excerpt(gone)}" is empty, and {_named(field.path)} needs it'
                yield InputError(_place(row), message, "a text: only a value or a dimension may be missing")
            elif what in NAMES and not is_name(text):
                message = f'{_named(field.path)}: found the text "{excerpt(text)}"'
                yield InputError(_place(row), message, "a name without spaces and #")
            elif what == "basis" and text not in BASES:
                message = f'{_named(field.path)}: found the text "{excerpt(text)}"'
                yield InputError(_place(row), message, f"one of {', '.join(BASES)}")

    def _fact(self, texts: Mapping[Steps, str], row: Row, errors: list[InputError]) -> Fact | None:
        written: dict[str, Any] = {"id": _joined(self._key, texts)}
        defaults: dict[str, Any] = {}
        for path, text in texts.items():
            _put(defaults if path in self._inherited else written, path, text)
        found: list[InputError] = []
        asked: list[Steps] = []
        at = partial(_mark, row, asked)
        made = fact.read(written, defaults, self._table.source, self._context, at, found)
        errors += [_told(error, asked, texts) for error in found]
        return None if found else made

    def _value(self, written: str | Mapping[str, str], type: str, profile: quantity.Profile | None) -> Value:  # noqa: A002
        if isinstance(written, str):
            return value(written, type, self._table, profile)
        return fact.value(written, type, profile)


def _alone(text: Template) -> str | None:
    """The column that a template is, and nothing else."""
    return text[0].name if len(text) == 1 and isinstance(text[0], Column) else None


def _place(row: Row) -> Location:
    return Location(row.file, row=row.number)


def _is_whole(field: Field, names: Sequence[str], empty: AbstractSet[str]) -> bool:
    """Whether a field is a dimension, and a cell for it empty: its fact is not broken down by it."""
    return field.path[0] == "dimensions" and not empty.isdisjoint(names)


def day(text: str) -> str:
    """The day of a moment without a time zone; any other text as it is.

    >>> day("2020-02-24T18:00:00"), day("2020-02-24 18:00"), day("2020-02-24T18:00:00Z"), day("2020-02")
    ('2020-02-24', '2020-02-24', '2020-02-24T18:00:00Z', '2020-02')
    """
    return text[:10] if len(text) > len("2020-02-24") and re.fullmatch(MOMENT, text) else text


def is_name(text: str) -> bool:
    """Whether a text may be the id of a measure, a subject or an event."""
    return _ID.fullmatch(text) is not None and len(text) <= 200


def is_declared(path: Steps, text: str, context: fact.Context) -> bool:
    """Whether a text may stand in a field that holds a name."""
    names = context.vocabulary
    if path[0] in NAMES and not is_name(text):
        return False
    if path[0] == "basis":
        return text in BASES
    if path[0] == "dimensions":
        found = vocabulary.find(names.dimensions, str(path[1]))
        return not (found and found.values) or text in found.values
    if path[0] == "claimant" and text in context.speakers:
        return True
    declared: Mapping[str, object] = {
        "measure": names.measures, "subject": names.subjects, "event": names.events, "claimant": names.claimants,
        "complete": {**names.dimensions, "batches": None},
    }[str(path[0])]  # fmt: skip
    return vocabulary.key(declared, text) is not None


def _put(fields: dict[str, Any], path: Steps, text: str) -> None:
    if len(path) == 1:
        fields[str(path[0])] = text
    elif path[0] == "complete":
        fields.setdefault("complete", []).append(text)
    else:
        fields.setdefault(str(path[0]), {})[path[1]] = text


def _mark(row: Row, asked: list[Steps], *path: str | int) -> Location:
    """The place of a row; its column is the number of the field that is asked for, until the error is told."""
    asked.append(path)
    return Location(row.file, None, len(asked) - 1 if path else None, row.number)


def _told(error: InputError, asked: Sequence[Steps], texts: Mapping[Steps, str]) -> InputError:
    """An error of a row, which names the field and its text where its message does not."""
    path = () if error.location.column is None else asked[error.location.column]
    text, message = excerpt(texts.get(path, "")), error.message
    if path and text.lower() not in message.lower():
        message = f'{_named(path)} "{text}": {message}'
    return InputError(error.location._replace(column=None), message, error.expected)


def constant_errors(table: Table, claim: Claim, measure: str | None, context: fact.Context) -> list[InputError]:
    """What is wrong with what an entry says of every row, or of every row of a measure that rows name."""
    constants = {field.path: filled(field.text, {}) for field in claim.fields if not columns(field.text)}
    varying = [field for field in claim.fields if columns(field.text)]
    names = {str(field.path[0]) for field in varying}
    written: dict[str, Any] = {"id": ""}
    defaults: dict[str, Any] = {}
    for field in claim.fields:
        name = str(field.path[0])
        if name == "value" and "value" in names:
            written["value"] = "unknown"
            continue
        text = constants.get(field.path) or (measure if name == "measure" else _sample(field.path, context))
        if text is not None:
            _put(defaults if field.default else written, field.path, text)

    def at(*path: str | int) -> Location:
        default = bool(path) and path[0] in defaults and path[0] not in written
        return table.document.at(place(claim.number, default, path))

    errors: list[InputError] = []
    skipped = names & {"subject", "event", "claimant"} | (
        {"measure"} if measure is None and "measure" in names else set()
    )
    fact.read(written, defaults, table.source, context._replace(declared=context.declared - skipped), at, errors)
    if measure is None and "measure" in names:
        errors = [error for error in errors if '"measure" is missing' not in error.message]
    return errors


def _sample(path: Steps, context: fact.Context) -> str | None:
    """A text that is right for a field, if names need not be declared."""
    if path[0] == "dimensions":
        found = vocabulary.find(context.vocabulary.dimensions, str(path[1]))
        return found.values[0] if found and found.values else "x"
    return _SAMPLES.get(str(path[0]))


_SAMPLES = {"subject": "s", "as_of": "2000-01-01", "during": "2000-01-01", "since": "2000-01-01"}


def _named(path: Steps) -> str:
    """A field as a message names it."""
    return "complete" if path[0] == "complete" else ".".join(map(str, path))


def value(text: str, type: str, table: Table, profile: quantity.Profile | None) -> Value:  # noqa: A002
    """The value that a text in a table gives for a type of measure.

    A number without words is exact, or with ``decimals`` within half a unit of the last. Raises ``QuantityError`` or
    ``PeriodError``.
    """
    read = fact.value(text, type, profile)
    if table.decimals is None and quantity.is_plain(text, type):
        return read  # as most are
    number = quantity.exact(text, type, profile) if type in _EXACT else None
    if number is None:
        return read
    ends = around(number, table.decimals)
    if type not in quantity.SIGNED:
        ends = interval.meet(ends, Interval(0, None, True, False))
    return Value(text, ends, ends)


def around(number: Exact, decimals: int | None) -> Interval:
    """A number, or with ``decimals`` what may have been rounded to it.

    >>> around(5, None).high, around(5, 0).high, around(5000, -3).low
    (5, Fraction(11, 2), 4500)
    """
    if decimals is None:
        return interval.point(number)
    half = Fraction(1, 2) / Fraction(10) ** decimals
    low, high = Fraction(number) - half, Fraction(number) + half
    return Interval(numerals.exact(low), numerals.exact(high))


# ------------------------------------------------------------------------- ids


def identity(texts: Mapping[Steps, str]) -> str:
    """The id of a fact, made of the fields that tell it from others.

    Measure, subject and as_of stand first, all others with their name; a dimension's is ``dimensions.<name>``. A
    sign that would break this, or that no id may hold, is written as its number with ``%``, as in an address.

    >>> identity({("measure",): "cases", ("subject",): "a,b", ("during",): "2024-07", ("dimensions", "sex"): "m w"})
    'cases,a%2Cb,during=2024-07,dimensions.sex=m%20w'
    """
    return _joined([(path, label(path)) for path in key(texts)], texts)


def _joined(labels: Iterable[tuple[Steps, str]], texts: Mapping[Steps, str]) -> str:
    return ",".join([f"{label}{escaped(texts[path])}" for path, label in labels if path in texts])


def key(paths: Iterable[Steps]) -> list[Steps]:
    """Those of the fields of a fact that tell it from others, in their order in its id."""
    return sorted((path for path in paths if path[0] in KEY), key=lambda path: (KEY.index(str(path[0])), str(path[-1])))


def label(path: Steps) -> str:
    """What stands before a field's text in an id."""
    return "" if path[0] in _UNNAMED else ".".join(map(str, path)) + "="


def escaped(text: str) -> str:
    """A field's text as it stands in an id."""
    return text.translate(_NUMBERED)


ESCAPES = tuple((sign, f"%{ord(sign):02X}") for sign in _ESCAPED)  # in this order: % first
_NUMBERED = str.maketrans(dict(ESCAPES))

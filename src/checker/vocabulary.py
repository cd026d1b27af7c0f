"""The declared names: reading them, looking them up, and how they relate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Any, TypeVar

from checker import period
from checker.document import Document, excerpt, nearest
from checker.model import (
    Claimant,
    Dimension,
    Exact,
    InputError,
    InputErrors,
    Location,
    Measure,
    Period,
    Subject,
    Vocabulary,
)

Declared = TypeVar("Declared", Measure, Subject, Claimant, Dimension)

EMPTY = Vocabulary({}, {}, {}, {}, {}, {})
MAX_HINTS = 25  # errors that name the nearest declared name

_NUMBERS = ("count", "number", "percent", "money")  # their measures say what kind of number it is
_UNITS = {"percent": "%", "duration": "day"}  # where none is given
_STEPS = {"subjects": "part_of", "measures": "within"}


# ------------------------------------------------------------------------- looking up


def key(mapping: Mapping[str, object], id: str) -> str | None:
    """The declared key that ``id`` falls under: itself, or the first glob that fits; else None.

    >>> key({"us": None, "us-county-*": None}, "us-county-53061")
    'us-county-*'
    """
    if id in mapping:
        return id
    return next((glob for glob in mapping if _is_glob(glob) and fnmatchcase(id, glob)), None)


def find(mapping: Mapping[str, Declared], id: str) -> Declared | None:
    """The entry for ``id`` (under its own key or the first glob that fits), with that id; else None."""
    found = mapping.get(id)
    if found is not None:
        return found
    declared = key(mapping, id)
    return None if declared is None else mapping[declared]._replace(id=id)


def part_of(vocabulary: Vocabulary, part: str, whole: str) -> bool:
    """Is subject ``part`` declared part of subject ``whole``, through one step or more?"""
    return whole in _above(part, lambda id: getattr(find(vocabulary.subjects, id), "part_of", None))


def within(vocabulary: Vocabulary, part: str, whole: str) -> bool:
    """Is measure ``part`` declared within measure ``whole``, through one step or more?"""
    return whole in _above(part, lambda id: getattr(find(vocabulary.measures, id), "within", None))


def _above(id: str, step: Callable[[str], str | None]) -> set[str]:
    """All that ``id`` leads to, step by step."""
    found: set[str] = set()
    following = step(id)
    while following is not None and following not in found:
        found.add(following)
        following = step(following)
    return found


def _is_glob(text: str) -> bool:
    return any(sign in text for sign in "*?[")


# ------------------------------------------------------------------------- reading


def read(documents: Iterable[Document]) -> Vocabulary:
    """The names declared in all of ``documents`` together; raises ``InputErrors`` with all that is wrong.

    Each document follows its schema already. A name may be declared again in the same words.
    """
    vocabulary, errors = gather(documents)
    if errors:
        raise InputErrors(errors)
    return vocabulary


def gather(documents: Iterable[Document]) -> tuple[Vocabulary, list[InputError]]:
    """The same, for who reads on where something is wrong: what could be read, and the errors."""
    reader = _Reader()
    for document in documents:
        for section in Vocabulary._fields:
            reader.section(document, section)
    vocabulary = Vocabulary(**reader.declared)
    return vocabulary, reader.errors + list(_relations(vocabulary, reader))


class _Reader:
    """Gathers what documents declare, where, and what is wrong with it."""

    def __init__(self) -> None:
        self.declared: dict[str, dict[str, Any]] = {section: {} for section in Vocabulary._fields}
        self.places: dict[tuple[str, str], tuple[Document, str]] = {}
        self.errors: list[InputError] = []

    def section(self, document: Document, section: str) -> None:
        """One section of one document."""
        data: Any = document.data
        for name, written in data.get(section, {}).items() if isinstance(data, dict) else ():
            entry = _ENTRIES[section](self, document, name, written)
            before = self.declared[section].setdefault(name, entry)
            other, _ = self.places.setdefault((section, name), (document, name))
            if before != entry:
                first = other.key_at((section, name))
                expected = f"the words of {first.file}:{first.line}, or another name"
                self.error(document.key_at((section, name)), f'"{excerpt(name)}" is declared twice', expected)

    def error(self, location: Location, message: str, expected: str = "") -> None:
        """Note one thing that is wrong."""
        self.errors.append(InputError(location, message, expected))

    def at(self, section: str, name: str, field: str) -> Location:
        """Where a field of a declared name stands."""
        document, _ = self.places[section, name]
        return document.at((section, name, field))

    def measure(self, document: Document, id: str, written: Mapping[str, str]) -> Measure:
        """One measure."""
        type, kind = written["type"], written.get("kind")  # noqa: A001  # the word of the contract
        if kind is None and type in _NUMBERS:
            location = document.at(("measures", id))
            self.error(location, '"kind" is missing', f"kind: stock, flow or total, for a measure of type {type}")
        if "counting" in written and kind != "total":
            self.error(document.at(("measures", id, "counting")), "only a total has a counting", "kind: total")
        fields = {field: written.get(field) for field in ("kind", "counting", "total_of", "within", "title")}
        return Measure(id, type, written.get("unit", _UNITS.get(type)), **fields)

    def subject(self, document: Document, id: str, written: Mapping[str, str]) -> Subject:
        """One subject."""
        since = self.period(document, ("subjects", id, "since"), written.get("since"))
        return Subject(id, written.get("title"), written.get("part_of"), since)

    def claimant(self, document: Document, id: str, written: Mapping[str, str]) -> Claimant:
        """One claimant."""
        weight = _weight(written.get("weight", "1"))
        if weight is None:
            self.error(
                document.at(("claimants", id, "weight")), "this is no weight", "a number above 0, such as 2 or 0.5"
            )
        return Claimant(id, written.get("title"), weight or 1, written.get("fixed") == "true")

    def period(self, document: Document, path: tuple[str, ...], text: str | None) -> Period | None:
        """A date, where one is given."""
        try:
            return None if text is None else period.read(text)
        except period.PeriodError as error:
            self.error(document.at(path), error.message, error.expected)
            return None


def _weight(text: str) -> Exact | None:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return None
    weight = Fraction(text)
    return None if weight == 0 else weight.numerator if weight.denominator == 1 else weight


_ENTRIES: Mapping[str, Callable[[_Reader, Document, str, Any], object]] = {
    "measures": _Reader.measure,
    "subjects": _Reader.subject,
    "claimants": _Reader.claimant,
    "events": lambda _reader, _document, _id, written: written.get("title"),
    "dimensions": lambda _reader, _document, id, written: Dimension(
        id, tuple(written.get("values", ())), written.get("exhaustive") == "true"
    ),
    "names": lambda _reader, _document, _id, written: tuple(written),
}


# ------------------------------------------------------------------------- what names say of each other


def _relations(vocabulary: Vocabulary, reader: _Reader) -> Iterator[InputError]:
    for measure in vocabulary.measures.values():
        if measure.total_of is not None:
            yield from _total(vocabulary, reader, measure)
    for section, field in _STEPS.items():
        yield from _steps(reader, section, field)


def _total(vocabulary: Vocabulary, reader: _Reader, measure: Measure) -> Iterator[InputError]:
    flow = find(vocabulary.measures, measure.total_of or "")
    if flow is not None and measure.kind == "total" and flow.kind == "flow" and flow.unit == measure.unit:
        return
    place = reader.at("measures", measure.id, "total_of")
    if flow is None:
        yield undeclared(place, "measure", measure.total_of or "", vocabulary.measures)
    elif measure.kind != "total":
        yield InputError(place, f'"{measure.id}" is no running total', "kind: total beside total_of")
    elif flow.kind != "flow":
        yield InputError(place, f'"{flow.id}" is no flow', "the measure, of kind flow, that the total adds up")
    else:
        message = f'"{measure.id}" is in {measure.unit or "no unit"}, "{flow.id}" in {flow.unit or "none"}'
        yield InputError(place, message, "one unit for both")


def _steps(reader: _Reader, section: str, field: str) -> Iterator[InputError]:
    """Each step leads to a declared name, and none leads round in a circle (which is said once)."""
    declared = reader.declared[section]
    targets = ((name, getattr(entry, field)) for name, entry in declared.items())
    missing = ((name, target) for name, target in targets if target is not None and key(declared, target) is None)
    for told, (name, target) in enumerate(missing):
        yield undeclared(reader.at(section, name, field), section[:-1], target, declared, told)
    for circle in circles(declared, lambda id: getattr(find(declared, id), field, None)):
        message = f"{field} goes round in a circle: {excerpt(' → '.join(circle))}"
        yield InputError(reader.at(section, circle[0], field), message, "an end")


def circles(names: Iterable[str], step: Callable[[str], str | None]) -> Iterator[list[str]]:
    """Each circle into which ``step`` leads from one of ``names``, once, with the way into it.

    >>> list(circles("xab", {"x": "a", "a": "b", "b": "a"}.get))
    [['x', 'a', 'b', 'a']]
    """
    walked: set[str] = set()
    for name in names:
        way: dict[str, None] = {}
        following: str | None = name
        while following is not None and following not in walked and following not in way:
            way[following] = None
            following = step(following)
        if following in way:
            yield [*way, str(following)]
        walked.update(way)


def undeclared(location: Location, kind: str, name: str, declared: Iterable[str], told: int = 0) -> InputError:
    """The error for a name that no vocabulary declares: ``kind`` is measure, subject, claimant, …

    ``told`` is how many errors there are already: nobody reads hundreds of hints, and they take long.
    """
    near = nearest(name, declared) if told < MAX_HINTS else None
    expected = f'did you mean "{near}"?' if near else f"a name that a vocabulary lists under {kind}s"
    return InputError(location, f'{kind} "{excerpt(name)}" is not declared', expected)

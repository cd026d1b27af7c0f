"""Facts as lines of JSON, the rows of ``relation``: what many facts share is looked up and written once.

A line has the columns that the fact has a value in; whatever reads it takes those that are absent as null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from json.encoder import encode_basestring_ascii as text

from checker import field
from checker.engine.survey import scaled
from checker.model import Fact, Interval, Period

_SOURCE = ("source", "publisher", "language", "origin", "published", "retrieved")
_CLAIM = ("measure", "event", "basis", "breakdown", "dimensions")
_SUBJECT = ("subject", "subject.title")
_TIME = ("as_of", "during", "since")
_CHECKED = ("quote.stands", "quote.states", "quote.says")


class Stated:
    """What makes lines of facts; ``dimensions`` are the columns of those that have one."""

    def __init__(self, dimensions: Mapping[str, str], scale: int) -> None:
        self._dimensions = dimensions
        self._scale = scale
        self._pieces: dict[tuple[object, ...], str] = {}  # each begins with a comma
        self._values: dict[tuple[str, bool, Interval | None], str] = {}

    def lines(self, facts: Iterable[tuple[int, Fact]]) -> Iterator[str]:
        """The lines of facts and their numbers."""
        source, of_source = None, ""
        for number, fact in facts:
            if fact.source is not source:  # those of one source mostly follow each other
                source, of_source = fact.source, _written(fact, _SOURCE)
            checked = "" if fact.checked is None else _written(fact, _CHECKED)
            yield (
                f'{{"n":{number},"id":{text(fact.id)}{_column("claimant", fact.claimant)}'
                f"{_column('quote', fact.quote)}{checked}{of_source}"
                f"{self._subject(fact)}{self._claim(fact)}{self._time(fact)}{self._value(fact)}}}\n"
            )

    def _subject(self, fact: Fact) -> str:
        key = (fact.subject, fact.subject_title)
        found = self._pieces.get(key)
        if found is None:
            found = self._pieces[key] = _written(fact, _SUBJECT)
        return found

    def _claim(self, fact: Fact) -> str:
        key = (fact.measure.id, fact.event, fact.basis, fact.dimensions, fact.superseded)
        found = self._pieces.get(key)
        if found is None:
            found = _written(fact, _CLAIM) + _superseded(fact)
            for name, value in fact.dimensions:
                if name in self._dimensions:  # one that no fact had at the start is asked of no fact by a column
                    found += f',"{self._dimensions[name]}":{text(value)}'
            self._pieces[key] = found
        return found

    def _time(self, fact: Fact) -> str:
        key = (fact.as_of, fact.during, fact.since)
        found = self._pieces.get(key)
        if found is None:
            found = self._pieces[key] = _written(fact, _TIME)
        return found

    def _value(self, fact: Fact) -> str:
        key = (fact.measure.type, fact.derivation is None, fact.value.literal)
        found = self._values.get(key)
        if found is None:
            low, high, odd = ends(fact, self._scale)
            bounds = "".join(f',"{name}":{end}' for name, end in (("low", low), ("high", high)) if end is not None)
            found = self._values[key] = f'{bounds},"odd":{"true" if odd else "false"}'
        return found


def ends(fact: Fact, scale: int) -> tuple[int | None, int | None, bool]:
    """``low``, ``high`` and ``odd`` of a fact.

    >>> from fractions import Fraction
    >>> from checker.model import Location, Measure, Value
    >>> some = Value("2.5", Interval(Fraction(5, 2), None, True, False))
    >>> ends(Fact("a#b", Measure("level", "number"), "s", some, Location(""), None, None), 0)
    (2, None, False)
    """
    # What was computed may be a fraction, whatever its measure says.
    type = fact.measure.type if fact.derivation is None else "number"  # noqa: A001
    return scaled(fact.value.literal, type, scale)


def _superseded(fact: Fact) -> str:
    return f',"superseded":{"true" if fact.superseded else "false"}'


def _written(fact: Fact, names: Iterable[str]) -> str:
    """The columns of some fields."""
    return "".join(_column(name.replace(".", "_"), field.read(fact, name)) for name in names)


def _column(name: str, written: field.Written) -> str:
    if written is None:
        return ""
    if not isinstance(written, Period):
        return f',"{name}":{text(written)}'
    days = (("first", written.first), ("last", written.last))
    ends = "".join(f',"{name}_{end}":{day}' for end, day in days if day is not None)
    return f',"{name}_text":{text(written.text)}{ends}'

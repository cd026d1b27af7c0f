"""Facts as lines of JSON, the rows of ``relation``: what many facts share is looked up and written once.

A line has the columns that the fact has a value in; whatever reads it takes those that are absent as null. What
facts that follow each other have in common, source and time, is a line of its own, their *frame*: that is most of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from json.encoder import encode_basestring_ascii as text

from checker import field
from checker.engine.survey import scaled
from checker.model import Fact, Interval, Period, Source

_SOURCE = ("source", "publisher", "language", "origin", "published", "retrieved")
_WHO = ("claimant", "subject", "subject.title")
_CLAIM = ("measure", "event", "basis", "breakdown", "dimensions")
_TIME = ("as_of", "during", "since")
_CHECKED = ("quote.stands", "quote.states", "quote.says")
FRAME = frozenset(
    column
    for name in (*_SOURCE, *_WHO, *_TIME)
    for column in (
        (f"{name}_text", f"{name}_first", f"{name}_last") if field.is_date(name) else (name.replace(".", "_"),)
    )
)
"""The columns of frames."""


class Stated:
    """What makes lines of facts; ``dimensions`` are the columns of those that have one.

    ``columns`` are those that lines have been given so far, ``frames`` the frames of the lines made last.
    """

    def __init__(self, dimensions: Mapping[str, str], scale: int) -> None:
        self.columns = {"n", "id", "quote", "odd"}
        self.frames: list[str] = []
        self._dimensions = dimensions
        self._scale = scale
        self._source: Source | None = None  # the last one, and what is written of it
        self._of_source = ""
        # what is written of all else, each beginning with a comma
        self._times: dict[tuple[Period | None, ...], str] = {}
        self._claims: dict[tuple[object, ...], str] = {}
        self._values: dict[tuple[str, bool, Interval | None], str] = {}

    def lines(self, facts: Iterable[tuple[int, Fact]]) -> Iterator[str]:
        """The lines of facts and their numbers; their ``frame`` is the number of one in ``frames``."""
        self.frames = []
        before: tuple[object, ...] = ()
        frame = ""
        for number, fact in facts:
            # facts of one source mostly follow each other, and say the same of who and when
            shared = (fact.source, fact.claimant, fact.subject, fact.as_of, fact.during, fact.since, fact.subject_title)
            if shared != before:
                before, frame = shared, f',"frame":{len(self.frames)}'
                self.frames.append(f"{{{frame[1:]}{self._frame(fact)}}}\n")
            checked = "" if fact.checked is None else self._written(fact, _CHECKED)
            quote = "" if fact.quote is None else f',"quote":{text(fact.quote)}'
            yield (
                f'{{"n":{number},"id":{text(fact.id)}{quote}{checked}{frame}{self._claim(fact)}{self._value(fact)}}}\n'
            )

    def _frame(self, fact: Fact) -> str:
        if fact.source is not self._source:
            self._source, self._of_source = fact.source, self._written(fact, _SOURCE)
        key = (fact.as_of, fact.during, fact.since)
        time = self._times.get(key)
        if time is None:
            time = self._times[key] = self._written(fact, _TIME)
        return self._of_source + self._written(fact, _WHO) + time

    def _claim(self, fact: Fact) -> str:
        key = (fact.measure.id, fact.event, fact.basis, fact.dimensions, fact.superseded)
        found = self._claims.get(key)
        if found is None:
            superseded = self._column("superseded", "true" if fact.superseded else "false")
            # a dimension that no fact had at the start is asked of no fact by a column
            known = [(self._dimensions[name], text(told)) for name, told in fact.dimensions if name in self._dimensions]
            dimensions = "".join(self._column(*one) for one in known)
            found = self._claims[key] = self._written(fact, _CLAIM) + superseded + dimensions
        return found

    def _value(self, fact: Fact) -> str:
        key = (fact.measure.type, fact.derivation is None, fact.value.literal)
        found = self._values.get(key)
        if found is None:
            low, high, odd = ends(fact, self._scale)
            bounds = self._column("low", low) + self._column("high", high)
            found = self._values[key] = f'{bounds},"odd":{"true" if odd else "false"}'
        return found

    def _written(self, fact: Fact, names: Iterable[str]) -> str:
        """The columns of some fields."""
        return "".join(self._field(name.replace(".", "_"), field.read(fact, name)) for name in names)

    def _field(self, name: str, written: field.Written) -> str:
        if not isinstance(written, Period):
            return self._column(name, None if written is None else text(written))
        days = self._column(f"{name}_first", written.first) + self._column(f"{name}_last", written.last)
        return self._column(f"{name}_text", text(written.text)) + days

    def _column(self, name: str, json: str | int | None) -> str:
        if json is None:
            return ""
        self.columns.add(name)
        return f',"{name}":{json}'


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

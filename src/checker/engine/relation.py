"""All facts as one relation of a database, ``facts``: one row a fact, in long form.

Its columns, besides ``n``, a number of its own for each fact:

- texts as ``field.read`` gives them, null where absent: ``id``, ``measure``, ``subject``, ``claimant``, ``source``,
  ``publisher``, ``language``, ``origin``, ``event``, ``basis``, ``subject_title``, ``quote``, ``quote_stands``,
  ``quote_states``, ``quote_says``, ``dimensions``, ``breakdown``, and a column for each dimension
  (``Relation.dimensions``);
- for each of the dates ``as_of``, ``during``, ``since``, ``published`` and ``retrieved``: ``…_text``, as written, and
  ``…_first`` and ``…_last``, ordinals, null for an open end; all null where it is absent;
- ``low`` and ``high``: the literal interval times ten to the power of ``Relation.scale``, both ends closed, null for
  no bound; rounded outwards, and open ends taken as closed ones where values are not whole, so that every value that
  the fact allows is in it, and perhaps some beside. ``odd`` where it cannot be told so (a text, or too large);
- ``superseded``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Protocol

from checker import field
from checker.engine.dialect import Database
from checker.interval import tighten
from checker.model import Fact, Measure, Period

LARGEST = 10**15  # of what stands in low and high
MOST_PLACES = 6  # decimals that a scale keeps
TEXTS = (
    "id", "measure", "subject", "claimant", "source", "publisher", "language", "origin", "event", "basis",
    "subject_title", "quote", "quote_stands", "quote_states", "quote_says", "dimensions", "breakdown",
)  # fmt: skip
DATES = ("as_of", "during", "since", "published", "retrieved")
_FIELDS = {name: name.replace("_", ".") if name.startswith(("quote_", "subject_")) else name for name in TEXTS}


class Store(Database, Protocol):
    """A database that reads files."""

    scratch: Path  # a directory for files that it may read

    def lines(self, file: Path, columns: Iterable[tuple[str, str]]) -> str:
        """What reads a file of JSON, an object a line, with columns of these names and types."""


class Relation:
    """The facts of a run in a database, as ``facts``."""

    def __init__(self, database: Store, facts: Sequence[Fact]) -> None:
        self.database = database
        self.scale = min(MOST_PLACES, max((_places(fact) for fact in facts), default=0))
        self.dimensions: Mapping[str, str] = {
            name: f"dim_{index}"
            for index, name in enumerate(sorted({name for fact in facts for name, _ in fact.dimensions}))
        }
        self.measures: dict[str, Measure] = {}
        self._stated: list[Fact] = []
        self._batches = 0
        declared = ", ".join(f"{name} {type}" for name, type in self._columns())  # noqa: A001
        database.execute(f"CREATE TABLE stated ({declared})")
        database.execute("CREATE VIEW facts AS SELECT * FROM stated")
        self.add(facts)

    @property
    def count(self) -> int:
        """How many facts there are."""
        return len(self._stated)

    def facts(self, numbers: Iterable[int]) -> dict[int, Fact]:
        """The facts of these numbers."""
        return {number: self._stated[number] for number in numbers}

    def add(self, facts: Sequence[Fact]) -> range:
        """Add facts, as those that rules derive; the numbers that they have from now on."""
        numbers = range(len(self._stated), len(self._stated) + len(facts))
        self._stated += facts
        self.measures |= {fact.measure.id: fact.measure for fact in facts}
        if facts:
            self._batches += 1
            file = self.database.scratch / f"facts-{self._batches}.jsonl"
            with file.open("w", encoding="utf-8") as written:
                written.writelines(json.dumps(self._row(*one)) + "\n" for one in zip(numbers, facts, strict=True))
            self.database.execute(f"INSERT INTO stated SELECT * FROM {self.database.lines(file, self._columns())}")
            file.unlink()
        return numbers

    def _columns(self) -> Iterator[tuple[str, str]]:
        yield "n", "BIGINT"
        for name in (*TEXTS, *self.dimensions.values()):
            yield name, "VARCHAR"
        for name in DATES:
            yield from ((f"{name}_text", "VARCHAR"), (f"{name}_first", "BIGINT"), (f"{name}_last", "BIGINT"))
        yield from (("low", "BIGINT"), ("high", "BIGINT"), ("odd", "BOOLEAN"), ("superseded", "BOOLEAN"))

    def _row(self, number: int, fact: Fact) -> dict[str, object]:
        row: dict[str, object] = {"n": number, "superseded": fact.superseded}
        row |= {name: field.read(fact, read) for name, read in _FIELDS.items()}
        # a dimension that no fact had at the start is asked of no fact by a column
        row |= {self.dimensions[name]: value for name, value in fact.dimensions if name in self.dimensions}
        for name in DATES:
            written = field.read(fact, name)
            if isinstance(written, Period):
                row |= {f"{name}_text": written.text, f"{name}_first": written.first, f"{name}_last": written.last}
        return row | dict(zip(("low", "high", "odd"), ends(fact, self.scale), strict=True))


def ends(fact: Fact, scale: int) -> tuple[int | None, int | None, bool]:
    """``low``, ``high`` and ``odd`` of a fact.

    >>> from checker.model import Interval, Location, Measure, Value
    >>> some = Value("2.5", Interval(Fraction(5, 2), None, True, False))
    >>> ends(Fact("a#b", Measure("level", "number"), "s", some, Location(""), None, None), 0)
    (2, None, False)
    """
    literal = fact.value.literal
    if literal is None:
        return None, None, True
    if fact.measure.type == "count":
        literal = tighten(literal)
    low = None if literal.low is None else floor(literal.low * 10**scale)
    high = None if literal.high is None else ceil(literal.high * 10**scale)
    if any(end is not None and abs(end) > LARGEST for end in (low, high)):
        return None, None, True
    return low, high, False


def _places(fact: Fact) -> int:
    literal = fact.value.literal
    exact = [end for end in (literal.low, literal.high) if isinstance(end, Fraction)] if literal else []
    return max((_decimals(end) for end in exact), default=0)


def _decimals(exact: Fraction) -> int:
    return next((places for places in range(MOST_PLACES) if (exact * 10**places).denominator == 1), MOST_PLACES)

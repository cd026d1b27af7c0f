"""The fields of a fact, as rules name them: reading one, holding it against a pattern, comparing two facts by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from checker import period
from checker.expression import ExpressionError
from checker.model import Fact, Interval, Measure, Pattern, Period, Unknown
from checker.record import NamedTuple

Written = str | Period | None


def _source(name: str) -> Callable[[Fact], Written]:
    return lambda fact: getattr(fact.source, name) if fact.source else None


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


_READERS: Mapping[str, Callable[[Fact], Written]] = {
    "id": lambda fact: fact.id,
    "measure": lambda fact: fact.measure.id,  # of a measure, see _MEASURED
    "type": lambda fact: fact.measure.type,
    "kind": lambda fact: fact.measure.kind,
    "counting": lambda fact: fact.measure.counting,
    "unit": lambda fact: fact.measure.unit,
    "total_of": lambda fact: fact.measure.total_of,
    "within": lambda fact: fact.measure.within,
    "subject": lambda fact: fact.subject,
    "subject.title": lambda fact: fact.subject_title,
    "claimant": lambda fact: fact.claimant,
    "source": _source("id"),
    "publisher": _source("publisher"),
    "language": _source("language"),
    "origin": _source("origin"),
    "event": lambda fact: fact.event,
    "basis": lambda fact: fact.basis,
    "quote": lambda fact: fact.quote,
    "quote.stands": lambda fact: _yes(fact.checked.stands) if fact.checked else None,
    "quote.states": lambda fact: _yes(fact.checked.states) if fact.checked else None,
    "quote.says": lambda fact: fact.checked.says if fact.checked else None,
    "breakdown": lambda fact: "+".join(name for name, _ in fact.dimensions) or None,
    "dimensions": lambda fact: ", ".join(f"{name}={value}" for name, value in fact.dimensions) or None,
    "as_of": lambda fact: fact.as_of,
    "during": lambda fact: fact.during,
    "during.start": lambda fact: fact.during,
    "during.end": lambda fact: fact.during,
    "since": lambda fact: fact.since,
    "published": _source("published"),
    "retrieved": _source("retrieved"),
}
NAMES = (*_READERS, "dimensions.<name>")
DATES = frozenset({"as_of", "during.start", "during.end", "since", "published", "retrieved"})
_PERIODS = DATES | {"during"}
TIMES = ("as_of", "during", "since")
_MEASURED: Mapping[str, Callable[[Measure], str | None]] = {
    "measure": lambda measure: measure.id,
    "type": lambda measure: measure.type,
    "kind": lambda measure: measure.kind,
    "counting": lambda measure: measure.counting,
    "unit": lambda measure: measure.unit,
    "total_of": lambda measure: measure.total_of,
    "within": lambda measure: measure.within,
}


def is_text(name: str) -> bool:
    """Whether a field holds a text (and is a field at all)."""
    return (name in _READERS and name not in _PERIODS) or name.startswith("dimensions.")


def is_date(name: str) -> bool:
    """Whether a field holds a date or a period."""
    return name in _PERIODS


def read(fact: Fact, name: str) -> Written:
    """What a fact has in a field; None where it is absent."""
    if name.startswith("dimensions."):
        return dict(fact.dimensions).get(name.removeprefix("dimensions."))
    return _READERS[name](fact)


def day(fact: Fact, name: str) -> Unknown | None:
    """The day in a date field as a quantity; facts of one source with the same date written share it."""
    written = read(fact, name)
    if not isinstance(written, Period):
        return None
    first, last = _days(written, name)
    interval = Interval(first, last, first is not None, last is not None)
    return Unknown(f"{name} {written.text} of {_owner(fact, name)}", True, interval, interval)


def _owner(fact: Fact, name: str) -> str:
    """Whose day it is: the source's; of a derived fact its own, unless it has it from the fact that it is like."""
    while fact.derivation is not None and read(fact.derivation.facts[0], name) == read(fact, name):
        fact = fact.derivation.facts[0]
    return fact.source.id if fact.source and fact.derivation is None else fact.id


def _days(written: Period, name: str) -> tuple[int | None, int | None]:
    """The first and the last day that a date field may mean: of a period that is only about there, any day of it."""
    first, last = written.first, written.last
    if _is_vague(written):
        return first, last
    if name == "during.start" and first is not None:
        return first, first
    if name == "during.end" and last is not None:
        return last, last
    return first, last


def day_text(text: str) -> Unknown:
    """A date written as text in an expression; an ``ExpressionError`` where it is none."""
    try:
        written = period.read(text)
    except period.PeriodError as error:
        raise ExpressionError(error.message, error.expected) from None
    first, last = written.first, written.last
    interval = Interval(first, last, first is not None, last is not None)
    return Unknown(f"the day {text}", True, interval, interval)


def is_day(key: str) -> bool:
    """Whether an unknown is a day that words leave open (``day``, ``day_text``), by its key.

    >>> is_day("as_of 2024-01 of a"), is_day("the day 2024-01"), is_day("a#as_of")
    (True, True, False)
    """
    name, space, _ = key.partition(" ")
    return bool(space) and (name == "the" or is_date(name))


# ------------------------------------------------------------------------- two facts


def agree(one: Fact, other: Fact, name: str) -> bool | None:
    """Whether two facts have the same in a field; None where an open date leaves it undecided."""
    a, b = read(one, name), read(other, name)
    if not isinstance(a, Period) or not isinstance(b, Period):
        return a == b
    if a.text == b.text and one.source and other.source and one.source.id == other.source.id:
        return True
    if name == "during":
        return _same_period(a, b)
    a, b = Period(a.text, *_days(a, name)), Period(b.text, *_days(b, name))
    if a.first is not None and a.first == a.last == b.first == b.last:
        return True
    return None if _overlap(a, b) else False


def _same_period(a: Period, b: Period) -> bool | None:
    if {"~", "?", "%"} & set(a.text + b.text) or None in (a.first, a.last, b.first, b.last):
        return None if _overlap(a, b) else False
    return (a.first, a.last) == (b.first, b.last)


def _overlap(a: Period, b: Period) -> bool:
    return (a.first is None or b.last is None or a.first <= b.last) and (
        b.first is None or a.last is None or b.first <= a.last
    )


def overlap(a: Period | None, b: Period | None) -> bool:
    """Whether two periods may have a day in common; a period that is not given may be any."""
    return a is None or b is None or _overlap(a, b)


def key(fact: Fact, name: str) -> object:
    """Equal for two facts exactly where ``agree`` is True."""
    written = read(fact, name)
    if not isinstance(written, Period):
        return written
    first, last = _days(written, name)
    if first is not None and last is not None and (first == last or (name == "during" and not _is_vague(written))):
        return first, last
    return written.text, fact.source.id if fact.source else fact.id


def _is_vague(written: Period) -> bool:
    return any(mark in written.text for mark in "~?%")


# ------------------------------------------------------------------------- patterns


def fitting(pattern: Pattern) -> Callable[[Fact], bool]:
    """Says of a fact whether it is what a pattern asks for (spec, section 4); asks each measure once."""
    measures: dict[str, bool] = {}
    of_measure = [(_MEASURED[name], wanted) for name, wanted in pattern.fields if name in _MEASURED]
    of_fact = [(name, wanted) for name, wanted in pattern.fields if name not in _MEASURED]
    planned = _asks_for_planned(pattern)

    def fits(fact: Fact) -> bool:
        known = measures.get(fact.measure.id)
        if known is None:
            known = measures[fact.measure.id] = all(_fits(read(fact.measure), wanted) for read, wanted in of_measure)
        if not known or fact.superseded or (fact.basis == "planned" and not planned):
            return False
        if not any(_dimensions_fit(fact, wanted) for wanted in pattern.dimensions):
            return False
        return all(_fits(read(fact, name), wanted) for name, wanted in of_fact)

    return fits


def _asks_for_planned(pattern: Pattern) -> bool:
    return any(name == "basis" and "planned" in wanted for name, wanted in pattern.fields)


def _dimensions_fit(fact: Fact, wanted: str | tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
    if isinstance(wanted, str):
        return bool(fact.dimensions) == (wanted == "any")
    found = dict(fact.dimensions)
    return found.keys() <= dict(wanted).keys() and all(_fits(found.get(name), texts) for name, texts in wanted)


def _fits(written: Written, wanted: tuple[str, ...]) -> bool:
    if written is None:
        return "null" in wanted
    text = written.text if isinstance(written, Period) else written
    return any(one == "any" or (one != "null" and fnmatchcase(text, one)) for one in wanted)


def measured(measure: Measure, pattern: Pattern) -> bool:
    """Whether a pattern may bind facts of a measure (either may be a glob)."""
    return all(_may_be(_MEASURED[name](measure), wanted) for name, wanted in pattern.fields if name in _MEASURED)


def _may_be(written: str | None, wanted: tuple[str, ...]) -> bool:
    if written is None:
        return "null" in wanted
    return any(one == "any" or fnmatchcase(written, one) or fnmatchcase(one, written) for one in wanted)


class Told(NamedTuple):
    """What makes two facts tell the same thing: subject, measure, time, event, dimensions."""

    subject: str
    measure: str
    time: tuple[object, ...]
    event: str | None
    dimensions: tuple[tuple[str, str], ...]


def told(fact: Fact) -> Told:
    """The thing that a fact tells; a flow's time is its period."""
    names = ("during",) if fact.measure.kind == "flow" and fact.during else TIMES
    time = tuple(key(fact, name) for name in names)
    return Told(fact.subject, fact.measure.id, time, fact.event, fact.dimensions)

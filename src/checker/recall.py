"""Facts put together from words that were read before.

Most words of a repository are said often: names, dates, breakdowns, figures. Each is looked up or read once, and facts
are made of what is remembered. Where anything in a fact is wrong, or its names need not be declared, it is left to
``fact.read``, which says what; tests hold the two to the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Generic, TypeVar

from checker import fact, period, quantity, vocabulary
from checker.model import Fact, Location, Measure, Period, Source, Subject, Value

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")
Breakdown = tuple[tuple[str, str], ...]

_REST = tuple(Fact._field_defaults[name] for name in Fact._fields[Fact._fields.index("checked") :])


class _Unknown(Exception):  # nothing need be wrong
    """A word that is not declared, not given, or not allowed where it stands."""


class _Memory(dict[Key, Made], Generic[Key, Made]):
    """What was made of each key, which is made once."""

    def __init__(self, make: Callable[[Key], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Made:
        made = self[key] = self._make(key)
        return made


class Recall:
    """What is known of the words in the facts of one repository."""

    def __init__(self, context: fact.Context) -> None:
        names, profile = context.vocabulary, context.profile
        self._names = names
        self._profile = profile
        self._measures: _Memory[str, Measure] = _Memory(lambda id: _known(vocabulary.find(names.measures, id)))
        self._subjects: _Memory[str, Subject] = _Memory(lambda id: _known(vocabulary.find(names.subjects, id)))
        self._events: _Memory[str, str] = _Memory(lambda id: _known(vocabulary.key(names.events, id)))
        self._claimants: _Memory[str, str] = _Memory(
            lambda id: id if id in context.speakers else _known(vocabulary.key(names.claimants, id))
        )
        self._breakdowns: _Memory[Breakdown, Breakdown] = _Memory(self._breakdown)
        self._complete: _Memory[tuple[str, ...], tuple[str, ...]] = _Memory(self._named)
        self._values: _Memory[tuple[str, str], Value] = _Memory(lambda asked: fact.value(asked[1], asked[0], profile))
        self._periods: _Memory[str, Period] = _Memory(period.read)

    def fact(
        self, written: Mapping[str, Any], defaults: Mapping[str, Any], origin: Source, location: Location
    ) -> Fact | None:
        """The fact that ``written`` says over ``defaults``; None where that is for ``fact.read`` to say."""
        try:
            return self._fact({**defaults, **written}, written, origin, location)
        except (KeyError, _Unknown, quantity.QuantityError, period.PeriodError):
            return None

    def _fact(self, fields: Mapping[str, Any], written: Mapping[str, Any], origin: Source, location: Location) -> Fact:
        get = fields.get
        measure, subject = self._measures[fields["measure"]], self._subjects[fields["subject"]]
        event, claimant = get("event"), get("claimant")
        if event is not None:
            self._events[event]  # it has to be declared, as the claimant has
        if claimant is not None:
            self._claimants[claimant]
        as_of, during, since = self._time(fields, written, measure.kind, origin, subject)
        made = (  # the fields of a fact in their order
            f"{origin.id}#{fields['id']}",
            measure,
            fields["subject"],
            self._value(fields["value"], measure.type),
            location,
            origin,
            origin.id if claimant is None else claimant,
            as_of,
            during,
            since,
            event,
            get("basis", "reported"),
            get("quote"),
            self._breakdowns[tuple(fields["dimensions"].items())] if "dimensions" in fields else (),
            self._complete[tuple(fields["complete"])] if "complete" in fields else (),
            get("supersedes"),
            False,
            subject.title,
            fields["subject"] not in self._names.subjects,
            *_REST,
        )
        one: Fact = tuple.__new__(Fact, made)  # a third of what its constructor takes
        return one._replace(fixed=True) if get("fixed") == "true" else one

    def _value(self, written: str | Mapping[str, str], type: str) -> Value:  # noqa: A002  # the word of the contract
        return self._values[type, written] if isinstance(written, str) else fact.value(written, type, self._profile)

    def _time(
        self, fields: Mapping[str, Any], written: Mapping[str, Any], kind: str | None, origin: Source, subject: Subject
    ) -> tuple[Period | None, Period | None, Period | None]:
        """As of, during and since, by the kind of the measure, as ``fact.read`` says."""
        periods = self._periods
        if kind not in fact.LEVELS:
            if "since" in written:
                raise _Unknown
            dated = written if kind == "flow" else fields
            as_of = periods[dated["as_of"]] if "as_of" in dated else None
            return as_of, periods[fields["during"]] if "during" in fields else None, None
        as_of = periods[fields["as_of"]] if "as_of" in fields else _known(origin.published)
        if "during" in written:
            raise _Unknown
        if kind == "total":
            return as_of, None, periods[fields["since"]] if "since" in fields else subject.since
        if "since" in written:
            raise _Unknown
        return as_of, None, None

    def _breakdown(self, dimensions: Breakdown) -> Breakdown:
        for name, told in dimensions:
            found = _known(vocabulary.find(self._names.dimensions, name))
            if found.values and told not in found.values:
                raise _Unknown
        return tuple(sorted(dimensions))

    def _named(self, complete: tuple[str, ...]) -> tuple[str, ...]:
        for name in complete:
            if name != "batches":
                _known(vocabulary.key(self._names.dimensions, name))
        return complete


def _known(found: Made | None) -> Made:
    if found is None:
        raise _Unknown
    return found

"""The fields of a fact, as written -> Fact: declared names, a value of the measure's type, its time.

What is read here follows the facts schema already, so its shape is known; its words are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from checker import period, quantity, vocabulary
from checker.document import excerpt, nearest
from checker.model import (
    EVERYTHING,
    Fact,
    InputError,
    Interval,
    Location,
    Measure,
    Period,
    Source,
    Subject,
    Value,
    Vocabulary,
)
from checker.record import NamedTuple

NAMES = frozenset({"measure", "subject", "claimant", "event", "dimension"})
LEVELS = {"stock": "a level", "total": "a running total"}

Found = TypeVar("Found", Measure, Subject)
At = Callable[..., Location]
"""The place of a field, ``at("value")``, or of what is inside it, ``at("complete", 0)``; ``at()`` is the whole's."""

Valued = Callable[[str | Mapping[str, str], str, quantity.Profile | None], Value]
"""Reads the value that is written, for a type of measure: see ``value``."""


class Context(NamedTuple):
    """What the facts of a repository have in common."""

    vocabulary: Vocabulary
    profile: quantity.Profile | None = None
    speakers: frozenset[str] = frozenset()  # claimants that need not be declared: sources and publishers
    declared: frozenset[str] = NAMES  # which names must be declared
    valued: Valued | None = None  # what reads a value, where it is not ``value``


def source(written: Mapping[str, str], at: At, errors: list[InputError]) -> Source:
    """The source of a file; what is wrong with it is added to ``errors``."""
    text = written.get
    return Source(
        written["id"],
        at(),
        title=text("title"),
        publisher=text("publisher"),
        url=text("url"),
        language=text("language"),
        origin=text("origin"),
        text=text("text"),
        retrieved=_period(written.get("retrieved"), "retrieved", at, errors),
        published=_period(written.get("published"), "published", at, errors),
        sha256=written["sha256"].lower() if "sha256" in written else None,
    )


def read(
    written: Mapping[str, Any],
    defaults: Mapping[str, Any],
    origin: Source,
    context: Context,
    at: At,
    errors: list[InputError],
) -> Fact | None:
    """The fact that ``written`` says over ``defaults``; what is wrong with it is added to ``errors``.

    None where too little is known to make a fact. Its time, by the kind of its measure: a stock or a
    total has an as_of, by default the source's published, and no during; a flow has an as_of only
    where it is written on the fact itself; only a total has a since, by default its subject's.
    """
    return _Reading({**defaults, **written}, written, origin, context, at, errors).fact()


class _Reading:
    """One reading of one fact."""

    def __init__(
        self,
        fields: Mapping[str, Any],
        written: Mapping[str, Any],
        origin: Source,
        context: Context,
        at: At,
        errors: list[InputError],
    ) -> None:
        self.fields = fields
        self.written = written
        self.source = origin
        self.context = context
        self.names = context.vocabulary
        self.at = at
        self.errors = errors

    def fact(self) -> Fact | None:
        """The fact, as far as it can be read; without a measure, not at all."""
        fields = self.fields
        for name in ("measure", "subject", "value"):
            if name not in fields:
                self.error(self.at(), f'"{name}" is missing', f"{name}: here, or in the defaults")
        subject = self.all_declared()
        dimensions, measure = self.dimensions(), self.measure()
        if measure is None or "subject" not in fields or "value" not in fields:
            for name in ("as_of", "during", "since"):
                _period(fields.get(name), name, self.at, self.errors)
            return None
        return Fact(
            id=f"{self.source.id}#{fields['id']}",
            measure=measure,
            subject=fields["subject"],
            value=self.value(measure.type),
            location=self.at(),
            source=self.source,
            claimant=fields.get("claimant", self.source.id),
            as_of=self.as_of(measure.kind),
            during=self.during(measure.kind),
            since=self.since(measure.kind, subject.since if subject else None),
            event=fields.get("event"),
            basis=fields.get("basis", "reported"),
            quote=fields.get("quote"),
            dimensions=dimensions,
            complete=tuple(fields.get("complete", ())),
            supersedes=fields.get("supersedes"),
            subject_title=subject.title if subject else None,
            shares_title=subject is not None and fields["subject"] not in self.names.subjects,
            fixed=fields.get("fixed") == "true",
        )

    def error(self, location: Location, message: str, expected: str = "") -> None:
        """Note one thing that is wrong."""
        self.errors.append(InputError(location, message, expected))

    # --------------------------------------------------------------------- names

    def measure(self) -> Measure | None:
        """The measure, where it is declared."""
        if "measure" not in self.fields:
            return None
        name: str = self.fields["measure"]
        return self.found("measure", name, self.names.measures, "measure")

    def found(self, kind: str, name: str, names: Mapping[str, Found], field: str) -> Found | None:
        """What is declared under a name in a field."""
        found = vocabulary.find(names, name)
        if found is None:
            self.declared(kind, name, names, field)
        return found

    def declared(self, kind: str, name: str, names: Mapping[str, object], *path: str | int) -> None:
        """The name that stands at ``path`` is a declared one."""
        if kind in self.context.declared and vocabulary.key(names, name) is None:
            self.errors.append(vocabulary.undeclared(self.at(*path), kind, name, names, len(self.errors)))

    def all_declared(self) -> Subject | None:
        """All names but the measure are declared; a claimant may also be a source or publisher. The subject."""
        fields, names, subject = self.fields, self.names, None
        if "subject" in fields:
            subject = self.found("subject", fields["subject"], names.subjects, "subject")
        if "event" in fields:
            self.declared("event", fields["event"], names.events, "event")
        if "claimant" in fields and fields["claimant"] not in self.context.speakers:
            self.declared("claimant", fields["claimant"], names.claimants, "claimant")
        for index, name in enumerate(fields.get("complete", ())):
            if name != "batches":
                self.declared("dimension", name, names.dimensions, "complete", index)
        return subject

    def dimensions(self) -> tuple[tuple[str, str], ...]:
        """The dimensions, sorted by name."""
        written: Mapping[str, str] = self.fields.get("dimensions", {})
        for name, value in written.items():
            self.declared("dimension", name, self.names.dimensions, "dimensions", name)
            found = vocabulary.find(self.names.dimensions, name)
            if found is not None and found.values and value not in found.values:
                near = nearest(value, found.values)
                message = f'"{excerpt(value)}" is no value of the dimension "{excerpt(name)}"'
                expected = f"one of {', '.join(found.values)}" + (f'; did you mean "{near}"?' if near else "")
                self.error(self.at("dimensions", name), message, expected)
        return tuple(sorted(written.items()))

    # --------------------------------------------------------------------- the value

    def value(self, type: str) -> Value:  # noqa: A002  # the word of the contract
        """The value, read by its type; one that cannot be read is an error."""
        try:
            return (self.context.valued or value)(self.fields["value"], type, self.context.profile)
        except (quantity.QuantityError, period.PeriodError) as error:
            self.error(self.at("value"), error.message, error.expected)
            return Value("")

    # --------------------------------------------------------------------- time

    def as_of(self, kind: str | None) -> Period | None:
        """When a level or running total holds."""
        fields = self.written if kind == "flow" else self.fields
        if "as_of" in fields or kind not in LEVELS:
            return _period(fields.get("as_of"), "as_of", self.at, self.errors)
        if self.source.published is None:
            self.error(self.at(), '"as_of" is missing', "as_of: and a date, or published: on the source")
        return self.source.published

    def during(self, kind: str | None) -> Period | None:
        """When a flow happened."""
        if kind not in LEVELS:
            return _period(self.fields.get("during"), "during", self.at, self.errors)
        if "during" in self.written:
            self.error(self.at("during"), f"{LEVELS[kind]} has no period", "as_of: and a date")
        return None

    def since(self, kind: str | None, subject: Period | None) -> Period | None:
        """Where a running total starts."""
        if kind == "total":
            return _period(self.fields.get("since"), "since", self.at, self.errors) or subject
        if "since" in self.written:
            self.error(self.at("since"), "only a running total has a start", "a measure of kind total")
        return None


def _period(text: str | None, field: str, at: At, errors: list[InputError]) -> Period | None:
    """The date in a field; one that cannot be read is an error, and stands open, so that nothing misses it."""
    try:
        return None if text is None else period.read(text)
    except period.PeriodError as error:
        errors.append(InputError(at(field), error.message, error.expected))
        return Period(text or "", None, None)


# ------------------------------------------------------------------------- values


def value(
    written: str | Mapping[str, str],
    type: str,  # noqa: A002  # the word of the contract
    profile: quantity.Profile | None = None,
) -> Value:
    """The value that a text, or a least and a most, gives for a type of measure.

    A date is an interval of days. Raises ``QuantityError`` or ``PeriodError``.

    >>> value("2024-01-01", "date").literal
    Interval(low=738886, high=738886, includes_low=True, includes_high=True)
    >>> value("unknown", "date").literal
    Interval(low=None, high=None, includes_low=False, includes_high=False)
    """
    if type == "text":
        return _text(written)
    if isinstance(written, str):
        return _date(written) if type == "date" else quantity.read(written, type, profile)
    low, high = written.get("min"), written.get("max")
    if type == "date":
        return _date(f"{low or '..'}/{high or '..'}")
    return quantity.between(low, high, type, profile)


def _text(written: str | Mapping[str, str]) -> Value:
    if not isinstance(written, str):
        raise quantity.QuantityError("a text has no min and max", "the text")
    return Value(written)


def _date(text: str) -> Value:
    if text == "unknown":
        return Value(text, EVERYTHING, EVERYTHING)
    _, first, last = period.read(text)
    days = Interval(first, last, first is not None, last is not None)
    return Value(text, days, days)

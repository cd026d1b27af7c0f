"""A claim of a table as rows of the relation ``facts``: the SQL for each of its columns."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from functools import cached_property

from checker import fact
from checker.engine.columns import (
    Claimed,
    Days,
    Ends,
    by_measure,
    by_subject,
    constant,
    dated,
    parsed,
    varies,
)
from checker.engine.dialect import every, quoted
from checker.engine.known import is_day
from checker.engine.survey import Look, Survey, scaled
from checker.model import Measure, Period, Subject
from checker.record import NamedTuple


class Amount(NamedTuple):
    """The value of facts in SQL, and what is known of it in each of them."""

    low: str
    high: str
    odd: str
    points: bool
    bounded: bool


class View:
    """The facts that one claim makes of the rows of its table."""

    def __init__(self, survey: Survey, number: int, base: int) -> None:
        self.survey = survey
        self.number = number
        self.base = base
        self.claim: Claimed = survey.claims[number]
        self.looks = survey.looks[number]
        self.source = survey.table.source

    def select(self, columns: Mapping[str, str], sound: str, shown: Container[str] | None = None) -> str:
        """What selects them: ``columns`` are those of the dimensions, ``sound`` whether a row makes sense.

        Of all columns those that are to be ``shown``.
        """
        made = self._columns(columns)
        return self._selected({name: one for name, one in made.items() if shown is None or name in shown}, sound)

    def ends(self) -> str:
        """What selects the ends of their values alone."""
        return self._selected({"low": self._amount.low, "high": self._amount.high}, "TRUE")

    def _selected(self, made: Mapping[str, str], sound: str) -> str:
        listed = ", ".join(f"{expression} AS {name}" for name, expression in made.items())
        joins = "".join(
            f" LEFT JOIN {look.relation} AS {self._alias(look)} ON {self._alias(look)}.text = {look.part.text}"
            for look in self.looks.values()
            if look.good and look.part.kind != "name"
        )
        return f"SELECT {listed} FROM {self.survey.rows.name}{joins} WHERE {every([self.claim.present, sound])}"

    def _alias(self, look: Look) -> str:
        return f"look_{list(self.looks.values()).index(look)}"

    def _columns(self, dimensions: Mapping[str, str]) -> dict[str, str]:
        claim, source = self.claim, self.source
        made = {
            "n": f"{self.base} + p * {len(self.survey.claims)} + {self.number}",
            "id": claim.id(),
            "measure": self._measure,
            "subject": claim.field(("subject",)) or "NULL",
            "claimant": claim.field(("claimant",)) or quoted(source.id),
            "source": quoted(source.id),
            "publisher": constant(source.publisher),
            "language": constant(source.language),
            "origin": constant(source.origin),
            "event": claim.field(("event",)) or "NULL",
            "basis": claim.field(("basis",)) or quoted("reported"),
            "subject_title": self._of_subject(lambda subject: constant(subject.title)),
            **dict.fromkeys(("quote", "quote_stands", "quote_states", "quote_says"), "NULL"),
        }
        made |= self._dimensions(dimensions)
        for name, days in self._dates.items():
            made |= {f"{name}_text": days.text, f"{name}_first": days.first, f"{name}_last": days.last}
        amount = self._amount
        return made | {"low": amount.low, "high": amount.high, "odd": amount.odd, "superseded": "FALSE"}

    def known(self) -> frozenset[str]:
        """What holds for all facts, whatever the rows say: those that make no sense are no facts."""
        held = {"points": self._amount.points, "bounded": self._amount.bounded}
        held |= {name: days.exact for name, days in self._dates.items()}
        return frozenset(name for name, holds in held.items() if holds)

    @property
    def _measure(self) -> str:
        return self.claim.field(("measure",)) or "NULL"

    def _dimensions(self, columns: Mapping[str, str]) -> dict[str, str]:
        names = sorted(str(path[1]) for path in self.claim.fields if path[0] == "dimensions")
        texts = {name: self.claim.dimension(name) for name in names}
        written = {name: f"{quoted(f'{name}=')} || {text}" for name, text in texts.items()}
        broken = {name: f"CASE WHEN {text} IS NOT NULL THEN {quoted(name)} END" for name, text in texts.items()}
        return {
            "dimensions": _joined(", ", written),
            "breakdown": _joined("+", broken),
            **{column: texts.get(name, "NULL") for name, column in columns.items()},
        }

    def _of_subject(self, said: Callable[[Subject], str]) -> str:
        """What the vocabulary says of a row's subject."""
        names = self.survey.context.vocabulary.subjects
        subject = self.claim.field(("subject",)) or "NULL"
        return by_subject(subject, {name: said(one) for name, one in names.items()}, self.claim.dialect)

    # --------------------------------------------------------------------- time

    @cached_property
    def _dates(self) -> dict[str, Days]:
        times = {name: self._time(name) for name in ("as_of", "during", "since")}
        return times | {"published": dated(self.source.published), "retrieved": dated(self.source.retrieved)}

    def _time(self, name: str) -> Days:
        """A date of the facts, by the kind of their measures: as ``fact.read`` takes it."""
        of = {id: self._of_kind(name, one) for id, one in self.claim.measures.items()}
        text, first, last = (
            by_measure(self._measure, {id: str(days[index]) for id, days in of.items()}) for index in range(3)
        )
        return Days(text, first, last, all(days.exact for days in of.values()))

    def _of_kind(self, name: str, measure: Measure) -> Days:
        field = self.claim.fields.get((name,))
        level = measure.kind in fact.LEVELS
        if name == "as_of" and field is not None and field.default and measure.kind == "flow":
            field = None
        if (name == "during" and level) or (name == "since" and measure.kind != "total"):
            return dated(None)
        if field is not None:
            return self._date(name)
        if name == "as_of" and level:
            return dated(self.source.published)
        return self._since() if name == "since" else dated(None)

    def _since(self) -> Days:
        def part(index: int) -> Callable[[Subject], str]:
            return lambda subject: str(dated(subject.since)[index])

        text, first, last = (self._of_subject(part(index)) for index in range(3))
        subjects = self.survey.context.vocabulary.subjects.values()
        return Days(text, first, last, all(one.since is None or is_day(one.since) for one in subjects))

    def _date(self, name: str) -> Days:
        field = self.claim.fields[name,]
        if not varies(field):
            return dated(parsed("".join(map(str, field.text))) or Period("", None, None))
        sure, days = self.claim.date(field)
        look = self.looks[(name,), ""]
        return Days(self.claim.written(field), *self._either(sure, days, look), look.points)

    def _either(self, sure: str, ends: Ends, look: Look) -> tuple[str, str]:
        """What SQL makes of a text where that is sure, else what Python has read."""
        if not look.good:
            return ends if sure == "TRUE" or not look.bad else _where(sure, ends, ("NULL", "NULL"))
        alias = self._alias(look)
        return _where(sure, ends, (f"{alias}.low", f"{alias}.high"))

    # --------------------------------------------------------------------- values

    @cached_property
    def _amount(self) -> Amount:
        of = {id: self._of_type(one.type) for id, one in self.claim.measures.items()}
        low, high, odd = (
            by_measure(self._measure, {id: str(made[index]) for id, made in of.items()}) for index in range(3)
        )
        return Amount(low, high, odd, all(one.points for one in of.values()), all(one.bounded for one in of.values()))

    def _of_type(self, type: str) -> Amount:  # noqa: A002  # the word of the contract
        look = self.looks.get((("value",), type))
        if look is None:
            return self._constant(type)
        sure, ends = self.claim.value(type)
        low, high = self._either(sure, ends, look)
        odd = "TRUE" if type == "text" else "FALSE"
        if look.good and type != "text":
            odd = f"CASE WHEN {sure} THEN FALSE ELSE {self._alias(look)}.odd END"
        if self.survey.table.unknown and type != "text":
            nothing = "0" if type in ("count", "duration") else "NULL"
            low, high, odd = (
                f"CASE WHEN {self.claim.missing} THEN {unknown} ELSE {known} END"
                for unknown, known in ((nothing, low), ("NULL", high), ("FALSE", odd))
            )
            return Amount(low, high, odd, False, False)
        bounded = look.bounded and (sure == "FALSE" or "NULL" not in ends)
        points = bounded and look.points and (sure == "FALSE" or ends.low == ends.high)
        return Amount(low, high, odd, points, bounded)

    def _constant(self, type: str) -> Amount:  # noqa: A002
        literal = self.survey.constant(self.claim, type)
        low, high, odd = scaled(literal, type, self.survey.scale)
        bounded = low is not None and high is not None and not odd
        least, most = ("NULL" if end is None else str(end) for end in (low, high))
        return Amount(least, most, "TRUE" if odd else "FALSE", bounded and low == high, bounded)


def _joined(sign: str, texts: Mapping[str, str]) -> str:
    """Texts with a sign between them, without those that are null; null where none is left."""
    return f"nullif(concat_ws({quoted(sign)}, {', '.join(texts.values())}), '')" if texts else "NULL"


def _where(sure: str, ends: tuple[str, str], otherwise: tuple[str, str]) -> tuple[str, str]:
    if sure in ("TRUE", "FALSE"):
        return ends if sure == "TRUE" else otherwise
    low, high = (f"CASE WHEN {sure} THEN {one} ELSE {other} END" for one, other in zip(ends, otherwise, strict=True))
    return low, high

"""A claim of a table as rows of the relation ``facts``: the SQL for each of its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from checker import fact
from checker.engine.columns import (
    Claimed,
    Ends,
    by_measure,
    by_subject,
    constant,
    dated,
    parsed,
    varies,
)
from checker.engine.dialect import every, quoted
from checker.engine.survey import Look, Survey, scaled
from checker.model import Measure, Period, Subject

Days = tuple[str, str, str]  # text, first, last


class View:
    """The facts that one claim makes of the rows of its table."""

    def __init__(self, survey: Survey, number: int, base: int) -> None:
        self.survey = survey
        self.number = number
        self.base = base
        self.claim: Claimed = survey.claims[number]
        self.looks = survey.looks[number]
        self.source = survey.table.source

    def select(self, columns: Mapping[str, str], sound: str) -> str:
        """What selects them: ``columns`` are those of the dimensions, ``sound`` whether a row makes sense."""
        made = self._columns(columns)
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
        measure = claim.field(("measure",)) or "NULL"
        made = {
            "n": f"{self.base} + p * {len(self.survey.claims)} + {self.number}",
            "id": claim.id(),
            "measure": measure,
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
        for name in ("as_of", "during", "since"):
            made |= _named(name, self._time(name, measure))
        made |= _named("published", dated(source.published)) | _named("retrieved", dated(source.retrieved))
        return made | self._value(measure) | {"superseded": "FALSE"}

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

    def _time(self, name: str, measure: str) -> Days:
        """A date of the facts, by the kind of their measures: as ``fact.read`` takes it."""
        of = {id: self._of_kind(name, one) for id, one in self.claim.measures.items()}
        first, second, third = ({id: days[index] for id, days in of.items()} for index in range(3))
        return by_measure(measure, first), by_measure(measure, second), by_measure(measure, third)

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
            return lambda subject: dated(subject.since)[index]

        return self._of_subject(part(0)), self._of_subject(part(1)), self._of_subject(part(2))

    def _date(self, name: str) -> Days:
        field = self.claim.fields[name,]
        if not varies(field):
            return dated(parsed("".join(map(str, field.text))) or Period("", None, None))
        sure, days = self.claim.date(field)
        look = self.looks[(name,), ""]
        return self.claim.written(field), *self._either(sure, days, look)

    def _either(self, sure: str, ends: Ends, look: Look) -> tuple[str, str]:
        """What SQL makes of a text where that is sure, else what Python has read."""
        if not look.good:
            return ends if sure == "TRUE" or not look.bad else _where(sure, ends, ("NULL", "NULL"))
        alias = self._alias(look)
        return _where(sure, ends, (f"{alias}.low", f"{alias}.high"))

    # --------------------------------------------------------------------- values

    def _value(self, measure: str) -> dict[str, str]:
        of = {id: self._of_type(one.type) for id, one in self.claim.measures.items()}
        names = ("low", "high", "odd")
        return {name: by_measure(measure, {id: made[name] for id, made in of.items()}) for name in names}

    def _of_type(self, type: str) -> dict[str, str]:  # noqa: A002  # the word of the contract
        look = self.looks.get((("value",), type))
        if look is None:
            return self._constant(type)
        sure, ends = self.claim.value(type)
        low, high = self._either(sure, ends, look)
        odd = "TRUE" if type == "text" else "FALSE"
        if look.good and type != "text":
            odd = f"CASE WHEN {sure} THEN FALSE ELSE {self._alias(look)}.odd END"
        made = {"low": low, "high": high, "odd": odd}
        if self.survey.table.unknown and type != "text":
            nothing = "0" if type in ("count", "duration") else "NULL"
            unknown = {"low": nothing, "high": "NULL", "odd": "FALSE"}
            made = {name: f"CASE WHEN {self.claim.missing} THEN {unknown[name]} ELSE {made[name]} END" for name in made}
        return made

    def _constant(self, type: str) -> dict[str, str]:  # noqa: A002
        literal = self.survey.constant(self.claim, type)
        low, high, odd = scaled(literal, type, self.survey.scale)
        ends = ["NULL" if end is None else str(end) for end in (low, high)]
        return {"low": ends[0], "high": ends[1], "odd": "TRUE" if odd else "FALSE"}


def _joined(sign: str, texts: Mapping[str, str]) -> str:
    """Texts with a sign between them, without those that are null; null where none is left."""
    return f"nullif(concat_ws({quoted(sign)}, {', '.join(texts.values())}), '')" if texts else "NULL"


def _where(sure: str, ends: tuple[str, str], otherwise: tuple[str, str]) -> tuple[str, str]:
    if sure in ("TRUE", "FALSE"):
        return ends if sure == "TRUE" else otherwise
    low, high = (f"CASE WHEN {sure} THEN {one} ELSE {other} END" for one, other in zip(ends, otherwise, strict=True))
    return low, high


def _named(name: str, days: Days) -> dict[str, str]:
    return dict(zip((f"{name}_text", f"{name}_first", f"{name}_last"), days, strict=True))

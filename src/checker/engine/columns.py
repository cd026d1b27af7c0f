"""What each field of a table's facts is in SQL: its text, where that is sure to make sense, what it comes to.

*Sure* is what SQL can see by itself: whole numbers and decimals, days of the calendar, names that are declared as they
stand or by their beginning. All other texts are read in Python, each different one once (``Looked``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor

from checker import fact, period, quantity, table, vocabulary
from checker.engine import cells
from checker.engine.dialect import Dialect, every, like, one_of, quoted, some
from checker.engine.known import is_day
from checker.engine.rows import Rows
from checker.model import Measure, Period
from checker.record import NamedTuple
from checker.template import Column, Template, columns

LARGEST = 10**15  # of what stands in low and high
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_NO_ID = "# \t\r\n"  # signs that no id has; a pattern of them would be held against each row
_LONG = 200  # signs of an id
BETWEEN = "\x1f"  # stands between the least and the most of a value
MANY = 1000  # names that SQL lists


class Part(NamedTuple):
    """A field of a claim that differs from row to row, in SQL."""

    kind: str  # name | date | value
    path: table.Steps
    type: str  # of a value, the type of its measure
    text: str
    sure: str  # whether it is sure to make sense
    empty: str  # whether a cell of it is empty
    optional: bool = False  # whether it is left out then: else the row makes no sense
    columns: tuple[str, ...] = ()  # of a name, those that it is made of


class Ends(NamedTuple):
    """The least and the most of a value, scaled, or the first and last day of a date, where it is sure."""

    low: str
    high: str


class Days(NamedTuple):
    """A date of facts in SQL, and whether it is known to be one day in each of them, or not there."""

    text: str
    first: str
    last: str
    exact: bool


class Claimed:
    """One claim of a table in SQL, over the relation of its rows."""

    def __init__(self, rows: Rows, claim: table.Claim, context: fact.Context, scale: int) -> None:
        self.rows = rows
        self.table = rows.table
        self.dialect = rows.dialect
        self.claim = claim
        self.context = context
        self.scale = scale
        self.fields = {field.path: field for field in claim.fields}
        self.measures: dict[str, Measure] = {}  # that its rows name, known after they are asked

    # --------------------------------------------------------------------- cells

    def _is_word(self, column: str, words: Iterable[str]) -> str:
        """Whether a cell holds one of some words."""
        here, type = self.rows.columns[column], self.rows.types[column]  # noqa: A001  # the database's word
        wanted = set(words)
        if type == "VARCHAR":
            return one_of(self.rows.text(column), wanted)
        texts = one_of(self.rows.text(column), wanted - {""})
        return some(([f"{here} IS NULL"] if "" in wanted else []) + [texts])

    @property
    def missing(self) -> str:
        """Whether the value of a row is missing."""
        names = [name for field in self.values for name in columns(field.text)]
        return some(self._is_word(name, self.table.missing) for name in dict.fromkeys(names))

    @property
    def present(self) -> str:
        """Whether a row makes this claim."""
        return "TRUE" if self.table.unknown else negated(self.missing)

    @property
    def values(self) -> list[table.Field]:
        """The fields that make up the value."""
        return [field for field in self.claim.fields if field.path[0] == "value"]

    def text(self, template: Template) -> str:
        """The text that a template makes of a row."""
        parts = [self.rows.text(part.name) if isinstance(part, Column) else quoted(part) for part in template]
        return " || ".join(parts) or "''"

    def field(self, path: table.Steps) -> str | None:
        """The text of a field; None where it is absent."""
        return self.written(self.fields[path]) if path in self.fields else None

    def written(self, field: table.Field) -> str:
        """The text of a field; of a date the day, as ``table.day`` takes it."""
        text, column = self.text(field.text), self.column(field.text)
        if field.path[0] not in table.DATES or not varies(field) or (column and column[1] == "DATE"):
            return text
        if column and cells.is_moment(column[1]):
            return f"coalesce(CAST(CAST({column[0]} AS DATE) AS VARCHAR), '')"
        return f"CASE WHEN {self.dialect.is_all(text, table.MOMENT)} THEN left({text}, 10) ELSE {text} END"

    def column(self, template: Template) -> tuple[str, str] | None:
        """The column that a template is nothing but, and its type."""
        if len(template) != 1 or not isinstance(template[0], Column):
            return None
        name = template[0].name
        return self.rows.columns[name], self.rows.types[name]

    def empty_dimensions(self) -> dict[str, str]:
        """The columns that dimensions are made of, and whether a cell of them is empty."""
        fields = [field for field in self.claim.fields if field.path[0] == "dimensions"]
        names = dict.fromkeys(name for field in fields for name in columns(field.text))
        return {self.rows.columns[name]: self._is_word(name, {"", *self.table.missing}) for name in names}

    def dimension(self, name: str) -> str:
        """The text of a dimension; null in rows that are not broken down by it."""
        field = self.fields.get(("dimensions", name))
        if field is None:
            return "NULL"
        text, empty = self.text(field.text), self._empty(field)
        return text if empty == "FALSE" else f"CASE WHEN NOT ({empty}) THEN {text} END"

    # --------------------------------------------------------------------- parts

    def measure_part(self) -> Part | None:
        """The measure, where rows name it."""
        return next(
            (self._name(field) for field in self.claim.fields if field.path == ("measure",) and varies(field)), None
        )

    def parts(self) -> list[Part]:
        """All that differs from row to row but the measure."""
        made = []
        for field in filter(varies, self.claim.fields):
            if field.path[0] in table.DATES:
                sure = self.date(field)[0]
                made.append(Part("date", field.path, "", self.written(field), sure, self._empty(field)))
            elif field.path[0] not in ("measure", "value"):
                made.append(self._name(field))
        if any(map(varies, self.values)):
            made += [self._value(type) for type in sorted({one.type for one in self.measures.values()})]  # noqa: A001
        return made

    def _empty(self, field: table.Field) -> str:
        """Whether a cell that a field needs is empty."""
        return some(self._is_word(name, {"", *self.table.missing}) for name in dict.fromkeys(columns(field.text)))

    def _name(self, field: table.Field) -> Part:
        text = self.text(field.text)
        optional = field.path[0] == "dimensions"
        used = tuple(dict.fromkeys(columns(field.text)))
        return Part("name", field.path, "", text, self._named(field.path, text), self._empty(field), optional, used)

    def _named(self, path: table.Steps, text: str) -> str:
        names = self.context.vocabulary
        if path[0] == "basis":
            return one_of(text, table.BASES)
        if path[0] == "dimensions":
            found = vocabulary.find(names.dimensions, str(path[1]))
            return one_of(text, found.values) if found and found.values else "TRUE"
        if path[0] == "claimant":
            return _declared(text, [*names.claimants, *self.context.speakers])
        if path[0] == "complete":
            return _declared(text, [*names.dimensions, "batches"])
        known = {"subject": names.subjects, "event": names.events, "measure": names.measures}[str(path[0])]
        plain = [f"NOT contains({text}, {quoted(sign)})" for sign in _NO_ID]
        return every([*plain, f"length({text}) <= {_LONG}", _declared(text, known)])

    # --------------------------------------------------------------------- dates

    def date(self, field: table.Field) -> tuple[str, Ends]:
        """Whether a date is sure, and its days."""
        here, type = self.column(field.text) or ("", "VARCHAR")  # noqa: A001
        if type == "DATE" or (cells.is_moment(type) and field.path[0] in table.DATES):
            day = f"CAST({here} AS DATE)"
            sure = f"coalesce({day} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31', FALSE)"
        else:
            text = self.written(field)
            day = f"TRY_CAST({text} AS DATE)"
            sure = f"({self.dialect.is_all(text, _DAY)} AND {day} IS NOT NULL AND {text} >= '0001')"
        ordinal = f"CAST({day} - (DATE '0001-01-01' - 1) AS BIGINT)"
        return sure, Ends(ordinal, ordinal)

    # --------------------------------------------------------------------- values

    def _value(self, type: str) -> Part:  # noqa: A002
        sure = some([*([self.missing] if self.table.unknown else []), self.value(type)[0]])
        return Part("value", ("value",), type, self.value_text(), sure, "FALSE")

    def value_text(self) -> str:
        """The text of the value; of a least and a most, both."""
        if ("value",) in self.fields:
            return self.text(self.fields["value",].text)
        ends = [self.field(("value", end)) or "''" for end in ("min", "max")]
        return f" || {quoted(BETWEEN)} || ".join(ends)

    def value(self, type: str) -> tuple[str, Ends]:  # noqa: A002
        """Whether a value of a type is sure, and its ends."""
        field = self.fields.get(("value",))
        if field is None or not varies(field):
            return "FALSE", Ends("NULL", "NULL")
        if type == "text":
            return f"{self.text(field.text)} <> ''", Ends("NULL", "NULL")
        if type == "date":
            sure, days = self.date(field)
            return sure, Ends(*(f"{day} * {10**self.scale}" for day in days))
        found = self.column(field.text)
        if type == "duration":
            return "FALSE", Ends("NULL", "NULL")
        here, of = found or (self.text(field.text), "VARCHAR")
        text = self.rows.text(_only(field.text)) if found else here
        return self._number(type, here, of, text)

    def _number(self, type: str, here: str, of: str, text: str) -> tuple[str, Ends]:  # noqa: A002
        count, most = type == "count", LARGEST // 10**self.scale // 2
        least = 0 if count else -most
        if cells.is_whole(of):
            scaled = f"CAST({here} AS BIGINT) * {10**self.scale}"
            return f"coalesce({here} BETWEEN {least} AND {most}, FALSE)", self._around(type, scaled, scaled)
        if cells.is_float(of):
            here = here if of == "DOUBLE" else f"CAST({self.dialect.shortest(here, of)} AS DOUBLE)"
            whole = f" AND {here} = floor({here})" if count else ""
            sure = f"coalesce({here} BETWEEN {least} AND {most}{whole}, FALSE)"
            near = f"CAST(round({here} * {10**self.scale}) AS BIGINT)"
            if count:  # 64 bits hold it
                return sure, self._around(type, near, near)
            # the quotient of two whole floats is the float nearest to it: it is the same for the decimal itself only
            off = f"CASE WHEN CAST({near} AS DOUBLE) / {10**self.scale} = {here} THEN 0 ELSE 1 END"
            return sure, self._around(type, f"({near} - {off})", f"({near} + {off})")
        digits = len(str(most)) - 1
        part = r"(\.00?)?" if count else r"(\.[0-9]{1,12})?"
        pattern = f"{'' if count else '-?'}[0-9]{{1,{digits}}}{part}"
        scaled = f"TRY_CAST({text} AS DECIMAL(27, 12)) * CAST({10**self.scale} AS DECIMAL(7, 0))"
        low, high = f"CAST(floor({scaled}) AS BIGINT)", f"CAST(ceil({scaled}) AS BIGINT)"
        return self.dialect.is_all(text, pattern), self._around(type, low, low if count else high)

    def _around(self, type: str, low: str, high: str) -> Ends:  # noqa: A002
        """The ends, further out by half a unit of the last decimal where the mapping says how many there are."""
        if self.table.decimals is None:
            return Ends(low, high)
        half = Fraction(1, 2) / Fraction(10) ** self.table.decimals
        off = floor(half) * 10**self.scale if type == "count" else ceil(half * 10**self.scale)
        least = f"{low} - {off}"
        return Ends(least if type in quantity.SIGNED else f"greatest(0, {least})", f"{high} + {off}")

    # --------------------------------------------------------------------- ids

    def id(self) -> str:
        """The whole id."""
        texts = [quoted(self.table.source.id + "#")]
        for number, path in enumerate(table.key(self.fields)):
            text = self._escaped(self.fields[path])
            label = quoted((", "[: bool(number)]).strip() + table.label(path))
            if path[0] == "dimensions" and varies(self.fields[path]):
                texts.append(f"CASE WHEN {self._empty(self.fields[path])} THEN '' ELSE {label} || {text} END")
            else:
                texts += [label, text]
        return " || ".join(text for text in texts if text != "''")

    def _escaped(self, field: table.Field) -> str:
        """The text of a field as it stands in an id."""
        if not varies(field):
            return quoted(table.escaped("".join(map(str, field.text))))
        text, column = self.written(field), self.column(field.text)
        if field.path[0] in table.DATES and column and (column[1] == "DATE" or cells.is_moment(column[1])):
            return text  # nothing in a day is escaped
        for sign, escape in table.ESCAPES:
            if self._may_have(field.path, sign):
                text = f"replace({text}, {quoted(sign)}, {quoted(escape)})"
        return text

    def _may_have(self, path: table.Steps, sign: str) -> bool:
        """Whether a text that makes sense in a field may have a sign."""
        if path[0] == "basis":
            return False
        if path[0] == "measure":
            return any(sign in name for name in self.measures)
        if path[0] == "dimensions":
            found = vocabulary.find(self.context.vocabulary.dimensions, str(path[1]))
            return not (found and found.values) or any(sign in value for value in found.values)
        return path[0] not in table.NAMES or sign not in _NO_ID


def varies(field: table.Field) -> bool:
    """Whether a field differs from row to row."""
    return bool(columns(field.text))


def _only(template: Template) -> str:
    (column,) = columns(template)
    return column


def negated(condition: str) -> str:
    """The opposite of a condition."""
    return {"TRUE": "FALSE", "FALSE": "TRUE"}.get(condition, f"NOT ({condition})")


def _declared(text: str, names: Iterable[str]) -> str:
    """Whether a text is one of some names, or fits one that is a glob, as far as SQL can say."""
    known = list(names)
    globs = [one for one in known if any(sign in one for sign in "*?[")]
    fits = [f"{text} LIKE {quoted(pattern)} ESCAPE '!'" for one in globs if (pattern := like(one)) is not None]
    exact = [one for one in known if one not in globs]
    return some([*fits, one_of(text, exact[:MANY])])


# ------------------------------------------------------------------------- what differs by measure or subject


def by_measure(measure: str, expressions: Mapping[str, str]) -> str:
    """One expression for each measure: the one that all have, or a choice by the measure's name."""
    of: dict[str, list[str]] = {}
    for name, expression in expressions.items():
        of.setdefault(expression, []).append(name)
    if len(of) < 2:
        return next(iter(of), "NULL")
    return f"CASE {' '.join(f'WHEN {one_of(measure, names)} THEN {one}' for one, names in of.items())} END"


def by_subject(subject: str, known: Mapping[str, str], dialect: Dialect) -> str:
    """What is said of each subject, by its name or the first glob that fits it: SQL for each declared name."""
    if len(set(known.values())) < 2:
        return next(iter(known.values()), "NULL")
    exact: dict[str, list[str]] = {}
    globs = []
    for name, said in known.items():
        if any(sign in name for sign in "*?["):
            globs.append(f"WHEN {dialect.fits(subject, name)} THEN {said}")
        exact.setdefault(said, []).append(name)
    cases = [f"WHEN {one_of(subject, names)} THEN {said}" for said, names in exact.items()]
    return f"CASE {' '.join([*cases, *globs])} END"


def constant(text: str | None) -> str:
    """A text in SQL, or null."""
    return "NULL" if text is None else quoted(text)


def dated(written: Period | None) -> Days:
    """A date in SQL."""
    if written is None:
        return Days("NULL", "NULL", "NULL", True)
    first, last = ("NULL" if day is None else str(day) for day in written[1:])
    return Days(quoted(written.text), first, last, is_day(written))


def parsed(text: str) -> Period | None:
    """A date, if it can be read."""
    try:
        return period.read(text)
    except period.PeriodError:
        return None


def listed(claims: Sequence[Claimed]) -> list[str]:
    """The names of all dimensions that claims have."""
    return sorted({str(path[1]) for one in claims for path in one.fields if path[0] == "dimensions"})

"""The columns of the relation ``facts``: what a field is called there, and what a pattern asks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

from checker import field
from checker.engine.dialect import Database, every, like, one_of, quoted, some
from checker.engine.known import vague
from checker.engine.parts import WHOLE, Part
from checker.engine.subjects import Numbered
from checker.expression import references
from checker.model import Fact, Measure, Pattern, Rule
from checker.record import NamedTuple

MEASURED: Mapping[str, Callable[[Measure], str | None]] = {
    "measure": lambda measure: measure.id,
    "type": lambda measure: measure.type,
    "kind": lambda measure: measure.kind,
    "counting": lambda measure: measure.counting,
    "unit": lambda measure: measure.unit,
    "total_of": lambda measure: measure.total_of,
    "within": lambda measure: measure.within,
}
NEVER_NULL = frozenset({"id", "measure", "subject", "basis"})
_ENDS = ("text", "first", "last")


class Relation(Protocol):
    """Facts as a table ``facts`` of a database, one row each."""

    @property
    def database(self) -> Database:
        """Where the table is."""

    @property
    def scale(self) -> int:
        """The decimals that values are scaled by."""

    @property
    def measures(self) -> Mapping[str, Measure]:
        """The measures that the facts have, by id."""

    @property
    def dimensions(self) -> Mapping[str, str]:
        """The column of each dimension that any fact has."""

    @property
    def points(self) -> bool:
        """Whether every value is one number: ``low`` and ``high`` are the same."""

    @property
    def largest(self) -> int:
        """What no end of a value is beyond, up or down."""

    def holds(self, what: str) -> bool:
        """Whether something of ``engine.known`` holds for all facts."""

    @property
    def count(self) -> int:
        """How many facts there are."""

    def settle(self) -> bool:
        """Leave out what is told twice, if that is not done; whether anything was."""

    def facts(self, numbers: Iterable[int]) -> Mapping[int, Fact]:
        """The facts of these numbers."""

    def parts(self) -> Sequence[Part]:
        """Ranges of subjects, in order; one where there are few facts."""

    def narrow(self, part: Part = WHOLE) -> None:
        """From now on the table has the facts of some subjects alone."""

    def numbered(self) -> Sequence[Numbered]:
        """Parts of the subjects of the table in which these are numbers; none where groups by texts are as good."""

    def add(self, facts: Sequence[Fact]) -> range:
        """Add facts; the numbers that they have from now on."""


def text(name: str, relation: Relation) -> str:
    """The column of a text field; NULL where no fact can have it."""
    if name.startswith("dimensions."):
        return relation.dimensions.get(name.removeprefix("dimensions."), "NULL")
    return name.replace(".", "_")


def date(name: str) -> str:
    """What the columns of a date field begin with; its two ends share a field."""
    return name.partition(".")[0]


def fitted(rule: Rule, relation: Relation) -> tuple[str, ...]:
    """The columns that patterns of a rule ask for, with the number of the fact."""
    written = {name for pattern in rule.given for name, _ in pattern.fields if name not in MEASURED}
    named = {f"{date(name)}_text" if field.is_date(name) else text(name, relation) for name in written} - {"NULL"}
    return ("n", *sorted({"measure", "basis", "superseded", *relation.dimensions.values()} | named))


def asked(rules: Iterable[Rule]) -> frozenset[str]:
    """What the columns begin with that anything of some rules asks for by name."""
    named: set[str] = set()
    for rule in rules:
        named |= _named(rule) | ({"breakdown", "dimensions"} if any(one.collect for one in rule.given) else set())
    return frozenset(date(name) if field.is_date(name) else name.replace(".", "_") for name in named)


def _named(rule: Rule) -> set[str]:
    """The fields that anything of a rule asks for by name."""
    asked = [rule.where, rule.require]
    named = {one.field for condition in asked if condition for one in references(condition) if one.field is not None}
    named |= {name for pattern in rule.given for name, _ in pattern.fields} | {*rule.same, *rule.comparable}
    return named | {pattern.along for pattern in rule.given if pattern.along is not None}


def used(rule: Rule, relation: Relation) -> tuple[str, ...]:
    """The columns that anything of a rule asks for, with the number of the fact."""
    named = _named(rule)
    dates = sorted({date(name) for name in named if field.is_date(name)})
    written = {date(name) for pattern in rule.given for name, _ in pattern.fields}
    texts = {text(name, relation) for name in named if field.is_text(name) and name not in MEASURED} - {"NULL"}
    always = {"measure", "source", "subject", "basis", "superseded", *relation.dimensions.values()}
    always |= set() if "subject" in rule.same else {"id"}  # which says whose subject a finding has
    collects = any(pattern.collect for pattern in rule.given)
    always |= ({"claimant"} if rule.across else set()) | ({"breakdown", "dimensions"} if collects else set())
    plain = {name for name in dates if name not in written and relation.holds(name) and not collects}
    ends = {name: ("first",) if name in plain else _ENDS for name in dates}
    days = (f"{name}_{end}" for name, several in ends.items() for end in several)
    return ("n", *sorted(texts | always), *days, "low", "high", "odd")


class Kept(NamedTuple):
    """What is asked of a column of texts: one of some texts, or with ``others`` any but these."""

    column: str
    texts: frozenset[str] = frozenset()
    others: bool = False
    null: bool = False  # whether it may be absent

    def holds(self, text: str | None) -> bool:
        """Whether a text is what is asked for."""
        return self.null if text is None else (text in self.texts) != self.others

    def sql(self, prefix: str) -> str:
        """The condition, of a column that begins with ``prefix``."""
        named = prefix + self.column
        if not self.others:
            asked = one_of(named, self.texts)
        elif self.texts:
            asked = every(f"{named} <> {quoted(text)}" for text in sorted(self.texts))
        else:
            asked = "TRUE" if self.null or self.column in NEVER_NULL else f"{named} IS NOT NULL"
        return some([f"{named} IS NULL" if self.null and asked != "TRUE" else "FALSE", asked])


class Where(NamedTuple):
    """What a pattern asks for, as a condition over columns that begin with ``prefix``."""

    relation: Relation
    prefix: str = ""

    def fits(self, pattern: Pattern, measures: Iterable[Measure]) -> str:
        """Whether a fact fits a pattern, whose measures are these."""
        asked = (self.sql(one) for one in self.asked(pattern))
        return every([one_of(f"{self.prefix}measure", {measure.id for measure in measures}), *asked])

    def sql(self, asked: Kept | str) -> str:
        """One of the things that are asked, as a condition."""
        return asked if isinstance(asked, str) else asked.sql(self.prefix)

    def asked(self, pattern: Pattern) -> list[Kept | str]:
        """What a pattern asks of a fact beside its measure: of columns of texts, and conditions of other kinds."""
        planned = any(name == "basis" and "planned" in wanted for name, wanted in pattern.fields)
        return [
            f"NOT {self.prefix}superseded",
            "TRUE" if planned else Kept("basis", frozenset({"planned"}), others=True),
            *self._broken_down(pattern.dimensions),
            *(self._has(name, wanted) for name, wanted in pattern.fields if name not in MEASURED),
        ]

    def _broken_down(self, choices: Sequence[str | tuple[tuple[str, tuple[str, ...]], ...]]) -> Sequence[Kept | str]:
        several = [self._broken_down_by(wanted) for wanted in choices]
        return several[0] if len(several) == 1 else [some(every(map(self.sql, one)) for one in several)]

    def _broken_down_by(self, wanted: str | tuple[tuple[str, tuple[str, ...]], ...]) -> list[Kept | str]:
        if wanted == "any":
            there = [Kept(column, others=True) for column in self.relation.dimensions.values()]
            return [*there] if len(there) == 1 else [some(map(self.sql, there))]
        asked = {} if isinstance(wanted, str) else dict(wanted)
        others = [column for name, column in self.relation.dimensions.items() if name not in asked]
        absent = [Kept(column, null=True) for column in others]
        return [*absent, *(self._has(f"dimensions.{name}", texts) for name, texts in asked.items())]

    def _has(self, name: str, wanted: tuple[str, ...]) -> Kept | str:
        column = f"{date(name)}_text" if field.is_date(name) else text(name, self.relation)
        if column == "NULL":
            return "TRUE" if "null" in wanted else "FALSE"
        null = "null" in wanted and name not in NEVER_NULL
        if "any" in wanted:
            return Kept(column, others=True, null=null)
        texts = [one for one in wanted if one != "null"]
        plain = [one for one in texts if not any(sign in one for sign in "*?[")]
        globs = [self._matches(column, one) for one in texts if one not in plain]
        kept = Kept(column, frozenset(plain), null=null)
        return some([kept.sql(self.prefix), *globs]) if globs else kept

    def _matches(self, column: str, glob: str) -> str:
        pattern = like(glob)
        if pattern is not None:
            return f"{self.prefix}{column} LIKE {quoted(pattern)} ESCAPE '!'"
        rows = self.relation.database.rows(f"SELECT DISTINCT {column} FROM facts WHERE {column} IS NOT NULL")
        return one_of(self.prefix + column, (one for (one,) in rows if fnmatchcase(one, glob)))


def allowed(pattern: Pattern, measures: Iterable[Measure]) -> tuple[Measure, ...]:
    """The measures that a pattern may bind."""
    asked = tuple((name, wanted) for name, wanted in pattern.fields if name in MEASURED)
    fits = [_fits(asked, measure) for measure in measures]
    return tuple(measure for measure, one in zip(measures, fits, strict=True) if one)


def _fits(asked: Iterable[tuple[str, tuple[str, ...]]], measure: Measure) -> bool:
    return all(_has(MEASURED[name](measure), wanted) for name, wanted in asked)


def _has(written: str | None, wanted: tuple[str, ...]) -> bool:
    if written is None:
        return "null" in wanted
    return any(one == "any" or (one != "null" and fnmatchcase(written, one)) for one in wanted)


def agree(name: str, a: str, b: str, relation: Relation) -> tuple[str, str]:
    """Where two facts surely have the same in a field, and where they surely do not (``field.agree``, in full).

    ``a`` and ``b`` are what their columns begin with.
    """
    if not field.is_date(name):
        column = text(name, relation)
        if column == "NULL":
            return "TRUE", "FALSE"
        if name in NEVER_NULL:
            return f"{a}{column} = {b}{column}", f"{a}{column} <> {b}{column}"
        return (
            f"{a}{column} IS NOT DISTINCT FROM {b}{column}",
            f"{a}{column} IS DISTINCT FROM {b}{column}",
        )
    stem = date(name)
    if relation.holds(stem):
        return (
            f"{a}{stem}_first IS NOT DISTINCT FROM {b}{stem}_first",
            f"{a}{stem}_first IS DISTINCT FROM {b}{stem}_first",
        )
    one, other = ends(name, a), ends(name, b)
    neither = f"{a}{stem}_text IS NULL AND {b}{stem}_text IS NULL"
    both = f"{a}{stem}_text IS NOT NULL AND {b}{stem}_text IS NOT NULL"
    shared = f"{a}{stem}_text = {b}{stem}_text AND {a}source = {b}source"
    apart = f"COALESCE({one[0]} > {other[1]}, FALSE) OR COALESCE({other[0]} > {one[1]}, FALSE)"
    if name == "during":
        closed = every(f"{end} IS NOT NULL" for end in (*one, *other))
        exact = f"{closed} AND NOT ({vague(a + stem)}) AND NOT ({vague(b + stem)})"
        alike = f"{exact} AND {one[0]} = {other[0]} AND {one[1]} = {other[1]}"
        unlike = f"({apart}) OR ({exact} AND ({one[0]} <> {other[0]} OR {one[1]} <> {other[1]}))"
    else:
        alike = f"{one[0]} = {one[1]} AND {other[0]} = {other[1]} AND {one[0]} = {other[0]}"
        unlike = apart
    same = f"COALESCE({shared}, FALSE)"
    agreed = f"({neither}) OR ({both} AND ({same} OR COALESCE({alike}, FALSE)))"
    disagreed = f"({a}{stem}_text IS NULL) <> ({b}{stem}_text IS NULL) OR ({both} AND NOT {same} AND ({unlike}))"
    return agreed, disagreed


def ends(name: str, prefix: str) -> tuple[str, str]:
    """The first and the last day that a date field may mean (``field.day``)."""
    stem = prefix + date(name)
    first, last = f"{stem}_first", f"{stem}_last"
    if name == "during.start":
        return first, f"CASE WHEN {first} IS NULL OR {vague(stem)} THEN {last} ELSE {first} END"
    if name == "during.end":
        return f"CASE WHEN {last} IS NULL OR {vague(stem)} THEN {first} ELSE {last} END", last
    return first, last

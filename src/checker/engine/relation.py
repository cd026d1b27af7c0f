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

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from checker.engine import footers, known, parts, rows, subjects
from checker.engine.cells import is_whole
from checker.engine.columns import LARGEST, listed
from checker.engine.dialect import Database
from checker.engine.known import DATES
from checker.engine.parts import WHOLE, Part
from checker.engine.rows import Rows
from checker.engine.stated import FRAME, Stated
from checker.engine.subjects import Numbered
from checker.engine.survey import Survey
from checker.engine.tabled import Tabled
from checker.fact import Context
from checker.model import Fact, InputError, InputErrors, Measure
from checker.table import Table
from checker.template import columns
from checker.vocabulary import EMPTY

BASE = 2**40  # numbers below are of facts that are stated or derived
SAMPLE = 10_000  # rows that say how many decimals there are
MOST_PLACES = 6  # decimals that a scale keeps
TEXTS = (
    "id", "measure", "subject", "claimant", "source", "publisher", "language", "origin", "event", "basis",
    "subject_title", "quote", "quote_stands", "quote_states", "quote_says", "dimensions", "breakdown",
)  # fmt: skip
# what few rules ask for, by what its columns begin with
SELDOM = frozenset({*TEXTS, *DATES}) - {"id", "measure", "subject", "claimant", "source", "basis", "as_of"}


class Relation:
    """The facts of a run in a database, as ``facts``: those stated in files of YAML, and those of tables.

    Raises ``InputErrors`` for tables that cannot be read, and for rows that make no sense; with ``keep_going`` these
    rows are left out, and their errors are in ``errors``. Rows that tell what an earlier one tells are among them.

    Where it is known what is ``asked``, by what columns begin with, ``facts`` has no others of those that are SELDOM
    (each takes time in each statement), and what is told twice is not looked for before ``settle``.
    """

    def __init__(
        self,
        database: Database,
        facts: Sequence[Fact],
        tables: Sequence[Table] = (),
        context: Context | None = None,
        *,
        keep_going: bool = False,
        asked: Container[str] | None = None,
    ) -> None:
        self.database = database
        self._keep_going, self._settled = keep_going, False
        self._stated: list[Fact] = []
        self._batches = 0
        self._types = 0
        self._part = WHOLE
        self._numbered: list[Numbered] | None = None
        self._held: dict[str, bool] = {}
        rows = read_rows(database, tables)
        self.scale = min(MOST_PLACES, max([_places(facts), *(places(database, one) for one in rows)]))
        with footers.held(database, rows):
            self._survey(rows, context or Context(EMPTY), facts, asked)
        if asked is None or (self.errors and not keep_going):
            self.settle()

    def _survey(
        self, rows: Sequence[Rows], context: Context, facts: Sequence[Fact], asked: Container[str] | None
    ) -> None:
        """Find out what the rows say, and make ``facts``."""
        surveys = surveyed(self.database, rows, context, self.scale)
        names = {name for fact in facts for name, _ in fact.dimensions}
        names |= {name for survey in surveys for name in listed(survey.claims)}
        self.dimensions: Mapping[str, str] = {name: f"dim_{index}" for index, name in enumerate(sorted(names))}
        self.measures: dict[str, Measure] = {}
        for survey in surveys:
            for claim in survey.claims:
                self.measures |= claim.measures
        self._writer = Stated(self.dimensions, self.scale)
        self._shown = [name for name, _ in self._columns() if asked is None or _is_shown(name, asked)]
        self._tables: list[Tabled] = []
        base = BASE
        for survey in surveys:
            tabled = Tabled(survey, base, self.dimensions, keep_going=self._keep_going)
            base = tabled.end
            self._tables.append(tabled)
        if facts:
            self.add(facts)
        else:
            self.narrow()

    def settle(self) -> bool:
        """Leave out the rows that tell what an earlier one tells, once; whether there are any."""
        found = [one.settle() for one in self._tables if not self._settled]
        self._settled = True
        if self.errors and not self._keep_going:
            raise InputErrors(self.errors)
        if any(found):
            self.narrow()
        return any(found)

    @property
    def errors(self) -> list[InputError]:
        """The errors of rows that were left out: of each table the first."""
        return [error for one in self._tables for error in one.errors]

    @property
    def left_out(self) -> int:
        """How many rows were left out."""
        return sum(one.wrong for one in self._tables)

    @property
    def tabular(self) -> int:
        """How many facts of tables there are."""
        return sum(one.count for one in self._tables)

    @property
    def points(self) -> bool:
        """Whether every value is one number: ``low`` and ``high`` are the same."""
        return self.holds("points")

    @property
    def largest(self) -> int:
        """What no end of a value is beyond, up or down."""
        return LARGEST if self._stated else max((one.largest for one in self._tables), default=LARGEST)

    def holds(self, what: str) -> bool:
        """Whether something of ``known`` holds for all facts; looked for in those of which it is not known."""
        if what not in self._held:
            asked = ["stated"] if self._stated else []
            asked += [one.source for one in self._tables if what not in one.known]
            self._held[what] = all(known.is_so(what, self.database, name) for name in asked)
        return self._held[what]

    @property
    def count(self) -> int:
        """How many facts there are."""
        return len(self._stated) + self.tabular

    @cached_property
    def _parts(self) -> list[Part]:
        return parts.of([one.survey for one in self._tables])

    def parts(self) -> list[Part]:
        """Ranges of subjects, in order, of which the facts are seen without much memory; one where there are few."""
        return self._parts if self._part == WHOLE else [self._part]

    def narrow(self, part: Part = WHOLE) -> None:
        """From now on ``facts`` are those of some subjects alone."""
        self._part = part
        self._numbered = None
        selects = [one.select(part, self._shown) for one in self._tables]
        if not selects:
            self._declare()
        if self._stated or not selects:  # of what is empty a database knows no first and last day
            selects.insert(0, f"SELECT {', '.join(self._shown)} FROM stated WHERE {part.holds('subject')}")
        self.database.execute(f"CREATE OR REPLACE VIEW facts AS {' UNION ALL '.join(selects)}")

    def numbered(self) -> list[Numbered]:
        """Parts of the subjects of ``facts`` in which these are numbers; none where groups by texts are as good."""
        if self._numbered is None:
            now = [] if self._stated else self.parts()
            found = subjects.of([one.survey for one in self._tables], now[0]) if len(now) == 1 else []
            self._numbered = []
            for piece in subjects.pieces(now[0], found, self.database.slots) if found else ():
                self._types += 1
                self._numbered.append(subjects.made(self.database, f"subjects_{self._types}", piece, found))
        return self._numbered

    def facts(self, numbers: Iterable[int]) -> dict[int, Fact]:
        """The facts of these numbers; those of tables are read again."""
        asked = sorted(set(numbers))
        found = {number: self._stated[number] for number in asked if number < BASE}
        for one in self._tables:
            found |= one.facts(number for number in asked if one.base <= number < one.end)
        return found

    def add(self, facts: Sequence[Fact]) -> range:
        """Add facts, as those that rules derive; the numbers that they have from now on."""
        numbers = range(len(self._stated), len(self._stated) + len(facts))
        first = not self._stated
        self._stated += facts
        self.measures |= {fact.measure.id: fact.measure for fact in facts}
        if facts:
            self._declare()
            self._held = {}
            self._batches += 1
            self._insert(numbers, facts)
            if first:
                self.narrow(self._part)
        return numbers

    def _declare(self) -> None:
        """Make the table of facts that are stated, where it is not there yet."""
        declared = ", ".join(f"{name} {type}" for name, type in self._columns())  # noqa: A001
        self.database.execute(f"CREATE TABLE IF NOT EXISTS stated ({declared})")

    def _insert(self, numbers: range, facts: Sequence[Fact]) -> None:
        told, frames = (self.database.scratch / f"{name}-{self._batches}.jsonl" for name in ("facts", "frames"))
        with told.open("w", encoding="utf-8") as written:
            written.writelines(self._writer.lines(zip(numbers, facts, strict=True)))
        with frames.open("w", encoding="utf-8") as written:
            written.writelines(self._writer.frames)
        columns = [one for one in self._columns() if one[0] in self._writer.columns]
        own = [("frame", "BIGINT"), *(one for one in columns if one[0] not in FRAME)]
        shared = [("frame", "BIGINT"), *(one for one in columns if one[0] in FRAME)]
        every = ", ".join(one[0] if one in columns else f"CAST(NULL AS {one[1]})" for one in self._columns())
        self.database.execute(
            f"INSERT INTO stated SELECT {every} FROM {self.database.lines(told, own)} AS told"
            f" JOIN {self.database.lines(frames, shared)} AS frames ON told.frame = frames.frame"
        )
        told.unlink()
        frames.unlink()

    def _columns(self) -> Iterator[tuple[str, str]]:
        yield "n", "BIGINT"
        for name in (*TEXTS, *self.dimensions.values()):
            yield name, "VARCHAR"
        for name in DATES:
            yield from ((f"{name}_text", "VARCHAR"), (f"{name}_first", "BIGINT"), (f"{name}_last", "BIGINT"))
        yield from (("low", "BIGINT"), ("high", "BIGINT"), ("odd", "BOOLEAN"), ("superseded", "BOOLEAN"))


def places(database: Database, rows: Rows) -> int:
    """How many decimals the values of a table have, by its first rows."""
    values = [field for claim in rows.table.claims for field in claim.fields if field.path[0] == "value"]
    names = sorted({name for field in values for name in columns(field.text) if not is_whole(rows.types[name])})
    found = 0
    for name in names:
        sample = f"SELECT {rows.text(name)} AS text FROM {rows.name} LIMIT {SAMPLE}"
        decimals = "max(length(regexp_extract(text, '^-?[0-9]+\\.([0-9]+)$', 1)))"
        ((most,),) = database.rows(f"SELECT {decimals} FROM ({sample})")
        found = max(found, most or 0)
    half = 0 if rows.table.decimals is None else max(0, rows.table.decimals + 1)  # a place for half a unit
    return max(found, half)


def read_rows(database: Database, tables: Sequence[Table]) -> list[Rows]:
    """The rows of all tables; raises ``InputErrors`` for files that cannot be read."""
    errors: list[InputError] = []
    found = [rows.read(database, number, one, errors) for number, one in enumerate(tables)]
    if errors:
        raise InputErrors(errors)
    return [one for one in found if one is not None]


def surveyed(database: Database, rows: Sequence[Rows], context: Context, scale: int) -> list[Survey]:
    """What the rows of all tables say; raises ``InputErrors`` for mappings without sense."""
    surveys = [Survey(database, number, one, context, scale) for number, one in enumerate(rows)]
    errors = [error for survey in surveys for error in survey.errors]
    if errors:
        raise InputErrors(errors)
    return surveys


def _is_shown(column: str, asked: Container[str]) -> bool:
    stem = column.removesuffix("_text").removesuffix("_first").removesuffix("_last")
    return stem not in SELDOM or stem in asked


def _places(facts: Iterable[Fact]) -> int:
    ends = {end for fact in facts if fact.value.literal for end in fact.value.literal[:2]}
    return max((_decimals(end) for end in ends if isinstance(end, Fraction)), default=0)


def _decimals(exact: Fraction) -> int:
    return next((places for places in range(MOST_PLACES) if (exact * 10**places).denominator == 1), MOST_PLACES)

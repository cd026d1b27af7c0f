"""What the rows of a table say, and which of them make no sense: found by the database, in bulk.

Texts that SQL cannot be sure of are read in Python, each different one once, and put into a relation
``read_<table>_<n>`` with what they come to. Rows that are wrong are read again, for the words of their errors.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, floor
from pathlib import Path

from checker import fact, period, quantity, table, vocabulary
from checker.document import excerpt
from checker.engine.columns import BETWEEN, LARGEST, Claimed, Part, negated
from checker.engine.dialect import Database, every, one_of, some
from checker.engine.known import VAGUE
from checker.engine.rows import Rows
from checker.fact import Context
from checker.interval import tighten
from checker.model import Fact, InputError, Interval, Location
from checker.record import NamedTuple

LISTED = 25  # rows of a table whose errors are told
AT_ONCE = 100_000  # rows that Python reads at a time
_LOOK = (
    ("text", "VARCHAR"), ("good", "BOOLEAN"), ("low", "BIGINT"), ("high", "BIGINT"), ("odd", "BOOLEAN"),
    ("written", "VARCHAR"),
)  # fmt: skip


class Look(NamedTuple):
    """A part of claims, and the relation of those of its texts that were read in Python, where there are any."""

    part: Part
    relation: str | None
    good: bool = False  # whether any of them makes sense
    bad: bool = False  # whether any does not
    points: bool = True  # whether each that makes sense is one number, or one day
    bounded: bool = True  # whether it has two ends


class Survey:
    """One table: its claims in SQL, what its texts come to, and its rows that are wrong."""

    def __init__(self, database: Database, number: int, rows: Rows, context: Context, scale: int) -> None:
        self.database = database
        self.number = number
        self.rows = rows
        self.table = rows.table
        self.context = context
        self.claims = [Claimed(rows, claim, context, scale) for claim in rows.table.claims]
        self.scale = scale
        self.errors: list[InputError] = []  # of the mapping
        self.looks: list[dict[tuple[table.Steps, str], Look]] = []
        self._bad_measures: list[list[str]] = []
        for claim in self.claims:
            self._bad_measures.append(self._measures(claim))
        if not self.errors:
            self.looks = self._looks()

    # --------------------------------------------------------------------- measures

    def _measures(self, claim: Claimed) -> list[str]:
        """Find the measures of a claim; of those that rows name, the ones that make no sense."""
        part = claim.measure_part()
        if part is None:
            self.errors += table.constant_errors(self.table, claim.claim, None, self.context)
            written = claim.fields.get(("measure",))
            name = "".join(map(str, written.text)) if written else ""
            found = vocabulary.find(self.context.vocabulary.measures, name)
            claim.measures = {name: found} if found else {}
            return []
        general = table.constant_errors(self.table, claim.claim, None, self.context)
        self.errors += general
        texts = self.database.rows(f"SELECT DISTINCT {part.text} FROM {self.rows.name} WHERE {claim.present}")
        bad = []
        for (text,) in texts:
            measure = vocabulary.find(self.context.vocabulary.measures, text)
            if measure is None or not table.is_name(text) or self._misfit(claim, text):
                bad.append(text)
            else:
                claim.measures[text] = measure
        return bad

    def _misfit(self, claim: Claimed, measure: str) -> bool:
        return bool(table.constant_errors(self.table, claim.claim, measure, self.context))

    # --------------------------------------------------------------------- texts

    def _looks(self) -> list[dict[tuple[table.Steps, str], Look]]:
        """Read the texts of all parts that are not sure."""
        parts = [[(part, self._asked(claim, part)) for part in claim.parts()] for claim in self.claims]
        # claims that share names and dates share one look
        shared = {asked: part for several in parts for part, asked in several if part.sure != "TRUE"}
        texts = self._unsure([query for *_, query in shared])
        looks = {asked: self._look(number, part, texts[number]) for number, (asked, part) in enumerate(shared.items())}
        return [
            {(part.path, part.type): looks.get(asked, Look(part, None))._replace(part=part) for part, asked in several}
            for several in parts
        ]

    def _asked(self, claim: Claimed, part: Part) -> tuple[str, table.Steps, str, str]:
        """What tells the look at a part from others: last, what selects its texts that are not sure."""
        # names and dates are read of rows that make no such fact, too
        present = claim.present if part.kind == "value" else "TRUE"
        asked = every([present, self._of_type(claim, part), f"NOT ({part.sure})", f"NOT ({part.empty})"])
        source = self.rows.name
        if part.kind == "name" and (len(part.columns) > 1 or self.table.format != "parquet"):
            # few texts stand in many rows, and what is asked of them takes longer; in Parquet it is asked of each once
            names = ", ".join(self.rows.columns[name] for name in part.columns)
            source = f"({self.database.dialect.first(f'SELECT DISTINCT {names} FROM {source}')}) AS different"
        return part.kind, part.path, part.type, f"SELECT DISTINCT {part.text} AS text FROM {source} WHERE {asked}"

    def _of_type(self, claim: Claimed, part: Part) -> str:
        """Whether a row's measure is of the type of a part."""
        named = claim.measure_part()
        if named is None or part.kind != "value":
            return "TRUE"
        return one_of(named.text, [name for name, one in claim.measures.items() if one.type == part.type])

    def _unsure(self, queries: Sequence[str]) -> list[list[str]]:
        """The texts that each of some queries selects, by one statement."""
        found: list[list[str]] = [[] for _ in queries]
        told = (f"SELECT {number} AS number, text FROM ({query}) AS texts" for number, query in enumerate(queries))
        for number, text in self.database.rows(" UNION ALL ".join(told)) if queries else ():
            found[number].append(text)
        return found

    def _look(self, number: int, part: Part, texts: Sequence[str]) -> Look:
        if not texts:
            return Look(part, None)
        relation = f"read_{self.number}_{number}"
        read = [self._reading(part, text) for text in texts]
        store(self.database, relation, _LOOK, read)
        good = [one for one in read if one["good"]]
        points, bounded = all(map(_is_point, good)), all(map(_is_bounded, good))
        return Look(part, relation, bool(good), len(good) < len(read), points, bounded)

    def _reading(self, part: Part, text: str) -> dict[str, object]:
        if part.kind == "name":
            return {"text": text, "good": table.is_declared(part.path, text, self.context)}
        try:
            if part.kind == "date":
                found = period.read(text)
                return {"text": text, "good": True, "low": found.first, "high": found.last, "written": text}
            low, high, odd = scaled(self._value(part, text), part.type, self.scale)
        except (quantity.QuantityError, period.PeriodError):
            return {"text": text, "good": False}
        return {"text": text, "good": text != "", "low": low, "high": high, "odd": odd}

    def constant(self, claim: Claimed, type: str) -> Interval | None:  # noqa: A002  # the word of the contract
        """The literal interval of a value that is the same in each row, if it can be read."""
        texts = {field.path: "".join(map(str, field.text)) for field in claim.values}
        try:
            if ("value",) in texts:
                return table.value(texts["value",], type, self.table, self.context.profile).literal
            return fact.value({str(path[1]): text for path, text in texts.items()}, type, self.context.profile).literal
        except (quantity.QuantityError, period.PeriodError):
            return None  # the mapping's error says so

    def _value(self, part: Part, text: str) -> Interval | None:
        if BETWEEN not in part.text:
            return table.value(text, part.type, self.table, self.context.profile).literal
        ends = dict(zip(("min", "max"), text.split(BETWEEN, 1), strict=True))
        return fact.value({name: end for name, end in ends.items() if end}, part.type, self.context.profile).literal

    # --------------------------------------------------------------------- rows

    def wrong(self) -> str:
        """Whether a row makes no sense, in SQL."""
        return some(self._wrong(number) for number in range(len(self.claims)))

    def _wrong(self, number: int) -> str:
        claim, conditions = self.claims[number], []
        named = claim.measure_part()
        if named is not None:
            conditions += [named.empty, one_of(named.text, self._bad_measures[number])]
        for look in self.looks[number].values():
            if not look.part.optional:
                conditions.append(look.part.empty)
            if look.bad:
                bad = f"{look.part.text} IN (SELECT text FROM {look.relation} WHERE NOT good)"
                unsure = [] if look.part.sure == "FALSE" else [f"NOT ({look.part.sure})"]
                there = [negated(look.part.empty)] if look.part.optional else []
                conditions.append(every([*there, *unsure, self._of_type(claim, look.part), bad]))
        return every([claim.present, some(conditions)])

    def read(self, condition: str = "TRUE", most: int | None = None) -> Iterator[tuple[int, table.Row]]:
        """The rows for which a condition holds, with their positions, in order."""
        names = list(self.rows.columns)
        texts = ", ".join(["p", *(self.rows.text(name) for name in names)])
        limit = "" if most is None else f" LIMIT {most}"
        asked = f"SELECT {texts} FROM {self.rows.name} WHERE {condition} ORDER BY p{limit}"
        for position, *cells in self.database.rows(asked):
            yield position, table.Row(*self.rows.at(position), dict(zip(names, cells, strict=True)))

    def _at(self, positions: Iterable[int]) -> Iterator[tuple[int, table.Row]]:
        """The rows at some positions, in order."""
        file = self.database.scratch / "wanted.jsonl"  # a list in the statement takes longer to plan than to look for
        file.write_text("".join(f'{{"p": {position}}}\n' for position in positions), encoding="utf-8")
        yield from self.read(f"p IN (SELECT p FROM {self.database.lines(file, [('p', 'BIGINT')])})")
        file.unlink()

    def facts(self, places: Mapping[int, Iterable[int]]) -> Iterator[tuple[int, int, Fact]]:
        """The facts that rows make, by position and the number of the claim."""
        wanted = sorted(places)
        readers = [table.Reader(self.table, claim, self.context) for claim in self.table.claims]
        for start in range(0, len(wanted), AT_ONCE):
            for position, row in self._at(wanted[start : start + AT_ONCE]):
                for number in places[position]:
                    made = readers[number].fact(row, [])
                    if made is not None:
                        yield position, number, made

    def row_errors(self, condition: str, count: int) -> list[InputError]:
        """What is wrong with the rows for which a condition holds: the first of them, and how many more there are."""
        found: list[InputError] = []
        for _, row in self.read(condition, LISTED):
            table.facts(self.table, row, self.context, found)
        return found + self.more(count)

    def unread(self) -> list[InputError]:
        """The same of rows that could not be read at all."""
        wrong = self.rows.wrong
        return wrong[:LISTED] + self.more(len(wrong))

    def more(self, count: int) -> list[InputError]:
        """That there are more errors than are listed."""
        if count <= LISTED:
            return []
        message = f"{count:,} rows make no sense; the first {LISTED} are listed"
        return [InputError(Location(self.table.document.file), message, "rows that can be read")]

    def repeated(self, place: Location, earlier: Location, id: str) -> InputError:
        """That a row tells what an earlier one tells."""
        row = f"row {earlier.row}" + ("" if earlier.file == place.file else f" of {earlier.file}")
        return InputError(place, f"{excerpt(id)} is told by {row} already", "one row for each fact")


# ------------------------------------------------------------------------- storing


def store(
    database: Database, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, object]]
) -> None:
    """Make a relation of rows; a table, so that it is read once."""
    file = database.scratch / f"{name}.jsonl"
    _write(file, rows)
    database.execute(f"CREATE TABLE {name} AS SELECT * FROM {database.lines(file, columns)}")
    file.unlink()


def _write(file: Path, rows: Iterable[Mapping[str, object]]) -> None:
    with file.open("w", encoding="utf-8") as written:
        written.writelines(json.dumps(row) + "\n" for row in rows)


def _is_bounded(read: Mapping[str, object]) -> bool:
    return not read.get("odd") and read.get("low") is not None and read.get("high") is not None


def _is_point(read: Mapping[str, object]) -> bool:
    vague = "written" in read and set(VAGUE) & set(str(read["written"]))
    return _is_bounded(read) and read["low"] == read["high"] and not vague


def scaled(literal: Interval | None, type: str, scale: int) -> tuple[int | None, int | None, bool]:  # noqa: A002
    """``low``, ``high`` and ``odd`` of a literal interval: see ``relation``."""
    if literal is None:
        return None, None, True
    if type == "count":
        literal = tighten(literal)
    low = None if literal.low is None else floor(literal.low * 10**scale)
    high = None if literal.high is None else ceil(literal.high * 10**scale)
    if any(end is not None and abs(end) > LARGEST for end in (low, high)):
        return None, None, True
    return low, high, False

"""The facts of one table as a relation ``facts_<i>``, without the rows that make no sense."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice, pairwise, permutations
from typing import Any

from checker.engine.cells import is_whole
from checker.engine.columns import LARGEST, negated, varies
from checker.engine.dialect import every, quoted, some
from checker.engine.known import ALL
from checker.engine.parts import WHOLE, Part
from checker.engine.survey import LISTED, Survey
from checker.engine.view import View
from checker.model import Fact, Location
from checker.table import Steps, key
from checker.template import Template, columns

ORDERS = 720  # orders of columns that are tried: all of six
FIRST = 64  # rows that tell most orders to be none
SAMPLE = 10_000  # rows that do so for others
LOOKED_AT = 24  # orders that the database looks at
DAYS = 4096  # as many bits as a group may have


class Tabled:
    """A table's facts, which have numbers from ``base`` up to ``end``."""

    def __init__(self, survey: Survey, base: int, dimensions: Mapping[str, str], *, keep_going: bool) -> None:
        self.survey = survey
        self.database = survey.database
        self.base = base
        self.claims = len(survey.claims)
        self.end = base + survey.rows.length * self.claims
        self.errors = survey.unread()
        self.wrong = len(survey.rows.wrong)  # rows that make no sense
        self._dimensions = dimensions
        self._views = [View(survey, number, base) for number in range(self.claims)]
        self.known = ALL.intersection(*(one.known() for one in self._views))  # of its facts
        self._left_out = f"wrong_{survey.number}"
        self._leave_out_senseless()
        self._settled = bool(self.wrong) and not keep_going
        self._count: int | None = None

    @property
    def _leaves_out(self) -> bool:
        """Whether there are rows that are none of its facts; those that could not be read are not in the database."""
        return self.wrong > len(self.survey.rows.wrong)

    def select(self, part: Part = WHOLE, shown: Container[str] | None = None) -> str:
        """What selects the facts, or those of some subjects alone, with all columns or some."""
        sound = f"NOT (p IN (SELECT p FROM {self._left_out}))" if self._leaves_out else "TRUE"
        asked = [(view, every([sound, part.makes(view.claim)])) for view in self._views]
        return " UNION ALL ".join(view.select(self._dimensions, condition, shown) for view, condition in asked)

    @property
    def source(self) -> str:
        """What its facts are read from."""
        return f"({self.select()}) AS facts_{self.survey.number}"

    @cached_property
    def largest(self) -> int:
        """What no end of a value is beyond."""
        if not self._is_whole:
            return LARGEST
        # a value that has no low end may have a high one
        return max(abs(int(end or 0)) for _, *ends in self._told for end in ends)

    @cached_property
    def _is_whole(self) -> bool:
        """Whether all values are whole numbers in Parquet."""
        rows = self.survey.rows
        names = {name for claim in self.survey.claims for field in claim.values for name in columns(field.text)}
        return rows.table.format == "parquet" and all(is_whole(rows.types[name]) for name in names)

    @cached_property
    def _told(self) -> list[tuple[int, ...]]:
        """Of each claim, how many rows make a fact, and where values are whole, the ends of these; as footers know."""
        rows, asked = self.survey.rows.name, ["count(*)"]
        present = [f"{rows} WHERE {claim.present}" for claim in self.survey.claims]
        if self._is_whole:
            told = ("low",) if "points" in self.known else ("low", "high")
            asked += [f"{which}({end})" for which in ("min", "max") for end in told]
            present = [f"({view.ends()}) AS ends" for view in self._views]
        return self.database.rows(" UNION ALL ".join(f"SELECT {', '.join(asked)} FROM {one}" for one in present))

    # --------------------------------------------------------------------- rows that make no sense

    def _leave_out_senseless(self) -> None:
        """Put the rows that make no sense aside."""
        condition = self.survey.wrong()
        wrong = f"SELECT p FROM {self.survey.rows.name} WHERE {condition}"
        # where there are none, the database mostly knows so from the footers of files
        if condition == "FALSE" or not self.database.rows(f"{wrong} LIMIT 1"):
            return
        self.database.execute(f"CREATE TABLE {self._left_out} AS {wrong}")
        ((count,),) = self.database.rows(f"SELECT count(*) FROM {self._left_out}")
        self.wrong += count
        self.errors += self.survey.row_errors(f"p IN (SELECT p FROM {self._left_out})", count)

    # --------------------------------------------------------------------- rows that tell the same

    def settle(self) -> bool:
        """Put the rows that tell what an earlier one tells aside; whether there are any that were not yet."""
        if self._settled or not self._may_repeat():
            return False
        self._settled, self._count = True, None
        again = f"SELECT id FROM {self.source} GROUP BY id HAVING count(*) > 1"
        told = f"SELECT id, n, min(n) OVER (PARTITION BY id) AS first FROM {self.source} WHERE id IN ({again})"
        row, earlier = (f"({one} - {self.base}) // {self.claims}" for one in ("n", "first"))
        twice = f"twice_{self.survey.number}"
        repeats = f"SELECT id, {row} AS p, {earlier} AS first FROM ({told}) WHERE n <> first"
        self.database.execute(f"CREATE TABLE {twice} AS {repeats}")
        ((count,),) = self.database.rows(f"SELECT count(DISTINCT p) FROM {twice}")
        if not count:
            return False
        self._tell(twice, count)
        self.wrong += count
        self.database.execute(f"CREATE TABLE IF NOT EXISTS {self._left_out} (p BIGINT)")
        self.database.execute(f"INSERT INTO {self._left_out} SELECT DISTINCT p FROM {twice}")
        return True

    def _tell(self, twice: str, count: int) -> None:
        rows = self.survey.rows
        these = f"SELECT DISTINCT p FROM {twice} ORDER BY p LIMIT {LISTED}"
        listed = self.database.rows(f"SELECT p, first, id FROM {twice} WHERE p IN ({these}) ORDER BY ALL")
        for position, first, id in listed:
            here, there = rows.at(position), rows.at(first)
            place, earlier = Location(here[0], row=here[1]), Location(there[0], row=there[1])
            self.errors.append(self.survey.repeated(place, earlier, id))
        self.errors += self.survey.more(count)

    def _may_repeat(self) -> bool:
        """Whether rows may tell the same: not where all that tells their facts apart differs from row to row."""
        keys = {self._key(number) for number in range(self.claims)}
        fixed = {self._fixed(number) for number in range(self.claims)}
        alike = {tuple(path for path, _ in one) for one in fixed}
        if len(keys) > 1 or len(fixed) < self.claims or len(alike) > 1 or None in keys or self._is_total_twofold():
            return True
        (names,) = keys
        if not names or self.survey.rows.length < 2:
            return self.survey.rows.length > 1
        seen = self.database.dialect.sequential and (self._is_ordered(names) or self._is_spread(names))
        return not seen and self._is_repeated(names)

    def _is_total_twofold(self) -> bool:
        """Whether cells of a dimension are empty in more than one way: other columns then do not mean other facts."""
        asked = dict(item for claim in self.survey.claims for item in claim.empty_dimensions().items())
        for here, empty in asked.items():
            ways = f"SELECT 1 FROM {self.survey.rows.name} WHERE {empty} GROUP BY {here} LIMIT 2"
            if len(self.database.rows(ways)) > 1:
                return True
        return False

    def _is_ordered(self, names: Sequence[str]) -> bool:
        """Whether the rows stand in strict order of some columns, as files of tables mostly do: one look, no memory."""
        rows = self.survey.rows.name
        orders = self._first_orders(names)
        orders = self._orders(orders, f"(SELECT * FROM {rows} LIMIT {SAMPLE})") if orders else []
        return bool(orders and self._orders(orders, rows))

    def _first_orders(self, names: Sequence[str]) -> list[Sequence[str]]:
        """The orders that the first rows seem to stand in, mostly none: to try all in SQL takes long to plan."""
        rows = self.survey.rows
        types = {here: rows.types[name] for name, here in rows.columns.items()}
        texts = {here: rows.text(name) for name, here in rows.columns.items()}
        asked = [f"coalesce({name}, 0)" if is_whole(types[name]) else texts[name] for name in names]
        first = self.database.rows(f"SELECT {', '.join(asked)} FROM {rows.name} LIMIT {FIRST}")
        tried = islice(permutations(range(len(names))), ORDERS)
        stand = (order for order in tried if all(_is_above(one, other, order) for one, other in pairwise(first)))
        return [[names[at] for at in order] for order in islice(stand, LOOKED_AT)]

    def _orders(self, orders: Sequence[Sequence[str]], rows: str) -> list[Sequence[str]]:
        """Which of some orders rows stand in."""
        falls = (f"count(*) FILTER (NOT coalesce({_above(order)}, FALSE))" for order in orders)
        names = sorted(orders[0])
        before = ", ".join(f"lag({name}) OVER () AS before_{name}" for name in names)
        (found,) = self.database.rows(
            f"SELECT {', '.join(falls)} FROM (SELECT {', '.join(names)}, {before} FROM {rows} AS rows)"
        )
        # Of the first row there is nothing before.
        return [order for order, fallen in zip(orders, found, strict=True) if fallen <= 1]

    def _is_spread(self, names: Sequence[str]) -> bool:
        """Whether for all other columns alike each row has its own day: a bit for each day, and no more memory."""
        types = {self.survey.rows.columns[name]: type for name, type in self.survey.rows.types.items()}  # noqa: A001
        day = next((name for name in names if types[name] == "DATE"), None)
        others = [name for name in names if name != day]
        if day is None or not others:
            return False
        rows = self.survey.rows.name
        ((first, last),) = self.database.rows(
            f"SELECT CAST(min({day}) AS VARCHAR), max({day}) - min({day}) FROM {rows}"
        )
        if last is None or last >= DAYS:
            return False
        bits = f"bit_count(bitstring_agg(CAST({day} - DATE {quoted(first)} AS INTEGER), 0, {last}))"
        again = f"SELECT 1 FROM {rows} GROUP BY {', '.join(others)} HAVING coalesce({bits}, 0) <> count(*) LIMIT 1"
        return not self.database.rows(again)

    def _is_repeated(self, names: Sequence[str]) -> bool:
        """Whether any two rows that make facts are alike in some columns: the last resort, as it holds all of them."""
        again = f"WHERE {self._any_present()} GROUP BY {', '.join(names)} HAVING count(*) > 1 LIMIT 1"
        return bool(self.database.rows(f"SELECT 1 FROM {self.survey.rows.name} {again}"))

    def _any_present(self) -> str:
        absent = every(negated(claim.present) for claim in self.survey.claims)
        return negated(absent)

    def _key(self, number: int) -> tuple[str, ...] | None:
        """The columns that tell the facts of a claim apart; None where they do so only together."""
        claim = self.survey.claims[number]
        fields = [claim.fields[path] for path in key(claim.fields)]
        if any(len(columns(field.text)) > 1 for field in fields):
            return None
        names = {name for field in fields for name in columns(field.text)}
        return tuple(sorted(self.survey.rows.columns[name] for name in names))

    def _fixed(self, number: int) -> tuple[tuple[Steps, Template], ...]:
        """What tells the facts of a claim from those of others, whatever their rows hold."""
        claim = self.survey.claims[number]
        return tuple((path, claim.fields[path].text) for path in key(claim.fields) if not varies(claim.fields[path]))

    # --------------------------------------------------------------------- fetching

    @property
    def count(self) -> int:
        """How many facts there are."""
        if self._count is None:
            counts = self.database.rows(f"SELECT count(*) FROM {self.source}") if self._leaves_out else self._told
            self._count = sum(count for count, *_ in counts)
        return self._count

    def facts(self, numbers: Iterable[int]) -> dict[int, Fact]:
        """The facts of these numbers."""
        wanted: dict[int, list[int]] = defaultdict(list)
        for number in numbers:
            position, claim = divmod(number - self.base, self.claims)
            wanted[position].append(claim)
        return {
            self.base + position * self.claims + number: fact for position, number, fact in self.survey.facts(wanted)
        }


def _is_above(one: Sequence[Any], other: Sequence[Any], order: Sequence[int]) -> bool:
    return [one[at] for at in order] < [other[at] for at in order]


def _above(names: Sequence[str]) -> str:
    """Whether a row is above the one before it, in an order of columns."""
    above: list[str] = []
    alike: list[str] = []
    for name in names:
        above.append(every([*alike, f"{name} > before_{name}"]))
        alike.append(f"{name} = before_{name}")
    return some(above)

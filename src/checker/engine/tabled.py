"""The facts of one table as a relation ``facts_<i>``, without the rows that make no sense."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from checker.engine.columns import negated, varies
from checker.engine.dialect import every
from checker.engine.survey import LISTED, Survey
from checker.engine.view import View
from checker.model import Fact, InputError, Location
from checker.table import Steps, key
from checker.template import Template, columns


class Tabled:
    """A table's facts, which have numbers from ``base`` up to ``end``."""

    def __init__(self, survey: Survey, base: int, dimensions: Mapping[str, str], *, keep_going: bool) -> None:
        self.survey = survey
        self.database = survey.database
        self.name = f"facts_{survey.number}"
        self.base = base
        self.claims = len(survey.claims)
        self.end = base + survey.rows.length * self.claims
        self.errors: list[InputError] = []
        self.wrong = 0  # rows that make no sense
        self._left_out = f"wrong_{survey.number}"
        left = self._senseless()
        self._make(dimensions, left)
        if (keep_going or not left) and self._repeats():
            left = True
            self._make(dimensions, left)

    def _make(self, dimensions: Mapping[str, str], left: bool) -> None:
        sound = f"NOT (p IN (SELECT p FROM {self._left_out}))" if left else "TRUE"
        views = [View(self.survey, number, self.base).select(dimensions, sound) for number in range(self.claims)]
        self.database.execute(f"CREATE OR REPLACE VIEW {self.name} AS {' UNION ALL '.join(views)}")

    # --------------------------------------------------------------------- rows that make no sense

    def _senseless(self) -> bool:
        """Put the rows that make no sense aside; whether there are any."""
        condition = self.survey.wrong()
        if condition == "FALSE":
            return False
        self.database.execute(
            f"CREATE TABLE {self._left_out} AS SELECT p FROM {self.survey.rows.name} WHERE {condition}"
        )
        ((self.wrong,),) = self.database.rows(f"SELECT count(*) FROM {self._left_out}")
        if self.wrong:
            self.errors += self.survey.row_errors(f"p IN (SELECT p FROM {self._left_out})", self.wrong)
        return self.wrong > 0

    # --------------------------------------------------------------------- rows that tell the same

    def _repeats(self) -> bool:
        """Put the rows that tell what an earlier one tells aside; whether there are any."""
        if not self._may_repeat():
            return False
        again = f"SELECT id FROM {self.name} GROUP BY id HAVING count(*) > 1"
        told = f"SELECT id, n, min(n) OVER (PARTITION BY id) AS first FROM {self.name} WHERE id IN ({again})"
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
        if len(keys) > 1 or len(fixed) < self.claims or len(alike) > 1 or None in keys:
            return True
        (columns,) = keys
        if not columns:
            return self.survey.rows.length > 1
        found = self.database.rows(
            f"SELECT 1 FROM {self.survey.rows.name} WHERE {self._any_present()} GROUP BY {', '.join(columns)} "
            "HAVING count(*) > 1 LIMIT 1"
        )
        return bool(found)

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

    def facts(self, numbers: Iterable[int]) -> dict[int, Fact]:
        """The facts of these numbers."""
        wanted: dict[int, list[int]] = defaultdict(list)
        for number in numbers:
            position, claim = divmod(number - self.base, self.claims)
            wanted[position].append(claim)
        return {
            self.base + position * self.claims + number: fact for position, number, fact in self.survey.facts(wanted)
        }

"""The facts of tables as records, for engines that take them so: the same reading, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from checker.engine import footers
from checker.engine.duckdb import DuckDB
from checker.engine.relation import read_rows, surveyed
from checker.engine.survey import LISTED, Survey
from checker.fact import Context
from checker.model import Fact, InputError, InputErrors, Location
from checker.record import NamedTuple
from checker.table import Table, facts


class Read(NamedTuple):
    """What the rows of tables say, and which were left out."""

    facts: tuple[Fact, ...]
    errors: tuple[InputError, ...] = ()  # the first of each table, and how many more there are
    left_out: int = 0


def read(tables: Sequence[Table], context: Context, *, keep_going: bool = False) -> Read:
    """All facts of tables; raises ``InputErrors`` for rows that make no sense, unless it is to ``keep_going``."""
    database = DuckDB([file for one in tables for file in one.files])
    try:
        rows = read_rows(database, tables)
        with footers.held(database, rows):
            surveys = surveyed(database, rows, context, 0)
        found = [_read(survey, context) for survey in surveys]
    finally:
        database.close()
    errors = tuple(error for one in found for error in one.errors)
    if errors and not keep_going:
        raise InputErrors(errors)
    return Read(tuple(fact for one in found for fact in one.facts), errors, sum(one.left_out for one in found))


def _read(survey: Survey, context: Context) -> Read:
    """One table; a row that tells what an earlier one tells is wrong as well."""
    told: dict[str, Location] = {}
    good: list[Fact] = []
    senseless: list[list[InputError]] = []
    repeated: list[list[InputError]] = []
    for _, row in survey.read():
        wrong: list[InputError] = []
        made = facts(survey.table, row, context, wrong)
        again = [survey.repeated(one.location, told[one.id], one.id) for one in made if _is_told(one, told)]
        if wrong:
            senseless.append(wrong)
        elif again:
            repeated.append(again)
        else:
            good += made
    errors = [*survey.unread(), *_listed(survey, senseless), *_listed(survey, repeated)]
    return Read(tuple(good), tuple(errors), len(survey.rows.wrong) + len(senseless) + len(repeated))


def _is_told(one: Fact, told: dict[str, Location]) -> bool:
    """Whether a fact was told before; from now on it was."""
    before = len(told)
    told.setdefault(one.id, one.location)
    return len(told) == before


def _listed(survey: Survey, wrong: Sequence[Sequence[InputError]]) -> list[InputError]:
    return [error for one in wrong[:LISTED] for error in one] + survey.more(len(wrong))

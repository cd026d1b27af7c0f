"""How the random tests run: the same examples every time, with no clock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from checker import derive, engine, load
from checker.engine.dialect import Database
from checker.engine.duckdb import DuckDB
from checker.engine.relation import Relation

os.environ["CHECKER_NO_CACHE"] = "1"  # tests leave nothing behind in the user's own directories

settings.register_profile(
    "checker",
    derandomize="CHECKER_EXAMPLES" not in os.environ,  # asked for more, it looks for new ones
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("checker")


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    """A database for all tests of a module; only those that have DuckDB ask for it."""
    opened = DuckDB()
    yield opened
    opened.close()


@pytest.fixture
def relation() -> Iterator[Callable[[], Relation]]:
    """The relation of what is in ``facts`` now, made anew each time that it is called."""
    opened: list[Database] = []

    def made() -> Relation:
        repository = load.facts([Path("facts")])
        opened.append(engine.database("duckdb", [file for one in repository.tables for file in one.files]))
        return Relation(opened[-1], repository.facts, repository.tables, repository.context, keep_going=True)

    yield made
    for one in opened:
        one.close()


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A derivation without end is found soon."""
    monkeypatch.setattr(derive, "MAX_STEPS", 5)
    monkeypatch.setattr(derive, "MAX_FACTS", 100)

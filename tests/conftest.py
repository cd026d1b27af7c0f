"""How the random tests run: the same examples every time, with no clock."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from checker import derive
from checker.engine.duckdb import DuckDB

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
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A derivation without end is found soon."""
    monkeypatch.setattr(derive, "MAX_STEPS", 5)
    monkeypatch.setattr(derive, "MAX_FACTS", 100)

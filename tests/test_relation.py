"""Facts as one relation of a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import field
from checker.engine import EngineFault
from checker.engine.duckdb import DuckDB
from checker.engine.relation import Relation
from checker.model import Interval, Value
from facts import claim, source

pytest.importorskip("duckdb")


@pytest.fixture
def database() -> Iterator[DuckDB]:
    made = DuckDB()
    yield made
    made.close()


STATED = [
    claim("a", "held", "about 100", dimensions={"sex": "men"}, quote="it's; drop"),
    claim("b", "name", "Ana"),
    claim("c", "share", "2.25 %", as_of="2024-07~"),
    claim("d", "freed", "more than 3", during="2024-07", source=source("x", published="2024", publisher="P")),
]


def test_texts_are_those_that_rules_read(database: DuckDB) -> None:
    relation = Relation(database, STATED)
    names = ("id", "measure", "subject", "claimant", "source", "publisher", "basis", "quote", "dimensions", "breakdown")
    rows = database.rows(f"SELECT {', '.join(names)} FROM facts ORDER BY n")
    assert rows == [tuple(field.read(one, name) for name in names) for one in STATED]
    assert database.rows(f"SELECT {relation.dimensions['sex']} FROM facts ORDER BY n") == [
        ("men",), (None,), (None,), (None,)
    ]  # fmt: skip


def test_dates_are_their_text_and_their_days(database: DuckDB) -> None:
    Relation(database, STATED)
    for name in ("as_of", "during", "since", "published", "retrieved"):
        rows = database.rows(f"SELECT {name}_text, {name}_first, {name}_last FROM facts ORDER BY n")
        assert rows == [field.read(one, name) or (None, None, None) for one in STATED]


def test_intervals_are_scaled_and_closed(database: DuckDB) -> None:
    relation = Relation(database, STATED)
    assert relation.scale == 3
    assert database.rows("SELECT low, high, odd FROM facts ORDER BY n") == [
        (90_000, 110_000, False), (None, None, True), (2_245, 2_255, False), (4_000, None, False)
    ]  # fmt: skip


def test_facts_are_added_and_fetched_by_number(database: DuckDB) -> None:
    relation = Relation(database, STATED)
    more = [claim("e", "level", "7")]
    assert relation.add(more) == range(4, 5)
    assert relation.count == 5
    assert relation.facts([4, 0]) == {4: more[0], 0: STATED[0]}
    assert "level" in relation.measures
    assert database.rows("SELECT low FROM facts WHERE measure = 'level'") == [(7_000,)]


ENDS = st.none() | st.fractions(min_value=-(10**18), max_value=10**18, max_denominator=10**9)


@settings(max_examples=60)
@given(st.lists(st.tuples(ENDS, ENDS, st.booleans(), st.booleans()), min_size=1, max_size=5))
def test_no_value_is_lost_by_rounding(written: list[tuple[object, object, bool, bool]]) -> None:
    facts = []
    for number, (low, high, includes_low, includes_high) in enumerate(written):
        interval = Interval(low, high, includes_low and low is not None, includes_high and high is not None)  # type: ignore[arg-type]
        facts.append(claim(str(number), "level", Value("some", interval, interval)))
    database = DuckDB()
    try:
        relation = Relation(database, facts)
        rows = database.rows("SELECT low, high, odd FROM facts ORDER BY n")
    finally:
        database.close()
    for fact, (low, high, odd) in zip(facts, rows, strict=True):
        literal = fact.value.literal
        assert literal is not None
        if not odd:
            assert (low is None) == (literal.low is None)
            assert (high is None) == (literal.high is None)
            assert literal.low is None or low <= literal.low * 10**relation.scale
            assert literal.high is None or high >= literal.high * 10**relation.scale


def test_nothing_but_its_files_can_be_read(database: DuckDB) -> None:
    for statement in ("SELECT * FROM read_csv('/etc/passwd')", "SET enable_external_access = TRUE", "SELECT 1 +"):
        with pytest.raises(EngineFault):
            database.rows(statement)

"""Facts as one relation of a database."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import field, load
from checker.engine import EngineFault, tabular
from checker.engine.duckdb import DuckDB
from checker.engine.relation import Relation, ends
from checker.model import InputErrors, Interval, Value
from facts import claim, source
from folder import write

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


@settings(max_examples=20, deadline=None)
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


# ------------------------------------------------------------------------- tables

NAMES = """\
measures:
  cases: {type: count, unit: person, kind: total}
  deaths: {type: count, unit: person, kind: stock}
  new: {type: count, unit: person, kind: flow}
  share: {type: percent, kind: stock}
  level: {type: number, kind: stock}
  wait: {type: duration}
  opened: {type: date}
  name: {type: text}
subjects:
  us-01: {title: One, since: 2020-02}
  us-*: {title: A county, since: 2020-01-01}
  "eu-[ab]": {title: A country}
  world: {}
claimants: {c*: {}}
events: {e1: {}, e-*: {}}
dimensions: {sex: {values: [men, women]}, place: {}}
"""
COLUMNS = ("id", "measure", "subject", "claimant", "source", "publisher", "event", "basis", "dimensions", "breakdown")
TIMES = ("as_of", "during", "since", "published", "retrieved")


def read(mapping: str, files: Mapping[str, str | bytes]) -> tabular.Read:
    """The facts of a table in both ways, which are held against each other."""
    home = Path("f")
    shutil.rmtree(home, ignore_errors=True)
    write(Path(), {"f/names.yaml": NAMES, "f/t.table.yaml": mapping})
    for name, cells in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(cells if isinstance(cells, bytes) else cells.encode())
    repository = load.facts([home])
    expected = tabular.read(repository.tables, repository.context, keep_going=True)
    database = DuckDB([file for one in repository.tables for file in one.files])
    try:
        held_against(expected, Relation(database, [], repository.tables, repository.context, keep_going=True))
    finally:
        database.close()
    return expected


def held_against(expected: tabular.Read, relation: Relation) -> None:
    numbers = [number for (number,) in relation.database.rows("SELECT n FROM facts ORDER BY n")]
    assert list(relation.facts(numbers).values()) == list(expected.facts)
    assert relation.count == len(expected.facts)
    assert InputErrors(relation.errors).errors == InputErrors(expected.errors).errors
    assert relation.left_out == expected.left_out
    assert {fact.measure.id: fact.measure for fact in expected.facts}.items() <= relation.measures.items()
    rows = relation.database.rows(f"SELECT {', '.join(COLUMNS)}, subject_title FROM facts ORDER BY n")
    assert rows == [(*(field.read(one, name) for name in COLUMNS), one.subject_title) for one in expected.facts]
    for name in TIMES:
        days = relation.database.rows(f"SELECT {name}_text, {name}_first, {name}_last FROM facts ORDER BY n")
        assert days == [field.read(one, name) or (None, None, None) for one in expected.facts]
    for name, column in relation.dimensions.items():
        values = relation.database.rows(f"SELECT {column} FROM facts ORDER BY n")
        assert values == [(field.read(one, f"dimensions.{name}"),) for one in expected.facts]
    ends_ = relation.database.rows("SELECT low, high, odd FROM facts ORDER BY n")
    for fact, found in zip(expected.facts, ends_, strict=True):
        tight = ends(fact, relation.scale)
        assert found == tight or (found[2] is False and _holds(found, tight)), fact


def _holds(wide: tuple[int | None, int | None, bool], tight: tuple[int | None, int | None, bool]) -> bool:
    """Whether an interval holds another and is hardly wider: a float that has more decimals than are kept."""
    return all(
        (one is None) == (other is None) and (one is None or other is None or 0 <= sign * (other - one) <= 1)
        for one, other, sign in zip(wide[:2], tight[:2], (1, -1), strict=True)
    )


WIDE = """\
table: t.csv
source: {id: t, publisher: P, published: 2020-05}
defaults: {as_of: "{date}", subject: "us-{fips}"}
facts:
  - {measure: cases, value: "{a}"}
  - {measure: share, value: "{b}", dimensions: {sex: "{sex}"}}
  - {measure: new, during: "{date}", value: "{a}", event: "e-{fips}", claimant: "c{sex}"}
  - {measure: wait, value: "{c}", basis: estimated}
  - {measure: level, subject: world, value: {min: "{a}", max: "{b}"}, since: 2020, dimensions: {place: "p {fips}"}}
""".replace(", since: 2020", "")
LONG = """\
table: t.csv
source: {id: t, publisher: P, published: 2020-05}
missing: {words: ["", NA], as: unknown}
decimals: 1
facts:
  - {measure: "{b}", as_of: "{date}", subject: "{fips}", value: "{a}"}
"""
DATES = (
    "2020-03-01", "2020-03-02", "2020-03", "2020", "2020-02-30", "", "NA", "1/2/2020", "2020-03-01/2020-03-04",
    "../2020-03-01", "2020-03-01~", "0000-01-01", "0001-01-01", "9999-12-31", "2020-3-1", "NaN",
)  # fmt: skip
NUMBERS = (
    "0", "5", "007", "-3", "2.5", "5.0", "5.00", "5.000", "1.234", "about 100", "more than 3", "unknown", "", "NA",
    "=1+1", "1e5", "12 million", "999999999999999", "1000000000000001", "9" * 40, "-0", "+4", " 6 ", "1,234", "3 men",
)  # fmt: skip
SUBJECTS = (
    "01", "02", "us-01", "us-2", "eu-a", "eu-c", "world", "", "NA", "x y", "a#b", "%,=", "ü", "\0", "us-\n",
)  # fmt: skip
SHARES = (
    "30 %", "29.5", "29.50", "0.123456789", "-1.25", "cases", "share", "level", "new", "wait", "nil", "", "NA", "7",
)  # fmt: skip
CELLS = {
    "fips": st.sampled_from(SUBJECTS),
    "date": st.sampled_from(DATES),
    "sex": st.sampled_from(["men", "women", "none", "", "'; DROP TABLE stated; --"]),
    "a": st.sampled_from(NUMBERS),
    "b": st.sampled_from(SHARES),
    "c": st.sampled_from(["3 days", "72 hours", "a year and a half", "30", "", "NA", "unknown"]),
}
ROWS = st.lists(st.fixed_dictionaries(CELLS), max_size=8)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def as_csv(rows: Sequence[Mapping[str, str]], names: Sequence[str] = tuple(CELLS)) -> str:
    text = io.StringIO()
    written = csv.DictWriter(text, names, quoting=csv.QUOTE_ALL)
    written.writeheader()
    written.writerows(rows)
    return text.getvalue()


FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(ROWS, st.sampled_from([WIDE, LONG]))
def test_the_database_reads_what_python_reads(rows: list[dict[str, str]], mapping: str) -> None:
    read(mapping, {"t.csv": as_csv(rows)})

"""Facts as one relation of a database."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import field, load
from checker.engine import EngineFault, NoEngine, known, lines, tabled, tabular, texts
from checker.engine.duckdb import DuckDB
from checker.engine.relation import Relation
from checker.engine.stated import ends
from checker.interval import point
from checker.model import Fact, InputError, InputErrors, Interval, Period, Value
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


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ({}, {"as_of_text", "id", "measure", "high"}),
        ({"during", "quote_states"}, {"during_text", "during_first", "during_last", "quote_states"}),
        ({"quote", "subject_title", "dimensions"}, {"quote", "subject_title", "dimensions", "claimant"}),
    ],
)
def test_facts_have_the_columns_that_are_asked_for(database: DuckDB, asked: set[str], there: set[str]) -> None:
    Relation(database, STATED, asked=asked)
    columns = {column for column, *_ in database.rows("DESCRIBE facts")}
    assert columns >= there
    assert not columns & ({"quote", "quote_says", "during_first", "published_text", "origin", "dimensions"} - there)


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


def test_all_of_duckdb_is_asked_where_its_core_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pytest.importorskip("duckdb")
    monkeypatch.setitem(sys.modules, "_duckdb", ModuleType("_duckdb"))
    opened: list[Any] = []
    monkeypatch.setattr(whole, "connect", lambda made=whole.connect: opened.__iadd__([made()])[0])
    DuckDB().close()
    assert len(opened) == 1
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(NoEngine, match="DuckDB is not installed"):
        DuckDB()


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

    known_of_rows(expected.facts, relation)


def known_of_rows(facts: Sequence[Fact], relation: Relation) -> None:
    """What is known of all facts holds for each of them."""
    bounds = relation.database.rows("SELECT low, high, odd FROM facts")
    assert not relation.points or all(low == high and None not in (low, high) and not odd for low, high, odd in bounds)
    assert not relation.holds("bounded") or all(None not in (low, high) and not odd for low, high, odd in bounds)
    for name in filter(relation.holds, known.DATES):
        dates = [found for one in facts if isinstance(found := field.read(one, name), Period)]
        assert all(found.first is not None and found.first == found.last for found in dates)
        assert name != "during" or not any(sign in found.text for found in dates for sign in "~?%")


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
    "2020-03-01T18:00:00", "2020-03-02 25:00",
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


FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(ROWS, st.sampled_from([WIDE, LONG]))
def test_the_database_reads_what_python_reads(rows: list[dict[str, str]], mapping: str) -> None:
    read(mapping, {"t.csv": as_csv(rows)})


def typed(columns: Mapping[str, tuple[str, Sequence[object]]], name: str = "t.parquet") -> bytes:
    """A Parquet file of columns of these types."""
    duckdb = pytest.importorskip("duckdb")
    length = max(len(cells) for _, cells in columns.values())
    names = ", ".join('"' + name.replace('"', '""') + f'" {kind}' for name, (kind, _) in columns.items())
    with duckdb.connect() as made:
        made.execute(f"CREATE TABLE t ({names})")
        marks = ", ".join("?" for _ in columns)
        for index in range(length):
            made.execute(f"INSERT INTO t VALUES ({marks})", [cells[index] for _, cells in columns.values()])
        made.execute(f"COPY t TO '{name}' (FORMAT parquet)")
    return Path(name).read_bytes()


TYPES = {
    "BIGINT": st.none() | st.integers(-10, 10**17),
    "UTINYINT": st.none() | st.integers(0, 255),
    "DOUBLE": st.none() | st.floats() | st.sampled_from([0.1, 2.125, 5.0, 1e20, 1e-9, 123456.789]),
    "FLOAT": st.none() | st.floats(width=32),
    "DECIMAL(18, 3)": st.none() | st.decimals(-10000, 10**9, places=3),
    "BOOLEAN": st.none() | st.booleans(),
}
MIDNIGHTS = st.dates().map(lambda day: datetime(day.year, day.month, day.day))  # noqa: DTZ001  # columns have no zone
KEYED = """\
table: t.parquet
source: {id: t, published: 2020}
facts:
  - {measure: cases, subject: world, as_of: "{d}", value: "{v}"}
  - {measure: level, subject: world, as_of: "{d}", value: "{v}"}
  - {measure: share, subject: world, as_of: "{d}", value: "{v}", dimensions: {place: "{v}"}}
"""


@FEW
@given(
    st.sampled_from(sorted(TYPES)).flatmap(
        lambda name: st.tuples(st.just(name), st.lists(TYPES[name], min_size=1, max_size=6))
    )
)
def test_typed_columns_read_as_their_texts(column: tuple[str, list[object]]) -> None:
    name, cells = column
    days = [date(2020, 1, 1 + index) for index in range(len(cells))]
    read(KEYED, {"t.parquet": typed({"d": ("DATE", days), "v": (name, cells)})})


@FEW
@given(st.lists(st.none() | st.datetimes() | MIDNIGHTS, min_size=1, max_size=6))
def test_dates_as_values_read_as_their_texts(cells: list[object]) -> None:
    days = [date(2020, 1, 1 + index) for index in range(len(cells))]
    mapping = KEYED.replace("cases", "opened").replace("level", "name")
    read(mapping, {"t.parquet": typed({"d": ("DATE", days), "v": ("TIMESTAMP", cells)})})


LEVELS = """\
table: t.csv
source: {id: t, published: 2020-01-01}
facts:
  - {measure: cases, subject: us-01, as_of: "{d}", value: "{v}"}
"""
KEYS = st.tuples(
    st.sampled_from([1, 2, 10]) | st.none(),
    st.sampled_from(["a", "b", None]),
    st.sampled_from([date(2020, 1, 1), date(2020, 1, 2)]),
)


@settings(FEW, max_examples=20)
@given(st.lists(KEYS, max_size=7), st.permutations(range(3)) | st.none())
def test_rows_that_are_told_twice_are_found_in_any_order(rows: list[Any], order: Sequence[int] | None) -> None:
    if order is not None:
        rows = sorted(rows, key=lambda row: [(row[at] is not None, row[at]) for at in order])
    numbers, names, days = zip(*rows, strict=True) if rows else ((), (), ())
    cells = {"v": ("INTEGER", numbers), "b": ("VARCHAR", names), "d": ("DATE", days)}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tabled, "FIRST", 2)
        patched.setattr(tabled, "SAMPLE", 3)
        mapping = LEVELS.replace("t.csv", "t.parquet").replace("us-01", '"us-{v}"')
        read(mapping.replace('value: "{v}"', 'value: 1, dimensions: {place: "{b}"}'), {"t.parquet": typed(cells)})


def test_floats_and_decimals_are_exact() -> None:
    cells = ("DOUBLE", [0.1, 2.125, 5.0, None, 1e20])
    days = [date(2020, 1, 1 + index) for index in range(5)]
    mapping = KEYED.replace("cases", "level").replace("world", "us-1", 1)
    found = read(mapping, {"t.parquet": typed({"d": ("DATE", days), "v": cells})}).facts
    exact = [fact.value.literal.low for fact in found if fact.subject == "us-1" and fact.value.literal]
    assert exact == [Fraction(1, 10), Fraction(17, 8), 5, 10**20]


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMP_NS", "VARCHAR"])
def test_a_moment_is_its_day(kind: str) -> None:
    moments = ["2020-01-01 00:00:00", "2020-01-02 12:30:00", "2020-01-02 18:00:00"]
    found = read(KEYED, {"t.parquet": typed({"d": (kind, moments), "v": ("INTEGER", [1, 2, 3])})})
    assert [fact.as_of.text for fact in found.facts[::3] if fact.as_of] == ["2020-01-01", "2020-01-02"]
    assert {(error.location.row, error.message.partition(" ")[2]) for error in found.errors} == {
        (3, "is told by row 2 already")
    }


def test_a_moment_of_some_zone_is_no_day() -> None:
    columns: dict[str, tuple[str, Sequence[object]]] = {
        "d": ("TIMESTAMP WITH TIME ZONE", ["2020-01-01 00:00:00+00"]),
        "v": ("INTEGER", [1]),
    }
    assert "no date that can be read" in read(KEYED, {"t.parquet": typed(columns)}).errors[0].message


BROKEN = """\
table: t.csv
source: {id: t, published: 2020}
missing: {words: ["", total]}
facts:
  - {measure: cases, subject: world, value: "{v}", dimensions: {sex: "{sex}", place: "{a}{b}"}}
  - {measure: deaths, subject: world, value: "{v}", dimensions: {place: "{b}"}}
"""


@FEW
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "v": st.sampled_from(["1", "2", "total"]),
                "sex": st.sampled_from(["men", "", "total", "nil"]),
                "a": st.sampled_from(["", "x", "total"]),
                "b": st.sampled_from(["xy", "y", ""]),
            }
        ),
        max_size=8,
    )
)
def test_rows_that_are_not_broken_down_are_totals_in_both_readings(rows: list[dict[str, str]]) -> None:
    read(BROKEN, {"t.csv": as_csv(rows, ("v", "sex", "a", "b"))})


@pytest.mark.parametrize("cells", [["", "total"], [None, ""], ["", ""]])
def test_a_total_that_is_there_twice_is_told_twice(cells: list[str | None]) -> None:
    mapping = "\n".join(line for line in BROKEN.splitlines() if "cases" not in line).replace(".csv", ".parquet")
    found = read(mapping, {"t.parquet": typed({"v": ("INTEGER", [1, 2]), "b": ("VARCHAR", cells)})})
    assert [error.message for error in found.errors] == ["t#deaths,world is told by row 1 already"]


def test_a_null_breaks_nothing_down() -> None:
    found = read(KEYED, {"t.parquet": typed({"d": ("DATE", [date(2020, 1, 1)] * 2), "v": ("INTEGER", [None, 5])})})
    assert [fact.dimensions for fact in found.facts] == [(), (), (("place", "5"),)]


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.tsv.gz"])
@pytest.mark.parametrize("bad", ["", "2020-01-03"])
def test_cells_are_parted_as_the_first_line_is(name: str, bad: str) -> None:
    for separator in "\t" if "tsv" in name else ",;\t|":
        day = "d" + "".join(sign for sign in ",;|" if sign != separator)
        rows = [f'"{day}"{separator}v', f"2020-01-01{separator}1", f'"2020-01-02"{separator}"about 2"', bad]
        cells = "\n".join(rows).encode()
        mapping = KEYED.replace("t.parquet", name).replace("{d}", "{" + day + "}")
        found = read(mapping, {name: gzip.compress(cells) if name.endswith("gz") else b"\xef\xbb\xbf" + cells})
        assert [fact.value.text for fact in found.facts[::3]] == ["1", "about 2"]
        assert [error.message for error in found.errors] == ["the row has 1 cell, the header 2"] * bool(bad)


def test_a_separator_that_is_said_holds() -> None:
    mapping = KEYED.replace("t.parquet", "t.csv").replace("facts:", 'separator: ";"\nfacts:')
    assert len(read(mapping, {"t.csv": "v;d\n1;2020-01-01\n"}).facts) == 3
    with pytest.raises(InputErrors) as raised:
        read(mapping, {"t.csv": "v,d\n1,2020-01-01\n"})
    assert raised.value.errors[0].message == 'there is no column "d"'
    with pytest.raises(InputErrors) as raised:
        read(mapping.replace("t.csv", "t.jsonl"), {"t.jsonl": "{}"})
    assert [error.message for error in raised.value.errors] == ["only CSV has a separator"]


HOSTILE = "a\"b'; drop"


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.jsonl", "t.jsonl.gz", "t.parquet"])
def test_names_of_columns_and_files_are_no_statements(name: str) -> None:
    file = "x'; drop [1] " + name
    mapping = KEYED.replace("t.parquet", '"' + file + '"').replace('"{v}"', "'{a\"b''; drop}'")
    rows = [{"d": "2020-01-01", HOSTILE: "5"}, {"d": "2020-01-02", HOSTILE: "6"}]
    texts: dict[str, str | bytes] = {
        "t.csv": as_csv(rows, ("d", HOSTILE)),
        "t.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "t.parquet": typed({"d": ("VARCHAR", ["2020-01-01", "2020-01-02"]), HOSTILE: ("INTEGER", [5, 6])}),
    }
    cells = texts[name.removesuffix(".gz")]
    if name.endswith(".gz"):
        cells = gzip.compress(cells.encode() if isinstance(cells, str) else cells)
    assert len(read(mapping, {file: cells}).facts) == 6


def test_a_file_that_the_database_cannot_read_is_read_by_python() -> None:
    good = [f"2020-01-0{day},{day}" for day in range(1, 6)]
    rows = [good[0], "2020-02-01", "2020-02-02,3,3", "", good[1], '2020-02-03,"x"y', good[2]]
    cells = b"d,v\n" + "\n".join(rows).encode() + b"\n2020-02-04,\xff\n2020-02-05,5\n"
    found = read(KEYED.replace("t.parquet", "t.csv"), {"t.csv": cells})
    assert [fact.location.row for fact in found.facts[::3]] == [1, 4, 6, 8]
    assert [(error.location.row, error.message) for error in found.errors] == [
        (2, "the row has 1 cell, the header 2"),
        (3, "the row has 3 cells, the header 2"),
        (5, "no valid CSV: ',' expected after '\"'"),
        (7, "the row is not UTF-8"),
    ]
    assert found.left_out == 4


def test_json_keeps_the_digits_of_numbers() -> None:
    digits = "12345678901234567890"
    lines = [f'{{"d": "2020-01-01", "v": 0.{digits}}}', f'{{"d": "2020-01-02", "v": {digits}123}}', "[]", '{"d": {}}']
    mapping = KEYED.replace("t.parquet", "t.jsonl").replace("measure: cases", "measure: share")
    found = read(mapping, {"t.jsonl": "\n".join(lines)})
    values = [fact.value.literal for fact in found.facts[::3]]
    assert values == [point(Fraction(f"0.{digits}")), point(int(f"{digits}123"))]
    assert [error.location.row for error in found.errors] == [3, 4]


JSON_CELLS = st.sampled_from(
    [
        *(
            "1",
            "-0",
            "-0.0",
            "0.5",
            "-0.25",
            "1.10",
            "2.125",
            "1e3",
            "1E-2",
            "0.000001",
            "123456789012345",
            "NaN",
            "nan",
        ),
        *(
            "12345678901234567890",
            "0.12345678901234567",
            "123456.789012345",
            "null",
            "true",
            '"x"',
            '"NA"',
            '"\\u00e9"',
        ),
        *('"\\ud800"', '"\\u0000"', '"1.50"', "[1]", "{}", "01", "Infinity", '"a\\"b,}"', '""', '" 7 "', "-7", "7.0"),
    ]
)
JSON_LINES = st.lists(
    st.builds(
        lambda day, cell, more: f'{{"d": "2020-01-{day:02}", "v": {cell}{more}}}',
        st.integers(1, 9),
        JSON_CELLS,
        st.sampled_from(["", ', "w": 1.5', ', "v": 2', ",", ', "w": {"v": 3}', ', "w": NaN', "\t"]),
    )
    | st.sampled_from(["", "  ", "[]", "3", "{", '{"d": "2020-02-01"}', '\r{"d": "2020-02-02", "v": 2}', "\x01"]),
    max_size=5,
)


@settings(FEW, max_examples=25)
@given(JSON_LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_json_is_read_as_python_reads_it(written: list[str], end: str, ended: bool) -> None:
    Path("t.jsonl").write_bytes((end.join(written) + (end if ended else "")).encode())
    keys, wrong = set[str](), list[InputError]()
    expected = list(texts.of_json(Path("t.jsonl"), ("d", "v"), keys, wrong))
    database, found = DuckDB([Path("t.jsonl").absolute()]), set[str]()
    try:
        database.execute("CREATE TABLE t (c0 VARCHAR, c1 VARCHAR)")
        done = lines.read(database, "t", lines.of(Path("t.jsonl"), 2**20), {"d": "c0", "v": "c1"}, found)
        rows = database.rows("SELECT * FROM t ORDER BY rowid")
    finally:
        database.close()
    assert (rows, found) == (([tuple(row) for row in expected], keys) if done else ([], set()))
    assert not done or wrong == []


def test_plain_json_is_read_by_the_database(database: DuckDB) -> None:
    database.execute("CREATE TABLE t (c0 VARCHAR, c1 VARCHAR)")
    plain = [{"d": "2020-01-01", "v": 1.5}, {"d": 'Información, "x"', "v": None}, {"v": 12, "w w": "é"}]
    file = database.scratch / "t.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in plain), "utf-8")
    keys = set[str]()
    assert lines.read(database, "t", lines.of(file, 2**20), {"d": "c0", "v": "c1"}, keys)
    assert database.rows("SELECT * FROM t") == [("2020-01-01", "1.5"), ('Información, "x"', ""), ("", "12")]
    assert keys == {"d", "v", "w w"}


DATED = "d,v\n2020-01-01,1\n2020-01-02,2\n"


@pytest.mark.parametrize(
    ("mapping", "rows", "points", "bounded", "opened"),
    [
        (LEVELS.replace("us-01", "us-2"), DATED, True, True, ""),
        (LEVELS, DATED, True, True, "since"),  # a month
        (LEVELS, DATED + "2020-01-03,more than 4\n", False, False, "since"),
        (LEVELS, DATED + "2020-01-03,3 or 4\n", True, True, "since"),  # no such number: the row is left out
        (LEVELS, DATED + "2020-01-03,3 to 4\n", False, True, "since"),
        (LEVELS, DATED + "2020-01-03,five\n", True, True, "since"),
        (LEVELS, DATED + "2020-01-03,\n", True, True, "since"),
        (LEVELS + "missing: {as: unknown}\n", DATED, True, True, "since"),
        (LEVELS + "missing: {as: unknown}\n", DATED + "2020-01-03,\n", False, False, "since"),
        (LEVELS.replace("cases", "level"), DATED + "2020-01-03,2.5\n", True, True, ""),
        (LEVELS.replace("cases", "level") + "decimals: 0\n", DATED, False, True, ""),
        (LEVELS.replace("cases", "name"), DATED, False, False, ""),
        (LEVELS.replace("{v}", "about 5", 1), DATED, False, True, "since"),
        (LEVELS.replace("cases", "deaths"), DATED + "2020-02,3\n", True, True, "as_of"),
        (LEVELS.replace("cases", "deaths"), DATED + "2020-02-01?,3\n", True, True, "as_of"),
        (LEVELS.replace("cases", "deaths").replace('"{d}"', "2020"), DATED[:16], True, True, "as_of"),
        (LEVELS.replace("cases", "new").replace("as_of", "during"), DATED + "2020-02-01?,3\n", True, True, "during"),
        (LEVELS.replace("01-01}", "01}"), DATED, True, True, "since published"),
    ],
)
def test_what_is_known_of_all_facts(mapping: str, rows: str, points: bool, bounded: bool, opened: str) -> None:
    write(Path(), {"f/names.yaml": NAMES, "f/t.table.yaml": mapping, "f/t.csv": rows})
    repository = load.facts([Path("f")])
    database = DuckDB([file for one in repository.tables for file in one.files])
    try:
        found = Relation(database, [], repository.tables, repository.context, keep_going=True)
        held = {"points": points, "bounded": bounded} | {name: name not in opened.split() for name in known.DATES}
        assert {what: found.holds(what) for what in known.ALL} == held
        assert {what: known.is_so(what, database, "facts") for what in known.ALL} == held
        found.add(STATED)
        assert {what for what in known.ALL if found.holds(what)} == {"retrieved", "since"} - {*opened.split()}
    finally:
        database.close()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_what_is_known_of_plain_columns_is_not_asked_of_rows(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = LEVELS.replace("us-01", "us-2").replace("t.csv", f"t.{suffix}")
    write(Path(), {"f/names.yaml": NAMES, "f/t.table.yaml": mapping})
    cells = typed({"d": ("DATE", [date(2020, 1, 1), date(2020, 1, 2)]), "v": ("INTEGER", [1, 2])})
    Path("f", f"t.{suffix}").write_bytes(DATED.encode() if suffix == "csv" else cells)
    repository = load.facts([Path("f")])
    database = DuckDB([file for one in repository.tables for file in one.files])
    try:
        found = Relation(database, [], repository.tables, repository.context)
        monkeypatch.setattr(database, "rows", lambda _: pytest.fail("the rows were asked"))
        assert found.points
        assert found.holds("bounded")
        assert found.holds("as_of")
    finally:
        database.close()


def test_rows_are_numbered_in_each_file_of_a_glob() -> None:
    files = {f"d/{name}.csv": f"v,d\n1,2020-01-0{name}\n2,2021-01-0{name}\n" for name in "123"}
    files["d/4.csv"] = "d,other,v\n2020-01-04,,1\n2020-01-04,,2\n"
    found = read(KEYED.replace("t.parquet", "d/*.csv"), dict(files))
    places = [(fact.location.file, fact.location.row) for fact in found.facts[::3]]
    assert places == [(f"f/d/{name}.csv", row) for name in "123" for row in (1, 2)] + [("f/d/4.csv", 1)]
    assert "is told by row 1 already" in found.errors[0].message


def test_without_going_on_a_row_that_is_wrong_ends_the_run() -> None:
    home = write(
        Path(),
        {"f/names.yaml": NAMES, "f/t.table.yaml": KEYED.replace("t.parquet", "t.csv"), "f/t.csv": "d,v\nx,1\n" * 30},
    )
    repository = load.facts([home / "f"])
    database = DuckDB([file for one in repository.tables for file in one.files])
    try:
        with pytest.raises(InputErrors) as raised:
            Relation(database, [], repository.tables, repository.context)
    finally:
        database.close()
    assert any("59 rows make no sense; the first 25 are listed" in error.message for error in raised.value.errors)

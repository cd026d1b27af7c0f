"""Spark against the plain engine: the same verdicts, counts and bytes, over facts and over tables.

One process of Spark for all: it takes seconds to start. CHECKER_EXAMPLES says how many random cases are tried.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("duckdb")

from checker import examples, load, run, sql
from checker.engine import EngineFault, NoEngine, database
from checker.engine.dialect import quoted
from checker.engine.duckdb import DuckDB
from checker.engine.relation import Relation
from checker.engine.spark import Spark
from checker.judge import Judge
from checker.model import Fact
from checker.report import Options
from checker.report import json as as_json
from facts import NAMES, claim
from facts import rule as rule_of
from folder import write
from test_engines_run import alike
from test_relation import LONG, WIDE, as_csv
from test_relation import NAMES as OF_TABLES
from test_sql import RULES, SHIPPED, deriving, differs, relation, table
from test_table import REGIONS

# pyspark leaves sockets to be closed when they are no longer needed
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"),
]

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "300")) // 60
HERE = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    """The process that all tests use; each is a session of its own in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")  # it runs for a minute: too short to compile well
        patch.setenv("SPARK_MASTER", "local[2]")
        try:
            opened = Spark()
        except NoEngine as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(f"CI tests Spark: {missing}")
            pytest.skip(str(missing))
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# ------------------------------------------------------------------------- rules over facts


@pytest.mark.parametrize("file", sorted({rule.location.file for rule in SHIPPED}), ids=lambda file: Path(file).stem)
def test_the_examples_of_shipped_rules_are_judged_alike(file: str, spark: Spark) -> None:
    """All examples of the rules of a file at once, each about subjects of its own."""
    rules = [rule for rule in SHIPPED if rule.location.file == file]
    names, facts = NAMES, list[Fact]()
    for rule in rules:
        proof = examples.read(rule, NAMES)
        names = proof.names
        for number, trial in enumerate(proof.trials):
            own = f"-{rule.id}-{number}"
            facts += [one._replace(id=one.id + own, subject=one.subject + own) for one in trial.facts]
    assert not (wrong := differs(rules, facts, spark, names)), wrong


@pytest.mark.usefixtures("spark")
def test_the_facts_of_this_repository_give_the_same_bytes() -> None:
    call = run.Call((HERE / "facts",), today=739_000, verbose=True)
    said = [run.run(call._replace(engine=engine))._replace(notes=()) for engine in ("plain", "spark")]
    assert said[0].summary.matches > 100
    assert as_json.render(said[1], Options()) == as_json.render(said[0], Options())


@pytest.mark.usefixtures("few_steps")
def test_random_rules_are_judged_alike(spark: Spark) -> None:
    for seed, rules, facts, made in deriving(range(EXAMPLES)):
        assert sql.derived(rules, relation(spark, facts), NAMES) == made, f"{seed}: {rules}"
        assert not (wrong := differs(rules, (*facts, *made), spark)), f"{seed}: {wrong}\n{rules}"


@pytest.mark.usefixtures("spark", "few_steps")
def test_random_repositories_give_the_same_bytes() -> None:
    """With no table, with one of CSV and with one of Parquet."""
    assert alike([16, 25, 31], ["spark"])["violated"] == 3


def test_what_tables_hold_is_judged_alike(spark: Spark) -> None:
    """Groups, series and collections."""
    rules = [one._replace(id=f"r{number}") for number, one in enumerate(RULES)]
    assert not (wrong := differs(rules, table(Random(1), exact=True), spark)), wrong


def test_what_adds_up_to_more_than_64_bits_is_judged_alike(spark: Spark) -> None:
    """A subject with many figures, which are no one sum that a rule asks for."""
    one = rule_of({"x": {"measure": "arrested"}, "y": {"measure": "held"}}, "x <= y", same=["subject"])
    facts = [claim(f"f{number}", "arrested", 9 * 10**14 + number) for number in range(12_000)]
    said = sql.judged([one], relation(spark, [*facts, claim("h", "held", 10**15)]), Judge(NAMES))
    assert (said.verdicts, said.counted) == ([], {"satisfied": 12_000})


# ------------------------------------------------------------------------- tables

HOSTILE = [
    {"fips": "01", "date": "2020-03-01", "sex": "men", "a": "5", "b": "29.50", "c": "3 days"},
    {"fips": "02", "date": "2020-03", "sex": "women", "a": "about 100", "b": "30 %", "c": "72 hours"},
    {"fips": "us-01", "date": "2020-02-30", "sex": "men", "a": "1e5", "b": "cases", "c": "30"},
    {"fips": "%,='\\${env:HOME}", "date": "0001-01-01", "sex": "men", "a": "2.500", "b": "level", "c": "NA"},
    {"fips": "eu-a", "date": "9999-12-31", "sex": "'; DROP VIEW facts; --", "a": "", "b": "share", "c": "unknown"},
    {"fips": "world", "date": "2020-03-01~", "sex": "none", "a": "9" * 40, "b": "wait", "c": ""},
    {"fips": "ü", "date": "2020-03-01/2020-03-04", "sex": "women", "a": "007", "b": "0.123456789", "c": "a year"},
    {"fips": "eu-a", "date": "2020-03-02", "sex": "men", "a": "NA", "b": "level", "c": "unknown"},
    {"fips": "us-2", "date": "2020-03-02", "sex": "women", "a": "unknown", "b": "cases", "c": "30"},
    {"fips": "us-2", "date": "2020-03-02", "sex": "women", "a": "17", "b": "cases", "c": "30"},
    {"fips": "us-\n", "date": "", "sex": "", "a": "\0", "b": "nil", "c": ""},
]  # fmt: skip


def held(mapping: str, files: Mapping[str, str | bytes]) -> None:
    """What Spark makes of a table, held against what DuckDB makes of it."""
    write(Path(), {"f/names.yaml": OF_TABLES, "f/t.table.yaml": mapping})
    for name, cells in files.items():
        Path("f", name).write_bytes(cells if isinstance(cells, bytes) else cells.encode())
    repository = load.facts([Path("f")])
    tables, context = repository.tables, repository.context
    read = []
    for engine in ("duckdb", "spark"):
        opened = database(engine, [file for one in tables for file in one.files])
        made = Relation(opened, [], tables, context, keep_going=True)
        rows = opened.rows("SELECT * FROM facts ORDER BY n")
        read.append((rows, made.facts([rows[0][0], rows[-1][0]]), made.errors, made.left_out, made.measures))
        opened.close()
    assert read[0][0]
    assert read[1] == read[0]


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("mapping", [WIDE, LONG], ids=["wide", "long"])
def test_rows_of_texts_are_read_as_python_reads_them(mapping: str) -> None:
    broken = as_csv(HOSTILE) + "one cell\r\n\r\n" + as_csv(HOSTILE[:1]).split("\n", 1)[1].replace("men", '"m')
    held(mapping, {"t.csv": broken})


@pytest.mark.usefixtures("spark")
def test_what_is_packed_with_zstd_is_read_as_duckdb_reads_it() -> None:
    """With rows that make no sense: errors name the file that there is."""
    made = DuckDB()
    packed = made.scratch / "t.csv.zst"
    rows = ", ".join(f"('us-{row}', '2020-01-0{row}', '{'many' if row == 3 else row}')" for row in range(1, 6))
    made.execute(f"COPY (FROM (VALUES {rows}) AS t(s, d, v)) TO '{packed}' (FORMAT csv, COMPRESSION zstd)")
    mapping = (
        'table: "*.csv.zst"\nsource: {id: t, published: 2020-05}\n'
        'facts: [{measure: cases, subject: "{s}", as_of: "{d}", value: "{v}"}]\n'
    )
    held(mapping, {"t.csv.zst": packed.read_bytes()})
    made.close()
    Path("f/u.csv.zst").write_bytes(b"no zstd")
    said = run.run(run.Call((Path("f"),), engine="spark", today=739_000))
    assert [one.location.file for one in said.errors] == ["f/u.csv.zst"]
    assert "Unknown frame descriptor" in said.errors[0].message
    assert "\tat " not in said.errors[0].message


@pytest.mark.usefixtures("spark")
def test_json_lines_are_read_as_python_reads_them() -> None:
    rows = [json.dumps(row) for row in HOSTILE] + [
        '{"a": 1.50, "b": 2.125, "fips": "7", "date": "2021-01-01"}',
        "[1]",
        "{",
    ]
    held(LONG.replace("t.csv", "t.jsonl.gz"), {"t.jsonl.gz": gzip.compress("\n".join(rows).encode())})


TYPED = """\
SELECT * FROM (VALUES
  (1, 1.5::DOUBLE, 0.1::FLOAT, 1.50::DECIMAL(9, 3), DATE '2020-01-01', TIMESTAMP '2020-01-01', TRUE),
  (2, 5.6843418860808015e-14, 1e10, 2.125, DATE '1500-03-01', TIMESTAMP '2020-01-01 10:00:00.5', FALSE),
  (3, 123456.789, 2.5e-7, -3.000, DATE '0001-01-01', TIMESTAMP '1700-02-03 04:05:06', TRUE),
  (4, 1e23, 16777217, 0.010, DATE '9999-12-31', NULL, NULL),
  (NULL, 'nan', 'inf', NULL, NULL, NULL, NULL),
  (123456789012345678, -0.001, -1.17549435e-38, 7, DATE '2020-01-02', TIMESTAMP '2020-01-02', TRUE)
) AS t("a `b`'c.d", f, g, e, d, ts, "?")
"""
OF_TYPES = """\
table: "us*.parquet"
source: {id: t, publisher: P, published: 2020-05}
facts:
  - {measure: cases, subject: "us-{a `b`'c.d}{?}", as_of: "{d}", value: "{a `b`'c.d}"}
  - {measure: level, subject: "us-f{f}", as_of: "{ts}", value: "{f}"}
  - {measure: level, subject: "us-e{e}", as_of: "{d}", value: "{g}", claimant: "c{g}"}
"""


def parquet(query: str, files: Sequence[Path] = ()) -> bytes:
    """What DuckDB writes of a query."""
    opened = DuckDB(files)
    made = opened.scratch / "made.parquet"
    opened.execute(f"COPY ({query}) TO '{made}' (FORMAT parquet)")
    written = made.read_bytes()
    opened.close()
    return written


@pytest.mark.usefixtures("spark")
def test_typed_columns_are_read_as_duckdb_reads_them() -> None:
    """In files whose names mean something to Spark, and two of which hold a row alike."""
    parts = {"us[1] #%41": "e <> 7 AND e > 1", "us2": "TRUE", "us3": "FALSE"}
    held(OF_TYPES, {f"{name}.parquet": parquet(f"FROM ({TYPED}) WHERE {which}") for name, which in parts.items()})


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_the_example_of_the_documents_gives_the_same_bytes(suffix: str) -> None:
    page = (HERE / "docs" / "tables.md").read_text("utf-8")
    files = dict(re.findall(r'```yaml title="([^"]+)"\n(.*?)```', page, re.DOTALL))
    name = "dpc-covid19-ita-regioni"
    mapping = files.pop(f"facts/{name}.table.yaml").replace(f"{name}.csv", f"t.{suffix}")
    write(Path(), {**files, "facts/t.table.yaml": mapping, "facts/t.csv": REGIONS})
    table = Path(f"facts/t.{suffix}")
    if suffix == "jsonl":
        table.write_text("".join(json.dumps(row) + "\n" for row in csv.DictReader(REGIONS.splitlines())), "utf-8")
    elif suffix == "parquet":
        table.write_bytes(parquet("FROM read_csv('facts/t.csv')", [Path("facts/t.csv").absolute()]))
    call = run.Call((Path("facts"),), rules=("rules",), today=739_000)
    said = [run.run(call._replace(engine=engine))._replace(notes=()) for engine in ("plain", "duckdb", "spark")]
    assert [one.summary.violated for one in said] == [2, 2, 2]
    assert len({as_json.render(one, Options()) for one in said}) == 1


# ------------------------------------------------------------------------- the session


def test_a_fault_is_told_in_few_words(spark: Spark, capfd: pytest.CaptureFixture[str]) -> None:
    for statement in ("SELECT 1 +", "SELECT CAST(9223372036854775807 AS BIGINT) + 1", "SELECT * FROM nothing"):
        with pytest.raises(EngineFault, match="Spark failed") as fault:
            spark.rows(statement)
        assert "\tat " not in str(fault.value)
    with pytest.raises(EngineFault, match="no such statement"):
        spark.execute("SET spark.sql.ansi.enabled = false")
    assert capfd.readouterr() == ("", "")


def test_statements_that_are_begun_give_their_rows(spark: Spark) -> None:
    assert spark.begun(["SELECT 1", "SELECT 2 WHERE FALSE"])() == [[(1,)], []]


def test_texts_are_only_texts(spark: Spark) -> None:
    for text in ("it's", "\\", "\\'", "'; DROP VIEW x; --", "${env:HOME}", '"`', "\\u0041", "// VARCHAR", "\n\t%_"):
        assert spark.rows(f"SELECT {quoted(text)}, {quoted(text)} LIKE '%', 7 // 2") == [(text, True, 3)]


def test_a_session_that_is_there_is_not_stopped(spark: Spark) -> None:
    other = database("spark", [])
    other.execute("CREATE TABLE t AS SELECT 1 AS x")
    with pytest.raises(EngineFault):
        spark.rows("SELECT x FROM t")
    other.close()
    assert spark.rows("SELECT 1") == [(1,)]


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("PYSPARK_GATEWAY_PORT", raising=False)
    with pytest.raises(NoEngine, match="there is no Java"):
        Spark()
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(NoEngine, match="pyspark is not installed"):
        Spark()

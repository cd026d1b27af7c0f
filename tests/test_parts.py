"""parts.py: what is found of many parts of a table is what is found of the whole, to the byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checker import run, sql
from checker.engine import parts
from checker.engine.dialect import quoted
from checker.engine.relation import Relation
from checker.judge import Judge
from checker.model import Report
from checker.report import FORMATS, Options
from facts import NAMES as NAMES_OF_RULES
from facts import rule
from folder import write

duckdb = pytest.importorskip("duckdb")

NAMES = """\
measures:
  held: {type: count, unit: person, kind: stock}
  hurt: {type: count, unit: person, kind: stock}
  most: {type: count, unit: person, kind: stock}
  told: {type: count, unit: person, kind: total, counting: gross}
subjects: {"p-*": {}, world: {}}
claimants: {"c*": {}}
dimensions: {sex: {values: [men, women], exhaustive: true}}
"""
STATED = """\
source: {id: a, published: 2024-01-02}
facts:
  - {id: most, subject: world, measure: most, value: 7}
  - {id: held, subject: p-b, measure: held, value: at most 3}
  - {id: hurt, subject: p-ü, measure: hurt, as_of: 2024-01-01, value: about 4}
  - {id: told, subject: p-b, measure: told, as_of: 2024-01-01, value: 6}
"""
MAPPINGS = {
    "facts/one.table.yaml": """\
table: one.parquet
source: {id: one}
facts:
  - {subject: "p-{code}", measure: "{measure}", as_of: "{day}", claimant: "{claimant}", value: "{value}"}
""",
    "facts/two.table.yaml": """\
table: two.parquet
source: {id: two}
facts:
  - {subject: "{place}", measure: held, as_of: "{day}", value: "{held}"}
  - {subject: "{place}", measure: held, as_of: "{day}", value: "{men}", dimensions: {sex: men}}
  - {subject: "{place}", measure: held, as_of: "{day}", value: "{women}", dimensions: {sex: women}}
""",
    "facts/three.table.yaml": """\
table: three.parquet
source: {id: three}
facts:
  - {subject: "p-{number}", measure: hurt, as_of: "2024-01-02", value: "{hurt}"}
""",
}


def _rule(id: str, given: str, rest: str, require: str) -> str:
    return f"""\
  - id: {id}
    given: {given}
    {rest}
    require: {require}
    message: it is not so
    why: it is so
    examples: [{{expect: violated, facts: []}}, {{expect: satisfied, facts: []}}]
"""


RULES = "rules:\n" + "".join(
    _rule(*one)
    for one in (
        ("hurt-within-held", "{x: {measure: hurt}, y: {measure: held}}", "same: [subject, as_of]", "x <= y"),
        (
            "told-alike", "{x: {measure: told}, y: {measure: told}}",
            "same: [subject, as_of]\n    across: note", "x == y",
        ),
        (
            "told-never-falls", "{x: {measure: told}, y: {measure: told}}",
            "same: [subject]\n    where: x.as_of < y.as_of", "x <= y",
        ),
        (
            "told-grows", "{x: {measure: told}, y: {measure: told, next: x, by: as_of}}", "same: [subject, claimant]",
            "x < y",
        ),
        (
            "sexes-make-whole", "{p: {measure: held, dimensions: {sex: any}, collect: all}, w: {measure: held}}",
            "same: [subject, as_of]\n    where: complete(p, w)", "sum(p) == w",
        ),
        ("no-more-than-most", "{x: {measure: held}, y: {measure: most}}", "same: [as_of]", "x <= y"),
        ("few-are-hurt", "{x: {measure: hurt}}", "same: [subject]", "x <= 5"),
    )
)  # fmt: skip


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"facts/names.yaml": NAMES, "facts/a.yaml": STATED, "rules.yaml": RULES, **MAPPINGS})


def parquet(name: str, columns: str, rows: Sequence[Sequence[object]], options: str = "") -> None:
    """Write rows as a file of Parquet."""
    with duckdb.connect() as made:
        made.execute(f"CREATE TABLE made ({columns})")
        if rows:
            made.executemany(f"INSERT INTO made VALUES ({', '.join('?' * len(rows[0]))})", rows)
        made.execute(f"COPY made TO '{name}' (FORMAT parquet{options})")


def tables(one: Sequence[Any] = (), two: Sequence[Any] = (), three: Sequence[Any] = ()) -> None:
    parquet("facts/one.parquet", "code VARCHAR, measure VARCHAR, day VARCHAR, claimant VARCHAR, value VARCHAR", one)
    parquet("facts/two.parquet", "place VARCHAR, day DATE, held INTEGER, men INTEGER, women INTEGER", two)
    parquet("facts/three.parquet", "number INTEGER, hurt DOUBLE", three)


def cut(monkeypatch: pytest.MonkeyPatch, size: int, most: int = 100) -> None:
    """Let parts be of so many facts, whatever lies where."""
    monkeypatch.setattr(parts, "SIZE", size)
    monkeypatch.setattr(parts, "FROM", 1)
    monkeypatch.setattr(parts, "WIDE", 1)
    monkeypatch.setattr(parts, "MOST", most)


def told(call: run.Call) -> tuple[Report, str]:
    """The report without its rules, which find their own places each time, and what is written of it."""
    report = run.run(call)
    return report._replace(rules=()), FORMATS["json"](report, Options(verbose=call.verbose))


CALL = run.Call((Path("facts"),), ("rules.yaml",), engine="duckdb", keep_going=True, today=738_000)
CODES = st.sampled_from(["", "1", "2", "10", "a", "b", "b'", "ü", "%", "zz", "\U0001f600"])
DAYS = st.sampled_from(["2024-01-01", "2024-01-02", "2024-01-03"])
NUMBERS = st.integers(0, 9)
ONE = st.tuples(
    CODES,
    st.sampled_from(["hurt", "told", "told", "held"]),
    DAYS | st.sampled_from(["2024-01", "2024-01-02~"]),
    st.sampled_from(["c1", "c2"]),
    NUMBERS.map(str) | st.sampled_from(["about 5", "at least 2", ""]),
)
TWO = st.tuples(CODES.map(lambda code: f"p-{code}") | st.sampled_from(["world", None]), DAYS, NUMBERS, NUMBERS, NUMBERS)
THREE = st.tuples(st.integers(1, 12), NUMBERS | st.none())
LISTED = st.sampled_from([1, 2, 1_000])


def _different(rows: st.SearchStrategy[Any], key: int) -> st.SearchStrategy[list[Any]]:
    """Rows that differ in what comes first, in order or in none."""
    several = st.lists(rows, max_size=12, unique_by=lambda row: row[:key])
    return several | several.map(lambda found: sorted(found, key=str))


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(_different(ONE, 4), _different(TWO, 2), _different(THREE, 1), st.integers(4, 12), LISTED, st.booleans())
def test_parts_give_the_same_bytes(one: Any, two: Any, three: Any, size: int, listed: int, verbose: bool) -> None:
    tables(one, two, three)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(run, "MOST_LISTED", listed)
        call = CALL._replace(verbose=verbose)
        whole = told(call)
        cut(monkeypatch, size)
        assert told(call) == whole


def test_the_rows_of_these_tests_are_cut_and_break_each_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the property would hold of nothing."""
    days = ["2024-01-01", "2024-01-02"]
    tables(
        [(code, "told", day, "c1", str(5 - at)) for code in ("ü", "a", "b", "1", "2") for at, day in enumerate(days)],
        [(place, days[1], 8, 1, 1) for place in ("p-a", "p-b", "p-1", "p-2", "p-zz")],
        [(number, 9) for number in range(4)],
    )
    whole = told(CALL)
    cut(monkeypatch, 3)
    seen: list[tuple[str, int, int]] = []
    made = run.run(CALL, lambda stage, done=0, of=0: seen.append((stage, done, of)))
    assert (made._replace(rules=()), told(CALL)[1]) == whole
    assert {one.rule for one in made.findings} >= {
        "hurt-within-held", "told-never-falls", "told-grows", "sexes-make-whole", "no-more-than-most", "few-are-hurt"
    }  # fmt: skip
    counted = [(done, of) for _, done, of in seen if of]
    assert counted == sorted(counted)
    assert len(set(counted)) > 4
    assert {of for _, of in counted} == {5 * 2 + 5 * 3 + 4}
    assert counted[0][0] == 0
    assert counted[-1][0] < counted[-1][1]


@pytest.mark.parametrize("most", [1, 4, 7, 100])
def test_the_first_violations_come_back_and_all_are_counted(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    tables(three=[(number, 9) for number in range(40)])
    call = CALL._replace(max_findings=most)
    monkeypatch.setattr(run, "MOST_LISTED", most)
    whole = told(call)
    cut(monkeypatch, 3)
    assert told(call) == whole
    assert whole[0].summary.violated == 40
    assert len(whole[0].findings) == min(most, 40)


@pytest.mark.parametrize("most", [0, 1, 9, 100])
def test_few_more_come_back_than_are_asked_for(relation: Any, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    tables(three=[(number, 9) for number in range(40)])
    cut(monkeypatch, 3)
    few_are_hurt = rule({"x": {"measure": "hurt"}}, "x <= 5", same=["subject"])
    found = sql.judged([few_are_hurt], relation(), Judge(NAMES_OF_RULES), most=most)
    back = len([said for _, said in found.verdicts if said.verdict == "violated"])
    assert min(most, 40) <= back <= 2 * most  # as many may be for the matcher without a search
    assert found.violated.total() == found.counted["violated"] == 40 - back


# ------------------------------------------------------------------------- halves

IN_SERIES = ["a", "b'", "é", "é'", "\U0001f600"]  # a middle with a quote would end a text of SQL
RISING = [(code, "told", f"2024-01-{day:02}", "c1", str(day)) for code in IN_SERIES for day in range(1, 9)]
FALLING = [(*row[:4], "0") if at % 8 == 5 else row for at, row in enumerate(RISING)]


@pytest.mark.parametrize(
    ("order", "middle"),
    [
        (lambda rows: rows, "p-é"),
        (lambda rows: rows[4:], "p-é"),  # of the first subject there is less
        (lambda rows: rows[12:], "p-é'"),
        (lambda rows: [*rows[1:], rows[0]], "p-é"),  # of the first subject there is something on both sides
        (lambda rows: sorted(rows, key=lambda row: (row[0], -int(row[2][-2:]))), "p-é"),
        (lambda rows: rows[::-1], None),
        (lambda rows: sorted(rows, key=lambda row: row[2])[:36], None),
        (lambda rows: rows[:8], None),
        (lambda rows: [("n\0" if row[0] == "é" else row[0], *row[1:]) for row in rows], None),
    ],
    ids=[
        "in order",
        "fewer",
        "quoted",
        "both sides",
        "days backwards",
        "backwards",
        "by day",
        "one subject",
        "no literal",
    ],
)
def test_halves_give_the_same_bytes(
    order: Any, middle: str | None, relation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables(order(FALLING))
    whole = told(CALL)
    monkeypatch.setattr(parts, "HALVED", 1)
    assert [part.middle for part in relation().parts()] == [middle]
    assert told(CALL) == whole


def test_halves_are_looked_at_each_by_itself(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tables(RISING)
    monkeypatch.setattr(parts, "HALVED", 1)
    made, asked = relation(), []
    execute = made.database.execute

    def heard(statement: str) -> Any:
        asked.append(statement)
        return execute(statement)

    monkeypatch.setattr(made.database, "execute", heard)
    never_falls = rule(
        {"x": {"measure": "told"}, "y": {"measure": "told"}}, "x <= y", where="x.as_of < y.as_of", same=["subject"]
    )
    found = sql.judged([never_falls], made, Judge(NAMES_OF_RULES))
    assert found.counted == {"satisfied": 5 * 28}
    (chains,) = (statement for statement in asked if "lag(subject)" in statement)
    assert chains.count("lag(subject) OVER ()") == 2
    assert "subject < 'p-é'" in chains
    assert "subject >= 'p-é'" in chains


def test_parts_have_halves_too(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tables(RISING)
    cut(monkeypatch, 20)
    monkeypatch.setattr(parts, "PIECES", 100)
    made = relation()
    assert [(part.low, part.middle, part.high) for part in made.parts()] == [
        (None, "p-b'", "p-é"),
        ("p-é", "p-é'", None),
    ]
    halves = [half for part in made.parts() for half in part.halves()]
    seen: list[int] = []
    for half in halves:
        made.narrow(half)
        assert made.parts() == [half]
        seen += numbers(made)
    made.narrow()
    assert sorted(seen) == numbers(made)


def test_files_of_a_glob_are_looked_at_as_one(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """To read a few rows by their numbers takes a look at all."""
    tables(RISING)
    Path("facts/one.table.yaml").write_text(MAPPINGS["facts/one.table.yaml"].replace("one.parquet", "on*.parquet"))
    Path("facts/once.parquet").write_bytes(Path("facts/one.parquet").read_bytes())
    monkeypatch.setattr(parts, "HALVED", 1)
    assert [part.middle for part in relation().parts()] == [None]


# ------------------------------------------------------------------------- where rows lie


def numbers(made: Relation) -> list[int]:
    return [number for (number,) in made.database.rows("SELECT n FROM facts ORDER BY n")]


def test_each_fact_is_in_one_part(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tables(
        [
            (code, "held", "2024-01-01", "c1", "1")
            for code in ("", "a", "b'", "ü", "\U0001f600", "%", "_", "A", "n\0", "1")
        ],
        [(place, "2024-01-01", 1, 1, 1) for place in ("world", "p-a", "p-", None, "p-1")],
        [(number, 1) for number in (1, 2, 10, None)],
    )
    cut(monkeypatch, 1)
    made = relation()
    everything = numbers(made)
    found, subjects = [], []
    for part in made.parts():
        made.narrow(part)
        found += numbers(made)
        seen = sorted(one for (one,) in made.database.rows("SELECT DISTINCT subject FROM facts"))
        assert all((part.low or "") <= one and (part.high is None or one < part.high) for one in seen)
        subjects += seen
    assert len(subjects) == len(set(subjects)) == 14
    assert "p-n\0" in subjects
    assert sorted(found) == everything
    made.narrow()
    assert numbers(made) == everything


def test_little_is_one_part_and_no_row_is_read_for_that(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tables(three=[(number, 1) for number in range(20)])
    made = relation()
    monkeypatch.setattr(type(made.database), "rows", None)
    assert made.parts() == [parts.Part(None, None, 20)]


def test_one_subject_is_one_part(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tables(two=[("world", f"2024-01-{day:02}", 1, 1, 1) for day in range(1, 29)])
    cut(monkeypatch, 3)
    assert relation().parts() == [parts.Part(None, None, 84)]


SORTED = [(f"{code:05}", "held", f"2024-01-{day:02}", "c1", "1") for code in range(900) for day in range(1, 11)]


@pytest.mark.parametrize(("order", "count"), [(0, 9), (2, 3)], ids=["by subject", "by day"])
def test_where_each_part_is_everywhere_there_are_fewer(
    relation: Any, monkeypatch: pytest.MonkeyPatch, order: int, count: int
) -> None:
    """Subjects lie over the ends of row groups, too."""
    rows = sorted(SORTED, key=lambda row: row[order])
    tables()
    listed = ", ".join(f"({', '.join(quoted(cell) for cell in row)})" for row in rows)
    with duckdb.connect() as made:
        made.execute(
            f"COPY (SELECT * FROM (VALUES {listed}) AS made(code, measure, day, claimant, value))"
            " TO 'facts/one.parquet' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
        )
    monkeypatch.setattr(parts, "SIZE", 1_000)
    monkeypatch.setattr(parts, "PIECES", 2)
    made = relation()
    found = made.parts()
    assert len(found) == count
    assert sum(part.facts for part in found) == 9_000
    assert max(part.facts for part in found) <= 9_000 // count + 10
    everything, seen = numbers(made), []
    for part in found:
        made.narrow(part)
        seen += numbers(made)
    assert sorted(seen) == everything


def test_where_all_rows_have_to_be_read_for_each_part_there_are_fewer(
    relation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of numbers is none of texts."""
    tables(three=[(number, 1) for number in range(900)])
    monkeypatch.setattr(parts, "SIZE", 100)
    assert len(relation().parts()) == 3


def test_a_part_of_rows_that_lie_together_is_found_without_reading_the_others(
    relation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prefix is cut from what is compared, so that the column stands alone."""
    tables([(code, "held", "2024-01-01", "c1", "1") for code in ("a", "b", "c")])
    cut(monkeypatch, 1)
    made = relation()
    asked: list[str] = []
    monkeypatch.setattr(made.database, "execute", asked.append)
    for part in made.parts():
        made.narrow(part)
    kept = [re.findall(r"c\d [<>]=? '[^']*'(?: AND c\d [<>]=? '[^']*')*", sql) for sql in asked]
    assert [one[0] for one in kept] == ["c0 < 'b'", "c0 >= 'b' AND c0 < 'c'", "c0 >= 'c'"]

"""Rows that tell what an earlier row tells: found wherever they stand, also where groups show that there are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from checker import run
from checker.engine import parts
from checker.engine.tabled import Tabled
from checker.model import InputErrors
from checker.report import FORMATS, Options
from folder import write

duckdb = pytest.importorskip("duckdb")

Row = tuple[str, str, str, str, str | None, int]
NAMES = """\
measures:
  sick: {type: count, unit: person, kind: total, counting: gross}
  dead: {type: count, unit: person, kind: total, counting: gross}
  beds: {type: count, unit: bed, kind: stock}
subjects: {"r-*": {title: A region}}
dimensions: {age: {values: [young, old], exhaustive: true}}
"""
RULE = """\
  - {id: %s, given: %s, %s, require: %s, message: it is not so, why: it is so,
     examples: [{expect: violated, facts: []}, {expect: satisfied, facts: []}]}
"""
DAILY = "same: [subject, as_of]"
RULES = {
    "dead-within-sick": ("{x: {measure: dead}, y: {measure: sick}}", DAILY, '"x <= y"'),
    "never-falls": (
        "{x: {measure: sick}, y: {measure: sick}}", 'same: [subject], where: "x.as_of < y.as_of"', '"x <= y"',
    ),
    "of-a-day": ("{x: {measure: dead}, y: {measure: sick}}", "same: [as_of]", '"x <= y"'),
    "whole": (
        "{p: {measure: sick, dimensions: {age: any}, collect: all}, w: {measure: sick}}",
        DAILY + ", where: \"complete(p, w)\"", '"sum(p) == w"',
    ),
}  # fmt: skip
ALL = ["dead-within-sick", "never-falls", "whole"]
MAPPING = """\
table: t.parquet
source: {id: t, title: A table, publisher: An office}
facts:
  - {subject: "{region}", measure: "{measure}", as_of: "{day}", basis: "{basis}", dimensions: {age: "{age}"},
     value: "{value}"}
"""
ROWS: list[Row] = [
    (f"r-{region}", measure, f"2024-01-{day:02}", "reported", age, value * day + (region == 3 and day == 2))
    for region in range(1, 6)
    for day in range(1, 5)
    for measure, age, value in (
        ("sick", None, 5), ("sick", "young", 2), ("sick", "old", 3), ("dead", None, 2 + 4 * (region == 4)),
    )
]  # fmt: skip
PLANNED: Row = ("r-1", "sick", "2024-01-01", "planned", None, 9)
BEDS: Row = ("r-1", "beds", "2024-01-01", "reported", None, 9)
AGAIN: dict[str, list[Row]] = {
    "the first": [ROWS[0]],
    "another value": [(*ROWS[5][:5], 77)],
    "a part": [ROWS[9]],
    "three times": [ROWS[12], ROWS[12]],
    "planned": [PLANNED, PLANNED],
    "asked for by no rule": [BEDS, BEDS],
    "all": ROWS,
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def put(rows: Sequence[Row], rules: Sequence[str]) -> None:
    """Write a repository of some rows and rules."""
    written = "rules:\n" + "".join(RULE % (name, *RULES[name]) for name in rules)
    write(Path(), {"facts/names.yaml": NAMES, "facts/t.table.yaml": MAPPING, "rules.yaml": written})
    with duckdb.connect() as made:
        made.execute(
            "CREATE TABLE t (region VARCHAR, measure VARCHAR, day DATE, basis VARCHAR, age VARCHAR, value INT)"
        )
        made.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", rows)
        made.execute("COPY t TO 'facts/t.parquet' (FORMAT parquet)")


def cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let parts be small."""
    for name, value in {"SIZE": 20, "FROM": 1, "WIDE": 1}.items():
        monkeypatch.setattr(parts, name, value)


def told(engine: str, *, keep_going: bool = True) -> str:
    """The report, or the errors."""
    call = run.Call((Path("facts"),), ("rules.yaml",), engine=engine, keep_going=keep_going, today=739_000)
    try:
        report = run.run(call)._replace(notes=())
    except InputErrors as wrong:
        return "\n".join(map(str, wrong.errors))
    return FORMATS["json"](report, Options())


@pytest.mark.parametrize("rules", [ALL, ["dead-within-sick"], ["never-falls"]], ids=" ".join)
@pytest.mark.parametrize("again", AGAIN)
def test_a_row_that_is_told_twice_is_left_out(again: str, rules: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    put([*ROWS, *AGAIN[again]], rules)
    right, wrong = told("plain"), told("plain", keep_going=False)
    assert told("duckdb") == right
    assert told("duckdb", keep_going=False) == wrong
    assert "already" in right
    assert "already" in wrong
    cut(monkeypatch)
    assert told("duckdb") == right
    assert told("duckdb", keep_going=False) == wrong


def test_what_two_looks_show_of_the_same_rows_is_not_shown_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """One at parts, and one at all: of half the rows, while others are told twice."""
    asked: list[Row] = [
        (f"r-{day}", measure, f"2024-01-{day:02}", "reported", None, 9)
        for day in range(1, 29)
        for measure in ("sick", "dead")
    ]
    beds: list[Row] = [(f"r-{day}", "beds", "2024-01-01", "reported", None, 9) for day in range(1, 29)]
    put([*asked, *beds, *beds], ["dead-within-sick", "of-a-day"])
    right, wrong = told("plain"), told("plain", keep_going=False)
    cut(monkeypatch)
    assert told("duckdb") == right
    assert told("duckdb", keep_going=False) == wrong
    assert "already" in wrong


@pytest.mark.parametrize("most", [2, 4, 1000])  # a subject has two or four
def test_what_is_not_to_come_back_is_counted(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts, of which the first have all that may come back of a rule."""
    broken = [(*row[:5], 50) if row[1] == "dead" and row[0] > "r-1" and row[2] > "2024-01-02" else row for row in ROWS]
    put([(*row[:5], 99) if row[4] == "old" and row[0] > "r-2" else row for row in broken], ALL)
    monkeypatch.setattr(run, "MOST_LISTED", most)
    right = told("plain")
    assert '"violated": 22' in right
    cut(monkeypatch)
    assert told("duckdb") == right


@pytest.mark.parametrize(
    ("rows", "rules", "looks"),
    [
        (ROWS, ALL, 0),
        (ROWS, ["dead-within-sick"], 1),
        ([*ROWS, PLANNED], ALL, 1),
        ([*ROWS, BEDS], ALL, 1),
        (ROWS, ["never-falls"], 1),
    ],
)
def test_rows_are_looked_at_for_it_where_groups_do_not_show_it(
    rows: list[Row], rules: list[str], looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(rows, rules)
    asked: list[Tabled] = []
    settle = Tabled.settle

    def heard(table: Tabled) -> bool:
        asked.append(table)
        return settle(table)

    monkeypatch.setattr(Tabled, "settle", heard)
    assert '"exit_code": 1' in told("duckdb") or rules == ["never-falls"]
    assert len(asked) == looks
    right: Any = told("plain")
    assert told("duckdb") == right

"""engine/footers.py: what footers of Parquet say is held against the rows before anything is planned by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from checker import cli
from checker.engine import EngineFault, subjects
from checker.engine.duckdb import DuckDB
from checker.engine.relation import Relation
from checker.model import InputErrors
from folder import write
from test_parts import NAMES, RULES, parquet

MAPPING = """\
table: {name}*.parquet
source: {{id: {name}}}
facts:
  - {{subject: "{{place}}", measure: held, as_of: "{{day}}", value: "{{held}}"}}
"""
DAYS = [f"2024-01-{day:02}" for day in range(1, 31)]
EPOCH = date(1970, 1, 1)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(subjects, "FROM", 1)
    write(tmp_path, {"facts/names.yaml": NAMES, "rules.yaml": RULES, "checker.toml": ""})
    table("one")


def table(name: str, types: str = "DATE, BIGINT", days: Sequence[str] = DAYS, file: str = "") -> None:
    """Values from 7 to 703 of some days; those of the first and the last are not the least and the greatest."""
    day, _, held = types.partition(", ")
    write(Path(), {f"facts/{name}.table.yaml": MAPPING.format(name=name)})
    rows = [(f"p-{place}", day, (at * 7 % 30) * 24 + 7) for place in range(3) for at, day in enumerate(days)]
    parquet(f"facts/{file or name}.parquet", f"place VARCHAR, day {day}, held {held}", rows)


def lie(before: int, after: int, size: int, file: str = "one") -> None:
    """Let the footer of a file say one number for another."""
    path = Path(f"facts/{file}.parquet")
    data = path.read_bytes()
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    told, instead = (number.to_bytes(size, "little", signed=True) for number in (before, after))
    assert told in data[start:]
    path.write_bytes(data[:start] + data[start:].replace(told, instead))


def ordinal(day: str) -> int:
    return (date.fromisoformat(day) - EPOCH).days


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = cli.main(["run", "--rules", "rules.yaml", *arguments])
    out, err = capsys.readouterr()
    return code, out + err


def error(column: str, told: str, read: str, file: str = "facts/one.parquet") -> str:
    return (
        f'{file}: a footer says that the column "{column}" has {told}; its rows have {read}\n'
        "  expected: a file with a footer that is true: write it again\n"
    )


FIRST, LAST, MONTH = ordinal(DAYS[0]), ordinal(DAYS[-1]), "2024-01-01 to 2024-01-30"


@pytest.mark.parametrize(
    ("before", "after", "size", "told"),
    [
        (LAST, LAST - 9, 4, error("day", "2024-01-01 to 2024-01-21", MONTH)),
        (FIRST, FIRST + 1, 4, error("day", "2024-01-02 to 2024-01-30", MONTH)),
        (703, 700, 8, error("held", "7 to 700", "7 to 703")),
        (7, 8, 8, error("held", "8 to 703", "7 to 703")),
    ],
)
@pytest.mark.parametrize("arguments", [[], ["--keep-going"], ["--engine", "plain"]])
def test_a_footer_that_is_false_is_told(
    capsys: pytest.CaptureFixture[str], arguments: list[str], before: int, after: int, size: int, told: str
) -> None:
    """Whoever takes its word sees no values beyond, and may write them anywhere."""
    assert said(capsys, *arguments)[0] == 0
    lie(before, after, size)
    assert said(capsys, *arguments) == (2, f"{told}\n1 error in 1 file; nothing was judged\n")


def test_a_negative_count_is_not_denied(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("p-1", day, -5 if at == 3 else at) for at, day in enumerate(DAYS)]
    parquet("facts/one.parquet", "place VARCHAR, day DATE, held BIGINT", rows)
    assert "facts/one.parquet row 4" in said(capsys)[1].replace("\n", " ")
    lie(-5, 0, 8)
    assert error("held", "0 to 29", "-5 to 29") in said(capsys)[1]


@pytest.mark.parametrize(
    ("types", "told", "size", "lied"),
    [
        ("DATE, INTEGER", 703, 4, "7 to 700"),
        ("DATE, UBIGINT", 703, 8, "7 to 700"),
        ("DATE, DECIMAL(18, 2)", 70300, 8, "7.00 to 700.00"),
    ],
)
def test_numbers_of_other_types_are_held_against_it(
    capsys: pytest.CaptureFixture[str], types: str, told: int, size: int, lied: str
) -> None:
    table("one", types)
    assert said(capsys)[0] == 0
    lie(told, told // 703 * 700, size)
    assert f'the column "held" has {lied}; its rows have' in said(capsys)[1]


def test_moments_are_held_against_it(capsys: pytest.CaptureFixture[str]) -> None:
    table("one", "TIMESTAMP, BIGINT")
    assert said(capsys)[0] == 0
    last = ordinal(DAYS[-1]) * 24 * 3600 * 10**6
    lie(last, last - 1, 8)
    assert "2024-01-01 00:00:00 to 2024-01-29 23:59:59.999999; its rows have" in said(capsys)[1]


def test_each_table_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    table("two")
    texts = {"facts/none.csv": "place,day,held\np-1,2024-01-01,3\n"}
    write(Path(), {"facts/none.table.yaml": MAPPING.format(name="none").replace("parquet", "csv"), **texts})
    assert said(capsys)[0] == 0
    lie(703, 700, 8, "two")
    lie(7, 9, 8)
    told = said(capsys)[1]
    assert error("held", "9 to 703", "7 to 703") in told
    assert error("held", "7 to 700", "7 to 703", "facts/two.parquet") in told


@pytest.mark.parametrize("days", [DAYS[:1], []])
def test_few_rows_are_no_error(capsys: pytest.CaptureFixture[str], days: list[str]) -> None:
    table("one", days=days)
    assert said(capsys)[0] == 0


def test_values_that_are_absent_are_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("p-1", day, None) for day in DAYS]
    parquet("facts/one.parquet", "place VARCHAR, day DATE, held BIGINT", rows)
    assert said(capsys)[0] == 0


def test_days_that_no_calendar_has_are_no_footer_s_error(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("p-1", day, 3) for day in ("infinity", "2024-01-01", "4000-01-01 (BC)")]
    parquet("facts/one.parquet", "place VARCHAR, day DATE, held BIGINT", rows)
    code, told = said(capsys)
    assert (code, "a footer" in told) == (2, False)
    assert told.count("no date that can be read") == 2


@pytest.mark.parametrize(
    ("several", "start", "told"),
    [
        (False, 30, "facts/one.parquet: cannot be read: don't know what type"),
        (True, 30, "facts/one.table.yaml: cannot be read: don't know what type"),  # DuckDB does not say which file
        (False, 320, "facts/one.parquet: cannot be read: Snappy decompression failure"),
        (True, 320, "facts/one.parquet: cannot be read: Snappy decompression failure"),
    ],
)
def test_a_file_whose_cells_cannot_be_read_is_named(
    capsys: pytest.CaptureFixture[str], several: bool, start: int, told: str
) -> None:
    parquet(
        "facts/one.parquet",
        "place VARCHAR, day DATE, held BIGINT",
        [("p-1", day, at * 977) for at, day in enumerate(DAYS)],
    )
    if several:
        table("one", file="one-2")
    path = Path("facts/one.parquet")
    data = bytearray(path.read_bytes())
    data[start : start + 30] = b"\xff" * 30
    path.write_bytes(data)
    code, out = said(capsys)
    assert code == 2
    assert out.startswith(told)
    assert "1 error in 1 file; nothing was judged" in out


def test_it_is_told_with_what_else_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    mapping = Path("facts/one.table.yaml")
    mapping.write_text(mapping.read_text().replace("measure: held", "measure: hold"))
    lie(703, 700, 8)
    code, told = said(capsys)
    assert (code, told.count("expected: ")) == (2, 2)
    assert 'measure "hold" is not declared' in told
    assert error("held", "7 to 700", "7 to 703") in told


def test_a_fault_is_told_as_the_false_footer_that_may_be_why(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise EngineFault("DuckDB failed: no such luck")

    monkeypatch.setattr("checker.engine.relation.Tabled", fail)
    assert said(capsys)[0] == 70
    lie(703, 700, 8)
    assert said(capsys) == (2, error("held", "7 to 700", "7 to 703") + "\n1 error in 1 file; nothing was judged\n")


def test_of_several_files_none_is_believed(relation: Callable[[], Relation], monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB knows no ends of several files together, and reads them; if it did, they would be held against rows."""
    table("one", file="one-2")
    lie(703, 700, 8)
    lie(703, 700, 8, "one-2")
    assert relation().largest == 703
    told = [[({"min": 7, "max": 700}, {})], [(7, 703, None, None)]]
    monkeypatch.setattr(DuckDB, "begun", lambda *_: lambda: told)
    with pytest.raises(InputErrors) as raised:
        relation()
    assert raised.value.errors[0].location.file == "facts/one.table.yaml"

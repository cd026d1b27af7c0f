"""Tables as a user meets them: every command on the example of the documents, sound and broken."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from checker import cli
from folder import write

pytest.importorskip("duckdb")

PAGE = Path(__file__).parent.parent / "docs" / "tables.md"
ROWS = """\
data,codice_regione,ricoverati_con_sintomi,terapia_intensiva,totale_ospedalizzati,isolamento_domiciliare,\
totale_positivi,dimessi_guariti,deceduti,totale_casi
2020-02-24T18:00:00,13,3,1,4,6,10,5,1,16
2020-02-24T18:00:00,17,0,0,0,0,0,0,0,0
2020-02-25T18:00:00,13,3,1,4,6,10,6,0,16
2020-02-25T18:00:00,17,2,1,4,1,5,0,0,5
"""
TABLE = "facts/dpc-covid19-ita-regioni.csv"
MAPPING = "facts/dpc-covid19-ita-regioni.table.yaml"
SUM = "hospital-is-wards-and-intensive-care"
FALL = "running-totals-do-not-fall"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    files = dict(re.findall(r'```yaml title="([^"]+)"\n(.*?)```', PAGE.read_text("utf-8"), re.DOTALL))
    write(tmp_path, {**files, TABLE: ROWS, "checker.toml": 'facts = ["facts"]\nrules = ["rules"]\n'})


class Checker:
    """Calls the command, and remembers what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.code = -1

    def __call__(self, *arguments: str) -> str:
        try:
            self.code = cli.main(list(arguments))
        except SystemExit as end:
            self.code = int(end.code or 0)
        out, err = self._capsys.readouterr()
        return out + err

    def json(self, *arguments: str) -> Any:
        return json.loads(self("run", "--format", "json", *arguments))

    def found(self, *arguments: str) -> dict[str, str]:
        """The rule of each finding, and its id."""
        return {one["rule"]: one["id"] for one in self.json(*arguments)["findings"]}


@pytest.fixture
def checker(capsys: pytest.CaptureFixture[str]) -> Checker:
    return Checker(capsys)


def edit(path: str, before: str, after: str) -> None:
    file = Path(path)
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


def committed() -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *arguments], check=True)


# ------------------------------------------------------------------------- which findings


@pytest.mark.parametrize("engine", ["duckdb", "plain", "durable"])
def test_every_engine_finds_the_same(checker: Checker, engine: str) -> None:
    if engine == "durable":
        pytest.importorskip("durable_rules_engine")
    assert list(checker.found("--engine", engine)) == [SUM, FALL]
    assert checker.code == 1


@pytest.mark.parametrize(
    ("path", "touched"), [(MAPPING, True), (TABLE, True), ("facts", True), ("facts/other.yaml", False)]
)
def test_a_mapping_stands_for_its_rows(checker: Checker, path: str, touched: bool) -> None:
    write(Path(), {"facts/other.yaml": "source: {id: other, published: 2020}\nfacts: []\n"})
    assert bool(checker.found(path)) is touched


def test_a_mapping_stands_for_rows_in_another_directory(checker: Checker) -> None:
    Path("data").mkdir()
    Path(TABLE).rename("data/x.csv")
    edit(MAPPING, "table: dpc-covid19-ita-regioni.csv", "table: ../data/x.csv")
    assert list(checker.found(MAPPING)) == [SUM, FALL]


def test_only_so_many_are_listed_and_all_counted(checker: Checker) -> None:
    report = checker.json("--max-findings", "1")
    assert (len(report["findings"]), report["summary"]["violated"]) == (1, 2)


def test_v_lists_what_is_satisfied_and_names_the_engine(checker: Checker) -> None:
    assert len(checker.json("-v")["findings"]) == 18
    assert "engine: duckdb (there are tables)" in checker("run", "-v")


def test_what_was_found_before_does_not_fail(checker: Checker) -> None:
    Path("base.json").write_text(checker("run", "--format", "json"), "utf-8")
    assert {one["status"] for one in checker.json("--baseline", "base.json")["findings"]} == {"baseline"}
    assert checker.code == 0


def test_what_is_waived_does_not_fail_and_stays_waived_when_rows_move(checker: Checker) -> None:
    found = checker.found()[SUM]
    checker("waive", found, "--reason", "as published")
    assert (checker.code, Path("facts/waivers.yaml").exists()) == (0, True)
    header, first, *others = ROWS.splitlines()
    Path(TABLE).write_text("\n".join([header, *reversed(others), first]) + "\n", "utf-8")
    assert {one["rule"]: one["status"] for one in checker.json()["findings"]} == {SUM: "waived", FALL: "new"}
    assert checker.code == 0


def test_one_finding_is_explained_with_its_row(checker: Checker) -> None:
    said = checker("explain", checker.found()[SUM])
    assert checker.code == 0
    assert f"place     {TABLE} row 4" in said
    assert "ricoverati + intensiva: 3" in said


def test_bounds_are_of_rows_too(checker: Checker) -> None:
    said = checker("bounds", "ita-17")
    assert "16 figures: 0 known more tightly than stated, 3 in contradiction with others" in said
    edit(MAPPING, "defaults:", "missing: {as: unknown}\ndefaults:")
    edit(TABLE, "17,2,1,4,1,5,", "17,,1,4,1,5,")
    said = checker("bounds", "ita-17")
    assert re.search(r"ricoverati_con_sintomi +as of 2020-02-25 +3 +\(stated: unknown\)", said)


def test_bounds_say_when_they_cannot_weigh_what_is_satisfied(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.hearing.MOST_SHOWN", 31)
    assert "--engine plain, which takes longer" in checker("bounds")
    assert checker.code == 2
    assert "32 figures" in checker("bounds", "--engine", "plain")


# ------------------------------------------------------------------------- what changed


def test_a_table_that_did_not_change_has_no_findings(checker: Checker) -> None:
    committed()
    assert checker.found("--changed", "HEAD") == {}
    header, first, *others = ROWS.splitlines()
    Path(TABLE).write_text("\n".join([header, *reversed(others), first]) + "\n", "utf-8")
    assert checker.found("--changed", "HEAD") == {}


def test_findings_of_the_rows_that_changed(checker: Checker) -> None:
    committed()
    edit(TABLE, "13,3,1,4,6,10,6,0,16", "13,3,1,4,6,10,5,0,15")
    assert {(one["rule"], one["subject"]) for one in checker.json("--changed", "HEAD")["findings"]} == {
        (FALL, "ita-13")
    }
    assert "- facts changed since HEAD: 0, rules: 0, tables: dpc-regioni\n" in checker("run", "-v", "--changed", "HEAD")


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (MAPPING, "publisher: Dip", "publisher: Das Dip"),
        ("facts/vocabulary.yaml", "since: 2020-01-31", "since: 2020-01-30"),
        ("rules/covid.yaml", "require: ricoverati + intensiva == ospedale", "require: ricoverati == ospedale"),
    ],
)
def test_what_bears_on_all_rows_changes_all(checker: Checker, path: str, before: str, after: str) -> None:
    committed()
    edit(path, before, after)
    assert SUM in checker.found("--changed", "HEAD")


def test_a_table_that_git_does_not_have_counts_as_changed(checker: Checker) -> None:
    write(Path(), {".gitignore": "*.csv\n"})
    committed()
    assert list(checker.found("--changed", "HEAD")) == [SUM, FALL]
    assert "tables: dpc-regioni (all its rows count)" in checker("run", "-v", "--changed", "HEAD")


# ------------------------------------------------------------------------- lint


def test_lint_forgets_no_name_that_a_table_uses(checker: Checker) -> None:
    assert checker("lint").splitlines() == ["4 files, 4 rules: nothing wrong"]
    edit("facts/vocabulary.yaml", "subjects: {", "subjects: {fr-*: {}, ")
    assert "subject fr-* is declared, and no fact uses it" in checker("lint")


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        (MAPPING, "{deceduti}", "{decedut}", ':11:32: there is no column "decedut"'),
        (MAPPING, "measure: deceduti", "measure: decedut", ':11:15: measure "decedut" is not declared'),
        (MAPPING, "ita-regioni.csv", "ita-regioni.xls", ":1:8: there is no such file"),
        (TABLE, "data,codice", "codice", 'there is no column "data"'),
        (TABLE, "data,codice", "data,data,codice", 'the column "data" is there twice'),
    ],
)
def test_lint_holds_a_mapping_against_its_files(
    checker: Checker, path: str, before: str, after: str, said: str
) -> None:
    edit(path, before, after)
    assert said in checker("lint")
    assert checker.code == 2


@pytest.mark.parametrize(("line", "said"), [('{"data": 1, "codice_regione": 2}', "no column"), ("", "nothing wrong")])
def test_lint_looks_at_the_first_lines_of_json(checker: Checker, line: str, said: str) -> None:
    edit(MAPPING, "regioni.csv", "regioni.jsonl")
    write(Path(), {TABLE.replace("csv", "jsonl"): line + "\n"})
    assert said in checker("lint")


# ------------------------------------------------------------------------- rows that make no sense

BROKEN = ROWS + "2020-02-26T18:00:00,13,many,1,4,6,10,6,0,16\n" + "2020-02-26T18:00:00,13,3,1\n"


def test_a_row_that_makes_no_sense_is_refused(checker: Checker) -> None:
    Path(TABLE).write_text(BROKEN, "utf-8")
    said = checker("run")
    assert checker.code == 2
    assert f"{TABLE} row 5: “many” is not understood" in said.replace(":\n", ": ")
    assert "the row has 4 cells, the header 10" in said


@pytest.mark.parametrize("written", ["table", "json", "sarif", "github", "junit", "markdown", "html"])
def test_every_report_tells_of_rows_that_were_left_out(checker: Checker, written: str) -> None:
    Path(TABLE).write_text(BROKEN, "utf-8")
    said = checker("run", "--keep-going", "--format", written)
    assert checker.code == 1
    assert "is not understood" in said
    assert "the row has 4 cells, the header 10" in said
    assert SUM in said
    assert '"left_out": 2' in said if written == "json" else "2 rows left out" in said or written == "sarif"


@pytest.mark.parametrize("command", [["explain"], ["waive", "--reason", "x"], ["bounds"]])
def test_other_commands_refuse_such_a_table_in_the_same_words(checker: Checker, command: list[str]) -> None:
    found = checker.found()[SUM]
    Path(TABLE).write_text(BROKEN, "utf-8")
    said = checker(command[0], *([] if command[0] == "bounds" else [found]), *command[1:])
    assert checker.code == 2
    assert "is not understood" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("looked_at", [3, 1_000])
def test_violations_beyond_those_listed_are_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    run = Checker(capsys)
    days = [f"2020-03-{day:02}T18:00:00,13,3,1,4,6,10,{day},0,{40 - day}" for day in range(1, 11)]
    Path(TABLE).write_text("\n".join([ROWS.splitlines()[0], *days]) + "\n", "utf-8")
    whole, listed = run.json("--max-findings", "1000"), run("run", "--max-findings", "1000")
    monkeypatch.setattr("checker.run.MOST_LISTED", looked_at)
    cut = run.json("--max-findings", "2")
    assert whole["summary"] == cut["summary"]
    assert whole["summary"]["violated"] == len(whole["findings"]) == 19  # 9 falls, and 10 sums
    assert len(cut["findings"]) == 2
    assert cut["findings"] == whole["findings"][:2] or looked_at == 3
    assert all(one in whole["findings"] for one in cut["findings"])
    assert cut["exit_code"] == whole["exit_code"] == 1
    said = run("run", "--max-findings", "2")
    assert "17 not listed" in said.replace("\n ", "")
    assert said.rpartition("fails: ")[2] == listed.rpartition("fails: ")[2] != ""

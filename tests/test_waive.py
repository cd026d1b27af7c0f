"""``checker waive``, and what the command says of waivers, earlier reports and changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import folder
from checker import cli, document, schema, waivers
from checker.model import Report
from test_findings import ROOT, archive, checked

TODAY = ("--today", "2031-05-06")


@pytest.fixture(autouse=True)
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", *(name for name in os.environ if name.startswith("GIT_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    return folder.write(tmp_path)


class Command:
    """Calls of the command in this process: exit code, output and errors."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        try:
            code = cli.main(arguments)
        except SystemExit as end:
            assert isinstance(end.code, int)  # noqa: PT017  # argparse ends calls so, with a code
            code = end.code
        return code, *self._capsys.readouterr()

    def run(self, *arguments: str) -> dict[str, Any]:
        _, out, _ = self("run", "--format", "json", *TODAY, *arguments)
        report: dict[str, Any] = json.loads(out)
        assert schema.follows(report, "report")
        return report

    def ids(self) -> list[str]:
        return [one["id"] for one in self.run()["findings"]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def written(file: str = "facts/waivers.yaml") -> list[dict[str, str]]:
    return [waivers.entry(one) for one in waivers.read([document.read_file(Path(file))])]


# ------------------------------------------------------------------------- writing one


def test_a_waiver_is_written_and_holds(call: Command) -> None:
    id, other = call.ids()
    reason = 'the source says "12": as published — ¿sí?'
    code, out, err = call("waive", id[:6], "--reason", reason, "--until", "2031-12-31", "--by", "Ann", *TODAY)
    assert (code, err) == (0, "")
    assert out == (
        f"waived {id} (hurt-within-held), by Ann, until 2031-12-31, in facts/waivers.yaml\n  12 hurt of 10 held\n"
    )
    assert written() == [{"finding": id, "reason": reason, "by": "Ann", "until": "2031-12-31"}]
    report = call.run()
    assert [(one["id"], one["status"]) for one in report["findings"]] == [(id, "waived"), (other, "new")]
    assert report["findings"][0]["waiver"] == {"reason": reason, "by": "Ann", "until": "2031-12-31"}
    assert report["findings"][1].get("waiver") is None
    assert (report["exit_code"], report["waivers"]) == (0, {"expired": [], "unused": []})
    code, out, _ = call("run", *TODAY)
    assert code == 0
    assert (
        f"  error · waived · hurt-within-held · {id} · All of them\n  waived: {reason} · by Ann · until 2031-12-31"
        in out
    )
    assert "· 1 waived" in " ".join(out.split())


def test_a_second_one_is_added_and_the_first_and_its_comments_stay(call: Command) -> None:
    id, other = call.ids()
    text = f"# ours\nwaivers:\n    - {{finding: {id}, reason: r}} # why\n    # the end\n"
    Path("facts/waivers.yaml").write_text(text, "utf-8")
    assert call("waive", other, "--reason", "so")[0] == 0
    after = Path("facts/waivers.yaml").read_text("utf-8")
    assert after == f'{text}    - finding: "{other}"\n      reason: "so"\n'
    assert call("run", "--strict", "-q", *TODAY)[0] == 0


def test_a_file_beside_the_facts_goes_before_the_one_of_the_settings(call: Command) -> None:
    id, other = call.ids()
    Path("facts/more/waivers.yaml").write_text("waivers: []\n", "utf-8")
    assert call("waive", other, "--reason", "so")[1].splitlines()[0].endswith("in facts/more/waivers.yaml")
    assert call("waive", id, "--reason", "so")[1].splitlines()[0].endswith("in facts/waivers.yaml")
    assert [one["finding"] for one in written("facts/more/waivers.yaml")] == [other]
    assert [one["finding"] for one in written()] == [id]


def test_from_a_directory_below_it_is_the_same_file(
    call: Command, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(story / "facts/more")
    assert call("waive", call.ids()[0], "--reason", "so")[0] == 0
    assert (story / "facts/waivers.yaml").is_file()


def test_an_editor_finds_the_schema_of_a_new_file_where_the_project_keeps_it(call: Command, story: Path) -> None:
    (story / "schemas").mkdir()
    (story / "schemas/waivers.schema.json").write_text(schema.text("waivers"), "utf-8")
    assert call("waive", call.ids()[0], "--reason", "so")[0] == 0
    first = Path("facts/waivers.yaml").read_text("utf-8").partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../schemas/waivers.schema.json"


def test_facts_of_one_file_have_their_waivers_beside_it(call: Command, story: Path) -> None:
    (story / "checker.toml").write_text(
        'rules = ["rules"]\nfacts = ["facts/a.yaml", "facts/vocabulary.yaml"]\n', "utf-8"
    )
    assert call("waive", call.ids()[0], "--reason", "so")[0] == 0
    assert (story / "facts/waivers.yaml").is_file()


def test_the_name_is_that_of_git_where_none_is_given(call: Command, story: Path) -> None:
    id, other = call.ids()
    assert call("waive", id, "--reason", "so")[0] == 0
    (story / "gitconfig").write_text("[user]\n\tname = Ann Weiß\n", "utf-8")
    assert ", by Ann Weiß, in" in call("waive", other, "--reason", "so")[1]
    assert written() == [{"finding": id, "reason": "so"}, {"finding": other, "reason": "so", "by": "Ann Weiß"}]


def test_a_name_that_cannot_be_written_is_left_out(call: Command, story: Path) -> None:
    (story / "gitconfig").write_text('[user]\n\tname = "Ann\\tWeiß"\n', "utf-8")
    assert call("waive", call.ids()[0], "--reason", "so")[0] == 0
    assert [list(one) for one in written()] == [["finding", "reason"]]


# ------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ffffffffffff", "--reason", "so"), "no finding begins with 'ffffffffffff': checker run shows the ids"),
        (("", "--reason", "so"), "no finding begins with ''"),
        (("ID",), "the following arguments are required: --reason"),
        (("ID", "--reason", " "), "argument --reason: it says nothing"),
        (("ID", "--reason", "one\ntwo"), "argument --reason: U+000A cannot stand in a text of one line"),
        (("ID", "--reason", "a\x1b[31m"), "argument --reason: U+001B cannot stand"),
        (("ID", "--reason", "a\u202eb"), "argument --reason: U+202E cannot stand"),
        (("ID", "--reason", "so", "--by", "a\u2028b"), "argument --by: U+2028 cannot stand"),
        (("ID", "--reason", "so", "--until", "2031-05"), "argument --until: '2031-05' is no single day"),
        (("ID", "--reason", "so", "--until", "soon"), "argument --until: no date that can be read"),
        (("ID", "--reason", "so", "--until", "2031-05-05"), "--until 2031-05-05 is over already"),
    ],
)
def test_a_wrong_call_writes_nothing(call: Command, arguments: tuple[str, ...], words: str) -> None:
    id = call.ids()[0]
    code, out, err = call("waive", *(id if one == "ID" else one for one in arguments), *TODAY)
    assert (code, out) == (2, "")
    assert words in err
    assert not Path("facts/waivers.yaml").exists()


def test_a_beginning_of_several_is_refused(call: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waivers, "begin_with", lambda _, ids: list(ids))
    ids = sorted(call.ids())
    code, _, err = call("waive", "1", "--reason", "so")
    assert (code, err) == (2, f"checker: 2 findings begin with 1: {', '.join(ids)}\n")


def test_what_is_waived_is_not_waived_again(call: Command) -> None:
    id = call.ids()[0]
    text = f"waivers:\n- {{finding: {id[:8]}, reason: r, until: 2031-05-06}}\n"
    Path("facts/waivers.yaml").write_text(text, "utf-8")
    code, _, err = call("waive", id, "--reason", "so", *TODAY)
    assert (code, err) == (2, f"checker: {id} is waived already: facts/waivers.yaml:2\n")
    code, _, err = call("waive", id, "--reason", "so", "--today", "2031-05-07")
    assert code == 2
    assert (
        err == f"checker: {id} has a waiver that ran out; change the day until which it counts: facts/waivers.yaml:2\n"
    )
    assert Path("facts/waivers.yaml").read_text("utf-8") == text


def test_a_file_of_another_form_is_left_alone_and_the_lines_are_given(call: Command) -> None:
    id, other = call.ids()
    text = f"waivers: [{{finding: {id}, reason: r}}]\n"
    Path("facts/waivers.yaml").write_text(text, "utf-8")
    code, out, err = call("waive", other, "--reason", "so")
    assert (code, out) == (2, "")
    assert f'- finding: "{other}" reason: "so"' in " ".join(err.split())
    assert Path("facts/waivers.yaml").read_text("utf-8") == text


def test_wrong_input_is_said_and_nothing_is_written(call: Command) -> None:
    Path("facts/a.yaml").write_text("source: {id: a}\nfacts: [{}]\n", "utf-8")
    code, out, err = call("waive", "1234", "--reason", "so")
    assert (code, out) == (2, "")
    assert "facts/a.yaml:2" in err
    assert not Path("facts/waivers.yaml").exists()


# ------------------------------------------------------------------------- what a run says


def waive(id: str, more: str = "") -> None:
    Path("facts/waivers.yaml").write_text(f"waivers:\n- {{finding: {id}, reason: r{more}}}\n", "utf-8")


def test_a_waiver_that_ran_out_says_so_and_does_not_count(call: Command) -> None:
    id = call.ids()[0]
    waive(id, ", until: 2031-05-05")
    code, out, _ = call("run", *TODAY)
    assert code == 1
    assert f"- the waiver of {id} ran out on 2031-05-05 (facts/waivers.yaml:2)\n" in out
    assert call.run()["waivers"] == {"expired": [id], "unused": []}


def test_a_waiver_that_fits_nothing_is_told_by_a_whole_run_only(call: Command) -> None:
    waive("ffffffff")
    words = "- the waiver of ffffffff fits no finding (facts/waivers.yaml:2)\n"
    code, out, _ = call("run", *TODAY)
    assert (code, words in out) == (1, True)  # no error of its own
    assert call.run()["waivers"] == {"expired": [], "unused": ["ffffffff"]}
    for part in (["facts/a.yaml"], ["--rules", "rules"]):
        assert words not in call("run", *part)[1]
        assert call.run(*part)["waivers"] == {"expired": [], "unused": []}


def test_a_waiver_holds_in_every_engine_and_under_verbose(call: Command) -> None:
    id = call.ids()[0]
    waive(id)
    for more in (["--engine", "plain"], ["-v"], ["facts/a.yaml"], ["--max-findings", "1"]):
        report = call.run(*more)
        assert report["findings"][0]["status"] == "waived"
        assert report["exit_code"] == 0
        assert report["summary"]["waived"] == 1


def test_two_waivers_of_one_finding_and_wrong_facts_are_refused_together(call: Command) -> None:
    id = call.ids()[0]
    waive(f"{id}, reason: r}}\n- {{finding: {id}")
    report = call.run()
    assert [(one["file"], one["line"], one["message"]) for one in report["errors"]] == [
        ("facts/waivers.yaml", 3, f"finding {id} is waived twice")
    ]
    assert report["exit_code"] == 2


def test_what_an_earlier_report_has_does_not_fail(call: Command) -> None:
    id, other = call.ids()
    assert call("run", "-q", "--format", "json=known.json")[0] == 1
    code, out, _ = call("run", "--baseline", "known.json", "--strict")
    assert code == 0
    assert f"error · baseline · hurt-within-held · {id}" in out
    assert "gone" not in out
    Path("facts/a.yaml").write_text(folder.VIOLATED.replace("12", "13"), "utf-8")
    code, out, _ = call("run", "--baseline", "known.json")
    assert (code, f"- 1 finding of the baseline is gone: {id}\n" in out) == (1, True)
    report = call.run("--baseline", "known.json")
    assert [one["status"] for one in report["findings"]] == ["new", "baseline"]
    assert (report["gone"], report["findings"][1]["id"]) == ([id], other)
    assert "gone" not in call.run("--baseline", "known.json", "facts/a.yaml")


def test_a_waived_finding_is_waived_in_the_baseline_or_not(call: Command) -> None:
    waive(call.ids()[0])
    assert call("run", "-q", "--format", "json=known.json")[0] == 0
    assert [one["status"] for one in call.run("--baseline", "known.json")["findings"]] == ["waived", "baseline"]
    Path("facts/waivers.yaml").unlink()
    assert [one["status"] for one in call.run("--baseline", "known.json")["findings"]] == ["baseline", "baseline"]


def test_a_wrong_baseline_is_said_with_all_else_that_is_wrong(call: Command) -> None:
    Path("facts/a.yaml").write_text("source: {id: a}\nfacts: [{}]\n", "utf-8")
    code, out, _ = call("run", "--baseline", "checker.toml")
    assert code == 2
    assert "checker.toml: this is no report of an earlier run" in out
    assert "facts/a.yaml:2" in out


def test_what_changed(call: Command, story: Path) -> None:
    who = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "one"]):
        subprocess.run([*who, *arguments], cwd=story, check=True)
    code, out, _ = call("run", "--changed", "HEAD")
    assert (code, out.partition("\n")[0]) == (0, "No finding touches what was asked for.")
    Path("facts/a.yaml").write_text(folder.VIOLATED.replace("12", "13"), "utf-8")
    code, out, _ = call("run", "--changed", "HEAD", "-v")
    assert (code, out.count("hurt-within-held")) == (1, 1)
    assert "- facts changed since HEAD: 1, rules: 0" in out
    assert call("run", "--changed", "HEAD", "facts/more")[0] == 0
    code, out, _ = call("run", "--changed", "nowhere")
    assert (code, "there is no such commit" in out) == (2, True)


# ------------------------------------------------------------------------- what a waiver survives


def replace(file: str, old: str, new: str) -> None:
    path = Path(file)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


HURT = "  - {id: hurt, measure: hurt, value: 12}\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda: replace("facts/a.yaml", "source:", "# a comment\n\nsource:"),
        lambda: Path("facts/a.yaml").write_text(folder.VIOLATED.replace(HURT, "") + HURT, "utf-8"),
        lambda: replace("facts/a.yaml", HURT, "  - measure: 'hurt'\n    id: hurt\n    value: \"12\"\n"),
        lambda: Path("facts/a.yaml").rename("facts/more/z.yml"),
        lambda: replace("facts/a.yaml", "ten were held", "ten"),
        lambda: replace("facts/a.yaml", "id: a,", "id: a, title: A, publisher: P,"),
        lambda: replace("rules/own.yaml", "{a} hurt of {b} held", "{a} are more than {b}"),
        lambda: replace("rules/own.yaml", "same:", "severity: warning\n    title: T\n    same:"),
        lambda: Path("rules/own.yaml").rename("rules/z.yaml"),
    ],
)
def test_a_waiver_survives_what_changes_nothing(call: Command, change: Callable[[], object]) -> None:
    id = call.ids()[0]
    waive(id)
    change()
    report = call.run("--strict")
    assert [one["status"] for one in report["findings"] if one["id"] == id] == ["waived"]
    assert report["waivers"]["unused"] == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("facts/a.yaml", "value: 12", "value: 13"),
        ("facts/a.yaml", "value: 12", "value: at least 12"),
        ("facts/a.yaml", "id: hurt", "id: hurts"),
        ("facts/a.yaml", "id: a,", "id: aa,"),
        ("rules/own.yaml", "a <= b", "a < b"),
        ("rules/own.yaml", "same: [subject, as_of]", "same: [subject]\n    comparable: [as_of]"),
        ("rules/own.yaml", "id: hurt-within-held", "id: hurt-are-held"),
    ],
)
def test_a_waiver_does_not_outlive_what_it_was_about(call: Command, file: str, old: str, new: str) -> None:
    id = call.ids()[0]
    waive(id)
    replace(file, old, new)
    report = call.run()
    assert (report["exit_code"], report["waivers"]["unused"]) == (1, [id])
    assert {one["status"] for one in report["findings"]} == {"new"}


# ------------------------------------------------------------------------- the facts of this repository

NEW = """\
source: {id: late-2026-01-02, publisher: Late, published: 2026-01-02}
facts:
  - {id: arrested, subject: ve-2024-protesters, measure: arrested_total, value: 50}
  - {id: released, subject: ve-2024-protesters, measure: released_total, value: 51}
"""


def statuses(report: Report) -> set[str]:
    assert report.errors == ()
    return {one.status for one in report.findings}


@pytest.mark.parametrize("strict", [False, True])
def test_this_repository_passes_its_own_gate(strict: bool) -> None:
    report = checked(ROOT / "facts", archive(), strict=strict)
    assert report.exit_code == 0
    assert {one.status for one in report.findings if one.severity != "note"} == {"waived"}
    assert report.waivers.unused == report.waivers.expired == ()
    reasons = [one.waiver.reason for one in report.findings if one.waiver]
    assert len(set(reasons)) == len(reasons) == report.summary.waived  # each its own


def test_a_contradiction_more_fails_the_gate(story: Path) -> None:
    shutil.copytree(ROOT / "facts", story / "copy")
    assert checked(story / "copy", None).exit_code == 0
    (story / "copy/venezuela-2024/late.yaml").write_text(NEW, "utf-8")
    report = checked(story / "copy", None)
    assert (report.exit_code, statuses(report)) == (1, {"new", "waived"})
    assert any("late-2026-01-02#released" in [cited.fact.id for cited in one.facts] for one in report.findings)

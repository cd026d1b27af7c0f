"""coverage: which figures of a text the quotes of facts hold; drafts of fact files; checker scan."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import article, changes, cli, coverage, document, draft, load, quote, run, scan, schema
from checker.model import InputErrors, Location

TEXT = "The brigade took 40 people out.\n\nAt least 12 were hurt on 5 May, under Rule 9, and 30 % went home in 2024.\n"
NAMES = """\
measures:
  held: {type: count, unit: person, kind: stock}
  share: {type: percent, kind: stock}
  length: {type: duration}
  cost: {type: money, unit: USD, kind: stock}
  ratio: {type: number, unit: x, kind: stock}
  day: {type: date}
  weekday: {type: text}
subjects: {s: {title: S}}
"""
MEASURES = {
    "count": "held", "percent": "share", "duration": "length", "money": "cost", "number": "ratio", "date": "day",
    "weekday": "weekday",
}  # fmt: skip


class Project:
    """A folder with settings, an archive and one fact file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "facts").mkdir()
        (root / "archive").mkdir()
        self.settings("")
        (root / "facts" / "names.yaml").write_text(NAMES, "utf-8")
        self.text(TEXT.encode())

    def settings(self, more: str) -> None:
        (self.root / "checker.toml").write_text(f'facts = ["facts"]\nsources = "archive"\n{more}\n', "utf-8")

    def text(self, data: bytes) -> None:
        (self.root / "archive" / "a.txt").write_bytes(data)
        self.sha256 = sha256(data).hexdigest()

    def facts(self, *quotes: str, ignore: str = "[]") -> None:
        entries = "".join(f"  - {{id: f{n}, measure: held, subject: s, value: unknown, quote: {one}}}\n"
                          for n, one in enumerate(quotes))  # fmt: skip
        head = f"source: {{id: a, published: 2024-05-06, text: a.txt, sha256: {self.sha256}}}\n"
        text = f"{head}facts:{' []' if not quotes else ''}\n{entries}ignore: {ignore}\n"
        (self.root / "facts" / "a.yaml").write_text(text, "utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return Project(tmp_path)


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = cli.main(["run", "--format", "json", *arguments])
    made = json.loads(capsys.readouterr().out)
    assert schema.follows(made, "report")
    return code, made


ALL = ("40 people", "At least 12", "5 May", "30 % went", "in 2024")


# ------------------------------------------------------------------------- in a run


def test_a_run_fails_for_what_no_fact_covers(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.facts("40 people", "12 were")
    project.settings("min_coverage = 100")
    code, made = report(capsys)
    [found] = made["findings"]
    assert code == 1
    assert (found["rule"], found["severity"], found["verdict"]) == ("numbers-covered", "error", "violated")
    assert found["message"] == "3 of the 5 figures in a.txt stand in no quote of a fact, and are not ignored"
    assert [(one["name"], one["value"]["text"]) for one in found["facts"]] == [
        ("line 3", "5 May"), ("line 3", "30 %"), ("line 3", "2024"),
    ]  # fmt: skip
    assert made["summary"]["violated"] == 1
    assert {one["file"] for one in found["facts"]} == {"facts/a.yaml"}


@pytest.mark.parametrize(("percent", "code"), [(0, 0), (40, 0), (41, 1), (100, 1)])
def test_the_least_coverage_is_the_settings(
    project: Project, capsys: pytest.CaptureFixture[str], percent: int, code: int
) -> None:
    project.facts("40 people", "12 were")
    project.settings(f"min_coverage = {percent}")
    assert report(capsys)[0] == code


def test_asked_for_it_is_all(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.facts(*ALL[:-1])
    assert report(capsys)[0] == 0
    assert report(capsys, "--coverage")[0] == 1
    project.facts(*ALL)
    assert report(capsys, "--coverage")[0] == 0


def test_what_is_ignored_counts_for_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.facts(*ALL[:3], ignore="[{quote: 30 % went home, reason: an aside}, {quote: in 2024, reason: said twice}]")
    code, made = report(capsys, "--coverage")
    assert (code, made["findings"]) == (0, [])


def test_an_ignored_quote_has_to_stand_in_the_text(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.facts(*ALL, ignore="[{quote: Rule 8, reason: a name}, {quote: under  Rule 9, reason: a name}]")
    code, made = report(capsys)
    [found] = made["findings"]
    assert code == 1
    assert (found["rule"], found["message"]) == ("quote-in-text", "“Rule 8” does not stand in the text of a")


def test_without_the_text_nothing_fails(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.facts("40 people", ignore="[{quote: Rule 8, reason: a name}]")
    (project.root / "archive" / "a.txt").unlink()
    assert report(capsys, "--coverage")[0] == 0


def test_a_text_that_is_none_is_an_error(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.text(b"12\x00 people")
    project.facts()
    code, made = report(capsys, "--coverage")
    assert code == 2
    assert [one["message"] for one in made["errors"]] == ["the control character U+0000 is not allowed"]


@pytest.mark.parametrize("name", ["table", "junit", "sarif", "github", "markdown"])
def test_every_format_lists_what_is_left(project: Project, capsys: pytest.CaptureFixture[str], name: str) -> None:
    project.facts("40 people", *ALL[2:])
    assert cli.main(["run", "--coverage", "--format", name]) == 1
    shown = capsys.readouterr().out
    assert "numbers-covered" in shown
    assert "At least 12" in shown


def test_a_finding_can_be_waived_until_other_figures_are_left(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.facts(*ALL[1:])
    [found] = report(capsys, "--coverage")[1]["findings"]
    waiver = f"waivers: [{{finding: '{found['id']}', reason: known}}]\n"
    (project.root / "facts" / "waivers.yaml").write_text(waiver, "utf-8")
    assert report(capsys, "--coverage")[0] == 0
    project.facts(*ALL[2:])
    assert report(capsys, "--coverage")[0] == 1


def test_among_changes_a_source_counts_by_its_facts(project: Project) -> None:
    project.facts("40 people")
    call = run.Call((project.root / "facts",), sources=project.root / "archive", min_coverage=100)
    [found] = run.run(call).findings
    assert changes.Changes(frozenset({"a#f0"}), frozenset(), "").touch(found)
    assert not changes.Changes(frozenset({"ab#f0"}), frozenset(), "").touch(found)


def test_a_finding_is_explained(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.facts(*ALL[1:])
    project.settings("min_coverage = 100")
    [found] = report(capsys)[1]["findings"]
    assert cli.main(["explain", found["id"]]) == 0
    shown = capsys.readouterr().out
    assert "“40 people out” (stands in the text)" in " ".join(shown.split())


def test_a_quote_covers_every_place_where_it_stands() -> None:
    text = "It was 12 men.\r\nIt was 12 men, and 12 women: “12  cafe\u0301s”."
    folded = article.Folded(text)
    assert [text[slice(*place)] for place in folded.places("12 men")] == ["12 men", "12 men"]
    assert [text[slice(*place)] for place in folded.places('"12 cafés"')] == ["“12  cafe\u0301s”"]
    assert list(folded.places("2 men")) == []
    left = coverage.cover(text, scan.figures(text), [], [])
    assert [one.is_left for one in left] == [True] * 4
    assert coverage.is_enough([], 100)


@given(st.text(alphabet="ab 1,\t\n\u00a0“’–e\u0301\u0323é\u1100\u1161", max_size=30))
def test_a_text_is_folded_as_quotes_are(text: str) -> None:
    folded = article.Folded(text)
    assert folded.text == quote.fold(text)
    for word in text.split():
        for start, end in folded.places(word):
            assert quote.fold(text[start:end]) == quote.fold(word)


# ------------------------------------------------------------------------- drafts


@pytest.mark.usefixtures("project")
def test_a_draft_is_refused_until_it_is_filled_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["scan", "archive/a.txt", "--draft", "-o", "facts/a.yaml"]) == 0
    assert cli.main(["lint"]) == 2
    said = capsys.readouterr().out
    assert "measure is still to be filled in" in said
    assert "subject is still to be filled in" in said
    assert "value is still to be filled in" in said  # of 5 May, whose year the text does not say


def test_a_draft_that_is_filled_in_keeps_its_word(project: Project) -> None:
    text = (
        "On Thursday, 2 May 2024, around 2,400 men paid $2.5 million: “30 %: too much”, he said, in a year and a half."
        "\r\nNearly 12 came, #1 had 1.5 of them; dozens left on Friday."
    )
    project.text(text.encode())
    figures = scan.figures(text)
    lines = draft.write(article.read(Path("archive/a.txt")), figures).splitlines()
    kinds = iter(figures)
    filled = [
        f"{line} s" if line.strip() == "subject:" else f"{line} {MEASURES[next(kinds).kind]}"
        if line.strip() == "measure:" else line.replace("# published", "published").partition(", the day")[0]
        for line in lines
    ]  # fmt: skip
    (project.root / "facts" / "a.yaml").write_text("\n".join(filled), "utf-8")
    assert len(load.facts([project.root / "facts"]).facts) == len(figures)
    made = run.run(run.Call((project.root / "facts",), sources=project.root / "archive", min_coverage=100))
    assert made.errors == ()
    assert [one.message for one in made.findings if one.rule.startswith(("quote", "numbers"))] == []


@pytest.mark.usefixtures("project")
def test_a_draft_overwrites_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["scan", "archive/a.txt", "--draft", "-o", "archive/a.txt"])
    assert end.value.code == 2
    assert "overwrites nothing" in capsys.readouterr().err


def test_a_draft_of_hostile_text_is_a_fact_file(tmp_path: Path) -> None:
    file = tmp_path / "null: [x].txt"
    file.write_bytes('12 \x1b[31m"quoted": #men, 13 \u202e: {x}, 14 - yes'.encode())
    read = article.read(file)
    made = document.read(draft.write(read, scan.figures(read.text)), "draft.yaml")
    assert {one.message for one in schema.check(made, "facts")} == {
        "measure is still to be filled in", "subject is still to be filled in",
    }  # fmt: skip


# ------------------------------------------------------------------------- the command


def test_scan_shows_what_covers_a_figure(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.facts("40 people", "12 were", ignore="[{quote: in 2024, reason: said twice}]")
    assert cli.main(["scan", "archive/a.txt"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["1:18", "count", "40", "40", "f0"]
    assert rows[2] == ["3:26", "date", "5", "May", "XXXX-05-05", "not", "covered"]
    assert rows[4][-3:] == ["ignored:", "said", "twice"]
    assert " ".join(rows[-1]).startswith("a.txt: 5 figures: 2 covered by a, 1 ignored, 2 not covered")
    assert cli.main(["scan", "archive/a.txt", "--left", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["text"]: one["number"] for one in told["figures"]} == {"5 May": "5 May", "30 %": "30 %"}
    assert told["summary"] == {"figures": 5, "covered": 2, "ignored": 1, "left": 2}
    places = [(one["kind"], one["offset"], one["facts"]) for one in told["figures"]]
    assert places == [("date", TEXT.index("5 May"), []), ("percent", TEXT.index("30 %"), [])]


def test_scan_shows_counts_in_whole_numbers(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (project.root / "b.txt").write_text("Around 2,852 people came, more than 2,000 of them by bus.\n", "utf-8")
    assert cli.main(["scan", "b.txt"]) == 0
    out = capsys.readouterr().out
    assert "  2,567 to 3,137\n" in out
    assert "  more than 2,000\n" in out


def test_scan_shows_no_character_that_acts(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (project.root / "b.txt").write_bytes("\ufeff12\x1b[31m, around\r\n\u202e13 men".encode())
    assert cli.main(["scan", "b.txt"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("1:1 ")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert cli.main(["scan", "b.txt", "--format", "json"]) == 0
    assert "\u202e" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"ok\n\xff", "b.txt:2:1: byte 3 (0xff) is not UTF-8"),
        (b"ok\n12\x00", "b.txt:2:3: the control character U+0000 is not allowed"),
        (b"1 " * 300_000, "b.txt: the text has more than 512 KiB"),
    ],
)
def test_scan_refuses_what_is_no_text(
    project: Project, capsys: pytest.CaptureFixture[str], data: bytes, said: str
) -> None:
    (project.root / "b.txt").write_bytes(data)
    assert cli.main(["scan", "b.txt"]) == 2
    assert said in capsys.readouterr().err


def test_an_article_is_told_from_a_directory() -> None:
    with pytest.raises(InputErrors, match="cannot be read"):
        article.read(Path(__file__).parent)
    assert article.checked(b"\xef\xbb\xbfok", Location("a.txt")) == "ok"

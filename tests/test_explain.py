"""All about one finding: found by its id, told in words, and ready to be waived."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import folder
from checker import arithmetic, cli, explain, initial, lines, run
from checker.model import Finding, Location, Report
from checker.report import Options
from checker.report.explain import render

ROOT = Path(__file__).parent.parent


@pytest.fixture
def ferry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    initial.write(tmp_path)
    return tmp_path


def report_of(*, sources: str | None = "sources", rules: tuple[str, ...] = ("rules", "shipped")) -> Report:
    return run.run(run.Call((Path("facts"),), rules, Path(sources) if sources else None, engine="plain", verbose=True))


def first(report: Report, verdict: str, rule: str = "") -> Finding:
    return next(one for one in report.findings if one.verdict == verdict and rule in one.rule)


def told(report: Report, found: Finding, width: int = 200, *, colour: bool = False) -> str:
    return render(explain.tell(report, found.id), Options(width, colour))


def section(text: str, title: str) -> list[str]:
    """The lines below a title, without their indent."""
    block = re.search(rf"^{title}\n((?:  .*\n|\n(?=    ?\S| {{2}}\S))*)", text, re.MULTILINE)
    assert block is not None, text
    return [line.strip() for line in block[1].splitlines() if line.strip()]


# ------------------------------------------------------------------------- the words


def test_a_violated_finding_is_told_whole(ferry: Path) -> None:
    report = report_of()
    found = first(report, "violated")
    text = told(report, found)
    assert text.startswith(
        "VIOLATED  more than 150 rescued and at least 50 missing is more than the around 180 on board\n"
    )
    assert section(text, "The arithmetic") == [
        "rescued is “more than 150”: at least 151",
        "missing is “at least 50”",
        "rescued + missing: at least 201",
        "aboard is “around 180”: 162 to 198",
        "201 is more than 198, so no choice of values keeps rescued + missing <= aboard",
    ]
    title = "Second night of search for the missing of the Marigold"
    rescued = text[text.index("  rescued: ") : text.index("  missing: ")].splitlines()
    assert [line.split(None, 1) for line in rescued[1:8]] == [
        ["value", "more than 150"],
        ["meaning", "to the letter at least 151; as usually meant 151 to 159"],
        ["measure", "rescued_total (People rescued so far)"],
        ["subject", "marigold (Those on the ferry Marigold)"],
        ["time", "as of 2025-06-15, counted since 2025-06-14"],
        ["claimant", "coast-guard"],
        ["source", f"island-courier-2025-06-15, “{title}”, Island Courier, published 2025-06-15"],
    ]
    assert "    quote     “more than 150 people have been rescued” (stands in the text, states the value)" in rescued
    assert "    place     facts/ferry/island-courier-2025-06-15.yaml:13" in rescued
    stands = (ferry / "facts/ferry/island-courier-2025-06-15.yaml").read_text("utf-8").splitlines()[12:16]
    assert [line for line in rescued if " | " in line] == [f"    {13 + n} | {line}" for n, line in enumerate(stands)]
    assert section(text, "The rule")[0].startswith("rescued-and-missing-within-aboard: Those rescued and those still")
    assert any(line.startswith("rules/ferry.yaml:5 ") for line in section(text, "The rule"))
    assert shlex.split(text.splitlines()[-1]) == ["checker", "waive", found.id, "--reason", "the source says so"]


@pytest.mark.usefixtures("ferry")
def test_a_quote_whose_text_is_not_here_is_said_to_be_unchecked() -> None:
    report = report_of(sources=None)
    assert "“At least 50 are still missing” (not checked: no text here)" in told(report, first(report, "violated"))


def test_a_suspicious_finding_is_told_in_both_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.write(tmp_path))
    report = report_of(rules=("rules",))
    assert section(told(report, first(report, "suspicious")), "The arithmetic") == [
        "a is “about 11”: to the letter 10 to 12, as usually meant 11",
        "b is “10”",
        "to the letter, some choice of values keeps a <= b",
        "as usually meant, 11 is more than 10, so none does",
    ]


def conclusion(tmp_path: Path, require: str, *facts: str, measures: str = "") -> list[str]:
    """The arithmetic of the finding of a rule over two facts, ``a`` and ``b``."""
    names = "measures:\n" + (measures or "  x: {type: number, kind: stock}\n  y: {type: number, kind: stock}\n")
    rule = folder.RULES.replace("measure: hurt}", "measure: x}").replace("measure: held}", "measure: y}")
    rule = rule.replace("require: a <= b", f"require: {require}")
    source = "source: {id: s, published: 2024-02-01}\ndefaults: {subject: all}\nfacts:\n"
    story = {
        "facts/vocabulary.yaml": names + "subjects: {all: {}}\n",
        "facts/s.yaml": source + "".join(f"  - {{id: f{n}, {fact}}}\n" for n, fact in enumerate(facts)),
        "rules/own.yaml": rule,
    }
    folder.write(tmp_path, story)
    report = report_of(rules=("rules",))
    assert report.errors == ()
    found = next(one for one in report.findings if one.verdict != "satisfied")
    return section(told(report, found), "The arithmetic")


@pytest.mark.parametrize(
    ("require", "x", "y", "said"),
    [
        ("a <= b", "5", "3", "5 is more than 3, so no choice of values keeps a <= b"),
        ("a < b", "3", "3", "a is at least 3 and b is at most 3, so no choice of values keeps a < b"),
        ("a <= b", "more than 3", "3", "a is more than 3 and b is at most 3, so no choice of values keeps a <= b"),
        ("a >= b", "3", "5", "3 is less than 5, so no choice of values keeps a >= b"),
        ("a == b", "3", "5", "3 is less than 5, so no choice of values keeps a == b"),
        ("a == b", "at least 5", "3", "5 is more than 3, so no choice of values keeps a == b"),
        ("a != b", "3", "3", "3 is the same, so no choice of values keeps a != b"),
        ("a <= b and b <= 2", "1", "3", "3 is more than 2, so no choice of values keeps a <= b and b <= 2"),
        (
            "a > 9 or b > 9",
            "1",
            "3",
            "1 is less than 9 and 3 is less than 9, so no choice of values keeps a > 9 or b > 9",
        ),
        ("a - a >= 1", "at least 3", "3", "0 is less than 1, so no choice of values keeps a - a >= 1"),
        ("a * a < a - a", "3 to 5", "1", "9 is more than 0, so no choice of values keeps a * a < a - a"),
        ("abs(a - b) <= 1", "7", "3", "4 is more than 1, so no choice of values keeps abs(a - b) <= 1"),
        ("a <= b", "3", "2 to 4", "so it is open: some choices of values keep a <= b, and some do not"),
    ],
)
def test_the_last_line_says_why(
    require: str, x: str, y: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert conclusion(tmp_path, require, f"measure: x, value: {x}", f"measure: y, value: {y}")[-1] == said


def test_dates_come_before_and_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    facts = ("measure: x, value: 2024-03", "measure: y, value: 2024-02-10")
    said = conclusion(tmp_path, "a <= b", *facts, measures="  x: {type: date}\n  y: {type: date}\n")
    assert said == [
        "a is “2024-03”",
        "b is “2024-02-10”",
        "2024-03-01 is after 2024-02-10, so no choice of values keeps a <= b",
    ]


def test_texts_are_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    facts = ("measure: x, value: Anna", "measure: y, value: Ana")
    said = conclusion(tmp_path, "a == b", *facts, measures="  x: {type: text}\n  y: {type: text}\n")
    assert said[-1] == "“Anna” is not “Ana”, so this does not keep a == b"


def test_what_several_facts_tell_is_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    story = {
        "facts/vocabulary.yaml": folder.VOCABULARY,
        "facts/a.yaml": """\
source: {id: a, published: 2024-02-01}
defaults: {subject: all}
facts:
  - {id: one, measure: freed, during: 2024-01-01, event: e, value: 40}
  - {id: again, measure: freed, during: 2024-01-01, event: e, value: at least 30}
  - {id: two, measure: freed, during: 2024-01-20, value: 30}
  - {id: total, measure: freed_total, value: 60}
""",
        "rules/own.yaml": """\
rules:
  - id: batches-within-the-total
    given: {batches: {measure: freed, collect: all}, total: {measure: freed_total}}
    same: [subject]
    require: sum(batches) <= total
    message: more
    why: a sum
    examples:
      - {expect: violated, facts: [{measure: freed, during: 2000-01-01, value: 2}, {measure: freed_total, value: 1}]}
      - {expect: satisfied, facts: [{measure: freed, during: 2000-01-01, value: 1}, {measure: freed_total, value: 1}]}
""",
    }
    folder.write(tmp_path, story)
    report = report_of(rules=("rules",))
    assert section(told(report, first(report, "violated")), "The arithmetic") == [
        "batches is “at least 30” and “40”, told by a#again, a#one: 40",
        "batches is “30”, told by a#two",
        "sum(batches): 70",
        "total is “60”",
        "70 is more than 60, so no choice of values keeps sum(batches) <= total",
    ]


def test_no_sign_of_a_fact_acts_on_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quote = "\u202eten ::error::were held"
    folder.write(tmp_path, {**folder.STORY, "facts/a.yaml": folder.VIOLATED.replace("ten were held", f'"{quote}"')})
    report = report_of(rules=("rules",))
    text = told(report, first(report, "violated"))
    assert "\u202e" not in text
    assert "\\u202eten" in text


def test_what_cannot_be_met_together_is_told_as_a_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rules = folder.RULES.replace("require: a <= b", "require: a + 1 <= b") + folder.RULES.replace(
        "hurt-within-held", "held-within-freed"
    ).replace("rules:\n", "").replace("measure: held", "measure: freed_total").replace("measure: hurt", "measure: held")
    facts = folder.VIOLATED.replace("value: 10, quote: ten were held", "value: unknown")
    facts += "  - {id: freed, measure: freed_total, value: about 11}\n"
    folder.write(tmp_path, {**folder.STORY, "facts/a.yaml": facts, "rules/own.yaml": rules})
    report = report_of(rules=("rules",))
    text = told(report, first(report, "violated", "joint"))
    assert section(text, "Why it cannot be") == [
        "hurt is 12, so held is at least 13 (hurt-within-held)",
        "so freed_total is at least 13 (held-within-freed)",
        "but freed_total is about 11 (10 to 12)",
    ]


@pytest.mark.usefixtures("ferry")
def test_colour_changes_nothing_but_colour() -> None:
    report = report_of()
    for found in report.findings:
        plain, painted = told(report, found), told(report, found, colour=True)
        assert painted != plain
        assert re.sub("\x1b\\[[0-9;]*m", "", painted) == plain


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.usefixtures("ferry")
def test_no_sentence_is_wider_than_the_page(width: int) -> None:
    report = report_of()
    for found in report.findings:
        lines = told(report, found, width).splitlines()
        assert [line for line in lines if len(line) > width and " | " not in line and "--reason" not in line] == []


def test_every_outcome_over_the_articles_can_be_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report = report_of(sources=None)
    assert len(report.findings) > 100
    for found in report.findings:
        text = told(report, found)
        assert all(cited.fact.id in text for cited in found.facts)
        assert ("checker waive" in text) == (found.verdict in ("violated", "suspicious") and found.status != "waived")
        rule = next(rule for rule in report.rules if rule.id == found.rule)
        made = arithmetic.of(found, rule)
        for side in (found.left, found.right):  # the numbers are those that the verdict rests on
            if made is not None and side is not None and side.literal is not None and found.verdict == "violated":
                known = {step.side.text: step.side for pair in made.comparisons for step in (pair.left, pair.right)}
                assert known[side.text][1:3] == side[1:3]


# ------------------------------------------------------------------------- finding it


def findings(*ids: str) -> list[Finding]:
    return [Finding(id, "r", "error", "violated", "new", "s", "", ()) for id in ids]


def test_the_beginning_of_an_id_will_do() -> None:
    assert explain.find(findings("abc1", "abd2"), "ABD").id == "abd2"


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("ab", "2 findings have an id that begins with “ab”: abc123 (violated, r), abd234 (violated, r)"),
        ("abc132", "no finding has an id that begins with “abc132”; did you mean abc123 (violated, r)?"),
        ("777", "no finding has an id that begins with “777”; checker run -v lists all findings with their ids"),
        ("", "no finding has an id that begins with “”; checker run -v lists all findings with their ids"),
    ],
)
def test_an_id_that_fits_none_or_several(prefix: str, said: str) -> None:
    with pytest.raises(explain.NotOne, match=re.escape(said)):
        explain.find(findings("abc123", "abd234"), prefix)


@settings(max_examples=50)
@given(st.sets(st.text("0123456789abcdef", min_size=12, max_size=12), min_size=1, max_size=8), st.integers(1, 12))
def test_a_prefix_finds_the_one_that_has_it(ids: set[str], length: int) -> None:
    known = findings(*sorted(ids))
    for one in known:
        if sum(other.id.startswith(one.id[:length]) for other in known) == 1:
            assert explain.find(known, one.id[:length]) is one
        else:
            with pytest.raises(explain.NotOne):
                explain.find(known, one.id[:length])


# ------------------------------------------------------------------------- the command


@pytest.mark.usefixtures("ferry")
def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "--format", "json"]) == 1
    report: Any = json.loads(capsys.readouterr().out)
    (found,) = report["findings"]
    assert cli.main(["explain", found["id"][:8]]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert found["id"] in out
    assert "stands in the text" in out


@pytest.mark.usefixtures("ferry")
def test_an_unknown_id_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["explain", "nothing"])
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("checker: no finding has an id that begins with “nothing”; ")


def test_input_that_is_wrong_is_said_instead(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ferry / "facts/ferry/vocabulary.yaml").write_text("measures: {aboard: {type: what}}\n", "utf-8")
    assert cli.main(["explain", "a"]) == 2
    assert "facts/ferry/vocabulary.yaml:1:" in capsys.readouterr().err


# ------------------------------------------------------------------------- lines


@pytest.mark.parametrize(
    ("text", "place", "taken"),
    [
        ("facts:\n  - id: a\n    value: 1\n\n  - id: b\n", (2, 5), ["  - id: a", "    value: 1"]),
        ("facts:\n- id: a\n  value: 1\n- id: b\n", (2, 3), ["- id: a", "  value: 1"]),
        ("facts:\n  - {id: a,\n     value: 1}\nother: 1\n", (2, 5), ["  - {id: a,", "     value: 1}"]),
        ("facts: [{id: a}, {id: b}]\nother: 1\n", (1, 18), ["facts: [{id: a}, {id: b}]"]),
        ("facts:\r\n  - id: a\r\n    value: 1\r\n", (2, 5), ["  - id: a", "    value: 1"]),
        ("facts:\n  - id: a\n\n    value: 1\n\n\n", (2, 5), ["  - id: a", "", "    value: 1"]),
    ],
)
def test_lines_of_an_entry(text: str, place: tuple[int, int], taken: list[str], tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(text.encode())
    assert [line.text for line in lines.of(Location(str(file), *place))] == taken
    assert [line.number for line in lines.of(Location(str(file), *place))] == [place[0] + n for n in range(len(taken))]


def test_no_lines_of_what_is_not_there(tmp_path: Path) -> None:
    assert lines.of(Location(str(tmp_path / "gone.yaml"), 1, 1)) == ()
    assert lines.of(Location(str(tmp_path), 1, 1)) == ()
    assert lines.of(Location("table.csv", row=3)) == ()

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.model import Cited, Report
from checker.report import FORMATS, Options, clean
from report import story

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def render(report: Report, *, verbose: bool = False, quiet: bool = False) -> str:
    return FORMATS["github"](report, Options(verbose=verbose, quiet=quiet))


def read(report: Report) -> list[tuple[str, dict[str, str], str]]:
    """The commands as the runner reads them: their level, properties and message."""
    found = [COMMAND.fullmatch(line) for line in render(report).splitlines()]
    return [(one[1], dict(_property(pair) for pair in one[2].split(",")), _unescaped(one[3])) for one in found if one]


def _property(pair: str) -> tuple[str, str]:
    name, _, text = pair.partition("=")
    return name, _unescaped(text.replace("%3A", ":").replace("%2C", ","))  # in the runner's own order


def _unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("findings", story.gated),
        ("empty", story.empty),
        ("refused", story.refused),
        ("forged", story.forged),
    ],
)
def test_the_commands_are_as_stored(name: str, report: Report) -> None:
    story.same_as_snapshot(f"{name}.github.txt", render(report))


def test_a_finding_is_annotated_by_its_severity_and_what_is_known_with_a_notice() -> None:
    assert [(level, properties["title"]) for level, properties, _ in read(story.gated)] == [
        ("error", "violated: returned-and-sheltered-within-evacuated"),
        ("notice", "violated, waived: gross-total-never-falls"),
        ("warning", "violated: one-claimant-one-value"),
        ("warning", "suspicious: duration-fits-dates"),
        ("notice", "violated, baseline: name-spelled-as-declared"),
        ("notice", "violated: batches-named-make-total"),
    ]


def test_an_annotation_stands_at_the_first_fact_and_tells_of_every_fact() -> None:
    _, properties, message = read(story.gated)[0]
    assert properties == {
        "file": "facts/flood/gazette-2031-05-04.yaml",
        "line": "12",
        "col": "5",
        "title": "violated: returned-and-sheltered-within-evacuated",
    }
    first, *facts, sides, head = message.split("\n")
    assert first == story.violated.message
    assert facts[1] == (
        "returned: more than 1,000 — “more than 1,000 have gone back” "
        "(fire-service, as of 2031-05-04, facts/flood/gazette-2031-05-04.yaml:18)"
    )
    assert len(facts) == 3
    assert sides == "returned + sheltered: at least 1,621 · evacuated: 1,260 to 1,540"
    assert head.startswith("error · returned-and-sheltered-within-evacuated · 3f9a12bc04de")


def test_a_waived_finding_says_why() -> None:
    assert read(story.gated)[1][2].split("\n")[-2] == "waived: The source says so, and is quoted · by the desk"


def test_of_many_facts_the_first_are_told_and_how_many_more() -> None:
    many = story.unnamed._replace(facts=tuple(Cited("batches", story.north) for _ in range(30)))
    (annotation,) = read(story.report._replace(findings=(many,)))
    assert annotation[2].count("herald-2031-05-06.yaml:21") == 12
    assert "\nand 18 facts more\n" in annotation[2]


def test_a_derived_fact_is_annotated_where_it_derives_from_and_a_row_in_its_file() -> None:
    derived = story.falls._replace(facts=story.falls.facts[1:])
    row = story.violated._replace(facts=story.cited(sheltered=story.counted))
    bare = story.violated._replace(facts=())
    places = [told for _, told, _ in read(story.report._replace(findings=(derived, row, bare)))]
    assert [(told.get("file"), told.get("line")) for told in places] == [
        ("facts/flood/herald-2031-05-06.yaml", "21"),
        ("facts/flood/shelters.csv", None),
        (None, None),
    ]


def test_an_error_is_annotated_with_what_was_expected() -> None:
    level, properties, message = read(story.refused)[0]
    assert (level, properties["line"], properties["col"]) == ("error", "12", "14")
    assert message.endswith("\nexpected: a declared measure; the nearest is sheltered")
    assert render(story.refused).splitlines()[-1] == "4 errors in 3 files; nothing was judged"


def test_the_last_line_sums_up_and_quiet_leaves_it_and_the_errors() -> None:
    assert render(story.gated).splitlines()[-1].endswith("· fails: 1 finding")
    assert render(story.gated, quiet=True) == "\n".join(render(story.gated).splitlines()[-3:]) + "\n"
    assert render(story.refused, quiet=True) == render(story.refused)


def test_what_is_only_shown_under_verbose_has_no_annotation() -> None:
    assert render(story.gated, verbose=True) == render(story.gated)


@pytest.mark.parametrize("text", ["30 %0A::error::forged", "%25", "a,line=1::b", "%3A%2C"])
def test_what_looks_escaped_is_told_as_it_is_written(text: str) -> None:
    finding = story.spelling._replace(rule=text, message=text)
    ((_, properties, message),) = read(story.report._replace(findings=(finding,)))
    assert properties["title"] == f"violated, baseline: {text}"
    assert message.split("\n")[0] == text


@given(story.texts, st.booleans())
def test_there_are_as_many_commands_as_errors_and_findings_whatever_they_say(text: str, verbose: bool) -> None:
    report = story.told(text)
    document = render(report, verbose=verbose)
    document.encode()
    lines = document.splitlines()
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert len(commands) == len(report.errors) + sum(bool(one.severity) for one in report.findings)
    assert all(COMMAND.fullmatch(line) for line in commands)
    assert "##[" not in document
    assert document.count("\n") == len(lines)
    _, properties, message = read(report)[1]
    assert properties["title"] == f"violated: {clean.text(text)}"
    assert message.split("\n")[0] == clean.text(text)


def test_rows_that_were_left_out_are_warnings_at_their_file() -> None:
    told = [one for one in read(story.kept_going) if one[1].get("title") == "wrong input"]
    assert [(level, properties["file"], "line" in properties) for level, properties, _ in told] == [
        ("warning", "facts/flood/shelters.csv", False)
    ] * 2
    assert [text.partition("\n")[0] for *_, text in told] == [
        "facts/flood/shelters.csv row 7: “plenty” is no number",
        "facts/flood/shelters.csv row 1208: the row has 3 cells, the header 4",
    ]
    assert "1,234 rows left out" in render(story.kept_going).splitlines()[-1]

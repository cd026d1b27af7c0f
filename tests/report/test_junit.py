from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xmlschema import XMLSchema

from checker.model import Report, Rule
from checker.report import FORMATS, Options
from report import story

# Jenkins's xUnit plugin reads by this one; the file's own header names its author and licence (MIT).
SCHEMA = XMLSchema(Path(__file__, "../schemas/junit-10.xsd").resolve())


def render(report: Report, *, verbose: bool = False) -> str:
    return FORMATS["junit"](report, Options(verbose=verbose))


def parse(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  # what is read here was written here


def cases(report: Report, *, verbose: bool = False) -> dict[str, ET.Element]:
    root = parse(render(report, verbose=verbose))
    return {case.get("name", ""): case for case in root.iter("testcase")}


@pytest.mark.parametrize(
    ("name", "report", "verbose"),
    [
        ("findings", story.gated, False),
        ("verbose", story.gated, True),
        ("empty", story.empty, False),
        ("refused", story.refused, False),
        ("forged", story.forged, False),
    ],
)
def test_the_document_is_as_stored_and_keeps_its_schema(name: str, report: Report, verbose: bool) -> None:
    text = render(report, verbose=verbose)
    SCHEMA.validate(text)
    story.same_as_snapshot(f"{name}.junit.xml", text)


def test_the_counts_are_those_of_the_cases() -> None:
    for report in (story.gated, story.empty, story.refused, story.forged):
        root = parse(render(report))
        for element in (root, root[0]):
            told = [element.get(name) for name in ("tests", "failures", "errors")]
            assert told == [str(len(list(root.iter(name)))) for name in ("testcase", "failure", "error")]


def test_only_what_fails_the_run_is_a_failure() -> None:
    assert [name for name, case in cases(story.gated).items() if case.find("failure") is not None] == [
        "returned-and-sheltered-within-evacuated[lindow-evacuees]"
    ]
    assert "VIOLATED" in (cases(story.gated)["one-claimant-one-value[lindow-flood]"].findtext("system-out") or "")


def test_under_strict_warnings_are_failures_and_notes_and_what_is_known_are_not() -> None:
    strict = story.gated._replace(failing=3)
    failed = [name for name, case in cases(strict).items() if case.find("failure") is not None]
    assert failed == [
        "duration-fits-dates[lindow-flood]",
        "one-claimant-one-value[lindow-flood]",
        "returned-and-sheltered-within-evacuated[lindow-evacuees]",
    ]


def test_a_case_is_of_its_rules_file_and_stands_at_the_first_fact() -> None:
    case = cases(story.gated)["returned-and-sheltered-within-evacuated[lindow-evacuees]"]
    assert case.attrib == {
        "classname": "checker.parts",
        "name": "returned-and-sheltered-within-evacuated[lindow-evacuees]",
        "time": "0",
        "file": "facts/flood/gazette-2031-05-04.yaml",
        "line": "12",
    }


def test_a_rule_of_which_nothing_is_told_is_a_case_that_passes_at_its_own_place() -> None:
    case = cases(story.gated)["never-matched"]
    assert (case.get("file"), case.get("line"), len(case)) == ("rules/parts.yaml", "61", 0)
    assert "never-matched" in cases(story.gated, verbose=True)


def test_under_verbose_what_is_satisfied_has_a_case_and_passes() -> None:
    assert "sheltered-within-evacuated[lindow-evacuees]" not in cases(story.gated)
    case = cases(story.gated, verbose=True)["sheltered-within-evacuated[lindow-evacuees]"]
    assert case.find("failure") is None
    assert (case.findtext("system-out") or "").startswith("satisfied")


def test_several_failures_of_one_rule_and_subject_are_one_and_its_text_has_all() -> None:
    other = story.violated._replace(id="aaaaaaaaaaaa", message="another message")
    report = story.gated._replace(findings=(story.violated, other), failing=2)
    case = cases(report)["returned-and-sheltered-within-evacuated[lindow-evacuees]"]
    (failure,) = case
    assert (failure.get("message") or "").endswith("the around 1,400 evacuated (and 1 finding more)")
    assert "another message" in (failure.text or "")


def test_a_derived_fact_is_shown_at_the_fact_that_it_derives_from() -> None:
    derived = story.falls._replace(facts=story.falls.facts[1:], status="new")
    (case,) = cases(story.report._replace(findings=(derived,))).values()
    assert (case.get("file"), case.get("line")) == ("facts/flood/herald-2031-05-06.yaml", "21")


def test_a_row_of_a_table_has_a_file_and_no_line_and_a_finding_without_facts_neither() -> None:
    row = story.violated._replace(facts=story.cited(sheltered=story.counted))
    (case,) = cases(story.report._replace(findings=(row,))).values()
    assert (case.get("file"), case.get("line")) == ("facts/flood/shelters.csv", None)
    (case,) = cases(story.report._replace(findings=(story.violated._replace(facts=()),))).values()
    assert case.get("file") is None


def test_what_is_wrong_in_the_input_is_an_error_with_its_place() -> None:
    case = cases(story.refused)["facts/flood/gazette-2031-05-04.yaml:12:14"]
    (error,) = case
    assert (error.tag, error.get("message"), case.get("line")) == ("error", "no measure shelterd is declared", "12")
    assert "expected: a declared measure" in (error.text or "")


def test_the_order_of_findings_and_rules_does_not_matter() -> None:
    turned = story.gated._replace(rules=story.RULES[::-1])
    assert render(turned) == render(story.gated)
    many = story.gated._replace(rules=tuple(Rule(f"r{n}", story.RULES[0].location, ()) for n in range(20)))
    assert list(cases(many)) == sorted(cases(many))


@given(story.texts, st.booleans())
def test_any_text_makes_a_valid_document_that_has_nothing_of_its_own(text: str, verbose: bool) -> None:
    document = render(story.told(text), verbose=verbose)
    document.encode()
    SCHEMA.validate(document)
    tags = {element.tag for element in parse(document).iter()}
    assert tags == {"testsuites", "testsuite", "testcase", "failure", "system-out"}


def test_rows_that_were_left_out_are_told_and_fail_nothing() -> None:
    kept, plain = parse(render(story.kept_going)), parse(render(story.gated))
    assert {name: kept.get(name) for name in ("tests", "failures", "errors")} == {
        name: plain.get(name) for name in ("tests", "failures", "errors")
    }
    said = "".join(one.text or "" for one in kept.iter("system-out"))
    assert "facts/flood/shelters.csv row 7: “plenty” is no number" in said
    assert "facts/flood/shelters.csv row 1208: the row has 3 cells" in said
    assert "1,234 rows left out" in said

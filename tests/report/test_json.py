from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from checker.model import Report, Side, Waivers
from checker.report import FORMATS, Options
from checker.report.json import Json, written
from report import story

SCHEMA = json.loads(Path(__file__, "../../../schemas/report.schema.json").resolve().read_bytes())
VALIDATOR = Draft202012Validator(SCHEMA)


def render(report: Report, *, verbose: bool = False) -> str:
    return FORMATS["json"](report, Options(verbose=verbose))


@pytest.mark.parametrize(
    ("name", "report", "verbose"),
    [
        ("findings", story.report, False),
        ("verbose", story.report, True),
        ("empty", story.empty, False),
        ("refused", story.refused, False),
        ("hostile", story.hostile, False),
        ("gated", story.gated, False),
    ],
)
def test_the_document_is_as_stored_and_keeps_its_schema(name: str, report: Report, verbose: bool) -> None:
    text = render(report, verbose=verbose)
    VALIDATOR.validate(json.loads(text))
    story.same_as_snapshot(f"{name}.json", text)


LEAVES = st.none() | st.booleans() | st.integers() | st.text()
JSON: st.SearchStrategy[Json] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=12
)


@given(JSON)
def test_it_is_written_as_python_writes_it(value: Json) -> None:
    assert written(value) == json.dumps(value, ensure_ascii=False, indent=2)


# ------------------------------------------------------------------------- the schema


def test_the_schema_is_one_and_every_field_has_a_title_and_a_description() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    fields = dict(_fields(SCHEMA))
    assert {"summary", "findings", "literal", "includes_low", "row", "hint"} <= set(fields)
    assert [name for name, field in fields.items() if not (field.get("title") and field.get("description"))] == []


def _fields(schema: object) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("properties", "$defs"):
                yield from value.items()
            yield from _fields(value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "checker/report/v2"),
        (("more",), 1),
        (("exit_code",), 70),
        (("summary", "facts"), -1),
        (("summary", "waived"), None),
        (("findings", 0, "verdict"), "wrong"),
        (("findings", 0, "status"), ""),
        (("findings", 0, "facts", 0, "row"), 3),
        (("findings", 0, "facts", 0, "value", "literal", "low"), 700),
        (("findings", 0, "facts", 0, "value", "literal", "low"), "7e2"),
        (("findings", 0, "left", "literal", "includes_low"), "yes"),
        (("findings", 0, "conflict"), {"facts": []}),
        (("waivers", "unused"), None),
    ],
)
def test_the_schema_refuses_what_is_not_a_report(path: tuple[str | int, ...], value: object) -> None:
    document = json.loads(render(story.report))
    _put(document, path, value)
    assert not VALIDATOR.is_valid(document)


def test_the_schema_knows_conflicts_and_repairs() -> None:
    document = json.loads(render(story.report))
    change = {
        "fact": story.home.id,
        "from": "more than 1,000",
        "to": "100",
        "change": "-901",
        "hint": "a factor of ten",
    }
    _put(document, ("findings", 0, "conflict"), {"facts": [story.home.id], "rules": ["returned-within-evacuated"]})
    _put(document, ("findings", 0, "repairs"), [{"changes": [change]}])
    VALIDATOR.validate(document)


def _put(document: object, path: tuple[str | int, ...], value: object) -> None:
    *way, last = path
    for step in way:
        document = document[step]  # type: ignore[index]  # the way is written for the document
    document[last] = value  # type: ignore[index]  # the same


# ------------------------------------------------------------------------- what the document says


def test_keys_stand_in_the_order_of_the_contract() -> None:
    document = json.loads(render(story.report, verbose=True))
    assert list(document) == ["schema", "exit_code", "summary", "findings", "errors", "waivers"]
    finding = document["findings"][0]
    assert " ".join(finding) == "id rule severity verdict status subject message facts left right"
    assert " ".join(finding["facts"][0]) == "name id file line column claimant quote value"
    assert list(finding["left"]["literal"]) == ["low", "high", "includes_low", "includes_high"]


def test_waivers_are_told_with_what_they_excuse_and_those_not_in_force_by_id() -> None:
    document = json.loads(render(story.gated))
    told = [(one["id"], one["status"], one["waiver"]) for one in document["findings"] if "waiver" in one]
    accepted = {"reason": "The source says so, and is quoted", "by": "the desk", "until": None}
    assert told == [("77ab90e1c2d3", "waived", accepted)]
    assert document["waivers"] == {"expired": ["0ff00ff0"], "unused": []}
    assert document["gone"] == ["900d900d900d"]
    unused = story.gated._replace(waivers=Waivers(unused=(story.run_out,)), gone=())
    assert json.loads(render(unused))["waivers"] == {"expired": [], "unused": ["0ff00ff0"]}
    assert "gone" not in json.loads(render(unused))


def test_a_row_of_a_table_stands_in_place_of_line_and_column() -> None:
    fact = next(fact for fact in _facts(story.report) if fact["id"] == "shelter-census#hall-7")
    assert fact["row"] == 7
    assert not {"line", "column"} & set(fact)
    error = json.loads(render(story.refused))["errors"][2]
    assert " ".join(error) == "file row message expected"


def test_a_derived_fact_says_where_it_comes_from_and_no_other_does() -> None:
    derived = [fact for fact in _facts(story.report) if "derived" in fact]
    assert {fact["id"] for fact in derived} == {story.returned.id}
    assert derived[0]["derived"] == {
        "rule": "running-total-takes-in-batches",
        "facts": ["herald-2031-05-06#north", "herald-2031-05-06#south"],
    }


def _facts(report: Report) -> list[dict[str, object]]:
    return [fact for finding in json.loads(render(report, verbose=True))["findings"] for fact in finding["facts"]]


def test_dates_are_days_in_facts_and_in_sides() -> None:
    (finding,) = json.loads(render(story.report._replace(findings=(story.dates,))))["findings"]
    day = {"low": "2031-05-03", "high": "2031-05-03", "includes_low": True, "includes_high": True}
    assert finding["facts"][0]["value"]["literal"] == day
    assert finding["left"]["conventional"] == day


def test_a_side_that_is_a_field_is_a_date_whatever_its_fact_counts() -> None:
    late = story.violated._replace(
        left=Side("returned.as_of", story.opened.value.literal, story.opened.value.literal, "date"), right=None
    )
    (finding,) = json.loads(render(story.report._replace(findings=(late,))))["findings"]
    assert finding["left"]["literal"]["low"] == "2031-05-03"
    assert finding["right"] is None


def test_a_side_that_counts_days_is_no_date() -> None:
    (finding,) = json.loads(render(story.report._replace(findings=(story.suspicious,))))["findings"]
    assert finding["right"]["literal"]["low"] == "24"
    assert finding["left"]["literal"] == {"low": "17.5", "high": "24.5", "includes_low": True, "includes_high": True}


def test_a_text_has_no_intervals() -> None:
    (finding,) = json.loads(render(story.report._replace(findings=(story.spelling,))))["findings"]
    assert finding["facts"][0]["value"] == {"text": "Ana Okonkwo-Lind", "literal": None, "conventional": None}


@settings(deadline=None)
@given(st.fractions(), st.fractions())
def test_an_interval_in_decimals_takes_in_the_exact_one(one: Fraction, other: Fraction) -> None:
    interval = story.between(min(one, other), max(one, other))
    finding = story.violated._replace(left=Side("evacuated / 3", interval, interval))
    document = json.loads(render(story.report._replace(findings=(finding,))))
    VALIDATOR.validate(document)
    ends = document["findings"][0]["left"]["literal"]
    assert Fraction(ends["low"]) <= min(one, other)
    assert Fraction(ends["high"]) >= max(one, other)


def test_outcomes_that_are_no_finding_are_there_under_verbose_with_their_reason() -> None:
    assert {finding["verdict"] for finding in json.loads(render(story.report))["findings"]} == {
        "violated",
        "suspicious",
    }
    every = json.loads(render(story.report, verbose=True))["findings"]
    assert len(every) == len(story.report.findings)
    assert [finding["id"] for finding in every if "reason" in finding] == [
        finding.id for finding in story.report.findings if finding.reason
    ]


@settings(deadline=None)
@given(st.text(st.characters()))
def test_any_text_comes_back_as_it_was_and_none_acts_on_a_terminal(text: str) -> None:
    message = render(story.report._replace(findings=(story.violated._replace(message=text),)))
    assert json.loads(message.encode())["findings"][0]["message"] == text
    assert not set(message) & {"\x1b", "\x9b", "\u202e", "\u2066", "\u2028"}


def test_rows_that_were_left_out_are_counted_and_listed_beside_findings() -> None:
    document = json.loads(render(story.kept_going))
    VALIDATOR.validate(document)
    assert (document["exit_code"], document["left_out"]) == (1, 1234)
    assert len(document["findings"]) == len(json.loads(render(story.gated))["findings"])
    assert [(one["file"], one["row"], one["message"]) for one in document["errors"]] == [
        ("facts/flood/shelters.csv", 7, "“plenty” is no number"),
        ("facts/flood/shelters.csv", 1208, "the row has 3 cells, the header 4"),
    ]
    assert "left_out" not in json.loads(render(story.gated))

"""A finding that several rules make: every format tells why it cannot be, and the smallest repair with its slip."""

from __future__ import annotations

import json

import pytest

from checker.model import Change, Conflict, Repair
from checker.report import FORMATS, Options
from report import story
from report.test_json import VALIDATOR

CHAIN = ("returned is more than 1,000, so evacuated is at least 1,621 (r1)", "but evacuated is around 1,400")
CHANGE = Change("a#evacuated", "1,260 to 1,540", "at least 1,621", "+81", "digits swapped: 4,100")
TOGETHER = story.violated._replace(
    rule="joint",
    left=None,
    right=None,
    chain=CHAIN,
    conflict=Conflict(("a#evacuated",), ("r1",)),
    repairs=(Repair((CHANGE,)),),
)
REPORT = story.report._replace(findings=(TOGETHER,))


def shown(name: str) -> str:
    return " ".join(FORMATS[name](REPORT, Options(width=400)).replace("\\n", " ").split())


@pytest.mark.parametrize("name", ["table", "sarif", "markdown", "junit"])
def test_the_chain_and_the_repair_are_shown(name: str) -> None:
    assert "; ".join(CHAIN) in shown(name)
    repair = "would stand with a#evacuated at least 1,621 (now 1,260 to 1,540; digits swapped: 4,100)"
    assert repair in shown(name).replace("<span>&#35;</span>", "#")


def test_programs_get_the_steps_one_by_one() -> None:
    document = json.loads(FORMATS["json"](REPORT, Options()))
    assert document["findings"][0]["chain"] == list(CHAIN)
    VALIDATOR.validate(document)


@pytest.mark.parametrize("name", ["table", "sarif", "markdown", "github"])
def test_whether_it_is_the_smallest_set_is_said(name: str) -> None:
    said = "there may be a smaller set that cannot stand"
    larger = TOGETHER._replace(conflict=Conflict(("a#evacuated",), ("r1",), smallest=False))
    of_one_rule = larger._replace(rule="r1")
    texts = [FORMATS[name](REPORT._replace(findings=(one,)), Options(200)) for one in (larger, TOGETHER, of_one_rule)]
    assert [said in text for text in texts] == [True, False, False]


def test_why_nothing_would_do_is_shown_in_place_of_a_repair() -> None:
    stuck = TOGETHER._replace(repairs=(), unrepaired="no repair leaves what is held fixed")
    for name in ("table", "sarif", "markdown", "github"):
        text = FORMATS[name](REPORT._replace(findings=(stuck,)), Options(width=200))
        assert "no repair leaves what is held fixed" in text
        assert "would stand" not in text

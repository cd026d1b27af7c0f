"""balance.py: what is said of one comparison of exact figures is what the general way says."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import facts
from checker import balance, conflict, finding, hold, slip
from checker.judge import Judge
from checker.model import Claimant, Fact, Finding, Rule

CLAIMANTS = {"police": Claimant("police", weight=2), "court": Claimant("court", fixed=True), "town": Claimant("town")}
NAMES = facts.NAMES._replace(claimants=CLAIMANTS)
PLAIN = ("a <= b", "a < b", "a == b", "a >= b + 2", "2 * a <= 3 * b", "a + b <= c", "a - b > c", "a + b == c + 1")
ODD = (
    "a == 2 * b",
    "a != b",
    "not a < b",
    "a <= b and b <= c",
    "abs(a - b) <= 1",
    "a / 3 + b / 2 < c",
    "a - a < b - b",
)


def found(asked: Rule | list[Rule], told: list[Fact]) -> list[Finding]:
    """What is found of facts under their names."""
    judge = Judge(NAMES)
    return [finding.make(match, judgement, judge) for match, judgement in facts.judged(asked, told, NAMES)]


def rule(require: str, told: list[Fact]) -> Rule:
    return facts.rule({one.id.partition("#")[2]: {"id": one.id} for one in told}, require, message="")


FIGURES = {
    "held": st.integers(0, 130).map(str)
    | st.sampled_from(["exactly 12", "1,200", "012", "0", "31,020 people", "about 30", "dozens", "unknown"]),
    "level": st.integers(0, 130).map(str) | st.sampled_from(["-3", "2.5", "at least 7"]),
    "cost": st.integers(0, 40).map(str) | st.integers(-40, 40).map(lambda n: {"min": str(n / 4), "max": str(n / 4)}),
    "share": st.sampled_from(["12", "exactly 21 %", "29.9 %"]),
    "lasted": st.sampled_from(["72 hours", "12 days", "2 weeks", "exactly 3 days"]),
    "began": st.sampled_from(["2024-01-12", "2024-01-21", "2024-02"]),
}


@st.composite
def claims(draw: st.DrawFn) -> list[Fact]:
    measure = draw(st.sampled_from(sorted(FIGURES)))
    return [_claim(draw, name, measure) for name in "abc"]


def _claim(draw: st.DrawFn, name: str, measure: str) -> Fact:
    fields: dict[str, Any] = {
        "source": draw(st.sampled_from("pq")),
        "claimant": draw(st.sampled_from([*CLAIMANTS, "nobody"])),
        "basis": draw(st.sampled_from(["reported", "verified"])),
        "fixed": draw(st.integers(0, 9)) == 0,
    }
    return facts.claim(name, measure, draw(FIGURES[measure]), **fields)


@settings(max_examples=500, deadline=None)
@given(claims(), st.sampled_from(PLAIN) | st.sampled_from(ODD))
def test_the_quick_way_says_what_the_general_one_says(told: list[Fact], require: str) -> None:
    asked = rule(require, told)
    quick = found(asked, told)
    with patch.object(balance, "of", lambda *_: None):
        assert quick == found(asked, told)


COUNTS = st.lists(st.integers(0, 60), min_size=4, max_size=4)


@settings(max_examples=100, deadline=None)
@given(COUNTS, st.sampled_from(["d <= c", "d == c", "c < d", "d + a == c", "sum(all) <= c", "sum(all) == d"]))
def test_so_it_does_of_what_is_derived_and_of_sums(figures: list[int], require: str) -> None:
    told = [
        facts.claim("a", "hurt", figures[0]),
        facts.claim("b", "hurt", figures[1], subject="some"),
        facts.claim("c", "held", figures[2]),
        facts.claim("again", "hurt", figures[3], source="b"),
    ]
    two = {"one": {"id": "a#a"}, "two": {"id": "a#b"}}
    adding = facts.rule(two, id="add", derive={"measure": "arrested", "value": "one + two"})
    given = {"a": {"id": "a#a"}, "c": {"id": "a#c"}, "d": {"measure": "arrested"}}
    asked = facts.rule({**given, "all": {"measure": "hurt", "collect": "all"}}, require, message="{a}, {all}, {d}")
    quick = found([adding, asked], told)
    assert quick
    with patch.object(balance, "of", lambda *_: None):
        assert quick == found([adding, asked], told)


def weighed(require: str, *told: Fact) -> balance.Balance | None:
    [(match, judgement)] = facts.judged(rule(require, list(told)), told, NAMES)
    assert judgement.verdict == "violated"
    held = hold.hold(match, NAMES)
    assert held is not None
    caused = conflict.cause([held], conventional=False)
    assert caused.balance == balance.of(held, conventional=False)
    return caused.balance


FIGURED = ((20, 19, 7), (20, 20, 7), (20, 19, 7), (4, 19, 7), (20, 12, 7), (10, 9, 15), (20, 15, 7), (10, 9, 15))


@pytest.mark.parametrize(("require", "figures"), [*zip(PLAIN, FIGURED, strict=True)])
def test_a_comparison_of_exact_figures_is_weighed(require: str, figures: tuple[int, ...]) -> None:
    made = weighed(require, *(facts.claim(name, "held", figure) for name, figure in zip("abc", figures, strict=True)))
    assert made is not None
    assert {id.partition("#")[2] for id in made.weights} == set(require) & set("abc")


@pytest.mark.parametrize("values", [("at least 20", 19), (20, "no more than 10")])
def test_what_is_not_exact_is_not(values: tuple[Any, Any]) -> None:
    a, b = (facts.claim(name, "held", value) for name, value in zip("ab", values, strict=True))
    assert weighed("a <= b", a, b) is None


def test_nor_is_what_not_all_facts_are_needed_for() -> None:
    """Twenty is more than all the others could be without, and no half of it is a count."""
    a, b = facts.claim("a", "held", 20), facts.claim("b", "held", 3)
    assert weighed("a + b <= 10", a, b) is None
    assert weighed("a == 2 * b", facts.claim("a", "held", 5), b) is None


@given(st.from_regex(r"[1-9][0-9]{0,8}", fullmatch=True))
def test_figures_near_by_are_those_that_would_be_written(digits: str) -> None:
    assert list(slip.numbers(digits)) == [(name, int(text)) for name, text in slip.written(digits)]

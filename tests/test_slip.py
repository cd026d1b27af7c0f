"""slip.py: the slip of the pen that would explain a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import facts
from checker import finding, slip
from checker.judge import Judge
from checker.model import EVERYTHING, Fact, Interval


def inside(low: int | None, high: int | None) -> Interval:
    return Interval(low, high, low is not None, high is not None)


def hint(text: Any, to: Interval, measure: str = "held", others: Sequence[Fact] = ()) -> str:
    """The hint for a figure that would have to be in an interval."""
    return slip.hint(facts.claim("x", measure, text), others, [to], lambda _: True)


@pytest.mark.parametrize(
    ("text", "low", "high", "expected"),
    [
        ("87", 78, 78, "digits swapped: 78"),
        ("at least 1,324", None, 1_250, "digits swapped: at least 1,234"),
        ("240", 2_300, 2_500, "a factor of ten: 2400"),
        ("2,400", 230, 250, "a factor of ten: 240"),
        ("1.2 million", 11_000_000, 13_000_000, "a factor of ten: 12 million"),
        ("25 million", 2_500_000, 2_500_000, ""),  # 2.5 million is two and a half, which 25 has no digit too many of
        ("150", 151, 151, "one digit off: 151"),
        ("150", 249, 251, "one digit off: 250"),
        ("150", 9_000, 9_999, ""),
        ("dozens", 5, 5, ""),
    ],
)
def test_slips_of_digits(text: str, low: int, high: int, expected: str) -> None:
    assert hint(text, inside(low, high)) == expected


def test_a_thousands_separator_read_as_a_decimal() -> None:
    assert hint("2.4", inside(2_300, 2_500), "level") == "a thousands separator read as a decimal: 2400"
    assert hint("2.345", inside(2_345, 2_345), "level") == "a thousands separator read as a decimal: 2345"


def test_the_likelier_slip_goes_before_the_nearer_one_but_not_by_a_wild_jump() -> None:
    assert hint("9,123", inside(0, 9_122)) == "one digit off: 9,122"  # 1,923 is thousands of times as far
    # 91 for 90 is one digit off; ten times as much would do too
    assert hint("90", inside(91, None)) == "one digit off: 91"
    assert hint("12", inside(13, None)) == "digits swapped: 21"


def test_a_number_does_not_begin_with_nought() -> None:
    assert hint("105", inside(15, 15)) == ""
    assert hint("501", inside(51, 51)) == ""


@pytest.mark.parametrize(("measure", "text"), [("began", "2024-01-12"), ("lasted", "12 days"), ("name", "12")])
def test_dates_durations_and_texts_have_no_slips_of_digits(measure: str, text: str) -> None:
    assert slip.hint(facts.claim("x", measure, text), (), [EVERYTHING], lambda _: True) == ""


# ------------------------------------------------------------------------- other facts of the finding


def found(require: str, *told: Fact) -> list[str]:
    """The hints of what is found of the facts, under their names."""
    given = {fact.id.partition("#")[2]: {"id": fact.id} for fact in told}
    judged = facts.judged(facts.rule(given, require, message=""), told)
    [made] = [finding.make(match, judgement, Judge(facts.NAMES)) for match, judgement in judged]
    return [change.hint for repair in made.repairs for change in repair.changes]


def test_two_fields_exchanged() -> None:
    a, b = facts.claim("a", "held", 555), facts.claim("b", "hurt", 33)
    assert found("a <= b", a, b) == ["exchanged with a#b: 33", "exchanged with a#a: 555"]
    elsewhere = b._replace(source=facts.source("b"))
    assert found("a <= b", a, elsewhere) == ["", ""]


def test_fields_are_exchanged_only_where_that_resolves_it() -> None:
    a, b = facts.claim("a", "held", 555), facts.claim("b", "hurt", 33)
    assert found("a <= b and b <= 33", a, b) == ["the figure of a#b: 33"]


def test_the_figure_of_another_fact() -> None:
    told = [facts.claim("a", "held", 555), facts.claim("b", "hurt", 133), facts.claim("c", "hurt", 133)]
    hints = found("a == b and b == c", *told)
    assert hints == ["the figure of a#b: 133"]


def test_a_hint_is_named_only_where_it_resolves_the_finding() -> None:
    a, b = facts.claim("a", "held", 87), facts.claim("b", "held", 78)
    assert "digits swapped: 78" in found("a == b", a, b)
    assert found("a == b and a == 87", a, b) == ["digits swapped: 87"]


def test_of_the_usual_reading_is_asked_where_that_is_what_does_not_fit() -> None:
    a, b = facts.claim("a", "held", "about 52"), facts.claim("b", "held", "about 47")
    hints = found("a <= b", a, b)  # usually 52 and 47; “about 25” is 25
    assert hints[0] == "digits swapped: about 25"

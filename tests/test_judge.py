"""Verdicts: the five, over whole expressions, whole numbers and open dates."""

from __future__ import annotations

from typing import Any

import pytest

from checker.judge import Judge
from facts import NAMES, claim, judged, rule, verdicts


def verdict(require: str, **values: Any) -> str:
    """The verdict on one fact for each name; a measure is given as ``(measure, value)``, a count as its value."""
    facts, given = [], {}
    for name, value in values.items():
        measure, text = value if isinstance(value, tuple) else ("held", value)
        facts.append(claim(name, measure, text))
        given[name] = {"measure": measure, "id": f"a#{name}"}
    (said,) = verdicts(rule(given, require), facts)
    return said


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("60", "50", "violated"),
        ("50", "60", "satisfied"),
        ("about 130", "120", "suspicious"),  # 117 to 143; as read, 125 to 135
        ("about 130", "140", "satisfied"),  # as read
        ("about 130", "130", "undetermined"),
        ("more than 30", "30", "violated"),
        ("more than 30", "35", "undetermined"),
        ("more than 30", "40", "satisfied"),  # as read, less than 40
        ("at least 30", "40", "undetermined"),
        ("unknown", "40", "undetermined"),
        ("fewer than 1", "0", "satisfied"),
    ],
)
def test_a_verdict_is_about_what_words_mean(a: str, b: str, expected: str) -> None:
    assert verdict("a <= b", a=a, b=b) == expected


@pytest.mark.parametrize("value", ["5", "about 5", "more than 3", "unknown", "2 to 4"])
def test_a_fact_is_one_quantity_however_often_it_stands(value: str) -> None:
    assert verdict("a - a <= 0", a=value) == "satisfied"
    assert verdict("a - a < 0", a=value) == "violated"
    assert verdict("2 * a == a + a", a=value) == "satisfied"
    assert verdict("a == a + 1", a=value) == "violated"


def test_whole_numbers_have_no_halves() -> None:
    assert verdict("2 * a == 3", a="unknown") == "violated"
    assert verdict("2 * a == 3", a=("level", "1 to 2")) == "undetermined"
    assert verdict("2 * a + 4 * b == 7", a="unknown", b="unknown") == "violated"
    assert verdict("a > 1 and a < 2", a="unknown") == "violated"
    assert verdict("a <= 1 or a >= 2", a="unknown") == "satisfied"


@pytest.mark.parametrize(
    ("require", "expected"),
    [
        ("a < b and b < a", "violated"),
        ("a < b or b <= a", "satisfied"),
        ("not (a < b and b < a)", "satisfied"),
        ("not (a < b)", "undetermined"),
        ("a == b or a != b", "satisfied"),
        ("a == b and not (a == b)", "violated"),
        ("a + b == 4 and a - b == 1", "violated"),  # a would be 2.5
        ("a + b == 20", "violated"),
    ],
)
def test_conditions_are_judged_together(require: str, expected: str) -> None:
    assert verdict(require, a="2 to 4", b="2 to 4") == expected


def test_absolute_values_and_extremes_are_exact() -> None:
    assert verdict("abs(a - b) <= 2", a="2 to 4", b="2 to 4") == "satisfied"
    assert verdict("abs(a - b) > 2", a="2 to 4", b="2 to 4") == "violated"
    assert verdict("abs(a - b) + (a - b) < 0", a="2 to 4", b="2 to 4") == "violated"
    assert verdict("abs(a - b) == a - b or abs(a - b) == b - a", a="unknown", b="unknown") == "satisfied"


def test_products_and_quotients_never_say_too_much() -> None:
    assert verdict("a / b <= 1", a="5", b="0 to 3") == "undetermined"  # over nought
    assert verdict("a / b <= 1", a="5", b="0") == "undetermined"
    assert verdict("a / b <= 1", a="5", b="2 to 4") == "violated"
    assert verdict("a / b <= 3", a="5", b="2 to 4") == "satisfied"
    assert verdict("a * b - a * b == 0", a="2 to 4", b="2 to 4") == "satisfied"
    assert verdict("a / a == 1", a="2 to 4") == "undetermined"  # true, but not seen; never "violated"
    assert verdict("100 * a / b == 30", a="3", b="10") == "satisfied"
    assert verdict("a * a >= 0", a="unknown") == "satisfied"


def test_numbers_are_exact_however_far_apart() -> None:
    far, near = 10**15, ("level", {"min": "0.001", "max": "0.001"})
    assert verdict(f"a + b <= {far}", a=("level", str(far)), b=near) == "violated"
    assert verdict(f"a + b >= {far}", a=("level", str(far)), b=near) == "satisfied"
    assert verdict(f"a < b + {far}", a=str(far), b="0") == "violated"
    assert verdict("3 * (a / 3) == a", a="7") == "satisfied"


def test_texts_are_compared_as_they_are_read() -> None:
    one, other = ("name", "Ana  Ruiz"), ("name", "Ana Ruiz")
    assert verdict("a == b", a=one, b=other) == "satisfied"
    assert verdict("a == b", a=one, b=("name", "ana ruiz")) == "violated"
    assert verdict("a != b", a=one, b=("name", "ana ruiz")) == "satisfied"
    assert verdict("a == b", a=("name", "Jose\u0301"), b=("name", "José")) == "satisfied"


def test_a_name_is_spelled_as_declared() -> None:
    known = '"Edmundo González"'
    for spelled in ("EDMUNDO GONZÁLEZ", "edmundo gonzales", "E. González"):
        assert verdict(f"spelled_like(a, {known})", a=("name", spelled)) == "satisfied"
    assert verdict(f"spelled_like(a, {known})", a=("name", "Edmundo Gomez")) == "violated"
    assert verdict('spelled_like(a, "Ana Ruiz")', a=("name", "ana ruíz")) == "satisfied"


def test_dates_are_intervals_of_days() -> None:
    assert verdict('weekday(a) == "Monday"', a=("began", "2024-01-01")) == "satisfied"
    assert verdict('weekday(a) == "Sunday"', a=("began", "2024-01-01")) == "violated"
    assert verdict('weekday(a) == "Monday"', a=("began", "2024-01")) == "undetermined"
    assert verdict('weekday(a) == "Friday"', a=("began", "2024-01-01/2024-01-03")) == "violated"
    assert verdict("days_between(a, b) == 30", a=("began", "2024-01-01"), b=("began", "2024-01-31")) == "satisfied"
    assert verdict("days_between(a, b) >= 0", a=("began", "2024-01"), b=("began", "2024-02")) == "satisfied"
    assert verdict("days_between(a, b) < 0", a=("began", "2024-01"), b=("began", "2024-02")) == "violated"
    assert verdict("days_between(a, b) <= 31", a=("began", "2024-01"), b=("began", "2024-02")) == "undetermined"
    assert verdict("days_between(a, b) == c", a=("began", "2024-01-01"), b=("began", "2024-01-03"),
                   c=("lasted", "48 hours")) == "undetermined"  # fmt: skip
    assert verdict("a >= '2024-02'", a=("began", "2024-01")) == "violated"
    assert verdict("a <= 2024-01-31", a=("began", "2024-01")) == "satisfied"


def test_facts_of_one_source_share_the_day_that_they_write_alike() -> None:
    given = {"x": {"measure": "held"}, "y": {"measure": "hurt"}}
    days_apart = rule(given, "days_between(x.as_of, y.as_of) == 0")
    one = claim("one", "held", 1, as_of="2024-01")
    assert verdicts(days_apart, [one, claim("two", "hurt", 1, as_of="2024-01")]) == ["satisfied"]
    assert verdicts(days_apart, [one, claim("two", "hurt", 1, as_of="2024-01", source="b")]) == ["undetermined"]
    assert verdicts(days_apart, [one, claim("two", "hurt", 1, as_of="2024-02")]) == ["violated"]


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        ("some", "all", "satisfied"),
        ("few", "all", "satisfied"),
        ("all", "all", "violated"),
        ("others", "all", "violated"),
    ],
)
def test_a_subject_is_within_another_through_any_steps(part: str, whole: str, expected: str) -> None:
    facts = [claim("x", "held", 1, subject=part), claim("y", "hurt", 1, subject=whole)]
    given = {"x": {"measure": "held"}, "y": {"measure": "hurt"}}
    assert verdicts(rule(given, "within(x.subject, y.subject)"), facts) == [expected]


def test_a_measure_is_within_another_and_the_total_of_its_flow() -> None:
    given = {"x": {"id": "a#x"}, "y": {"id": "a#y"}}

    def said(require: str, x: str, y: str) -> list[str]:
        return verdicts(rule(given, require), [claim("x", x, 1), claim("y", y, 1)])

    assert said("within(x.measure, y.measure)", "sick", "held") == ["satisfied"]
    assert said("within(x.measure, y.measure)", "held", "sick") == ["violated"]
    assert said("total_of(x.measure, y.measure)", "freed_total", "freed") == ["satisfied"]
    assert said("total_of(x.measure, y.measure)", "freed", "freed_total") == ["violated"]


def test_what_differs_in_a_comparable_field_is_incomparable() -> None:
    within = rule({"x": {"measure": "freed_total"}, "y": {"measure": "arrested"}}, "x <= y", comparable=["since"])
    more, fewer = claim("x", "freed_total", 9, since="2024-01-01"), claim("y", "arrested", 5, since="2023-01-01")
    assert verdicts(within, [more, fewer]) == ["incomparable"]
    assert verdicts(within, [more, claim("y", "arrested", 5)]) == ["incomparable"]  # absent on one side
    assert verdicts(within, [claim("x", "freed_total", 9), claim("y", "arrested", 5)]) == ["violated"]
    assert verdicts(within, [more, claim("y", "arrested", 5, since="2023-12~", source="b")]) == ["undetermined"]
    stock = rule({"x": {"measure": "held"}, "y": {"measure": "arrested"}}, "x <= y", comparable=["since"])
    assert verdicts(stock, [claim("x", "held", 9), fewer]) == ["violated"]


def test_different_units_do_not_compare() -> None:
    general = rule({"x": {"kind": "stock", "id": "a#x"}, "y": {"kind": "stock", "id": "a#y"}}, "x <= y")
    assert verdicts(general, [claim("x", "held", 9), claim("y", "share", "5 %")]) == ["incomparable"]
    assert verdicts(general, [claim("x", "held", 9), claim("y", "cost", 5)]) == ["incomparable"]
    assert verdicts(general, [claim("x", "held", 9), claim("y", "level", 5)]) == ["violated"]  # a plain number
    assert verdicts(general, [claim("x", "held", 9), claim("y", "hurt", 5)]) == ["violated"]


def test_units_are_looked_at_in_every_match() -> None:
    sums = rule({"parts": {"kind": "stock", "dimensions": "any", "collect": "all"}, "y": {"kind": "stock"}},
                "sum(parts) <= y", same=["subject"])  # fmt: skip
    mixed = [
        claim("p", "held", 1, dimensions={"sex": "men"}),
        claim("q", "share", "5 %", dimensions={"sex": "men"}),
        claim("y", "share", "2 %"),
    ]
    plain = [
        claim("r", "held", 9, dimensions={"sex": "men"}, subject="some"),
        claim("z", "share", "2 %", subject="some"),
    ]
    assert verdicts(sums, plain) == ["incomparable"]
    assert "violated" not in verdicts(sums, [*mixed, *plain])


def test_a_field_that_is_absent_leaves_nothing_to_judge() -> None:
    assert verdicts(rule({"x": {"measure": "held"}}, "x.event == x.event"), [claim("x", "held", 1)]) == []


def test_an_open_verdict_says_why() -> None:
    least = rule({"x": {"measure": "held"}, "p": {"measure": "hurt", "collect": "all", "or_none": True}}, "min(p) <= x")
    assert verdicts(least, [claim("x", "held", 1)]) == []  # all its collections are empty
    two = rule({"x": {"measure": "began"}, "y": {"measure": "held"}}, "y <= 1", where="x <= 2024-01-02")
    ((_, judgement),) = judged(two, [claim("x", "began", "2024-01"), claim("y", "held", 5)])
    assert judgement.verdict == "undetermined"
    assert "open whether the rule applies" in judgement.reason


def test_the_sides_are_those_of_the_comparison_that_is_not_kept() -> None:
    both = rule({"x": {"measure": "held"}}, "x >= 0 and 2 * x <= 8")
    ((found, _),) = judged(both, [claim("x", "held", "about 5")])
    left, right = Judge(NAMES).sides(found)
    assert left is not None
    assert right is not None
    assert (left.text, left.literal and (left.literal.low, left.literal.high)) == ("2 * x", (8, 12))
    ((found, _),) = judged(both, [claim("x", "held", "5")])
    left, right = Judge(NAMES).sides(found)
    assert left is not None
    assert right is not None
    assert (left.text, left.literal and left.literal.low, right.text) == ("2 * x", 10, "8")

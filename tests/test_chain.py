"""chain.py: from what is stated to what contradicts it, step by step."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import facts
from checker import quantity
from checker.model import Fact, Finding
from test_conflict import CHAIN, A, B, C, count, level, one, rule, single


def dated(fact: Fact, day: str) -> Fact:
    return facts.claim(fact.id.removeprefix("a#"), fact.measure.id, fact.value, as_of=day)


RELEASED = "more than 2,000 (at least 2,001)"


def test_of_one_rule_what_is_stated_and_what_follows() -> None:
    asked = rule("r", "released + held <= arrested", "released", "held", "arrested")
    told = [count("released", "more than 2,000"), count("held", "more than 700"), count("arrested", "around 2,400")]
    assert single(asked, *told).chain == (
        f"released is {RELEASED} and held is more than 700 (at least 701), so arrested is at least 2,702",
        "but arrested is around 2,400 (2,160 to 2,640)",
    )


def test_of_several_rules_a_line_for_each_with_its_name() -> None:
    told = [dated(A, "2024-01-01"), dated(B, "2024-01-02"), dated(C, "2024-01-03")]
    assert one(CHAIN, *told).chain == (
        "held as of 2024-01-03 is at most 12, so held as of 2024-01-02 is at most 12 (r2)",
        "so held as of 2024-01-01 is at most 12 (r1)",
        "but held as of 2024-01-01 is at least 15",
    )


def test_facts_that_nothing_else_tells_apart_go_by_their_ids() -> None:
    assert one(CHAIN, A, B, C).chain[-1] == "but a#a is at least 15"


def test_what_came_before_is_not_said_again_and_what_is_open_is_at_least_nought() -> None:
    rules = [rule("r1", "a + b <= t", "a", "b", "t"), rule("r2", "t <= c", "t", "c")]
    told = [count("a", "at least 15"), count("b", "unknown", measure="hurt"), count("c", 9, measure="sick")]
    assert one(rules, *told, count("t", "unknown", measure="arrested")).chain == (
        "sick is 9, so arrested is at most 9 (r2)",
        "so, with hurt is at least 0, held is at most 9 (r1)",
        "but held is at least 15",
    )


def test_a_suspicious_finding_tells_what_is_usually_meant() -> None:
    found = single(rule("r", "a <= b", "a", "b"), count("a", 3200), count("b", "over 2,000"))
    assert found.verdict == "suspicious"
    assert found.chain == ("a is 3,200, so b is at least 3,200", "but b is over 2,000 (usually 2,001 to 2,999)")


@pytest.mark.parametrize(
    ("require", "told", "chain"),
    [
        ("a >= 5", [count("a", 3)], ("by r, a is at least 5", "but a is 3")),
        ("2 * a <= b", [level("a", "2.5"), level("b", "4")],
         ("a is 2.5 (2.45 to 2.55), so b is at least 4.9", "but b is 4")),
        ("2 * a == b", [count("a", "2 or more"), count("b", 3)],
         ("a is 2 or more (at least 2), so b is at least 4", "but b is 3")),
        ("a < b", [level("a", "at least 4"), level("b", "up to 4")],
         ("a is at least 4, so b is more than 4", "but b is up to 4 (at most 4)")),
        ("days_between(a, b) >= 60", [facts.claim("a", "began", "2024-01"), facts.claim("b", "began", "2024-01-10")],
         ("a is 2024-01, so b is 2024-03-01 or later", "but b is 2024-01-10")),
        ("days_between(a, b) >= 9999999", [facts.claim("a", "began", "2024-01"), facts.claim("b", "began", "2024-02")],
         ("a is 2024-01, so b is on no day that can be written", "but b is 2024-02")),
        ("a <= b", [facts.claim("a", "lasted", "17 months"), facts.claim("b", "lasted", "72 hours")],
         ("a is 17 months (502 to 533 days), so b is at least 502 days", "but b is 72 hours (71.5 to 72.5 hours)")),
        ("abs(a - b) <= 5", [count("a", 3), count("b", 13)], ()),  # one of two cases: the arithmetic tells it
        ("a == b", [facts.claim("a", "name", "Ana"), facts.claim("b", "name", "Eva")], ()),
    ],
)  # fmt: skip
def test_all_kinds_of_comparisons(require: str, told: list[Fact], chain: tuple[str, ...]) -> None:
    assert single(rule("r", require, *"ab"[: len(told)]), *told).chain == chain


def test_where_no_single_bound_shows_it_comparisons_are_added_up() -> None:
    told = [count("a", "unknown"), count("b", "unknown", measure="hurt"), count("c", "unknown", measure="sick")]
    circle = [rule("r1", "a < b", "a", "b"), rule("r2", "b < c", "b", "c"), rule("r3", "c <= a + 1", "a", "c")]
    assert one(circle, *told).chain == (
        "held + 1 is at most hurt (r1)",
        "hurt + 1 is at most sick (r2)",
        "sick is at most held + 1 (r3)",
        "but added up, 1 would have to be at most 0",
    )
    apart = [rule("r1", "a + b <= c", "a", "b", "c"), rule("r2", "a - b >= c + 2", "a", "b", "c")]
    assert one(apart, *told).chain == (
        "held + hurt is at most sick (r1)",
        "hurt + sick + 2 is at most held (r2)",
        "2 times: hurt is at least 0",
        "but added up, 2 would have to be at most 0",
    )


def test_numbers_that_are_no_counts_stay_below_each_other() -> None:
    told = [level("a", "unknown"), level("b", "unknown"), level("c", "unknown")]
    found = one([rule("r1", "2.5 * a < b", "a", "b"), rule("r2", "2 * b <= 5 * a", "a", "b")], *told)
    assert found.chain == (
        "2 times: 2.5 × a#a is less than a#b (r1)",
        "2 × a#b is at most 5 × a#a (r2)",
        "but added up, 0 would have to be less than 0",
    )


def test_long_chains_and_long_sums_are_cut() -> None:
    names = [f"n{number}" for number in range(20)]
    rules = [rule(f"r{a}", f"{a} <= {b}", a, b) for a, b in pairwise(names)]
    told = [count(name, "unknown") for name in names[1:-1]]
    ends = [count(names[0], 5), count(names[-1], 4)]
    assert one(rules, *told, *ends).chain == ()
    assert len(one(rules[:8], *told, ends[0], count(names[8], 4)).chain) == 9
    summed = single(rule("r", f"{' + '.join(names[:9])} <= n9", *names[:10]), *(count(name, 1) for name in names[:10]))
    assert summed.chain[0].endswith("n5 is 1 and 3 more, so n9 is at least 9")


@given(st.integers(0, 10**15), st.integers(0, 10**15), st.integers(1, 10**15))
def test_the_last_step_is_the_exact_end(a: int, b: int, missing: int) -> None:
    whole = max(a + b - missing, 0)
    told = [count("a", a), count("b", b), count("c", whole)]
    found: Finding = single(rule("r", "a + b <= c", "a", "b", "c"), *told)
    if found.verdict == "violated":
        stands, against = found.chain
        assert stands.endswith(f"so c is at least {quantity.number(a + b)}")
        assert against == f"but c is {whole:,}"

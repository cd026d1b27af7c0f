"""Which facts a rule applies to: patterns, what is the same, collections, the next in time, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from checker.model import Fact
from facts import ENGINES, bound, claim, judged, rule


def found(given: Mapping[str, Any], facts: list[Fact], by: str = "plain", **fields: Any) -> list[dict[str, Any]]:
    """What the names of a rule are bound to in each of its matches, sorted."""
    one = rule(given, fields.pop("require", "1 == 1"), **fields)
    return sorted((bound(match) for match, _ in judged(one, facts, by=by)), key=repr)


def verdict(given: Mapping[str, Any], facts: list[Fact], **fields: Any) -> list[str]:
    return sorted(said.verdict for _, said in judged(rule(given, fields.pop("require", "1 == 2"), **fields), facts))


def ids(matches: list[dict[str, Any]], name: str = "x") -> list[Any]:
    return [one[name] for one in matches]


# ------------------------------------------------------------------------- patterns

MANY = [
    claim("held", "held", 1),
    claim("men", "held", 1, dimensions={"sex": "men"}),
    claim("there", "held", 1, dimensions={"place": "x"}),
    claim("both", "held", 1, dimensions={"sex": "men", "place": "x"}),
    claim("event", "freed", 1, event="one", during="2024-01-01"),
    claim("planned", "hurt", 1, basis="planned"),
    claim("old", "hurt", 1, superseded=True),
]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"measure": "held"}, ["held"]),
        ({"measure": "held", "dimensions": "any"}, ["both", "men", "there"]),
        ({"measure": "held", "dimensions": {"sex": "any"}}, ["men"]),
        ({"measure": "held", "dimensions": {"sex": "women"}}, []),
        ({"measure": "held", "dimensions": {"sex": "any", "place": "x"}}, ["both"]),
        ({"measure": "held", "dimensions": {"sex": ["any", None]}}, ["held", "men"]),
        ({"measure": "held", "dimensions": ["null", {"place": "any"}]}, ["held", "there"]),
        ({"measure": "h*"}, ["held"]),
        ({"measure": ["freed", "hurt"]}, ["event"]),
        ({"event": None}, ["held"]),
        ({"event": "any"}, ["event"]),
        ({"event": ["two", "o*"]}, ["event"]),
        ({"during": "2024-*"}, ["event"]),
        ({"basis": "any"}, ["event", "held"]),
        ({"basis": "planned"}, ["planned"]),
        ({"basis": ["planned", "reported"]}, ["event", "held", "planned"]),
        ({"kind": "stock", "type": "count"}, ["held"]),
        ({"unit": None}, []),
        ({"breakdown": "place+sex", "dimensions": "any"}, ["both"]),
        ({"source": "b"}, []),
        ({"origin": None, "measure": "held"}, ["held"]),
    ],
)
@pytest.mark.parametrize("by", ENGINES)
def test_a_pattern_chooses_facts(wanted: dict[str, Any], expected: list[str], by: str) -> None:
    assert ids(found({"x": wanted}, MANY, by)) == expected


# ------------------------------------------------------------------------- different facts, pairs

THREE = [claim(name, "held", 1, claimant=name) for name in ("c", "a", "b")]
PAIR = {"x": {"measure": "held"}, "y": {"measure": "held"}}


@pytest.mark.parametrize(
    "require",
    ["x == y", "x + y <= 9", "abs(x - y) <= 1", "x * y == 4 and y > 0 and x > 0", "x < y or y < x", "not x != y"],
)
@pytest.mark.parametrize("by", ENGINES)
def test_a_rule_that_reads_the_same_with_two_names_exchanged_matches_a_pair_once(require: str, by: str) -> None:
    matches = found(PAIR, THREE, by, require=require)
    assert [(one["x"], one["y"]) for one in matches] == [("a", "b"), ("a", "c"), ("b", "c")]


@pytest.mark.parametrize("require", ["x <= y", "x - y == 0", "x + 2 * y <= 9", "abs(x) == y", "x == y and x > 0"])
def test_a_rule_that_does_not_matches_it_both_ways(require: str) -> None:
    assert len(found(PAIR, THREE, require=require)) == 6


def test_what_a_pattern_or_where_tells_apart_is_not_exchanged() -> None:
    assert len(found({"x": {"measure": "held"}, "y": {"measure": "h*"}}, THREE, require="x == y")) == 6
    assert len(found(PAIR, THREE, require="x == y", where="x.claimant != 'a'")) == 4
    assert len(found(PAIR, THREE, require="x == y", where="x.claimant != y.claimant")) == 3


def test_three_names_that_read_the_same_match_a_triple_once() -> None:
    given = {**PAIR, "z": {"measure": "held"}}
    assert len(found(given, THREE, require="x + y + z == 3")) == 1
    assert len(found(given, THREE, require="x + y == 2 * z")) == 3


# ------------------------------------------------------------------------- same


def test_absent_on_both_sides_agrees() -> None:
    one, other = claim("one", "held", 1), claim("two", "hurt", 1)
    given = {"x": {"measure": "held"}, "y": {"measure": "hurt"}}
    assert len(found(given, [one, other], same=["event", "dimensions", "during"])) == 1
    assert found(given, [one, claim("two", "hurt", 1, event="one")], same=["event"]) == []


@pytest.mark.parametrize(
    ("one", "other", "source", "expected"),
    [
        ("2024-01-01", "2024-01-01", "b", ["violated"]),
        ("2024-01-01", "2024-01-02", "b", []),
        ("2024-01", "2024-01", "a", ["violated"]),  # one source means one day by it
        ("2024-01", "2024-01", "b", ["undetermined"]),
        ("2024-01", "2024-01-31", "a", ["undetermined"]),
        ("2024-01", "2024-02", "b", []),
        ("2024-01~", "2024-02", "b", ["undetermined"]),
        ("../2024-01-05", "2024-01-05", "b", ["undetermined"]),
        ("../2024-01-05", "2024-01-06", "b", []),
    ],
)
def test_the_same_date_is_the_same_day(one: str, other: str, source: str, expected: list[str]) -> None:
    facts = [claim("x", "held", 1, as_of=one), claim("y", "hurt", 1, as_of=other, source=source)]
    assert verdict({"x": {"measure": "held"}, "y": {"measure": "hurt"}}, facts, same=["as_of"]) == expected


@pytest.mark.parametrize(
    ("field", "one", "other", "expected"),
    [
        ("during", "2024-01", "2024-01-01/2024-01-31", ["violated"]),  # a period is all its days
        ("during", "2024-01", "2024-01-05", []),
        ("during", "2024-01~", "2024-01", ["undetermined"]),
        ("during", "2024-01-01/..", "2024-01-01/2024-02-01", ["undetermined"]),
        ("during.start", "2024-01-01/2024-01-03", "2024-01", ["violated"]),
        ("during.start", "2024-01-02", "2024-01", []),
        ("during.end", "2024-01-31", "2024-01", ["violated"]),
        ("during.end", "../2024-01-31", "2024-01", ["violated"]),
        ("during.start", "../2024-01-31", "2024-01", ["undetermined"]),
    ],
)
def test_the_same_period_and_its_ends(field: str, one: str, other: str, expected: list[str]) -> None:
    facts = [claim("x", "freed", 1, during=one, source="b"), claim("y", "freed", 1, during=other)]
    assert verdict({"x": {"source": "b"}, "y": {"source": "a"}}, facts, same=[field]) == expected


# ------------------------------------------------------------------------- collections


def batch(name: str, value: Any, during: str, **fields: Any) -> Fact:
    return claim(name, "freed", value, during=during, **fields)


BATCHES = [batch("one", 1, "2024-01-01"), batch("two", 2, "2024-01-02"), batch("late", 9, "2024-02-01")]
TOTAL = claim("total", "freed_total", 3, as_of="2024-01-31", since="2024-01-01")
SUM = {"batches": {"measure": "freed", "collect": "all"}, "total": {"measure": "freed_total"}}


@pytest.mark.parametrize("by", ENGINES)
def test_a_collection_takes_all_that_fit(by: str) -> None:
    (match,) = found(SUM, [*BATCHES, TOTAL], by, require="sum(batches) == total")
    assert match == {"batches": ["late", "one", "two"], "total": "total"}


def test_a_collection_takes_what_is_bound_by_another_name_too() -> None:
    (match,) = found(
        {"all": {"kind": "flow", "collect": "all"}, "x": {"id": "a#one"}}, BATCHES, require="x <= sum(all)"
    )
    assert match == {"all": ["late", "one", "two"], "x": "one"}


def test_where_chooses_the_members_of_a_collection() -> None:
    fields = {"require": "sum(batches) == total", "where": "batches.during.end <= total.as_of"}
    assert ids(found(SUM, [*BATCHES, TOTAL], **fields), "batches") == [["one", "two"]]
    assert verdict(SUM, [*BATCHES, TOTAL], **fields) == ["satisfied"]
    assert found(SUM, [BATCHES[2], TOTAL], **fields) == []


def test_a_member_that_may_not_belong_stays_and_leaves_it_open() -> None:
    fields = {"require": "sum(batches) == total", "where": "batches.during.end <= total.as_of"}
    vague = TOTAL._replace(as_of=claim("x", "held", 1, as_of="2024").as_of)
    assert ids(found(SUM, [*BATCHES, vague], **fields), "batches") == [["late", "one", "two"]]
    assert verdict(SUM, [*BATCHES, vague], **fields) == ["undetermined"]


def test_a_collection_takes_what_is_the_same_as_every_single_fact() -> None:
    given = {"x": {"measure": "held"}, "y": {"measure": "hurt"}, "parts": {"measure": "sick", "collect": "all"}}
    facts = [
        claim("x", "held", 1, as_of="2024-01-01/2024-01-05"),
        claim("y", "hurt", 1, as_of="2024-01-04/2024-01-08"),
        claim("early", "sick", 1, as_of="2024-01-01"),
        claim("right", "sick", 1, as_of="2024-01-05"),
    ]
    assert ids(found(given, facts, same=["as_of"]), "parts") == [["right"]]


def test_what_may_be_none_matches_without_but_not_where_all_collections_are_empty() -> None:
    given = {"batches": {"measure": "freed", "collect": "all", "or_none": True}, "total": {"measure": "freed_total"}}
    further = {**given, "parts": {"measure": "held", "collect": "all", "or_none": True}}
    assert found(given, [TOTAL]) == []
    facts = [TOTAL, claim("part", "held", 1)]
    assert found(further, facts) == [{"batches": [], "total": "total", "parts": ["part"]}]
    assert verdict(further, facts, require="sum(batches) + count(batches) == 0") == ["satisfied"]
    assert verdict(further, facts, require="max(batches) <= 0") == ["undetermined"]


def test_by_makes_one_collection_for_each() -> None:
    parts = [
        claim("men", "held", 1, dimensions={"sex": "men"}),
        claim("women", "held", 1, dimensions={"sex": "women"}),
        claim("there", "held", 1, dimensions={"place": "x"}),
    ]
    given = {"parts": {"measure": "held", "dimensions": "any", "collect": "all", "by": "breakdown"}}
    assert ids(found(given, parts, require="sum(parts) == 2"), "parts") == [["men", "women"], ["there"]]


def test_it_is_open_what_belongs_together_where_days_that_part_it_are_open() -> None:
    given = {"x": {"measure": "held", "collect": "all", "by": "as_of"}, "y": {"measure": "hurt"}}
    open_day, other = claim("a", "held", 1, as_of="2024-01"), claim("y", "hurt", 2)
    apart = claim("b", "held", 1, as_of="2024-02-01", event="one")
    near = claim("b", "held", 1, as_of="2024-01-05", event="one")
    assert verdict(given, [open_day, apart, other], require="sum(x) >= y") == ["violated", "violated"]
    assert verdict(given, [open_day, near, other], require="sum(x) >= y") == ["undetermined", "undetermined"]


def test_a_rule_over_collections_alone_matches_once_for_what_is_the_same() -> None:
    facts = [claim(name, "held", 1, subject=subject) for name, subject in (("a", "all"), ("b", "all"), ("c", "some"))]
    given = {"x": {"measure": "held", "collect": "all"}}
    assert ids(found(given, facts, require="sum(x) == 2", same=["subject"])) == [["a", "b"], ["c"]]
    assert ids(found(given, facts, require="sum(x) == 2")) == [["a", "b", "c"]]


def test_a_match_is_found_once_however_many_ways_lead_to_it() -> None:
    open_days = [
        claim("a", "held", 1, as_of="2024-01", subject="all"),
        claim("b", "held", 1, as_of="2024-01-05", subject="some"),
    ]
    given = {"x": {"measure": "held", "collect": "all"}}
    assert ids(found(given, open_days, require="sum(x) == 2", same=["as_of"])) == [["a", "b"]]
    emptied = {"x": {"measure": "held", "collect": "all", "or_none": True, "by": "subject"},
               "y": {"measure": "hurt", "collect": "all"}, "z": {"measure": "sick"}}  # fmt: skip
    facts = [*open_days, claim("y", "hurt", 1), claim("z", "sick", 1, as_of="2023-01-01")]
    assert found(emptied, facts, where="x.as_of <= z.as_of") == []  # one of several collections is left out instead
    emptied = {**emptied, "x": {"measure": "held", "collect": "all", "or_none": True}}
    assert found(emptied, facts, where="x.as_of <= z.as_of") == [{"x": [], "y": ["y"], "z": "z"}]


# ------------------------------------------------------------------------- the next in time

DAYS = [claim(f"d{day}", "held", 1, as_of=f"2024-01-0{day}") for day in (5, 1, 3)]
NEXT = {"earlier": {"measure": "held"}, "later": {"measure": "held", "next": "earlier", "by": "as_of"}}


@pytest.mark.parametrize("by", ENGINES)
def test_next_is_the_nearest_later_time(by: str) -> None:
    assert found(NEXT, DAYS, by) == [{"earlier": "d1", "later": "d3"}, {"earlier": "d3", "later": "d5"}]


def test_each_that_ties_is_next() -> None:
    tie = claim("tie", "held", 1, as_of="2024-01-03/2024-01-09")
    matches = [(one["earlier"], one["later"]) for one in found(NEXT, [*DAYS, tie])]
    assert matches == [("d1", "d3"), ("d1", "tie"), ("d3", "d5"), ("tie", "d5")]


def test_next_looks_only_at_what_fits_and_is_the_same() -> None:
    other = claim("other", "held", 1, as_of="2024-01-02", subject="some")
    planned = claim("planned", "held", 1, as_of="2024-01-02", basis="planned")
    assert found(NEXT, [*DAYS, other, planned], same=["subject"]) == found(NEXT, DAYS)
    assert {"earlier": "d1", "later": "other"} in found(NEXT, [*DAYS, other])


def test_what_has_no_time_has_no_next() -> None:
    given = {"earlier": {"kind": "flow"}, "later": {"kind": "flow", "next": "earlier", "by": "during"}}
    assert found(given, [batch("one", 1, "2024-01-01"), claim("when", "freed", 1)]) == []


# ------------------------------------------------------------------------- where


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("x.as_of <= y.as_of", ["violated"]),
        ("x.as_of > y.as_of", []),
        ("x.as_of < 2024-01-02", ["violated"]),
        ("x < y", ["undetermined"]),  # for some values
        ("x <= 6", ["violated"]),  # for all
        ("x > 6", []),  # for none
        ("x < y or x >= y", ["violated"]),
        ("x < y and x > y", []),
        ("x < y and x.as_of > y.as_of", []),
        ("x.event == y.event", []),  # absent
        ("x.event == y.event or x.as_of <= y.as_of", []),
        ("not x.event == y.event", []),
    ],
)
def test_where_chooses_for_all_readings_some_or_none(where: str, expected: list[str]) -> None:
    facts = [claim("x", "held", "about 5"), claim("y", "hurt", "about 5", as_of="2024-01-02")]
    assert verdict({"x": {"measure": "held"}, "y": {"measure": "hurt"}}, facts, where=where) == expected

"""What a collection comes to: nothing is counted twice, and whether the parts are all there."""

from __future__ import annotations

from typing import Any

import pytest

from checker.model import Fact
from facts import claim, rule, verdicts

Given = dict[str, dict[str, Any]]

PARTS: Given = {"parts": {"measure": ["freed", "held"], "dimensions": ["null", "any"], "collect": "all"}}


def comes_to(parts: list[Fact], require: str) -> str:
    (said,) = verdicts(rule(PARTS, require), parts)
    return said


def freed(name: str, value: Any, during: str | None, **fields: Any) -> Fact:
    return claim(name, "freed", value, during=during, **fields)


# ------------------------------------------------------------------------- sum and count


def test_what_tells_the_same_is_counted_once() -> None:
    twice = [freed("one", "2 to 4", "2024-01-01"), freed("two", "at least 3", "2024-01-01", source="b", claimant="c")]
    assert comes_to(twice, "sum(parts) >= 3 and sum(parts) <= 4") == "satisfied"
    assert comes_to(twice, "sum(parts) >= 5") == "violated"
    assert comes_to(twice, "count(parts) == 1") == "satisfied"


def test_what_is_read_into_words_gives_way_to_what_another_says() -> None:
    """More than 30 is read as less than 40; told beside "at least 50", it is only what the words allow."""
    twice = [freed("one", "more than 30", "2024-01-01"), freed("two", "at least 50", "2024-01-01", source="b")]
    assert comes_to(twice, "sum(parts) <= 45") == "violated"
    assert comes_to(twice, "sum(parts) <= 60") == "undetermined"


def test_what_tells_the_same_differently_leaves_it_open() -> None:
    twice = [freed("one", 2, "2024-01-01"), freed("two", 3, "2024-01-01", source="b")]
    assert comes_to(twice, "sum(parts) <= 1") == "undetermined"
    assert comes_to(twice, "max(parts) <= 1") == "violated"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"during": "2024-01-01"}, {"during": "2024-01-02"}, "satisfied"),
        ({"during": "2024-01-01/2024-01-03"}, {"during": "2024-01-02"}, "undetermined"),
        ({"during": "2024-01"}, {"during": "2024-01", "event": "one"}, "undetermined"),
        ({"during": "2024-01", "event": "two"}, {"during": "2024-01", "event": "one"}, "satisfied"),
        ({"during": "2024-01-01", "event": "one"}, {"during": "2024-01-02", "event": "one"}, "satisfied"),
        ({"during": "2024-01~"}, {"during": "2024-02-05"}, "undetermined"),
        ({"during": None}, {"during": "2024-01-01"}, "undetermined"),
        ({"during": None, "event": "one"}, {"during": "2024-01-01", "event": "two"}, "satisfied"),
        ({"during": "2024-01"}, {"during": "2024-01", "subject": "some"}, "satisfied"),
        ({"during": "2024-01", "dimensions": {"sex": "men"}}, {"during": "2024-01", "dimensions": {"sex": "women"}},
         "satisfied"),
        ({"during": "2024-01", "dimensions": {"sex": "men"}}, {"during": "2024-01", "dimensions": {"place": "x"}},
         "undetermined"),
        ({"during": "2024-01", "dimensions": {"sex": "men"}}, {"during": "2024-01"}, "undetermined"),
    ],
)  # fmt: skip
def test_flows_that_may_tell_of_the_same_are_not_added(one: Any, other: Any, expected: str) -> None:
    assert comes_to([freed("one", 2, **one), freed("two", 3, **other)], "sum(parts) == 5") == expected
    assert comes_to([freed("one", 2, **one), freed("two", 3, **other)], "count(parts) == 2") == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"as_of": "2024-01"}, {"as_of": "2024-01", "source": "b"}, "undetermined"),
        ({"as_of": "2024-01"}, {"as_of": "2024-01-05"}, "undetermined"),
        ({"as_of": "2024-01"}, {"as_of": "2024-02-05"}, "satisfied"),
        ({"as_of": "2024-01"}, {"as_of": "2024-01-05", "event": "one"}, "satisfied"),
        ({"as_of": "2024-01-01", "dimensions": {"sex": "men"}}, {"as_of": "2024-01", "dimensions": {"sex": "women"}},
         "satisfied"),
    ],
)  # fmt: skip
def test_levels_of_days_that_may_be_one_are_not_added(one: Any, other: Any, expected: str) -> None:
    assert comes_to([claim("one", "held", 2, **one), claim("two", "held", 3, **other)], "sum(parts) == 5") == expected


def test_a_sum_keeps_the_facts_apart_that_stand_elsewhere_too() -> None:
    given: Given = {**PARTS, "one": {"id": "a#one"}}
    parts = [freed("one", "unknown", "2024-01-01"), freed("two", 3, "2024-01-02")]
    assert verdicts(rule(given, "sum(parts) - one == 3"), parts) == ["satisfied"]
    assert verdicts(rule(given, "sum(parts) == one"), parts) == ["violated"]


def test_the_least_and_the_greatest_are_of_the_members() -> None:
    parts = [freed("one", "2 to 4", "2024-01-01"), freed("two", "3 to 5", "2024-01-02")]
    assert comes_to(parts, "max(parts) - min(parts) >= 0") == "satisfied"
    assert comes_to(parts, "min(parts) <= 4 and max(parts) >= 3") == "satisfied"
    assert comes_to(parts, "min(parts) > 4") == "violated"
    assert comes_to(parts, "max(parts) + min(parts) == sum(parts)") == "satisfied"
    many = [freed(f"f{number}", number, f"2024-01-{number:02}") for number in range(1, 13)]
    assert comes_to(many, "max(parts) == 12 and min(parts) == 1") == "satisfied"
    assert comes_to(many, "max(parts) < 12") == "violated"


# ------------------------------------------------------------------------- complete

WHOLE: Given = {
    "whole": {"id": "a#whole", "dimensions": ["null", "any"]},
    "parts": {"id": "?#part*", "dimensions": ["null", "any"], "collect": "all"},
}
MEN, WOMEN = {"sex": "men"}, {"sex": "women"}


def is_complete(whole: Fact, *parts: Fact) -> bool:
    (said,) = verdicts(rule(WHOLE, "complete(parts, whole)"), [whole, *parts])
    return said == "satisfied"


def held(name: str, dimensions: dict[str, str], **fields: Any) -> Fact:
    return claim(name, "held", 1, dimensions=dimensions, **fields)


def test_an_exhaustive_dimension_is_complete_with_all_its_values() -> None:
    whole = held("whole", {})
    assert is_complete(whole, held("part1", MEN), held("part2", WOMEN))
    assert is_complete(whole, held("part1", MEN), held("part2", WOMEN, source="b"))
    assert not is_complete(whole, held("part1", MEN))
    assert not is_complete(whole, held("part1", {"place": "x"}), held("part2", {"place": "y"}))


def test_a_source_may_say_that_it_names_all_parts() -> None:
    whole = held("whole", {}, complete=("place",))
    assert is_complete(whole, held("part1", {"place": "x"}), held("part2", {"place": "y"}))
    assert not is_complete(whole, held("part1", {"place": "x"}), held("part2", {"place": "y"}, source="b"))
    assert is_complete(whole, held("part1", {"place": "x"}), held("part2", {"place": "x"}, source="b"))
    assert not is_complete(whole, held("part1", MEN))


def test_parts_are_parts_of_the_whole() -> None:
    here = held("whole", {"place": "x"}, complete=("sex",))
    assert is_complete(here, held("part1", {"place": "x"} | MEN))
    assert not is_complete(here, held("part1", {"place": "y"} | MEN))
    assert not is_complete(here, held("part1", MEN), held("part2", WOMEN))
    plain = held("whole", {"place": "x"})
    assert is_complete(plain, held("part1", {"place": "x"} | MEN), held("part2", {"place": "x"} | WOMEN))
    assert not is_complete(plain, held("part1", {"place": "x"}))
    assert not is_complete(held("whole", MEN), held("part1", MEN), held("part2", WOMEN))
    assert not is_complete(held("whole", MEN), held("part1", MEN))


def test_batches_are_complete_where_the_source_says_so() -> None:
    def total(*complete: str, **dimensions: str) -> Fact:
        return claim("whole", "freed_total", 3, complete=complete, dimensions=dimensions)

    assert is_complete(total("batches"), freed("part1", 3, "2024-01-01"))
    assert not is_complete(total(), freed("part1", 3, "2024-01-01"))
    assert not is_complete(total("sex"), freed("part1", 3, "2024-01-01"))
    assert not is_complete(total("batches"), freed("part1", 3, "2024-01-01", source="b"))
    assert is_complete(total("batches", sex="men"), freed("part1", 3, "2024-01-01", dimensions=MEN))
    assert not is_complete(total(sex="men"), freed("part1", 3, "2024-01-01", dimensions=MEN))

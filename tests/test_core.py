"""core.py: the smallest impossible part, by enumeration."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import core

Test = Callable[[frozenset[int]], bool]
SETS = st.lists(st.frozensets(st.integers(0, 7), min_size=1, max_size=5), min_size=1, max_size=6)


def holding(*conflicts: frozenset[int]) -> Test:
    """Impossible is what holds one of the conflicts."""
    return lambda some: any(one <= some for one in conflicts)


@given(SETS)
def test_it_is_the_smallest(conflicts: list[frozenset[int]]) -> None:
    impossible = holding(*conflicts)
    found, is_smallest = core.smallest(range(8), impossible)
    assert is_smallest
    assert impossible(frozenset(found))
    assert list(found) == sorted(found)
    assert len(found) == min(map(len, conflicts))


@given(SETS)
def test_the_deletion_filter_leaves_nothing_superfluous(conflicts: list[frozenset[int]]) -> None:
    impossible = holding(*conflicts)
    found, is_irreducible = core.irreducible(range(8), impossible)
    assert is_irreducible
    assert impossible(frozenset(found))
    assert not any(impossible(frozenset(some)) for some in combinations(found, len(found) - 1))


def test_of_equals_the_first_is_found() -> None:
    assert core.smallest(range(6), holding(frozenset({4, 5}), frozenset({0, 3}), frozenset({0, 1, 2})))[0] == (0, 3)


def test_what_is_impossible_without_anything_has_an_empty_core() -> None:
    assert core.smallest([1, 2], lambda _: True) == ((), True)


def test_with_too_many_items_it_is_not_called_the_smallest() -> None:
    items = range(core.MAX_ITEMS + 1)
    assert core.smallest(items, holding(frozenset({3, 200}), frozenset({4, 199}))) == ((4, 199), False)


def test_what_nothing_is_possible_without_is_the_smallest_of_any_number() -> None:
    items = range(core.MAX_ITEMS + 1)
    assert core.smallest(items, holding(frozenset({3, 200}), frozenset({3, 5, 200}))) == ((3, 200), True)


@given(SETS, st.lists(st.frozensets(st.integers(0, 7)), max_size=4))
def test_what_a_test_adds_to_what_is_known_changes_no_answer(
    conflicts: list[frozenset[int]], others: list[frozenset[int]]
) -> None:
    known, impossible, asked = core.Known(range(8)), holding(*conflicts), set()

    def taught(some: frozenset[int]) -> bool:
        assert some not in asked
        asked.add(some)
        for one in (*conflicts, *others):
            (known.impossible if impossible(one) else known.possible)(known.bits(one))
        return impossible(some)

    assert known.ask(known.everything, taught)
    found = core.smallest(range(8), taught, known)
    assert found.smallest
    assert impossible(frozenset(found.items))
    assert len(found.items) == min(map(len, conflicts))


def test_after_too_many_steps_nothing_superfluous_is_left_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "MAX_STEPS", 1)
    impossible = holding(frozenset({0, 1, 2}), frozenset({6, 7}))
    assert core.smallest(range(8), impossible) == ((0, 1, 2), False)
    monkeypatch.setattr(core, "MAX_STEPS", 200)
    assert core.smallest(range(8), impossible) == ((6, 7), True)


def test_what_is_shown_of_all_cores_of_a_run_has_one_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    impossible = holding(frozenset({0, 1, 2}), frozenset({6, 7}))
    allowance = core.Allowance()
    said = [core.smallest(range(8), impossible, allowance=allowance) for _ in range(3)]
    assert said == [((6, 7), True)] * 3
    monkeypatch.setattr(core, "MAX_ASKED", (core.MAX_ASKED - allowance.left) // 3)  # what one takes
    allowance = core.Allowance()
    said = [core.smallest(range(8), impossible, allowance=allowance) for _ in range(3)]
    assert said == [((6, 7), True), ((0, 1, 2), False), ((0, 1, 2), False)]


def test_a_search_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "MAX_NODES", 2)
    found, is_smallest = core.smallest(range(8), holding(frozenset({0, 1, 2, 3}), frozenset({5, 6, 7})))
    assert (found, is_smallest) == ((0, 1, 2, 3), False)


def test_where_the_test_does_not_decide_nothing_is_claimed() -> None:
    assert core.irreducible([1, 2], lambda _: None) == ((1, 2), False)
    assert core.smallest([1, 2], lambda _: None) == ((1, 2), False)

    def undecided_when_small(some: frozenset[int]) -> bool | None:
        return None if len(some) == 1 else holding(frozenset({0, 1, 2}), frozenset({4, 5}))(some)

    assert core.smallest(range(6), undecided_when_small) == ((0, 1, 2), False)


@given(SETS, st.integers(0, 40))
def test_no_more_is_claimed_than_was_decided(conflicts: list[frozenset[int]], patience: int) -> None:
    """The test gives up after so many questions."""
    asked = [0]
    impossible = holding(*conflicts)

    def limited(some: frozenset[int]) -> bool | None:
        asked[0] += 1
        return impossible(some) if asked[0] <= patience else None

    found, is_smallest = core.smallest(range(8), limited)
    assert impossible(frozenset(found))
    assert not is_smallest or len(found) == min(map(len, conflicts))

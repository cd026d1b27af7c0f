"""narrow.py: what it says is so, by enumeration; and it says something of what is simple."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import linear, narrow
from checker.interval import is_empty
from checker.linear import And, Atom, Formula, Not, Or, Truth
from checker.model import Exact, Interval, Linear, Unknown
from checker.omega import Undecided, Work


def unknown(key: str, low: Exact | None, high: Exact | None, *, whole: bool = True) -> Linear:
    values = Interval(low, high, low is not None, high is not None)
    return linear.of(Unknown(key, whole, values, values))


def compare(left: Linear, relation: str, right: Linear | int) -> Atom:
    other = right if isinstance(right, Linear) else linear.constant(right)
    return Atom(linear.add(left, linear.scale(other, -1)), relation)


def possible(*formulas: Formula) -> bool | None:
    return narrow.possible(formulas, conventional=False)


A, B, C = (unknown(key, 0, 3) for key in "abc")
X, Y = (unknown(key, 0, 1, whole=False) for key in "xy")
U, V = (unknown(key, None, None) for key in "uv")

ATOMS = st.builds(
    lambda factors, constant, relation: Atom(
        linear.add(
            linear.constant(constant), *(linear.scale(x, by) for x, by in zip((A, B, C), factors, strict=True) if by)
        ),
        relation,
    ),
    st.tuples(*[st.integers(-2, 2)] * 3),
    st.integers(-6, 6),
    st.sampled_from(["<", "<=", "==", "!="]),
)
FORMULAS = st.recursive(
    ATOMS,
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(And, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(parts, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)  # fmt: skip


def is_true(formula: Formula, values: Mapping[str, Exact]) -> bool:
    if isinstance(formula, Atom):
        total = formula.form.constant + sum(by * values[x.key] for x, by in formula.form.terms)
        return {"<": total < 0, "<=": total <= 0, "==": total == 0, "!=": total != 0}[formula.relation]
    if isinstance(formula, Not):
        return not is_true(formula.part, values)
    assert isinstance(formula, And | Or)
    return (all if isinstance(formula, And) else any)(is_true(part, values) for part in formula.parts)


def has_solution(formulas: list[Formula], known: frozenset[str]) -> bool:
    """Whether whole numbers keep all formulas: from 0 to 3 where something is known, else from -9 to 12."""
    ranges = [range(4) if key in known else range(-9, 13) for key in "abc"]
    return any(all(is_true(one, dict(zip("abc", some, strict=True))) for one in formulas) for some in product(*ranges))


@given(st.lists(FORMULAS, min_size=1, max_size=4))
@settings(max_examples=300)
def test_what_is_said_is_so(formulas: list[Formula]) -> None:
    said = narrow.possible(formulas, conventional=False)
    assert said in (None, has_solution(formulas, frozenset("abc")))
    answer = narrow.decided(formulas, conventional=False)
    assert said == (None if answer is None else answer.possible)
    if answer and answer.values is not None:
        assert all(is_true(one, {key: answer.values.get(key, 0) for key in "abc"}) for one in formulas)
    reasons = answer.reasons if answer else None
    assert (reasons is not None) == (said is False)
    if reasons:
        assert not has_solution([formulas[number] for number in reasons.formulas], reasons.keys)


def test_chains_and_sums_are_decided() -> None:
    chain = [compare(A, "<=", B), compare(B, "<=", C)]
    assert possible(*chain)
    assert possible(*chain, compare(A, "==", 3), compare(C, "==", 2)) is False
    assert possible(compare(linear.add(A, B), "==", 6), compare(A, "<", B)) is False
    assert possible(compare(linear.add(A, B, C), "==", 5))
    assert possible(compare(X, "<=", Y))
    assert possible(compare(linear.add(X, Y), "<", 0)) is False


def test_only_what_a_contradiction_rests_on_is_its_reason() -> None:
    formulas = [compare(C, "<=", 2), compare(A, "<=", B), compare(B, "<", A)]
    answer = narrow.decided(formulas, conventional=False)
    assert answer is not None
    assert answer.reasons is not None
    assert answer.reasons.formulas == {1, 2}


def test_without_bounds_nothing_is_said_of_what_is_impossible() -> None:
    assert possible(compare(U, "<", V), compare(V, "<", U)) is None


def test_what_is_not_decided_is_taken_to_hold() -> None:
    assert possible(Truth(None), Not(Truth(None)), compare(A, "<=", 3))
    assert possible(Truth(False), compare(A, "<=", 3)) is None


def test_an_unknown_without_a_value_is_impossible() -> None:
    assert possible(compare(unknown("n", 3, 2), "<=", A)) is False


def test_the_usual_intervals_are_asked_for_apart() -> None:
    about = linear.of(Unknown("about", True, Interval(0, 9), Interval(5, 6)))
    assert narrow.possible([compare(about, "<", 5)], conventional=False)
    assert narrow.possible([compare(about, "<", 5)], conventional=True) is False


SINGLE = st.lists(FORMULAS, min_size=1, max_size=3)


@given(SINGLE, st.sampled_from("abc"))
@settings(max_examples=300)
def test_an_extent_is_exact(formulas: list[Formula], key: str) -> None:
    found = narrow.extent(formulas, key, conventional=False)
    kept = [
        values[key]
        for some in product(range(4), repeat=3)
        if all(is_true(one, values := dict(zip("abc", some, strict=True))) for one in formulas)
    ]
    if found is not None and not is_empty(found):
        assert found == Interval(min(kept), max(kept))
    assert found is None or is_empty(found) == (not kept)


def test_an_extent_without_end_has_a_direction() -> None:
    free = unknown("free", 0, None)
    assert narrow.extent([compare(A, "<=", free)], "free", conventional=False) == Interval(0, None, True, False)
    assert narrow.extent([compare(U, "<=", V)], "u", conventional=False) == Interval(None, None, False, False)
    assert narrow.extent([compare(free, "<=", linear.scale(A, 2))], "free", conventional=False) == Interval(0, 6)
    # without an end by narrowing, and with one: nothing is said
    assert narrow.extent([compare(U, "<=", V), compare(V, "<=", linear.scale(U, -1))], "u", conventional=False) is None
    assert narrow.extent([compare(U, "<=", V), compare(V, "!=", 0)], "u", conventional=False) is None
    assert narrow.extent([compare(U, "<=", V)], "other", conventional=False) is None


def test_it_ends_where_bounds_narrow_for_ever() -> None:
    half = [
        compare(linear.scale(X, 2), "<=", Y),
        compare(linear.scale(Y, 2), "<=", X),
        compare(linear.scale(X, -1), "<", 0),
    ]
    assert possible(*half) in (None, False)


def test_it_stops_where_the_work_is_done() -> None:
    with pytest.raises(Undecided):
        narrow.possible([compare(A, "<=", B), compare(B, "<=", C)], False, Work(1))

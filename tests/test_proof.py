"""proof.py: what is said to be a contradiction is one, by arithmetic anew, and none is missed."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from checker import linear, proof
from checker.comparison import Row
from checker.linear import And, Atom
from checker.model import EVERYTHING, Interval, Unknown
from checker.omega import Work

KEYS = "xyz"


def terms(factors: tuple[int, ...]) -> tuple[tuple[str, int], ...]:
    return tuple((key, factor) for key, factor in zip(KEYS, factors, strict=True) if factor)


ends = st.integers(-6, 6)
domains = st.one_of(
    st.just(EVERYTHING),
    st.builds(
        lambda low, wide, a, b: Interval(low, low + wide, a, b), ends, st.integers(1, 5), st.booleans(), st.booleans(),
    ),
    ends.map(lambda low: Interval(low, None, True, False)),
)  # fmt: skip
rows = st.lists(
    st.builds(
        lambda factors, constant, strict: Row(0, terms(factors), constant, strict),
        st.tuples(*[st.integers(-3, 3)] * 3), ends, st.booleans(),
    ),
    min_size=1, max_size=4,
)  # fmt: skip
boxes = st.tuples(*[domains] * 3)


def unknowns(box: tuple[Interval, ...], *, whole: bool = False) -> dict[str, Unknown]:
    return {key: Unknown(key, whole, one, one) for key, one in zip(KEYS, box, strict=True)}


@given(rows, boxes)
def test_a_sum_leaves_nothing_but_a_number_that_cannot_be(some: list[Row], box: tuple[Interval, ...]) -> None:
    found = proof.added(some, unknowns(box), conventional=False)
    possible = is_possible(some, box)
    assert possible == (found is None)
    if found is None:
        return
    left: Counter[str] = Counter()
    total, strict = Fraction(0), False
    for often, row in found.rows:
        assert often > 0
        total, strict = total + often * Fraction(row.constant), strict or row.strict
        for key, factor in row.terms:
            left[key] += int(often * factor)
    for often, (key, side), known in found.bounds:
        assert often > 0
        sign = -1 if side == proof.LOW else 1
        total, strict = total - sign * often * Fraction(known.end), strict or known.is_open
        left[key] += sign * often
    assert not any(left.values())
    assert total == found.comes_to
    assert total > 0 or (total == 0 and strict)


@given(rows, boxes, st.booleans())
def test_what_steps_contradict_is_impossible(some: list[Row], box: tuple[Interval, ...], whole: bool) -> None:
    found = proof.steps(some, unknowns(box, whole=whole), conventional=False)
    assert found is None or not is_possible(some, box, whole=whole)
    for step in found.steps if found else ():
        assert step.row in some
        assert [key for (key, _), _ in step.used] == [key for key, _ in step.row.terms if key != step.bound[0]]


def is_possible(some: list[Row], box: tuple[Interval, ...], *, whole: bool = False) -> bool:
    """By the exact solver, which goes another way."""
    made = unknowns(box, whole=whole)
    parts = tuple(
        Atom(linear.add(linear.constant(row.constant), *(linear.scale(linear.of(made[k]), f) for k, f in row.terms)),
             "<" if row.strict else "<=")
        for row in some
    )  # fmt: skip
    return linear.bounds(And(parts), linear.constant(0), False, Work(10**7)) is not None

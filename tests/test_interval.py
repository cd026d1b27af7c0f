"""Arithmetic on intervals, held against numbers that are in them."""

from __future__ import annotations

import operator
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checker import interval
from checker.model import EVERYTHING, Exact, Interval

Member = tuple[Interval, Exact]
NUMBERS = st.one_of(st.integers(-6, 6), st.fractions(-6, 6, max_denominator=4))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Any interval that holds something."""
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    same = low == high
    ends = (draw(st.one_of(st.none(), st.just(low))), draw(st.one_of(st.none(), st.just(high))))
    includes = [end is not None and (same or draw(st.booleans())) for end in ends]
    return Interval(*ends, *includes)


def inside(one: Interval, number: Exact) -> bool:
    low = one.low is None or one.low < number or (one.low == number and one.includes_low)
    high = one.high is None or number < one.high or (one.high == number and one.includes_high)
    return low and high


@st.composite
def members(draw: st.DrawFn) -> tuple[Interval, Exact]:
    """An interval and a number in it."""
    one, number = draw(intervals()), draw(NUMBERS)
    assume(inside(one, number))
    return one, number


@given(intervals(), NUMBERS)
def test_holds(one: Interval, number: Exact) -> None:
    assert interval.holds(one, number) == inside(one, number)


@given(intervals(), intervals(), NUMBERS)
def test_meet_holds_what_both_hold(a: Interval, b: Interval, number: Exact) -> None:
    met = interval.meet(a, b)
    assert inside(met, number) == (inside(a, number) and inside(b, number))
    if inside(met, number):
        assert not interval.is_empty(met)


@given(intervals(), st.integers(-8, 8))
def test_tighten_keeps_the_whole_numbers(one: Interval, number: int) -> None:
    tight = interval.tighten(one)
    assert inside(tight, number) == inside(one, number)
    assert all(end is None or end.denominator == 1 for end in tight[:2])
    assert interval.is_empty(one, whole=True) == interval.is_empty(tight)


@given(members(), members())
def test_products_and_quotients_hold_those_of_their_numbers(
    a: tuple[Interval, Exact], b: tuple[Interval, Exact]
) -> None:
    assert inside(interval.times(a[0], b[0]), a[1] * b[1])
    if b[1]:
        assert inside(interval.quotient(a[0], b[0]), Fraction(a[1]) / b[1])


@given(intervals(), intervals())
def test_products_are_no_wider_than_they_must_be(a: Interval, b: Interval) -> None:
    """An end that is included is the product of two numbers that are; one that is not is the limit of such."""
    product = interval.times(a, b)
    ends = [end for end in (*a[:2], *b[:2], 0) if end is not None]
    known = {x * y for x in ends for y in ends if inside(a, x) and inside(b, y)}
    for end, included in ((product.low, product.includes_low), (product.high, product.includes_high)):
        if included:
            assert end in known


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (Interval(0, None, True, False), Interval(0, 5), Interval(0, None, True, False)),
        (Interval(0, None, False, False), Interval(0, 5), Interval(0, None, True, False)),
        (Interval(0, None, False, False), Interval(0, 5, False, False), Interval(0, None, False, False)),
        (Interval(-2, 3), Interval(-5, 4, True, False), Interval(-15, 12, True, False)),
        (Interval(0, 0), EVERYTHING, Interval(0, 0)),
        (EVERYTHING, Interval(1, 2), EVERYTHING),
    ],
)
def test_products(a: Interval, b: Interval, expected: Interval) -> None:
    assert interval.times(a, b) == expected
    assert interval.times(b, a) == expected


@pytest.mark.parametrize(
    ("divisor", "expected"),
    [
        (Interval(2, 4), Interval(3, 6)),
        (Interval(0, 4, False, True), Interval(3, None, True, False)),
        (Interval(2, None, True, False), Interval(0, 6, False, True)),
        (Interval(-4, 0, True, False), Interval(None, -3, False, True)),
        (Interval(0, 4), EVERYTHING),
        (Interval(-1, 4), EVERYTHING),
        (Interval(0, 0), EVERYTHING),
    ],
)
def test_twelve_divided(divisor: Interval, expected: Interval) -> None:
    assert interval.quotient(interval.point(12), divisor) == expected


@given(members())
def test_distance_is_the_number_without_its_sign(one: tuple[Interval, Exact]) -> None:
    assert inside(interval.distance(one[0]), abs(Fraction(one[1])))
    assert not inside(interval.distance(one[0]), -1)


@given(intervals(), NUMBERS)
def test_a_distance_is_that_of_some_number(one: Interval, number: Exact) -> None:
    if inside(interval.distance(one), number):
        assert inside(one, number) or inside(one, -number)


@given(st.lists(members(), min_size=1, max_size=4))
def test_the_extreme_of_numbers_is_in_that_of_their_intervals(several: list[tuple[Interval, Exact]]) -> None:
    spans, numbers = [one for one, _ in several], [number for _, number in several]
    assert inside(interval.extreme(spans, least=True), min(numbers))
    assert inside(interval.extreme(spans, least=False), max(numbers))


@given(st.lists(intervals(), min_size=1, max_size=3), NUMBERS, st.booleans())
def test_what_is_in_an_extreme_may_be_it(spans: list[Interval], number: Exact, least: bool) -> None:
    beyond = operator.ge if least else operator.le
    if inside(interval.extreme(spans, least=least), number):
        assert any(inside(one, number) for one in spans)
        assert all(_reaches(one, number, beyond) for one in spans)


def _reaches(one: Interval, number: Exact, beyond: object) -> bool:
    """Whether an interval has a number on that side of another, or that number."""
    rest = Interval(number, None, True, False) if beyond is operator.ge else Interval(None, number, False, True)
    return not interval.is_empty(interval.meet(one, rest))

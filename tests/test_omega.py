from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.interval import holds, is_empty
from checker.model import Exact, Interval
from checker.omega import LIMIT, Constraint, Undecided, Work, feasible, least, weighted

WHOLE: frozenset[int] = frozenset()
REAL = frozenset(range(9))
HALF = Fraction(1, 2)
GRID = [Fraction(step, 2) for step in range(-12, 13)]
ends = st.none() | st.integers(-4, 4) | st.fractions(-4, 4, max_denominator=2)
intervals = st.builds(Interval, ends, ends, st.booleans(), st.booleans())


def row(low: int | None, high: int | None, *coefficients: int) -> Constraint:
    return tuple(enumerate(coefficients)), Interval(low, high)


def decided(*rows: Constraint, reals: frozenset[int] = WHOLE) -> bool:
    return feasible(rows, reals, Work(LIMIT))


def test_the_omega_test_of_the_paper() -> None:
    # Pugh 1991, section 2.3: 27 <= 11x + 13y <= 45 and -10 <= 7x - 9y <= 4 has real solutions only
    rows = row(27, 45, 11, 13), row(-10, 4, 7, -9)
    assert decided(*rows, reals=REAL)
    assert not decided(*rows)


def test_equalities_of_the_paper() -> None:
    # Pugh 1991, section 2.2: 7x + 12y + 31z = 17, 3x + 5y + 14z = 7, 1 <= x <= 40, -50 <= y <= 50:
    # x = -1 - 13z, y = 2 + 5z
    equalities = row(17, 17, 7, 12, 31), row(7, 7, 3, 5, 14)
    assert decided(*equalities, row(1, 40, 1), row(-50, 50, 0, 1))
    assert least([*equalities, row(1, 40, 1), row(-50, 50, 0, 1)], ((0, 1),), WHOLE, Work(LIMIT)) == (12, True)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(1, 2, 3, -4), row(0, 3, 1)], True),  # x = 2, y = 1
        ([row(1, 1, 6, 10, 15)], True),
        ([row(1, 1, 6, 10, 14)], False),
        ([row(3, 5, 6, 0), row(0, 9, 1)], False),  # no multiple of 6
        ([row(0, None, 3, -2), row(None, 1, 3, -2), row(5, 5, 1, 1)], True),  # x = 2, y = 3
        ([row(1, 1, 3, -2), row(4, 4, 1, 1)], False),  # x = 9/5
        ([row(2, 2, 5, 7), row(0, None, 1), row(0, None, 0, 1)], False),
        ([], True),
        ([row(1, 2)], False),
        ([row(0, 2)], True),
    ],
)
def test_whole_numbers(rows: list[Constraint], expected: bool) -> None:
    assert decided(*rows) is expected


def test_the_only_solution_may_be_a_splinter() -> None:
    # 5y/3 <= x <= 7y/4 and y <= 3: the dark shadow is y >= (3 - 1)(4 - 1), and only x = 5, y = 3 is there
    between = row(0, None, 3, -5), row(None, 0, 4, -7)
    assert not decided(*between, row(1, 2, 0, 1))
    assert decided(*between, row(1, 3, 0, 1))
    assert least([*between, row(1, None, 0, 1)], ((1, 1),), WHOLE, Work(LIMIT)) == (3, True)


@pytest.mark.parametrize("sign", [1, -1])
def test_an_open_end_on_the_edge_of_a_closed_box(sign: int) -> None:
    box = row(0, 1, 1), row(0, 1, 0, 1)
    inside: Constraint = (
        ((0, sign), (1, sign)),
        (Interval(0, None, False) if sign > 0 else Interval(None, 0, True, False)),
    )
    assert not decided(*box, inside, row(0, 0, 1, 2), reals=REAL)
    assert decided(*box, inside, row(0, 1, 1, 2), reals=REAL)
    assert least([*box, inside], ((0, 1), (1, 1)), REAL, Work(LIMIT)) == (0, False)


def test_the_work_is_bounded() -> None:
    with pytest.raises(Undecided):
        feasible([row(27, 45, 11, 13), row(-10, 4, 7, -9)], WHOLE, Work(3))


def test_too_many_splinters_are_given_up() -> None:
    n = 10**30
    with pytest.raises(Undecided):
        decided(row(1, 2, n + 1, -n - 7, 3), row(-9, n, n - 11, 5, n + 3), row(0, n, 1), row(0, None, 0, 1))


systems = st.lists(
    st.tuples(st.lists(st.integers(-9, 9), min_size=3, max_size=3), st.integers(-30, 30), st.integers(0, 6)),
    min_size=1,
    max_size=4,
)


@given(systems, st.integers(1, 9))
def test_whole_numbers_in_a_box(system: list[tuple[list[int], int, int]], size: int) -> None:
    rows = [row(low, low + width, *factors) for factors, low, width in system]
    box = [row(0, size, *(int(index == variable) for index in range(3))) for variable in range(3)]
    solutions = [
        point
        for point in product(range(size + 1), repeat=3)
        if all(low <= sum(map(int.__mul__, factors, point)) <= low + width for factors, low, width in system)
    ]
    assert decided(*rows, *box) is bool(solutions)
    if solutions:
        lowest = min(5 * x - 3 * y + z for x, y, z in solutions)
        assert least([*rows, *box], ((0, 5), (1, -3), (2, 1)), WHOLE, Work(LIMIT)) == (lowest, True)


@settings(max_examples=400)
@given(st.tuples(*[st.integers(2, 9)] * 4), st.tuples(*[st.integers(-9, 9)] * 2), st.integers(-9, 9), st.integers(0, 4))
@example((2, 5, 2, 3), (-5, -3), 1, 4)  # each of these has its solutions in the last splinter only
@example((3, 8, 3, 5), (-1, 9), 3, 3)
@example((4, 6, 8, 7), (-1, 2), 0, 4)
def test_wedges(slopes: tuple[int, ...], ends: tuple[int, ...], first: int, more: int) -> None:
    (a, b, c, d), (low, high) = slopes, ends
    wedge = row(low, None, a, -b), row(None, high, c, -d), row(first, first + more, 0, 1)
    expected = any(-((low + b * y) // -a) <= (high + d * y) // c for y in range(first, first + more + 1))
    assert decided(*wedge) is expected


def test_least_of_a_real_beside_whole_numbers() -> None:
    # t > x / 3 and 2x >= 5: whole x >= 3, so t > 1, not reached
    above: Constraint = ((0, 1), (1, Fraction(-1, 3))), Interval(0, None, False, False)
    assert least([above, row(5, None, 0, 2)], ((0, 1),), frozenset({0}), Work(LIMIT)) == (1, False)
    assert least([above], ((0, 1),), frozenset({0}), Work(LIMIT)) == (None, False)


@given(intervals, intervals, st.sampled_from([-2, -1, HALF, 3]))
def test_sums_reach_every_value_and_end(one: Interval, other: Interval, factor: Exact) -> None:
    total = weighted([(1, one), (factor, other)], HALF)
    for a, b in product(GRID, repeat=2):
        if holds(one, a) and holds(other, b):
            assert holds(total, a + factor * b + HALF)
    if not (is_empty(one) or is_empty(other)):
        first, last = (other.low, other.high) if factor > 0 else (other.high, other.low)
        assert total.low == (None if one.low is None or first is None else one.low + factor * first + HALF)
        assert total.high == (None if one.high is None or last is None else one.high + factor * last + HALF)

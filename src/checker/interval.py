"""Arithmetic on intervals with open, closed or no ends; exact (Moore, Interval Analysis, 1966)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from checker.model import EVERYTHING, Exact, Interval

_End = tuple[int, Exact]  # (-1, 0) and (1, 0) are the infinities, (0, x) is x: they sort as numbers do
_LOW, _HIGH = (-1, 0), (1, 0)


def point(exact: Exact) -> Interval:
    """The interval that holds one number."""
    return Interval(exact, exact)


def _ends(interval: Interval) -> tuple[tuple[_End, bool], tuple[_End, bool]]:
    low = _LOW if interval.low is None else (0, interval.low)
    high = _HIGH if interval.high is None else (0, interval.high)
    return (low, interval.includes_low), (high, interval.includes_high)


def _between(low: tuple[_End, bool], high: tuple[_End, bool]) -> Interval:
    (a, includes_a), (b, includes_b) = low, high
    return Interval(None if a[0] else a[1], None if b[0] else b[1], includes_a and not a[0], includes_b and not b[0])


def meet(a: Interval, b: Interval) -> Interval:
    """What is in both; look with ``is_empty`` whether that is anything."""
    low, high, has_low, has_high = a
    if b.low is not None and (low is None or b.low > low or (has_low and not b.includes_low and b.low == low)):
        low, has_low = b.low, b.includes_low
    if b.high is not None and (high is None or b.high < high or (has_high and not b.includes_high and b.high == high)):
        high, has_high = b.high, b.includes_high
    return Interval(low, high, has_low and low is not None, has_high and high is not None)


def is_empty(interval: Interval, *, whole: bool = False) -> bool:
    """Whether an interval holds no number, or with ``whole`` no whole number."""
    if whole:
        interval = tighten(interval)
    if interval.low is None or interval.high is None:
        return False
    if interval.low == interval.high:
        return not (interval.includes_low and interval.includes_high)
    return interval.low > interval.high


def tighten(interval: Interval) -> Interval:
    """The interval from the least to the greatest whole number in it.

    >>> tighten(Interval(2000, None, False, False)).low
    2001
    """
    low, high, includes_low, includes_high = interval
    if isinstance(low, int) and isinstance(high, int) and includes_low and includes_high:
        return interval
    if low is not None:
        low = ceil(low) if includes_low else floor(low) + 1
    if high is not None:
        high = floor(high) if includes_high else ceil(high) - 1
    return Interval(low, high, low is not None, high is not None)


def holds(interval: Interval, exact: Exact) -> bool:
    """Whether a number is in an interval."""
    low, high, includes_low, includes_high = interval
    above = low is None or exact > low or (includes_low and exact == low)
    return above and (high is None or exact < high or (includes_high and exact == high))


def times(a: Interval, b: Interval) -> Interval:
    """All products of a number in one and a number in the other."""
    corners: dict[_End, bool] = {}
    for x, includes_x in _ends(a):
        for y, includes_y in _ends(b):
            zero = (x == (0, 0) and includes_x) or (y == (0, 0) and includes_y)
            product = _product(x, y)
            corners[product] = corners.get(product, False) or zero or (includes_x and includes_y)
    low, high = min(corners), max(corners)
    return _between((low, corners[low]), (high, corners[high]))


def _product(x: _End, y: _End) -> _End:
    if (0, 0) in (x, y):
        return 0, 0
    if x[0] or y[0]:
        return (1 if (x > (0, 0)) == (y > (0, 0)) else -1), 0
    return 0, x[1] * y[1]


def quotient(a: Interval, b: Interval) -> Interval:
    """All quotients; everything where the divisor may be nought."""
    return EVERYTHING if holds(b, 0) or _straddles(b) else times(a, _reciprocal(b))


def _straddles(b: Interval) -> bool:
    return (b.low is None or b.low < 0) and (b.high is None or b.high > 0)


def _reciprocal(b: Interval) -> Interval:
    """One over an interval on one side of nought, which it may touch with an open end."""
    low: Exact | None = 0 if b.high is None else Fraction(1) / b.high if b.high else None
    high: Exact | None = 0 if b.low is None else Fraction(1) / b.low if b.low else None
    return Interval(low, high, low is not None and b.includes_high, high is not None and b.includes_low)


def distance(a: Interval) -> Interval:
    """All numbers of an interval without their sign."""
    if a.low is not None and a.low >= 0:
        return a
    mirrored = Interval(
        None if a.high is None else -a.high, None if a.low is None else -a.low, a.includes_high, a.includes_low
    )
    if a.high is not None and a.high <= 0:
        return mirrored
    return _between(((0, 0), True), max(_ends(a)[1], _ends(mirrored)[1]))


def extreme(intervals: list[Interval], *, least: bool) -> Interval:
    """All values that the least (or the greatest) of independent numbers may have."""
    ends = [_ends(interval) for interval in intervals]
    if least:
        low = min((end[0] for end in ends), key=lambda end: (end[0], not end[1]))
        high = min((end[1] for end in ends), key=lambda end: (end[0], end[1]))
    else:
        low = max((end[0] for end in ends), key=lambda end: (end[0], not end[1]))
        high = max((end[1] for end in ends), key=lambda end: (end[0], end[1]))
    return _between(low, high)

"""For the oracle: which numbers of an interval to try."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from checker.model import Interval

FAR, NEAR = 10**6, Fraction(1, 10**6)  # stand for what has no bound, and for what is next to an open end


class Domain(NamedTuple):
    """Where an unknown may be."""

    literal: Interval
    conventional: Interval
    whole: bool


def ends(interval: Interval, *, whole: bool) -> tuple[Any, Any]:
    """The least and the greatest number to try; None where there is no bound."""
    low, high = interval.low, interval.high
    if whole:
        low = None if low is None else ceil(low) if interval.includes_low else floor(low) + 1
        high = None if high is None else floor(high) if interval.includes_high else ceil(high) - 1
        return low, high
    near = NEAR if low is None or high is None or low == high else min(NEAR, Fraction(high - low) / 4)
    return (
        None if low is None else low if interval.includes_low else low + near,
        None if high is None else high if interval.includes_high else high - near,
    )


def numbers(interval: Interval, *, whole: bool, most: int) -> tuple[list[Any], bool]:
    """Numbers of an interval to try, and whether they are all there are."""
    low, high = ends(interval, whole=whole)
    if low is not None and high is not None:
        if low == high:
            return [low], True
        if low > high:
            return [], True
        if whole and high - low < most:
            return list(range(low, high + 1)), True
    return _some(low, high, whole=whole), False


def _some(low: Any, high: Any, *, whole: bool) -> list[Any]:
    step = 1 if whole else Fraction(1, 3)
    first = low if low is not None else (0 if high is None else high) - FAR
    last = high if high is not None else (0 if low is None else low) + FAR
    between = [one for one in (0, first + step, first + 2 * step, last - step) if first < one < last]
    return list(dict.fromkeys([first, last, *between]))


def shared(intervals: Sequence[Interval]) -> Interval:
    lows = [(one.low, not one.includes_low) for one in intervals if one.low is not None]
    highs = [(one.high, one.includes_high) for one in intervals if one.high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return Interval(
        low[0] if low else None,
        high[0] if high else None,
        low is not None and not low[1],
        high is not None and high[1],
    )


def is_nothing(interval: Interval, *, whole: bool) -> bool:
    low, high = ends(interval, whole=whole)
    return low is not None and high is not None and (low > high or (low == high and not whole and _is_open(interval)))


def _is_open(interval: Interval) -> bool:
    return interval.low == interval.high and not (interval.includes_low and interval.includes_high)


def corners(interval: Interval, *, whole: bool) -> list[Any]:
    low, high = ends(interval, whole=whole)
    low = -FAR if low is None else low
    return list(dict.fromkeys([low, max(low, 0) + FAR if high is None else high]))


def thinned(values: Sequence[Any]) -> list[Any]:
    """At most five of the numbers, the ends among them."""
    if len(values) <= 5:
        return list(values)
    at = {0, 1, len(values) // 2, len(values) - 2, len(values) - 1}
    return [values[index] for index in sorted(at)]

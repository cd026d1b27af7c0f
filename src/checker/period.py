"""EDTF -> interval of days (ordinals, ``datetime.date.toordinal``).

What is read is a part of the Extended Date/Time Format (Library of Congress, 2019; ISO 8601-2):
dates of level 0, the interval with open ends of level 1, and the qualifiers of level 1.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, date
from functools import lru_cache

from checker.model import Period

EXPECTED = "an EDTF date: 2024-07-28, 2024-07, 2024, 2024-07~, 2024-12-12/2024-12-15, ../2024-12-12 or 2024-07-28/.."

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?([~?%]?)")
_FIRST_DAY, _LAST_DAY = date.min.toordinal(), date.max.toordinal()


class PeriodError(ValueError):
    """The text is no EDTF date that is read here; ``expected`` says what would be."""

    def __init__(self, message: str, expected: str = EXPECTED) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected


def read(text: str) -> Period:
    """The days that an EDTF date may mean; raises ``PeriodError``.

    A partial date is all its days. ``~`` (approximate) adds one unit, a day, month or year, to
    either side, and so do ``?`` (uncertain) and ``%`` (both), which also say that the date may be
    another. An interval goes from the first day of its start to the last day of its end.

    >>> show(*read("2024-02")[1:])
    '2024-02'
    >>> show(*read("2024-07-28~")[1:])
    '2024-07-27/2024-07-29'
    >>> show(*read("2024-07~")[1:])
    '2024-06-01/2024-08-31'
    >>> show(*read("2023/2024-02")[1:])
    '2023-01-01/2024-02-29'
    >>> read("../2024-12-12").first is None
    True
    """
    start, slash, end = text.partition("/")
    first = _days(start, slash)
    last = _days(end, slash) if slash else first
    if first and last and first[0] > last[1]:
        raise PeriodError("the period ends before it starts", f"{end}/{start}")
    return Period(text, first and first[0], last and last[1])


@lru_cache(maxsize=4096)  # the same days are written over and over
def _days(text: str, slash: str) -> tuple[int, int] | None:
    """First and last day of one date; None for the open end of an interval."""
    if slash and text == "..":
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        raise PeriodError("no date that can be read")
    year, month, day, qualifier = found.groups()
    step = 1 if qualifier else 0
    try:  # a year 0 is refused like a month 13
        given = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise PeriodError(
            "there is no such date in the calendar", "a day that exists, in the years 0001 to 9999"
        ) from None
    if day:
        ordinal = given.toordinal()
        return max(ordinal - step, _FIRST_DAY), min(ordinal + step, _LAST_DAY)
    unit = 1 if month else 12
    start = 12 * given.year + given.month - 1
    return _month_start(start - step * unit), _month_start(start + (step + 1) * unit) - 1


def _month_start(months: int) -> int:
    """The first day of a month, counted from the year 0; the calendar's ends hold beyond it."""
    year, month = divmod(months, 12)
    if year < 1:
        return _FIRST_DAY
    return date(year, month + 1, 1).toordinal() if year <= MAXYEAR else _LAST_DAY + 1


def show(first: int | None, last: int | None) -> str:
    """EDTF text for the days from ``first`` to ``last``; ``None`` is an open end.

    >>> from datetime import date
    >>> first = date(2024, 7, 1).toordinal()
    >>> show(first, first), show(first, first + 30), show(first, first + 31), show(None, first)
    ('2024-07-01', '2024-07', '2024-07-01/2024-08-01', '../2024-07-01')
    """
    if first is None or last is None:
        return f"{'..' if first is None else day(first)}/{'..' if last is None else day(last)}"
    start = day(first)
    for text in (start, start[:7], start[:4]):
        if _days(text, "") == (first, last):
            return text
    return f"{start}/{day(last)}"


def day(ordinal: int) -> str:
    """ISO text of one day.

    >>> day(738886)
    '2024-01-01'
    """
    return date.fromordinal(ordinal).isoformat()

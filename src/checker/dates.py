"""Dates that stand in running English or Spanish text, as the parts that are stated."""

from __future__ import annotations

import re
from datetime import date

from checker.record import NamedTuple

# In English and in Spanish.
MONTHS = (
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
)
WEEKDAYS = (
    ("Monday", "lunes"),
    ("Tuesday", "martes"),
    ("Wednesday", "miércoles"),
    ("Thursday", "jueves"),
    ("Friday", "viernes"),
    ("Saturday", "sábado"),
    ("Sunday", "domingo"),
)
_WORDS = {"may", "march", "august"}  # English words when they stand in small letters

_MONTH = {name.lower(): number for number, names in enumerate(MONTHS, 1) for name in names} | {"setiembre": 9}
_WEEKDAY = {name.lower(): number for number, names in enumerate(WEEKDAYS) for name in names}
_WEEKDAY |= {"miercoles": 2, "sabado": 5}
_SHORT = {name[:3]: number for name, number in _MONTH.items()} | {"sept": 9}
_ENGLISH = {name.lower() for names in (*MONTHS, *WEEKDAYS) for name in names[:1]}


def _either(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_NO_NUMBER = r"(?!\d|[.,]\d|\s?%)"
_DAY = rf"(?P<{{}}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|º|ro)?\b{_NO_NUMBER}"
_NEAR = rf"(?P<{{}}>(?:{_either(_MONTH)}|(?:{_either(_SHORT)})\b\.?))(?![^\W\d_])"
_YEAR = rf"(?P<{{}}>1[5-9]\d\d|20\d\d)\b{_NO_NUMBER}"
_OF = r"(?:of\s+|del?\s+)?"
_MONTH_AND_DAY = (
    rf"(?:{_DAY.format('day3')}|(?P<first>primero))\s+{_OF}{_NEAR.format('month3')}"
    rf"|{_NEAR.format('month4')}\s+(?:the\s+)?{_DAY.format('day4')}"
)
_FORMS = (
    r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?(?![\d-])",
    r"(?P<one>\d{1,2})(?P<sign>[/.-])(?P<two>\d{1,2})(?P=sign)(?P<year2>\d{4})(?!\d)",
    rf"(?:(?P<weekday>{_either(_WEEKDAY)}),?\s+(?:the\s+)?)?(?:{_MONTH_AND_DAY})(?:,?\s+{_OF}{_YEAR.format('year3')})?",
    rf"{_NEAR.format('month5')},?\s+{_OF}{_YEAR.format('year5')}",
    rf"(?P<name>{_either(_MONTH | _WEEKDAY)})(?!\w)",
    rf"(?P<year7>(?:19|20)\d\d)\b{_NO_NUMBER}",
)
_MENTION = rf"(?<![\w$€£])(?<!\d[.,])(?:{'|'.join(_FORMS)})"  # slow to compile: on demand
_BEFORE = re.compile(
    r"\b(?:in|of|since|until|by|from|to|last|next|this|early|late|mid|and|through|between)[\s-]+\Z", re.IGNORECASE
)


class Mention(NamedTuple):
    """A date in a text: the characters ``start:end``, and the parts that it states.

    ``weekday`` is that of ``date.weekday``: Monday is 0. ``swappable`` is True where day and month
    may be exchanged (03/04/2024).
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    swappable: bool = False


def mentions(text: str) -> list[Mention]:
    """Every date in ``text``, in order, none overlapping another.

    A month or weekday that stands alone counts in the case that its language writes it in (*July*,
    *julio*: Julio is a name), and May, March and August where a preposition stands before them. A
    number from 1900 to 2099 alone is a year, whatever it counts: who looks for numbers reads on.

    >>> [m[2:6] for m in mentions("On Thursday, January 1, 2026, and el 28 de julio")]
    [(2026, 1, 1, 3), (None, 7, 28, None)]
    >>> [m[2:6] for m in mentions("in July 2024, on 28/07/2024, since 2013 and in May")]
    [(2024, 7, None, None), (2024, 7, 28, None), (2013, None, None, None), (None, 5, None, None)]
    """
    found = (_mention(match, text) for match in re.finditer(_MENTION, text, re.IGNORECASE))
    return [mention for mention in found if mention is not None]


def _mention(match: re.Match[str], text: str) -> Mention | None:
    parts = {name.rstrip("234567"): part for name, part in match.groupdict().items() if part}
    start, end = match.span()
    if "name" in parts:
        return _alone(parts["name"], start, end, text)
    year = int(parts["year"]) if "year" in parts else None
    if "one" in parts:
        return _numeric(int(parts["one"]), int(parts["two"]), year, start, end)
    month = _month(parts.get("month", ""))
    if "month" in parts and month is None:
        return None
    day = int(parts.get("day", "1" if "first" in parts else "0")) or None
    return Mention(start, end, year, month, day, _WEEKDAY.get(parts.get("weekday", "").lower()))


def _month(name: str) -> int | None:
    if name.isdigit():
        return int(name)
    lower = name.lower().rstrip(".")
    return None if name in _WORDS else _MONTH.get(lower) or _SHORT.get(lower)


def _alone(name: str, start: int, end: int, text: str) -> Mention | None:
    lower = name.lower()
    if name[0].isupper() != (lower in _ENGLISH) or (lower in _WORDS and not _BEFORE.search(text, 0, start)):
        return None
    mention = Mention(start, end, month=_MONTH.get(lower), weekday=_WEEKDAY.get(lower))
    return None if mention.month is None and mention.weekday is None else mention


def _numeric(one: int, two: int, year: int | None, start: int, end: int) -> Mention | None:
    """A date of three numbers: the day first, unless that makes no month."""
    day, month = (one, two) if two <= 12 else (two, one)
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return Mention(start, end, year, month, day, swappable=day <= 12)


def fits(mention: Mention, first: int | None, last: int | None) -> bool:
    """Does every part that is stated agree with the days from ``first`` to ``last`` (``None``: open)?

    The parts have to agree on one day: the first, the last, or the middle one (which a date with
    ``~`` is about). The middle of a longer period is no day that a text would name.

    >>> july = mentions("July 2024")[0]
    >>> first = date(2024, 7, 1).toordinal()
    >>> fits(july, first, first + 30), fits(july, first + 27, first + 27), fits(july, first + 31, None)
    (True, True, False)
    """
    days = [end for end in (first, last) if end is not None]
    if first is not None and last is not None and (mention.day is None or last - first <= 2):
        days.append((first + last) // 2)
    return any(_agrees(mention, date.fromordinal(ordinal)) for ordinal in days)


def _agrees(mention: Mention, day: date) -> bool:
    stated = (mention.year, mention.month, mention.day, mention.weekday)
    actual = (day.year, day.month, day.day, day.weekday())
    if all(part in (None, real) for part, real in zip(stated, actual, strict=True)):
        return True
    return mention.swappable and _agrees(mention._replace(month=mention.day, day=mention.month, swappable=False), day)

"""The dates, years and weekdays of an article, each with the days that it means where the text states them all.

What ``dates`` finds is read on: days that are counted up (28 and 29 July, July 28-30), a day without its month
(on the 28th, el 28), decades, and whether a number such as 2,000 without its comma is a year.

dateparser was weighed and is not used: it takes 100 ms to import, it fills in what a text leaves open from
today's date, so that a run would not be the same tomorrow, and its search takes “may”, “second” and “3,5” for
dates. ``benchmarks/scan.py`` has the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker import dates, period
from checker.dates import Mention
from checker.model import Interval, Value
from checker.record import NamedTuple


class Moment(NamedTuple):
    """A date in a text: the characters ``start:end``, and what it states.

    The value's text is EDTF with X for what is not stated (XXXX-07-28), or the name of a weekday; there are
    intervals of days only where nothing is left open.
    """

    kind: str  # date | weekday
    start: int
    end: int
    value: Value


def find(text: str) -> list[Moment]:
    """Every date in a text of plain signs (``tokens.plain``), in order, none overlapping another.

    >>> [one.value.text for one in find("On Thursday, 28 and 29 July, and on the 30th; since 2013, in the 1990s")]
    ['Thursday', 'XXXX-07-28/XXXX-07-29', 'XXXX-XX-30', '2013', '1990/1999']
    >>> [one.value.text for one in find("El 28 de julio del 2024, el jueves, y unas 2000 personas")]
    ['2024-07-28', 'jueves']
    """
    found = [one for mention in dates.mentions(text) if (one := _mentioned(text, mention)) is not None]
    found += [*_days(text), *_decades(text), *_old_years(text)]
    return list(_apart(sorted(found, key=lambda one: (one.start, -one.end))))


def _apart(found: list[Moment]) -> Iterator[Moment]:
    end = 0
    for one in found:
        if one.start >= end:
            yield one
            end = one.end


def _mentioned(text: str, mention: Mention) -> Moment | None:
    start, end, year, month, day, _, swappable = mention
    if month is None and day is None:
        if year is None:
            return Moment("weekday", start, end, Value(text[start:end]))
        return Moment("date", start, end, _value(year)) if is_year(text, start, end) else None
    if swappable and day != month:  # 03/04/2024: which is the day is not known
        either = f"[{_edtf(year, day, month)},{_edtf(year, month, day)}]"
        return Moment("date", start, end, Value(either))
    return _grown(text, mention) or Moment("date", start, end, _value(year, month, day))


def _edtf(year: int | None, month: int | None = None, day: int | None = None) -> str:
    parts = ["XXXX" if year is None else f"{year:04}"]
    parts += ["XX" if month is None else f"{month:02}"] if month or day else []
    return "-".join([*parts, *([f"{day:02}"] if day else [])])


def _value(year: int | None = None, month: int | None = None, day: int | None = None) -> Value:
    return _stated(_edtf(year, month, day))


def _stated(text: str) -> Value:
    """The value of EDTF text; without intervals where parts are left open, or there is no such day."""
    try:
        _, first, last = period.read(text)
    except period.PeriodError:
        return Value(text)
    days = Interval(first, last)
    return Value(text, days, days)


# ------------------------------------------------------------------------- several days of one month

_TH = r"(?:st|nd|rd|th|º)?"
_JOINT = r"(?:\s?-\s?|\s+(?:and|to|or|through|y|e|a|al|o)\s+(?:the\s+|el\s+)?)"
_BEFORE = re.compile(rf"(?<![\w.,$€£/:-])(\d{{1,2}}){_TH}(?:,\s*\d{{1,2}}{_TH})*{_JOINT}\Z", re.IGNORECASE)
_AFTER = re.compile(
    rf"(?:,\s*\d{{1,2}}{_TH})*{_JOINT}(\d{{1,2}}){_TH}(?![\w%]|[.,:/-]\d|\s?%|\s+(?!in\b|at\b|en\b)[^\W\d])(?:,?\s+(\d{{4}})\b)?",
    re.IGNORECASE,
)


def _grown(text: str, mention: Mention) -> Moment | None:
    """A date with the other days of its month that stand before or behind it: 28 and 29 July, July 28-30."""
    start, end, year, month, day = mention[:5]
    if day is None:
        return None
    before = _BEFORE.search(text, max(0, start - 30), start) if text[start].isdigit() else None
    if before and 0 < int(before[1]) < day:
        return _several(before.start(), end, year, month, int(before[1]), day)
    after = None if year or not text[end - 1].isalnum() else _AFTER.match(text, end)
    if after and text[start].isalpha() and day < int(after[1]) <= 31:
        return _several(start, after.end(), int(after[2]) if after[2] else None, month, day, int(after[1]))
    return None


def _several(start: int, end: int, year: int | None, month: int | None, first: int, last: int) -> Moment:
    return Moment("date", start, end, _stated(f"{_edtf(year, month, first)}/{_edtf(year, month, last)}"))


# ------------------------------------------------------------------------- days without a month

_STOP = r"(?=\s*(?:[.,;:!?)\"”]|\Z)|\s+(?:{}))"
_DAY = re.compile(
    r"\b(?:on|by|until|till|before|after|since|from|to|and)\s+(?P<one>the\s+(?P<en>\d{1,2})(?:st|nd|rd|th))"
    + _STOP.format(
        r"and|but|he|she|they|it|we|when|the|at|in|to|from|with|after|as|for|by|a|an"
        r"|of (?:this|that|last|next|the) month"
    )
    + r"|\b(?P<two>(?:el|al)\s+(?:día\s+)?(?P<es>\d{1,2}))(?!\s*%|[.,:]\d)"
    + _STOP.format(r"se|en|a|por(?! cien)|con|que|cuando|fue|fueron|hubo|de (?:este|ese|cada) mes|del mes"),
    re.IGNORECASE,
)  # fmt: skip


def _days(text: str) -> Iterator[Moment]:
    for found in _DAY.finditer(text):
        group, day = ("one", found["en"]) if found["en"] else ("two", found["es"])
        if 0 < int(day) <= 31:
            yield Moment("date", *found.span(group), _value(day=int(day)))


# ------------------------------------------------------------------------- years and decades

_HEDGED = re.compile(
    r"\b(?:at least|more than|over|fewer than|less than|nearly|almost|up to|exactly|some|approximately|a total of"
    r"|al menos|más de|menos de|casi|unos|unas|un total de|otros|otras|another)\s+\Z",
    re.IGNORECASE,
)
_LOOSE = re.compile(r"\b(?:about|around|roughly|alrededor de|cerca de)\s+\Z", re.IGNORECASE)
_IN = re.compile(r"\b(?:in|since|until|by|the|en|desde|para|año|year|las|los|el|del?|of|from)\s+\Z", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s+(?:people|persons?|men|women|children|dollars|euros|votes|families|prisoners|detainees|troops|soldiers|kilom|km"
    r"|personas|hombres|mujeres|niños|dólares|pesos|votos|familias|presos|detenidos|soldados)",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"\s+[^\W\d_A-ZÁÉÍÓÚ]{3,}s\b")


def is_year(text: str, start: int, end: int) -> bool:
    """Whether a number from 1900 to 2099 is a year: it is, unless it is hedged or counts something.

    >>> [is_year(text, text.index("2"), len(text)) for text in ("since 2013", "in 2000", "more than 2013")]
    [True, True, False]
    """
    before = text[max(0, start - 25) : start]
    if _COUNTED.match(text, end) or _HEDGED.search(before):
        return False
    plural = _PLURAL.match(text, end) is not None
    if _LOOSE.search(before):
        return not plural
    return not (int(text[start:end]) % 100 == 0 and plural and not _IN.search(before))


_OLD = re.compile(
    r"\b(?:(?:in|since|until|en|desde|hasta|año|year)\s+(?=1)|(?:from|of|de)\s+(?!1\d00))(1[0-8]\d\d)(?![\w%]|[.,:/-]\d|\s?%)"
    r"(?=\s*(?:[.,;:)]|\Z)|\s+(?:and|the|to|by|when|y|a|la|el|cuando|por)\b)",
    re.IGNORECASE,
)
_DECADE = re.compile(
    r"(?<![\w-])(?P<full>(?:1[5-9]|20)\d0)s\b|(?P<short>['’][2-9]0)s\b"
    r"|\b(?:años|década de los|década del|década de)\s+(?P<es>(?:19|20)\d0|[2-9]0)(?![\d%]|[.,]\d|\s?%)",
    re.IGNORECASE,
)


def _old_years(text: str) -> Iterator[Moment]:
    for found in _OLD.finditer(text):
        yield Moment("date", *found.span(1), _value(int(found[1])))


def _decades(text: str) -> Iterator[Moment]:
    """The 1990s; the '90s and los años 90, whose century is not stated."""
    for found in _DECADE.finditer(text):
        first = found["full"] or found["es"] or found["short"]
        if len(first) == 4:
            yield Moment("date", *found.span(), _stated(f"{first}/{int(first) + 9}"))
        else:
            yield Moment("date", *found.span(), Value(f"XX{first[-2]}X"))

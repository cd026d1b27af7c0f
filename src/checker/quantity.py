"""“about 3,000” -> Value: what words say about a number, by a hedge profile that is data.

``profiles/standard.yaml`` holds the table of words and rules; tests/test_quantity.py shows every row of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from math import ceil, floor, gcd

from checker import numerals
from checker.hedges import Profile, QuantityError, match, profile, standard
from checker.interval import is_empty, meet, point
from checker.model import Exact, Interval, Value
from checker.numerals import Tokens, past
from checker.phrase import SIGNED, Reader, everything, value
from checker.record import NamedTuple
from checker.tokens import tokens

__all__ = [
    "SIGNED", "Profile", "QuantityError", "Span", "between", "decimal", "exact", "find", "number", "profile", "read",
    "show", "standard",
]  # fmt: skip

MAX_TEXT = 200  # characters of a value
_WINDOW = 60  # tokens that a quantity in running text may span
_PLACES = 12  # decimals of a number that has no end of them


class Span(NamedTuple):
    """Where a quantity stands in a text: characters from start to end, its hedge included, and those of its number."""

    start: int
    end: int
    text: str
    number_start: int
    number_end: int


# ------------------------------------------------------------------------- reading


def read(text: str, type: str, profile: Profile | None = None) -> Value:  # noqa: A002 - the field's name in a fact file
    """The value that a whole text gives for a measure of a type: count, number, percent, money or duration.

    A duration is in days, a percentage in points. Words behind the number that carry no number or
    hedge are its noun. Raises QuantityError, and nothing else, for what is not understood.

    >>> read("at least 87 people", "count").literal
    Interval(low=87, high=None, includes_low=True, includes_high=False)
    """
    if len(text) > MAX_TEXT:
        raise QuantityError(f"the value is longer than {MAX_TEXT} characters", "the few words that give the figure")
    if is_plain(text, type):
        exactly = point(int(text))
        return Value(text, exactly, exactly)
    if text == "unknown":  # in any profile
        return Value(text, everything(type), everything(type))
    words, profile = tokens(text), profile or standard()
    if words and past("unknown", words, 0, profile) == len(words):
        return Value(text, everything(type), everything(type))
    at = past("fillers", words, past("determiners", words, 0, profile), profile)
    reading = Reader(words, type, profile).whole(at)
    return value(text, reading.literal, reading.conventional, type)


def is_plain(text: str, type: str) -> bool:  # noqa: A002
    """Whether a whole text is read as the number of its digits."""
    return (
        text.isdigit() and text.isascii() and type in ("count", "number", "money") and len(text) <= numerals.MAX_DIGITS
    )


def exact(text: str, type: str, profile: Profile | None = None) -> Exact | None:  # noqa: A002
    """The number that a whole text is, with its unit; None where there is a hedge, a noun or no number.

    >>> exact("2.50", "number"), exact("30 %", "percent"), exact("about 30", "count")
    (Fraction(5, 2), 30, None)
    """
    words = tokens(text) if len(text) <= MAX_TEXT else ()
    found = Reader(words, type, profile or standard()).amount(0)
    return found[0].n if found and found[1] == len(words) and not found[0].loose else None


def between(low: str | None, high: str | None, type: str, profile: Profile | None = None) -> Value:  # noqa: A002
    """The value given as ``{min: , max: }``: plain numbers, a duration's in days, None for no bound on that side.

    Raises QuantityError where one is no number of the type, or min is above max.
    """
    ends = [None if text is None else _plain(text, type, profile or standard()) for text in (low, high)]
    given = Interval(ends[0], ends[1], ends[0] is not None, ends[1] is not None)
    if is_empty(given):
        raise QuantityError(f"min {low} is above max {high}", "min at most max")
    return value("", given, given, type)._replace(text=show(meet(given, everything(type)), type))


def _plain(text: str, type: str, profile: Profile) -> Exact:  # noqa: A002
    words = tokens(text) if len(text) <= MAX_TEXT else ()
    found = Reader(words, type, profile).amount(0, timed=False)
    if not found or found[1] != len(words) or found[0].loose:
        raise QuantityError(f"“{text[:60]}” is no {type}", "a plain number, such as 2,000")
    if type == "count" and found[0].n.denominator > 1:
        raise QuantityError(f"“{text}” is no count", "a whole number")
    return found[0].n


# ------------------------------------------------------------------------- finding


def find(text: str, type: str, profile: Profile | None = None) -> list[tuple[Span, Value]]:  # noqa: A002
    """Every quantity of a type in running text, from left to right, the longest at each place.

    They do not overlap, but for one case: “from n to m” may be a range or a change, so its two
    numbers follow it. Percentages and money are found without their sign too.

    >>> [span.text for span, _ in find("Released are more than 2,000, and dozens died.", "count")]
    ['more than 2,000', 'dozens']
    """
    return list(_found(text, type, profile or standard()))


def _found(text: str, type: str, profile: Profile) -> Iterator[tuple[Span, Value]]:  # noqa: A002
    words, at = tokens(text), 0
    while at < len(words):
        found = longest(text, words, at, type, profile)
        if found is None:
            at = max(past("passed_over", words, at, profile), at + 1)
            continue
        span, value, start, end = found
        yield span, value
        if past("from", words, at, profile) > at:
            yield from _ends(text, words[at:end], start - at, type, profile)
        at = end


def may_start(words: Tokens, at: int, profile: Profile) -> bool:
    """Whether a quantity of any type may start at a token; most words of a text are ruled out by this."""
    token = words[at]
    is_sign = token.role == "minus" or token.text == "+"
    return token.kind == "number" or is_sign or match(profile.starts, words, at) is not None


def longest(
    text: str,
    words: Tokens,
    at: int,
    type: str,  # noqa: A002
    profile: Profile,
    *,
    single: bool = False,
) -> tuple[Span, Value, int, int] | None:
    """The longest quantity at a token that has a value, with its number's token and the one behind it.

    With ``single``, no range: only a number by itself, with its hedge.
    """
    token, before = words[at], max(at - 1, 0)
    if not may_start(words, at, profile) or past("passed_over", words, at, profile) > at:
        return None
    reader = Reader(words[before : at + _WINDOW], type, profile)
    for reading in reader.singles(at - before) if single else reader.readings(at - before):
        start, end = before + reading.start, before + reading.end
        place = text[token.start : words[end - 1].end]
        with suppress(QuantityError):
            made = value(place, reading.literal, reading.conventional, type)
            last = words[before + reading.stop - 1].end
            return Span(token.start, words[end - 1].end, place, words[start].start, last), made, start, end
    return None


def _ends(text: str, words: Tokens, at: int, type: str, profile: Profile) -> Iterator[tuple[Span, Value]]:  # noqa: A002
    while at < len(words):
        found = longest(text, words, at, type, profile, single=True)
        if found:
            yield found[:2]
        at = found[3] if found else at + 1


# ------------------------------------------------------------------------- showing


def show(interval: Interval, type: str) -> str:  # noqa: A002
    """Words for an interval, which ``read`` takes for the same literal interval again.

    A duration is in days, or in hours, minutes or seconds where days have no end of decimals. An
    end that is no finite decimal is rounded and marked with ~, and is not read again.

    >>> show(Interval(2000, 2640, False, True), "count"), show(Interval(0, 399), "count")
    ('more than 2,000 and at most 2,640', 'at most 399')
    >>> show(Interval(30, 30), "percent")
    'exactly 30 %'
    """
    low, high, includes_low, includes_high = interval
    if type not in SIGNED and low == 0 and includes_low and high != 0:
        low = None
    unit, per_day = _unit(low, high, type)
    first = "" if low is None else _figure(low * per_day, type)
    if low is not None and low == high and includes_low and includes_high:
        plain = type not in ("percent", "duration") and low.denominator == 1
        return f"{'' if plain else 'exactly '}{first}{unit}"
    last = "" if high is None else _figure(high * per_day, type)
    if first and last and includes_low and includes_high:
        return f"{first} to {last}{unit}"
    fewer = "fewer than" if type == "count" else "less than"
    above = f"{'at least' if includes_low else 'more than'} {first}{unit}" if first else ""
    below = f"{'at most' if includes_high else fewer} {last}{unit}" if last else ""
    return f"{above} and {below}" if above and below else above or below or "unknown"


def _unit(low: Exact | None, high: Exact | None, type: str) -> tuple[str, int]:  # noqa: A002
    """The words behind a number of a type, and how many of that unit make a day (else 1)."""
    if type == "percent":
        return " %", 1
    if type != "duration":
        return "", 1
    for name, per_day in (("days", 1), ("hours", 24), ("minutes", 24 * 60), ("seconds", 24 * 60 * 60)):
        if all(end is None or _places(end * per_day) is not None for end in (low, high)):
            return f" {name}", per_day
    return " days", 1


def _figure(exact: Exact, type: str) -> str:  # noqa: A002
    # Three decimals of a count would be read as a group of thousands.
    is_group = type == "count" and exact.denominator > 1 and _places(exact) == 3
    return f"{number(exact)}0" if is_group else number(exact)


def number(exact: Exact, places: int | None = None) -> str:
    """A number with its thousands grouped; rounded to ``places``, or to three where it never ends, with ~ before it.

    >>> number(2640), number(Fraction("547.875")), number(Fraction(1, 3)), number(Fraction("29.96"), 1)
    ('2,640', '547.875', '~0.333', '~30.0')
    """
    if exact.denominator == 1:
        return f"{exact.numerator:,}"
    needed = _places(exact)
    if needed is not None and (places is None or needed <= places):
        return _fixed(exact, needed, ",")
    shown = 3 if places is None else places
    return "~" + _fixed(round(Fraction(exact), shown), shown, ",")


def decimal(exact: Exact, up: bool) -> str:
    """A number as a plain decimal; one that never ends is rounded outwards, to twelve places.

    >>> decimal(2640, up=True), decimal(Fraction(1, 3), up=False), decimal(Fraction(1, 3), up=True)
    ('2640', '0.333333333333', '0.333333333334')
    """
    if isinstance(exact, int):
        return str(exact)
    places = _places(exact)
    if places is None:
        moved = exact * 10**_PLACES
        exact, places = Fraction(ceil(moved) if up else floor(moved), 10**_PLACES), _PLACES
    return _fixed(exact, places, "")


def _places(exact: Exact) -> int | None:
    """How many decimals a number has; None where they never end."""
    rest, places = exact.denominator, 0
    while rest > 1:
        shared = gcd(rest, 10)
        if shared == 1:
            return None
        rest, places = rest // shared, places + 1
    return places


def _fixed(exact: Exact, places: int, group: str) -> str:
    """A number that has no more decimals than ``places``."""
    moved = abs(exact * 10**places)
    whole, part = divmod(moved.numerator, 10**places)
    sign = "-" if exact < 0 else ""
    return f"{sign}{whole:{group}}" + (f".{part:0{places}}" if places else "")

"""Numbers as they are written, without their hedges: 2,852; 1.2 million; two thousand three hundred; a year and a half.

Every function takes the tokens, a place among them and the profile, and gives what it read and the
place behind it, or None where no such thing stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import takewhile

from checker.hedges import Profile, match
from checker.model import Exact
from checker.record import NamedTuple
from checker.tokens import Token, joined

Tokens = tuple[Token, ...]
ALONE = ("",)  # the roles of a number that is no end of n-m
MAX_DIGITS = 100


class Number(NamedTuple):
    """A number and how finely it is written.

    ``unit`` is one unit of its last digit or part; ``rounded`` says that it may be off by half of
    that; ``scale`` is what its digits are multiplied by (million, dozen, year), where they are one
    figure; ``loose`` is a dozen or a couple; ``timed`` is in days.
    """

    n: Exact
    unit: Exact = 1
    rounded: bool = False
    scale: Exact = 1
    loose: bool = False
    timed: bool = False


def exact(number: Exact) -> Exact:
    """An int where whole."""
    return number.numerator if number.denominator == 1 else number


# ------------------------------------------------------------------------- digits


def digits(text: str, count: bool) -> tuple[Exact, int] | None:
    """A number in digits, and how many of them are decimals; None where its groups fit no system.

    In a count a point or comma before three digits groups; elsewhere only a comma does.

    >>> digits("2.852", count=True), digits("12,34,567", count=True), digits("1,23,4", count=True)
    ((2852, 0), (1234567, 0), None)
    >>> digits("1.234,5", count=False), digits("2.852", count=False)
    ((Fraction(2469, 2), 1), (Fraction(713, 250), 3))
    """
    signs = [char for char in text if not char.isdigit()]
    if len(text) - len(signs) > MAX_DIGITS:
        return None
    if not signs:
        return int(text), 0
    last = signs[-1]
    if len(set(signs)) > 1:
        decimal = last in ".," and signs.count(last) == 1 and len(set(signs)) == 2
        whole, _, part = text.rpartition(last)
        return _decimal(whole, part) if decimal and _grouped(whole, signs[0]) else None
    groups = _grouped(text, last)
    if len(signs) > 1 or last in " '":
        return _decimal(text, "") if groups else None
    grouping = groups and (count or last == ",")
    return _decimal(text, "") if grouping else _decimal(*text.split(last))


def _grouped(text: str, sign: str) -> bool:
    first, *middle, last = text.split(sign)
    if len(last) != 3 or first.startswith("0"):
        return False
    if len(first) <= 3 and all(len(group) == 3 for group in middle):
        return True
    return sign == "," and len(first) <= 2 and bool(middle) and all(len(group) == 2 for group in middle)


def _decimal(whole: str, part: str) -> tuple[Exact, int]:
    figures = "".join(filter(str.isdigit, whole + part))
    return exact(Fraction(int(figures), 10 ** len(part))), len(part)


# ------------------------------------------------------------------------- digits, words and scales


class _Part(NamedTuple):
    """One summand: its value, and the place below which the next one has to stay."""

    place: Exact
    number: Number
    figure: bool  # in digits


_Parts = tuple[_Part, ...]
_Grown = tuple[_Parts, int] | None


def written(
    tokens: Tokens, at: int, profile: Profile, count: bool = False, roles: Sequence[str] = ALONE
) -> tuple[Number, int] | None:
    """A number in digits or words, with its scale (2.4k, two million, 3 mil 200) or group (half a dozen)."""
    parts: _Parts = ()
    start = at
    while grown := _grow(parts, tokens, at, profile, count, roles):
        parts, at = grown
    number = _sum(parts) if parts else None
    if number is None:
        single = article(tokens, start, profile)
        number, at = single or (Number(0), start)
    group = match(profile.numbers["groups"], tokens, at)
    if group:
        return _many(number, group[0], tokens, group[1], profile)
    return (number, at) if parts else None


def article(tokens: Tokens, at: int, profile: Profile) -> tuple[Number, int] | None:
    """An article or a half, which is a number only before what it counts: a year, half a million."""
    for table in ("halves", "ones"):
        if found := match(profile.numbers[table], tokens, at):
            return Number(found[0], found[0]), found[1]
    return None


def past(words: str, tokens: Tokens, at: int, profile: Profile) -> int:
    """The place behind one of a section's words, where one stands there."""
    found = match(profile.words[words], tokens, at)
    return found[1] if found else at


def _many(number: Number, group: Exact, tokens: Tokens, at: int, profile: Profile) -> tuple[Number, int] | None:
    if not number.n:
        return None
    scale = match(profile.numbers["scales"], tokens, past("of", tokens, at, profile))
    times, at = (group * scale[0], scale[1]) if scale else (group, at)
    return Number(exact(number.n * times), scale=times, loose=True), at


def _sum(parts: Sequence[_Part]) -> Number:
    last = parts[-1].number
    return last._replace(n=exact(sum(part.number.n for part in parts)), scale=last.scale if len(parts) == 1 else 1)


def _grow(parts: _Parts, tokens: Tokens, at: int, profile: Profile, count: bool, roles: Sequence[str]) -> _Grown:
    if not parts:
        return _first(tokens, at, profile, count, roles)
    return (
        _scaled(parts, tokens, at, profile) or _halved(parts, tokens, at, profile) or _added(parts, tokens, at, profile)
    )


def _first(tokens: Tokens, at: int, profile: Profile, count: bool, roles: Sequence[str]) -> _Grown:
    single = article(tokens, at, profile)
    if single and match(profile.numbers["scales"], tokens, single[1]) is not None:
        return (_Part(1, single[0], False),), single[1]
    return _one(tokens, at, profile, count, roles)


def _one(tokens: Tokens, at: int, profile: Profile, count: bool, roles: Sequence[str]) -> _Grown:
    """One figure or number word."""
    if at < len(tokens) and tokens[at].kind == "number":
        read = digits(tokens[at].text, count) if tokens[at].role in roles else None
        if read is None:
            return None
        n, places = read
        return (_Part(1, Number(n, exact(Fraction(1, 10**places)), places > 0), True),), at + 1
    found = match(profile.numbers["numbers"], tokens, at)
    return ((_Part(_place(found[0]), Number(found[0]), False),), found[1]) if found else None


def _place(n: Exact) -> int:
    """Where a number word leaves room: below its last non-zero digit, and nowhere up to nineteen."""
    return 1 if n < 20 or n % 10 else next(10**k for k in range(30, 0, -1) if n % 10**k == 0)


def _scaled(parts: _Parts, tokens: Tokens, at: int, profile: Profile) -> _Grown:
    found = match(profile.numbers["scales"], tokens, at) or _suffix(tokens, at, profile)
    if not found:
        return None
    scale, end = found
    below = list(takewhile(lambda part: part.place < scale, reversed(parts)))[::-1]
    rest = parts[: len(parts) - len(below)]
    if not below or (rest and rest[-1].place <= scale):
        return None
    number, figure = _sum(below), below[-1].figure
    unit = number.unit * scale if figure else number.unit
    scaled = Number(exact(number.n * scale), exact(unit), figure, number.scale * scale)
    return (*rest, _Part(scale, scaled, figure)), end


def _suffix(tokens: Tokens, at: int, profile: Profile) -> tuple[Exact, int] | None:
    after_figure = at < len(tokens) and tokens[at - 1].kind == "number" and joined(tokens[at - 1], tokens[at])
    return match(profile.numbers["suffixes"], tokens, at) if after_figure else None


def _halved(parts: _Parts, tokens: Tokens, at: int, profile: Profile) -> _Grown:
    found = match(profile.numbers["and_a_half"], tokens, at)
    last = parts[-1]
    if not found or last.number.n.denominator > 1 or last.place < 1:
        return None
    # Two and a half million is half a million more, and so is dos millones y medio.
    half = found[0] * (last.place if last.place >= 1000 else 1)
    return (*parts, _Part(half, Number(exact(half), exact(half)), last.figure)), found[1]


def _added(parts: _Parts, tokens: Tokens, at: int, profile: Profile) -> _Grown:
    last, join = parts[-1], match(profile.numbers["joins"], tokens, at)
    start = join[1] if join and last.place >= join[0] else at
    grown = _one(tokens, start, profile, True, ALONE)
    if not grown and last.place == 10 and start > at:  # treinta y un
        one = match(profile.numbers["ones"], tokens, start)
        grown = ((_Part(1, Number(1), False),), one[1]) if one else None
    if not grown:
        return None
    (part,), end = grown
    fits = part.number.n < last.place and part.number.n and part.figure == last.figure and not part.number.rounded
    return ((*parts, part), end) if fits else None


# ------------------------------------------------------------------------- time


def time(tokens: Tokens, at: int, profile: Profile, roles: Sequence[str] = ALONE) -> tuple[Number, int] | None:
    """A duration in days: 72 hours; a year and a half; two years, three months and 5 days."""
    total: Exact = 0
    number, end, count = None, at, 0
    while part := _timed(tokens, at, profile, roles):
        if number and part[0].scale >= number.scale:
            break
        number, end = part
        count, total = count + 1, total + number.n
        if half := match(profile.numbers["and_a_half"], tokens, end):
            unit = number.scale * half[0]
            return Number(exact(total + unit), exact(unit), timed=True), half[1]
        at = past("and", tokens, end + (tokens[end : end + 1] != () and tokens[end].text == ","), profile)
    return (number._replace(n=exact(total), scale=number.scale if count == 1 else 1), end) if number else None


def _timed(tokens: Tokens, at: int, profile: Profile, roles: Sequence[str]) -> tuple[Number, int] | None:
    number, end = written(tokens, at, profile, roles=roles) or article(tokens, at, profile) or (Number(1), at)
    unit = match(profile.numbers["times"], tokens, past("of", tokens, end, profile) if end > at else at)
    if not unit or (end == at and not match(profile.numbers["and_a_half"], tokens, unit[1])):
        return None
    days, end = unit
    n, last, scale = (exact(part * days) for part in (number.n, number.unit, number.scale))
    return Number(n, last, number.rounded, scale, number.loose, timed=True), end

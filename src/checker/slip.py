"""The slip of the pen that would explain a wrong figure: each is named only where it really resolves the conflict."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from checker import phrase, quantity
from checker.interval import holds, is_empty, meet, point, tighten
from checker.model import Exact, Fact, Interval, Value

WILD = 10  # a slip that moves a figure so many times as far as the nearest one explains it worse than that
MANY = 30  # digits that nobody counts
_DIGITS = re.compile(r"[0-9][0-9,.]*[0-9]|[0-9]")
_DECIMALS = re.compile(r"[.,]([0-9]{1,2}|[0-9]{4,})$")
_THOUSANDTHS = re.compile(r"([0-9]{1,3})[.,]([0-9]{1,3})$")

Values = Mapping[str, Value]  # by the id of the fact that would have it

# The kind, what may have been meant, how far that is from what is written, and of an exchange the other fact: a tuple
# without names, because most are made to be passed over.
_Slip = tuple[str, int | Value, Exact, Fact | None]


def hint(
    fact: Fact,
    others: Sequence[Fact],
    to: Sequence[Interval],
    resolves: Callable[[Values], bool],
    *,
    conventional: bool = False,
) -> str:
    """The slip that best explains a fact's figure, "" where none does.

    ``others`` are the other facts of the finding; ``to`` is where the fact would have to move, in the
    literal or the conventional interval of its value; ``resolves`` says whether the finding is resolved
    by these values, by id of their facts. In the order of ``_fitting``, the nearest of each kind first;
    but those that need a wild jump where another does not come last.
    """
    found = list(_fitting(fact, others, to, conventional))
    if len(found) > 1:
        kinds = list(dict.fromkeys([kind for kind, *_ in found]))
        wild = WILD * min([jump for _, _, jump, _ in found])
        found.sort(key=lambda slip: (slip[2] > wild, kinds.index(slip[0]), slip[2]))
    for kind, meant, _, other in found:
        value = meant if isinstance(meant, Value) else _numeral(meant)
        if resolves({fact.id: value} if other is None else {fact.id: value, other.id: fact.value}):
            return f"{kind}: {value.text}"
    return ""


def _numeral(number: int) -> Value:
    exactly = point(number)
    return Value(str(number), exactly, exactly)


def _fitting(fact: Fact, others: Sequence[Fact], to: Sequence[Interval], conventional: bool) -> Iterator[_Slip]:
    """What may have been meant and lies where the fact would have to move, the likeliest first."""
    if fact.value.literal is None or fact.measure.type not in ("count", "number", "money", "percent"):
        return
    text, figure = fact.value.text, _figure(fact.value)
    if quantity.is_plain(text, fact.measure.type) and text[0] != "0" and len(text) < MANY:
        yield from _numbered(text, figure, to)
    else:
        read = [(name, value) for name, value in _worded(fact) if _fits(value, to, conventional)]
        yield from ((name, value, _distance(_figure(value), figure), None) for name, value in read)
    alike = [one for one in _alike(fact, others) if _fits(one.value, to, conventional)]
    jumps = [_distance(_figure(one.value), figure) for one in alike]
    for one, jump in zip(alike, jumps, strict=True):
        yield f"exchanged with {one.id}", one.value, jump, one
    for one, jump in zip(alike, jumps, strict=True):
        yield f"the figure of {one.id}", one.value, jump, None


def _numbered(text: str, figure: Exact, to: Sequence[Interval]) -> Iterator[_Slip]:
    above = 10 ** (len(text) + 1)  # whatever may be meant, which is not below nought either
    ends = [(low or 0, above if high is None else high) for low, high, _, _ in map(tighten, to)]
    for name, number in numbers(text):
        for least, most in ends:  # no two of which hold one number
            if least <= number <= most:
                yield name, number, _distance(number, figure), None


def _fits(value: Value, to: Sequence[Interval], conventional: bool) -> bool:
    read = value.conventional if conventional else value.literal
    assert read is not None, "only numbers slip"
    if read.low is not None and read.low == read.high:
        return any(holds(one, read.low) for one in to)
    return any(not is_empty(meet(read, one)) for one in to)


def _distance(one: Exact, other: Exact) -> Exact:
    return one - other if one > other else other - one


def _figure(value: Value) -> Exact:
    """A number that stands for a value: the middle of its interval, or the one end that it has."""
    low, high = (None, None) if value.literal is None else value.literal[:2]
    if low is not None and low == high:
        return low
    ends = [end for end in (low, high) if end is not None]
    return Fraction(sum(ends)) / len(ends) if ends else 0


def _worded(fact: Fact) -> Iterator[tuple[str, Value]]:
    """What the words with their first number otherwise mean, and what slip makes the one of the other."""
    for name, text in _texts(fact.value.text):
        value = _read(text, fact)
        if value is not None:
            yield name, value


def _alike(fact: Fact, others: Sequence[Fact]) -> list[Fact]:
    """What else the same source states in figures of the same type."""
    kind, source = fact.measure.type, fact.source
    unknown = phrase.everything(kind)
    alike = [one for one in others if one.measure.type == kind and one.source == source]
    return [one for one in alike if one.value.literal != unknown]  # an unknown figure is none


def _read(text: str, fact: Fact) -> Value | None:
    try:
        return quantity.read(text, fact.measure.type)
    except quantity.QuantityError:
        return None


def _texts(text: str) -> Iterator[tuple[str, str]]:
    """The text with its first number otherwise, and what slip makes the one of the other."""
    number = _DIGITS.search(text)
    if number is not None:
        for name, digits in written(number[0]):
            yield name, text[: number.start()] + digits + text[number.end() :]


def written(digits: str) -> Iterator[tuple[str, str]]:
    """What may be meant by digits, with separators among them or not, and what slip makes the one of the other."""
    for swapped in _swapped(digits):
        yield "digits swapped", swapped
    for tenfold in _tenfold(digits):
        yield "a factor of ten", tenfold
    if decimal := _THOUSANDTHS.fullmatch(digits):
        yield "a thousands separator read as a decimal", decimal[1] + decimal[2].ljust(3, "0")
    for off in _one_off(digits):
        yield "one digit off", off


def numbers(digits: str) -> list[tuple[str, int]]:
    """What ``written`` says of digits alone that begin with no nought, without writing it all down.

    >>> numbers("20")
    [('a factor of ten', 200), ('a factor of ten', 2), ('one digit off', 30), ('one digit off', 10), \
('one digit off', 21)]
    """
    number, place, before = int(digits), 10 ** len(digits), 0
    swapped, off = [], []
    for at, digit in enumerate(map(int, digits)):
        place //= 10
        if at and digit != before and (at > 1 or digit):
            swapped.append(("digits swapped", number + (digit - before) * 9 * place))
        if digit < 9:
            off.append(("one digit off", number + place))
        if digit > (0 if at else 1):
            off.append(("one digit off", number - place))
        before = digit
    tenth = [] if number % 10 else [("a factor of ten", number // 10)]
    return [*swapped, ("a factor of ten", number * 10), *tenth, *off]


def _swapped(digits: str) -> Iterator[str]:
    places = [at for at, digit in enumerate(digits) if digit.isdigit()]
    for one, next_one in pairwise(places):
        swapped = list(digits)
        swapped[one], swapped[next_one] = digits[next_one], digits[one]
        if swapped[0] != "0" and digits[one] != digits[next_one]:
            yield "".join(swapped)


def _tenfold(digits: str) -> Iterator[str]:
    """Ten times a number, and a tenth of it where that needs no more decimals; without separators of thousands."""
    decimals = _DECIMALS.search(digits)
    whole = re.sub("[.,]", "", digits[: decimals.start()] if decimals else digits)
    part = decimals[1] if decimals else ""
    yield whole + part[:1].ljust(1, "0") + (f".{part[1:]}" if part[1:] else "")
    if whole.endswith("0") and len(whole) > 1 and not part:
        yield whole[:-1]
    elif part and len(whole) > 1:
        yield f"{whole[:-1]}.{whole[-1]}{part}"


def _one_off(digits: str) -> Iterator[str]:
    """One digit the next higher or lower."""
    for at, digit in enumerate(digits):
        for near in (int(digit) + 1, int(digit) - 1) if digit.isdigit() else ():
            if (0 if at else 1) <= near <= 9:
                yield digits[:at] + str(near) + digits[at + 1 :]

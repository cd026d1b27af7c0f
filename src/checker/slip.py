"""The slip of the pen that would explain a wrong figure: each is named only where it really resolves the conflict."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from checker import phrase, quantity
from checker.model import Exact, Fact, Value

WILD = 10  # a slip that moves a figure so many times as far as the nearest one explains it worse than that
_DIGITS = re.compile(r"[0-9][0-9,.]*[0-9]|[0-9]")
_DECIMALS = re.compile(r"[.,]([0-9]{1,2}|[0-9]{4,})$")
_THOUSANDTHS = re.compile(r"([0-9]{1,3})[.,]([0-9]{1,3})$")

Values = Mapping[str, Value]  # by the id of the fact that would have it


class _Slip(NamedTuple):
    kind: str
    text: str
    values: Values

    @property
    def words(self) -> str:
        return f"{self.kind}: {self.text}"


def hint(fact: Fact, others: Sequence[Fact], fits: Callable[[Value], bool], resolves: Callable[[Values], bool]) -> str:
    """The slip that best explains a fact's figure, "" where none does.

    ``others`` are the other facts of the finding. ``fits`` says whether a value may lie where the fact
    would have to move; ``resolves`` whether the finding is resolved by these values, by id of their
    facts. In the order of ``_slips``, the nearest of each kind first; but those that need a wild jump
    where another does not come last.
    """
    found = [slip for slip in _slips(fact, others) if fits(slip.values[fact.id])]
    kinds = list(dict.fromkeys(slip.kind for slip in found))
    jumps = {slip.words: _jump(fact, slip) for slip in found}
    wild = WILD * min(jumps.values(), default=0)
    found.sort(key=lambda slip: (jumps[slip.words] > wild, kinds.index(slip.kind), jumps[slip.words]))
    return next((slip.words for slip in found if resolves(slip.values)), "")


def _jump(fact: Fact, slip: _Slip) -> Exact:
    step = _figure(slip.values[fact.id]) - _figure(fact.value)
    return max(step, -step)


def _figure(value: Value) -> Exact:
    """A number that stands for a value: the middle of its interval, or the one end that it has."""
    low, high = (None, None) if value.literal is None else value.literal[:2]
    ends = [end for end in (low, high) if end is not None]
    return Fraction(sum(ends)) / len(ends) if ends else 0


def _slips(fact: Fact, others: Sequence[Fact]) -> Iterator[_Slip]:
    """What may have been meant, the likeliest first."""
    if fact.value.literal is None or fact.measure.type not in ("count", "number", "money", "percent"):
        return
    for name, text in _texts(fact.value.text):
        value = _read(text, fact)
        if value is not None:
            yield _Slip(name, text, {fact.id: value})
    kind = fact.measure.type
    alike = [one for one in others if (one.measure.type, one.source) == (kind, fact.source)]
    alike = [one for one in alike if one.value.literal != phrase.everything(kind)]  # an unknown figure is none
    for other in alike:
        yield _Slip(f"exchanged with {other.id}", other.value.text, {fact.id: other.value, other.id: fact.value})
    for other in alike:
        yield _Slip(f"the figure of {other.id}", other.value.text, {fact.id: other.value})


def _read(text: str, fact: Fact) -> Value | None:
    try:
        return quantity.read(text, fact.measure.type)
    except quantity.QuantityError:
        return None


def _texts(text: str) -> Iterator[tuple[str, str]]:
    """The text with its first number otherwise, and what slip makes the one of the other."""
    written = _DIGITS.search(text)
    if written is not None:
        for name, digits in _digits(written[0]):
            yield name, text[: written.start()] + digits + text[written.end() :]


def _digits(digits: str) -> Iterator[tuple[str, str]]:
    for swapped in _swapped(digits):
        yield "digits swapped", swapped
    for tenfold in _tenfold(digits):
        yield "a factor of ten", tenfold
    if decimal := _THOUSANDTHS.fullmatch(digits):
        yield "a thousands separator read as a decimal", decimal[1] + decimal[2].ljust(3, "0")
    for off in _one_off(digits):
        yield "one digit off", off


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

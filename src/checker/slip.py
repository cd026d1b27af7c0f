"""The slip of the pen that would explain a wrong figure: each is named only where it really resolves the conflict."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from checker import quantity
from checker.model import Fact, Interval

_DIGITS = re.compile(r"\d[\d,.]*\d|\d")


def hint(fact: Fact, others: Sequence[Fact], resolves: Callable[[Interval], bool]) -> str:
    """The first slip that explains a fact's figure, "" where none does.

    ``others`` are the other facts of the finding; ``resolves`` says whether a value in place of the
    fact's would resolve it.
    """
    written = _DIGITS.search(fact.value.text)
    if written is None or fact.measure.type not in ("count", "number", "money", "percent"):
        return ""
    for name, digits in _slips(written[0]):
        text = fact.value.text[: written.start()] + digits + fact.value.text[written.end() :]
        try:
            value = quantity.read(text, fact.measure.type)
        except quantity.QuantityError:
            continue
        if value.literal is not None and resolves(value.literal):
            return f"{name}: {text}"
    for other in others:
        same_kind = other.measure.type == fact.measure.type and other.source == fact.source
        if same_kind and other.value.literal is not None and resolves(other.value.literal):
            return f"the figure of {other.id}: {other.value.text}"
    return ""


def _slips(digits: str) -> Iterator[tuple[str, str]]:
    """What may have been meant by digits, the likeliest first."""
    for swapped in _swapped(digits):
        yield "digits swapped", swapped
    plain = re.sub(r"[,.]", "", digits)
    yield "a factor of ten", plain + "0"
    if plain.endswith("0") and len(plain) > 1:
        yield "a factor of ten", plain[:-1]
    if "." in digits or "," in digits:
        yield "a thousands separator read as a decimal", plain
    for off in _one_off(digits):
        yield "one digit off", off


def _swapped(digits: str) -> Iterator[str]:
    places = [at for at, digit in enumerate(digits) if digit.isdigit()]
    for one, next_one in pairwise(places):
        swapped = list(digits)
        swapped[one], swapped[next_one] = digits[next_one], digits[one]
        if swapped[0] != "0" and digits[one] != digits[next_one]:
            yield "".join(swapped)


def _one_off(digits: str) -> Iterator[str]:
    for at, digit in enumerate(digits):
        for near in (int(digit) + 1, int(digit) - 1) if digit.isdigit() else ():
            if (0 if at else 1) <= near <= 9:
                yield digits[:at] + str(near) + digits[at + 1 :]

"""Arithmetic in words: what each quantity comes to, and why no choice of values keeps a rule, or some do."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from checker import model
from checker.record import NamedTuple
from checker.report import clean, wording

if TYPE_CHECKING:
    from checker.arithmetic import Arithmetic, Comparison, Step

LISTED = 24  # members of a collection
MANY_DAYS = 20  # from here on, nobody reads the quarters of a month's last day
_BEYOND = {"date": ("after", "before")}


def lines(arithmetic: Arithmetic, finding: model.Finding) -> Iterator[str]:
    """A line for each quantity, the smaller before the larger, and what follows from them."""
    both = finding.verdict != "violated"  # what is violated is so to the letter: no other reading matters
    members = [step for step in arithmetic.steps if step.facts]
    passed = members[LISTED:]
    for step in arithmetic.steps:
        if step not in passed:
            yield clean.text(_step(step, both=both))
        elif step == passed[0]:
            yield f"and {wording.counted(len(passed), 'fact')} more"
    for line in _conclusions(arithmetic, finding):
        yield clean.text(line)


def _step(step: Step, *, both: bool) -> str:
    comes_to = _meaning(step.side, both=both)
    said = f" is “{_words(step)}”" if step.words else ""
    told = f", told by {', '.join(step.facts)}" if step.facts else ""
    return f"{step.side.text}{said}{told}" + (f": {comes_to}" if comes_to not in ("", _words(step)) else "")


def _words(step: Step) -> str:
    return "” and “".join(step.words)


def _meaning(side: model.Side, *, both: bool) -> str:
    if side.literal is None or side.conventional is None:
        return ""
    literal, conventional = (_span(one, side.type) for one in (side.literal, side.conventional))
    return (
        literal if literal == conventional or not both else f"to the letter {literal}, as usually meant {conventional}"
    )


def _span(interval: model.Interval, kind: str) -> str:
    words = wording.span(interval, kind)
    return "anything" if words == "unknown" else words


# ------------------------------------------------------------------------- the conclusion


def _conclusions(arithmetic: Arithmetic, finding: model.Finding) -> Iterator[str]:
    require, verdict = arithmetic.require, finding.verdict
    if verdict == "undetermined":
        yield finding.reason or f"so it is open: some choices of values keep {require}, and some do not"
    elif verdict == "satisfied":
        yield f"so the values keep {require}"
    elif verdict == "suspicious":
        yield f"to the letter, some choice of values keeps {require}"
        yield f"as usually meant, {_because(arithmetic, 'conventional')}so none does"
    else:
        yield f"{_because(arithmetic, 'literal')}so {_nothing(arithmetic)} {require}"


def _nothing(arithmetic: Arithmetic) -> str:
    texts = all(step.side.literal is None for step in arithmetic.steps)
    return "this does not keep" if texts else "no choice of values keeps"


def _because(arithmetic: Arithmetic, reading: str) -> str:
    """What speaks against each comparison, as far as the two sides by themselves show it."""
    reasons = [_against(one, reading) for one in arithmetic.comparisons]
    if not reasons or None in reasons:
        return "taken together, " if arithmetic.comparisons else ""
    return " and ".join(filter(None, reasons)) + ", "


def _against(comparison: Comparison, reading: str) -> str | None:
    left, operator, right = comparison
    if left.side.literal is None or right.side.literal is None:
        return f"“{_words(left)}” is {'' if operator == '!=' else 'not '}“{_words(right)}”"
    a, b = _Known(left.side, getattr(left.side, reading)), _Known(right.side, getattr(right.side, reading))
    if operator == "!=":
        return f"{_span(a.interval, a.side.type)} is the same" if a.interval == b.interval else None
    strict = operator in ("<", ">")
    above = _apart(a, b, strict) if operator in ("<", "<=", "==") else None
    below = _apart(b, a, strict) if operator in (">", ">=", "==") else None
    if above:
        return _words_for(a, b, 0)
    return _words_for(a, b, 1) if below else None


class _Known(NamedTuple):
    side: model.Side
    interval: model.Interval


def _apart(high: _Known, low: _Known, strict: bool) -> bool:
    """Whether all of the one is above all of the other (with ``strict``, or at it)."""
    least, most = high.interval.low, low.interval.high
    if least is None or most is None:
        return False
    closed = high.interval.includes_low and low.interval.includes_high
    return least > most or (least == most and (strict or not closed))


def _words_for(a: _Known, b: _Known, end: int) -> str:
    """How the lower (0) end of one and the upper end of the other stand, or the other way round (1)."""
    mine, other = a.interval[end], b.interval[1 - end]
    if a.interval[2 + end] and b.interval[3 - end]:
        first, second = _number(mine, a), _number(other, b)
        if first != second:
            return f"{first} is {_beyond(a.side.type, end)} {second}"
    return f"{a.side.text} is {_bounded(a, end)} and {b.side.text} is {_bounded(b, 1 - end)}"


def _beyond(kind: str, end: int) -> str:
    return _BEYOND.get(kind, ("more than", "less than"))[end]


def _number(end: object, known: _Known) -> str:
    assert isinstance(end, int | Fraction)  # an end that is included
    exact = round(end) if known.side.type == "duration" and end >= MANY_DAYS else end
    return _span(model.Interval(exact, exact), known.side.type).removeprefix("exactly ")


def _bounded(known: _Known, end: int) -> str:
    low, high, includes_low, includes_high = known.interval
    if end == 0:
        return _span(model.Interval(low, None, includes_low, False), known.side.type)
    return _span(model.Interval(None, high, False, includes_high), known.side.type)

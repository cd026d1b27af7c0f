"""Quick and exact: narrow the bounds of all unknowns by each formula in turn, then try one choice of values.

Where a bound passes the opposite one nothing is possible, and what was used on the way is a proof.
Equalities that share unknowns are added up too. Where the values tried keep all formulas, that is one
choice. Else nothing is said, and ``omega`` decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker import equality, interval, linear
from checker.box import HIGH, LOW, Box, Reasons
from checker.comparison import Values, is_plain, rows, unknowns
from checker.linear import Formula
from checker.model import Interval
from checker.omega import NOTHING, Work, exact
from checker.record import NamedTuple


class Answer(NamedTuple):
    """Whether formulas are possible: what that they are not rests on, or values of all unknowns that keep them.

    Without either the answer comes from elsewhere.
    """

    possible: bool
    reasons: Reasons | None = None
    values: Values | None = None


def decided(formulas: Sequence[Formula], conventional: bool, work: Work | None = None) -> Answer | None:
    """Whether some choice of values makes all formulas true; None where this does not show it either way.

    Raises Undecided where the work that is left does not suffice.
    """
    box = _of(formulas, conventional, work)
    if box.is_empty:
        return Answer(False, Reasons(frozenset(range(len(formulas))), frozenset(box.domains)))
    if (reasons := _narrowed(box)) is not None:
        return Answer(False, reasons)
    values = box.values(formulas)
    return None if values is None else Answer(True, values=values)


def possible(formulas: Sequence[Formula], conventional: bool, work: Work | None = None) -> bool | None:
    """The same without what it rests on."""
    answer = decided(formulas, conventional, work)
    return None if answer is None else answer.possible


def extent(formulas: Sequence[Formula], key: str, conventional: bool, work: Work | None = None) -> Interval | None:
    """The smallest interval of an unknown where all formulas are true, where this shows it; else None.

    Empty where they cannot be. Both ends are attained: what narrowing leaves is no less than that, and
    values are found with the unknown at either end. Without an end, there are values that keep the
    formulas and a direction in which they, and all multiples of it, remain kept.
    """
    box = _of(formulas, conventional, work)
    if key not in box.domains:
        return None
    if box.is_empty or _narrowed(box, key) is not None:
        return NOTHING
    low, high = (box.ends.get((key, side)) for side in (LOW, HIGH))
    for side, end in ((LOW, low), (HIGH, high)):
        if end is None:
            kept = _has_direction(box, formulas, key, -1 if side == LOW else 1)
        elif side == HIGH and end == low:
            kept = True
        else:
            kept = box.copy().values(formulas, {key: end}) is not None
        if not kept:
            return None
    if low is None and high is None and box.values(formulas) is None:
        return None
    return Interval(
        None if low is None else exact(low), None if high is None else exact(high), low is not None, high is not None
    )


def _of(formulas: Sequence[Formula], conventional: bool, work: Work | None) -> Box:
    found = {key: unknown for one in formulas for key, unknown in unknowns(one)}
    return Box(
        [row for number, one in enumerate(formulas) for row in rows(one, number)],
        {key: linear.domain(unknown, conventional) for key, unknown in found.items()},
        frozenset(key for key, unknown in found.items() if unknown.whole),
        work,
    )


def _narrowed(box: Box, asked: str | None = None) -> Reasons | None:
    """Narrow all bounds as far as that goes, also by what equalities come to; the reasons, where nothing is left."""
    reasons = box.narrow()
    if reasons is not None:
        return reasons

    def stays(key: str) -> bool:
        return key == asked or box.is_one(key)

    sums = equality.sums(equality.found(box.rows), stays, box.work)
    return box.beside(sums).narrow(range(len(box.rows), len(box.rows) + 2 * len(sums))) if sums else None


def _has_direction(box: Box, formulas: Sequence[Formula], key: str, step: int) -> bool:
    """Whether any values that keep the formulas may move in some direction without end, the unknown by this step.

    Rational, and so whole for a multiple of it.
    """
    if not all(map(is_plain, formulas)):
        return False
    level = [row._replace(constant=0, strict=False) for row in box.rows]
    ways = {
        one: Interval(None if low is None else 0, None if high is None else 0, low is not None, high is not None)
        for one, (low, high, _, _) in box.domains.items()
    }
    ways[key] = Interval(step, step) if interval.holds(ways[key], step) else NOTHING
    cone = Box(level, ways, frozenset(), box.work)
    return not cone.is_empty and cone.narrow() is None and cone.values(None) is not None

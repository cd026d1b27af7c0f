"""What formulas that are held together leave each quantity in them: the tightest interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker import conflict, linear
from checker.hold import CALENDAR, Held, impossible, room
from checker.interval import holds
from checker.linear import Undecided
from checker.model import Bound, Fact, Interval, Unknown

TIGHTER, STATED, CONTRADICTORY, UNDECIDED = "tighter", "as stated", "contradictory", "undecided"


def left(part: conflict.Taking) -> list[Bound]:
    """What is left of the facts that take part, each once."""
    found: dict[str, Bound] = {}
    for group in conflict.groups(part.held, conventional=False):
        for one in _of_group(group):
            if found.setdefault(one.fact.id, one).state == STATED:
                found[one.fact.id] = one
    for held in part.sure:  # they leave everything as it is
        for key, fact in held.facts.items():
            stated = linear.domain(held.unknowns[key], conventional=False)
            found.setdefault(key, Bound(fact, stated, stated, STATED))
    return [one for one in found.values() if one.fact.derivation is None]


def _of_group(group: Sequence[Held]) -> Iterator[Bound]:
    formulas = [one.formula for one in group]
    unknowns: dict[str, tuple[Fact, Unknown]] = {
        key: (fact, one.unknowns[key]) for one in group for key, fact in one.facts.items()
    }
    state = _state(group)
    for fact, unknown in unknowns.values():
        stated = linear.domain(unknown, conventional=False)
        if state:
            yield Bound(fact, stated, None, state)
            continue
        try:
            found = _written(room(formulas, linear.of(unknown), conventional=False), fact)
        except Undecided:
            yield Bound(fact, stated, None, UNDECIDED)
            continue
        yield Bound(fact, stated, found, STATED if found == stated else TIGHTER)


def _written(found: Interval | None, fact: Fact) -> Interval | None:
    """An interval without the ends that no calendar has."""
    if found is None or fact.measure.type != "date":
        return found
    low, high = (end if end is not None and holds(CALENDAR, end) else None for end in found[:2])
    return Interval(low, high, low is not None, high is not None)


def _state(group: Sequence[Held]) -> str:
    """Whether a group leaves nothing to say of its facts, and why."""
    try:
        return CONTRADICTORY if impossible([one.formula for one in group], conventional=False) else ""
    except Undecided:
        return UNDECIDED

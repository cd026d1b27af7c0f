"""The smallest part of something impossible that is impossible by itself.

By implicit hitting sets: whatever is possible leaves something out of which a smallest impossible
set must hold at least one; a smallest set that hits all those is either impossible, and then a
smallest one, or it shows another.

- A. Ignatiev, A. Previti, M. Liffiton, J. Marques-Silva: Smallest MUS extraction with minimal
  hitting set dualization. CP 2015.
- J. W. Chinneck, E. W. Dravnieks: Locating minimal infeasible constraint sets in linear programs
  (the deletion filter). ORSA Journal on Computing 3, 1991.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")

MAX_ITEMS = 200
MAX_STEPS = 200  # hitting sets looked at before the deletion filter's answer has to do


def smallest(items: Sequence[Item], impossible: Callable[[frozenset[Item]], bool]) -> tuple[tuple[Item, ...], bool]:
    """The smallest impossible subset of items that are impossible together, in their order; and True.

    With too many items, or after too many steps, one of which none can be left out; and False.

    >>> smallest([5, 1, 4, 3, 2], lambda some: sum(some) >= 9)
    ((5, 4), True)
    """
    if len(items) <= MAX_ITEMS:
        to_hit: list[frozenset[Item]] = []
        for _ in range(MAX_STEPS):
            chosen = _hitting(to_hit, items)
            if impossible(chosen):
                return tuple(item for item in items if item in chosen), True
            grown = _grown(chosen, items, impossible)
            to_hit.append(frozenset(item for item in items if item not in grown))
    return _irreducible(items, impossible), False


def _grown(
    some: frozenset[Item], items: Sequence[Item], impossible: Callable[[frozenset[Item]], bool]
) -> frozenset[Item]:
    """As many more of the items as are possible together, taken in order."""
    for item in items:
        if item not in some and not impossible(some | {item}):
            some = some | {item}
    return some


def _hitting(sets: Sequence[frozenset[Item]], items: Sequence[Item]) -> frozenset[Item]:
    """A smallest set that has an item of each of the sets; the first in order of the items."""
    order = {item: number for number, item in enumerate(items)}
    size = 0
    while (found := _of_size(sets, frozenset(), size, order)) is None:
        size += 1
    return found


def _of_size(
    sets: Sequence[frozenset[Item]], chosen: frozenset[Item], left: int, order: dict[Item, int]
) -> frozenset[Item] | None:
    missed = next((one for one in sets if not one & chosen), None)
    if missed is None:
        return chosen
    if not left:
        return None
    for item in sorted(missed, key=order.__getitem__):
        found = _of_size(sets, chosen | {item}, left - 1, order)
        if found is not None:
            return found
    return None


def _irreducible(items: Sequence[Item], impossible: Callable[[frozenset[Item]], bool]) -> tuple[Item, ...]:
    kept = list(items)
    for item in items:
        without = [one for one in kept if one != item]
        if impossible(frozenset(without)):
            kept = without
    return tuple(kept)

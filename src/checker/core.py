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

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Test = Callable[[frozenset[Item]], bool | None]  # whether items are impossible together; None: not decided

MAX_ITEMS = 200
MAX_STEPS = 200  # hitting sets looked at before the deletion filter's answer has to do
MAX_NODES = 20_000  # partial sets looked at for one hitting set


def smallest(items: Sequence[Item], impossible: Test[Item]) -> tuple[tuple[Item, ...], bool]:
    """The smallest impossible subset of items that are impossible together, in their order; and True.

    With too many items, after too many steps, or where the test did not decide, a set of which no
    item could be shown to be superfluous; and False.

    >>> smallest([5, 1, 4, 3, 2], lambda some: sum(some) >= 9)
    ((5, 4), True)
    """
    kept = irreducible(items, impossible)
    if kept is None or len(items) > MAX_ITEMS:
        return (tuple(items) if kept is None else kept), False
    if len(kept) == len(items):
        return kept, True
    to_hit: list[frozenset[Item]] = []
    for _ in range(MAX_STEPS):
        chosen = _hitting(to_hit, items, len(kept))
        if chosen is None:
            break
        if len(chosen) == len(kept):  # nothing smaller hits all that has to be hit
            return kept, True
        decided = impossible(chosen)
        if decided:
            return tuple(item for item in items if item in chosen), True
        grown = None if decided is None else _grown(chosen, items, impossible)
        if grown is None:
            break
        to_hit.append(frozenset(items) - grown)
    return kept, False


def irreducible(items: Iterable[Item], impossible: Test[Item]) -> tuple[Item, ...] | None:
    """An impossible subset of which nothing can be left out, by the deletion filter from the last item to the first.

    None where a test is undecided.

    >>> irreducible([2, 1, 4, 3, 5], lambda some: sum(some) >= 9)
    (2, 4, 3)
    """
    kept = dict.fromkeys(items)
    for item in reversed(list(kept)):
        without = frozenset(kept) - {item}
        decided = impossible(without)
        if decided is None:
            return None
        if decided:
            del kept[item]
    return tuple(kept)


def _grown(some: frozenset[Item], items: Sequence[Item], impossible: Test[Item]) -> frozenset[Item] | None:
    """As many more of the items as are possible together, taken in order; None where that is not decided."""
    for item in items:
        if item not in some:
            decided = impossible(some | {item})
            if decided is None:
                return None
            if not decided:
                some = some | {item}
    return some


def _hitting(sets: Sequence[frozenset[Item]], items: Sequence[Item], enough: int) -> frozenset[Item] | None:
    """A smallest set that has an item of each of the sets, the first in order of the items.

    Any set of ``enough`` items where that has to be as large; None where it takes too long to find.
    """
    order = {item: number for number, item in enumerate(items)}
    left = [MAX_NODES]
    for size in range(enough):
        found = _of_size(sets, frozenset(), size, order, left)
        if found is not None:
            return found
        if not left[0]:
            return None
    return frozenset(items[:enough])


def _of_size(
    sets: Sequence[frozenset[Item]], chosen: frozenset[Item], size: int, order: dict[Item, int], left: list[int]
) -> frozenset[Item] | None:
    missed = min((one for one in sets if not one & chosen), key=len, default=None)
    if missed is None:
        return chosen
    left[0] = max(left[0] - 1, 0)
    if not size or not left[0]:
        return None
    for item in sorted(missed, key=order.__getitem__):
        found = _of_size(sets, chosen | {item}, size - 1, order, left)
        if found is not None:
            return found
    return None

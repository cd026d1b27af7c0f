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
from typing import Generic, NamedTuple, TypeVar

Item = TypeVar("Item")
Test = Callable[[frozenset[Item]], bool | None]  # whether items are impossible together; None: not decided

MAX_ITEMS = 200
MAX_STEPS = 200  # hitting sets looked at before the deletion filter's answer has to do
MAX_NODES = 20_000  # partial sets looked at for one hitting set


class Core(NamedTuple, Generic[Item]):
    """Items that are impossible together: with ``smallest``, no fewer are; else perhaps fewer."""

    items: tuple[Item, ...]
    smallest: bool


def smallest(items: Sequence[Item], impossible: Test[Item], known: Sequence[Item] | None = None) -> Core[Item]:
    """The smallest impossible subset of items that are impossible together, in their order.

    With too many items, after too many steps, or where the test does not decide, one of which no
    item could be shown to be superfluous. ``known`` is a part that is known to be impossible.

    >>> smallest([5, 1, 4, 3, 2], lambda some: sum(some) >= 9)
    Core(items=(5, 4), smallest=True)
    """
    kept, is_irreducible = irreducible(items if known is None else known, impossible)
    found = Core(kept, len(kept) == len(items) and is_irreducible)
    if found.smallest or not is_irreducible or len(items) > MAX_ITEMS:
        return found
    to_hit = _needed(kept, items, impossible)
    for _ in range(MAX_STEPS):
        chosen = None if to_hit is None else _hitting(to_hit, items, kept)
        if chosen is None or to_hit is None:
            break
        if len(chosen) == len(kept):  # nothing smaller hits all that has to be hit
            return Core(kept, smallest=True)
        decided = impossible(chosen)
        if decided:
            return Core(tuple(item for item in items if item in chosen), smallest=True)
        grown = None if decided is None else _grown(chosen, items, impossible)
        if grown is None:
            break
        to_hit.append(frozenset(items) - grown)
    return found


def irreducible(items: Iterable[Item], impossible: Test[Item]) -> tuple[tuple[Item, ...], bool]:
    """An impossible subset by the deletion filter, from the last item to the first.

    True says that nothing can be left out of it; False, that the test did not decide it to the end.

    >>> irreducible([2, 1, 4, 3, 5], lambda some: sum(some) >= 9)
    ((2, 4, 3), True)
    """
    kept = dict.fromkeys(items)
    for item in reversed(list(kept)):
        decided = impossible(frozenset(kept) - {item})
        if decided is None:
            return tuple(kept), False
        if decided:
            del kept[item]
    return tuple(kept), True


def _needed(kept: Iterable[Item], items: Sequence[Item], impossible: Test[Item]) -> list[frozenset[Item]] | None:
    """Each item without which all the others are possible, as a set to hit; None where that is not decided."""
    found = []
    for item in kept:
        decided = impossible(frozenset(items) - {item})
        if decided is None:
            return None
        if not decided:
            found.append(frozenset({item}))
    return found


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


def _hitting(sets: Sequence[frozenset[Item]], items: Sequence[Item], kept: Sequence[Item]) -> frozenset[Item] | None:
    """A smallest set that has an item of each of the sets, the first in order of the items.

    What is kept, where that has to be as large; None where it takes too long to find.
    """
    order = {item: number for number, item in enumerate(items)}
    left = [MAX_NODES]
    must = frozenset[Item]().union(*(one for one in sets if len(one) == 1))
    for size in range(len(kept) - len(must)):
        found = _of_size(sets, must, size, order, left)
        if found is not None:
            return found
        if not left[0]:
            return None
    return frozenset(kept)


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

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
from typing import Generic, NamedTuple, TypeVar  # noqa: TID251  # the only record that is generic

Item = TypeVar("Item")
Test = Callable[[frozenset[Item]], bool | None]  # whether items are impossible together; None: not decided

MAX_ITEMS = 200
MAX_STEPS = 200  # hitting sets looked at before the deletion filter's answer has to do
MAX_NODES = 20_000  # partial sets looked at for one hitting set
MAX_ASKED = 50_000  # items, each as often as a hitting set is grown by them, for all cores of a run: some seconds


class Core(NamedTuple, Generic[Item]):
    """Items that are impossible together: with ``smallest``, no fewer are; else perhaps fewer."""

    items: tuple[Item, ...]
    smallest: bool


class Allowance:
    """What may still be spent on showing cores to be the smallest, in items that a hitting set is grown by."""

    def __init__(self) -> None:
        self.left = MAX_ASKED

    def spend(self, items: int) -> bool:
        """Whether anything was left."""
        self.left -= items
        return self.left + items > 0


class Known(Generic[Item]):
    """Which of some items are known to be possible together and which not, and all that follows from that.

    Sets of items are numbers with a bit for each, the lowest for the first.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._bit = {item: 1 << number for number, item in enumerate(items)}
        self.everything = (1 << len(self._bit)) - 1
        self._possible: list[int] = []
        self._impossible: list[int] = []

    def possible(self, some: int) -> None:
        """Whatever is part of these is possible."""
        for one in self._possible:
            if some & one == some:
                return
        self._possible = [one for one in self._possible if one & some != one]
        self._possible.append(some)

    def impossible(self, some: int) -> None:
        """Whatever these are part of is impossible."""
        for one in self._impossible:
            if some & one == one:
                return
        self._impossible = [one for one in self._impossible if one & some != some]
        self._impossible.append(some)

    def says(self, some: int) -> bool | None:
        """Whether items are impossible together; None where that does not follow.

        >>> known = Known("abc")
        >>> known.impossible(known.bits("b")), known.possible(known.bits("ac"))
        (None, None)
        >>> known.says(known.bits("ab")), known.says(known.bits("c")), Known("abc").says(1)
        (True, False, None)
        """
        for one in self._impossible:
            if some & one == one:
                return True
        for one in self._possible:
            if some & one == some:
                return False
        return None

    def ask(self, some: int, impossible: Test[Item]) -> bool | None:
        """The same; what does not follow is tested."""
        said = self.says(some)
        if said is None:
            said = impossible(frozenset(self.named(some)))
            if said is not None:
                (self.impossible if said else self.possible)(some)
        return said

    def least(self) -> int:
        """The fewest that are known to be impossible, all where none are."""
        return min(self._impossible, key=int.bit_count, default=self.everything)

    def bits(self, some: Iterable[Item]) -> int:
        """Those of the items that are known here, as a number."""
        return sum(self._bit.get(item, 0) for item in some)

    def named(self, some: int) -> tuple[Item, ...]:
        """The items, in order."""
        return tuple(item for item, bit in self._bit.items() if some & bit)


def smallest(
    items: Iterable[Item],
    impossible: Test[Item],
    known: Known[Item] | None = None,
    allowance: Allowance | None = None,
) -> Core[Item]:
    """The smallest impossible subset of items that are impossible together, in their order.

    With too many items (unless nothing is possible without all that is found), after too many steps, with
    the allowance used up, or where the test does not decide, one of which no item could be shown to be
    superfluous. A test that finds out more than it was asked for adds that to what is known of these items.

    >>> smallest([5, 1, 4, 3, 2], lambda some: sum(some) >= 9)
    Core(items=(5, 4), smallest=True)
    """
    known = known or Known(items)
    kept, is_irreducible = _irreducible(known, impossible)
    if kept == known.everything or not is_irreducible:
        return Core(known.named(kept), is_irreducible)
    return Core(*_smallest(kept, known, impossible, allowance or Allowance()))


def _smallest(
    kept: int, known: Known[Item], impossible: Test[Item], allowance: Allowance
) -> tuple[tuple[Item, ...], bool]:
    all_of = known.everything.bit_length() > MAX_ITEMS
    to_hit = _needed(kept, known, impossible, all_of=all_of)
    if to_hit is None or (all_of and len(to_hit) < kept.bit_count()):
        return known.named(kept), False
    for _ in range(MAX_STEPS):
        chosen = _hitting(to_hit, kept)
        if chosen is None:
            break
        if chosen.bit_count() == kept.bit_count():  # nothing smaller hits all that has to be hit
            return known.named(kept), True
        decided = known.ask(chosen, impossible)
        if decided:
            return known.named(chosen), True
        if decided is None or not allowance.spend(known.everything.bit_length()):
            break
        grown = _grown(chosen, known, impossible)
        if grown is None:
            break
        to_hit.append(known.everything & ~grown)
    return known.named(kept), False


def irreducible(items: Iterable[Item], impossible: Test[Item]) -> tuple[tuple[Item, ...], bool]:
    """An impossible subset by the deletion filter, from the last item to the first.

    True says that nothing can be left out of it; False, that the test did not decide it to the end.

    >>> irreducible([2, 1, 4, 3, 5], lambda some: sum(some) >= 9)
    ((2, 4, 3), True)
    """
    known = Known(items)
    kept, is_irreducible = _irreducible(known, impossible)
    return known.named(kept), is_irreducible


def _irreducible(known: Known[Item], impossible: Test[Item]) -> tuple[int, bool]:
    kept = known.least()
    for item in reversed(_single(kept)):
        decided = known.ask(kept & ~item, impossible)
        if decided is None:
            return kept, False
        if decided:
            kept &= ~item
    return kept, True


def _single(some: int) -> list[int]:
    """Each item by itself, in order."""
    found = []
    while some:
        found.append(some & -some)
        some &= some - 1
    return found


def _needed(kept: int, known: Known[Item], impossible: Test[Item], *, all_of: bool) -> list[int] | None:
    """Each item without which all the others are possible, as a set to hit; None where that is not decided.

    With ``all_of`` up to the first that is not needed.
    """
    found = []
    for item in _single(kept):
        decided = known.ask(known.everything & ~item, impossible)
        if decided is None:
            return None
        if not decided:
            found.append(item)
        elif all_of:
            break
    return found


def _grown(some: int, known: Known[Item], impossible: Test[Item]) -> int | None:
    """As many more of the items as are possible together, taken in order; None where that is not decided."""
    for item in _single(known.everything & ~some):
        decided = known.ask(some | item, impossible)
        if decided is None:
            return None
        if not decided:
            some |= item
    return some


def _hitting(sets: Iterable[int], kept: int) -> int | None:
    """A smallest set that has an item of each of the sets, the first in order of the items.

    What is kept, where that has to be as large; None where it takes too long to find.
    """
    ordered = sorted(sets, key=int.bit_count)
    left = [MAX_NODES]
    must = sum({one for one in ordered if one.bit_count() == 1})
    for size in range(kept.bit_count() - must.bit_count()):
        found = _of_size(ordered, must, size, left)
        if found is not None:
            return found
        if not left[0]:
            return None
    return kept


def _of_size(ordered: Sequence[int], chosen: int, size: int, left: list[int]) -> int | None:
    missed = next((one for one in ordered if not one & chosen), 0)  # the smallest
    if not missed:
        return chosen
    left[0] = max(left[0] - 1, 0)
    if not size or not left[0]:
        return None
    for item in _single(missed):
        found = _of_size(ordered, chosen | item, size - 1, left)
        if found is not None:
            return found
    return None

"""Values that were found: what of a group they keep, and what values close by keep.

Where values keep all of a set but one, nothing can be left out of it but perhaps others than that
one. Moved so that they keep that one too, they may break one other alone, and show the same of it.

- A. Belov, J. Marques-Silva: Accelerating MUS extraction with recursive model rotation. FMCAD 2011.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from fractions import Fraction
from math import ceil, floor

from checker import comparison, interval, linear
from checker.comparison import Values
from checker.hold import Forms, unknowns_in
from checker.linear import Formula
from checker.model import Exact, Interval, Unknown
from checker.omega import Work, exact

Item = int | str  # the number of a formula, or the key of a fact: that it is as stated


class Witness:
    """Formulas, and the facts among their unknowns: as stated, or free to be anything.

    What is not among the items is kept by all values that are shown.
    """

    def __init__(
        self,
        items: Iterable[Item],
        formulas: Sequence[Formula],
        unknowns: Mapping[str, Unknown],
        free: Forms,
        conventional: bool,
    ) -> None:
        self._formulas = formulas
        self._unknowns = unknowns
        self._stated = {key: linear.domain(unknown, conventional) for key, unknown in unknowns.items()}
        self._widest = self._stated | {key: linear.span(form, conventional) for key, form in free.items()}
        self._items = frozenset(items)
        self._touched: dict[str, set[Item]] = {key: set[Item]({key} & free.keys()) for key in unknowns}
        for number, one in enumerate(formulas):
            for key in unknowns_in(one):
                self._touched[key].add(number)

    def kept(self, values: Values, core: Iterable[Item], work: Work) -> Iterator[Set[Item]]:
        """What the values keep; and what values close by keep, where those break one of the core alone.

        Raises Undecided where the work that is left does not suffice.
        """
        values = {key: values[key] if key in values else _any(stated) for key, stated in self._stated.items()}
        if any(not interval.holds(self._widest[key], value) for key, value in values.items()):
            return
        core = frozenset(core)
        pending = [(values, self._broken((*range(len(self._formulas)), *self._items), values))]
        shown: set[Item] = set()
        while pending:
            values, broken = pending.pop()
            only = broken & core
            if broken <= self._items:
                yield self._items - broken
            if len(only) != 1 or only <= shown or not broken <= self._items:
                continue
            shown |= only
            [item] = only
            for key, value in self._moves(item, values):
                touched = self._touched[key]
                work.spend(len(touched))
                moved = {**values, key: value}
                pending.append((moved, (broken - touched) | self._broken(touched, moved)))

    def _broken(self, items: Iterable[Item], values: Values) -> Set[Item]:
        return {item for item in items if not self._is_kept(item, values)}

    def _is_kept(self, item: Item, values: Values) -> bool:
        if isinstance(item, str):
            return interval.holds(self._stated[item], values[item])
        return comparison.is_true(self._formulas[item], values)

    def _moves(self, item: Item, values: Values) -> Iterator[tuple[str, Exact]]:
        """Single changes that may keep an item."""
        if isinstance(item, str):
            low, high = self._stated[item][:2]
            yield from ((item, end) for end in (low, high) if end is not None)
            return
        for row in comparison.rows(self._formulas[item], item):
            over = row.over(values)
            for key, factor in row.terms if over > 0 else ():
                step = -Fraction(over) / factor
                whole = self._unknowns[key].whole
                value = values[key] + (exact(step) if not whole else ceil(step) if step > 0 else floor(step))
                if interval.holds(self._widest[key], value):
                    yield key, value


def _any(values: Interval) -> Exact:
    """A number of an interval, of whole numbers where its ends are and belong to it."""
    low, high, includes_low, includes_high = values
    if low is not None and high is not None:
        return low if includes_low else high if includes_high else Fraction(low + high) / 2
    if high is not None:
        return high if includes_high else high - 1
    return 0 if low is None else low if includes_low else low + 1

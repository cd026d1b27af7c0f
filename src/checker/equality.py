"""Equalities added up so that what stands in several of them gives way: what they come to together.

By Gauss's elimination, exact; each result says how many times each equality is in it, and so proves
itself. What stands in one equality alone stays, and so does what is one number: of what is left,
bounds say more than of what has gone.

- C. F. Gauss: Disquisitio de elementis ellipticis Palladis. Commentationes Societatis Regiae Scientiarum
  Gottingensis recentiores 1, 1811.
- H. M. Markowitz: The elimination form of the inverse and its application to linear programming.
  Management Science 3, 1957 (the order in which the fewest terms are added).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import TypeVar

from checker.comparison import Row
from checker.model import Exact
from checker.omega import Work, exact
from checker.record import NamedTuple

MOST = 50_000  # terms that are added before it stops with what it has
Key = TypeVar("Key", str, int)


class Equality(NamedTuple):
    """Terms and a constant that come to nought: what formulas say so, and how many times each equality is in it."""

    terms: Mapping[str, Exact]
    constant: Exact
    formulas: frozenset[int]
    times: Mapping[int, Exact]


def found(rows: Iterable[Row]) -> list[Equality]:
    """The equalities among rows: a sum that is at most nought in one and at least nought in another."""
    most: dict[tuple[tuple[tuple[str, Exact], ...], Exact], int] = {}
    equalities: list[Equality] = []
    for row in rows:
        if row.strict or not row.terms:
            continue
        opposite = tuple((key, -factor) for key, factor in row.terms), -row.constant
        if opposite not in most:
            most[row.terms, row.constant] = row.formula
            continue
        formulas = frozenset({row.formula, most.pop(opposite)})
        equalities.append(Equality(dict(row.terms), row.constant, formulas, {len(equalities): 1}))
    return equalities


def sums(given: Sequence[Equality], stays: Callable[[str], bool], work: Work | None = None) -> list[Equality]:
    """What the equalities come to: each that others were added to. Nothing that ``stays`` is let go for it.

    Raises Undecided where the work that is left does not suffice.

    >>> first = Equality({"a": 1, "b": 1}, -3, frozenset([0]), {0: 1})
    >>> second = Equality({"a": 1, "c": -2}, 4, frozenset([1]), {1: 1})
    >>> sums([first, second], lambda key: key == "c")
    [Equality(terms={'c': -2, 'b': -1}, constant=7, formulas=frozenset({0, 1}), times={1: 1, 0: -1})]
    """
    elimination = _Elimination(given, stays, work)
    elimination.run()
    return [
        one._replace(formulas=frozenset().union(*(given[number].formulas for number in one.times)))
        for one in elimination.lines
        if len(one.times) > 1 and (one.terms or one.constant)
    ]


class _Elimination:
    def __init__(self, given: Sequence[Equality], stays: Callable[[str], bool], work: Work | None) -> None:
        self.lines = list(given)
        self._stays = stays
        self._work = work
        self._left = MOST
        self._waiting = [
            (len(one.terms), number) for number, one in enumerate(given)
        ]  # a heap; some have changed since
        heapify(self._waiting)
        self._used: set[int] = set()
        self._having: dict[str, set[int]] = {}  # the active lines that have a key
        for number, one in enumerate(given):
            for key in one.terms:
                self._having.setdefault(key, set()).add(number)

    def run(self) -> None:
        """Let go what can, the least costly first; a line that was used for it is not looked at again."""
        while self._waiting and self._left > 0:
            size, number = heappop(self._waiting)
            terms = self.lines[number].terms
            if number in self._used or size != len(terms) or (key := self._cheapest(terms)) is None:
                continue
            for other in sorted(self._having[key] - {number}):
                self._spend(len(terms))
                self._replace(other, _without(key, self.lines[other], self.lines[number]))
            self._used.add(number)
            for one in terms:
                self._having[one].discard(number)

    def _cheapest(self, terms: Mapping[str, Exact]) -> str | None:
        """What stands in other lines too, in the fewest, and a whole number of times if possible."""
        going = [key for key in terms if len(self._having[key]) > 1 and not self._stays(key)]
        return min(going, key=lambda key: (len(self._having[key]), terms[key] not in (1, -1), key), default=None)

    def _spend(self, terms: int) -> None:
        self._left -= terms
        if self._work is not None:
            self._work.spend(terms)

    def _replace(self, number: int, line: Equality) -> None:
        heappush(self._waiting, (len(line.terms), number))
        for key in self.lines[number].terms.keys() - line.terms.keys():
            self._having[key].discard(number)
        for key in line.terms.keys() - self.lines[number].terms.keys():
            self._having[key].add(number)
        self.lines[number] = line


def _without(key: str, line: Equality, other: Equality) -> Equality:
    """A line with another added so many times that a key is gone."""
    often = exact(Fraction(-line.terms[key]) / other.terms[key])
    return Equality(
        _plus(line.terms, other.terms, often),
        exact(line.constant + often * other.constant),
        line.formulas,
        _plus(line.times, other.times, often),
    )


def _plus(some: Mapping[Key, Exact], more: Mapping[Key, Exact], often: Exact) -> dict[Key, Exact]:
    found = dict(some)
    for key, factor in more.items():
        total = exact(found.get(key, 0) + often * factor)
        if total:
            found[key] = total
        else:
            del found[key]
    return found

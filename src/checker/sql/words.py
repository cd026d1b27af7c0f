"""Sums over the rows of groups, of which several stand in one whole number of 64 bits.

Of each sum it is known how large it can be where no two rows are of one kind; it has so many bits of
a word, and a sign. What it is beyond that, in other groups, is of no use and never asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from checker.sql.column import Relation
from checker.sql.groups import Aggregates
from checker.sql.proof import NotGrouped

WORD = 63  # bits


class Term(NamedTuple):
    """What rows add to a sum: an end of their value (``low``, ``high``) or 1, times a factor."""

    bits: int  # of the kinds of rows that do
    times: int
    end: str


class Test(NamedTuple):
    """A sum over the rows of a group beside a constant."""

    terms: tuple[Term, ...]
    operator: str
    constant: int


class Field(NamedTuple):
    """Where a sum stands."""

    word: int
    start: int
    bits: int


class Words:
    """The words of some tests; ``NotGrouped`` where one has no room in any."""

    def __init__(self, tests: Iterable[Test], relation: Relation, aggregates: Aggregates) -> None:
        self._largest, self._total, self._aggregates = relation.largest, relation.database.dialect.total, aggregates
        sizes: dict[tuple[Term, ...], int] = {}
        for test in tests:
            sizes[test.terms] = max(sizes.get(test.terms, 0), self._size(test))
        self._fields: dict[tuple[Term, ...], Field] = {}
        used: list[int] = []
        for terms, size in sorted(sizes.items(), key=lambda item: -item[1]):
            word = next((at for at, taken in enumerate(used) if taken + size <= WORD), len(used))
            used += [0] * (word == len(used))
            self._fields[terms] = Field(word, used[word], size)
            used[word] += size

    def _size(self, test: Test) -> int:
        """The bits of a sum, with its sign, of one row of each kind at most."""
        most = sum(abs(term.times) * term.bits.bit_count() * (self._largest if term.end else 1) for term in test.terms)
        size = max(most, abs(test.constant) + 1).bit_length() + 1
        if size > WORD:
            raise NotGrouped
        return size

    def _sum(self, word: int) -> str:
        """The column of a word."""
        factors: dict[str, dict[int, int]] = {}  # of each end, by the bit of a row
        for terms, field in self._fields.items():
            if field.word == word:
                for term in terms:
                    of = factors.setdefault(term.end, {})
                    for bit in _each(term.bits):
                        of[bit] = of.get(bit, 0) + (term.times << field.start)
        added = " + ".join(f"{_chosen(of)} * {end}" if end else _chosen(of) for end, of in factors.items())
        return self._aggregates.over(self._total(added), "TRUE")

    def holds(self, test: Test, calm: str) -> str:
        """Whether a test holds in a group, if that is calm."""
        field = self._fields[test.terms]
        total, size = self._sum(field.word), field.bits
        others = [one for one in self._fields.values() if one.word == field.word]
        if len(others) == 1:
            return f"{total} {test.operator} {test.constant}"
        above = sum(1 << one.start + one.bits - 1 for one in others)  # what makes each of them positive
        mask = (1 << size) - 1 << field.start
        limit = test.constant + (1 << size - 1) << field.start
        return f"((CASE WHEN {calm} THEN {total} END + {above}) & {mask}) {test.operator} {limit}"


def _each(bits: int) -> Iterable[int]:
    return (1 << at for at in range(bits.bit_length()) if bits >> at & 1)


def _chosen(factors: Mapping[int, int]) -> str:
    """The factor of a row, by its bit."""
    of: dict[int, int] = {}
    for bit, factor in factors.items():
        of[factor] = of.get(factor, 0) | bit
    cases = " ".join(f"WHEN {_has(bits)} THEN {factor}" for factor, bits in of.items() if factor)
    return f"CASE {cases} ELSE 0 END" if cases else "0"  # no row can fit a name that wants what is never absent to be


def _has(bits: int) -> str:
    return f"bits = {bits}" if bits.bit_count() == 1 else f"(bits & {bits}) <> 0"

"""Sums over the rows of groups, of which several stand in one whole number of 64 bits.

Of each sum it is known how large it can be where no two rows are of one kind; it has so many bits of
a word, and a sign. What it is beyond that, in other groups, is of no use and never asked for.

Below all others in the first word stand the marks (``marks``): the bits of rows, and how many there
are. Nothing above reaches them, whatever it comes to, nor what is too much for the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checker.record import NamedTuple
from checker.sql.column import Relation
from checker.sql.groups import Aggregates
from checker.sql.marks import ROWS
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
    """The words of some tests, and of marks where their number of rows has a ``unit``.

    ``NotGrouped`` where one has no room in any.
    """

    def __init__(self, tests: Iterable[Test], relation: Relation, aggregates: Aggregates, unit: int = 0) -> None:
        self._largest, self._total, self._aggregates = relation.largest, relation.database.dialect.total, aggregates
        self.unit = unit
        sizes: dict[tuple[Term, ...], int] = {}
        for test in tests:
            sizes[test.terms] = max(sizes.get(test.terms, 0), self._size(test))
        self._fields: dict[tuple[Term, ...], Field] = {}
        used: list[int] = []
        if unit:  # a sum over a row without an end is none, and its marks would be lost
            used.append(unit.bit_length() + ROWS.bit_length() - 1 if relation.holds("bounded") else WORD)
        self._marked = (1 << used[0]) - 1 if unit else 0
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

    @property
    def marks(self) -> str:
        """The column in which the bits of rows stand below their number, and that below all else."""
        return self._sum(0)

    @property
    def rows(self) -> str:
        """How many rows a group has that have any bits."""
        alone = all(one.word for one in self._fields.values())
        return f"{self.marks} // {self.unit}" if alone else f"({self.marks} & {self._marked}) // {self.unit}"

    def spent(self) -> dict[str, str]:
        """What columns of words are where nothing is asked of their sums any more, but of marks."""
        shared = {field.word for field in self._fields.values()}
        return {
            self._sum(word): f"{self.marks} & {self._marked}" if self.unit and not word else "NULL" for word in shared
        }

    def _sum(self, word: int) -> str:
        """The column of a word."""
        added: dict[int, dict[str, int]] = {}  # of each bit of rows, how many times each end
        for terms, field in self._fields.items():
            if field.word == word:
                for term in terms:
                    for bit in _each(term.bits):
                        of = added.setdefault(bit, {})
                        of[term.end] = of.get(term.end, 0) + (term.times << field.start)
        marked = word == 0 and self.unit
        alike: dict[str, int] = {}
        for bit, of in added.items():
            told = _told(of)
            if told:
                alike[told] = alike.get(told, 0) | bit
        cases = [
            f"WHEN {_has(bits)} THEN {told}{_marked(bits, self.unit) if marked else ''}" for told, bits in alike.items()
        ]
        cases += [f"WHEN bits <> 0 THEN bits + {self.unit}"] if marked else []
        chosen = f"CASE {' '.join(cases)} ELSE 0 END" if cases else "0"  # no row may fit a name
        return self._aggregates.over(self._total(chosen), "TRUE")

    def holds(self, test: Test, calm: str) -> str:
        """Whether a test holds in a group, if that is calm."""
        field = self._fields[test.terms]
        total, size = self._sum(field.word), field.bits
        others = [one for one in self._fields.values() if one.word == field.word]
        if len(others) == 1 and not (self.unit and field.word == 0):
            return f"{total} {test.operator} {test.constant}"
        above = sum(1 << one.start + one.bits - 1 for one in others)  # what makes each of them positive
        mask = (1 << size) - 1 << field.start
        limit = test.constant + (1 << size - 1) << field.start
        return f"((CASE WHEN {calm} THEN {total} END + {above}) & {mask}) {test.operator} {limit}"


def _each(bits: int) -> Iterable[int]:
    return (1 << at for at in range(bits.bit_length()) if bits >> at & 1)


def _told(times: Mapping[str, int]) -> str:
    """So many times each end, and nothing where that is nought.

    >>> _told({"low": 1, "high": -1, "": 5}), _told({"low": -8}), _told({"low": 0})
    ('low - high + 5', '-8 * low', '')
    """
    signs = {1: "", -1: "-"}
    told = [f"{signs.get(many, f'{many} * ')}{end}" if end else str(many) for end, many in times.items() if many]
    return " + ".join(told).replace("+ -", "- ")


def _marked(bits: int, unit: int) -> str:
    """What is added for the marks of a row that has some of these bits."""
    return f" + {bits + unit}" if bits.bit_count() == 1 else f" + bits + {unit}"


def _has(bits: int) -> str:
    return f"bits = {bits}" if bits.bit_count() == 1 else f"(bits & {bits}) <> 0"

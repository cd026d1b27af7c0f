"""The bits of rows: one for each kind of row that rules tell apart.

A kind has one measure, and of each column that is asked about texts of which all that is asked comes
to the same. A row has one bit at most, that of its kind; and a sum of n powers of two has n bits only
where they all differ. So no two rows of a group are of one kind where the sum of their bits has as
many bits as there are rows that have any. That number may stand in the sum itself, above all bits:
where these reach it, less bits are left than there are rows, and the number is more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from math import prod

from checker.engine.dialect import Dialect
from checker.record import NamedTuple
from checker.sql.column import NEVER_NULL, Kept
from checker.sql.proof import NotGrouped

MAX_KINDS = 56  # of as many rows as there are bits, the bits add up within 63
FEW_KINDS = 31  # that leave room for a number of rows
ROWS = 2**31  # that there is room for: half as many again, where bits reach the number
MAX_CHOICES = 1000  # of texts in the columns of one measure
OTHERS = "\0"  # any text but those that are named: no text has such a sign


class Fit(NamedTuple):
    """What is asked of rows: one of some measures, and all of some conditions."""

    measures: frozenset[str]
    asked: frozenset[Kept | str]


class Kind(NamedTuple):
    """Rows of a measure, with these of the texts that are told apart in columns; or where conditions hold or not."""

    measure: str
    texts: Mapping[Kept | str, frozenset[str | None]]  # by the column, or the condition
    named: Mapping[Kept | str, frozenset[str | None]]  # all that are told apart there
    fits: frozenset[Fit]

    def has(self, column: Kept | str, text: str | None) -> bool:
        """Whether its rows may have a text in a column."""
        if column not in self.texts:
            return True
        return (text if text in self.named[column] else OTHERS) in self.texts[column]


class Marks:
    """The bits of rows that fit any of what is asked; ``NotGrouped`` where there are too many kinds of them."""

    def __init__(self, fits: Iterable[Fit], dialect: Dialect) -> None:
        self._dialect = dialect
        self._fits = list(dict.fromkeys(fits))
        self.always = frozenset[Kept | str].intersection(*(fit.asked for fit in self._fits))
        self.measures = frozenset[str]().union(*(fit.measures for fit in self._fits))
        self._kinds = [kind for measure in sorted(self.measures) for kind in self._of(measure)]
        if len(self._kinds) > MAX_KINDS:
            raise NotGrouped
        few = len(self._kinds) <= FEW_KINDS
        self.unit = 1 << len(self._kinds) if few else 0  # of the number of rows, where there is room for it
        self.columns = sorted({column for kind in self._kinds for column in kind.texts}, key=_written)

    def _of(self, measure: str) -> Iterator[Kind]:
        """The kinds of rows of a measure that fit anything."""
        fits = [fit for fit in self._fits if measure in fit.measures]
        columns: dict[Kept | str, list[Kept | str]] = {}
        for condition in sorted({one for fit in fits for one in fit.asked - self.always}, key=_written):
            columns.setdefault(_column(condition), []).append(condition)
        classes = {column: _classes(column, asked) for column, asked in columns.items()}
        if prod(map(len, classes.values())) > MAX_CHOICES:
            raise NotGrouped
        named = {column: frozenset[str | None]().union(*several.values()) for column, several in classes.items()}
        for chosen in product(*(several.items() for several in classes.values())):
            held = {condition for kept, _ in chosen for condition in kept} | self.always
            fitting = frozenset(fit for fit in fits if fit.asked <= held)
            if fitting:
                texts = dict(zip(columns, (texts for _, texts in chosen), strict=True))
                yield Kind(measure, texts, named, fitting)

    def of(self, fit: Fit) -> int:
        """The bits of the rows that fit."""
        return self._sum(fit in kind.fits for kind in self._kinds)

    @staticmethod
    def _sum(has: Iterable[bool]) -> int:
        return sum(1 << at for at, one in enumerate(has) if one)

    @property
    def bits(self) -> str:
        """The bits of a row for which ``always`` holds, in SQL: those that its measure leaves, and each column."""
        measures = {name: self._sum(kind.measure == name for kind in self._kinds) for name in sorted(self.measures)}
        masks = [self._dialect.chosen("facts.measure", measures, 0), *map(self._mask, self.columns)]
        return " & ".join(masks)

    def _mask(self, column: Kept | str) -> str:
        def mask(text: str | None) -> int:
            return self._sum(kind.has(column, text) for kind in self._kinds)

        if isinstance(column, str):
            return f"CASE WHEN {column} THEN {mask(column)} ELSE {mask(OTHERS)} END"
        named = {text for kind in self._kinds for text in kind.named.get(column, ()) if text is not None}
        texts = {text: mask(text) for text in sorted(named - {OTHERS})}
        here = f"facts.{column.column}"
        chosen = self._dialect.chosen(here, texts, mask(OTHERS))
        if column.column in NEVER_NULL:
            return chosen
        return f"CASE WHEN {here} IS NULL THEN {mask(None)} ELSE {chosen} END"


def _written(condition: Kept | str) -> str:
    return condition if isinstance(condition, str) else condition.sql("")


def _column(condition: Kept | str) -> Kept | str:
    return condition if isinstance(condition, str) else Kept(condition.column)


def _classes(column: Kept | str, asked: Iterable[Kept | str]) -> dict[frozenset[Kept | str], frozenset[str | None]]:
    """The texts of a column by the conditions that hold for them; of a condition itself, by whether it holds."""
    if isinstance(column, str):
        return {frozenset({column}): frozenset({column}), frozenset(): frozenset({OTHERS})}
    kept = [one for one in asked if isinstance(one, Kept)]
    texts: set[str | None] = {OTHERS, *(text for one in kept for text in one.texts)}
    if column.column not in NEVER_NULL:
        texts.add(None)
    found: dict[frozenset[Kept | str], set[str | None]] = {}
    for text in sorted(texts, key=lambda text: (text is None, text or "")):
        found.setdefault(frozenset(one for one in kept if one.holds(text)), set()).add(text)
    return {conditions: frozenset(several) for conditions, several in found.items()}

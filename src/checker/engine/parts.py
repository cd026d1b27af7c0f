"""Parts of large tables, by ranges of subjects: what is asked of each subject by itself is asked of one part at a time.

Then all that a database holds for it is bounded by the size of a part, and time grows with the number of rows. Where
the ranges begin is seen from some of the rows. Any ranges would do: they hang on the rows for their sizes alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from checker.engine.columns import Claimed
from checker.engine.dialect import every, quoted
from checker.engine.survey import Survey
from checker.record import NamedTuple
from checker.template import Column

SIZE = 8_000_000  # facts of a part (docs/performance.md)
FROM = 2  # parts: what is less is one whole
WIDE = 3  # times as large are parts whose rows lie all over the tables, as each look reads the whole of them then,
MOST = 4  # and so many at most: on a fast disk it takes as long to spill, on a slow one far longer
PIECES = 32  # in which the rows of a part may lie and still be found without a look at all
SAMPLE = 65_536  # rows that say where parts begin
HALVED = 4_000_000  # facts from which on it is worth a look where the middle of the subjects is


class Part(NamedTuple):
    """The subjects from ``low`` on and before ``high``, in order of their letters; None is no bound."""

    low: str | None = None
    high: str | None = None
    facts: int = 0  # of tables, about
    middle: str | None = None  # a subject with about as many facts before it, where those of a subject lie together

    def halves(self) -> list[Part]:
        """What is before the middle and what is not; all of it where none is known."""
        if self.middle is None:
            return [Part(self.low, self.high)]
        return [Part(self.low, self.middle), Part(self.middle, self.high)]

    def has(self, subject: str) -> bool:
        """Whether a subject is in it."""
        return (self.low is None or subject >= self.low) and (self.high is None or subject < self.high)

    def holds(self, subject: str) -> str:
        """The same in SQL."""
        least = "TRUE" if self.low is None else f"{subject} >= {quoted(self.low)}"
        most = "TRUE" if self.high is None else f"{subject} < {quoted(self.high)}"
        return every([least, most])

    def makes(self, claim: Claimed) -> str:
        """Whether a row that makes sense tells of a subject in it: by a column as it stands, if that can be.

        Where rows of other subjects lie together, the database passes over them then without reading them.
        """
        if (self.low, self.high) == (None, None):
            return "TRUE"
        one = alone(claim)
        if one is None or not all(end is None or end.startswith(one.prefix) for end in (self.low, self.high)):
            return self.holds(f"({claim.field(('subject',))})")
        low, high = (None if end is None else end.removeprefix(one.prefix) for end in (self.low, self.high))
        return Part(low, high).holds(claim.rows.columns[one.column])


WHOLE = Part()


class Alone(NamedTuple):
    """A column of texts that stands alone at the end of a subject, in whose order the subjects are."""

    prefix: str
    column: str


def alone(claim: Claimed) -> Alone | None:
    """The column that makes the subjects of a claim, if one does."""
    *before, last = claim.fields["subject",].text
    if not isinstance(last, Column) or claim.rows.types[last.name] != "VARCHAR":
        return None
    return None if any(isinstance(one, Column) for one in before) else Alone("".join(map(str, before)), last.name)


class _Run(NamedTuple):
    """The subjects of some rows of a table, in their order, and whether the database may pass over some of these."""

    subjects: list[str]
    passable: bool


def of(surveys: Sequence[Survey]) -> list[Part]:
    """The parts of some tables, in order of their subjects; one where there are too few rows for more."""
    total = sum(one.rows.length * len(one.claims) for one in surveys)
    if total < FROM * SIZE or not all(one.database.dialect.sequential for one in surveys):
        return [WHOLE._replace(facts=total, middle=_middle(surveys) if total >= HALVED else None)]
    seen = [run for one in surveys for run in _sampled(one, max(1, total // SAMPLE))]
    subjects = sorted(subject for run in seen for subject in run.subjects)
    parts = _cut(subjects, total // SIZE, total)
    if sum(_pieces(run, parts) for run in seen) > PIECES * len(parts):
        parts = _cut(subjects, min(MOST, total // SIZE // WIDE), total)
        return [one._replace(middle=None) for one in parts]
    return parts


def _middle(surveys: Sequence[Survey]) -> str | None:
    """The subject in the middle of the longest table, if a few rows of it are in order; where it takes no look at all.

    Of several files the database does not know in which one a row is.
    """
    one = max(surveys, key=lambda survey: survey.rows.length)
    if not one.database.dialect.sequential or len(one.rows.files) > 1 or alone(one.claims[0]) is None:
        return None
    places = ", ".join(str(one.rows.length * quarter // 4) for quarter in (1, 2, 3))
    subject = one.claims[0].field(("subject",))
    rows = one.database.rows(f"SELECT {subject} FROM {one.rows.name} WHERE p IN ({places}) ORDER BY p")
    found = [subject for (subject,) in rows]
    return _inner(found) if found == sorted(set(found)) else None


def _sampled(survey: Survey, step: int) -> Iterator[_Run]:
    """The subjects of one of so many rows, once for each claim."""
    told = Counter((claim.field(("subject",)) or "''", alone(claim) is not None) for claim in survey.claims)
    for (subject, passable), claims in told.items():
        rows = survey.database.rows(f"SELECT {subject} FROM {survey.rows.name} WHERE hash(p) % {step} = 0 ORDER BY p")
        yield from [_Run([one for (one,) in rows], passable)] * claims


def _cut(subjects: Sequence[str], count: int, total: int) -> list[Part]:
    """So many parts with as many of some sorted subjects in each, as far as there are different ones."""
    at = [subjects[len(subjects) * part // count] for part in range(1, count)] if subjects else []
    cuts = [None, *(one for one in dict.fromkeys(at) if one > subjects[0] and "\0" not in one), None]
    places = [0, *(bisect_left(subjects, one) for one in cuts if one is not None), len(subjects)]
    among = max(1, len(subjects))
    return [
        Part(low, high, total * end // among - total * start // among, _inner(subjects[start:end]))
        for (low, high), (start, end) in zip(pairwise(cuts), pairwise(places), strict=True)
    ]


def _inner(subjects: Sequence[str]) -> str | None:
    """The subject in the middle of sorted ones, if there are others before it."""
    found = subjects[len(subjects) // 2] if subjects else ""
    return found if found > min(subjects, default="") and "\0" not in found else None


def _pieces(run: _Run, parts: Sequence[Part]) -> int:
    """In how many pieces the rows of parts lie: each alone where they cannot be told apart without a look."""
    if not run.passable:
        return len(run.subjects)
    cuts = [part.low for part in parts if part.low is not None]
    found = [bisect_right(cuts, subject) for subject in run.subjects]
    return sum(one != other for one, other in pairwise([-1, *found]))

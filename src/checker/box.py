"""The bounds of unknowns, narrowed by rows in turn; and one choice of values within them.

- E. Davis: Constraint propagation with interval labels. Artificial Intelligence 32, 1987.
- B. Dutertre, L. de Moura: A fast linear-arithmetic solver for DPLL(T). CAV 2006 (bounds that
  carry the reasons from which they follow).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from fractions import Fraction
from math import ceil, floor

from checker import interval
from checker.comparison import Row, Values, is_true, keeps
from checker.equality import Equality
from checker.linear import Formula
from checker.model import Exact, Interval
from checker.omega import Work
from checker.record import NamedTuple

ROUNDS = 30  # times that a row is looked at, on average, before narrowing stops: it need not end
MOVES = 4  # rounds of moving values to where they keep the rows
LOW, HIGH = 0, 1

Bound = tuple[str, int]
_Step = tuple[int, tuple[tuple[Bound, int], ...]]  # the formula, and the bounds it used, each as of which step


class Reasons(NamedTuple):
    """A proof that nothing is possible: the numbers of the formulas and the keys of the unknowns it rests on."""

    formulas: frozenset[int]
    keys: frozenset[str]


class Box:
    """Rows, and the bounds of their unknowns."""

    def __init__(
        self, rows: Sequence[Row], domains: Mapping[str, Interval], wholes: frozenset[str], work: Work | None
    ) -> None:
        self.domains, self.work = domains, work
        self._wholes = wholes
        self.is_empty = any(map(interval.is_empty, domains.values()))
        self.ends: dict[Bound, Exact] = {}
        for key, domain in domains.items():
            for side, end in enumerate(domain[:2]):
                if end is not None:
                    self.ends[key, side] = end
        self._put(rows)
        self._sums: Mapping[int, frozenset[int]] = {}  # the formulas of rows that come of several
        self._steps: list[_Step] = []
        self._made: dict[Bound, int] = {}  # the step that made a bound; none for that of a domain

    def copy(self) -> Box:
        """Another that narrows by itself."""
        other = copy(self)
        other.ends = dict(self.ends)
        return other

    def beside(self, sums: Sequence[Equality]) -> Box:
        """Another that narrows the bounds of this one by what some of its rows come to."""
        other = copy(self)
        other._sums = {-number: one.formulas for number, one in enumerate(sums, 1)}  # noqa: SLF001  # of its kind
        other._put([*self.rows, *(row for number, one in enumerate(sums, 1) for row in _rows(one, -number))])  # noqa: SLF001
        return other

    def _put(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._users: dict[Bound, list[int]] = {}  # the rows that are least at a bound
        for number, row in enumerate(rows):
            for bound in _least(row):
                self._users.setdefault(bound, []).append(number)

    # --- narrowing

    def narrow(self, rows: Iterable[int] | None = None) -> Reasons | None:
        """Narrow all bounds as far as that goes, at first by these rows; the reasons, where nothing is left."""
        queue = deque(range(len(self.rows)) if rows is None else rows)
        waiting = set(queue)
        for _ in range(ROUNDS * len(self.rows)):
            if not queue:
                break
            number = queue.popleft()
            waiting.discard(number)
            if self.work is not None:
                self.work.spend(len(self.rows[number].terms))
            for bound in self._apply(self.rows[number]):
                if bound is None:
                    return self._reasons()
                fresh = [other for other in self._users.get(bound, ()) if other not in waiting]
                queue.extend(fresh)
                waiting.update(fresh)
        return None

    def _apply(self, row: Row) -> Iterator[Bound | None]:
        """The bounds that a row narrows; None, and a last step, where it leaves nothing."""
        ends = self.ends
        used = _least(row)
        least, open_at = row.constant, -1
        for at, (bound, (_, factor)) in enumerate(zip(used, row.terms, strict=True)):
            end = ends.get(bound)
            if end is not None:
                least += factor * end
            elif open_at >= 0:
                return
            else:
                open_at = at
        if open_at < 0 and (least > 0 or (row.strict and least == 0)):
            self._note(row, used)
            yield None
            return
        for at, (key, factor) in enumerate(row.terms):
            if open_at in (-1, at):
                rest = least if open_at == at else least - factor * ends[used[at]]
                if self._improve(row, key, factor, rest, [bound for bound in used if bound != used[at]]):
                    yield key, HIGH if factor > 0 else LOW

    def _improve(self, row: Row, key: str, factor: Exact, rest: Exact, used: list[Bound]) -> bool:
        side = HIGH if factor > 0 else LOW
        end = -rest * factor if factor in (1, -1) else Fraction(-rest) / factor
        value: Exact = (floor(end) if side == HIGH else ceil(end)) if key in self._wholes else end
        now = self.ends.get((key, side))
        if now is not None and (value >= now if side == HIGH else value <= now):
            return False
        self._made[key, side] = self._note(row, used)
        self.ends[key, side] = value
        return True

    def _note(self, row: Row, used: Iterable[Bound]) -> int:
        self._steps.append((row.formula, tuple((bound, self._made.get(bound, -1)) for bound in used)))
        return len(self._steps) - 1

    def _reasons(self) -> Reasons:
        """All that the last step goes back to."""
        formulas: set[int] = set()
        keys: set[str] = set()
        pending, seen = [len(self._steps) - 1], set()
        while pending:
            at = pending.pop()
            if at in seen:
                continue
            seen.add(at)
            formula, used = self._steps[at]
            formulas |= self._sums.get(formula, {formula})
            for (key, _), made in used:
                if made < 0:
                    keys.add(key)
                else:
                    pending.append(made)
        return Reasons(frozenset(formulas), frozenset(keys))

    # --- one choice of values

    def values(self, formulas: Sequence[Formula] | None, fixed: Mapping[str, Exact] | None = None) -> Values | None:
        """Values that keep all formulas (None: all rows), of some unknowns these; None where none come up.

        First the values nearest to the lower bounds, moved where a row asks for it. Then the unknowns
        are each in turn fixed at the lower end of what is left to it, or else the upper; those in most
        rows first, since they leave the least to the others.
        """
        for key, value in (fixed or {}).items():
            if self._fix(key, value) is not None:
                return None
        values = self._moved()
        if self._keep(formulas, values):
            return values
        upper = self.copy()
        for box, choose in ((self, self.first), (upper, upper.last)):
            if box.settle(choose) and self._keep(formulas, values := {key: box.ends[key, LOW] for key in box.domains}):
                return values
        return None

    def _moved(self) -> dict[str, Exact]:
        values = {key: self.first(key) for key in self.domains}
        for _ in range(MOVES):
            broken = [row for row in self.rows if not keeps(row, values)]
            if not broken:
                break
            for row in broken:
                self._move(row, values)
        return values

    def settle(self, choose: Callable[[str], Exact]) -> bool:
        """Whether all unknowns may be fixed, each where chosen from what the others leave it."""
        order = sorted(
            self.domains, key=lambda one: -sum(len(self._users.get((one, side), ())) for side in (LOW, HIGH))
        )
        return all(self._fix(key, choose(key)) is None for key in order)

    def _fix(self, key: str, value: Exact) -> Reasons | None:
        moved = [bound for bound in ((key, LOW), (key, HIGH)) if self.ends.get(bound) != value]
        self.ends[key, LOW] = self.ends[key, HIGH] = value
        return self.narrow(number for bound in moved for number in self._users.get(bound, ()))

    def _keep(self, formulas: Sequence[Formula] | None, values: Values) -> bool:
        if not all(interval.holds(self.domains[key], value) for key, value in values.items()):
            return False
        if formulas is None:
            return all(keeps(row, values) for row in self.rows)
        return all(is_true(one, values) for one in formulas)

    def is_one(self, key: str) -> bool:
        """Whether an unknown is one number."""
        low = self.ends.get((key, LOW))
        return low is not None and low == self.ends.get((key, HIGH))

    def first(self, key: str) -> Exact:
        """The lower end of an unknown that it may be, else the upper, else a value between."""
        low, high = self.ends.get((key, LOW)), self.ends.get((key, HIGH))
        if low is None or high is None:
            return low if low is not None else high if high is not None else 0
        return low if key in self._wholes or self.domains[key].includes_low else Fraction(low + high) / 2

    def last(self, key: str) -> Exact:
        """The upper end, where an unknown has one."""
        high = self.ends.get((key, HIGH))
        return self.first(key) if high is None else high

    def _move(self, row: Row, values: dict[str, Exact]) -> None:
        need = row.over(values)
        for key, factor in row.terms:
            if need <= 0:
                return
            step = Fraction(-need) / factor
            to = values[key] + ((ceil(step) if step > 0 else floor(step)) if key in self._wholes else step)
            low, high = self.ends.get((key, LOW)), self.ends.get((key, HIGH))
            to = low if low is not None and to < low else high if high is not None and to > high else to
            need += factor * (to - values[key])
            values[key] = to


def _least(row: Row) -> list[Bound]:
    """The bounds at which a row is least."""
    return [(key, LOW if factor > 0 else HIGH) for key, factor in row.terms]


def _rows(one: Equality, number: int) -> Iterator[Row]:
    terms = tuple(one.terms.items())
    yield Row(number, terms, one.constant, False)
    yield Row(number, tuple((key, -factor) for key, factor in terms), -one.constant, False)

"""Quick and exact: narrow the bounds of all unknowns by each formula in turn, then try one choice of values.

Where a bound passes the opposite one nothing is possible, and what was used on the way is a proof.
Where the values tried keep all formulas, that is one. Else nothing is said, and ``omega`` decides.

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
from operator import eq, le, lt, ne
from typing import NamedTuple

from checker import interval, linear
from checker.linear import And, Atom, Formula, Not, Or
from checker.model import Exact, Interval, Linear, Unknown
from checker.omega import NOTHING, Work, exact

ROUNDS = 30  # times that a row is looked at, on average, before narrowing stops: it need not end
MOVES = 4  # rounds of moving values to where they keep the rows
LOW, HIGH = 0, 1
HOLDS: dict[str, Callable[[Exact, Exact], bool]] = {"<": lt, "<=": le, "==": eq, "!=": ne}


class Reasons(NamedTuple):
    """A proof that nothing is possible: the numbers of the formulas and the keys of the unknowns it rests on."""

    formulas: frozenset[int]
    keys: frozenset[str]


class Row(NamedTuple):
    """The sum of the terms and the constant is at most nought, or with ``strict`` below it."""

    formula: int
    terms: tuple[tuple[str, Exact], ...]
    constant: Exact
    strict: bool

    def over(self, values: Values) -> Exact:
        """By how much the sum is above nought."""
        total = self.constant
        for key, factor in self.terms:
            total += factor * values[key]
        return total


Bound = tuple[str, int]
Values = Mapping[str, Exact]
_Step = tuple[int, tuple[tuple[Bound, int], ...]]  # the formula, and the bounds it used, each as of which step


class Answer(NamedTuple):
    """Whether formulas are possible: what that they are not rests on, or values of all unknowns that keep them.

    Without either the answer comes from elsewhere.
    """

    possible: bool
    reasons: Reasons | None = None
    values: Values | None = None


def decided(formulas: Sequence[Formula], conventional: bool, work: Work | None = None) -> Answer | None:
    """Whether some choice of values makes all formulas true; None where this does not show it either way.

    Raises Undecided where the work that is left does not suffice.
    """
    box = _of(formulas, conventional, work)
    if box.is_empty:
        return Answer(False, Reasons(frozenset(range(len(formulas))), frozenset(box.domains)))
    if (reasons := box.narrow()) is not None:
        return Answer(False, reasons)
    values = box.values(formulas)
    return None if values is None else Answer(True, values=values)


def possible(formulas: Sequence[Formula], conventional: bool, work: Work | None = None) -> bool | None:
    """The same without what it rests on."""
    answer = decided(formulas, conventional, work)
    return None if answer is None else answer.possible


def extent(formulas: Sequence[Formula], key: str, conventional: bool, work: Work | None = None) -> Interval | None:
    """The smallest interval of an unknown where all formulas are true, where this shows it; else None.

    Empty where they cannot be. Both ends are attained: what narrowing leaves is no less than that, and
    values are found with the unknown at either end. Without an end, there are values that keep the
    formulas and a direction in which they, and all multiples of it, remain kept.
    """
    box = _of(formulas, conventional, work)
    if key not in box.domains:
        return None
    if box.is_empty or box.narrow() is not None:
        return NOTHING
    low, high = (box.ends.get((key, side)) for side in (LOW, HIGH))
    for side, end in ((LOW, low), (HIGH, high)):
        if end is None:
            kept = _has_direction(box, formulas, key, -1 if side == LOW else 1)
        else:
            kept = box.copy().values(formulas, {key: end}) is not None
        if not kept:
            return None
    if low is None and high is None and box.values(formulas) is None:
        return None
    return Interval(
        None if low is None else exact(low), None if high is None else exact(high), low is not None, high is not None
    )


def _of(formulas: Sequence[Formula], conventional: bool, work: Work | None) -> _Box:
    unknowns = {key: unknown for one in formulas for key, unknown in _unknowns(one)}
    return _Box(
        [row for number, one in enumerate(formulas) for row in rows(one, number)],
        {key: linear.domain(unknown, conventional) for key, unknown in unknowns.items()},
        frozenset(key for key, unknown in unknowns.items() if unknown.whole),
        work,
    )


def _has_direction(box: _Box, formulas: Sequence[Formula], key: str, step: int) -> bool:
    """Whether any values that keep the formulas may move in some direction without end, the unknown by this step.

    Rational, and so whole for a multiple of it.
    """
    if not all(map(_is_plain, formulas)):
        return False
    level = [row._replace(constant=0, strict=False) for row in box.rows]
    ways = {
        one: Interval(None if low is None else 0, None if high is None else 0, low is not None, high is not None)
        for one, (low, high, _, _) in box.domains.items()
    }
    ways[key] = Interval(step, step) if interval.holds(ways[key], step) else NOTHING
    cone = _Box(level, ways, frozenset(), box.work)
    return not cone.is_empty and cone.narrow() is None and cone.values(None) is not None


class _Box:
    def __init__(
        self, rows: Sequence[Row], domains: Mapping[str, Interval], wholes: frozenset[str], work: Work | None
    ) -> None:
        self.rows, self.domains, self.work = rows, domains, work
        self._wholes = wholes
        self.is_empty = any(map(interval.is_empty, domains.values()))
        self.ends: dict[Bound, Exact] = {}
        for key, domain in domains.items():
            for side, end in enumerate(domain[:2]):
                if end is not None:
                    self.ends[key, side] = end
        self._of: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            for key, _ in row.terms:
                self._of.setdefault(key, []).append(number)
        self._steps: list[_Step] = []
        self._made: dict[Bound, int] = {}  # the step that made a bound; none for that of a domain

    def copy(self) -> _Box:
        """Another that narrows by itself."""
        other = copy(self)
        other.ends = dict(self.ends)
        return other

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
            for key in self._apply(self.rows[number]):
                if key is None:
                    return self._reasons()
                fresh = [other for other in self._of[key] if other != number and other not in waiting]
                queue.extend(fresh)
                waiting.update(fresh)
        return None

    def _apply(self, row: Row) -> Iterator[str | None]:
        """The unknowns that a row narrows; None, and a last step, where it leaves nothing."""
        ends = self.ends
        used: list[Bound] = [(key, LOW if factor > 0 else HIGH) for key, factor in row.terms]
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
                    yield key

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
            formulas.add(formula)
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
        order = sorted(self.domains, key=lambda one: -len(self._of.get(one, ())))
        return all(self._fix(key, choose(key)) is None for key in order)

    def _fix(self, key: str, value: Exact) -> Reasons | None:
        self.ends[key, LOW] = self.ends[key, HIGH] = value
        return self.narrow(self._of.get(key, ()))

    def _keep(self, formulas: Sequence[Formula] | None, values: Values) -> bool:
        if not all(interval.holds(self.domains[key], value) for key, value in values.items()):
            return False
        if formulas is None:
            return all(keeps(row, values) for row in self.rows)
        return all(is_true(one, values) for one in formulas)

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


# ------------------------------------------------------------------------- rows


def rows(formula: Formula, number: int, holds: bool = True) -> Iterator[Row]:
    """The comparisons that have to hold whatever else does; not those that are one choice of several."""
    if isinstance(formula, Not):
        yield from rows(formula.part, number, not holds)
    elif isinstance(formula, And if holds else Or):
        for part in formula.parts:
            yield from rows(part, number, holds)
    elif isinstance(formula, Atom):
        form, relation = formula
        if relation == ("==" if holds else "!="):
            yield _row(form, number, False)
            yield _row(linear.scale(form, -1), number, False)
        elif relation in ("<", "<="):
            yield _row(form if holds else linear.scale(form, -1), number, (relation == "<") == holds)


def _is_plain(formula: Formula, holds: bool = True) -> bool:
    """Whether the rows of a formula are all that it says."""
    if isinstance(formula, Not):
        return _is_plain(formula.part, not holds)
    if isinstance(formula, Atom):
        return formula.relation != ("!=" if holds else "==")
    if isinstance(formula, And | Or):
        return isinstance(formula, And) == holds and all(_is_plain(part, holds) for part in formula.parts)
    return formula.value is None or formula.value == holds


def _row(form: Linear, number: int, strict: bool) -> Row:
    whole = form.constant.denominator == 1 and all(
        unknown.whole and factor.denominator == 1 for unknown, factor in form.terms
    )
    terms = tuple((unknown.key, factor) for unknown, factor in form.terms)
    return Row(number, terms, form.constant + (strict and whole), strict and not whole)


def _unknowns(formula: Formula) -> Iterator[tuple[str, Unknown]]:
    if isinstance(formula, Atom):
        for unknown, _ in formula.form.terms:
            yield unknown.key, unknown
    elif isinstance(formula, Not):
        yield from _unknowns(formula.part)
    elif isinstance(formula, And | Or):
        for part in formula.parts:
            yield from _unknowns(part)


def keeps(row: Row, values: Values) -> bool:
    """Whether values keep a row."""
    total = row.over(values)
    return total < 0 if row.strict else total <= 0


def is_true(formula: Formula, values: Values, holds: bool = True) -> bool:
    """Whether a formula, or where it should not hold its negation, is true; what is not decided is taken to be."""
    if isinstance(formula, Atom):
        form, relation = formula
        total = form.constant
        for unknown, factor in form.terms:
            total += factor * values[unknown.key]
        return HOLDS[relation](total, 0) == holds
    if isinstance(formula, Not):
        return is_true(formula.part, values, not holds)
    if isinstance(formula, And | Or):
        every = isinstance(formula, And) == holds
        return (all if every else any)(is_true(part, values, holds) for part in formula.parts)
    return formula.value is None or formula.value == holds

"""Quick and exact: narrow the bounds of all unknowns by each formula in turn, then try one choice of values.

Where a bound passes the opposite one nothing is possible, and what was used on the way is a proof.
Where the values tried keep all formulas, that is one. Else nothing is said, and ``omega`` decides.

- E. Davis: Constraint propagation with interval labels. Artificial Intelligence 32, 1987.
- B. Dutertre, L. de Moura: A fast linear-arithmetic solver for DPLL(T). CAV 2006 (bounds that
  carry the reasons from which they follow).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from checker import interval, linear
from checker.linear import And, Atom, Formula, Not, Or
from checker.model import Exact, Linear, Unknown
from checker.omega import Work

ROUNDS = 30  # times that a row is looked at, on average, before narrowing stops: it need not end
MOVES = 4  # rounds of moving values to where they keep the rows
LOW, HIGH = 0, 1


class Reasons(NamedTuple):
    """A proof that nothing is possible: the numbers of the formulas and the keys of the unknowns it rests on."""

    formulas: frozenset[int]
    keys: frozenset[str]


class _Row(NamedTuple):
    """The sum of the terms and the constant is at most nought, or with ``strict`` below it."""

    formula: int
    terms: tuple[tuple[str, Exact], ...]
    constant: Exact
    strict: bool


Bound = tuple[str, int]
_Step = tuple[int, tuple[tuple[Bound, int], ...]]  # the formula, and the bounds it used, each as of which step


def possible(formulas: Sequence[Formula], conventional: bool, work: Work | None = None) -> bool | None:
    """Whether some choice of values makes all formulas true; None where this does not show it either way.

    Raises Undecided where the work that is left does not suffice.
    """
    box = _Box(formulas, conventional, work)
    if box.is_empty or box.narrow() is not None:
        return False
    return box.found(formulas) or box.fixed(formulas) or None


def contradiction(formulas: Sequence[Formula], conventional: bool) -> Reasons | None:
    """Formulas and unknowns that are impossible together, where narrowing shows that; else None."""
    box = _Box(formulas, conventional)
    return None if box.is_empty else box.narrow()


class _Box:
    def __init__(self, formulas: Sequence[Formula], conventional: bool, work: Work | None = None) -> None:
        self._work = work
        self._rows = [row for number, one in enumerate(formulas) for row in _rows(one, number)]
        self._unknowns = {key: unknown for one in formulas for key, unknown in _unknowns(one)}
        self._domains = {key: linear.domain(unknown, conventional) for key, unknown in self._unknowns.items()}
        self.is_empty = any(map(interval.is_empty, self._domains.values()))
        self._ends: dict[Bound, Exact] = {}
        for key, domain in self._domains.items():
            for side, end in enumerate(domain[:2]):
                if end is not None:
                    self._ends[key, side] = end
        self._of: dict[str, list[int]] = {}
        for number, row in enumerate(self._rows):
            for key, _ in row.terms:
                self._of.setdefault(key, []).append(number)
        self._steps: list[_Step] = []
        self._made: dict[Bound, int] = {}  # the step that made a bound; none for that of a domain

    # --- narrowing

    def narrow(self, rows: Iterable[int] | None = None) -> Reasons | None:
        """Narrow all bounds as far as that goes, at first by these rows; the reasons, where nothing is left."""
        queue = deque(range(len(self._rows)) if rows is None else rows)
        waiting = set(queue)
        for _ in range(ROUNDS * len(self._rows)):
            if not queue:
                break
            number = queue.popleft()
            waiting.discard(number)
            if self._work is not None:
                self._work.spend(len(self._rows[number].terms))
            for key in self._apply(self._rows[number]):
                if key is None:
                    return self._reasons()
                fresh = [other for other in self._of[key] if other != number and other not in waiting]
                queue.extend(fresh)
                waiting.update(fresh)
        return None

    def _apply(self, row: _Row) -> Iterator[str | None]:
        """The unknowns that a row narrows; None, and a last step, where it leaves nothing."""
        ends = self._ends
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

    def _improve(self, row: _Row, key: str, factor: Exact, rest: Exact, used: list[Bound]) -> bool:
        side = HIGH if factor > 0 else LOW
        end = -rest * factor if factor in (1, -1) else Fraction(-rest) / factor
        value: Exact = (floor(end) if side == HIGH else ceil(end)) if self._unknowns[key].whole else end
        now = self._ends.get((key, side))
        if now is not None and (value >= now if side == HIGH else value <= now):
            return False
        self._made[key, side] = self._note(row, used)
        self._ends[key, side] = value
        return True

    def _note(self, row: _Row, used: Iterable[Bound]) -> int:
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

    def found(self, formulas: Sequence[Formula]) -> bool:
        """Whether the values nearest to the lower bounds, moved where a row asks for it, keep all formulas."""
        values = {key: self._first(key) for key in self._unknowns}
        for _ in range(MOVES):
            broken = [row for row in self._rows if not _keeps(row, values)]
            if not broken:
                break
            for row in broken:
                self._move(row, values)
        return self._keep(formulas, values)

    def fixed(self, formulas: Sequence[Formula]) -> bool:
        """Whether the unknowns, each in turn fixed at an end of what is left to it, keep all formulas.

        Those in most rows come first, since they leave the least to the others.
        """
        for key in sorted(self._unknowns, key=lambda one: -len(self._of.get(one, ()))):
            value = self._first(key)
            self._ends[key, LOW] = self._ends[key, HIGH] = value
            if self.narrow(self._of.get(key, ())) is not None:
                return False
        return self._keep(formulas, {key: self._ends[key, LOW] for key in self._unknowns})

    def _keep(self, formulas: Sequence[Formula], values: Mapping[str, Exact]) -> bool:
        inside = all(interval.holds(self._domains[key], value) for key, value in values.items())
        return inside and all(_is_true(one, values) for one in formulas)

    def _first(self, key: str) -> Exact:
        low, high = self._ends.get((key, LOW)), self._ends.get((key, HIGH))
        if low is None or high is None:
            return low if low is not None else high if high is not None else 0
        return low if self._unknowns[key].whole or self._domains[key].includes_low else Fraction(low + high) / 2

    def _move(self, row: _Row, values: dict[str, Exact]) -> None:
        need = row.constant + sum(factor * values[key] for key, factor in row.terms)
        for key, factor in row.terms:
            if need <= 0:
                return
            step = Fraction(-need) / factor
            to = values[key] + ((ceil(step) if step > 0 else floor(step)) if self._unknowns[key].whole else step)
            low, high = self._ends.get((key, LOW)), self._ends.get((key, HIGH))
            to = low if low is not None and to < low else high if high is not None and to > high else to
            need += factor * (to - values[key])
            values[key] = to


# ------------------------------------------------------------------------- rows


def _rows(formula: Formula, number: int, holds: bool = True) -> Iterator[_Row]:
    """The comparisons that have to hold whatever else does; not those that are one choice of several."""
    if isinstance(formula, Not):
        yield from _rows(formula.part, number, not holds)
    elif isinstance(formula, And if holds else Or):
        for part in formula.parts:
            yield from _rows(part, number, holds)
    elif isinstance(formula, Atom):
        form, relation = formula
        if relation == ("==" if holds else "!="):
            yield _row(form, number, False)
            yield _row(linear.scale(form, -1), number, False)
        elif relation in ("<", "<="):
            yield _row(form if holds else linear.scale(form, -1), number, (relation == "<") == holds)


def _row(form: Linear, number: int, strict: bool) -> _Row:
    whole = form.constant.denominator == 1 and all(
        unknown.whole and factor.denominator == 1 for unknown, factor in form.terms
    )
    terms = tuple((unknown.key, factor) for unknown, factor in form.terms)
    return _Row(number, terms, form.constant + (strict and whole), strict and not whole)


def _unknowns(formula: Formula) -> Iterator[tuple[str, Unknown]]:
    if isinstance(formula, Atom):
        for unknown, _ in formula.form.terms:
            yield unknown.key, unknown
    elif isinstance(formula, Not):
        yield from _unknowns(formula.part)
    elif isinstance(formula, And | Or):
        for part in formula.parts:
            yield from _unknowns(part)


def _keeps(row: _Row, values: Mapping[str, Exact]) -> bool:
    total = row.constant + sum(factor * values[key] for key, factor in row.terms)
    return total < 0 if row.strict else total <= 0


def _is_true(formula: Formula, values: Mapping[str, Exact], holds: bool = True) -> bool:
    """Whether a formula, or where it should not hold its negation, is true; what is not decided is taken to be."""
    if isinstance(formula, Atom):
        total = formula.form.constant + sum(factor * values[unknown.key] for unknown, factor in formula.form.terms)
        is_so = {"<": total < 0, "<=": total <= 0, "==": total == 0, "!=": total != 0}[formula.relation]
        return is_so == holds
    if isinstance(formula, Not):
        return _is_true(formula.part, values, not holds)
    if isinstance(formula, And | Or):
        every = isinstance(formula, And) == holds
        return (all if every else any)(_is_true(part, values, holds) for part in formula.parts)
    return formula.value is None or formula.value == holds

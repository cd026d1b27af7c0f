"""Linear forms over unknown quantities, and the formulas made of them: can one hold, and how far may a form go?

A form is a ``model.Linear`` whose terms stand once for each key, in order of key, without zeros:
equal forms are equal tuples. Make forms with ``of``, ``constant``, ``add`` and ``scale``.

A formula is brought into a shape without negation, in which no atom is certain by the intervals of
its unknowns alone: that answers a single inequality. The rest falls apart into groups of parts that
share no unknown, each group into conjunctions by depth-first choice, and each conjunction, with
unknowns that always stand together merged into one (a sum of independent whole numbers from
intervals is every whole number of an interval), is decided by ``omega``. Every answer is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

from checker import omega
from checker.interval import is_empty, meet, point, tighten
from checker.model import Exact, Interval, Linear, Unknown
from checker.omega import LIMIT, NOTHING, Constraint, Terms, Undecided, Work, exact, weighted
from checker.record import NamedTuple

__all__ = [
    "And", "Atom", "Formula", "Not", "Or", "Truth", "Undecided",
    "add", "bounds", "constant", "decided", "decided_apart", "domain", "of", "possible", "scale", "span",
]  # fmt: skip

# ------------------------------------------------------------------------- forms


def constant(number: Exact) -> Linear:
    """The form that is this number."""
    return Linear(exact(number))


def of(unknown: Unknown) -> Linear:
    """The form that is this unknown."""
    return Linear(0, ((unknown, 1),))


def add(*forms: Linear) -> Linear:
    """Their sum."""
    unknowns: dict[str, Unknown] = {}
    sums: dict[str, Exact] = {}
    total: Exact = 0
    for form in forms:
        total += form.constant
        for unknown, coefficient in form.terms:
            key = unknown.key
            if key in sums:
                sums[key] += coefficient
            else:
                unknowns[key], sums[key] = unknown, coefficient
    return Linear(exact(total), tuple([(unknowns[key], exact(sums[key])) for key in sorted(sums) if sums[key]]))


def scale(form: Linear, factor: Exact) -> Linear:
    """The form times a number."""
    if not factor:
        return Linear(0)
    terms = tuple([(unknown, exact(factor * coefficient)) for unknown, coefficient in form.terms])
    return Linear(exact(factor * form.constant), terms)


def span(form: Linear, conventional: bool) -> Interval:
    """The smallest interval that holds every value of the form.

    Its unknowns range independently over their literal or conventional intervals, whole ones over
    the whole numbers in them; an end that is included is a value of the form. Where an unknown can
    have no value, neither can the form: the result is ``NOTHING``.

    >>> dozens = Unknown("dozens", True, Interval(23, None, False, False), Interval(23, 100, False, False))
    >>> span(scale(of(dozens), -2), conventional=False)
    Interval(low=None, high=-48, includes_low=False, includes_high=True)
    """
    if len(form.terms) == 1 and form.terms[0][1] == 1 and not form.constant:
        only = domain(form.terms[0][0], conventional)
        if only.low is not None and only.high is not None and not is_empty(only):
            return only
    return weighted(
        [(coefficient, domain(unknown, conventional)) for unknown, coefficient in form.terms], form.constant
    )


def domain(unknown: Unknown, conventional: bool) -> Interval:
    """The interval of an unknown, for a whole one from its first to its last whole number."""
    interval = unknown.conventional if conventional else unknown.literal
    return tighten(interval) if unknown.whole else interval


def decided(span: Interval, operator: str) -> bool | None:
    """Whether every (True) or no (False) number of a span stands in that relation to nought."""
    below = span.high is not None and (span.high < 0 or (span.high == 0 and not span.includes_high))
    above = span.low is not None and (span.low > 0 or (span.low == 0 and not span.includes_low))
    if operator in ("==", "!="):
        if below or above:
            return operator == "!="
        return operator == "==" if span.low == span.high == 0 else None
    if operator == "<":
        if below:
            return True
        return False if span.low is not None and span.low >= 0 else None
    if above:
        return False
    return True if span.high is not None and span.high <= 0 else None


def decided_apart(left: Linear, right: Linear, operator: str) -> bool | None:
    """The same for two different unknowns (or numbers), as most dates are, without making their difference."""
    a, b = _alone(left), _alone(right)
    if a is None or b is None or left.terms == right.terms:
        return None
    low = None if a.low is None or b.high is None else a.low - b.high
    high = None if a.high is None or b.low is None else a.high - b.low
    return decided(
        Interval(low, high, a.includes_low and b.includes_high, a.includes_high and b.includes_low), operator
    )


def _alone(form: Linear) -> Interval | None:
    if not form.terms:
        return point(form.constant)
    (unknown, factor), *rest = form.terms
    return None if rest or factor != 1 or form.constant else domain(unknown, conventional=False)


# ------------------------------------------------------------------------- formulas


class Atom(NamedTuple):
    """The form stands in the relation ``<``, ``<=``, ``==`` or ``!=`` to 0."""

    form: Linear
    relation: str


class And(NamedTuple):
    """All parts hold."""

    parts: tuple[Formula, ...]


class Or(NamedTuple):
    """At least one part holds."""

    parts: tuple[Formula, ...]


class Not(NamedTuple):
    """The part does not hold."""

    part: Formula


class Truth(NamedTuple):
    """Always or never; with None, what cannot be decided here and may be either, by itself."""

    value: bool | None


Formula = Atom | And | Or | Not | Truth
Part = TypeVar("Part", bound=Formula)

BOUND = {"<": Interval(None, 0, False, False), "<=": Interval(None, 0, False, True), "==": Interval(0, 0)}


class _NoValue(Exception):
    """An unknown has an interval with no value in it: no choice of values exists at all."""


# ------------------------------------------------------------------------- decisions


def possible(formula: Formula, conventional: bool) -> bool | None:
    """Whether some values of all unknowns, within their intervals, make the formula true.

    Exact; None where that takes more work than ``omega.LIMIT`` allows, or where it hangs on parts
    that are not decided: False is said only if those cannot help, True only if they cannot hurt.
    """
    best = _satisfiable(formula, conventional, undecided=True)
    if best is False or not _open(formula):
        return best
    return _satisfiable(formula, conventional, undecided=False) or None


def bounds(formula: Formula, target: Linear, conventional: bool, work: Work | None = None) -> Interval | None:
    """The smallest interval that holds every value of the target where the formula holds.

    An end that is included is attained. None where no choice of values keeps the formula. What is
    not decided is taken to hold. Raises Undecided where that takes more work than is left, or where
    none is given than ``omega.LIMIT`` allows.
    """
    work = work or Work(LIMIT)
    try:
        parts = _parts(formula, conventional, undecided=True)
    except _NoValue:
        return None
    whole = span(target, conventional)
    keys = {unknown.key for unknown, _ in target.terms}
    mine: list[Formula] = []
    for group in [] if parts is None else _groups(parts):
        if any(key in keys for part in group for key in _keys(part)):
            mine.extend(group)
        elif not _some(group, conventional, work):
            return None
    if parts is None or is_empty(whole):
        return None
    found = NOTHING
    for atoms in _cases(mine, conventional, work):
        found = _hull(found, _extent(atoms, target, conventional, work) if atoms else whole)
        if found == whole:
            break
    return None if is_empty(found) else found


def _solved(atom: Atom, target: Linear, conventional: bool) -> Interval | None:
    """What one comparison leaves a single unknown, if its other side takes every value between its ends."""
    factors = {unknown.key: factor for unknown, factor in atom.form.terms}
    if len(target.terms) != 1 or target.constant or target.terms[0][1] != 1 or atom.relation == "!=":
        return None
    unknown = target.terms[0][0]
    factor = factors.get(unknown.key)
    if factor is None or (atom.relation == "==" and not _has_no_gaps(atom.form)):
        return None
    rest = Linear(atom.form.constant, tuple(term for term in atom.form.terms if term[0].key != unknown.key))
    low, high, includes_low, includes_high = weighted([(Fraction(-1) / factor, span(rest, conventional))])
    if atom.relation != "==":
        strict = atom.relation == "<"
        if factor > 0:
            low, includes_low, includes_high = None, False, includes_high and not strict
        else:
            high, includes_high, includes_low = None, False, includes_low and not strict
    found = meet(Interval(low, high, includes_low, includes_high), domain(unknown, conventional))
    return tighten(found) if unknown.whole else found


def _has_no_gaps(form: Linear) -> bool:
    """Whether a form takes all numbers between its ends, or all whole ones: reals alone, or wholes each once."""
    if not any(unknown.whole for unknown, _ in form.terms):
        return True
    return form.constant.denominator == 1 and all(unknown.whole and abs(factor) == 1 for unknown, factor in form.terms)


def _satisfiable(formula: Formula, conventional: bool, undecided: bool) -> bool | None:
    work = Work(LIMIT)
    try:
        parts = _parts(formula, conventional, undecided)
        return parts is not None and all(_some(group, conventional, work) for group in _groups(parts))
    except _NoValue:
        return False
    except Undecided:
        return None


def _parts(formula: Formula, conventional: bool, undecided: bool) -> list[Formula] | None:
    """What must hold together, nothing of it certain; None where it cannot."""
    plain = _plain(formula, True, conventional, undecided)
    if isinstance(plain, Truth):
        return [] if plain.value else None
    return _conjuncts(plain)


def _open(formula: Formula) -> bool:
    if isinstance(formula, And | Or):
        return any(_open(part) for part in formula.parts)
    if isinstance(formula, Not):
        return _open(formula.part)
    return isinstance(formula, Truth) and formula.value is None


# ------------------------------------------------------------------------- certainty


def _plain(formula: Formula, holds: bool, conventional: bool, undecided: bool) -> Formula:
    """The formula, or where it should not hold its negation, of And, Or and uncertain ``< <= ==`` alone."""
    if isinstance(formula, Atom):
        return _uncertain(formula if holds else _negation(formula), conventional)
    if isinstance(formula, Truth):
        return Truth(undecided if formula.value is None else formula.value == holds)
    if isinstance(formula, Not):
        return _plain(formula.part, not holds, conventional, undecided)
    parts = [_plain(part, holds, conventional, undecided) for part in formula.parts]
    return _joined(parts, isinstance(formula, And) == holds)


def _joined(parts: Iterable[Formula], every: bool) -> Formula:
    """All of the parts, or any of them, without those that are certain."""
    rest = []
    for part in parts:
        if not isinstance(part, Truth):
            rest.append(part)
        elif part.value is not every:
            return part
    if len(rest) == 1:
        return rest[0]
    return (And(tuple(rest)) if every else Or(tuple(rest))) if rest else Truth(every)


def _negation(atom: Atom) -> Atom:
    form, relation = atom
    if relation in ("<", "<="):
        return Atom(scale(form, -1), "<=" if relation == "<" else "<")
    return Atom(form, "!=" if relation == "==" else "==")


def _uncertain(atom: Atom, conventional: bool) -> Formula:
    extent = span(atom.form, conventional)
    if extent == NOTHING:
        raise _NoValue
    certain = _certain(atom.relation, extent)
    if certain is not None:
        return Truth(certain)
    if atom.relation != "!=":
        return atom
    sides = Atom(atom.form, "<"), Atom(scale(atom.form, -1), "<")
    return _joined((_uncertain(side, conventional) for side in sides), False)


def _certain(relation: str, extent: Interval) -> bool | None:
    """Whether every number of the extent is in the relation to 0 (True), none is (False), or some are."""
    low, high, includes_low, includes_high = extent
    if relation == "!=":
        equal = _certain("==", extent)
        return None if equal is None else not equal
    above = low is not None and (low > 0 or (low == 0 and (relation == "<" or not includes_low)))
    if relation == "==":
        below = high is not None and (high < 0 or (high == 0 and not includes_high))
        return False if above or below else True if low == high == 0 else None
    if above:
        return False
    under = high is not None and (high < 0 or (high == 0 and (relation == "<=" or not includes_high)))
    return True if under else None


# ------------------------------------------------------------------------- cases


def _conjuncts(formula: Formula) -> list[Formula]:
    if isinstance(formula, And):
        return [conjunct for part in formula.parts for conjunct in _conjuncts(part)]
    return [formula]


def _keys(formula: Formula) -> Iterator[str]:
    if isinstance(formula, Atom):
        for unknown, _ in formula.form.terms:
            yield unknown.key
    elif isinstance(formula, And | Or):
        for part in formula.parts:
            yield from _keys(part)


def _groups(parts: Sequence[Part]) -> list[list[Part]]:
    """The parts, together where they share an unknown or are linked by others that do."""
    leader = list(range(len(parts)))

    def root(index: int) -> int:
        while leader[index] != index:
            leader[index] = index = leader[leader[index]]
        return index

    first: dict[str, int] = {}
    for index, part in enumerate(parts):
        for key in _keys(part):
            leader[root(index)] = root(first.setdefault(key, index))
    groups: dict[int, list[Part]] = {}
    for index, part in enumerate(parts):
        groups.setdefault(root(index), []).append(part)
    return list(groups.values())


def _some(parts: Sequence[Formula], conventional: bool, work: Work) -> bool:
    return any(True for _ in _cases(parts, conventional, work))


def _cases(parts: Sequence[Formula], conventional: bool, work: Work) -> Iterator[list[Atom]]:
    """The conjunctions that the parts come to by one choice in each Or, those that can hold."""
    pending = [list(parts)]
    while pending:
        parts = pending.pop()
        work.spend(len(parts))
        atoms = [part for part in parts if isinstance(part, Atom)]
        if not all(_together(group, conventional, work) for group in _groups(atoms)):
            continue
        choices = [part for part in parts if isinstance(part, Or)]
        if not choices:
            yield atoms
            continue
        rest: list[Formula] = [*atoms, *choices[1:]]
        pending.extend([*rest, *_conjuncts(option)] for option in reversed(choices[0].parts))


# ------------------------------------------------------------------------- conjunctions


def _together(atoms: Sequence[Atom], conventional: bool, work: Work) -> bool:
    """Whether uncertain atoms hold together. One alone mostly does, for some value within its span."""
    if len(atoms) == 1:
        form, relation = atoms[0]
        if relation != "==":
            return True
        (whole, column), *others = _alike([form])
        if not others:  # one variable: any real, or every whole number
            return not whole or (Fraction(form.constant) / column[0][1]).denominator == 1
    constraints, reals, _ = _constraints(atoms, Linear(0), conventional)
    return omega.feasible(constraints, reals, work)


def _extent(atoms: Sequence[Atom], target: Linear, conventional: bool, work: Work) -> Interval:
    if len(atoms) == 1 and (solved := _solved(atoms[0], target, conventional)) is not None:
        return solved
    constraints, reals, terms = _constraints(atoms, target, conventional)
    low, includes_low = omega.least(constraints, terms, reals, work)
    mirrored = tuple((variable, -coefficient) for variable, coefficient in terms)
    high, includes_high = omega.least(constraints, mirrored, reals, work)
    extent = Interval(low, None if high is None else -high, includes_low, includes_high)
    return weighted([(1, extent)], target.constant)


def _constraints(
    atoms: Sequence[Atom], target: Linear, conventional: bool
) -> tuple[list[Constraint], frozenset[int], Terms]:
    """The atoms and the intervals of their unknowns as constraints, which variables are reals, the target.

    Unknowns whose coefficients are in one proportion everywhere become one variable: reals in any
    proportion, whole numbers where their coefficients are the same but for the sign.
    """
    rows: list[list[tuple[int, Exact]]] = [[] for _ in (*atoms, target)]
    constraints: list[Constraint] = []
    reals = set()
    for variable, ((whole, column), members) in enumerate(_alike([*(atom.form for atom in atoms), target]).items()):
        for row, coefficient in column:
            rows[row].append((variable, coefficient))
        constraints.append((((variable, 1),), span(Linear(0, tuple(members)), conventional)))
        if not whole:
            reals.add(variable)
    for atom, terms in zip(atoms, rows, strict=False):
        constraints.append((tuple(terms), weighted([(1, BOUND[atom.relation])], -atom.form.constant)))
    return constraints, frozenset(reals), tuple(rows[-1])


def _alike(forms: Sequence[Linear]) -> dict[tuple[bool, Terms], list[tuple[Unknown, Exact]]]:
    """The unknowns with their factors, by whether they are whole and their coefficients over that factor."""
    columns: dict[str, tuple[Unknown, list[tuple[int, Exact]]]] = {}
    for row, form in enumerate(forms):
        for unknown, coefficient in form.terms:
            columns.setdefault(unknown.key, (unknown, []))[1].append((row, coefficient))
    alike: dict[tuple[bool, Terms], list[tuple[Unknown, Exact]]] = {}
    for unknown, column in columns.values():
        lead = column[0][1]
        factor = lead if not unknown.whole else 1 if lead > 0 else -1
        shape = tuple((row, exact(Fraction(coefficient) / factor)) for row, coefficient in column)
        alike.setdefault((unknown.whole, shape), []).append((unknown, factor))
    return alike


def _hull(one: Interval, other: Interval) -> Interval:
    """The smallest interval that holds both."""
    if is_empty(one) or is_empty(other):
        return other if is_empty(one) else one
    low, includes_low = _wider(one.low, one.includes_low, other.low, other.includes_low, 1)
    high, includes_high = _wider(one.high, one.includes_high, other.high, other.includes_high, -1)
    return Interval(low, high, includes_low, includes_high)


def _wider(a: Exact | None, has_a: bool, b: Exact | None, has_b: bool, side: int) -> tuple[Exact | None, bool]:
    if a is None or b is None:
        return None, False
    if a == b:
        return a, has_a or has_b
    return (a, has_a) if side * (b - a) > 0 else (b, has_b)

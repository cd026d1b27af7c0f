"""Forms, and what is possible: by hand, by enumeration and by z3. CHECKER_EXAMPLES sets how many systems are tried."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from checker import linear
from checker.linear import (
    And,
    Atom,
    Formula,
    Not,
    Or,
    Truth,
    Undecided,
    add,
    bounds,
    constant,
    of,
    possible,
    scale,
    span,
)
from checker.model import EVERYTHING, Exact, Interval, Linear, Unknown
from checker.omega import NOTHING

RELATIONS = {"<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne}
many = settings(
    max_examples=int(os.environ.get("CHECKER_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def unknown(key: str, whole: bool, *literal: Any) -> Linear:
    return of(Unknown(key, whole, Interval(*literal), Interval(*literal)))


def minus(one: Linear, other: Linear | Exact) -> Linear:
    return add(one, scale(other if isinstance(other, Linear) else constant(other), -1))


def atom(left: Linear, relation: str, right: Linear | Exact) -> Atom:
    return Atom(minus(left, right), relation)


A, B, C = (unknown(key, True, 0, 10) for key in "abc")
N = unknown("n", True, 0, None)
X, Y = (unknown(key, False, 0, 1, False, False) for key in "xy")
P, Q = (unknown(key, False, 0, 1) for key in "pq")


# ------------------------------------------------------------------------- forms


def test_a_form_is_kept_in_order_and_without_zeros() -> None:
    assert add(B, A, B) == Linear(0, ((A.terms[0][0], 1), (B.terms[0][0], 2)))
    assert add(A, scale(A, -1)) == constant(0) == scale(A, 0)


def test_unknowns_of_one_key_are_one() -> None:
    assert add(unknown("a", True, 0, 10), unknown("a", True, 0, 10)) == scale(A, 2)


def test_whole_numbers_are_ints() -> None:
    form = add(scale(A, Fraction(1, 2)), scale(A, Fraction(1, 2)), constant(Fraction(1, 2)), constant(Fraction(1, 2)))
    assert form == add(A, constant(1))
    assert type(form.constant) is int
    assert type(form.terms[0][1]) is int
    assert type(span(add(scale(A, Fraction(1, 2)), constant(3)), False).high) is int


def test_span_of_whole_unknowns_ends_at_whole_numbers() -> None:
    assert span(unknown("a", True, 2000, None, False, False), False) == Interval(2001, None, True, False)
    assert span(unknown("a", True, Fraction(1, 2), Fraction(7, 2)), False) == Interval(1, 3)
    assert span(scale(unknown("a", True, 2, 5, True, False), -1), False) == Interval(-4, -2)


def test_span_of_reals_keeps_open_ends() -> None:
    form = add(unknown("x", False, 0, 1, False, True), scale(unknown("y", False, 0, 1, False, True), -2))
    assert span(form, False) == Interval(-2, 1, False, False)
    assert span(scale(unknown("x", False, 0, 1, False, True), -2), False) == Interval(-2, 0, True, False)


def test_span_takes_the_intervals_asked_for() -> None:
    about = Unknown("a", True, Interval(90, 110), Interval(95, 104, True, False))
    assert span(of(about), False) == Interval(90, 110)
    assert span(of(about), True) == Interval(95, 103)


def test_no_bound_is_never_included() -> None:
    assert span(unknown("x", False, None, None, True, True), False) == EVERYTHING


def test_a_form_of_an_impossible_unknown_has_no_value() -> None:
    assert span(add(A, unknown("c", True, 2, 3, False, False)), False) == NOTHING


# ------------------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (atom(A, "<=", A), True),
        (Not(atom(A, "<=", A)), False),
        (atom(A, "!=", A), False),
        (atom(scale(A, 2), "==", 3), False),
        (atom(scale(X, 2), "==", 1), True),
        (atom(add(scale(A, 3), scale(B, 5)), "==", 7), False),
        (atom(add(scale(A, 3), scale(B, 5)), "==", 8), True),
        (atom(add(scale(A, 6), scale(B, 10), scale(N, -14)), "==", 7), False),
        (atom(add(scale(A, Fraction(1, 3)), scale(B, Fraction(1, 5))), "==", Fraction(1, 15)), False),
        (atom(add(scale(A, Fraction(1, 3)), scale(N, Fraction(-1, 5))), "==", Fraction(1, 15)), True),
        (atom(X, "<=", 0), False),
        (atom(X, "<", 1), True),
        (Not(atom(X, "<", 1)), False),
        (atom(add(X, Y), "==", 2), False),
        (atom(add(X, A), "==", Fraction(21, 2)), True),
        (atom(add(X, A), "==", 10), False),
        (atom(add(unknown("one", False, 1, 1), scale(A, 2)), "==", 2), False),
        (atom(add(X, A), "==", 11), False),
        (And((atom(X, "<", Y), atom(Y, "<", X))), False),
        (And((atom(X, "<=", Y), atom(Y, "<=", X))), True),
        (And((atom(X, "<=", Y), atom(Y, "<=", X), atom(X, "!=", Y))), False),
        (And((Not(atom(add(P, Q), "<=", 0)), atom(add(P, Q, Q), "<=", 0))), False),
        (And((atom(add(P, Q), "<", 2), Not(atom(add(P, Q, Q), "<", 3)))), False),
        (And((atom(A, "<", B), atom(B, "<", add(A, constant(1))))), False),
        (And((atom(A, "<", B), atom(B, "<", add(A, X)))), False),
        (And((atom(A, "<", add(B, X)), atom(B, "<", A))), False),
        (And((atom(A, "<=", 3), atom(A, "!=", 3), Not(atom(A, "<", 3)))), False),
        (And((Or((atom(A, "==", 3), atom(A, "==", 5))), Or((atom(A, "==", 4), atom(A, "==", 5))))), True),
        (And((Or((atom(A, "==", 3), atom(A, "==", 5))), Or((atom(A, "==", 4), atom(A, "==", 6))))), False),
        (And((atom(N, "<=", A), atom(N, "<", X))), True),
        (And(()), True),
        (Or(()), False),
    ],
)
def test_possible(formula: Formula, expected: bool) -> None:
    assert possible(formula, False) is expected


def test_the_conventional_intervals_are_others() -> None:
    over = of(Unknown("a", True, Interval(700, None, False, False), Interval(700, 800, False, False)))
    assert possible(atom(over, "<", 800), True) is True
    assert possible(Not(atom(over, "<", 800)), False) is True
    assert possible(Not(atom(over, "<", 800)), True) is False
    assert bounds(Truth(True), over, True) == Interval(701, 799)


@pytest.mark.parametrize("formula", [Truth(True), Or((Truth(True), atom(A, "<", 3))), Not(atom(A, "<", 3))])
def test_no_choice_exists_where_an_unknown_has_no_value(formula: Formula) -> None:
    nothing = unknown("e", True, 2, 3, False, False)
    for of_it in (atom(nothing, "<=", A), Not(atom(nothing, "<=", A)), atom(nothing, "!=", 0)):
        assert possible(Or((formula, of_it)), False) is False
        assert bounds(Or((formula, of_it)), A, False) is None
    assert bounds(formula, nothing, False) is None


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (Truth(None), None),
        (Not(Truth(None)), None),
        (And((Truth(None), atom(A, "<", 0))), False),
        (And((Truth(None), atom(A, "<", 1))), None),
        (Or((Truth(None), atom(A, "<", 1))), True),
        (Not(And((Truth(None), atom(A, "<", 0)))), True),
        (Not(Or((Truth(None), atom(A, "<=", 10)))), False),
    ],
)
def test_what_is_undecided_decides_only_where_it_does_not_matter(formula: Formula, expected: bool | None) -> None:
    assert possible(formula, False) is expected


def test_large_and_small_numbers_in_one_system() -> None:
    budget, share = unknown("budget", True, 10**15, 2 * 10**15), unknown("share", False, 0, 1)
    part = scale(budget, Fraction(1, 1000))
    assert bounds(atom(part, "==", share), share, False) is None
    assert possible(atom(part, "<=", add(constant(10**12), scale(share, Fraction(1, 1000)))), False) is True
    off = And((atom(part, "<", add(constant(10**12), scale(share, Fraction(1, 1000)))), Not(atom(part, "<=", 10**12))))
    assert possible(off, False) is False
    assert bounds(atom(part, "<=", add(constant(10**12), share)), budget, False) == Interval(10**15, 10**15 + 1000)


def test_a_sum_of_many_facts_is_one_unknown() -> None:
    batches = add(*(unknown(f"n{number}", True, 1, 2 + number % 2) for number in range(3000)))
    total = unknown("total", True, 0, 10**6)
    formula = And((atom(batches, "==", total), atom(total, "<=", 3000), atom(batches, "!=", total)))
    assert possible(formula, False) is False
    assert possible(And(formula.parts[:2]), False) is True
    assert bounds(formula.parts[0], total, False) == Interval(3000, 7500)


def test_groups_without_shared_unknowns_are_decided_by_themselves() -> None:
    pairs = [(unknown(f"a{number}", True, 0, 3), unknown(f"b{number}", True, 0, 3)) for number in range(300)]
    apart = [Or((atom(minus(a, b), "==", 1), atom(minus(b, a), "==", 1))) for a, b in pairs]
    assert possible(And(tuple(apart)), False) is True
    a, b = pairs[-1]
    assert possible(And((*apart, atom(a, "==", b))), False) is False
    assert bounds(And((*apart, atom(a, "<", b))), b, False) == Interval(1, 3)


def test_what_takes_too_long_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "LIMIT", 20_000)
    pigeons = [unknown(f"p{number}", True, 0, 12) for number in range(14)]
    formula = And(tuple(atom(a, "!=", b) for index, a in enumerate(pigeons) for b in pigeons[:index]))
    assert possible(formula, False) is None
    with pytest.raises(Undecided):
        bounds(formula, pigeons[0], False)


@pytest.mark.parametrize(
    ("formula", "target", "expected"),
    [
        (Truth(True), add(A, X), Interval(0, 11, False, False)),
        (Truth(False), A, None),
        (atom(add(A, B), "<=", 7), A, Interval(0, 7)),
        (atom(add(A, B), "<=", 7), C, Interval(0, 10)),
        (And((atom(add(A, B), "<=", 7), atom(C, "<", 0))), A, None),
        (atom(scale(A, 2), "==", add(scale(N, 3), constant(4))), N, Interval(0, 4)),
        (atom(scale(A, 2), "==", add(scale(N, 3), constant(4))), A, Interval(2, 8)),
        (atom(N, "<=", N), N, Interval(0, None, True, False)),
        (atom(N, "<", add(A, X)), N, Interval(0, 10)),
        (atom(scale(X, 3), "==", N), X, Interval(Fraction(1, 3), Fraction(2, 3))),
        (Not(atom(add(P, Q), "<=", 0)), add(P, Q, Q), Interval(0, 3, False, True)),
        (atom(X, "<", Y), minus(X, Y), Interval(-1, 0, False, False)),
        (Or((atom(A, "<", 2), Not(atom(A, "<", 9)))), A, Interval(0, 10)),
        (Or((And((atom(A, "<", 8), atom(A, "!=", 0))), atom(A, "==", 9))), A, Interval(1, 9)),
        (Truth(True), constant(3), Interval(3, 3)),
        (And((atom(A, "<", B), atom(B, "<", C))), add(A, scale(C, -1)), Interval(-10, -2)),
    ],
)
def test_bounds(formula: Formula, target: Linear, expected: Interval | None) -> None:
    assert bounds(formula, target, False) == expected


# ------------------------------------------------------------------------- random formulas

small = st.integers(-5, 5)
coefficients = st.one_of(small, small, st.fractions(-5, 5, max_denominator=4)).filter(bool)


@st.composite
def unknowns(draw: st.DrawFn, kinds: st.SearchStrategy[bool], unbounded: bool) -> list[Unknown]:
    found = []
    for key in "abcd"[: draw(st.integers(1, 4))]:
        low = draw(st.one_of(small, st.fractions(-5, 5, max_denominator=3)))
        high = low + draw(st.one_of(st.integers(0, 3), st.fractions(0, 3, max_denominator=3)))
        open_low, open_high = (draw(st.integers(0, 5)) == 0 if unbounded else False for _ in "lh")
        interval = Interval(
            None if open_low else low,
            None if open_high else high,
            draw(st.booleans()) and not open_low,
            draw(st.booleans()) and not open_high,
        )
        found.append(Unknown(key, draw(kinds), interval, EVERYTHING))
    return found


def forms(among: list[Unknown]) -> st.SearchStrategy[Linear]:
    term = st.builds(lambda item, factor: scale(of(item), factor), st.sampled_from(among), coefficients)
    offset = st.one_of(st.integers(-9, 9), st.fractions(-9, 9, max_denominator=4)).map(constant)
    return st.builds(lambda terms, number: add(number, *terms), st.lists(term, min_size=1, max_size=4), offset)


def formulas(among: list[Unknown], undecided: bool = False) -> st.SearchStrategy[Formula]:
    atoms: st.SearchStrategy[Formula] = st.builds(Atom, forms(among), st.sampled_from(list(RELATIONS)))
    if undecided:
        atoms = st.one_of(atoms, atoms, st.sampled_from([None, True, False]).map(Truth))
    found = atoms
    for _ in range(3):
        parts = st.lists(found, min_size=1, max_size=3).map(tuple)
        found = st.one_of(atoms, parts.map(And), parts.map(And), parts.map(Or), found.map(Not))
    return found


def value(form: Linear, point: Mapping[str, Exact]) -> Exact:
    return form.constant + sum(factor * point[item.key] for item, factor in form.terms)


def holds(formula: Formula, point: Mapping[str, Exact], undecided: Iterator[bool]) -> bool:
    if isinstance(formula, Atom):
        return bool(RELATIONS[formula.relation](value(formula.form, point), 0))
    if isinstance(formula, Truth):
        return next(undecided) if formula.value is None else formula.value
    if isinstance(formula, Not):
        return not holds(formula.part, point, undecided)
    parts = [holds(part, point, undecided) for part in formula.parts]
    return all(parts) if isinstance(formula, And) else any(parts)


def points(among: list[Unknown]) -> list[dict[str, Exact]]:
    ranges = []
    for _, _, (low, high, includes_low, includes_high), _ in among:
        assert low is not None
        assert high is not None
        inside = [n for n in range(-6, 10) if low <= n <= high]
        ranges.append([n for n in inside if (n != low or includes_low) and (n != high or includes_high)])
    return [dict(zip((item.key for item in among), point, strict=True)) for point in product(*ranges)]


def count_undecided(formula: Formula) -> int:
    if isinstance(formula, And | Or):
        return sum(map(count_undecided, formula.parts))
    return count_undecided(formula.part) if isinstance(formula, Not) else formula == Truth(None)


def used(formula: Formula) -> set[str]:
    if isinstance(formula, And | Or):
        return set().union(*map(used, formula.parts))
    if isinstance(formula, Not):
        return used(formula.part)
    return {item.key for item, _ in formula.form.terms} if isinstance(formula, Atom) else set()


@given(st.data(), coefficients)
def test_adding_and_scaling_commute(data: st.DataObject, factor: Exact) -> None:
    one, other = (data.draw(forms([form.terms[0][0] for form in (A, B)])) for _ in "ab")
    assert add(one, other) == add(other, one)
    assert scale(add(one, other), factor) == add(scale(one, factor), scale(other, factor))


@many
@given(st.data())
def test_whole_numbers_agree_with_enumeration(data: st.DataObject) -> None:
    among = data.draw(unknowns(st.just(True), unbounded=False))
    formula = data.draw(formulas(among))
    target = data.draw(forms(among))
    named = used(formula) | {item.key for item, _ in target.terms}
    among = [item for item in among if item.key in named]
    reached = [value(target, point) for point in points(among) if holds(formula, point, iter(()))]
    found = bounds(formula, target, False)
    assert found == (Interval(min(reached), max(reached)) if reached else None)
    among = [item for item in among if item.key in used(formula)]
    assert possible(formula, False) is any(holds(formula, point, iter(())) for point in points(among))


@many
@given(st.data())
def test_undecided_parts_agree_with_enumeration(data: st.DataObject) -> None:
    among = data.draw(unknowns(st.just(True), unbounded=False))[:2]
    formula = data.draw(formulas(among, undecided=True))
    among = [item for item in among if item.key in used(formula)]
    free = list(product([True, False], repeat=min(count_undecided(formula), 6)))
    outcomes = [[holds(formula, point, iter((*choice, *[True] * 99))) for choice in free] for point in points(among)]
    if count_undecided(formula) <= 6:
        surely, perhaps = any(map(all, outcomes)), any(map(any, outcomes))
        assert possible(formula, False) is (True if surely else None if perhaps else False)


class Peer:
    """The same formulas for z3."""

    def __init__(self, z3: Any, among: list[Unknown]) -> None:
        self.z3 = z3
        self.of = {item.key: z3.Int(item.key) if item.whole else z3.Real(item.key) for item in among}
        self.domain = [condition for item in among for condition in self._ends(self.of[item.key], item.literal)]

    def _number(self, number: Exact) -> Any:
        return self.z3.Q(number.numerator, number.denominator)

    def _ends(self, quantity: Any, interval: Interval) -> Iterator[Any]:
        low, high, includes_low, includes_high = interval
        if low is not None:
            yield quantity >= self._number(low) if includes_low else quantity > self._number(low)
        if high is not None:
            yield quantity <= self._number(high) if includes_high else quantity < self._number(high)

    def form(self, form: Linear) -> Any:
        terms = [self._number(factor) * self._real(self.of[item.key]) for item, factor in form.terms]
        return self.z3.Sum([self._number(form.constant), *terms])

    def _real(self, quantity: Any) -> Any:
        return self.z3.ToReal(quantity) if quantity.is_int() else quantity

    def formula(self, formula: Formula) -> Any:
        if isinstance(formula, Atom):
            return RELATIONS[formula.relation](self.form(formula.form), 0)
        if isinstance(formula, Not):
            return self.z3.Not(self.formula(formula.part))
        assert isinstance(formula, And | Or)
        return (self.z3.And if isinstance(formula, And) else self.z3.Or)(*map(self.formula, formula.parts))

    def possible(self, *conditions: Any) -> bool:
        solver = self.z3.Solver()
        solver.set("timeout", 2_000)
        solver.add(*self.domain, *conditions)
        found = solver.check()
        assume(found != self.z3.unknown)  # it gives some unbounded whole numbers up
        return bool(found == self.z3.sat)


@many
@given(st.data())
def test_mixed_numbers_agree_with_z3(data: st.DataObject) -> None:
    z3 = pytest.importorskip("z3")
    among = data.draw(unknowns(st.booleans(), unbounded=True))
    formula = data.draw(formulas(among))
    peer = Peer(z3, [item for item in among if item.key in used(formula)])
    assert possible(formula, False) is peer.possible(peer.formula(formula))


@many
@given(st.data())
def test_bounds_of_mixed_numbers_agree_with_z3(data: st.DataObject) -> None:
    z3 = pytest.importorskip("z3")
    among = data.draw(unknowns(st.booleans(), unbounded=True))
    formula, target = data.draw(formulas(among)), data.draw(forms(among))
    named = used(formula) | {item.key for item, _ in target.terms}
    peer = Peer(z3, [item for item in among if item.key in named])
    rule, goal = peer.formula(formula), peer.form(target)
    found = bounds(formula, target, False)
    assert (found is not None) is peer.possible(rule)
    if found is None:
        return
    for end, included, side in ((found.low, found.includes_low, 1), (found.high, found.includes_high, -1)):
        if end is None:
            assert peer.possible(rule, side * goal < -(10**9))
            continue
        number = z3.Q(end.numerator, end.denominator)
        assert not peer.possible(rule, side * goal < side * number)
        assert peer.possible(rule, goal == number) is included
        assert peer.possible(rule, side * goal < side * number + z3.Q(1, 10**6))

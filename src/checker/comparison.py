"""A formula as rows: the comparisons in it that have to hold whatever else does, each a sum that is at most nought."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import eq, le, lt, ne

from checker import linear
from checker.linear import And, Atom, Formula, Not, Or
from checker.model import Exact, Linear, Unknown
from checker.record import NamedTuple

HOLDS: dict[str, Callable[[Exact, Exact], bool]] = {"<": lt, "<=": le, "==": eq, "!=": ne}

Values = Mapping[str, Exact]


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


def is_plain(formula: Formula, holds: bool = True) -> bool:
    """Whether the rows of a formula are all that it says."""
    if isinstance(formula, Not):
        return is_plain(formula.part, not holds)
    if isinstance(formula, Atom):
        return formula.relation != ("!=" if holds else "==")
    if isinstance(formula, And | Or):
        return isinstance(formula, And) == holds and all(is_plain(part, holds) for part in formula.parts)
    return formula.value is None or formula.value == holds


def _row(form: Linear, number: int, strict: bool) -> Row:
    whole = form.constant.denominator == 1 and all(
        unknown.whole and factor.denominator == 1 for unknown, factor in form.terms
    )
    terms = tuple((unknown.key, factor) for unknown, factor in form.terms)
    return Row(number, terms, form.constant + (strict and whole), strict and not whole)


def unknowns(formula: Formula) -> Iterator[tuple[str, Unknown]]:
    """The unknowns of a formula, with their keys."""
    if isinstance(formula, Atom):
        for unknown, _ in formula.form.terms:
            yield unknown.key, unknown
    elif isinstance(formula, Not):
        yield from unknowns(formula.part)
    elif isinstance(formula, And | Or):
        for part in formula.parts:
            yield from unknowns(part)


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

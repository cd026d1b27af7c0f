"""One comparison of figures that are all exact: what is said of it in general, by plain arithmetic.

Most of what is found is such a match, in which every fact is needed: then each of them alone may be
wrong, and how far it would have to move is what the others leave of the comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import eq, le, lt

from checker import interval
from checker.hold import Held, widest
from checker.linear import And, Atom, Formula
from checker.model import Exact, Fact, Interval, Unknown
from checker.omega import exact
from checker.record import NamedTuple

MAX_TERMS = 20  # of more, not all ways to repair it may be looked at
HOLDS: dict[str, Callable[[Exact, int], bool]] = {"<": lt, "<=": le, "==": eq}


class Weight(NamedTuple):
    """A fact, how often it counts, the one number that it states, and where it would have to be instead."""

    fact: Fact
    unknown: Unknown
    factor: Exact
    figure: Exact
    to: Interval


class Balance(NamedTuple):
    """The figures, each so many times, and a constant come to a total that is not ``< <= ==`` 0 as it should be.

    None of them can be left out: with any other free, there are numbers that keep the comparison.
    """

    weights: Mapping[str, Weight]  # by id of the fact
    total: Exact
    atom: Atom

    def holds(self, figures: Mapping[str, Exact]) -> bool:
        """Whether the comparison holds with other figures, by id of their facts."""
        moved = (self.weights[id].factor * (figure - self.weights[id].figure) for id, figure in figures.items())
        return HOLDS[self.atom.relation](self.total + sum(moved), 0)


def of(held: Held, conventional: bool) -> Balance | None:
    """The balance of a match that is not kept; None where it is not one comparison of exact figures, each needed."""
    atom = _atom(held.formula)
    figures = None if atom is None else _figures(atom, held.facts, conventional)
    if atom is None or not figures:
        return None
    total = atom.form.constant
    for unknown, factor in atom.form.terms:
        total += factor * figures[unknown.key]
    if HOLDS[atom.relation](total, 0):
        return None
    weights: dict[str, Weight] = {}
    for unknown, factor in atom.form.terms:
        fact, stated = held.facts[unknown.key], figures[unknown.key]
        to = _left(fact, unknown, factor, factor * stated - total, atom.relation)
        if interval.is_empty(to):
            return None
        weights[unknown.key] = Weight(fact, unknown, factor, stated, to)
    return Balance(weights, total, atom)


def _figures(atom: Atom, facts: Mapping[str, Fact], conventional: bool) -> Mapping[str, Exact] | None:
    """The number that each quantity of a comparison is; None where one is not exact, or no fact that was read."""
    if atom.relation not in HOLDS or len(atom.form.terms) > MAX_TERMS:
        return None
    figures: dict[str, Exact] = {}
    for unknown, _ in atom.form.terms:
        stated = figure(unknown.conventional if conventional else unknown.literal, whole=unknown.whole)
        fact = facts.get(unknown.key)
        if stated is None or fact is None or fact.derivation is not None:
            return None
        figures[unknown.key] = stated
    return figures


def _atom(formula: Formula) -> Atom | None:
    while isinstance(formula, And) and len(formula.parts) == 1:
        formula = formula.parts[0]
    return formula if isinstance(formula, Atom) else None


def figure(values: Interval, *, whole: bool) -> Exact | None:
    """The one number of an interval, if it has one, and with ``whole`` if that is whole."""
    low, high, includes_low, includes_high = values
    is_one = low is not None and low == high and includes_low and includes_high
    return low if is_one and low is not None and (not whole or low.denominator == 1) else None


def _left(fact: Fact, unknown: Unknown, factor: Exact, rest: Exact, relation: str) -> Interval:
    """All that a type allows where so often a quantity stands in a relation to the rest."""
    limit = rest * factor if factor in (1, -1) else exact(Fraction(rest) / factor)
    low = limit if factor < 0 or relation == "==" else None
    high = limit if factor > 0 or relation == "==" else None
    includes = relation != "<"
    side = Interval(low, high, includes and low is not None, includes and high is not None)
    return interval.meet(interval.tighten(side) if unknown.whole else side, widest(fact))

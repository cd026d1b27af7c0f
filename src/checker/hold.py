"""A match -> the formula that holds where its rule is kept, over one unknown for each fact that a source claims.

Derived facts are replaced by what they come from. Facts that tell the same thing, which a sum takes
once, are equal where such a sum is made. What ``abs``, ``min`` and ``max`` make on the way is known
by its definition alone, so that it moves with the facts that it is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from checker import interval, linear, match, narrow, phrase
from checker.ground import Absent, Ground, Undefined, value
from checker.linear import And, Atom, Formula, Not, Or
from checker.model import EVERYTHING, Exact, Fact, Interval, Linear, Match, Unknown, Vocabulary
from checker.omega import LIMIT, Work
from checker.record import NamedTuple

CALENDAR = Interval(date.min.toordinal(), date.max.toordinal())  # what can be written as a day
Forms = Mapping[str, Linear]  # what stands in place of an unknown, by its key


class NotLinear(Exception):
    """The rule multiplies or divides facts that are both open: it takes no part in what is decided together."""


class Held(NamedTuple):
    """A match, its formula, and the facts whose values are the formula's unknowns, by key (which is their id)."""

    match: Match
    formula: Formula
    facts: Mapping[str, Fact]
    unknowns: Mapping[str, Unknown]  # all of the formula's: dates, and what abs, min and max make, among them


def hold(found: Match, names: Vocabulary, ground: Ground | None = None) -> Held | None:
    """The formula of a match; None where it cannot be computed, or holds no unknown. Raises ``NotLinear``.

    ``ground`` is one of the match that decides nothing, and was asked for nothing yet.
    """
    ground = ground or Ground(found.bindings, names, decides=False)
    assert found.rule.require is not None
    try:
        formula = ground.condition(found.rule.require)
    except (Absent, Undefined):
        return None
    if not ground.is_linear:
        raise NotLinear
    facts = _all(match.facts_of(found.bindings))
    formula, unknowns = _by_fact(And((formula, *ground.sides.values())), facts, found)
    return Held(found, formula, {key: facts[key] for key in unknowns if key in facts}, unknowns) if unknowns else None


def _all(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Facts and all that they come from, by id."""
    found: dict[str, Fact] = {}
    pending = list(facts)
    while pending:
        fact = pending.pop()
        if fact.id not in found:
            found[fact.id] = fact
            pending += fact.derivation.facts if fact.derivation else ()
    return found


def derivations(facts: Iterable[Fact]) -> list[Fact]:
    """Those of the facts, and of what they come from, that are derived."""
    return [fact for fact in _all(facts).values() if fact.derivation is not None]


def _by_fact(formula: Formula, facts: Mapping[str, Fact], found: Match) -> tuple[Formula, Mapping[str, Unknown]]:
    """The formula with an unknown for each fact in place of those that a match made by itself; its unknowns."""
    meant: dict[str, Linear] = {}
    same: list[Formula] = []
    unknowns = unknowns_in(formula)
    for key, unknown in unknowns.items():
        if key.startswith("= "):  # two matches may make one of the same words from different facts
            name = f"= {match.identity(found)} {key}"
            meant[key] = linear.of(Unknown(name, unknown.whole, EVERYTHING, EVERYTHING))
        elif key not in facts and " = " in key:
            meant[key], *others = (_apart(facts[id], unknown) for id in key.split(" = "))
            same += [Atom(linear.add(meant[key], linear.scale(other, -1)), "==") for other in others]
    if not meant:
        return formula, unknowns
    formula = replaced(And((formula, *same)), meant)
    return formula, unknowns_in(formula)


def _apart(fact: Fact, together: Unknown) -> Linear:
    """One of several facts that tell the same thing; to the letter, where no usual reading suits all of them."""
    form = value(fact)
    if together.conventional != together.literal or len(form.terms) != 1:
        return form
    ((unknown, factor),) = form.terms
    return Linear(form.constant, ((unknown._replace(conventional=unknown.literal), factor),))


# ------------------------------------------------------------------------- formulas


def unknowns_in(formula: Formula) -> dict[str, Unknown]:
    """The unknowns of a formula, by key."""
    if isinstance(formula, Atom):
        return {unknown.key: unknown for unknown, _ in formula.form.terms}
    if isinstance(formula, Not):
        return unknowns_in(formula.part)
    parts = formula.parts if isinstance(formula, And | Or) else ()
    return {key: unknown for part in parts for key, unknown in unknowns_in(part).items()}


def replaced(formula: Formula, forms: Forms) -> Formula:
    """The formula with forms in place of unknowns."""
    if isinstance(formula, Atom):
        terms = [(forms.get(unknown.key), unknown, factor) for unknown, factor in formula.form.terms]
        if all(form is None for form, _, _ in terms):
            return formula
        parts = [linear.scale(form or linear.of(unknown), factor) for form, unknown, factor in terms]
        return Atom(linear.add(linear.constant(formula.form.constant), *parts), formula.relation)
    if isinstance(formula, Not):
        return Not(replaced(formula.part, forms))
    if isinstance(formula, And | Or):
        return type(formula)(tuple(replaced(part, forms) for part in formula.parts))
    return formula


def within(unknown: Unknown, values: Interval) -> Linear:
    """The same quantity, in other intervals."""
    return linear.of(unknown._replace(literal=values, conventional=values))


def free(fact: Fact, unknown: Unknown) -> Linear:
    """The quantity where nothing is known of it but its type."""
    return within(unknown, widest(fact))


def widest(fact: Fact) -> Interval:
    """All that the type of a fact allows."""
    return CALENDAR if fact.measure.type == "date" else phrase.everything(fact.measure.type)


def is_open(unknown: Unknown, conventional: bool) -> bool:
    """Whether a quantity may be more than one number."""
    values = linear.domain(unknown, conventional)
    return values.low is None or values.low != values.high


# ------------------------------------------------------------------------- decisions


def decided(formulas: Iterable[Formula], conventional: bool, work: Work | None = None) -> narrow.Answer:
    """Whether some choice of values makes all formulas true; raises Undecided where the work does not suffice."""
    formulas = tuple(formulas)
    quick = narrow.decided(formulas, conventional, work or Work(LIMIT))
    return quick or narrow.Answer(linear.bounds(And(formulas), linear.constant(0), conventional, work) is not None)


def impossible(formulas: Iterable[Formula], conventional: bool, work: Work | None = None) -> bool:
    """Whether no choice of values makes all formulas true; raises Undecided where the work does not suffice."""
    return not decided(formulas, conventional, work).possible


def room(formulas: Iterable[Formula], form: Linear, conventional: bool, work: Work | None = None) -> Interval | None:
    """The smallest interval of a form where all formulas are true, None where they cannot be; raises Undecided."""
    formulas = tuple(formulas)
    if form.constant == 0 and [factor for _, factor in form.terms] == [1]:
        quick = narrow.extent(formulas, form.terms[0][0].key, conventional, work or Work(LIMIT))
        if quick is not None:
            return None if interval.is_empty(quick) else quick
    return linear.bounds(And(formulas), form, conventional, work)


def above(form: Linear, limit: Exact, includes: bool) -> Formula:
    """The form is above a number, or with ``includes`` at least that."""
    return Atom(linear.add(linear.constant(limit), linear.scale(form, -1)), "<=" if includes else "<")


def below(form: Linear, limit: Exact, includes: bool) -> Formula:
    """The form is below a number, or with ``includes`` at most that."""
    return Atom(linear.add(form, linear.constant(-limit)), "<=" if includes else "<")


def is_apart(one: Interval, other: Interval) -> bool:
    """Whether two intervals have no number in common."""
    return interval.is_empty(interval.meet(one, other))

"""Match -> verdict, in exact arithmetic (spec, section 5). Pure: the same match gives the same verdict.

Whether some choice of values keeps a rule, and whether some choice breaks it, is decided over the
literal and then over the conventional intervals; a verdict follows from those four answers. An
answer that could not be had makes the verdict weaker, never false.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from checker import linear, unit
from checker.expression import COMPARISONS, ExpressionError, calls, conjuncts, references, show
from checker.ground import Absent, Binding, Ground, Undefined
from checker.linear import And, Formula, Not, Truth
from checker.model import Expression, Fact, Match, Operation, Side, Vocabulary
from checker.record import NamedTuple

VERDICTS = ("violated", "suspicious", "undetermined", "incomparable", "satisfied")  # in the order of reports
SEVERITIES = ("error", "warning", "note", "")  # in that order too, and before it


class Judgement(NamedTuple):
    """A verdict, and why where the rule could not be decided; ``surely`` where every literal choice keeps it."""

    verdict: str
    reason: str = ""
    surely: bool = False


class Judge:
    """Judges matches under one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.names = vocabulary
        self._compared: dict[tuple[object, ...], str] = {}

    def holds(self, condition: Expression, bindings: Sequence[tuple[str, Binding]]) -> bool | None:
        """Whether a condition holds for every reading of dates and values (True), for none (False), or for some."""
        ground = Ground(bindings, self.names)
        open_ones: list[Formula] = []
        for one in conjuncts(condition):
            try:
                formula = ground.condition(one)
            except Absent:
                return False
            except Undefined:
                formula = Truth(None)
            if _never(ground, formula, conventional=False):
                return False
            if not _always(ground, formula, conventional=False):
                open_ones.append(formula)
        if not open_ones:
            return True
        return False if _never(ground, And(tuple(open_ones)), conventional=False) else None

    def verdict(self, match: Match) -> Judgement | None:
        """The verdict on a match of a rule with ``require``; None where it names a field that is absent."""
        if not match.comparable:
            return Judgement("incomparable", f"they differ in {' or '.join(match.rule.comparable)}")
        if reason := self._incomparable(match):
            return Judgement("incomparable", reason)
        if not match.certain:
            return Judgement("undetermined", "it is open whether the rule applies to these dates and values")
        ground = Ground(match.bindings, self.names)
        assert match.rule.require is not None
        try:
            return _judged(ground, ground.condition(match.rule.require))
        except Absent:
            return None
        except Undefined as undefined:
            return Judgement("undetermined", str(undefined))

    def _incomparable(self, match: Match) -> str:
        """Why the values of a general rule's facts do not compare, if they do not (their units differ)."""
        key = (match.rule.id, *(_measured(bound) for _, bound in match.bindings))
        if key not in self._compared:
            self._compared[key] = _mismatch(match)
        return self._compared[key]

    def sides(self, match: Match, ground: Ground | None = None) -> tuple[Side | None, Side | None]:
        """Left and right of the comparison that a finding rests on: the first that is not kept by itself.

        ``ground`` is one of the match that decides nothing.
        """
        ground = ground or Ground(match.bindings, self.names, decides=False)
        try:
            comparison = self._rests_on(match, ground)
            if comparison is None:
                return None, None
            left, right = comparison.operands
            return self._side(ground, left), self._side(ground, right)
        except (Absent, Undefined):
            return None, None

    def rests_on(self, match: Match) -> Operation | None:
        """The comparison that a finding rests on; raises ``Absent`` or ``Undefined``."""
        return self._rests_on(match, Ground(match.bindings, self.names, decides=False))

    def _rests_on(self, match: Match, undecided: Ground) -> Operation | None:
        assert match.rule.require is not None
        comparisons = comparisons_in(match.rule.require)
        if len(comparisons) == 1:
            undecided.condition(comparisons[0])
            return comparisons[0]
        ground = Ground(match.bindings, self.names)
        for conventional in (False, True):
            for one in comparisons:
                if _never(ground, ground.condition(one), conventional=conventional):
                    return one
        return comparisons[0] if comparisons else None

    def _side(self, ground: Ground, expression: Expression) -> Side:
        if ground.is_text(expression):
            return Side(" or ".join(sorted(ground.text(expression) or {show(expression)})), None, None, "text")
        literal, conventional = ground.spans(ground.number(expression))
        return Side(_shown(expression), literal, conventional, ground.type(expression))


def _measured(bound: Fact | tuple[Fact, ...]) -> object:
    if isinstance(bound, Fact):
        return bound.measure.type, bound.measure.unit
    return frozenset((fact.measure.type, fact.measure.unit) for fact in bound)


def _mismatch(match: Match) -> str:
    """What does not compare: the kinds of a rule's names, checked again with the measures that they have here."""
    rule, names = match.rule, {}
    for name, bound in match.bindings:
        facts = (bound,) if isinstance(bound, Fact) else bound
        names[name] = unit.Name(unit.of(tuple(fact.measure for fact in facts)), not isinstance(bound, Fact))
    assert rule.require is not None
    try:
        unit.check(rule.require, names, unit.TRUTH)
    except ExpressionError as error:
        return error.message
    for call in calls(rule.require):
        units = names[next(references(call)).name].kind.units if call.function in ("sum", "min", "max") else None
        if units is not None and len(units) > 1:
            return f"{show(call)} puts {' and '.join(sorted(units))} together"
    return ""


def _judged(ground: Ground, formula: Formula) -> Judgement:
    if _never(ground, formula, conventional=False):
        return Judgement("violated")
    if _always(ground, formula, conventional=False):
        return Judgement("satisfied", surely=True)
    if _never(ground, formula, conventional=True):
        return Judgement("suspicious")
    if _always(ground, formula, conventional=True):
        return Judgement("satisfied")
    return Judgement("undetermined")


def _never(ground: Ground, formula: Formula, *, conventional: bool) -> bool:
    """Whether it is proved that no choice of values makes a formula true."""
    if isinstance(formula, Truth):
        return formula.value is False
    whole = And((formula, *ground.sides.values())) if ground.sides else formula
    return linear.possible(whole, conventional=conventional) is False


def _always(ground: Ground, formula: Formula, *, conventional: bool) -> bool:
    """Whether it is proved that no choice of values makes a formula false."""
    if isinstance(formula, Truth):
        return formula.value is True
    return _never(ground, Not(formula), conventional=conventional)


def comparisons_in(expression: Expression) -> list[Operation]:
    """Every comparison in a condition, from left to right."""
    if not isinstance(expression, Operation):
        return []
    if expression.operator in COMPARISONS:
        return [expression]
    return [one for part in expression.operands for one in comparisons_in(part)]


_shown = lru_cache(1 << 8)(show)  # a rule may be broken a thousand times

"""How a finding comes about, quantity by quantity: each fact, each sum of them, each comparison.

Nothing is judged here: the verdict is the judge's. These are the numbers that it had, in the order
in which a reader would write them down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker import field, ground, interval
from checker.expression import COMPARISONS, conjuncts, references, show
from checker.ground import Absent, Binding, Ground, Undefined
from checker.judge import Judge, comparisons_in
from checker.model import (
    Call,
    Cited,
    Expression,
    Fact,
    Finding,
    Interval,
    Literal,
    Match,
    Operation,
    Period,
    Reference,
    Rule,
    Side,
)
from checker.record import NamedTuple
from checker.vocabulary import EMPTY


class Step(NamedTuple):
    """A quantity, or a text: the expression and what it comes to, and what a fact says of it in its own words.

    ``facts`` are the ids of those that tell it, where the expression alone does not say which.
    """

    side: Side
    words: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


class Comparison(NamedTuple):
    """A comparison that a rule makes."""

    left: Step
    operator: str
    right: Step


class Arithmetic(NamedTuple):
    """The quantities that a finding rests on, each once and before what is made of it, and how they compare."""

    steps: tuple[Step, ...]
    comparisons: tuple[Comparison, ...]
    require: str
    alone: bool  # the rule requires this one comparison and nothing else


def of(finding: Finding, rule: Rule) -> Arithmetic | None:
    """The arithmetic of a finding; None where nothing was compared (it is incomparable, or cannot be computed)."""
    if rule.require is None or finding.verdict == "incomparable":
        return None
    bindings = bound(rule, finding.facts)
    try:
        return _Arithmetic(bindings).whole(Match(rule, bindings), rule.require)
    except (Absent, Undefined):
        return None


def bound(rule: Rule, cited: Sequence[Cited]) -> tuple[tuple[str, Binding], ...]:
    """What the names of a rule stand for in a finding."""
    facts = {pattern.name: tuple(one.fact for one in cited if one.name == pattern.name) for pattern in rule.given}
    return tuple(
        (pattern.name, facts[pattern.name] if pattern.collect else facts[pattern.name][0]) for pattern in rule.given
    )


class _Arithmetic:
    def __init__(self, bindings: Sequence[tuple[str, Binding]]) -> None:
        self._bindings = dict(bindings)
        self._ground = Ground(bindings, EMPTY)

    def whole(self, match: Match, require: Expression) -> Arithmetic:
        compared = comparisons_in(require)
        if len(conjuncts(require)) > 1 and (one := Judge(EMPTY).rests_on(match)):
            compared = [one]
        resting: Sequence[Expression] = compared or [require]
        steps = {step.side.text + "".join(step.facts): step for part in resting for step in self._steps(part)}
        return Arithmetic(
            tuple(steps.values()),
            tuple(
                Comparison(self._step(a), one.operator, self._step(b)) for one in compared for a, b in [one.operands]
            ),
            show(require),
            compared == [require],
        )

    def _steps(self, expression: Expression) -> Iterator[Step]:
        """All quantities in an expression, the smaller before the larger, without the conditions that compare them."""
        if isinstance(expression, Literal):
            return
        if isinstance(expression, Call) and expression.function in ("sum", "count", "min", "max"):
            yield from self._members(expression)
        elif isinstance(expression, Call | Operation):
            for part in expression.arguments if isinstance(expression, Call) else expression.operands:
                yield from self._steps(part)
        if not _is_condition(expression):
            yield self._step(expression)

    def _members(self, call: Call) -> Iterator[Step]:
        (collection,) = references(call)
        facts = self._bindings[collection.name]
        assert isinstance(facts, tuple)  # or the rule had not been read
        told = ground.distinct(facts) if call.function in ("sum", "count") else [(fact,) for fact in facts]
        for same in told:
            spans = [self._ground.spans(ground.value(fact)) for fact in same]
            met = [_meet([span[reading] for span in spans]) for reading in (0, 1)]
            side = Side(collection.name, met[0], met[1], same[0].measure.type)
            words = dict.fromkeys(fact.value.text for fact in same if fact.value.text)
            yield Step(side, tuple(words), tuple(fact.id for fact in same))

    def _step(self, expression: Expression) -> Step:
        text, words = show(expression), self._words(expression)
        if self._ground.is_text(expression):
            may_be = self._ground.text(expression)
            return Step(Side(text, None, None, "text"), tuple(sorted(may_be or words)))
        literal, conventional = self._ground.spans(self._ground.number(expression))
        return Step(Side(text, literal, conventional, self._ground.type(expression)), words)

    def _words(self, expression: Expression) -> tuple[str, ...]:
        """What a fact itself says: its value, or one of its fields."""
        if not isinstance(expression, Reference):
            return ()
        fact = self._bindings[expression.name]
        assert isinstance(fact, Fact)  # or the rule had not been read
        written = fact.value.text if expression.field is None else field.read(fact, expression.field)
        return tuple(filter(None, [written.text if isinstance(written, Period) else written]))


def _meet(spans: Sequence[Interval]) -> Interval:
    first, *rest = spans
    for one in rest:
        first = interval.meet(first, one)
    return first


def _is_condition(expression: Expression) -> bool:
    if isinstance(expression, Call):
        return expression.function in ("spelled_like", "within", "total_of", "complete")
    return isinstance(expression, Operation) and expression.operator in (*COMPARISONS, "and", "or", "not")

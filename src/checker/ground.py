"""An expression in the facts of one match -> a formula over unknowns.

Each fact is one unknown, however often it stands in the expression. What is linear stays linear.
``abs``, ``min`` and ``max`` become an unknown with the conditions that define it; a product or a
quotient of facts becomes an unknown in the interval that exact interval arithmetic gives it, which
is a superset of what it may be, so that whatever is proved over it is true.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache

from checker import field, interval, linear, vocabulary
from checker.expression import COMPARISONS, ExpressionError, references, show
from checker.linear import And, Atom, Formula, Not, Or, Truth
from checker.model import (
    Call,
    Exact,
    Expression,
    Fact,
    Interval,
    Linear,
    Literal,
    Operation,
    Period,
    Reference,
    Unknown,
    Vocabulary,
)

Binding = Fact | tuple[Fact, ...]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MAX_CASES = 6  # above so many facts, min and max are known by their interval alone


class Absent(Exception):
    """The expression names a field that its fact does not have: the rule does not apply."""


class Undefined(Exception):
    """The expression cannot be computed from these facts; the text says why: the match is undetermined."""


def value(fact: Fact) -> Linear:
    """The value of a fact as a linear form: one unknown, or what it was derived from."""
    if fact.derivation is not None and fact.derivation.form is not None:
        return fact.derivation.form
    literal, conventional = fact.value.literal, fact.value.conventional
    if literal is None or conventional is None:
        raise Undefined(f"{fact.id} is a text")
    # What was computed may be a fraction, whatever its measure says.
    whole = fact.measure.type in ("count", "date") and fact.derivation is None
    return linear.of(Unknown(fact.id, whole, literal, conventional))


class Ground:
    """Grounds expressions in the facts of one match.

    ``sides`` are the conditions that the unknowns made on the way keep by definition; they go
    together with every formula that was made. ``is_linear`` is False once a product or quotient of
    unknowns was made. Without ``decides``, a comparison stays as it is where the intervals decide it.
    """

    def __init__(self, bindings: Sequence[tuple[str, Binding]], names: Vocabulary, *, decides: bool = True) -> None:
        self._bindings = dict(bindings)
        self._names = names
        self._decides = decides
        # where nothing is decided, several readers of one match ask for the same
        self._numbers: dict[Expression, Linear] = {}
        self._comparisons: dict[Operation, Formula] = {}
        self.sides: dict[str, Formula] = {}
        self.is_linear = True

    def spans(self, form: Linear) -> tuple[Interval, Interval]:
        """The literal and the conventional interval of a form."""
        literal = linear.span(form, conventional=False)
        if all(unknown.conventional == unknown.literal for unknown, _ in form.terms):
            return literal, literal
        return literal, linear.span(form, conventional=True)

    # --- conditions

    def condition(self, expression: Expression) -> Formula:
        """The formula of a condition; raises ``Absent`` or ``Undefined``."""
        if isinstance(expression, Call):
            return self._relation(expression)
        if not isinstance(expression, Operation):
            raise TypeError(f"{show(expression)} is no condition")
        if expression.operator in COMPARISONS:
            return self._comparison(expression)
        parts = tuple(self.condition(part) for part in expression.operands)
        if expression.operator == "not":
            return Not(parts[0])
        return And(parts) if expression.operator == "and" else Or(parts)

    def _comparison(self, expression: Operation) -> Formula:
        if self._decides:
            return self._compared(expression)
        if expression not in self._comparisons:
            self._comparisons[expression] = self._compared(expression)
        return self._comparisons[expression]

    def _compared(self, expression: Operation) -> Formula:
        left, right = expression.operands
        kinds = self._kind(left), self._kind(right)
        texts, dates = kinds.count("text"), kinds.count("date")
        ordered = expression.operator not in ("==", "!=")
        if texts + dates == 1 or (texts == 2 and ordered):  # a general rule's names may turn out to be so
            raise Undefined(f"{show(expression)} compares what does not compare")
        if texts == 2:
            same = _same_text(self.text(left), self.text(right))
            return same if expression.operator == "==" else Not(same)
        return self.compare(self.number(left), expression.operator, self.number(right))

    def compare(self, left: Linear, operator: str, right: Linear) -> Formula:
        """``left operator right``; decided at once where the literal intervals decide it."""
        if operator in (">", ">="):
            return self.compare(right, {">": "<", ">=": "<="}[operator], left)
        decided = linear.decided_apart(left, right, operator) if self._decides else None
        if decided is not None:
            return Truth(decided)
        form = linear.add(left, linear.scale(right, -1))
        decided = linear.decided(linear.span(form, conventional=False), operator) if self._decides else None
        return Atom(form, operator) if decided is None else Truth(decided)

    def _relation(self, call: Call) -> Formula:
        if call.function == "complete":
            parts, whole = (self._bound(argument) for argument in call.arguments)
            return Truth(_is_complete(_many(parts), whole, self._names))
        a, b = (self.text(argument) for argument in call.arguments)
        if a is None or b is None:
            return Truth(None)
        held = {self._holds(call, one, other) for one in a for other in b}
        return Truth(held.pop() if len(held) == 1 else None)

    def _holds(self, call: Call, a: str, b: str) -> bool:
        names = self._names
        if call.function == "spelled_like":
            return _spelled_like(names, a, b)
        if call.function == "total_of":
            measure = vocabulary.find(names.measures, a)
            return measure is not None and measure.total_of == b
        fields = {part.field for part in call.arguments if isinstance(part, Reference)}
        return ("measure" not in fields and vocabulary.part_of(names, a, b)) or (
            "subject" not in fields and vocabulary.within(names, a, b)
        )

    # --- texts

    def text(self, expression: Expression) -> frozenset[str] | None:
        """The texts that an expression may be; None for any."""
        if isinstance(expression, Literal):
            return frozenset({str(expression.value)})
        if isinstance(expression, Call):
            return _weekdays(linear.span(self.number(expression.arguments[0]), conventional=False))
        if not isinstance(expression, Reference):
            raise TypeError(f"{show(expression)} is no text")
        fact = self._fact(expression)
        if expression.field is None:
            return frozenset({fact.value.text})
        written = field.read(fact, expression.field)
        if not isinstance(written, str):
            raise Absent(show(expression))
        return frozenset({written})

    def is_text(self, expression: Expression) -> bool:
        """Whether an expression is a text rather than a number or a date."""
        return self._kind(expression) == "text"

    def _kind(self, expression: Expression) -> str:
        """What an expression is: text, date or number."""
        if isinstance(expression, Reference):
            if expression.field is None:
                measured = self._fact(expression).measure.type
                return measured if measured in ("text", "date") else "number"
            return (
                "text" if field.is_text(expression.field) else "date" if field.is_date(expression.field) else "number"
            )
        if isinstance(expression, Literal):
            return {str: "text", Period: "date"}.get(type(expression.value), "number")
        return "text" if isinstance(expression, Call) and expression.function == "weekday" else "number"

    def type(self, expression: Expression) -> str:
        """The type in which a number or date is best read: that of its fact, or of all the facts it is made of."""
        if self._kind(expression) == "date":
            return "date"
        if isinstance(expression, Call) and expression.function == "days_between":
            return "duration"
        types = {self._measured(one) for one in references(expression)}
        if types == {"count"} and not _divides(expression):
            return "count"
        return types.pop() if isinstance(expression, Reference) else "number"

    def _measured(self, reference: Reference) -> str:
        facts = _many(self._bindings[reference.name])
        return facts[0].measure.type if facts else "number"

    # --- numbers and dates

    def number(self, expression: Expression) -> Linear:
        """The linear form of a number, or of a date in days; raises ``Absent`` or ``Undefined``."""
        if self._decides:
            return self._number(expression)
        if expression not in self._numbers:
            self._numbers[expression] = self._number(expression)
        return self._numbers[expression]

    def _number(self, expression: Expression) -> Linear:
        if isinstance(expression, Reference):
            return self._reference(expression)
        if isinstance(expression, Literal):
            return _literal(expression.value)
        if isinstance(expression, Call):
            return self._call(expression)
        operands = [self.number(part) for part in expression.operands]
        if expression.operator == "+":
            return linear.add(*operands)
        if expression.operator == "-":
            *rest, last = operands
            return linear.add(rest[0], linear.scale(last, -1)) if rest else linear.scale(last, -1)
        return self._product(expression, *operands)

    def _reference(self, reference: Reference) -> Linear:
        fact = self._fact(reference)
        if reference.field is None:
            return value(fact)
        day = field.day(fact, reference.field)
        if day is None:
            raise Absent(show(reference))
        return linear.of(day)

    def _product(self, expression: Operation, left: Linear, right: Linear) -> Linear:
        divides = expression.operator == "/"
        if not right.terms and not (divides and not right.constant):
            return linear.scale(left, Fraction(1) / right.constant if divides else right.constant)
        if not left.terms and not divides:
            return linear.scale(right, left.constant)
        self.is_linear = False
        made = [_combine(left, right, divides=divides, conventional=which) for which in (False, True)]
        return self._new(expression, made[0], made[1], whole=not divides and _whole(left) and _whole(right))

    def _new(self, expression: Expression, literal: Interval, conventional: Interval, *, whole: bool) -> Linear:
        return linear.of(Unknown(f"= {show(expression)}", whole, literal, conventional))

    def _call(self, call: Call) -> Linear:
        if call.function == "days_between":
            start, end = (self.number(argument) for argument in call.arguments)
            return linear.add(end, linear.scale(start, -1))
        if call.function == "weekday":
            raise Undefined(f"{show(call)} is a text")
        if call.function == "abs":
            return self._distance(call)
        facts = _many(self._bound(call.arguments[0]))
        if call.function in ("min", "max"):
            return self._extreme(call, facts)
        once = distinct(facts)
        return linear.constant(len(once)) if call.function == "count" else linear.add(*map(_once, once))

    def _distance(self, call: Call) -> Linear:
        form = self.number(call.arguments[0])
        spans = [interval.distance(linear.span(form, conventional=which)) for which in (False, True)]
        made = self._new(call, spans[0], spans[1], whole=_whole(form))
        opposite = linear.scale(form, -1)
        self.sides[show(call)] = Or(
            (
                And((self.compare(form, ">=", linear.constant(0)), self.compare(made, "==", form))),
                And((self.compare(form, "<", linear.constant(0)), self.compare(made, "==", opposite))),
            )
        )
        return made

    def _extreme(self, call: Call, facts: tuple[Fact, ...]) -> Linear:
        if not facts:
            raise Undefined(f"{show(call)} of nothing")
        least = call.function == "min"
        forms = [value(fact) for fact in facts]
        spans = [
            interval.extreme([linear.span(form, conventional=which) for form in forms], least=least)
            for which in (False, True)
        ]
        made = self._new(call, spans[0], spans[1], whole=all(map(_whole, forms)))
        bounded = [self.compare(made, "<=" if least else ">=", form) for form in forms]
        if len(forms) <= MAX_CASES:
            bounded.append(Or(tuple(self.compare(made, "==", form) for form in forms)))
        self.sides[show(call)] = And(tuple(bounded))
        return made

    # --- names

    def _bound(self, expression: Expression) -> Binding:
        if not isinstance(expression, Reference):
            raise TypeError(f"{show(expression)} is no name")
        return self._bindings[expression.name]

    def _fact(self, expression: Expression) -> Fact:
        bound = self._bound(expression)
        if not isinstance(bound, Fact):
            raise TypeError(f"{show(expression)} is no single fact")
        return bound


def _many(bound: Binding) -> tuple[Fact, ...]:
    return (bound,) if isinstance(bound, Fact) else bound


# ------------------------------------------------------------------------- nothing is counted twice


def distinct(facts: Sequence[Fact]) -> list[tuple[Fact, ...]]:
    """The different things that a collection tells, each with the facts that tell it.

    Raises ``Undefined`` where two of them may tell partly the same: flows that name no different
    events and overlap in time, levels of days that may be one, or breakdowns of one measure over
    different dimensions.
    """
    told: dict[field.Told, list[Fact]] = {}
    for fact in facts:
        told.setdefault(field.told(fact), []).append(fact)
    once = [tuple(same) for same in told.values()]
    apart: dict[object, list[Fact]] = {}
    for same in once:
        fact = same[0]
        apart.setdefault((fact.subject, fact.measure.id), []).append(fact)
    for alike in apart.values():
        _refuse_overlap(alike)
    return once


def _refuse_overlap(facts: list[Fact]) -> None:
    if len({tuple(name for name, _ in fact.dimensions) for fact in facts}) > 1:
        raise Undefined("parts over different dimensions may count the same twice")
    alike: dict[object, list[Fact]] = {}
    for one in facts:
        others = alike.setdefault(one.dimensions, [])
        for other in others:
            if _may_be_one(one, other):
                raise Undefined(f"{other.id} and {one.id} may tell of the same: their times overlap")
        others.append(one)


def _may_be_one(one: Fact, other: Fact) -> bool:
    if one.measure.kind != "flow":  # an open date may be that of the other
        return one.event == other.event and all(field.agree(one, other, name) is not False for name in field.TIMES)
    different = one.event is not None and other.event is not None and one.event != other.event
    return not different and field.overlap(one.during or one.as_of, other.during or other.as_of)


def _once(same: tuple[Fact, ...]) -> Linear:
    forms = [value(fact) for fact in same]
    if len(forms) == 1:
        return forms[0]
    whole = all(map(_whole, forms))
    literal, conventional = (
        _meet([linear.span(form, conventional=which) for form in forms]) for which in (False, True)
    )
    if interval.is_empty(literal, whole=whole):
        raise Undefined(f"{' and '.join(fact.id for fact in same)} tell the same thing differently")
    if interval.is_empty(conventional, whole=whole):
        conventional = literal
    return linear.of(Unknown(" = ".join(fact.id for fact in same), whole, literal, conventional))


def _meet(intervals: list[Interval]) -> Interval:
    met = intervals[0]
    for one in intervals[1:]:
        met = interval.meet(met, one)
    return met


# ------------------------------------------------------------------------- are these all the parts?


def _is_complete(parts: tuple[Fact, ...], whole: Binding, names: Vocabulary) -> bool:
    """Whether the source of the whole, or of the parts themselves, says that these are all, or nothing else can be."""
    if not parts:
        return False
    fixed = dict(whole.dimensions) if isinstance(whole, Fact) else {}
    if not all(fixed.items() <= dict(part.dimensions).items() for part in parts):
        return False  # a part of something else
    return _exhaust(parts, fixed, names) or any(_says_all(one, parts, fixed) for one in _many(whole))


def _says_all(whole: Fact, parts: tuple[Fact, ...], fixed: Mapping[str, str]) -> bool:
    """Whether a source names all parts, and each of these is among those that it names."""
    named = {field.told(part) for part in parts if part.source == whole.source}
    return all(field.told(part) in named and _asked(part, fixed) <= set(whole.complete) for part in parts)


def _asked(part: Fact, fixed: Mapping[str, str]) -> set[str]:
    """What a source must say is complete for a part to be one of all: its dimensions, or for a flow the batches."""
    return {name for name, _ in part.dimensions if name not in fixed} or {"batches"}


def _exhaust(parts: tuple[Fact, ...], fixed: Mapping[str, str], names: Vocabulary) -> bool:
    """Whether the parts have every value of an exhaustive dimension (of several: every choice of values)."""
    breakdowns = {tuple(name for name, _ in part.dimensions) for part in parts}
    if len(breakdowns) != 1:
        return False
    (breakdown,) = breakdowns
    if fixed.keys() >= set(breakdown):  # broken down no further than the whole
        return False
    wanted: list[tuple[tuple[str, str], ...]] = [()]
    for name in breakdown:
        dimension = vocabulary.find(names.dimensions, name)
        values = (fixed[name],) if name in fixed else dimension.values if dimension and dimension.exhaustive else ()
        wanted = [(*one, (name, text)) for one in wanted for text in values]
    return wanted != [] and set(wanted) <= {part.dimensions for part in parts}


# ------------------------------------------------------------------------- small steps


def _divides(expression: Expression) -> bool:
    if isinstance(expression, Literal):
        return not isinstance(expression.value, int)
    if isinstance(expression, Operation):
        return expression.operator == "/" or any(map(_divides, expression.operands))
    return False


def _literal(written: Exact | str | Period) -> Linear:
    if not isinstance(written, (str, Period)):
        return linear.constant(written)
    try:
        return linear.of(field.day_text(written if isinstance(written, str) else written.text))
    except ExpressionError:
        raise Undefined(f'"{written}" is no date') from None


def _combine(left: Linear, right: Linear, *, divides: bool, conventional: bool) -> Interval:
    a, b = linear.span(left, conventional=conventional), linear.span(right, conventional=conventional)
    return interval.quotient(a, b) if divides else interval.times(a, b)


def _whole(form: Linear) -> bool:
    return form.constant.denominator == 1 and all(
        unknown.whole and factor.denominator == 1 for unknown, factor in form.terms
    )


def _same_text(a: frozenset[str] | None, b: frozenset[str] | None) -> Formula:
    if a is None or b is None:
        return Truth(None)
    a, b = frozenset(map(_plain, a)), frozenset(map(_plain, b))
    if not a & b:
        return Truth(False)
    return Truth(True if len(a) == len(b) == 1 else None)


def _weekdays(days: Interval) -> frozenset[str] | None:
    if days.low is None or days.high is None or days.high - days.low >= len(WEEKDAYS):
        return None
    if days.low < 1 or days.high > date.max.toordinal():  # days of no calendar
        return None
    return frozenset(
        WEEKDAYS[date.fromordinal(ordinal).weekday()] for ordinal in range(int(days.low), int(days.high) + 1)
    )


@lru_cache(1 << 12)  # the same few texts are compared again and again
def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(1 << 12)
def fold(text: str) -> str:
    """A text without differences of case, accents and white space."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return " ".join(plain.casefold().split())


def _spelled_like(names: Vocabulary, written: str, name: str) -> bool:
    spellings = {fold(name)}
    for declared, others in names.names.items():
        if fold(name) in (alike := {fold(declared), *map(fold, others)}):
            spellings |= alike
    return fold(written) in spellings

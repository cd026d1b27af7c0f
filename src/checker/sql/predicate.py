"""A condition of a rule -> two conditions of SQL: where it surely holds, and where it surely does not.

Both are sufficient and neither is necessary: what is in neither is for the judge. Each quantity
ranges over its own interval, as if it were independent of all others; a quantity that stands on both
sides of a comparison cancels. SQL's own unknown (NULL) never becomes true, because the two are only
ever joined by AND and OR: an end that is not there (NULL) proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Protocol

from checker import field
from checker.engine.dialect import every, quoted, some
from checker.expression import COMPARISONS, ExpressionError, conjuncts, references
from checker.ground import WEEKDAYS
from checker.model import Call, Exact, Expression, Literal, Operation, Period, Reference
from checker.record import NamedTuple

LARGEST = 10**15  # what the relation's scaled values are within
LAST_DAY = 4 * 10**6  # what days are within
NARROW, WIDE = 9 * 10**18, 10**37  # what a sum of them must be within in 64 bits, and at all


class Inexpressible(Exception):
    """Nothing can be said of the expression in SQL: it is for the judge."""


class Span(NamedTuple):
    """SQL for the least and the greatest that something may be; where it is NULL there is no bound."""

    low: str
    high: str


class Scope(Protocol):
    """What the names of a rule stand for in SQL: one row each, or all rows of a group."""

    scale: int  # the decimals that values are scaled by

    def value(self, name: str) -> Span:
        """The value of a name, scaled."""

    def total(self, function: str, name: str) -> Span:
        """The ``sum``, ``min``, ``max`` (scaled) or ``count`` of a collection."""

    def day(self, name: str, field: str) -> Span:
        """The day in a date field, as an ordinal."""

    def text(self, name: str, field: str) -> Span:
        """The text in a field, of several facts the first and the last of them."""

    def lacks(self, name: str, field: str) -> tuple[str, str]:
        """Whether a field is absent: from some facts, from all."""

    def kind(self, name: str) -> str:
        """Whether a name's value is a ``number`` or a ``date``; ``Inexpressible`` where it is neither."""

    def is_simple(self, text: str) -> str:
        """Whether a text is itself, however Unicode and white space are folded."""

    def held(self, call: Call) -> Kleene:
        """Where a relation between names, spelled or measured, surely holds and surely does not."""

    def wide(self, number: str) -> str:
        """The number in a type beyond 64 bits."""


class Kleene(NamedTuple):
    """Where a condition surely holds, and where it surely does not."""

    true: str
    false: str


NEVER_KNOWN = Kleene("FALSE", "FALSE")


def of(condition: Expression | None, scope: Scope) -> Kleene:
    """What is known of a condition that a match must keep; where it names an absent field, it does not hold."""
    known = [conjunct(one, scope) for one in conjuncts(condition)]
    return Kleene(every(one.true for one in known), some(one.false for one in known))


def conjunct(condition: Expression, scope: Scope) -> Kleene:
    """What is known of one of the conditions that must hold together."""
    try:
        known = _condition(condition, scope)
        lacking = absent(condition, scope)
    except Inexpressible:
        return NEVER_KNOWN
    present = every(f"NOT ({one})" for one in (lacking[0],) if one != "FALSE")
    return Kleene(every([present, known.true]), some([lacking[1], known.false]))


def absent_surely(condition: Expression, scope: Scope) -> str | None:
    """Where a condition as a whole names a field that all facts lack; None where something in it may be undefined."""
    try:
        for one in conjuncts(condition):
            _condition(one, scope)
        return absent(condition, scope)[1]
    except Inexpressible:
        return None


def absent(condition: Expression, scope: Scope) -> tuple[str, str]:
    """Where a condition names a field that some facts lack, or that all lack."""
    lacking = [scope.lacks(one.name, one.field) for one in references(condition) if one.field is not None]
    return some(one for one, _ in lacking), some(one for _, one in lacking)


# ------------------------------------------------------------------------- conditions


def _condition(expression: Expression, scope: Scope) -> Kleene:
    if isinstance(expression, Call):
        return scope.held(expression)
    if not isinstance(expression, Operation):
        raise Inexpressible
    if expression.operator in COMPARISONS:
        return _comparison(expression, scope)
    parts = [_condition(part, scope) for part in expression.operands]
    if expression.operator == "not":
        return Kleene(parts[0].false, parts[0].true)
    if expression.operator == "and":
        return Kleene(every(one.true for one in parts), some(one.false for one in parts))
    return Kleene(some(one.true for one in parts), every(one.false for one in parts))


def _comparison(comparison: Operation, scope: Scope) -> Kleene:
    left, right = comparison.operands
    kinds = {_kind(left, scope), _kind(right, scope)}
    if kinds == {"text"} and comparison.operator in ("==", "!="):
        equal = _same_text(left, right, scope)
        return equal if comparison.operator == "==" else Kleene(equal.false, equal.true)
    if len(kinds - {"text"}) != 1 or ("text" in kinds and "date" not in kinds):
        raise Inexpressible
    form = _add(_form(left, scope), _form(right, scope), -1)
    return _against_nought(form, comparison.operator, scope)


def _against_nought(form: Form, operator: str, scope: Scope) -> Kleene:
    if operator in (">", ">="):
        return _against_nought(_scaled(form, -1), {">": "<", ">=": "<="}[operator], scope)
    low, high = span(form, scope)
    if operator == "<":
        return Kleene(_test(high, "<"), _test(low, ">="))
    if operator == "<=":
        return Kleene(_test(high, "<="), _test(low, ">"))
    equal = Kleene(every([_test(low, ">="), _test(high, "<=")]), some([_test(low, ">"), _test(high, "<")]))
    return equal if operator == "==" else Kleene(equal.false, equal.true)


def below(comparison: Operation, scope: Scope) -> list[tuple[Form, str]]:
    """The forms that a comparison of numbers wants below nought, or at most nought."""
    left, right = comparison.operands
    if {_kind(left, scope), _kind(right, scope)} != {"number"}:
        raise Inexpressible
    form = _add(_form(left, scope), _form(right, scope), -1)
    if comparison.operator == "==":
        return [(form, "<="), (_scaled(form, -1), "<=")]
    falls = comparison.operator.startswith(">")
    return [(_scaled(form, -1) if falls else form, comparison.operator.replace(">", "<"))]


_TESTS = {"<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__}


def _test(number: str, operator: str) -> str:
    if number.lstrip("-").isdigit():
        return "TRUE" if _TESTS[operator](int(number), 0) else "FALSE"
    return f"{number} {operator} 0"


# ------------------------------------------------------------------------- texts


def _kind(expression: Expression, scope: Scope) -> str:
    if isinstance(expression, Literal):
        return {str: "text", Period: "date"}.get(type(expression.value), "number")
    if isinstance(expression, Reference):
        if expression.field is None:
            return scope.kind(expression.name)
        return "text" if field.is_text(expression.field) else "date"
    return "text" if isinstance(expression, Call) and expression.function == "weekday" else "number"


def _same_text(left: Expression, right: Expression, scope: Scope) -> Kleene:
    if isinstance(left, Call):
        left, right = right, left
    if isinstance(right, Call):
        return _same_weekday(left, right, scope)
    a, b = _text(left, scope), _text(right, scope)
    same = [f"{one} = {other}" for one, other in _pairs(a, b)]
    sole = [f"{one.low} = {one.high}" for one in (a, b) if one.low != one.high]
    simple = [scope.is_simple(one) for one in dict.fromkeys((*a, *b))]
    return Kleene(every(same), every([*sole, f"{a.low} <> {b.low}", *simple]))


def _pairs(a: Span, b: Span) -> list[tuple[str, str]]:
    """What must be equal for all texts of two spans to be one."""
    ends = list(dict.fromkeys((*a, *b)))
    return [(ends[0], other) for other in ends[1:]] or [(a.low, b.low)]


def _text(expression: Expression, scope: Scope) -> Span:
    if isinstance(expression, Literal) and isinstance(expression.value, str):
        return Span(quoted(expression.value), quoted(expression.value))
    if isinstance(expression, Reference) and expression.field is not None:
        return scope.text(expression.name, expression.field)
    raise Inexpressible


def _same_weekday(name: Expression, call: Call, scope: Scope) -> Kleene:
    """A weekday beside its English name; of other texts nothing is known."""
    if not isinstance(name, Literal) or name.value not in WEEKDAYS:
        raise Inexpressible
    form = _form(call.arguments[0], scope)
    if form.constant or any(not isinstance(one, Day) or factor != 1 for one, factor in form.terms.items()):
        raise Inexpressible
    (day,) = form.terms
    assert isinstance(day, Day)
    low, high = scope.day(day.name, day.field)
    known = every([f"{low} = {high}"] if low != high else [])
    number = f"({low} + 6) % 7"  # the first day of all was a Monday
    wanted = WEEKDAYS.index(str(name.value))
    return Kleene(every([known, f"{number} = {wanted}"]), every([known, f"{number} <> {wanted}"]))


# ------------------------------------------------------------------------- numbers


class Amount(NamedTuple):
    """The value of a name."""

    name: str


class Day(NamedTuple):
    """The day in a field of a name."""

    name: str
    field: str


class Some(NamedTuple):
    """A day that is written as a date of several days."""

    first: int | None
    last: int | None
    text: str


class Distance(NamedTuple):
    """A quantity without its sign."""

    of: tuple[tuple[Quantity, Exact], ...]
    constant: Exact


class Total(NamedTuple):
    """What a function makes of a collection."""

    function: str
    name: str


Quantity = Amount | Day | Some | Distance | Total


class Form(NamedTuple):
    """A constant plus each factor times its quantity."""

    constant: Fraction
    terms: Mapping[Quantity, Fraction]


def form(expression: Expression, scope: Scope) -> Form:
    """The linear form of a number or date; ``Inexpressible`` where it has none."""
    return _form(expression, scope)


def _form(expression: Expression, scope: Scope) -> Form:
    if isinstance(expression, Literal):
        return _literal(expression.value)
    if isinstance(expression, Reference):
        if expression.field is not None:
            return _just(Day(expression.name, expression.field))
        scope.kind(expression.name)
        return _just(Amount(expression.name))
    if isinstance(expression, Call):
        return _call(expression, scope)
    return _operation(expression.operator, [_form(part, scope) for part in expression.operands])


def _operation(operator: str, operands: list[Form]) -> Form:
    if operator == "-" and len(operands) == 1:
        return _scaled(operands[0], -1)
    if operator in ("+", "-"):
        first, *rest = operands
        for one in rest:
            first = _add(first, one, 1 if operator == "+" else -1)
        return first
    return _product(operator, *operands)


def _product(operator: str, left: Form, right: Form) -> Form:
    if not right.terms and (right.constant or operator == "*"):
        return _scaled(left, 1 / right.constant if operator == "/" else right.constant)
    if not left.terms and operator == "*":
        return _scaled(right, left.constant)
    raise Inexpressible


def _literal(value: Exact | str | Period) -> Form:
    if not isinstance(value, str | Period):
        return Form(Fraction(value), {})
    try:
        interval = field.day_text(value if isinstance(value, str) else value.text).literal
    except ExpressionError:
        raise Inexpressible from None
    first, last = (None if end is None else int(end) for end in interval[:2])
    if first is not None and first == last:
        return Form(Fraction(first), {})
    return _just(Some(first, last, str(value)))


def _call(call: Call, scope: Scope) -> Form:
    if call.function == "days_between":
        start, end = (_form(argument, scope) for argument in call.arguments)
        return _add(end, start, -1)
    if call.function in ("sum", "min", "max", "count") and isinstance(call.arguments[0], Reference):
        scope.kind(call.arguments[0].name)
        return _just(Total(call.function, call.arguments[0].name))
    if call.function != "abs":
        raise Inexpressible
    inner = _form(call.arguments[0], scope)
    return _just(Distance(tuple(inner.terms.items()), inner.constant))


def _just(quantity: Quantity) -> Form:
    return Form(Fraction(0), {quantity: Fraction(1)})


def _scaled(form: Form, factor: Exact) -> Form:
    terms = {one: coefficient * factor for one, coefficient in form.terms.items() if factor}
    return Form(form.constant * factor, terms)


def _add(left: Form, right: Form, factor: int) -> Form:
    terms = dict(left.terms)
    for one, coefficient in right.terms.items():
        terms[one] = terms.get(one, Fraction(0)) + factor * coefficient
    return Form(left.constant + factor * right.constant, {one: value for one, value in terms.items() if value})


def whole(form: Form) -> tuple[Form, int]:
    """The form in whole numbers, times a positive number, and that number."""
    times = lcm(form.constant.denominator, *(factor.denominator for factor in form.terms.values()))
    return _scaled(form, times), times


def span(form: Form, scope: Scope) -> Span:
    """The least and the greatest that a form may be, times some positive number; or NULL."""
    return _span(whole(form)[0], scope)


def _span(form: Form, scope: Scope) -> Span:
    unit = 10**scope.scale
    largest = _largest(form, unit)
    if largest >= WIDE:
        raise Inexpressible
    is_wide = largest >= NARROW
    low: list[str] = []
    high: list[str] = []
    for quantity, factor in form.terms.items():
        ends, scaled = _ends(quantity, scope)
        times = int(factor) * (1 if scaled else unit)
        for sums, end in ((low, ends.low if times > 0 else ends.high), (high, ends.high if times > 0 else ends.low)):
            sums.append(_times(end, times, scope, is_wide))
    constant = int(form.constant * unit)
    return Span(_sum(low, constant), _sum(high, constant))


def _largest(form: Form, unit: int) -> Fraction:
    """What no sum of the form can be beyond."""
    total = abs(form.constant) * unit
    for quantity, factor in form.terms.items():
        if isinstance(quantity, Distance):
            inner, times = whole(Form(Fraction(quantity.constant), {one: Fraction(by) for one, by in quantity.of}))
            if times != 1:
                raise Inexpressible
            total += abs(factor) * _largest(inner, unit)
        else:
            total += abs(factor) * (LAST_DAY * unit if isinstance(quantity, Day | Some) else LARGEST)
    return total


def _ends(quantity: Quantity, scope: Scope) -> tuple[Span, bool]:
    """The ends of a quantity, and whether they are scaled already."""
    if isinstance(quantity, Amount):
        return scope.value(quantity.name), True
    if isinstance(quantity, Total):
        return scope.total(quantity.function, quantity.name), quantity.function != "count"
    if isinstance(quantity, Day):
        return scope.day(quantity.name, quantity.field), False
    if isinstance(quantity, Some):
        return Span(_number(quantity.first), _number(quantity.last)), False
    inner = Form(Fraction(quantity.constant), {one: Fraction(by) for one, by in quantity.of})
    low, high = _span(inner, scope)
    least = f"CASE WHEN {low} > 0 THEN {low} WHEN {high} < 0 THEN -({high}) ELSE 0 END"
    most = f"CASE WHEN {low} >= 0 OR {high} >= -({low}) THEN {high} WHEN {high} < -({low}) THEN -({low}) END"
    return Span(least, most), True


def _number(number: int | None) -> str:
    return "NULL" if number is None else str(number)


def _times(end: str, times: int, scope: Scope, is_wide: bool) -> str:
    if end == "NULL":
        return "NULL"
    end = scope.wide(end) if is_wide else end
    sign = "-" if times < 0 else "+"
    return f"{sign} {end}" if abs(times) == 1 else f"{sign} {abs(times)} * {end}"


def _sum(parts: list[str], constant: int) -> str:
    if not parts:
        return str(constant)
    if "NULL" in parts:
        return "NULL"
    text = " ".join(parts).removeprefix("+ ")
    return f"({text} {'-' if constant < 0 else '+'} {abs(constant)})" if constant else f"({text})"

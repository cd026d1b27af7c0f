"""What an expression is and in which unit: persons are not compared with percent.

The same reading serves twice: when a rule is loaded, over all measures that a name may have, and
when a match of a general rule is judged, over the measures that it has.
"""

from __future__ import annotations

from collections.abc import Mapping

from checker import field
from checker.expression import COMPARISONS, FUNCTIONS, ExpressionError, show
from checker.model import Call, Expression, Literal, Measure, Operation, Period, Reference
from checker.record import NamedTuple

NUMBER, DATE, TEXT, TRUTH = "a number", "a date", "a text", "a condition"
_ARGUMENT = {"number": NUMBER, "date": DATE, "text": TEXT, "truth": TRUTH}


class Kind(NamedTuple):
    """The types that an expression may have, and its possible units; None is no unit, which goes with any."""

    types: frozenset[str]
    units: frozenset[str] | None = None


class Name(NamedTuple):
    """What a rule knows of a name: the kind of its fact's value, and whether it is a collection."""

    kind: Kind
    collection: bool


def of(measures: tuple[Measure, ...]) -> Kind:
    """The kind of a fact that may have any of these measures; that of an empty collection is whatever is asked."""
    types = frozenset(TEXT if m.type == "text" else DATE if m.type == "date" else NUMBER for m in measures)
    units = [m.unit for m in measures if m.type not in ("text", "date")]
    if not measures:
        return Kind(frozenset({NUMBER, DATE, TEXT}))
    if not units or None in units:
        return Kind(types)
    return Kind(types, frozenset(unit for unit in units if unit is not None))


def check(expression: Expression, names: Mapping[str, Name], wanted: str | None) -> Kind:
    """The kind of an expression that must be ``wanted`` (NUMBER, TRUTH …); an ``ExpressionError`` where it cannot.

    With None it stands in a message, where whatever can be shown may stand: also a whole collection.
    """
    if wanted is None and isinstance(expression, Reference) and expression.name in names:
        return _shown(expression, names[expression.name])
    kind = _kind(expression, names)
    if wanted is None and kind.types == {TRUTH}:
        raise ExpressionError(f"{show(expression)} is {TRUTH}", "a name, a field, a number or a text")
    if wanted is not None and wanted not in kind.types:
        raise ExpressionError(f"{show(expression)} is {_either(kind)}", f"{wanted}")
    return kind


def check_value(expression: Expression, names: Mapping[str, Name], measure: Measure) -> None:
    """An ``ExpressionError`` where an expression cannot be a value of a measure."""
    units, declared = check(expression, names, NUMBER).units, of((measure,))
    if NUMBER not in declared.types:
        raise ExpressionError(f"{measure.id} is {_either(declared)}", f"a measure that is {NUMBER}")
    if units and declared.units and not units & declared.units:
        mixed = f"{show(expression)} is in {_units(units)}, {measure.id} in {_units(declared.units)}"
        raise ExpressionError(mixed, "a measure in the same unit")


def _shown(reference: Reference, name: Name) -> Kind:
    if reference.field is None or field.is_text(reference.field) or field.is_date(reference.field):
        return name.kind
    raise ExpressionError(f'"{reference.field}" is no field of a fact', f"one of {', '.join(field.NAMES)}")


def _either(kind: Kind) -> str:
    return " or ".join(sorted(kind.types))


def _kind(expression: Expression, names: Mapping[str, Name]) -> Kind:
    if isinstance(expression, Literal):
        value = expression.value
        return _just(DATE if isinstance(value, Period) else TEXT if isinstance(value, str) else NUMBER)
    if isinstance(expression, Reference):
        return _reference(expression, names)
    if isinstance(expression, Call):
        return _call(expression, names)
    return _operation(expression, names)


def _just(*types: str) -> Kind:
    return Kind(frozenset(types))


def _reference(reference: Reference, names: Mapping[str, Name]) -> Kind:
    name = names.get(reference.name)
    if name is None:
        raise ExpressionError(f'"{reference.name}" is not a name in given', f"one of {', '.join(names)}")
    if name.collection:
        expected = f"sum({reference.name}), count({reference.name}), min({reference.name}) or max({reference.name})"
        raise ExpressionError(f"{reference.name} is a collection", expected)
    if reference.field is None:
        return name.kind
    if reference.field in field.DATES:
        return _just(DATE)
    if field.is_text(reference.field):
        return _just(TEXT)
    expected = "during.start or during.end" if reference.field == "during" else f"one of {', '.join(field.NAMES)}"
    raise ExpressionError(f'"{reference.field}" is no field to compute with', expected)


def _call(call: Call, names: Mapping[str, Name]) -> Kind:
    function = FUNCTIONS[call.function]
    kinds = []
    for argument, wanted in zip(call.arguments, function.arguments, strict=True):
        if wanted in ("parts", "whole"):
            kinds.append(_binding(call, argument, names, wanted))
        else:
            kinds.append(check(argument, names, _ARGUMENT[wanted]))
    if call.function in ("sum", "min", "max"):
        if NUMBER not in kinds[0].types:
            raise ExpressionError(f"{show(call)} takes numbers", function.help)
        return Kind(frozenset({NUMBER}), kinds[0].units)
    if call.function == "abs":
        return kinds[0]
    if call.function == "days_between":
        return Kind(frozenset({NUMBER}), frozenset({"day"}))
    return _just(_ARGUMENT[function.result])


def _binding(call: Call, argument: Expression, names: Mapping[str, Name], wanted: str) -> Kind:
    """The kind of a name that a function takes as such; where it takes a whole, parts may stand for it."""
    expected = "a collection (collect: all)" if wanted == "parts" else "a name"
    if not isinstance(argument, Reference) or argument.field is not None:
        raise ExpressionError(f"{show(argument)} stands in {call.function}()", expected)
    name = names.get(argument.name)
    if name is None:
        raise ExpressionError(f'"{argument.name}" is not a name in given', f"one of {', '.join(names)}")
    if wanted == "parts" and not name.collection:
        raise ExpressionError(f"{argument.name} stands in {call.function}()", expected)
    return name.kind


def _operation(operation: Operation, names: Mapping[str, Name]) -> Kind:
    operator = operation.operator
    if operator in ("and", "or", "not"):
        for part in operation.operands:
            check(part, names, TRUTH)
        return _just(TRUTH)
    if operator in COMPARISONS:
        return _comparison(operation, names)
    kinds = [check(part, names, NUMBER) for part in operation.operands]
    units = kinds[0].units
    for kind in kinds[1:]:
        units = _joined(units, kind.units, operation)
    return Kind(frozenset({NUMBER}), units)


def _comparison(operation: Operation, names: Mapping[str, Name]) -> Kind:
    left, right = (_dated(part, other, names) for part, other in _both_ways(operation))
    shared = (left.types & right.types) - {TRUTH}
    if not shared:
        expected = f"{_either(left)} on both sides"
        raise ExpressionError(f"{show(operation)} compares {_either(left)} with {_either(right)}", expected)
    if shared == {TEXT} and operation.operator not in ("==", "!="):
        raise ExpressionError(f"{show(operation)} puts texts in an order", '"==" or "!="')
    if shared == {NUMBER}:
        _same_unit(left.units, right.units, operation)
    return _just(TRUTH)


def _both_ways(operation: Operation) -> tuple[tuple[Expression, Expression], tuple[Expression, Expression]]:
    left, right = operation.operands
    return (left, right), (right, left)


def _dated(part: Expression, other: Expression, names: Mapping[str, Name]) -> Kind:
    """A text beside a date is read as a date: ``a.as_of >= "2024-07"``."""
    kind = _kind(part, names)
    if isinstance(part, Literal) and isinstance(part.value, str) and _kind(other, names).types == {DATE}:
        field.day_text(part.value)
        return _just(DATE)
    return kind


Units = frozenset[str] | None


def _same_unit(left: Units, right: Units, operation: Operation) -> Units:
    if left is None or right is None:
        return left if right is None else right
    if not left & right:
        mixed = f"{show(operation)} puts {_units(left)} together with {_units(right)}"
        raise ExpressionError(mixed, "the same unit on both sides")
    return left & right


def _units(units: frozenset[str]) -> str:
    return " or ".join(sorted(units))


def _joined(left: Units, right: Units, operation: Operation) -> Units:
    if operation.operator in ("+", "-"):
        return _same_unit(left, right, operation)
    if operation.operator == "/":
        if left is not None and right is not None and left & right:
            return None
        return frozenset({f"{_units(left or frozenset('1'))} per {_units(right)}"}) if right else left
    if left is None or right is None:
        return left if right is None else right
    return frozenset({" times ".join(sorted((_units(left), _units(right))))})

"""The language of rules: ``"released + held <= arrested"`` -> an expression, parsed once.

A closed language (spec, section 4): names, fields, numbers, text, dates, ``+ - * /``, comparisons,
``and or not`` and a fixed list of functions. Nothing here evaluates anything; the judge reads the
expression, the engines take from it which fields join.

>>> parse("released + held <= arrested")
Operation(operator='<=', operands=(Operation(operator='+', operands=(Reference(name='released', field=None), \
Reference(name='held', field=None))), Reference(name='arrested', field=None)))
>>> show(parse("not (a.as_of<b.as_of) or abs(a-b)/2 >= 1.5"))
'not a.as_of < b.as_of or abs(a - b) / 2 >= 1.5'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

from checker import period
from checker.model import Call, Exact, Expression, Literal, Operation, Period, Reference
from checker.record import NamedTuple

MAX_LENGTH = 2_000
MAX_DEPTH = 40
MAX_TOKENS = 400
MAX_DIGITS = 40

COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
_BINDING = {"or": 1, "and": 2, "not": 3, **dict.fromkeys(COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6}
_TOKEN = re.compile(
    r"""\s*(?:(?P<date>\d{4}-\d{2}-\d{2})(?![\w-])
        |(?P<number>\d+(?:\.\d+)?)(?![\w.])
        |(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_][\w-]*)*)
        |(?P<text>'[^']*'|"[^"]*")
        |(?P<sign><=|>=|==|!=|[-+*/<>(),]))""",
    re.VERBOSE | re.ASCII,
)


class ExpressionError(ValueError):
    """An expression that is not in the language: what is wrong, what was expected, and where in it."""

    def __init__(self, message: str, expected: str = "", offset: int = 0) -> None:
        super().__init__(message)
        self.message, self.expected, self.offset = message, expected, offset


class Function(NamedTuple):
    """A function of the language: what each argument must be, and what it gives."""

    arguments: tuple[str, ...]  # number | date | text | parts (a collection) | whole (a single name)
    result: str  # number | text | truth
    help: str


FUNCTIONS = {
    "sum": Function(("parts",), "number", "sum(batches): the sum of a collection, what tells the same thing once"),
    "count": Function(("parts",), "number", "count(batches): how many different things a collection tells"),
    "min": Function(("parts",), "number", "min(batches): the least of a collection"),
    "max": Function(("parts",), "number", "max(batches): the greatest of a collection"),
    "abs": Function(("number",), "number", "abs(a - b): without its sign"),
    "days_between": Function(("date", "date"), "number", "days_between(a, b): b - a in days"),
    "weekday": Function(("date",), "text", "weekday(d): the English name of the day"),
    "spelled_like": Function(("text", "text"), "truth", "spelled_like(x, name): x is a declared spelling of name"),
    "within": Function(("text", "text"), "truth", "within(a.subject, b.subject) or within(a.measure, b.measure)"),
    "total_of": Function(("text", "text"), "truth", "total_of(a.measure, b.measure): a is the running total of b"),
    "complete": Function(("parts", "whole"), "truth", "complete(parts, whole): the parts are all there are"),
}


# ------------------------------------------------------------------------- reading


class _Token(NamedTuple):
    kind: str
    text: str
    offset: int


def _tokens(text: str) -> Iterator[_Token]:
    offset, end = 0, len(text.rstrip())
    while offset < end:
        match = _TOKEN.match(text, offset)
        if match is None:
            bad = text[offset:].lstrip()
            where = len(text) - len(bad)
            raise ExpressionError(f'"{bad[:12]}" is not understood here', _instead(bad), where)
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind))
        offset = match.end()
    yield _Token("end", "", end)


def _instead(bad: str) -> str:
    if bad.startswith("="):
        return '"==" to compare'
    if bad.startswith(("&", "|", "!")):
        return '"and", "or", "not"'
    return "a name, a number, a text in quotes, a date (2024-07-28), or one of + - * / < <= == != >= > ( )"


class _Parser:
    """Precedence climbing over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        if len(self._tokens) > MAX_TOKENS:
            raise ExpressionError("the expression is too long", f"at most {MAX_TOKENS} words and signs")
        self._next = 0
        self._depth = 0

    def whole(self) -> Expression:
        expression = self._expression(0)
        if self._peek.kind != "end":
            raise self._unexpected("an operator, or the end")
        return expression

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _unexpected(self, expected: str) -> ExpressionError:
        token = self._peek
        found = f'"{token.text}"' if token.text else "the end"
        return ExpressionError(f"{found} is not expected here", expected, token.offset)

    def _expect(self, sign: str) -> None:
        if self._peek.text != sign:
            raise self._unexpected(f'"{sign}"')
        self._take()

    def _expression(self, least: int) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError("the expression is nested too deeply", f"at most {MAX_DEPTH} levels")
        left = self._operand()
        while (power := _BINDING.get(self._peek.text, 0)) > least and self._peek.text != "not":
            left = self._operation(left, self._take().text, power)
        self._depth -= 1
        return left

    def _operation(self, left: Expression, operator: str, power: int) -> Expression:
        right = self._expression(power)
        if operator in COMPARISONS:
            if self._peek.text in COMPARISONS:
                raise self._unexpected('"and" between two comparisons')
            return Operation(operator, (left, right))
        if isinstance(left, Operation) and left.operator == operator and operator in ("and", "or", "+"):
            return Operation(operator, (*left.operands, right))
        return Operation(operator, (left, right))

    def _operand(self) -> Expression:
        token = self._peek
        if token.text == "not":
            self._take()
            return Operation("not", (self._expression(_BINDING["not"] - 1),))
        if token.text == "-":
            self._take()
            return Operation("-", (self._expression(_BINDING["*"]),))
        if token.text == "(":
            self._take()
            inner = self._expression(0)
            self._expect(")")
            return inner
        if token.kind in _LITERALS:
            self._take()
            return _LITERALS[token.kind](token)
        if token.kind == "word" and token.text not in _BINDING:
            return self._word(self._take())
        raise self._unexpected("a name, a number, a text in quotes, a date or a function")

    def _word(self, token: _Token) -> Expression:
        if self._peek.text != "(":
            name, _, field = token.text.partition(".")
            return Reference(name, field or None)
        if token.text not in FUNCTIONS:
            raise ExpressionError(f'"{token.text}" is no function', f"one of {', '.join(FUNCTIONS)}", token.offset)
        self._take()
        arguments = [self._expression(0)]
        while self._peek.text == ",":
            self._take()
            arguments.append(self._expression(0))
        self._expect(")")
        return self._call(token, tuple(arguments))

    @staticmethod
    def _call(token: _Token, arguments: tuple[Expression, ...]) -> Expression:
        wanted = len(FUNCTIONS[token.text].arguments)
        if len(arguments) != wanted:
            found = f"{token.text} takes {wanted} argument{'s' * (wanted > 1)}, found {len(arguments)}"
            raise ExpressionError(found, FUNCTIONS[token.text].help, token.offset)
        return Call(token.text, arguments)


def _number(token: _Token) -> Literal:
    if len(token.text) > MAX_DIGITS:
        raise ExpressionError("a number is too long", f"at most {MAX_DIGITS} digits", token.offset)
    exact: Exact = Fraction(token.text) if "." in token.text else int(token.text)
    return Literal(exact.numerator if exact.denominator == 1 else exact)


def _date(token: _Token) -> Literal:
    try:
        return Literal(period.read(token.text))
    except period.PeriodError as error:
        raise ExpressionError(error.message, error.expected, token.offset) from None


_LITERALS: dict[str, Callable[[_Token], Literal]] = {
    "number": _number,
    "date": _date,
    "text": lambda token: Literal(token.text[1:-1]),
}


def parse(text: str) -> Expression:
    """Read an expression; an ``ExpressionError`` says what is wrong, what was expected, and at which offset."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError("the expression is too long", f"at most {MAX_LENGTH:,} characters")
    return _Parser(text).whole()


@lru_cache(1 << 8)  # a rule may be broken a thousand times
def template(text: str) -> tuple[str | Expression, ...]:
    """Read a message: text, with expressions in braces.

    >>> template("{a} is more than {b}")
    (Reference(name='a', field=None), ' is more than ', Reference(name='b', field=None))
    """
    parts: list[str | Expression] = []
    offset = 0
    for index, piece in enumerate(re.split(r"\{([^{}]*)\}", text)):
        if index % 2:
            parts.append(_inside(piece, offset))
        elif alone := re.search("[{}]", piece):
            where = offset + alone.start()
            raise ExpressionError("a brace in the message has no partner", "{name}, or an expression in braces", where)
        elif piece:
            parts.append(piece)
        offset += len(piece) + 1  # and the brace between two pieces
    return tuple(parts)


def _inside(piece: str, offset: int) -> Expression:
    try:
        return parse(piece)
    except ExpressionError as error:
        raise ExpressionError(error.message, error.expected, offset + error.offset) from None


# ------------------------------------------------------------------------- reading it again


def references(expression: Expression) -> Iterator[Reference]:
    """Every name and field that an expression mentions, from left to right."""
    if isinstance(expression, Reference):
        yield expression
    for part in _parts(expression):
        yield from references(part)


def calls(expression: Expression) -> Iterator[Call]:
    """Every call of a function in an expression, from left to right."""
    if isinstance(expression, Call):
        yield expression
    for part in _parts(expression):
        yield from calls(part)


def conjuncts(expression: Expression | None) -> tuple[Expression, ...]:
    """The conditions that an expression asks for together; none where there is none."""
    if expression is None:
        return ()
    if isinstance(expression, Operation) and expression.operator == "and":
        return tuple(one for part in expression.operands for one in conjuncts(part))
    return (expression,)


def _parts(expression: Expression) -> tuple[Expression, ...]:
    if isinstance(expression, Operation):
        return expression.operands
    return expression.arguments if isinstance(expression, Call) else ()


def show(expression: Expression, least: int = 0) -> str:
    """An expression as text that reads again to the same expression."""
    if isinstance(expression, Reference):
        return f"{expression.name}.{expression.field}" if expression.field else expression.name
    if isinstance(expression, Call):
        return f"{expression.function}({', '.join(map(show, expression.arguments))})"
    if isinstance(expression, Literal):
        return _show_literal(expression.value)
    power = _BINDING[expression.operator]
    if len(expression.operands) == 1:
        sign = "not " if expression.operator == "not" else "-"
        inner = show(expression.operands[0], power - 1 if sign == "not " else _BINDING["*"])
        text = sign + inner
    else:
        first, *rest = expression.operands
        text = f" {expression.operator} ".join([show(first, power - 1), *(show(part, power) for part in rest)])
        if expression.operator in COMPARISONS:
            text = f" {expression.operator} ".join(show(part, power) for part in expression.operands)
    return f"({text})" if power <= least else text


def _show_literal(value: Exact | str | Period) -> str:
    if isinstance(value, Period):
        return value.text
    if isinstance(value, str):
        return f'"{value}"' if '"' not in value else f"'{value}'"
    scaled, places = value, 0
    while scaled.denominator != 1:
        scaled, places = scaled * 10, places + 1
    digits = str(int(scaled)).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


Canonical = tuple[object, ...]


def canonical(expression: Expression, renamed: Mapping[str, str] | None = None) -> Canonical:
    """A form that is equal for expressions that read the same, with names exchanged as ``renamed`` says.

    The order around ``== != + * and or`` and in ``abs(a - b)`` makes no difference.

    >>> canonical(parse("a + b == c")) == canonical(parse("c == b + a"))
    True
    >>> canonical(parse("abs(a - b) <= 2"), {"a": "b", "b": "a"}) == canonical(parse("abs(a - b) <= 2"))
    True
    >>> canonical(parse("a <= b"), {"a": "b", "b": "a"}) == canonical(parse("a <= b"))
    False
    """
    if isinstance(expression, Reference):
        return "name", (renamed or {}).get(expression.name, expression.name), expression.field or ""
    if isinstance(expression, Literal):
        return "literal", _show_literal(expression.value)
    if isinstance(expression, Call):
        argument = expression.arguments[0]
        if expression.function == "abs" and isinstance(argument, Operation) and _is_difference(argument):
            return "distance", *_sorted(argument.operands, renamed)
        return expression.function, *(canonical(part, renamed) for part in expression.arguments)
    if expression.operator in ("==", "!=", "+", "*", "and", "or"):
        return expression.operator, *_sorted(tuple(_flat(expression)), renamed)
    return expression.operator, *(canonical(part, renamed) for part in expression.operands)


def _is_difference(operation: Operation) -> bool:
    return operation.operator == "-" and len(operation.operands) == 2


def _flat(operation: Operation) -> Iterator[Expression]:
    for part in operation.operands:
        if isinstance(part, Operation) and part.operator == operation.operator not in COMPARISONS:
            yield from _flat(part)
        else:
            yield part


def _sorted(parts: tuple[Expression, ...], renamed: Mapping[str, str] | None) -> list[Canonical]:
    return sorted((canonical(part, renamed) for part in parts), key=repr)

"""expression.py: the language of rules, what it says where it is not understood, and that nothing in it is code."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import expression, period
from checker.expression import COMPARISONS, FUNCTIONS, ExpressionError, canonical, parse, show, template
from checker.model import Call, Expression, Literal, Operation, Reference

A, B, C = Reference("a"), Reference("b"), Reference("c")


def error(text: str) -> tuple[str, str, int]:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    return caught.value.message, caught.value.expected, caught.value.offset


# ------------------------------------------------------------------------- reading and showing


def leaves() -> st.SearchStrategy[Expression]:
    names = st.sampled_from(["a", "b_2", "Held", "or_else", "nothing", "sum"])
    fields = st.sampled_from([None, "as_of", "during.end", "dimensions.first-wave"])
    numbers = st.fractions(min_value=0, max_value=10**12, max_denominator=10**6).map(
        lambda exact: Fraction(round(exact * 10**6), 10**6)
    )
    return st.one_of(
        st.builds(Reference, names, fields),
        st.integers(0, 10**39).map(Literal),
        numbers.map(lambda exact: Literal(exact.numerator if exact.denominator == 1 else exact)),
        st.text(st.characters(codec="utf-8", exclude_characters="\"'")).map(Literal),
        st.sampled_from(["it's", 'a "b" c']).map(Literal),
        st.dates().map(lambda day: Literal(period.read(day.isoformat()))),
    )


def larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def flat(operator: str, operands: list[Expression]) -> Expression:
        """As it is read: what is chained from the left is one operation."""
        first, *rest = operands
        if isinstance(first, Operation) and first.operator == operator:
            return Operation(operator, (*first.operands, *rest))
        return Operation(operator, tuple(operands))

    def call(name: str, arguments: list[Expression]) -> Expression:
        return Call(name, tuple(arguments[: len(FUNCTIONS[name].arguments)]))

    pair = st.tuples(inner, inner)
    return st.one_of(
        st.builds(flat, st.sampled_from(["+", "and", "or"]), st.lists(inner, min_size=2, max_size=4)),
        st.builds(Operation, st.sampled_from(["-", "*", "/", *COMPARISONS]), pair),
        st.builds(Operation, st.sampled_from(["-", "not"]), st.tuples(inner)),
        st.builds(call, st.sampled_from(list(FUNCTIONS)), st.lists(inner, min_size=2, max_size=2)),
    )


@given(st.recursive(leaves(), larger, max_leaves=12))
def test_what_is_shown_reads_again_to_the_same(tree: Expression) -> None:
    assert parse(show(tree)) == tree


@given(st.text(st.sampled_from("ab .,()+-*/<>=!'\"0127_\n") | st.characters(), max_size=40))
def test_any_text_is_an_expression_or_an_error_inside_it(text: str) -> None:
    tree: Expression | None = None
    wrong = ExpressionError("")
    try:
        tree = parse(text)
    except ExpressionError as error:
        wrong = error
    assert (tree is None) == bool(wrong.message)
    assert 0 <= wrong.offset <= len(text)
    assert tree is None or parse(show(tree)) == tree


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b * c", "(a / b) * c"),
        ("-a * b", "(-a) * b"),
        ("-a - -b", "(-a) - (-b)"),
        ("a + b <= c - 1", "(a + b) <= (c - 1)"),
        ("not a == b", "not (a == b)"),
        ("not a < b and b < c", "(not a < b) and (b < c)"),
        ("a < b or b < c and c < a", "(a < b) or ((b < c) and (c < a))"),
        ("not not a < b", "not (not (a < b))"),
    ],
)
def test_precedence(text: str, grouped: str) -> None:
    assert parse(text) == parse(grouped)


@pytest.mark.parametrize("text", ["a - (b - c)", "a / (b * c)", "(a < b) == (b < c)", "a and (b and c)", "-(a + b)"])
def test_parentheses_that_mean_something_are_kept(text: str) -> None:
    assert show(parse(text)) == text


def test_chains_are_one_operation() -> None:
    assert parse("a + b + c") == Operation("+", (A, B, C))
    assert parse("a and b and c") == Operation("and", (A, B, C))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("012", 12),
        ("1.50", Fraction(3, 2)),
        ("2.0", 2),
        ("'Thursday'", "Thursday"),
        ('"it\'s"', "it's"),
        ("2024-07-28", period.read("2024-07-28")),
    ],
)
def test_literals(text: str, value: object) -> None:
    read = parse(text)
    assert read == Literal(value)  # type: ignore[arg-type]
    assert isinstance(read, Literal)
    assert type(read.value) is type(value)


def test_signs_in_quotes_are_text() -> None:
    assert parse("'<=' == '-'") == Operation("==", (Literal("<="), Literal("-")))
    assert parse("'and'") == Literal("and")


def test_a_month_is_no_date_but_a_difference() -> None:
    assert parse("2024-07") == Operation("-", (Literal(2024), Literal(7)))


# ------------------------------------------------------------------------- what is wrong, and where

OPERAND = "a name, a number, a text in quotes, a date or a function"
CALENDAR = "a day that exists, in the years 0001 to 9999"
SIGNS = "a name, a number, a text in quotes, a date (2024-07-28), or one of + - * / < <= == != >= > ( )"


@pytest.mark.parametrize(
    ("text", "message", "expected", "offset"),
    [
        ("", "the end is not expected here", OPERAND, 0),
        ("  ", "the end is not expected here", OPERAND, 0),
        ("a <= ", "the end is not expected here", OPERAND, 4),
        ("a <= )", '")" is not expected here', OPERAND, 5),
        ("a and or b", '"or" is not expected here', OPERAND, 6),
        ("a b", '"b" is not expected here', "an operator, or the end", 2),
        ("(a + b", "the end is not expected here", '")"', 6),
        ("abs(a b)", '"b" is not expected here', '")"', 6),
        ("sum()", '")" is not expected here', OPERAND, 4),
        ("a < b < c", '"<" is not expected here', '"and" between two comparisons', 6),
        ("a = b", '"= b" is not understood here', '"==" to compare', 2),
        ("a && b", '"&& b" is not understood here', '"and", "or", "not"', 2),
        ("a | b", '"| b" is not understood here', '"and", "or", "not"', 2),
        ("!a", '"!a" is not understood here', '"and", "or", "not"', 0),
        ("a <=   ü + 1", '"ü + 1" is not understood here', SIGNS, 7),
        ("a <= 12b", '"12b" is not understood here', SIGNS, 5),
        ("a <= 1.2.3", '"1.2.3" is not understood here', SIGNS, 5),
        ("a <= 'no end of it all", '"\'no end of i" is not understood here', SIGNS, 5),
        ("a == 2024-02-30", "there is no such date in the calendar", CALENDAR, 5),
        ("1 + mean(a)", '"mean" is no function', f"one of {', '.join(FUNCTIONS)}", 4),
        ("a.as_of(b)", '"a.as_of" is no function', f"one of {', '.join(FUNCTIONS)}", 0),
        ("1 + sum(a, b)", "sum takes 1 argument, found 2", FUNCTIONS["sum"].help, 4),
        ("within(a)", "within takes 2 arguments, found 1", FUNCTIONS["within"].help, 0),
    ],
)
def test_errors_say_what_where_and_what_instead(text: str, message: str, expected: str, offset: int) -> None:
    assert error(text) == (message, expected, offset)


def test_bounds() -> None:
    longest = "a" * expression.MAX_LENGTH
    assert parse(longest) == Reference(longest)
    assert error(longest + "a") == ("the expression is too long", "at most 2,000 characters", 0)
    most = "+".join(["a"] * (expression.MAX_TOKENS // 2))  # with the end, as many as there may be
    assert len(parse(most).operands) == 200  # type: ignore[union-attr]
    assert error(most + "+a") == ("the expression is too long", "at most 400 words and signs", 0)
    deepest = expression.MAX_DEPTH - 1
    assert parse("(" * deepest + "a" + ")" * deepest) == A
    too_deep = "the expression is nested too deeply", "at most 40 levels", 0
    for opening in ("(", "-", "not ", "abs("):
        assert error(opening * (deepest + 1) + "a") == too_deep
    digits = "9" * expression.MAX_DIGITS
    assert parse(digits) == Literal(int(digits))
    assert error("a < 9" + digits) == ("a number is too long", "at most 40 digits", 4)


def test_long_chains_are_shown_and_held_against_others() -> None:
    for operator in "-*/":
        chain = parse(f" {operator} ".join(["a"] * 199))
        assert parse(show(chain)) == chain
        assert canonical(chain, {"a": "b"}) != canonical(chain)
        assert len(list(expression.references(chain))) == 199


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "__import__('os').system('true')",
        "lambda: 1",
        "lambda a: a",
        "a if b else c",
        "[a]",
        "{a}",
        "a[0]",
        "a.__class__()",
        "f'{a}'",
        "`true`",
        "$(true)",
        "a := b",
        "a; b",
        "a # b",
        "a ** b",
        "a // b",
        "a % b",
        "eval('1')",
        "'a' 'b'",
        "a\\nb",
        "\x00",
    ],
)
def test_code_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_attributes_of_python_are_fields_like_others() -> None:
    """And as such refused where fields are looked up: no fact has one of these."""
    assert parse("a.__class__") == Reference("a", "__class__")


# ------------------------------------------------------------------------- messages


def test_a_message_is_text_and_expressions() -> None:
    assert template("{a} is {100 * a / b} %") == (A, " is ", parse("100 * a / b"), " %")
    assert template("no name") == ("no name",)
    assert template("") == ()
    assert template("{a}{b}") == (A, B)


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("more than { a", "a brace in the message has no partner", 10),
        ("more } than", "a brace in the message has no partner", 5),
        ("{{a}}", "a brace in the message has no partner", 0),
        ("{a} and {a +}", "the end is not expected here", 12),
        ("{}", "the end is not expected here", 1),
        ("{0.x}", '"0.x" is not understood here', 1),
        ("{a!r}", '"!r" is not understood here', 2),
        ("{a:>9999999}", '":>9999999" is not understood here', 2),
        ("{a[0]}", '"[0]" is not understood here', 2),
        ("{__import__('os')}", '"__import__" is no function', 1),
    ],
)
def test_messages_that_are_none(text: str, message: str, offset: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        template(text)
    assert (caught.value.message, caught.value.offset) == (message, offset)


# ------------------------------------------------------------------------- reading it again


def test_references_from_left_to_right() -> None:
    found = expression.references(parse("sum(b) + a.as_of <= 3 and not within(a.subject, c.subject)"))
    assert list(found) == [B, Reference("a", "as_of"), Reference("a", "subject"), Reference("c", "subject")]


def test_conjuncts_are_what_is_asked_together() -> None:
    assert expression.conjuncts(None) == ()
    assert expression.conjuncts(parse("a < b or b < c")) == (parse("a < b or b < c"),)
    together = parse("a < b and (b < c and c < 3) and (a < 1 or b < 2)")
    assert [show(one) for one in expression.conjuncts(together)] == ["a < b", "b < c", "c < 3", "a < 1 or b < 2"]


SWAPPED = {"a": "b", "b": "a"}


@pytest.mark.parametrize(
    "text",
    [
        "a == b",
        "a != b",
        "a + b <= c",
        "a * b <= c",
        "a * c * b <= 1",
        "abs(a - b) <= 2",
        "a < c and b < c",
        "a < c or b < c",
        "(a + c) + b == (b + 0) * (a + 0)",
        "a.claimant != b.claimant",
    ],
)
def test_what_reads_the_same_with_names_exchanged(text: str) -> None:
    assert canonical(parse(text), SWAPPED) == canonical(parse(text))


@pytest.mark.parametrize(
    "text", ["a <= b", "a - b == 0", "a / b == 1", "abs(a) == b", "abs(-a) == b", "a.as_of == b.since", "'a' == b"]
)
def test_what_reads_otherwise_with_names_exchanged(text: str) -> None:
    assert canonical(parse(text), SWAPPED) != canonical(parse(text))


def test_a_comparison_of_comparisons_is_not_taken_apart() -> None:
    assert canonical(parse("(a == b) == c")) != canonical(parse("(a == c) == b"))
    assert canonical(parse("abs(a - b)")) != canonical(parse("a - b"))

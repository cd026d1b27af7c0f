"""unit.py: what goes together in an expression, and what does not."""

from __future__ import annotations

import pytest

from checker import expression, field, unit
from checker.expression import FUNCTIONS, ExpressionError
from checker.model import Measure
from checker.unit import DATE, NUMBER, TEXT, TRUTH, Kind

PERSONS = Measure("held", "count", "person", "stock")
SHARE = Measure("share", "percent", "%", "stock")
EUROS = Measure("cost", "money", "EUR", "stock")
LEVEL = Measure("level", "number", None, "stock")
LASTED = Measure("lasted", "duration", "day")
BEGAN = Measure("began", "date", None)
NAMED = Measure("name", "text", None)


def one(*measures: Measure) -> unit.Name:
    return unit.Name(unit.of(measures), collection=False)


NAMES = {
    "a": one(PERSONS),
    "b": one(PERSONS),
    "share": one(SHARE),
    "cost": one(EUROS),
    "level": one(LEVEL),
    "lasted": one(LASTED),
    "began": one(BEGAN),
    "name": one(NAMED),
    "any": one(PERSONS, SHARE, BEGAN, NAMED),
    "parts": unit.Name(unit.of((PERSONS,)), collection=True),
    "shares": unit.Name(unit.of((SHARE,)), collection=True),
    "names": unit.Name(unit.of((NAMED,)), collection=True),
}
GIVEN = f"one of {', '.join(NAMES)}"
FIELDS = f"one of {', '.join(field.NAMES)}"


def kind(text: str, wanted: str | None = None) -> Kind:
    return unit.check(expression.parse(text), NAMES, wanted)


def refused(text: str, wanted: str | None = TRUTH) -> tuple[str, str]:
    with pytest.raises(ExpressionError) as caught:
        kind(text, wanted)
    return caught.value.message, caught.value.expected


# ------------------------------------------------------------------------- what goes together


@pytest.mark.parametrize(
    "text",
    [
        "a <= b",
        "a + b - 3 <= 2 * a",
        "-a <= abs(a - b)",
        "a <= 100",
        "level <= a",
        "a <= level",
        "a <= count(parts)",
        "count(shares) > 1",
        "sum(parts) + a <= b",
        "max(parts) - min(parts) <= a",
        "sum(shares) == 100",
        "100 * a / b == share",
        "a * share <= share * a",
        "cost / a <= cost / b",
        "1 / a <= 1 / b",
        "level * a <= b",
        "a / level <= b",
        "days_between(began, a.as_of) == lasted",
        "days_between(2024-07-28, a.published) >= 3",
        "began <= a.as_of",
        "a.as_of >= 2024-07-28",
        "a.as_of >= '2024-07'",
        "'2024-07~' < began",
        "a.during.start < a.during.end",
        "name == 'Ana'",
        "a.subject == b.subject",
        "a.dimensions.place != 'there'",
        "weekday(began) == name",
        "spelled_like(name, a.subject.title)",
        "within(a.subject, b.subject) and not within(a.measure, b.measure)",
        "total_of(a.measure, b.measure) or a < b",
        "complete(parts, a)",
        "complete(shares, shares)",
        "any == a",
        "any <= began",
        "any == name",
    ],
)
def test_conditions(text: str) -> None:
    assert kind(text, TRUTH) == Kind(frozenset({TRUTH}))


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("a + b", {"person"}),
        ("a + 1", {"person"}),
        ("1 + a", {"person"}),
        ("a / b", None),
        ("100 * a / b", None),
        ("cost / a", {"EUR per person"}),
        ("1 / a", {"1 per person"}),
        ("a / 2", {"person"}),
        ("a * share", {"% times person"}),
        ("-a", {"person"}),
        ("abs(a - b)", {"person"}),
        ("sum(shares)", {"%"}),
        ("count(shares)", None),
        ("days_between(began, began)", {"day"}),
        ("level", None),
        ("any", {"person", "%"}),
    ],
)
def test_units(text: str, units: set[str] | None) -> None:
    assert kind(text, NUMBER).units == (None if units is None else frozenset(units))


def test_the_kind_of_a_name_is_that_of_all_its_measures() -> None:
    assert unit.of((PERSONS, EUROS)) == Kind(frozenset({NUMBER}), frozenset({"person", "EUR"}))
    assert unit.of((PERSONS, LEVEL)) == Kind(frozenset({NUMBER}))  # one without a unit goes with any
    assert unit.of((BEGAN, NAMED)) == Kind(frozenset({DATE, TEXT}))
    assert unit.of(()) == Kind(frozenset({NUMBER, DATE, TEXT}))
    assert unit.of((PERSONS, NAMED)) == Kind(frozenset({NUMBER, TEXT}), frozenset({"person"}))


def test_a_long_chain_is_read() -> None:
    assert kind(" - ".join(["a"] * 199)).units == frozenset({"person"})


# ------------------------------------------------------------------------- what does not

CALENDAR = "a day that exists, in the years 0001 to 9999"
SAME = "the same unit on both sides"


@pytest.mark.parametrize(
    ("text", "message", "expected"),
    [
        ("a <= share", "a <= share puts person together with %", SAME),
        ("a + share <= 3", "a + share puts person together with %", SAME),
        ("a - cost <= 3", "a - cost puts person together with EUR", SAME),
        ("a / b * cost == a", "a / b * cost == a puts EUR together with person", SAME),
        ("cost / a <= cost", "cost / a <= cost puts EUR per person together with EUR", SAME),
        ("a * b == a", "a * b == a puts person times person together with person", SAME),
        ("sum(parts) <= share", "sum(parts) <= share puts person together with %", SAME),
        ("days_between(began, began) == a", "days_between(began, began) == a puts day together with person", SAME),
        ("any == cost", "any == cost puts % or person together with EUR", SAME),
        ("a == 'many'", 'a == "many" compares a number with a text', "a number on both sides"),
        ("began == a", "began == a compares a date with a number", "a date on both sides"),
        ("a.as_of >= 2024 - 07", "a.as_of >= 2024 - 7 compares a date with a number", "a date on both sides"),
        (
            "(a < b) == (b < a)",
            "(a < b) == (b < a) compares a condition with a condition",
            "a condition on both sides",
        ),
        ("name < 'b'", 'name < "b" puts texts in an order', '"==" or "!="'),
        ("began + 1 > began", "began is a date", "a number"),
        ("-name == 3", "name is a text", "a number"),
        ("a", "a is a number", "a condition"),
        ("any", "any is a date or a number or a text", "a condition"),
        ("not a", "a is a number", "a condition"),
        ("a < b and b", "b is a number", "a condition"),
        ("abs(began) < 3", "began is a date", "a number"),
        ("weekday(a) == name", "a is a number", "a date"),
        ("weekday('2024-07-28') == name", '"2024-07-28" is a text', "a date"),
        ("days_between(a, began) < 3", "a is a number", "a date"),
        ("within(a, b)", "a is a number", "a text"),
        (
            "a.as_of > '2024-13'",
            "there is no such date in the calendar",
            "a day that exists, in the years 0001 to 9999",
        ),
    ],
)
def test_what_does_not_go_together(text: str, message: str, expected: str) -> None:
    assert refused(text) == (message, expected)


@pytest.mark.parametrize(
    ("text", "message", "expected"),
    [
        ("c <= 3", '"c" is not a name in given', GIVEN),
        ("sum(c) <= 3", '"c" is not a name in given', GIVEN),
        (
            "parts <= 3",
            "parts is a collection",
            "sum(parts), count(parts), min(parts) or max(parts)",
        ),
        ("parts.as_of < began", "parts is a collection", "sum(parts), count(parts), min(parts) or max(parts)"),
        ("sum(a) <= 3", "a stands in sum()", "a collection (collect: all)"),
        ("sum(parts + 1) <= 3", "parts + 1 stands in sum()", "a collection (collect: all)"),
        ("sum(parts.value) <= 3", "parts.value stands in sum()", "a collection (collect: all)"),
        ("complete(parts, a.subject)", "a.subject stands in complete()", "a name"),
        ("complete(a, parts)", "a stands in complete()", "a collection (collect: all)"),
        ("sum(names) <= 3", "sum(names) takes numbers", FUNCTIONS["sum"].help),
        ("min(names) <= 3", "min(names) takes numbers", FUNCTIONS["min"].help),
        ("a.during < began", '"during" is no field to compute with', "during.start or during.end"),
        ("a.value == 3", '"value" is no field to compute with', FIELDS),
        ("a.__class__ == 'x'", '"__class__" is no field to compute with', FIELDS),
        ("a.subject.__init__ == 'x'", '"subject.__init__" is no field to compute with', FIELDS),
    ],
)
def test_names_and_fields_that_are_not_there(text: str, message: str, expected: str) -> None:
    assert refused(text) == (message, expected)


def test_a_value_of_a_measure() -> None:
    for text, measure in (("a + b", PERSONS), ("a", LEVEL), ("count(parts)", PERSONS), ("100 * a / b", SHARE)):
        unit.check_value(expression.parse(text), NAMES, measure)
    for text, measure in (("a", SHARE), ("a", NAMED), ("began", BEGAN), ("a + share", PERSONS), ("a < b", PERSONS)):
        with pytest.raises(ExpressionError):
            unit.check_value(expression.parse(text), NAMES, measure)


# ------------------------------------------------------------------------- in a message


@pytest.mark.parametrize(
    "text", ["a", "parts", "parts.subject", "a.during", "began", "a + b", "weekday(began)", "sum(parts)", "'x'"]
)
def test_what_can_be_shown(text: str) -> None:
    assert kind(text).types


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.value", '"value" is no field of a fact'),
        ("parts.__class__", '"__class__" is no field of a fact'),
        ("c", '"c" is not a name in given'),
        ("a + share", "a + share puts person together with %"),
        ("a <= b", "a <= b is a condition"),
        ("within(a.subject, b.subject)", "within(a.subject, b.subject) is a condition"),
    ],
)
def test_what_cannot_be_shown(text: str, message: str) -> None:
    assert refused(text, None)[0] == message

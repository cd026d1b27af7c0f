"""Rules against rules: what is said of each kind, what is not said, and all of it against brute force and z3."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

import folder
from checker import cli, linear, rule, rulebook
from checker.expression import parse
from checker.interval import point
from checker.judge import Judge
from checker.model import (
    Call,
    Derive,
    Expression,
    Fact,
    Literal,
    Location,
    Match,
    Measure,
    Operation,
    Pattern,
    Reference,
    Rule,
    Value,
)
from checker.rulebook import Remark
from checker.vocabulary import EMPTY

HERE = Location("rules.yaml", 1, 1)
NAMES = EMPTY._replace(
    measures={
        measure.id: measure
        for measure in (
            Measure("a", "count", "person", "stock"),
            Measure("b", "count", "person", "stock"),
            Measure("part", "count", "person", "stock", within="b"),
            Measure("left", "count", "person", "stock"),
            Measure("flow", "count", "person", "flow"),
            Measure("euros", "money", "EUR", "stock"),
            Measure("share", "percent", "%", "stock"),
            Measure("day", "date"),
            Measure("lasted", "duration", "day"),
            Measure("said", "text"),
        )
    }
)


def made(require: str, where: str = "", id: str = "one", **more: Any) -> Rule:
    """A rule over every measure that its expressions name, or over the patterns given."""
    words = f"{require} {where}".replace(".", " ").split()
    patterns = more.pop("given", None) or tuple(of(name, name) for name in NAMES.measures if name in words)
    asked = parse(where) if where else None
    return Rule(id, HERE, patterns, where=asked, require=parse(require) if require else None, **more)


def of(name: str, *measures: str, **more: Any) -> Pattern:
    """A name and the measures of its facts."""
    return Pattern(name, (("measure", measures), *more.pop("fields", ())), **more)


def said(*rules: Rule) -> list[tuple[str, str]]:
    """The kind of each remark, and of which rule."""
    return [(remark.kind, remark.rule.id) for remark in rulebook.remarks(rules, NAMES)]


def only(*rules: Rule) -> Remark:
    """The one thing that is said."""
    (remark,) = rulebook.remarks(rules, NAMES)
    return remark


# ------------------------------------------------------------------------- a rule by itself


@pytest.mark.parametrize(
    ("require", "words"),
    [
        ("a < 0", "“a < 0” cannot hold, whatever the count a (a 0 breaks it)"),
        ("2 * a == 7", "“2 * a == 7” cannot hold, whatever the count a (a 0 breaks it)"),
        (
            "a < b and b > 3 and b < a",
            "“a < b” and “b < a” cannot hold together, whatever the counts a and b (a 0 and b 0 break it)",
        ),
        ("abs( a - b ) < 0", "“abs(a - b) < 0” cannot hold, whatever the counts a and b (a 0 and b 0 break it)"),
        ("a * b < 0", "“a * b < 0” cannot hold, whatever the counts a and b (a 0 and b 0 break it)"),
        (
            "day < 2024-01-01 and day > 2023-12-31",
            (
                "“day < 2024-01-01” and “day > 2023-12-31” cannot hold together, whatever the date day"
                " (day 2024-01-01 breaks it)"
            ),
        ),
    ],
)
def test_what_no_facts_can_meet(require: str, words: str) -> None:
    remark = only(made(require))
    assert (remark.kind, remark.message) == ("never met", f"no facts can meet one: {words}")


@pytest.mark.parametrize(
    ("require", "words"),
    [
        ("a >= 0", "“not a >= 0” cannot hold, whatever the count a (a 0 keeps it)"),
        ("a != 1.5", "“not a != 1.5” cannot hold, whatever the count a (a 0 keeps it)"),
        ("lasted + 1 > 0", "“not lasted + 1 > 0” cannot hold, whatever the duration lasted (lasted 0 keeps it)"),
    ],
)
def test_what_can_never_fail(require: str, words: str) -> None:
    remark = only(made(require))
    assert (remark.kind, remark.message) == ("never fails", f"one can never fail: {words}")


def test_what_where_leaves_can_decide() -> None:
    remark = only(made("a <= b + 2", "a < b and b > 3"))
    assert remark.message == (
        "one can never fail: “a < b” and “not a <= b + 2” cannot hold together, whatever the counts a and b "
        "(a 0 and b 4 keep it)"
    )


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("a.as_of < b.as_of and b.as_of < a.as_of", "“a.as_of < b.as_of” and “b.as_of < a.as_of” cannot hold together"),
        ('a.basis == "verfied" and a < b', '“a.basis == "verfied"” cannot hold'),
        ('a.basis == "planned" and a < b', '“a.basis == "planned"” cannot hold'),
        ('a.quote.stands == "true" and a < b', '“a.quote.stands == "true"” cannot hold'),
        ('a.measure == "held" and a < b', '“a.measure == "held"” cannot hold'),
        ('a.kind == "flow" and a < b', '“a.kind == "flow"” cannot hold'),
        ('a.dimensions.sex == "men" and a < b', '“a.dimensions.sex == "men"” cannot hold'),
        ("within( a.measure , b.measure ) and a < b", "“within(a.measure, b.measure)” cannot hold"),
        (
            'a.event == "x" and b.event == "y" and a.event == b.event',
            '“a.event == "x"” and “b.event == "y"” and “a.event == b.event” cannot hold together',
        ),
        (
            ('weekday( a.as_of ) == "Monday" and weekday( b.as_of ) == "Sunday" '
            "and days_between( a.as_of , b.as_of ) == 8"),
            (
                '“weekday(a.as_of) == "Monday"” and “weekday(b.as_of) == "Sunday"” and '
                "“days_between(a.as_of, b.as_of) == 8” cannot hold together"
            ),
        ),
        ("a.during.end < b.as_of and b.as_of < a.during.start",
         "“a.during.end < b.as_of” and “b.as_of < a.during.start” cannot hold together"),
    ],
)  # fmt: skip
def test_what_never_matches(where: str, words: str) -> None:
    remark = only(made("a <= b", where))
    assert (remark.kind, remark.message) == ("never matches", f"one never matches: {words}")


def test_a_derivation_can_never_match_either() -> None:
    derive = Derive("left", parse("a - b"))
    assert said(made("", "a < b and b < a", derive=derive)) == [("never matches", "one")]
    assert said(made("", "a < b", derive=derive)) == []


def test_fields_that_agree_are_one() -> None:
    assert said(made("a <= b", "a.as_of < b.as_of", same=("subject", "as_of"))) == [("never matches", "one")]
    assert said(made("a <= b", "a.published < b.published", same=("source",))) == [("never matches", "one")]
    assert said(made("a <= b", "within( a.subject , b.subject )", same=("subject",))) == [("never matches", "one")]
    assert said(made("a <= b", "a.as_of < b.as_of", same=("subject",))) == []


def test_a_pattern_says_which_texts_there_are() -> None:
    given = of("a", "a", fields=(("basis", ("announced", "verified")),)), of("b", "b")
    assert said(made("a <= b", 'a.basis == "reported"', given=given)) == [("never matches", "one")]
    assert said(made("a <= b", 'a.basis == "verified"', given=given)) == []
    planned = of("a", "a", fields=(("basis", ("any", "planned")),)), of("b", "b")
    assert said(made("a <= b", 'a.basis == "planned"', given=planned)) == []


def test_a_field_that_its_facts_never_have() -> None:
    given = of("a", "a", fields=(("event", ("null",)),)), of("b", "b")
    assert said(made("a.event == b.event", given=given)) == [("never matches", "one")]


@pytest.mark.parametrize(
    "require",
    [
        "a <= b",
        "euros >= 0",
        "share <= 100",
        "day < 2024-01-01",
        "within( a.subject , b.subject )",
        'said == "yes"',
        'weekday( day ) != "Sunday"',
        "a.as_of <= a.published",
        "lasted != 1.5",
    ],
)
def test_what_can_be_met_and_can_fail_is_not_mentioned(require: str) -> None:
    assert said(made(require)) == []


def test_what_is_derived_may_be_below_nought_and_a_fraction() -> None:
    derives = made("", "", "leaves", given=(of("a", "a"), of("b", "b")), derive=Derive("left", parse("a - b")))
    for require in ("left >= 0", "left != 1.5"):
        assert said(made(require)) == [("never fails", "one")]
        assert said(derives, made(require)) == []


def test_of_several_types_the_widest_counts() -> None:
    assert said(made("x >= 0", given=(of("x", "a", "lasted"),))) == [("never fails", "one")]
    assert said(made("x >= 0", given=(of("x", "a", "euros"),))) == []
    assert said(made("x != 1.5", given=(of("x", "a", "lasted"),))) == []
    assert said(made("x == y or x != y", given=(of("x", "a", "said", "day"), of("y", "said", "day")))) == [
        ("never fails", "one")
    ]


# ------------------------------------------------------------------------- collections


@pytest.mark.parametrize(
    ("require", "or_none", "kind"),
    [
        ("sum( a ) >= 0", False, "never fails"),
        ("count( a ) >= 1", False, "never fails"),
        ("count( a ) >= 1", True, None),
        ("count( a ) >= 1 or sum( a ) == 0", True, "never fails"),
        ("count( a ) >= 0", True, "never fails"),
        ("min( a ) > max( a )", False, "never met"),
        ("max( a ) > sum( a )", False, "never met"),
        ("sum( a ) == 3 and count( a ) == 7", False, None),
        ("count( a ) != 1 or min( a ) == max( a )", False, "undecided"),
        ("sum( euros ) >= 0", False, None),
    ],
)
def test_what_any_number_of_facts_can_make(require: str, or_none: bool, kind: str | None) -> None:
    name = "euros" if "euros" in require else "a"
    one = made(require, given=(of(name, name, collect=True, or_none=or_none),))
    assert said(one) == ([(kind, "one")] if kind else [])


def test_where_asks_each_member_of_a_collection() -> None:
    where = "flow.during.end <= b.as_of and flow.during.start > b.as_of"
    members = of("flow", "flow", collect=True)
    assert said(made("sum(flow) <= b", where, given=(members, of("b", "b")))) == [("never matches", "one")]
    assert said(made("sum(flow) <= b", "flow > b.as_of - flow.as_of", given=(members, of("b", "b")))) == [
        ("undecided", "one")
    ]
    maybe_none = members._replace(or_none=True)  # then nothing is left, which is a match
    assert said(made("sum(flow) <= b", where, given=(maybe_none, of("b", "b")))) == []


# ------------------------------------------------------------------------- not decided


@pytest.mark.parametrize("require", ["a * b >= 5", "100 * a / b == share", "a * a != 2"])
def test_what_is_not_linear_is_said_to_be_open(require: str) -> None:
    assert only(made(require)).message == "one is not decided: it is not linear"


def test_too_many_types_are_said_to_be_open() -> None:
    names = "pqrstu"
    given = tuple(of(name, "a", "said", "day") for name in names)
    assert said(made("p == q", given=given), made("p == q", id="other", given=given)) == [
        ("undecided", "one"),
        ("undecided", "other"),
    ]


def test_what_takes_too_long_is_said_to_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "LIMIT", 0)
    remarks = rulebook.remarks([made("3 * a < 2 * b", id="x"), made("5 * a < 2 * b and b < 3 * a", id="y")], NAMES)
    assert {remark.message for remark in remarks} == {
        "x is not decided: it takes too long",
        "y is not decided: it takes too long",
        "y is not decided beside x: it takes too long",
    }


def test_of_a_rule_that_no_measure_fits_nothing_is_said() -> None:
    assert said(made("x < 0", given=(of("x", "nothing"),))) == []


# ------------------------------------------------------------------------- pairs


def test_rules_that_contradict_each_other_are_said_once() -> None:
    remark = only(made("a <= b", id="le"), made("a > b + 1", id="gt"))
    assert (remark.kind, remark.rule.id, remark.other and remark.other.id) == ("contradicts", "gt", "le")
    assert remark.message == (
        "gt contradicts le: “a <= b” and “a > b + 1” cannot both hold (a 0 and b 0 keep le and break gt)"
    )


def test_a_rule_that_follows_from_another_by_other_names() -> None:
    other = made("y <= x + 2", id="weaker", given=(of("x", "b"), of("y", "a")))
    assert only(made("a <= b", id="le"), other).message == (
        "weaker follows from le: what keeps “y <= x” keeps “y <= x + 2” (y 1 and x 0 keep weaker and break le)"
    )


def test_of_rules_that_ask_the_same_the_later_follows() -> None:
    assert said(made("a <= b", id="le"), made("b >= a", id="ge")) == [("follows", "ge")]


def test_a_rule_that_follows_from_several_is_said_to_follow_from_one() -> None:
    assert said(made("a <= b", id="x"), made("a <= b + 1", id="y"), made("a <= b + 2", id="z")) == [
        ("follows", "z"),
        ("follows", "y"),
    ]


def test_too_many_pairs_are_said_to_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [made(f"a <= b + {number}", id=f"r{number}") for number in range(3)]
    monkeypatch.setattr(rulebook, "MAX_PAIRS", 4)
    assert said(*rules) == [("follows", "r2"), ("follows", "r1"), ("undecided", "r0")]


def test_where_must_leave_no_match_to_the_other_alone() -> None:
    always, later = made("a <= b", id="always"), made("a <= b + 1", "a.as_of < b.as_of", "later")
    assert said(always, later) == [("follows", "later")]
    assert said(made("a <= b", "a.as_of < b.as_of", "later"), made("a <= b + 1", id="always")) == []
    assert said(made("a <= b", "a.as_of <= b.as_of", "wide"), made("a <= b", "a.as_of < b.as_of", "narrow")) == [
        ("follows", "narrow")
    ]


def test_what_a_rule_names_must_be_there_for_it_to_apply() -> None:
    tautology = made("a <= b", "a.event == b.event or a.event != b.event", "events")
    assert said(tautology, made("a <= b + 1", id="all")) == []
    assert said(tautology, made("a <= b + 1", 'a.event != "x" and b.event != "x"', "some")) == [("follows", "some")]
    assert said(tautology, made("a <= b + 1", id="same", same=("event",))) == []


def test_fewer_fields_in_common_apply_to_more() -> None:
    few, many = ("subject",), ("subject", "as_of")
    assert said(made("a <= b", id="few", same=few), made("a <= b + 1", id="many", same=many)) == [("follows", "many")]
    assert said(made("a <= b", id="many", same=many), made("a <= b + 1", id="few", same=few)) == []
    assert said(made("a <= b", id="x", same=few, comparable=("as_of",)), made("a <= b + 1", id="y", same=few)) == []
    assert said(made("a <= b", id="x", same=few, comparable=("as_of",)), made("a <= b + 1", id="y", same=many)) == [
        ("follows", "y")
    ]


def test_what_no_fact_has_and_what_all_have_agrees() -> None:
    many = made("a <= b", id="many", same=("dimensions", "event", "basis", "subject"))

    def fewer(**asked: str) -> Rule:
        fields = tuple((name, (text,)) for name, text in asked.items())
        given = of("a", "a", fields=fields), of("b", "b", fields=fields)
        return made("a <= b + 1", id="few", given=given, same=("subject",))

    assert said(many, fewer(event="null", basis="verified")) == [("follows", "few")]
    assert said(many, fewer(event="any", basis="verified")) == []
    assert said(many, fewer(event="null")) == []


def test_wider_patterns_apply_to_more() -> None:
    count = (("type", ("count",)), ("kind", ("stock",)))
    general = made("x <= y", id="general", given=(Pattern("x", count), Pattern("y", count)))
    assert said(general, made("a <= b", id="special")) == [("follows", "special")]
    assert said(made("a <= b", id="special"), general._replace(require=parse("x <= y + 1"))) == []
    planned = made("a <= b", id="planned", given=(of("a", "a", fields=(("basis", ("planned",)),)), of("b", "b")))
    assert said(general, planned) == []
    broken_down = made("a <= b", id="men", given=(of("a", "a", dimensions=("any",)), of("b", "b")))
    assert said(general, broken_down) == []


def test_measures_settle_whether_a_general_rule_applies() -> None:
    stock = (("kind", ("stock",)), ("unit", ("person",)))
    where = "within( x.measure , y.measure )"
    general = made("x <= y", where, "general", given=(Pattern("x", stock), Pattern("y", stock)))
    assert said(general, made("part <= b", id="inside")) == [("follows", "inside")]
    assert said(general, made("a <= b", id="beside")) == []


def test_what_warns_makes_nothing_superfluous_that_fails() -> None:
    warns, fails = made("a <= b", id="warns", severity="warning"), made("a <= b + 1", id="fails")
    assert said(warns, fails) == []
    assert said(made("a <= b", id="fails"), made("a <= b + 1", id="warns", severity="warning")) == [
        ("follows", "warns")
    ]
    assert said(made("a <= b", id="across", across="note"), fails) == []


def test_collections_are_compared_only_where_they_are_the_same() -> None:
    def sums(id: str, require: str, *measures: str, **more: Any) -> Rule:
        return made(require, id=id, given=(of("flow", *measures, collect=True), of("b", "b")), **more)

    one = sums("one", "sum(flow) <= b", "flow")
    assert said(one, sums("two", "sum(flow) <= b + 1", "flow")) == [("follows", "two")]
    assert said(one, sums("two", "sum(flow) <= b + 1", "flow", "a")) == []
    assert said(one, sums("two", "sum(flow) <= b + 1", "flow", same=("subject",))) == []
    late = sums("two", "sum(flow) <= b + 1", "flow", where="flow.during.start > b.as_of")
    assert said(one, late) == []
    assert said(one, sums("two", "min(flow) <= b + 1", "flow")) == []  # a sum may be open where the least is not


def test_what_does_not_compare_says_nothing() -> None:
    given = of("x", "a", "euros"), of("y", "b", "euros"), of("z", "b")
    narrow = made("x <= y + 1", id="narrow", given=given)
    assert said(made("x <= y", id="wide", given=given), narrow) == [("follows", "narrow")]
    assert said(made("x <= y and y <= z", id="wide", given=given), narrow) == []
    mixed = of("x", "a", "euros", collect=True), of("b", "b")
    counted, limited = made("count(x) <= b", id="c", given=mixed), made("count(x) <= b + 1", id="d", given=mixed)
    assert said(counted, limited) == []


def test_of_shipped_rules_nothing_is_said_but_what_follows_from_them() -> None:
    shipped = made("a <= b", id="shipped", shipped=True)
    assert said(made("a >= 0", id="idle", shipped=True)) == []
    assert said(shipped, made("a <= b + 1", id="own")) == [("follows", "own")]
    assert said(shipped, made("a > b", id="own")) == [("contradicts", "own")]
    assert said(shipped, made("a <= b - 1", id="own")) == []
    assert said(shipped, made("a <= b + 1", id="too", shipped=True)) == []


def test_a_shipped_rule_that_is_narrower_is_contradicted_at_ones_own() -> None:
    shipped = made("a <= b", "a.as_of < b.as_of", "shipped", shipped=True)
    assert said(shipped, made("a > b", id="own")) == [("contradicts", "own")]


def test_the_shipped_rules_are_clean() -> None:
    rules = [one._replace(shipped=False) for one in rule.gather([rule.SHIPPED])]
    assert [(remark.kind, remark.rule.id) for remark in rulebook.remarks(rules, EMPTY)] == [
        ("undecided", "percent-fits-counts")
    ]


# ------------------------------------------------------------------------- against brute force and z3

NUMBERS = st.integers(-4, 4)
TERMS = st.builds(
    lambda a, b, c: Operation(
        "+",
        (
            Operation("*", (Literal(a), Reference("a"))),
            Operation("*", (Literal(b), Reference("b"))),
            Literal(c),
        ),
    ),
    NUMBERS, NUMBERS, NUMBERS,
)  # fmt: skip
COMPARED: st.SearchStrategy[Expression] = st.builds(
    lambda operator, one, other: Operation(operator, (one, other)),
    st.sampled_from(["<", "<=", "==", "!=", ">", ">="]),
    TERMS,
    TERMS | st.builds(lambda one: Call("abs", (one,)), TERMS),
)
CONDITIONS = st.recursive(
    COMPARED,
    lambda parts: (
        st.builds(lambda one: Operation("not", (one,)), parts)
        | st.builds(
            lambda operator, some: Operation(operator, tuple(some)),
            st.sampled_from(["and", "or"]),
            st.lists(parts, min_size=2, max_size=3),
        )
    ),
    max_leaves=4,
)


def random_rule(id: str, require: Expression, where: Expression | None = None) -> Rule:
    return Rule(id, HERE, (of("a", "a"), of("b", "b")), where=where, require=require)


def translated(expression: Expression, values: dict[str, z3.ArithRef]) -> Any:
    """An expression in z3's words."""
    if isinstance(expression, Literal):
        return z3.IntVal(int(expression.value))  # type: ignore[arg-type]
    if isinstance(expression, Reference):
        return values[expression.name]
    if isinstance(expression, Call):
        inner = translated(expression.arguments[0], values)
        return z3.If(inner >= 0, inner, -inner)
    parts = [translated(part, values) for part in expression.operands]
    if expression.operator in ("and", "or", "not"):
        return {"and": z3.And, "or": z3.Or, "not": z3.Not}[expression.operator](*parts)
    if expression.operator == "+":
        return z3.Sum(parts)
    one, other = parts
    return {
        "*": lambda: one * other,
        "<": lambda: one < other,
        "<=": lambda: one <= other,
        "==": lambda: one == other,
        "!=": lambda: one != other,
        ">": lambda: one > other,
        ">=": lambda: one >= other,
    }[expression.operator]()


def possible(*conditions: tuple[Expression, bool]) -> bool:
    """Whether some counts a and b make each condition true, or not."""
    values = {name: z3.Int(name) for name in "ab"}
    solver = z3.Solver()
    solver.add(*(value >= 0 for value in values.values()))
    solver.add(*(translated(one, values) == holds for one, holds in conditions))
    return bool(solver.check() == z3.sat)


def expected(where: Expression, require: Expression) -> str | None:
    if not possible((where, True)):
        return "never matches"
    if not possible((where, True), (require, True)):
        return "never met"
    return None if possible((where, True), (require, False)) else "never fails"


@settings(max_examples=100, deadline=None)
@given(CONDITIONS, CONDITIONS)
def test_what_is_said_of_a_rule_is_what_z3_says(where: Expression, require: Expression) -> None:
    kinds = [kind for kind, _ in said(random_rule("one", require, where))]
    assert kinds == list(filter(None, [expected(where, require)]))


@settings(max_examples=100, deadline=None)
@given(CONDITIONS, CONDITIONS)
def test_what_is_said_of_a_pair_is_what_z3_says(one: Expression, other: Expression) -> None:
    rules = random_rule("one", one), random_rule("other", other)
    found = [(kind, id) for kind, id in said(*rules) if kind in ("contradicts", "follows")]
    if any(kind is not None for kind in (expected(parse("0 == 0"), one), expected(parse("0 == 0"), other))):
        assert found == []
    elif not possible((one, True), (other, True)):
        assert found == [("contradicts", "other")]
    elif not possible((one, True), (other, False)):
        assert found == [("follows", "other")]
    else:
        assert found == ([] if possible((other, True), (one, False)) else [("follows", "one")])


def fact(name: str, value: int) -> Fact:
    return Fact(name, NAMES.measures[name], "s", Value(str(value), point(value), point(value)), HERE, None, None)


@settings(max_examples=60, deadline=None)
@given(CONDITIONS)
def test_the_judge_never_says_what_was_ruled_out(require: Expression) -> None:
    one = random_rule("one", require)
    ruled_out = {"never met": "satisfied", "never fails": "violated"}
    judge = Judge(EMPTY)
    for kind, _ in said(one):
        for a, b in product(range(6), repeat=2):
            judged = judge.verdict(Match(one, (("a", fact("a", a)), ("b", fact("b", b)))))
            assert judged is not None
            assert judged.verdict != ruled_out[kind]


# ------------------------------------------------------------------------- the command


@pytest.fixture
def story(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return folder.write(tmp_path)


def added(require: str, id: str = "more") -> str:
    """The folder's rules, and one more over the same facts."""
    head, first = folder.RULES.split("\n", 1)
    return f"{head}\n{first}{first.replace('hurt-within-held', id).replace('a <= b', require)}"


@pytest.mark.parametrize(
    ("require", "code", "last"),
    [
        ("a <= b + 5", 0, "2 rules: nothing wrong · 10 notes"),
        ("a > b", 1, "2 rules: 1 warning · 9 notes"),
        ("a >= 0", 1, "2 rules: 1 warning · 9 notes"),
        ("a * b >= 5", 0, "2 rules: nothing wrong · 9 notes"),
    ],
)
def test_a_warning_makes_the_command_fail_and_a_note_does_not(
    story: Any, capsys: pytest.CaptureFixture[str], require: str, code: int, last: str
) -> None:
    folder.write(story, {"rules/own.yaml": added(require)})
    assert cli.main(["lint"]) == code
    assert capsys.readouterr().out.rstrip().endswith(last)


def test_a_warning_names_its_place_and_what_is_open_is_told_who_asks(
    story: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.write(story, {"rules/own.yaml": added("a < 0")})
    assert cli.main(["lint", "rules"]) == 1
    assert "rules/own.yaml:14:14: warning: no facts can meet more: “a < 0” cannot hold" in capsys.readouterr().out
    folder.write(story, {"rules/own.yaml": added("a * b >= 5")})
    assert cli.main(["lint", "rules"]) == 0
    assert "not decided" not in capsys.readouterr().out
    assert cli.main(["lint", "-v", "rules"]) == 0
    assert "rules/own.yaml:14:14: undecided: more is not decided: it is not linear" in capsys.readouterr().out

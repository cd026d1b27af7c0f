"""What follows from facts: chains, their limits, and what a derived fact carries."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import pytest

from checker import derive, engine, sql
from checker.engine.relation import Relation
from checker.model import Fact, InputErrors, Interval, Rule
from facts import ENGINES, NAMES, claim, day, rule, verdicts

ALL = (*ENGINES, *(("duckdb",) if find_spec("duckdb") else ()))
TOTAL = rule(
    {"before": {"measure": "freed_total"}, "batch": {"measure": "freed", "during": "any"}},
    id="total-grows",
    same=["subject"],
    where="batch.during.start > before.as_of",
    derive={"measure": "freed_total", "as_of": "batch.during.end", "value": "before + batch"},
)


def made(rules: Rule | list[Rule], facts: Sequence[Fact], by: str = "plain") -> tuple[Fact, ...]:
    several = [rules] if isinstance(rules, Rule) else rules
    if by in engine.DATABASES:
        return in_database(several, facts, by)
    return derive.derived(several, facts, NAMES, engine.choose(by)[1])


def in_database(rules: Sequence[Rule], facts: Sequence[Fact], by: str) -> tuple[Fact, ...]:
    database = engine.database(by, ())
    try:
        return sql.derived(rules, Relation(database, facts), NAMES)
    finally:
        database.close()


def figures(facts: Sequence[Fact]) -> list[tuple[str, Any, Any]]:
    """When, from and to of each, sorted."""
    return sorted(
        (str(fact.as_of and fact.as_of.text), fact.value.literal.low, fact.value.literal.high)
        for fact in facts
        if fact.value.literal is not None
    )


@pytest.mark.parametrize("by", ALL)
def test_a_chain_is_followed_to_its_end(by: str) -> None:
    facts = [
        claim("start", "freed_total", 100),
        claim("first", "freed", "about 30", during="2024-01-02"),
        claim("second", "freed", 5, during="2024-01-03/2024-01-04"),
    ]
    assert figures(made(TOTAL, facts, by)) == [
        ("2024-01-02", 127, 133),
        ("2024-01-04", 105, 105),
        ("2024-01-04", 132, 138),
    ]


def test_a_derived_fact_carries_where_it_comes_from() -> None:
    start = claim(
        "start", "freed_total", 100, since="2023-12-01", event="one", quote="a hundred", complete=("batches",)
    )
    batch = claim("batch", "freed", 30, during="2024-01-02", event="two", dimensions={})
    (new,) = made(TOTAL, [start, batch])
    assert new.derivation is not None
    assert (new.derivation.rule, [fact.id for fact in new.derivation.facts]) == ("total-grows", ["a#start", "a#batch"])
    assert (new.measure.id, new.subject, new.event, new.basis) == ("freed_total", "all", "one", "reported")
    assert (new.since, new.as_of, new.during) == (day("2023-12-01"), day("2024-01-02"), None)
    assert (new.quote, new.complete, new.supersedes, new.superseded) == (None, (), None, False)


@pytest.mark.parametrize(
    ("fields", "claimant", "source"),
    [({}, "a", "a"), ({"claimant": "b"}, None, "a"), ({"source": "b", "claimant": "a"}, "a", None)],
)
def test_claimant_and_source_are_taken_where_all_agree(fields: Any, claimant: Any, source: Any) -> None:
    facts = [claim("start", "freed_total", 100), claim("batch", "freed", 30, during="2024-01-02", **fields)]
    (new,) = made(TOTAL, facts)
    assert (new.claimant, new.source and new.source.id) == (claimant, source)


def test_a_derived_value_moves_with_what_it_comes_from() -> None:
    """The difference of a derived total and its parent is the batch, exactly, however vague the parent is."""
    facts = [claim("start", "freed_total", "unknown"), claim("batch", "freed", 30, during="2024-01-02")]
    given = {"x": {"measure": "freed_total", "id": "a#*"}, "y": {"measure": "freed_total", "id": "total-grows*"}}
    assert verdicts([TOTAL, rule(given, "y - x == 30")], facts) == ["satisfied"]
    assert verdicts([TOTAL, rule(given, "y - x == 31")], facts) == ["violated"]
    assert verdicts([TOTAL, rule(given, "y >= x")], facts) == ["satisfied"]


def quotient(value: str) -> Rule:
    return rule(
        {"x": {"measure": "held"}, "y": {"measure": "hurt"}},
        id="ratio",
        same=["subject"],
        derive={"measure": "level", "value": value},
    )


@pytest.mark.parametrize("value", ["x / y", "x * y", "abs(x - y)", "abs(x - y) / 2"])
def test_two_derived_values_are_two_quantities(value: str) -> None:
    facts = [
        claim("x1", "held", "2 to 9"),
        claim("y1", "hurt", "1 to 2"),
        claim("x2", "held", "2 to 9", subject="some"),
        claim("y2", "hurt", "1 to 2", subject="some"),
    ]
    differ = rule({"a": {"measure": "level", "subject": "all"}, "b": {"measure": "level", "subject": "some"}}, "a != b")
    assert verdicts([quotient(value), differ], facts) == ["undetermined"]


def test_a_derived_value_is_as_whole_as_its_expression() -> None:
    facts = [claim("x", "held", 5), claim("y", "hurt", 2)]
    halves = rule(
        {"x": {"measure": "held"}, "y": {"measure": "hurt"}},
        id="ratio",
        derive={"measure": "sick", "value": "x / y"},
    )
    assert verdicts([halves, rule({"s": {"measure": "sick"}}, "2 * s == 5")], facts) == ["satisfied"]
    assert verdicts([halves, rule({"s": {"measure": "sick"}}, "s < 3")], facts) == ["satisfied"]


def test_no_fact_is_made_where_it_is_open_whether_the_rule_applies() -> None:
    start = claim("start", "freed_total", 100, as_of="2024-01")
    assert made(TOTAL, [start, claim("batch", "freed", 30, during="2024-01-20")]) == ()
    assert len(made(TOTAL, [start, claim("batch", "freed", 30, during="2024-02-01")])) == 1


def test_no_fact_is_made_of_what_is_not_comparable() -> None:
    start = claim("start", "freed_total", 100)
    facts = [start, claim("batch", "freed", 30, during="2024-01-02", claimant="b")]
    assert len(made(TOTAL, facts)) == 1
    assert made(TOTAL._replace(comparable=("claimant",)), facts) == ()


def test_no_fact_is_made_of_what_cannot_be_computed() -> None:
    least = rule(
        {"x": {"measure": "held"}, "parts": {"measure": "hurt", "collect": "all", "or_none": True},
         "more": {"measure": "freed", "collect": "all"}},
        id="least", derive={"measure": "sick", "value": "min(parts)"},
    )  # fmt: skip
    assert made(least, [claim("x", "held", 1), claim("f", "freed", 1, during="2024-01-01")]) == ()


def test_fields_may_be_given() -> None:
    moved = rule(
        {"batch": {"measure": "freed"}},
        id="moved",
        derive={
            "measure": "held", "as_of": "2024-05", "subject": "some", "event": "two", "basis": "estimated",
            "value": "2 * batch",
        },
    )  # fmt: skip
    (new,) = made(moved, [claim("f", "freed", 3, during="2024-01-01", event="one")])
    assert (new.as_of, new.during, new.subject, new.event) == (day("2024-05"), None, "some", "two")
    assert (new.basis, new.value.literal) == ("estimated", Interval(6, 6))


def test_the_start_of_a_period_with_an_open_start_is_open() -> None:
    begun = rule(
        {"batch": {"measure": "freed"}},
        id="begun",
        derive={"measure": "held", "as_of": "batch.during.start", "value": "batch"},
    )
    (new,) = made(begun, [claim("f", "freed", 3, during="../2024-01-04")])
    assert new.as_of is not None
    assert (new.as_of.first, new.as_of.last) == (None, day("2024-01-04").last)


def test_a_rule_that_collects_waits_for_what_is_derived() -> None:
    parts = rule(
        {"parts": {"measure": "sick", "collect": "all"}},
        id="a-collects",
        same=["subject"],
        derive={"measure": "held", "as_of": "2024-01-05", "value": "sum(parts)"},
    )
    sick = rule(
        {"batch": {"measure": "freed"}},
        id="b-makes-sick",
        derive={"measure": "sick", "as_of": "batch.during.end", "value": "batch"},
    )
    facts = [
        claim("one", "freed", 3, during="2024-01-01"),
        claim("two", "freed", 4, during="2024-01-02"),
        claim("three", "sick", 5, as_of="2024-01-03"),
    ]
    found = [fact for fact in made([parts, sick], facts) if fact.measure.id == "held"]
    assert [fact.value.literal for fact in found] == [Interval(12, 12)]


LOOP = (
    rule({"x": {"measure": "held"}}, id="there", derive={"measure": "hurt", "value": "x"}),
    rule({"x": {"measure": "hurt"}}, id="and-back", derive={"measure": "held", "value": "x + 1"}),
)


@pytest.mark.parametrize("by", ALL)
def test_a_derivation_without_end_names_the_rules_in_its_loop(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive, "MAX_STEPS", 20)
    start = rule({"x": {"measure": "sick"}}, id="not-in-it", derive={"measure": "held", "value": "x"})
    with pytest.raises(InputErrors) as raised:
        made([*LOOP, start], [claim("f", "sick", 1)], by)
    (error,) = raised.value.errors
    assert error.message == "the derivation does not end: and-back -> there -> and-back"
    assert error.location == LOOP[1].location


@pytest.mark.parametrize("by", ALL)
def test_of_several_loops_every_engine_names_the_same(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive, "MAX_FACTS", 40)
    monkeypatch.setattr(derive, "MAX_TIMES", 1)
    others = rule({"x": {"measure": "sick"}}, id="one", derive={"measure": "sick", "value": "x + 1"})
    with pytest.raises(InputErrors, match="does not end: one -> one"):
        made([others, *LOOP], [claim(f"{name}{at}", name, at) for name in ("held", "sick") for at in range(3)], by)


@pytest.mark.parametrize("by", ALL)
def test_a_derivation_that_explodes_is_stopped_before_it_fills_the_memory(
    by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "MAX_FACTS", 500)
    names = {"x": {"measure": "held"}, "y": {"measure": "held"}, "z": {"measure": "held"}}
    sums = rule(names, id="explodes", derive={"measure": "held", "value": "x + 2 * y + 3 * z"})
    with pytest.raises(InputErrors, match="does not end: explodes -> explodes"):
        made(sums, [claim(f"f{number}", "held", number) for number in range(6)], by)


@pytest.mark.parametrize("by", ALL)
@pytest.mark.parametrize("value", ["x * x", "x / x", "x * x / 3 + 1", f"x * {'7' * 40}"])
def test_numbers_that_grow_without_end_are_stopped_before_they_fill_the_memory(
    by: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "MAX_STEPS", 120)
    grows = rule({"x": {"measure": "level"}}, id="grows", derive={"measure": "level", "value": value})
    for told in ("7", "from 7 to 13"):
        with pytest.raises(InputErrors) as raised:
            made(grows, [claim("f", "level", f"exactly {told}" if told == "7" else told)], by)
        (error,) = raised.value.errors
        asked = "grows derives a number of more than 4,200 digits", "the derivation does not end: grows -> grows"
        assert error.message == asked[value == "x / x" and told == "7"]
        assert error.location == grows.location


def test_numbers_that_grow_a_little_each_day_may_be_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive, "MAX_STEPS", 250)
    grows = rule(
        {"x": {"measure": "level"}}, id="grows", derive={"measure": "level", "value": "x * 1.0000000000000001"}
    )
    with pytest.raises(InputErrors, match="does not end"):
        made(grows, [claim("f", "level", "exactly 1")])


def test_many_facts_at_once_are_no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derive, "MAX_FACTS", 100)
    monkeypatch.setattr(derive, "MAX_TIMES", 1)
    pairs = rule(
        {"x": {"measure": "held"}, "y": {"measure": "hurt"}}, id="pairs", derive={"measure": "sick", "value": "x - y"}
    )
    facts = [claim(f"f{number}", measure, number) for number in range(30) for measure in ("held", "hurt")]
    facts = [fact._replace(id=f"{fact.id}-{fact.measure.id}") for fact in facts]
    with pytest.raises(InputErrors, match="pairs derives too many facts"):
        made(pairs, facts[:30])


@pytest.mark.parametrize("by", ALL)
def test_a_long_chain_ends(by: str) -> None:
    """A step for each day of half a year, from one running total to the next."""
    first = day("2024-01-01").first or 0
    facts = [claim("start", "freed_total", 0)]
    for number in range(1, 150):
        batch = claim(f"f{number}", "freed", 1)
        facts.append(
            batch._replace(
                during=day("2024-01-01")._replace(text=str(number), first=first + number, last=first + number)
            )
        )
    daily = TOTAL._replace(where=rule({}, where="days_between(before.as_of, batch.during.start) == 1").where)
    found = made(daily, facts, by)
    assert sorted(fact.value.literal.low or 0 for fact in found if fact.value.literal) == list(range(1, 150))

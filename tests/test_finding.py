"""finding.py: the severity, the words and the id of what a rule found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import facts
from checker import finding, run
from checker.judge import Judge
from checker.model import Fact, Finding, Location, Rule


def findings(rule: Rule, told: Sequence[Fact], *verdicts: str) -> list[Finding]:
    """What a rule finds, of these verdicts (by default all), in order of the ids of the facts."""
    judge = Judge(facts.NAMES)
    found = facts.judged(rule, told)
    made = [finding.make(match, judgement, judge) for match, judgement in found]
    return sorted(
        (one for one in made if not verdicts or one.verdict in verdicts),
        key=lambda one: [cited.fact.id for cited in one.facts],
    )


def one(rule: Rule, *told: Fact) -> Finding:
    [found] = findings(rule, told)
    return found


def within(**fields: Any) -> Rule:
    given = {"a": {"measure": "hurt"}, "b": {"measure": "held"}}
    return facts.rule(given, "a <= b", **{"message": "{a} is more than {b}", **fields})


HURT, HELD = facts.claim("hurt", "hurt", 12), facts.claim("held", "held", 10)


# ------------------------------------------------------------------------- what it carries


def test_a_finding_carries_its_match() -> None:
    found = one(within(id="hurt-within-held"), HURT._replace(subject="some"), HELD)
    assert (found.rule, found.severity, found.verdict, found.status) == ("hurt-within-held", "error", "violated", "new")
    assert found.subject == "some"  # that of the first name
    assert [(cited.name, cited.fact.id) for cited in found.facts] == [("a", "a#hurt"), ("b", "a#held")]
    assert found.message == "12 is more than 10"
    assert found.left is not None
    assert found.right is not None
    assert (found.left.text, found.right.text, found.left.type) == ("a", "b", "count")
    assert found.reason == ""


def test_what_is_not_shown_has_no_severity_and_no_words() -> None:
    found = one(within(), HURT, facts.claim("held", "held", 30))
    assert (found.verdict, found.severity, found.message, found.left, found.right) == ("satisfied", "", "", None, None)


def test_what_is_undetermined_shows_its_sides() -> None:
    found = one(within(), HURT, facts.claim("held", "held", {"min": "10", "max": "14"}))
    assert (found.verdict, found.severity, found.message) == ("undetermined", "", "")
    assert found.right is not None


def test_what_is_incomparable_says_why() -> None:
    found = one(within(comparable=["claimant"]), HURT, HELD._replace(claimant="police"))
    assert (found.verdict, found.reason) == ("incomparable", "they differ in claimant")


@pytest.mark.parametrize(
    ("severity", "across", "claimants", "violated", "suspicious"),
    [
        ("error", None, "a a", "error", "warning"),
        ("error", None, "a b", "error", "warning"),
        ("error", "warning", "a a", "error", "warning"),
        ("error", "warning", "a b", "warning", "warning"),
        ("error", "note", "a b", "note", "note"),
        ("warning", None, "a a", "warning", "warning"),
        ("warning", "error", "a b", "error", "warning"),
        ("note", None, "a a", "note", "note"),
        ("note", "error", "a a", "note", "note"),
    ],
)
def test_severities(severity: str, across: str | None, claimants: str, violated: str, suspicious: str) -> None:
    rule = within(severity=severity, across=across)
    first, second = claimants.split()
    held = HELD._replace(claimant=second)
    assert one(rule, HURT._replace(claimant=first), held).severity == violated
    nearly = facts.claim("hurt", "hurt", "about 11", claimant=first)  # 10 to 12
    found = one(rule, nearly, held)
    assert (found.verdict, found.severity) == ("suspicious", suspicious)


# ------------------------------------------------------------------------- the id


def test_an_id_is_twelve_hexadecimal_digits() -> None:
    id = one(within(), HURT, HELD).id
    assert len(id) == finding.ID_LENGTH == 12
    assert int(id, 16) >= 0


def test_an_id_survives_what_is_only_said_otherwise() -> None:
    id = one(within(), HURT, HELD).id
    assert one(within(), HELD, HURT).id == id  # other order
    moved = HURT._replace(location=Location("moved.yaml", 99, 3), quote="12 hurt", subject_title="All")
    assert one(within(), moved, HELD).id == id
    assert one(within(), HURT, facts.claim("held", "held", "exactly 10")).id == id  # the same value in other words
    assert one(within(message="no", why="w", title="t", severity="note", across="note"), HURT, HELD).id == id
    assert one(within()._replace(location=Location("other.yaml", 7, 7), shipped=True), HURT, HELD).id == id


def test_an_id_changes_with_what_is_said() -> None:
    ids = [
        found.id
        for found in (
            one(within(), HURT, HELD),
            one(within(), facts.claim("hurt", "hurt", 13), HELD),
            one(within(), facts.claim("hurt", "hurt", "at least 12"), HELD),
            one(within(), facts.claim("hurt2", "hurt", 12), HELD),
            one(within(), facts.claim("hurt", "hurt", 12, source="b", claimant="a"), HELD),
            one(within(id="another-rule"), HURT, HELD),
            one(within(where="a.as_of == b.as_of"), HURT, HELD),
            one(within(same=["subject"]), HURT, HELD),
            one(within(comparable=["claimant"]), HURT, HELD),
            one(facts.rule({"a": {"measure": "hurt"}, "b": {"measure": "held"}}, "a < b"), HURT, HELD),
            one(facts.rule({"a": {"measure": "hurt", "basis": "any"}, "b": {"measure": "held"}}, "a <= b"), HURT, HELD),
        )
    ]
    assert len(set(ids)) == len(ids)


def test_texts_are_part_of_an_id() -> None:
    rule = facts.rule({"a": {"measure": "name"}}, "a == 'Ana'", message="m")
    assert one(rule, facts.claim("x", "name", "Eva")).id != one(rule, facts.claim("x", "name", "Ena")).id


def test_the_members_of_a_collection_are_part_of_an_id() -> None:
    rule = facts.rule({"a": {"measure": "hurt", "collect": "all"}}, "sum(a) <= 3", message="m")
    there = facts.claim("1", "hurt", 5, as_of="2024-01-01"), facts.claim("2", "hurt", 6, as_of="2024-01-02")
    assert one(rule, *there).id == one(rule, *reversed(there)).id
    assert one(rule, *there).id != one(rule, there[0]).id


# ------------------------------------------------------------------------- the words


Given = dict[str, dict[str, Any]]


def message(template: str, *told: Fact, given: Given | None = None, require: str = "a <= b") -> str:
    given = given or {"a": {"measure": "hurt"}, "b": {"measure": "held"}}
    return one(facts.rule(given, require, message=template), *told).message


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("nothing to fill", "nothing to fill"),
        ("{a} of {b}", "12 of 10"),
        ("{a.measure}, {b.claimant}, {a.as_of}", "hurt, a, 2024-01-01"),
        ("{a.event}", "none"),
        ("{a.dimensions.place}", "none"),
        ("{a - b}, {a + b}, {2 * a}", "2, 22, 24"),
        ("{a / b}", "exactly 1.2"),  # where 1.2 alone would be 1.15 to 1.25
        ("{b - a}", "-2"),
        ("{abs(b - a)} and {-a}", "2 and -12"),
        ("{a / 0}", "unknown"),
        ("{'so'} and {3}", "so and 3"),
        ("{weekday(a.as_of)}", "Monday"),
        ("{weekday(a.published)}", "unknown"),
        ("{days_between(a.as_of, 2024-02-01)} days", "31 days"),
    ],
)
def test_messages(template: str, expected: str) -> None:
    assert message(template, HURT, HELD) == expected


def test_values_are_told_in_the_words_of_their_sources() -> None:
    told = facts.claim("hurt", "hurt", "at least two dozen"), facts.claim("held", "held", "fewer than 10")
    assert message("{a}, not {b}: {a - b}", *told).startswith("at least two dozen, not fewer than 10: ")


def test_a_value_without_words_is_told_by_its_interval() -> None:
    told = facts.claim("hurt", "hurt", {"min": "12", "max": "14"}), HELD
    assert message("{a}", *told) == "12 to 14"


def test_texts_and_dates() -> None:
    names = {"a": {"measure": "name"}, "b": {"measure": "began"}}
    told = facts.claim("n", "name", "Ana"), facts.claim("b", "began", "2024-07")
    assert message("{a} on {b}: {weekday(b)}", *told, given=names, require="a == 'Eva'") == "Ana on 2024-07: unknown"


def test_the_days_that_a_weekday_may_be() -> None:
    told = HURT._replace(as_of=facts.day("2024-01-01/2024-01-02")), HELD
    assert message("{weekday(a.as_of)}", *told) == "Monday or Tuesday"


FREED = {"a": {"measure": "freed", "collect": "all"}, "b": {"measure": "held"}}


def freed(id: str, value: Any, day: str, **fields: Any) -> Fact:
    return facts.claim(id, "freed", value, during=f"2024-01-{day}", **fields)


def test_collections_are_told_in_order_of_time_and_once() -> None:
    told = (
        freed("z", 30, "01"),
        freed("c", "about 20", "03"),
        freed("d", "around 20", "03", source="b"),
        freed("b", 10, "02"),
        freed("y", 30, "01", source="c"),
        HELD,
    )
    assert message("{a} make {sum(a)}, {count(a)} of them", *told, given=FREED, require="sum(a) <= b") == (
        "30, 10, about 20 and around 20 make 58 to 62, 3 of them"
    )
    assert message("{a.source}", *told, given=FREED, require="sum(a) <= b") == "a, b and c"


def test_a_collection_that_tells_one_thing_in_two_ways() -> None:
    told = freed("x", 30, "01"), freed("y", 20, "01", source="b"), HELD
    given = {**FREED, "c": {"measure": "held"}}
    del given["b"]
    assert message("{a} make {sum(a)}", *told, given=given, require="c > 10") == "30 and 20 make unknown"


def test_a_collection_of_nothing() -> None:
    given: Given = {
        "a": {"measure": "freed", "collect": "all", "or_none": True},
        "b": {"measure": "held", "collect": "all"},
    }
    assert message("{a}, {sum(a)}, {count(a)}", HELD, given=given, require="sum(b) <= sum(a)") == "nothing, 0, 0"
    assert message("{min(a)}", HELD, given=given, require="sum(b) <= sum(a)") == "unknown"


def test_derived_facts_are_told_by_their_values() -> None:
    derived = facts.rule(
        {"before": {"measure": "freed_total"}, "batch": {"measure": "freed"}},
        id="grow",
        where="before.as_of < batch.during.start",
        derive={"measure": "freed_total", "as_of": "batch.during.end", "value": "before + batch"},
    )
    rule = facts.rule(
        {"a": {"measure": "freed_total"}, "b": {"measure": "arrested"}}, "a <= b", message="{a} by {a.as_of} of {b}"
    )
    told = [
        facts.claim("t", "freed_total", "at least 100"),
        freed("f", 20, "05"),
        facts.claim("n", "arrested", 50, as_of="2024-02-01"),
    ]
    judge = Judge(facts.NAMES)
    made = [finding.make(match, judgement, judge) for match, judgement in facts.judged([derived, rule], told)]
    assert "at least 120 by 2024-01-05 of 50" in [one.message for one in made]
    [found] = [one for one in made if one.message.startswith("at least 120")]
    [cited] = [cited for cited in found.facts if cited.name == "a"]
    assert [fact.id for fact in run.origins(cited.fact)] == ["a#t", "a#f"]

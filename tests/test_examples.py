"""examples.py: a rule is held against its own examples, and one that says otherwise is reported."""

from __future__ import annotations

import pytest

from checker import document, engine, examples, rule, vocabulary
from checker.examples import Outcome
from checker.model import InputErrors, Rule, Vocabulary

_, START = engine.choose("plain")
NAMES = """
vocabulary:
  measures:
    held: {type: count, unit: person, kind: stock}
    freed: {type: count, unit: person, kind: flow}
    freed_total: {type: count, unit: person, kind: total, counting: gross, total_of: freed}
    rain: {type: money, unit: EUR, kind: stock}
"""


def read(text: str) -> Rule:
    [found] = rule.read(document.read(text, "rules.yaml"))
    return found


def within(*written: str, given: str = "{a: {measure: held}}", require: str = "a <= 10") -> Rule:
    lines = "\n".join(f"      - {one}" for one in written)
    return read(
        f"{NAMES}rules:\n  - id: r\n    given: {given}\n    require: {require}\n    message: m\n    why: w\n"
        f"    examples:\n{lines}\n"
    )


def grows(*written: str) -> Rule:
    lines = "\n".join(f"      - {one}" for one in written)
    return read(f"""{NAMES}rules:
  - id: d
    given: {{before: {{measure: freed_total}}, batch: {{measure: freed}}}}
    where: before.as_of < batch.during.start
    derive: {{measure: freed_total, as_of: batch.during.end, value: before + batch}}
    why: w
    examples:
{lines}
""")


def check(tested: Rule, names: Vocabulary = vocabulary.EMPTY) -> list[tuple[str, str, bool]]:
    return [(one.expected, one.found, one.is_right) for one in examples.check(tested, names, START)]


def wrong(tested: Rule) -> list[tuple[int | None, str, str]]:
    with pytest.raises(InputErrors) as caught:
        examples.check(tested, vocabulary.EMPTY, START)
    return [(error.location.line, error.message, error.expected) for error in caught.value.errors]


FITS = "{expect: satisfied, facts: [{measure: held, value: 9}]}"
BREAKS = "{expect: violated, facts: [{measure: held, value: 11}]}"


# ------------------------------------------------------------------------- verdicts


def test_examples_that_say_what_they_must() -> None:
    tested = within(
        FITS,
        BREAKS,
        "{expect: suspicious, facts: [{measure: held, value: about 11}]}",
        "{expect: undetermined, facts: [{measure: held, value: {min: 9, max: 12}}]}",
        "{expect: none, facts: [{measure: freed, value: 11}]}",
        "{expect: none, facts: []}",
    )
    verdicts = ["satisfied", "violated", "suspicious", "undetermined", "none", "none"]
    assert check(tested) == [(verdict, verdict, True) for verdict in verdicts]


def test_incomparable_facts() -> None:
    tested = within(
        BREAKS,
        "{expect: incomparable, facts: [{measure: held, value: 9}, {measure: rain, value: 9}]}",
        given="{a: {kind: stock}, b: {kind: stock}}",
        require="a + b <= 10",
    )
    assert check(tested)[-1] == ("incomparable", "incomparable", True)


def test_examples_that_say_otherwise_are_reported() -> None:
    tested = within(
        FITS.replace("9", "11"), BREAKS.replace("11", "9"), "{expect: none, facts: [{measure: held, value: 9}]}"
    )
    outcomes = examples.check(tested, vocabulary.EMPTY, START)
    assert [(one.expected, one.found, one.is_right) for one in outcomes] == [
        ("satisfied", "violated", False),
        ("violated", "satisfied", False),
        ("none", "satisfied", False),
    ]
    assert [(one.rule, one.location.file, one.location.line) for one in outcomes] == [
        ("r", "rules.yaml", line) for line in (15, 16, 17)
    ]


def test_of_several_matches_the_worst_counts() -> None:
    several = "{expect: violated, facts: [{measure: held, value: 9}, {measure: held, value: 11}]}"
    assert check(within(several, FITS))[0] == ("violated", "violated", True)


def test_both_proofs_are_needed() -> None:
    assert check(within(FITS)) == [
        ("an example that violates it", "none", False),
        ("satisfied", "satisfied", True),
    ]
    assert check(within(BREAKS)) == [
        ("an example that does not violate it", "none", False),
        ("violated", "violated", True),
    ]
    assert examples.check(within(FITS), vocabulary.EMPTY, START)[0].location.line == 9


def test_an_example_may_bring_its_text() -> None:
    given = "{a: {quote.stands: any}}"
    text = "{measure: held, value: 9, quote: nine were held, text: In all nine  were held.}"
    tested = within(
        f"{{expect: satisfied, facts: [{text}]}}",
        f"{{expect: violated, facts: [{text.replace('In all nine', 'Ten')}]}}",
        "{expect: none, facts: [{measure: held, value: 9, quote: nine}]}",
        given=given,
        require="a.quote.stands == 'yes'",
    )
    assert all(right for _, _, right in check(tested))


def test_a_shipped_rule_is_held_against_its_examples_too() -> None:
    assert all(right for _, _, right in check(within(FITS, BREAKS)._replace(shipped=True)))


def test_the_repositorys_names_are_known() -> None:
    names = vocabulary.read([document.read("measures: {snow: {type: count, kind: stock}}", "v.yaml")])
    tested = within(FITS, BREAKS, "{expect: none, facts: [{measure: snow, value: 11}]}")
    assert check(tested, names)[-1] == ("none", "none", True)
    assert (
        wrong(tested) == [(17, 'measure "snow" is not declared', 'did you mean "held"?')] or wrong(tested)[0][0] == 17
    )


# ------------------------------------------------------------------------- derived facts

TOLD = "facts: [{measure: freed_total, value: 10}, {measure: freed, value: 2, during: 2000-01-03}]"


def test_what_is_derived() -> None:
    tested = grows(
        f"{{expect: {{measure: freed_total, value: 12}}, {TOLD}}}",
        f"{{expect: {{measure: freed_total, value: 12, as_of: 2000-01-03, subject: s}}, {TOLD}}}",
        "{expect: none, facts: [{measure: freed_total, value: 10}]}",
    )
    told = "freed_total 12"
    more = "freed_total 12, subject s, as_of 2000-01-03"
    assert check(tested) == [(told, told, True), (more, more, True), ("none", "none", True)]


@pytest.mark.parametrize(
    ("expect", "expected", "found"),
    [
        ("{measure: freed_total, value: 13}", "freed_total 13", "freed_total 12"),
        ("none", "none", "freed_total 12"),
        ("violated", "violated", "freed_total 12"),
    ],
)
def test_what_is_derived_otherwise(expect: str, expected: str, found: str) -> None:
    assert check(grows(f"{{expect: {expect}, {TOLD}}}")) == [(expected, found, False)]


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("as_of: 2000-01-04", "2000-01-03"),
        ("subject: t", "s"),
        ("event: e", "none"),
        ("basis: verified", "reported"),
        ("claimant: c", "example"),
    ],
)
def test_the_fields_of_what_is_derived_are_compared(field: str, found: str) -> None:
    [outcome] = check(grows(f"{{expect: {{measure: freed_total, value: 12, {field}}}, {TOLD}}}"))
    name, _, value = field.partition(": ")
    assert outcome == (f"freed_total 12, {name} {value}", f"freed_total 12, {name} {found}", False)


def test_nothing_is_derived() -> None:
    [outcome] = check(grows("{expect: {measure: freed_total, value: 12}, facts: []}"))
    assert outcome == ("freed_total 12", "none", False)


def test_a_rule_that_derives_nothing_cannot_be_expected_to() -> None:
    tested = within("{expect: {measure: held, value: 9}, facts: [{measure: held, value: 11}]}", FITS, BREAKS)
    assert check(tested)[0] == ("held 9", "violated", False)


# ------------------------------------------------------------------------- examples that make no sense


def test_examples_that_make_no_sense_are_input_errors_all_at_once() -> None:
    tested = within(
        "{expect: violated, facts: [{measure: helt, value: 11}]}",
        "{expect: violated, facts: [{measure: held, value: many}, {measure: held, value: -1}]}",
        "{expect: {measure: held}, facts: []}",
        FITS,
    )
    assert sorted({line for line, _, _ in wrong(tested)}) == [15, 16, 17]  # type: ignore[type-var]
    assert wrong(tested)[0] == (15, 'measure "helt" is not declared', 'did you mean "held"?')


def test_a_rule_that_cannot_be_used_is_an_input_error() -> None:
    tested = within(FITS, BREAKS, require="a <= b")
    assert wrong(tested) == [(11, '"b" is not a name in given', "one of a")]


def test_an_outcome_is_right_where_it_is_as_expected() -> None:
    [outcome] = examples.check(grows(f"{{expect: none, {TOLD}}}"), vocabulary.EMPTY, START)
    assert isinstance(outcome, Outcome)
    assert outcome._replace(found="none").is_right


# ------------------------------------------------------------------------- an example that fails is shown


def shown(tested: Rule) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The findings of the last example: verdict, message, and its facts by name and value."""
    *_, outcome = examples.check(tested, vocabulary.EMPTY, START)
    return [
        (one.verdict, one.message, [(name, fact.value.text) for name, fact in one.facts]) for one in outcome.findings
    ]


def test_an_example_that_is_right_shows_nothing() -> None:
    assert shown(within(BREAKS, FITS)) == []


def test_a_violation_that_was_not_expected_is_shown_as_a_run_would() -> None:
    tested = within(FITS.replace("9", "11"))
    assert shown(tested) == [("violated", "m", [("a", "11")])]
    *_, outcome = examples.check(tested, vocabulary.EMPTY, START)
    [found] = outcome.findings
    assert found.left is not None
    assert found.right is not None
    assert (found.left.text, found.right.text) == ("a", "10")
    assert found.facts[0].fact.location.file == ""  # it is that of the example


def test_what_is_satisfied_shows_the_requirement_and_its_sides() -> None:
    tested = within(BREAKS.replace("11", "9"))
    assert shown(tested) == [("satisfied", "a <= 10", [("a", "9")])]
    *_, outcome = examples.check(tested, vocabulary.EMPTY, START)
    assert outcome.findings[0].left is not None


def test_what_is_undetermined_shows_why() -> None:
    tested = within(
        "{expect: violated, facts: [{measure: held, value: 9, as_of: 2000-01}, {measure: held, value: 9}]}",
        given="{a: {measure: held}, b: {measure: held}}",
        require="a <= 10",
    )
    tested = tested._replace(same=("as_of",))
    assert next(message for _, message, _ in shown(tested)).startswith("it is open whether the rule applies")


def test_of_several_matches_those_of_the_verdict_are_shown() -> None:
    tested = within("{expect: none, facts: [{measure: held, value: 9}, {measure: held, value: 11}]}")
    assert shown(tested) == [("violated", "m", [("a", "11")])]


def test_facts_without_a_match_are_shown_under_their_measures() -> None:
    told = [("none", "no match of these facts", [("freed", "11")])]
    assert shown(within("{expect: violated, facts: [{measure: freed, value: 11}]}")) == told
    assert shown(within("{expect: violated, facts: []}")) == [("none", "no match of these facts", [])]


def test_what_is_derived_otherwise_is_shown_with_what_it_comes_from() -> None:
    tested = grows(f"{{expect: {{measure: freed_total, value: 13}}, {TOLD}}}")
    [(verdict, message, facts)] = shown(tested)
    assert (verdict, message) == ("none", "what follows from these facts")
    assert facts == [("freed_total", "10"), ("freed", "2"), ("freed_total", "")]
    [outcome] = examples.check(tested, vocabulary.EMPTY, START)
    derivation = outcome.findings[0].facts[-1].fact.derivation
    assert derivation is not None
    assert [fact.value.text for fact in derivation.facts] == ["10", "2"]


def test_a_fact_of_an_example_may_have_no_claimant() -> None:
    tested = within(
        "{expect: violated, facts: [{measure: held, value: 11, claimant: null}]}",
        "{expect: none, facts: [{measure: held, value: 11}]}",
        given="{a: {measure: held, claimant: null}}",
    )
    assert all(right for _, _, right in check(tested))

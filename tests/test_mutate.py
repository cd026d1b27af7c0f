"""mutate.py: what changes of a rule are tried, which would change nothing, and whether examples notice them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checker import cli, document, engine, examples, mutate, rule
from checker.model import InputErrors, Rule
from checker.vocabulary import EMPTY
from folder import RULES as OWN
from folder import VOCABULARY

_, START = engine.choose("plain")
SHIPPED = rule.gather([rule.SHIPPED])
NAMES = """
vocabulary:
  measures:
    held: {type: count, unit: person, kind: stock}
    freed: {type: count, unit: person, kind: flow}
    freed_total: {type: count, unit: person, kind: total, counting: gross, total_of: freed}
    name: {type: text}
    share: {type: percent, kind: stock}
rules:
"""
PAIR = "{a: {measure: held}, b: {measure: held}}"


def read(given: str, require: str = "a <= b", more: str = "", examples: str = "{expect: none, facts: []}") -> Rule:
    needs = f"require: {require}\n    message: m" if require else ""
    text = f"{NAMES}  - id: r\n    given: {given}\n    {needs}\n{more}    why: w\n    examples: [{examples}]\n"
    [found] = rule.read(document.read(text, "rules.yaml"))
    return found


def words(tested: Rule) -> list[str]:
    return [mutant.words for mutant in mutate.of(tested)]


def unnoticed(tested: Rule) -> list[str]:
    return [one.words for one in mutate.check(tested, examples.read(tested, EMPTY), START).unnoticed]


# ------------------------------------------------------------------------- what is changed


@pytest.mark.parametrize(
    ("require", "expected"),
    [
        ("a <= b", ["a >= b", "a == b", "a != b", "a < b", "a > b"]),
        ("a == 2", ["a <= 2", "a >= 2", "a != 2", "a < 2", "a > 2", "a == 3", "a == 1", "a == 0"]),
        ("a == 0", ["a <= 0", "a >= 0", "a != 0", "a < 0", "a > 0", "a == 1", "a == -1"]),
    ],
)
def test_comparisons_and_numbers(require: str, expected: list[str]) -> None:
    assert words(read("{a: {}, b: {}}", require)) == [f"require `{one}` instead of `{require}`" for one in expected]


@pytest.mark.parametrize(
    ("one", "others"),
    [
        ("a + b - a > 1", ["a - b - a > 1", "a + b + a > 1"]),
        ("a + b + c > 1", ["a - b + c > 1", "a + b - c > 1"]),
        ("a * b / c > 1", ["a / b / c > 1", "a * b * c > 1"]),
        ("a - (b - c) > 1", ["a + (b - c) > 1", "a - (b + c) > 1"]),
        ("-a < b", ["a < b"]),
        ("abs(a - b) <= c", ["a - b <= c", "abs(a + b) <= c"]),
        ("not a < b", ["a < b", "not a <= b"]),
        ("a < b or b < c", ["a < b and b < c", "a < b", "b < c"]),
        ("not (a < b and b < c)", ["a < b and b < c", "not (a < b or b < c)", "not a < b", "not b < c"]),
        ("days_between(a.as_of, b.as_of) > c", ["days_between(b.as_of, a.as_of) > c"]),
        ("a.as_of > 2000-01-31", ["a.as_of > 2000-02-01", "a.as_of > 2000-01-30"]),
        ("a.during.start < b.as_of", ["a.during.end < b.as_of"]),
        ("a.during.end < b.as_of", ["a.during.start < b.as_of"]),
        ('a.basis == "verified"', ['a.basis == "not verified"', 'a.basis != "verified"']),
        ("within(a.measure, b.measure)", ["within(b.measure, a.measure)"]),
        ("total_of(a.measure, b.measure)", ["total_of(b.measure, a.measure)"]),
    ],
)
def test_expressions(one: str, others: list[str]) -> None:
    made = words(read("{a: {measure: held}, b: {measure: freed}, c: {measure: freed_total}}", one))
    assert {f"require `{other}` instead of `{one}`" for other in others} <= set(made)


@pytest.mark.parametrize(
    ("one", "other"),
    [("sum(a) > 1", "max(a) > 1"), ("min(a) > 1", "max(a) > 1"), ("max(a) > 1", "min(a) > 1")],
)
def test_functions_of_collections(one: str, other: str) -> None:
    assert f"require `{other}` instead of `{one}`" in words(read("{a: {measure: held, collect: all}}", one))


def test_conjuncts() -> None:
    made = words(read("{a: {}, b: {}}", "a > 0 and b > 0", '    where: a.as_of < b.as_of and a.basis == "x"\n'))
    assert {
        "where without `a.as_of < b.as_of`",
        'where without `a.basis == "x"`',
        'where `a.as_of < b.as_of or a.basis == "x"` instead of `a.as_of < b.as_of and a.basis == "x"`',
        "where `a.as_of <= b.as_of` instead of `a.as_of < b.as_of`",
        "require without `a > 0`",
        "require without `b > 0`",
        "require `a > 0 or b > 0` instead of `a > 0 and b > 0`",
    } <= set(made)
    alone = words(read("{a: {}, b: {}}", "a > 0", "    where: a.as_of < b.as_of\n"))
    assert "where without `a.as_of < b.as_of`" in alone
    assert not [one for one in alone if one.startswith("require without")]


def test_fields_in_which_facts_agree() -> None:
    made = words(read("{a: {}, b: {}}", more="    same: [subject, as_of]\n    comparable: [since, unit]\n"))
    expected = ["same without subject", "same without as_of", "comparable without since", "comparable without unit"]
    assert made[:4] == expected


def test_patterns() -> None:
    given = """{
      a: {kind: [stock, null], basis: verified, dimensions: [null, any], collect: all, by: [breakdown], or_none: true},
      b: {dimensions: [{place: any, sex: [men, women]}, any]},
      c: {measure: held, next: d, by: as_of},
      d: {measure: held, dimensions: any}}"""
    assert [one for one in words(read(given, "sum(a) <= c")) if one.split()[1] == "without"] == [
        "a without kind",
        "a without kind: stock",
        "a without kind: null",
        "a without basis",
        "a without dimensions",
        "a without dimensions: null",
        "a without or_none",
        "a without by: breakdown",
        "b without dimensions",
        "b without dimensions: {place: any, sex: men or women}",
        "b without dimensions: place",
        "b without dimensions: sex",
        "b without dimensions: any",
        "c without measure",
        "c without next: d",
        "d without measure",
        "d without dimensions",
    ]


def test_what_is_derived() -> None:
    derive = "    derive: {measure: freed_total, as_of: b.during.end, event: e, value: a + b}\n"
    made = words(read("{a: {measure: freed_total}, b: {measure: freed}}", "", derive))
    assert made == [
        "a without measure",
        "b without measure",
        "derive without as_of",
        "derive without event",
        "derive: value `a - b` instead of `a + b`",
    ]


# ------------------------------------------------------------------------- what would change nothing


def test_nothing_is_tried_twice_nor_what_reads_the_same() -> None:
    assert not [one for one in words(read("{a: {}, b: {}}", "a == a")) if "`a == a` instead" in one]
    made = words(read("{a: {kind: stock}, b: {kind: stock}}", "a == b"))
    assert [one for one in made if "without" in one] == ["a without kind"]  # as b without kind, with names exchanged


def test_spelled_like_reads_the_same_both_ways() -> None:
    assert words(read("{a: {measure: name}}", "spelled_like(a, a.subject.title)")) == ["a without measure"]


def test_a_pair_that_is_equal_is_no_less_either_way() -> None:
    made = words(read(PAIR, "a == b"))
    assert [one.split("`")[1] for one in made if one.startswith("require")] == ["a != b", "a < b", "a > b"]
    made = words(read("{a: {measure: held}, b: {measure: freed}}", "a == b"))
    assert "require `a <= b` instead of `a == b`" in made


def test_a_total_is_known_by_its_counting() -> None:
    given = "{a: {kind: total, counting: gross}, b: {kind: total, counting: any}, c: {kind: stock, counting: gross}}"
    made = [one for one in words(read(given, "a + b <= c")) if one.endswith("kind")]
    assert made == ["b without kind", "c without kind"]


def test_total_of_says_which_is_the_total_and_which_the_flow() -> None:
    given = "{a: {kind: total}, b: {kind: flow}, c: {kind: flow}}"
    more = "    where: total_of(a.measure, b.measure)\n"
    made = [one for one in words(read(given, "a <= b + c", more)) if one.endswith("kind")]
    assert made == ["c without kind"]


def test_a_field_that_is_named_must_be_there() -> None:
    given = "{a: {as_of: any, event: any, during: any}, b: {as_of: any}}"
    made = words(read(given, "a <= b", "    where: a.as_of < 2000-01-01 and a.during.end < 2000-01-01\n"))
    assert [one for one in made if one.startswith(("a ", "b "))] == ["a without event", "b without as_of"]


@pytest.mark.parametrize("more", ["    same: [measure]\n", "    where: b.measure == a.measure\n"])
def test_what_is_asked_of_one_measure_is_asked_of_all(more: str) -> None:
    given = "{a: {kind: stock, basis: verified}, b: {kind: stock, basis: announced}, c: {kind: stock}}"
    made = [one for one in words(read(given, "a <= b", more)) if "without" in one and "where" not in one]
    kinds = [one for one in made if one.endswith("kind")]
    assert kinds == (["a and b and c without kind"] if "same" in more else ["c without kind", "a and b without kind"])
    assert "a without basis" in made  # of which facts of one measure may differ


def test_what_is_asked_of_fields_that_are_the_same_is_asked_of_all() -> None:
    given = "{a: {event: any, basis: x, during: 2000}, b: {event: any, basis: y, during: 2000}}"
    made = words(read(given, "a <= b", "    same: [event, basis, during]\n"))
    assert [one for one in made if one.startswith(("a ", "b "))] == [
        "a without basis",
        "a without during",  # written in other words it may be the same
        "b without basis",
        "b without during",
        "a and b without event",
    ]


# ------------------------------------------------------------------------- what is noticed


def told(*values: str) -> str:
    """Examples with one fact each, from what is expected of which value."""
    pairs = (one.partition(": ") for one in values)
    return ", ".join(f"{{expect: {expect}, facts: [{{measure: held, value: {value}}}]}}" for expect, _, value in pairs)


def test_examples_that_notice_everything() -> None:
    tight = told("satisfied: 10", "satisfied: 9", "violated: 11")
    another = ", {expect: none, facts: [{measure: freed, value: 11}]}"
    tested = read("{a: {measure: held}}", "a <= 10", examples=tight + another)
    assert mutate.check(tested, examples.read(tested, EMPTY), START) == (9, ())


def test_examples_that_do_not() -> None:
    loose = told("satisfied: 8", "violated: 12")
    assert unnoticed(read("{a: {measure: held}}", "a <= 10", examples=loose)) == [
        "a without measure",
        "require `a < 10` instead of `a <= 10`",
        "require `a <= 11` instead of `a <= 10`",
        "require `a <= 9` instead of `a <= 10`",
    ]


def test_a_rule_that_is_refused_is_noticed() -> None:
    tested = read(
        "{a: {measure: name}}", 'a == "x"', examples="{expect: satisfied, facts: [{measure: name, value: x}]}"
    )
    assert 'require `a <= "x"` instead of `a == "x"`' in words(tested)  # texts have no order
    assert unnoticed(tested) == ["a without measure"]


def test_a_derivation_without_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.derive.MAX_STEPS", 20)
    derive = "    where: a < 3\n    derive: {measure: held, as_of: 2000-01-01, value: a + 1}\n"
    example = "{expect: {measure: held, value: 3}, facts: [{measure: held, value: 2}]}"
    tested = read("{a: {measure: held}}", "", derive, example)
    assert "where without `a < 3`" in words(tested)
    assert "where without `a < 3`" not in unnoticed(tested)


@pytest.mark.parametrize("tested", SHIPPED, ids=lambda tested: tested.id)
def test_every_shipped_rule_is_proved_by_its_examples(tested: Rule) -> None:
    assert unnoticed(tested) == []


@pytest.mark.parametrize("tested", SHIPPED, ids=lambda tested: tested.id)
def test_mutants_are_in_order_and_in_different_words(tested: Rule) -> None:
    made = words(tested)
    assert made == words(tested)
    assert len(made) == len(set(made))


# ------------------------------------------------------------------------- the command


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts/vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    (tmp_path / "rules.yaml").write_text(OWN, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "rules.yaml"


def test_the_command_names_what_is_not_noticed(own: Path, capsys: Any) -> None:
    assert cli.main(["test", "--mutate", "--rules", str(own.name)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "rules.yaml:2: examples of hurt-within-held do not notice:",
        "  a without measure",
        "  b without measure",
        "  same without subject",
        "  same without as_of",
        "  require `a < b` instead of `a <= b`",
        "1 rule, 2 examples, 9 mutants: 5 survive",
    ]
    assert cli.main(["test", "--mutate", "-q", "--rules", str(own.name)]) == 1
    assert capsys.readouterr().out == "1 rule, 2 examples, 9 mutants: 5 survive\n"


def test_the_command_tries_nothing_where_an_example_fails(own: Path, capsys: Any) -> None:
    own.write_text(OWN.replace("expect: satisfied", "expect: none"), "utf-8")
    assert cli.main(["test", "--mutate", "-q", "--rules", str(own.name)]) == 1
    assert capsys.readouterr().out == "1 rule, 2 examples: 1 failed; no mutant is tried before all pass\n"


def test_the_shipped_rules_pass(own: Path, capsys: Any) -> None:
    assert own.is_file()
    assert cli.main(["test", "--mutate", "--rules", "shipped"]) == 0
    assert capsys.readouterr().out.endswith("mutants: none survives\n")


def test_examples_that_make_no_sense_are_errors(own: Path, capsys: Any) -> None:
    own.write_text(OWN.replace("value: 2", "value: many"), "utf-8")
    assert cli.main(["test", "--mutate", "--rules", str(own.name)]) == 2
    with pytest.raises(InputErrors):
        examples.read(rule.gather([str(own)])[0], EMPTY)
    assert "many" in capsys.readouterr().err

"""rule.py: rules files, all that can be wrong in them with its place, and which rules apply under a vocabulary."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from checker import document, field, rule, vocabulary
from checker.expression import parse
from checker.model import Derive, InputErrors, Measure, Pattern, Reference, Rule, Vocabulary

NAMES = vocabulary.read(
    [
        document.read(
            """
measures:
  held: {type: count, unit: person, kind: stock}
  freed: {type: count, unit: person, kind: flow}
  freed_total: {type: count, unit: person, kind: total, counting: gross, total_of: freed}
  share: {type: percent, kind: stock}
  "cases-*": {type: count, unit: person, kind: stock}
subjects: {all: {}, us-*: {}}
events: {first: {}}
""",
            "vocabulary.yaml",
        )
    ]
)
GOOD = """\
rules:
  - id: held-within-freed
    title: Held within freed
    severity: warning
    across: note
    given:
      a: {measure: held}
      b: {measure: freed_total}
    same: [subject, as_of]
    comparable: [since]
    where: a.as_of <= b.as_of
    require: a <= b
    message: "{a} is more than {b}"
    why: because
    examples:
      - {expect: violated, facts: [{measure: held, value: 2}, {measure: freed_total, value: 1}]}
      - {expect: none, facts: []}
"""
TAIL = "    why: w\n    examples: [{expect: none, facts: []}]\n"


def read(text: str, file: str = "rules.yaml", *, ships: bool = False) -> list[Rule]:
    return rule.read(document.read(dedent(text), file), ships=ships)


def one(given: str, require: str = "a <= a", more: str = "", **where: str) -> str:
    """A rules file with one rule."""
    lines = "".join(f"    {key}: {value}\n" for key, value in where.items())
    return f"rules:\n  - id: r\n    given: {given}\n    require: {require}\n{lines}{more}    message: m\n{TAIL}"


def told(wrong: InputErrors) -> list[tuple[str, str, str]]:
    return [(f"{e.location.file}:{e.location.line}:{e.location.column}", e.message, e.expected) for e in wrong.errors]


def errors(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(InputErrors) as caught:
        read(text)
    return told(caught.value)


def unselected(*rules: Rule, names: Vocabulary = NAMES) -> list[tuple[str, str, str]]:
    with pytest.raises(InputErrors) as caught:
        rule.select(rules, names)
    return told(caught.value)


# ------------------------------------------------------------------------- what is read


def test_a_rule_with_all_its_keys() -> None:
    [found] = read(GOOD)
    assert found.id == "held-within-freed"
    assert (found.location.file, found.location.line, found.location.column) == ("rules.yaml", 2, 5)
    assert found.given == (
        Pattern("a", (("measure", ("held",)),)),
        Pattern("b", (("measure", ("freed_total",)),)),
    )
    assert (found.title, found.severity, found.across) == ("Held within freed", "warning", "note")
    assert (found.same, found.comparable) == (("subject", "as_of"), ("since",))
    assert (found.where, found.require, found.derive) == (parse("a.as_of <= b.as_of"), parse("a <= b"), None)
    assert (found.message, found.why, found.shipped) == ("{a} is more than {b}", "because", False)
    assert [example.expect for example in found.examples] == ["violated", "none"]
    assert [example.location.line for example in found.examples] == [16, 17]
    assert found.vocabulary is None


def test_what_may_be_left_out() -> None:
    [found] = read(one("{a: {}}"), ships=True)
    assert (found.severity, found.across, found.same, found.comparable, found.title) == ("error", None, (), (), "")
    assert found.given == (Pattern("a"),)
    assert found.where is None
    assert found.shipped


def test_patterns() -> None:
    [found] = read(
        one(
            "{a: {measure: [held, 'f*'], event: null, basis: any, dimensions: {place: any, sex: [men, null]}},"
            " b: {dimensions: [null, any]}, c: {dimensions: any, collect: all, or_none: true, by: [breakdown, source]},"
            " d: {collect: all, by: measure}, e: {kind: total, next: a, by: as_of}}"
        )
    )
    assert found.given == (
        Pattern(
            "a",
            (("measure", ("held", "f*")), ("event", ("null",)), ("basis", ("any",))),
            ((("place", ("any",)), ("sex", ("men", "null"))),),
        ),
        Pattern("b", dimensions=("null", "any")),
        Pattern("c", dimensions=("any",), collect=True, or_none=True, by=("breakdown", "source")),
        Pattern("d", collect=True, by=("measure",)),
        Pattern("e", (("kind", ("total",)),), next="a", along="as_of"),
    )


def test_derivations() -> None:
    [found] = read(
        """
        rules:
          - id: d
            given: {before: {measure: freed_total}, batch: {measure: freed}}
            derive:
              measure: freed_total
              as_of: batch.during.end
              since: 2024-07
              subject: batch.subject
              event: first
              basis: estimated
              value: before + batch
            why: w
            examples: [{expect: {measure: freed_total, value: 3}, facts: []}]
        """
    )
    assert found.derive == Derive(
        "freed_total",
        parse("before + batch"),
        (
            ("as_of", Reference("batch", "during.end")),
            ("since", "2024-07"),
            ("subject", Reference("batch", "subject")),
            ("event", "first"),
            ("basis", "estimated"),
        ),
    )
    assert found.require is None
    assert found.examples[0].expect == {"measure": "freed_total", "value": "3"}


def test_a_files_own_names_are_for_its_examples() -> None:
    [found] = read("vocabulary: {measures: {rain: {type: number, kind: flow}}}\n" + one("{a: {}}"))
    assert found.vocabulary is not None
    assert list(found.vocabulary.measures) == ["rain"]
    assert "rain" in rule.example_names(found, NAMES).measures
    assert "held" in rule.example_names(found, NAMES).measures
    assert rule.example_names(found._replace(vocabulary=None), NAMES) is NAMES


def test_a_files_own_name_goes_before_the_repositorys() -> None:
    [found] = read("vocabulary: {measures: {held: {type: text}}}\n" + one("{a: {}}"))
    assert rule.example_names(found, NAMES).measures["held"].type == "text"


# ------------------------------------------------------------------------- what is wrong in a file

OPERAND = "a name, a number, a text in quotes, a date or a function"
FIELD = f"one of {', '.join(field.NAMES)}"


@pytest.mark.parametrize(
    ("text", "place", "message", "expected"),
    [
        (one("{a: {}}", "a <="), "4:18", "the end is not expected here", OPERAND),
        (one("{a: {}}", "a <= b ++"), "4:22", '"+" is not expected here', OPERAND),
        (one("{a: {}}", where="a = 3"), "5:14", '"= 3" is not understood here', '"==" to compare'),
        (
            one("{a: {}}", same="[subject, claiment]"),
            "5:21",
            '"claiment" is no field of a fact',
            'did you mean "claimant"?',
        ),
        (one("{a: {}}", comparable="[xyzzy]"), "5:18", '"xyzzy" is no field of a fact', FIELD),
        (one("{a: {by: measure}}"), "3:21", "by stands alone", "collect: all, or next: and a name"),
        (one("{a: {collect: all, by: [measur]}}"), "3:35", '"measur" is no field of a fact', 'did you mean "measure"?'),
        (
            one("{a: {}, b: {next: a, by: measure}}"),
            "3:37",
            "next goes along one date field",
            "by: as_of, during, since or published",
        ),
        (
            one("{a: {}, b: {next: a, by: [as_of, since]}}"),
            "3:37",
            "next goes along one date field",
            "by: as_of, during, since or published",
        ),
        (
            one("{a: {}, b: {next: c, by: as_of}}"),
            "3:30",
            'next: "c" is no name of one fact that stands for itself',
            "one of a",
        ),
        (
            one("{a: {}, b: {next: a, by: as_of}, c: {next: b, by: as_of}}"),
            "3:55",
            'next: "b" is no name of one fact that stands for itself',
            "one of a",
        ),
        (
            one("{a: {collect: all}, b: {next: a, by: as_of}, c: {}}"),
            "3:42",
            'next: "a" is no name of one fact that stands for itself',
            "one of c",
        ),
        (
            one("{a: {}, b: {next: a, by: as_of, collect: all}}"),
            "3:30",
            'next: "a" is no name of one fact that stands for itself',
            "one of a",
        ),
    ],
)
def test_errors_in_a_rule(text: str, place: str, message: str, expected: str) -> None:
    assert errors(text) == [(f"rules.yaml:{place}", message, expected)]


def derive(**fields: str) -> str:
    lines = "".join(f"      {key}: {value}\n" for key, value in {"measure": "freed", "value": "a", **fields}.items())
    return f"rules:\n  - id: r\n    given: {{a: {{}}, b: {{}}}}\n    derive:\n{lines}{TAIL}"


@pytest.mark.parametrize(
    ("fields", "place", "message", "expected"),
    [
        ({"value": "a +"}, "6:17", "the end is not expected here", OPERAND),
        ({"as_of": "soon"}, "7:14", "no date that can be read", None),
        ({"during": "2024-13"}, "7:15", "there is no such date in the calendar", None),
        ({"since": "a.during.ende"}, "7:14", '"a.during.ende" is no field', "a field such as batch.during.end"),
        ({"subject": "b"}, "7:16", '"b" is no field', "a field such as batch.during.end"),
        ({"event": "a.event + b.event"}, "7:14", '"a.event + b.event" is no field', "a field such as batch.during.end"),
    ],
)
def test_errors_in_a_derivation(fields: dict[str, str], place: str, message: str, expected: str | None) -> None:
    [found] = errors(derive(**fields))
    assert found[:2] == (f"rules.yaml:{place}", message)
    assert expected is None or found[2] == expected


def test_errors_in_a_message_say_where_in_it() -> None:
    text = one("{a: {}}").replace("message: m", "message: it is {a +} or {b")
    assert errors(text) == [("rules.yaml:5:24", "the end is not expected here", OPERAND)]
    text = one("{a: {}}").replace("message: m", "message: it is {b")
    assert errors(text) == [
        ("rules.yaml:5:20", "a brace in the message has no partner", "{name}, or an expression in braces")
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "1:1"),
        ("rules: []", "1:8"),
        ("rules: {}", "1:8"),
        ("rulez: []\n" + one("{a: {}}"), "1:1"),
        (one("{}"), "3:12"),
        (one("{a-b: {}}"), "3:13"),
        (one("{not: {}}"), "3:13"),
        (one("{a: {measur: held}}"), "3:17"),
        (one("{a: {dimensions: []}}"), "3:29"),
        (one("{a: {collect: some}}"), "3:26"),
        (one("{a: {or_none: true}}"), "3:16"),
        (one("{a: {}, b: {next: a}}"), "3:23"),
        (one("{a: {}}", severity="fatal"), "5:15"),
        (one("{a: {}}", across="fatal"), "5:13"),
        (one("{a: {}}", derive="{measure: held, value: a}"), "2:5"),
        (one("{a: {}}").replace("    require: a <= a\n", ""), "2:5"),
        (one("{a: {}}").replace("    message: m\n", ""), "2:5"),
        (one("{a: {}}").replace("    why: w\n", ""), "2:5"),
        (one("{a: {}}").replace("id: r", "id: No Words"), "2:9"),
        (one("{a: {}}").replace("expect: none", "expect: wrong"), "7:25"),
        (one("{a: {}}").replace("facts: []", "facts: [{value: 3}]"), "7:39"),
        (derive(planned="x"), "7:7"),
        (derive(basis="guessed"), "7:14"),
    ],
)
def test_what_does_not_follow_the_schema(text: str, place: str) -> None:
    assert f"rules.yaml:{place}" in [where for where, _, _ in errors(text)]


def test_all_errors_of_a_file_at_once() -> None:
    text = """\
    rules:
      - id: r
        given: {a: {by: measure}}
        require: a <=
        same: [nothing]
        where: a =< 3
        message: so {a
        why: w
        examples: [{expect: none, facts: []}]
      - id: s
        given: {a: {next: b, by: as_of}}
        require: mean(a) <= 3
        message: m
        why: w
        examples: [{expect: none, facts: []}]
    """
    assert [where.partition(":")[2] for where, _, _ in errors(text)] == [
        "3:21", "4:18", "5:12", "6:14", "7:17", "11:23", "12:14"
    ]  # fmt: skip


def test_errors_in_a_files_own_names() -> None:
    text = "vocabulary:\n  measures: {rain: {type: wet, kind: flow}}\n" + one("{a: {}}")
    assert [where for where, _, _ in errors(text)] == ["rules.yaml:2:27"]
    text = "vocabulary:\n  measures: {rain: {type: count}}\n" + one("{a: {}}")
    assert [(where, message) for where, message, _ in errors(text)] == [("rules.yaml:2:20", '"kind" is missing')]


# ------------------------------------------------------------------------- under a vocabulary


def test_rules_that_apply_are_in_order_of_their_ids() -> None:
    b, a = read(one("{a: {}}").replace("id: r", "id: b")), read(one("{a: {}}").replace("id: r", "id: a"))
    assert [found.id for found in rule.select([*b, *a], NAMES).rules] == ["a", "b"]


def test_a_shipped_rule_with_an_undeclared_measure_does_not_apply() -> None:
    text = one("{a: {measure: helt}, b: {measure: freed}}", "a <= b")
    selection = rule.select(read(text, ships=True), NAMES)
    assert selection == rule.Selection((), ('r does not apply: measure "helt" is not declared',))
    assert unselected(*read(text)) == [("rules.yaml:3:13", 'measure "helt" is not declared', 'did you mean "held"?')]


@pytest.mark.parametrize(
    ("given", "message", "expected"),
    [
        ("{a: {measure: [held, rain]}}", 'measure "rain" is not declared', "a measure of the vocabulary"),
        ("{a: {subject: al}}", 'subject "al" is not declared', 'did you mean "all"?'),
        ("{a: {event: firts}}", 'event "firts" is not declared', 'did you mean "first"?'),
    ],
)
def test_an_own_rule_names_what_is_declared(given: str, message: str, expected: str) -> None:
    assert unselected(*read(one(given))) == [("rules.yaml:3:13", message, expected)]


@pytest.mark.parametrize(
    "given",
    [
        "{a: {measure: 'h*'}}",
        "{a: {measure: cases-north}}",
        "{a: {subject: us-tx}}",
        "{a: {event: null, subject: any}}",
        "{a: {claimant: whoever}}",
    ],
)
def test_globs_and_words_are_declared(given: str) -> None:
    assert [found.id for found in rule.select(read(one(given)), NAMES).rules] == ["r"]


def test_the_measure_that_is_derived_is_declared() -> None:
    assert unselected(*read(derive(measure="freet"))) == [
        ("rules.yaml:5:7", 'measure "freet" is not declared', 'did you mean "freed"?')
    ]
    assert rule.select(read(derive()), NAMES).rules


@pytest.mark.parametrize("ships", [True, False])
def test_a_rule_that_fits_no_measure_is_noted(ships: bool) -> None:
    selection = rule.select(read(one("{a: {}, b: {type: money}}"), ships=ships), NAMES)
    assert selection == rule.Selection((), ("r does not apply: no declared measure fits b",))


def test_an_own_rule_replaces_a_shipped_one() -> None:
    own, shipped = read(one("{a: {}}"), "z.yaml"), read(one("{a: {}, b: {}}"), "a.yaml", ships=True)
    assert rule.select([*shipped, *own], NAMES) == rule.Selection(tuple(own), ())


@pytest.mark.parametrize("ships", [True, False])
def test_two_rules_of_one_id(ships: bool) -> None:
    first, second = read(one("{a: {}}"), "a.yaml", ships=ships), read(one("{a: {}}"), "b.yaml", ships=ships)
    assert unselected(*second, *first) == [("b.yaml:2:5", 'rule "r" is there twice', "another id than in a.yaml:2")]


MIXED, SAME = "a <= b puts person together with %", "the same unit on both sides"
NO_FIELD = '"__class__" is no field of a fact'


@pytest.mark.parametrize(
    ("text", "message", "expected"),
    [
        (one("{a: {measure: held}, b: {measure: share}}", "a <= b"), MIXED, SAME),
        (one("{a: {measure: held}}", "a"), "a is a number", "a condition"),
        (one("{a: {measure: held}}", "a <= b"), '"b" is not a name in given', "one of a"),
        (one("{a: {measure: held}}", where="a.claimant"), "a.claimant is a text", "a condition"),
        (one("{a: {measure: held}}", where="a <= 3 and a"), "a is a number", "a condition"),
        (one("{a: {measure: held}}", "a.__class__ == 'x'"), '"__class__" is no field to compute with', FIELD),
        (one("{a: {measure: held}}").replace("message: m", "message: '{a.__class__}'"), NO_FIELD, FIELD),
        (one("{a: {measure: held}}").replace("message: m", "message: '{b}'"), '"b" is not a name in given', "one of a"),
        (
            one("{a: {measure: held}}").replace("message: m", "message: '{a <= 3}'"),
            "a <= 3 is a condition",
            "a name, a field, a number or a text",
        ),
        (
            one("{a: {collect: all}}", "a <= 3"),
            "a is a collection",
            "sum(a), count(a), min(a) or max(a)",
        ),
        (
            one("{a: {collect: all}}", "sum(a.as_of) <= 3"),
            "a.as_of stands in sum()",
            "a collection (collect: all)",
        ),
        (derive(value="a.claimant"), "a.claimant is a text", "a number"),
        (derive(value="a < b"), "a < b is a condition", "a number"),
    ],
)  # fmt: skip
def test_an_own_rule_puts_together_what_goes_together(text: str, message: str, expected: str) -> None:
    assert [wrong[1:] for wrong in unselected(*read(text))] == [(message, expected)]


@pytest.mark.parametrize(
    ("measure", "value", "message", "expected"),
    [
        (
            "freed_total",
            "100 * a / b",
            "100 * a / b is in % per person, freed_total in person",
            "a measure in the same unit",
        ),
        ("share", "b", "b is in person, share in %", "a measure in the same unit"),
        ("name", "b", "name is a text", "a measure that is a number"),
        ("began", "b", "began is a date", "a measure that is a number"),
    ],
)
def test_what_is_derived_is_a_value_of_its_measure(measure: str, value: str, message: str, expected: str) -> None:
    names = NAMES._replace(
        measures={**NAMES.measures, "name": Measure("name", "text"), "began": Measure("began", "date")}
    )
    text = derive(measure=measure, value=value).replace("{a: {}, b: {}}", "{a: {type: percent}, b: {measure: held}}")
    assert unselected(*read(text), names=names) == [("rules.yaml:5:7", message, expected)]
    assert rule.select(read(text.replace(f"value: {value}", "value: a / a * b").replace(measure, "freed_total")), names)


def test_where_asks_each_member_of_a_collection() -> None:
    text = one(
        "{a: {measure: freed, collect: all}, b: {}}",
        "sum(a) <= 3",
        where="a.during.end <= b.as_of and a.event != b.event",
    )
    assert rule.select(read(text), NAMES).rules
    text = one("{a: {collect: all}, b: {collect: all}}", "sum(a) <= 3", where="a.as_of <= b.as_of")
    assert unselected(*read(text)) == [("rules.yaml:5:12", "b is a collection", "sum(b), count(b), min(b) or max(b)")]


def test_all_errors_of_all_rules_at_once() -> None:
    wrong = [
        *read(one("{a: {measure: helt}}"), "a.yaml"),
        *read(one("{a: {}}", "a").replace("id: r", "id: s"), "b.yaml"),
        *read(one("{a: {}}", "a + 1", where="a").replace("id: r", "id: t"), "c.yaml"),
    ]
    assert [(where, message) for where, message, _ in unselected(*wrong)] == [
        ("a.yaml:3:13", 'measure "helt" is not declared'),
        ("b.yaml:4:14", "a is a number"),
        ("c.yaml:4:14", "a + 1 is a number"),
        ("c.yaml:5:12", "a is a number"),
    ]


# ------------------------------------------------------------------------- files


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def named(id: str) -> str:
    return one("{a: {}}").replace("id: r", f"id: {id}")


def test_rules_of_files_and_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("b.yaml", "a/c.yml", "a/e.yaml"):
        write(tmp_path / "rules" / name, named(Path(name).stem))
    write(tmp_path / "rules" / "a" / "d.txt", "no rules")
    found = rule.gather(["rules", "rules/b.yaml", str(tmp_path / "rules" / "a")])  # each file once
    assert [(one.id, one.location.file, one.shipped) for one in found] == [
        ("c", "rules/a/c.yml", False),
        ("e", "rules/a/e.yaml", False),
        ("b", "rules/b.yaml", False),
    ]


def test_shipped_rules_are_known_as_such(tmp_path: Path) -> None:
    shipped = rule.gather([rule.SHIPPED])
    assert all(one.shipped for one in shipped)
    assert {Path(one.location.file).parent for one in shipped} == {Path(document.shown(rule.shipped()))}
    own = rule.gather([str(write(tmp_path / "own.yaml", named("r"))), rule.SHIPPED])
    assert [one.shipped for one in own].count(False) == 1


def test_what_is_wrong_in_all_files_is_said_at_once(tmp_path: Path) -> None:
    places = [
        write(tmp_path / "a.yaml", "rules: ["),
        write(tmp_path / "b.yaml", one("{a: {}}", "a <=")),
        write(tmp_path / "c.yaml", named("good")),
        tmp_path / "missing.yaml",
    ]
    with pytest.raises(InputErrors) as caught:
        rule.gather(map(str, places))
    assert [Path(wrong.location.file).name for wrong in caught.value.errors] == ["a.yaml", "b.yaml", "missing.yaml"]
    assert "cannot be read: No such file or directory" in caught.value.errors[-1].message

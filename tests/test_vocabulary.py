"""vocabulary.py: reading declared names, looking them up, and how they relate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import document, period, schema, vocabulary
from checker.model import Claimant, Dimension, InputErrors, Measure, Subject, Vocabulary

TEXT = """
measures:
  arrested_total: {type: count, unit: person, kind: total, counting: gross, title: Arrested}
  released: {type: count, unit: person, kind: flow}
  released_total: {type: count, unit: person, kind: total, total_of: released, within: arrested_total}
  verified_total: {type: count, unit: person, kind: total, within: released_total}
  share: {type: percent, kind: stock}
  stay: {type: duration}
  "cases-*": {type: count, kind: flow}
  cases_total: {type: count, kind: total, total_of: cases-new}
subjects:
  all: {title: All}
  some: {part_of: all, since: 2024-07-28}
  us-county-*: {part_of: us-state}
  us-*: {part_of: all}
  us-county-1: {title: One}
claimants:
  police: {title: The police}
  ngo: {weight: 2}
  rumour: {weight: 0.25}
events:
  e: {title: E}
  f: {}
dimensions:
  sex: {values: [men, women], exhaustive: true}
  place: {}
names:
  Ana Pérez: [Ana Perez, A. Pérez]
"""


def read(*texts: str) -> Vocabulary:
    documents = [document.read(text, f"{n}.yaml") for n, text in enumerate(texts, 1)]
    assert [schema.check(one, "vocabulary") for one in documents] == [[]] * len(texts)
    return vocabulary.read(documents)


def errors(*texts: str) -> list[tuple[str, str]]:
    with pytest.raises(InputErrors) as caught:
        read(*texts)
    return [
        (f"{e.location.file}:{e.location.line}:{e.location.column}: {e.message}", e.expected)
        for e in caught.value.errors
    ]


def test_what_is_declared() -> None:
    names = read(TEXT)
    total = Measure("arrested_total", "count", "person", "total", "gross", title="Arrested")
    assert names.measures["arrested_total"] == total
    assert names.measures["released_total"][5:7] == ("released", "arrested_total")
    assert names.measures["share"].unit == "%"
    assert names.measures["stay"] == Measure("stay", "duration", "day")
    assert names.measures["cases_total"].unit is None
    assert names.subjects["some"] == Subject("some", None, "all", period.read("2024-07-28"))
    assert names.claimants == {
        "police": Claimant("police", "The police", 1),
        "ngo": Claimant("ngo", None, 2),
        "rumour": Claimant("rumour", None, Fraction(1, 4)),
    }
    assert names.events == {"e": "E", "f": None}
    assert names.dimensions == {"sex": Dimension("sex", ("men", "women"), True), "place": Dimension("place")}
    assert names.names == {"Ana Pérez": ("Ana Perez", "A. Pérez")}


def test_files_are_read_as_one() -> None:
    assert read("events: {e: {}}", "events: {f: {}}\nsubjects: {s: {}}").events == {"e": None, "f": None}
    assert read() == vocabulary.EMPTY
    assert read("events: {e: {title: T}}", "events: {e: {title: T}}").events == {"e": "T"}
    assert set(read("subjects: {a: {part_of: b}}", "subjects: {b: {}}").subjects) == {"a", "b"}


def test_keys_of_other_files_are_passed_over() -> None:
    assert vocabulary.read([document.read("rules: []\nevents: {e: {}}", "f")]).events == {"e": None}


def test_a_name_is_found_by_itself_then_by_the_first_glob() -> None:
    subjects = read(TEXT).subjects
    assert vocabulary.find(subjects, "us-county-1") == Subject("us-county-1", "One")
    assert vocabulary.find(subjects, "us-county-2") == Subject("us-county-2", None, "us-state")
    assert vocabulary.find(subjects, "us-state") == Subject("us-state", None, "all")
    assert vocabulary.find(subjects, "none") is None
    assert vocabulary.key(subjects, "us-county-2") == "us-county-*"
    assert vocabulary.key(subjects, "us-county-*") == "us-county-*"
    assert vocabulary.key(read(TEXT).events, "f") == "f"
    assert vocabulary.key(subjects, "US-state") is None


def test_parts_through_any_steps() -> None:
    names = read(TEXT)
    assert vocabulary.part_of(names, "some", "all")
    assert vocabulary.part_of(names, "us-county-2", "all")
    assert vocabulary.part_of(names, "us-county-2", "us-state")
    assert not vocabulary.part_of(names, "us-county-1", "all")
    assert not vocabulary.part_of(names, "all", "some")
    assert not vocabulary.part_of(names, "all", "all")
    assert not vocabulary.part_of(names, "none", "all")
    assert vocabulary.within(names, "verified_total", "arrested_total")
    assert not vocabulary.within(names, "arrested_total", "verified_total")
    assert not vocabulary.within(names, "some", "all")


NO_CIRCLE = "an end"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["events: {e: {title: T}}", "events:\n  e: {title: U}"],
         [('2.yaml:2:3: "e" is declared twice', "the words of 1.yaml:1, or another name")]),
        (["names: {N: [a]}", "names: {N: [b]}"],
         [('2.yaml:1:9: "N" is declared twice', "the words of 1.yaml:1, or another name")]),
        (["measures:\n  a: {type: count}\n  b: {type: date}\n  c: {type: money, counting: net, kind: flow}"],
         [('1.yaml:2:6: "kind" is missing', "kind: stock, flow or total, for a measure of type count"),
          ("1.yaml:4:30: only a total has a counting", "kind: total")]),
        (["measures: {a: {type: count, kind: total, total_of: relased}, released: {type: count, kind: flow}}"],
         [('1.yaml:1:52: measure "relased" is not declared', 'did you mean "released"?')]),
        (["measures: {a: {type: count, kind: total, total_of: b}, b: {type: count, kind: stock}}"],
         [('1.yaml:1:52: "b" is no flow', "the measure, of kind flow, that the total adds up")]),
        (["measures: {a: {type: count, kind: stock, total_of: b}, b: {type: count, kind: flow}}"],
         [('1.yaml:1:52: "a" is no running total', "kind: total beside total_of")]),
        (["measures: {a: {type: count, kind: total, unit: x, total_of: b}, b: {type: count, kind: flow}}"],
         [('1.yaml:1:61: "a" is in x, "b" in none', "one unit for both")]),
        (["measures: {a: {type: date, within: b}}\nsubjects: {s: {part_of: t}, tt: {}}"],
         [('1.yaml:1:36: measure "b" is not declared', "a name that a vocabulary lists under measures"),
          ('1.yaml:2:25: subject "t" is not declared', 'did you mean "tt"?')]),
        (["subjects:\n  s: {part_of: s}\n  x: {part_of: a}\n  a: {part_of: b}\n  b: {part_of: a}"],
         [("1.yaml:2:16: part_of goes round in a circle: s → s", NO_CIRCLE),
          ("1.yaml:3:16: part_of goes round in a circle: x → a → b → a", NO_CIRCLE)]),
        (["subjects: {a-*: {part_of: a-1}}"],
         [("1.yaml:1:27: part_of goes round in a circle: a-* → a-1 → a-1", NO_CIRCLE)]),
        (["measures: {a: {type: date, within: b}, b: {type: date, within: a}}"],
         [("1.yaml:1:36: within goes round in a circle: a → b → a", NO_CIRCLE)]),
        (["subjects: {s: {since: yesterday}, t: {since: 2024-13}}\nclaimants: {c: {weight: heavy}, d: {weight: 0}}"],
         [("1.yaml:1:23: no date that can be read", period.EXPECTED),
          ("1.yaml:1:46: there is no such date in the calendar", "a day that exists, in the years 0001 to 9999"),
          ("1.yaml:2:25: this is no weight", "a number above 0, such as 2 or 0.5"),
          ("1.yaml:2:45: this is no weight", "a number above 0, such as 2 or 0.5")]),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_said_with_its_place(texts: list[str], expected: list[tuple[str, str]]) -> None:
    assert errors(*texts) == expected


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef"), max_size=6))
def test_a_circle_is_refused_and_nothing_else(steps: dict[str, str]) -> None:
    def ends(name: str) -> bool:
        for _ in range(7):
            if name not in steps:
                return True
            name = steps[name]
        return False

    lines = [f"  {name}: {{part_of: {steps[name]}}}" if name in steps else f"  {name}: {{}}" for name in "abcdef"]
    text = "\n".join(["subjects:", *lines])
    if all(ends(name) for name in steps):
        names = read(text)
        assert all(vocabulary.part_of(names, part, whole) for part, whole in steps.items())
        assert not any(vocabulary.part_of(names, name, name) for name in "abcdef")
    else:
        assert all("circle" in message for message, _ in errors(text))


def test_a_long_chain_is_walked_once() -> None:
    lines = [f"  s{n}: {{part_of: s{n + 1}}}" for n in range(3000)]
    names = read("\n".join(["subjects:", *lines, "  s3000: {}"]))
    assert vocabulary.part_of(names, "s0", "s3000")

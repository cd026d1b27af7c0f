"""schema.py: where the schemas are, what they refuse and how that is said; jsonschema-rs and jsonschema agree."""

from __future__ import annotations

import builtins
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from checker import document, schema
from checker.model import Location

Where = tuple[int | None, int | None, str, str]
OWN = ("facts", "settings", "vocabulary", "waivers")
FACT_KEYS = [
    "id", "measure", "subject", "value", "as_of", "during", "since", "claimant", "event", "basis", "quote",
    "dimensions", "complete", "fixed", "supersedes",
]  # fmt: skip
GOOD = {
    "facts": """
source: {id: a-1, title: T, publisher: P, url: u, language: en, retrieved: 2026-01-02, published: 2026-01-01,
         origin: afp, text: a.txt, sha256: 6c7841d86c7841d86c7841d86c7841d86c7841d86c7841d86c7841d86c7841d8}
defaults: {subject: s, as_of: 2026-01-01, dimensions: {place: x}}
facts:
  - {id: one, measure: m, value: around 2400, claimant: afp, quote: some, basis: verified, complete: [place, batches]}
  - {id: 2, measure: m, value: {min: 1, max: 2}, during: 2024-07, since: 2024, event: e, supersedes: b#one}
  - {id: three, measure: m, value: 12, fixed: true}
""",
    "vocabulary": """
measures: {m: {type: count, unit: person, kind: total, counting: gross, total_of: n, within: k, title: T}}
subjects: {s: {title: T, part_of: t, since: 2024-07-28}, us-county-*: {}}
claimants: {Foro Penal: {title: T, weight: 2, fixed: false}}
events: {e: {title: T}}
dimensions: {sex: {values: [men, women], exhaustive: true}, place: {}}
names: {Ana Pérez: [Ana Perez]}
""",
    "waivers": "waivers: [{finding: 3f9a0c11, reason: r, by: b, until: 2027-01-31}]",
    "rules": """
rules:
  - {id: a-b, severity: error, given: {a: {measure: x, dimensions: any}, b: {collect: all, or_none: true}},
     same: [subject], where: a > 1, require: a <= sum(b), message: m, why: w,
     examples: [{expect: violated, facts: [{measure: x, value: 1}]}]}
""",
}


def check(text: str, name: str) -> list[Where]:
    errors = schema.check(document.read(text, "f"), name)
    return [(e.location.line, e.location.column, e.message, e.expected) for e in errors]


def test_every_schema_is_there_and_is_one() -> None:
    assert set(OWN) <= set(schema.names())
    for name in schema.names():
        whole = json.loads(schema.text(name))
        jsonschema.Draft202012Validator.check_schema(whole)
        assert schema.path(name).name == f"{name}.schema.json"


def test_in_a_package_the_schemas_stand_beside_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "one.schema.json").write_text("{}")
    monkeypatch.setattr(schema, "_PACKAGE", tmp_path)
    assert (schema.names(), schema.text("one")) == (("one",), "{}")


def fields(node: Any, whole: Any) -> Iterator[tuple[str, Any]]:
    """Every field that a schema describes, with what is said about it."""
    if isinstance(node, dict):
        for key, field in node.get("properties", {}).items():
            yield key, {**resolved(field, whole), **field}
        for inner in node.values():
            yield from fields(inner, whole)
    elif isinstance(node, list):
        for inner in node:
            yield from fields(inner, whole)


def resolved(node: Any, whole: Any) -> Any:
    return whole["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node


@pytest.mark.parametrize("name", OWN)
def test_an_editor_shows_a_title_and_a_description_for_every_field(name: str) -> None:
    whole = json.loads(schema.text(name))
    found = list(fields(whole, whole))
    assert len(found) > 3
    assert [key for key, said in found if not (said.get("title") and said.get("description"))] == []


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_has_no_errors_typed_or_not(name: str) -> None:
    assert check(GOOD[name], name) == []
    typed = yaml.load(GOOD[name], yaml.BaseLoader)  # noqa: S506  # makes nothing but text
    assert schema.check(document.read(json.dumps(typed), "f"), name) == []
    for decide in verdicts(name):
        assert decide(as_editor(typed))


def as_editor(node: Any) -> Any:
    """The data as an editor sees it: scalars typed after YAML 1.2."""
    if isinstance(node, dict):
        return {key: as_editor(inner) for key, inner in node.items()}
    if isinstance(node, list):
        return [as_editor(inner) for inner in node]
    if node in ("true", "false"):
        return node == "true"
    return int(node) if node.isdecimal() and len(node) < 20 else node


@pytest.mark.parametrize(
    ("name", "text", "errors"),
    [
        ("facts", "", [(1, 1, "the file is empty", "a facts file")]),
        ("facts", "a text", [(1, 1, 'found the text "a text"', "a mapping")]),
        ("facts", "source: {id: a}", [(1, 1, '"facts" is missing', "the key facts")]),
        (
            "facts",
            "source: {id: a}\nfacts:\n  - {id: x, vallue: 3}",
            [
                (
                    3, 13, 'unknown key "vallue"',
                    f'one of {", ".join(FACT_KEYS)}; did you mean "value"?',
                )
            ],
        ),
        (
            "facts",
            "source: {id: a, text: b}\nfacts:\n- {id: x, basis: reportd}\n- {id: a b}\n- {value: []}\n- z",
            [
                (1, 9, '"sha256" is missing', '"sha256" beside "text"'),
                (3, 18, 'basis: found the text "reportd"',
                 'one of announced, reported, verified, estimated, planned; did you mean "reported"?'),
                (4, 8, 'id: found the text "a b"', "a name without spaces and #"),
                (5, 3, '"id" is missing', "the key id"),
                (5, 11, "value: found an empty list", "a text or a mapping"),
                (6, 3, 'facts: found the text "z"', "a mapping"),
            ],
        ),
        (
            "facts",
            "source: {id: a}\nfacts:\n- {id: x, value: '', quote: , complete: [], dimensions: x}",
            [
                (3, 18, "value is still to be filled in", "a text"),
                (3, 29, "quote is still to be filled in", "a text"),
                (3, 41, "complete: found an empty list", "at least one entry"),
                (3, 57, 'dimensions: found the text "x"', "a mapping"),
            ],
        ),
        (
            "facts",
            f"source: {{id: a, sha256: abc, text: ../x}}\nfacts: [{{id: {'x' * 300}, supersedes: y, value: {{}}}}]",
            [
                (1, 25, 'sha256: found the text "abc"', "64 hexadecimal digits"),
                (1, 36, 'text: found the text "../x"', "a file name without / and \\"),
                (2, 14, f'id: found the text "{"x" * 59}…"', "at most 200 characters"),
                (2, 328, 'supersedes: found the text "y"', "the whole id of a fact: source#id"),
                (2, 338, "value: found an empty mapping", "at least one key"),
            ],
        ),
        (
            "vocabulary",
            "measures:\n  a b: {type: cuont}\n  c: {unit: x}\nevents: {e: }\nmeasurs: {}",
            [
                (2, 3, 'the key "a b" cannot be used', "a name without spaces and #"),
                (2, 15, 'type: found the text "cuont"',
                 'one of count, number, percent, money, date, duration, text; did you mean "count"?'),
                (3, 6, '"type" is missing', "the key type"),
                (4, 13, "e: found nothing", "a mapping"),
                (5, 1, 'unknown key "measurs"',
                 'one of measures, subjects, claimants, events, dimensions, names; did you mean "measures"?'),
            ],
        ),
        (
            "vocabulary",
            "dimensions: {a: {exhaustive: yes, values: [x, x]}, b: {exhaustive: true}}",
            [
                (1, 30, 'exhaustive: found the text "yes"', "one of true, false"),
                (1, 43, "values: found a list", "each entry once"),
                (1, 55, '"values" is missing', '"values" beside "exhaustive"'),
            ],
        ),
        (
            "waivers",
            "waivers:\n- {finding: 3f9a0c11}\n- {finding: 3f9a0c11, reason: r, until: 2027}",
            [(2, 3, '"reason" is missing', "the key reason"),
             (3, 41, 'until: found the text "2027"', "a day such as 2027-01-31")],
        ),
    ],
)  # fmt: skip
def test_all_errors_are_said_with_their_places(name: str, text: str, errors: list[Where]) -> None:
    assert sorted(check(text, name)) == errors


def test_no_error_echoes_control_characters_or_long_texts() -> None:
    bad = document.read("source: {id: a}\nfacts: []\nx: 1", "f")
    data: Any = bad.data
    data["x\x1b[31m" + "y" * 100] = ""
    for error in schema.check(bad, "facts"):
        assert "\x1b" not in error.message + error.expected
        assert len(error.message) < 100


def test_typed_settings_are_checked() -> None:
    place = document.read("", "f").place
    bad: Any = {"strict": "yes", "min_coverage": 101, "rules": [], "facts": [3], "engine": None}
    errors = schema.check(document.Document("f", bad, place), "settings")
    assert sorted((e.message, e.expected) for e in errors) == [
        ("engine: found null", "one of auto, durable, plain, duckdb, spark"),
        ("facts: found 3", "a text"),
        ("min_coverage: found 101", "at most 100"),
        ("rules: found an empty list", "at least one entry"),
        ('strict: found the text "yes"', "true or false"),
    ]


def test_alternatives_are_explained_by_the_nearest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"type": "object", "required": ["a"], "properties": {"a": {"enum": ["x", "y"]}}}
    use(monkeypatch, {"oneOf": [{"type": "string"}, one, {"type": "array", "items": {"type": "string"}}]})
    assert check("{a: z}", "made") == [(1, 5, 'a: found the text "z"', "one of x, y")]
    assert check("[b, {c: d}]", "made") == [(1, 5, "found a mapping", "a text")]
    assert check("{b: z}", "made") == [(1, 1, "found a mapping", "a text or the key a or a list")]


def test_a_schema_may_refer_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, {"$ref": "vocabulary.schema.json#/$defs/dimension"})
    assert check("values: [a]", "made") == []
    assert [error[2] for error in check("value: [a]", "made")] == ['unknown key "value"']


def use(monkeypatch: pytest.MonkeyPatch, made: dict[str, object]) -> None:
    """Let the schema ``made`` stand beside the shipped ones."""
    shipped = schema.text
    monkeypatch.setattr(schema, "text", lambda name: json.dumps(made) if name == "made" else shipped(name))
    for cached in (schema._decider, schema._explainer):  # noqa: SLF001  # each test makes its own
        cached.cache_clear()


# ------------------------------------------------------------------------- one verdict


def verdicts(name: str) -> tuple[Any, Any]:
    return schema._decider(name), schema._explainer(name).is_valid  # noqa: SLF001  # what is compared


def test_without_jsonschema_rs_the_verdict_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "jsonschema_rs":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    schema._decider.cache_clear()  # noqa: SLF001  # what is tested
    assert check(GOOD["facts"], "facts") == []
    assert check("source: {id: a}", "facts") == [(1, 1, '"facts" is missing', "the key facts")]
    schema._decider.cache_clear()  # noqa: SLF001  # for the other tests


texts = (
    st.sampled_from(["", "x", "a b", "a\n", "a#b", "a#b\n", "true", "2027-01-31", "2027-01-31\n", "any", "null"])
    | st.text()
)
junk = st.recursive(
    texts | st.none() | st.booleans() | st.integers(-(10**20), 10**20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)


@st.composite
def mutated(draw: st.DrawFn, node: Any) -> Any:
    """A good document with one thing in it left out, replaced, renamed or added."""
    what = draw(st.sampled_from(["inside", "inside", "inside", "replace", "drop", "add"]))
    if what == "replace" or not isinstance(node, (dict, list)) or not node:
        return draw(junk)
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key = draw(st.sampled_from(keys))
    copy = node.copy()
    if what == "inside":
        copy[key] = draw(mutated(copy[key]))
    elif what == "drop":
        del copy[key]
    elif isinstance(copy, dict):
        copy[draw(texts | st.sampled_from(keys))] = draw(junk)
    else:
        copy.append(draw(junk | st.just(copy[0])))
    return copy


@pytest.mark.parametrize("name", GOOD)
@given(data=st.data())
def test_both_libraries_come_to_one_verdict(name: str, data: st.DataObject) -> None:
    good = yaml.load(GOOD[name], yaml.BaseLoader)  # noqa: S506  # makes nothing but text
    bad = data.draw(mutated(data.draw(mutated(good)) if data.draw(st.booleans()) else good))
    fast, slow = (decide(bad) for decide in verdicts(name))
    assert fast == slow
    errors = schema.check(document.Document("f", bad, document.read("", "f").place), name)
    assert bool(errors) is not fast
    assert all(e.message and e.location == Location("f", 1, 1) for e in errors)


@pytest.mark.parametrize(
    ("before", "loaded"),
    [
        ("", False),
        ("from threading import Event, Thread; going = Event(); Thread(target=going.wait).start()", True),
        ("import email.utils", True),
    ],
)
def test_what_it_loads_for_a_date_is_left_out_where_nobody_else_may_want_it(before: str, loaded: bool) -> None:
    pytest.importorskip("jsonschema_rs")
    told = f"""
{before}
import sys
from checker import schema
assert schema.follows({{"source": {{"id": "a", "published": "2026-01-01"}}, "facts": []}}, "facts")
assert not schema.follows([], "facts")
assert "jsonschema_rs" in sys.modules
assert ("email.utils" in sys.modules) is {loaded}
import email.utils
assert email.utils.parsedate_to_datetime("Mon, 05 Jan 2026 00:00:00 +0000").day == 5
{"going.set()" if "going" in before else ""}
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")

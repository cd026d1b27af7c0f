"""load.py and fact.py: files to facts, every input error at once with its place, and examples of rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import document, load, period, quantity, vocabulary
from checker.model import EVERYTHING, Fact, InputErrors, Interval, Location, Value, Vocabulary

VOCABULARY = """\
measures:
  arrested_total: {type: count, unit: person, kind: total}
  released: {type: count, unit: person, kind: flow}
  held: {type: count, unit: person, kind: stock}
  share: {type: percent, kind: stock}
  vote: {type: date}
  stay: {type: duration}
  name: {type: text}
  "cases-*": {type: number, kind: stock}
subjects:
  s: {title: The subject, since: 2024-07-28}
  t: {}
  us-county-*: {title: A county}
claimants: {police: {}, ngo-*: {}}
events: {e: {}, wave-*: {}}
dimensions: {sex: {values: [men, women], exhaustive: true}, place: {}}
"""
SOURCE = "source: {id: a, publisher: P, published: 2026-01-02}\n"

Files = Callable[..., Path]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Writes files below ``facts`` in an empty working directory; the vocabulary is there already."""
    monkeypatch.chdir(tmp_path)

    def write(**texts: str) -> Path:
        for name, text in {"vocabulary": VOCABULARY, **texts}.items():
            path = tmp_path / "facts" / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Path("facts")

    return write


def errors(*paths: Path) -> list[tuple[str, str]]:
    with pytest.raises(InputErrors) as caught:
        load.facts(paths)
    return [(where(e.location) + f": {e.message}", e.expected) for e in caught.value.errors]


def where(location: Location) -> str:
    return ":".join(str(part) for part in (location.file, location.line, location.column) if part is not None)


def only(files: Files, fact: str, before: str = SOURCE, defaults: str = "") -> Fact:
    text = f"{before}defaults: {{measure: held, subject: s, value: 1{defaults}}}\nfacts:\n  - {{id: x, {fact}}}\n"
    [found] = load.facts([files(a=text)]).facts
    return found


# ------------------------------------------------------------------------- what is read


def test_numbers_that_are_rightly_no_facts(files: Files) -> None:
    ignore = "ignore: [{quote: Article 350, reason: a name}]\n"
    [source] = load.facts([files(a=f"{SOURCE}facts: []\n{ignore}")]).sources
    [ignored] = source.ignored
    assert ignored[:2] == ("Article 350", "a name")
    assert where(ignored.location).startswith("facts/a.yaml:")
    with pytest.raises(InputErrors, match='"reason" is missing'):
        load.facts([files(a=f"{SOURCE}facts: []\nignore: [{{quote: Article 350}}]\n")])


def test_a_fact_with_all_its_fields(files: Files) -> None:
    text = """\
source:
  id: a
  title: T
  publisher: P
  url: u
  language: en
  retrieved: 2026-01-05
  published: 2026-01-02
  origin: afp
  text: a.txt
  sha256: ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789
facts:
  - id: b
    measure: arrested_total
    subject: s
    value: around 2,400
    as_of: 2026-01-01
    since: 2024
    claimant: police
    event: e
    basis: verified
    quote: around 2,400
    dimensions: {sex: women, place: x}
    complete: [sex, batches]
"""
    repository = load.facts([files(a=text)])
    [source] = repository.sources
    assert source._replace(retrieved=None, published=None) == (
        "a", Location("facts/a.yaml", 2, 3), "T", "P", "u", "en", None, None, "afp", "a.txt", "abcdef0123456789" * 4,
        (),
    )  # fmt: skip
    assert (source.retrieved, source.published) == (period.read("2026-01-05"), period.read("2026-01-02"))
    [fact] = repository.facts
    assert fact == Fact(
        id="a#b",
        measure=repository.vocabulary.measures["arrested_total"],
        subject="s",
        value=quantity.read("around 2,400", "count"),
        location=Location("facts/a.yaml", 13, 5),
        source=source,
        claimant="police",
        as_of=period.read("2026-01-01"),
        since=period.read("2024"),
        event="e",
        basis="verified",
        quote="around 2,400",
        dimensions=(("place", "x"), ("sex", "women")),
        complete=("sex", "batches"),
        subject_title="The subject",
    )


def test_defaults_hold_unless_a_fact_says_otherwise(files: Files) -> None:
    repository = load.facts(
        [
            files(
                a=f"""\
{SOURCE}defaults: {{subject: s, measure: held, claimant: police, basis: verified, dimensions: {{place: x}}}}
facts:
- {{id: a, value: 1}}
- {{id: b, value: 2, subject: t, claimant: a, basis: planned, dimensions: {{}}}}
"""
            )
        ]
    )
    one, two = repository.facts
    assert (one.subject, one.claimant, one.basis, one.dimensions) == ("s", "police", "verified", (("place", "x"),))
    assert (two.subject, two.claimant, two.basis, two.dimensions) == ("t", "a", "planned", ())


def test_a_claim_without_a_claimant_is_its_sources(files: Files) -> None:
    assert only(files, "quote: q").claimant == "a"
    assert only(files, "claimant: P").claimant == "P"
    assert only(files, "claimant: ngo-1").claimant == "ngo-1"


def test_names_may_fall_under_globs(files: Files) -> None:
    fact = only(files, "subject: us-county-1, measure: cases-new, value: 1.5, event: wave-2")
    assert (fact.subject, fact.subject_title, fact.measure.id) == ("us-county-1", "A county", "cases-new")
    assert fact.shares_title
    assert not only(files, "measure: cases-new, value: 1.5").shares_title
    assert fact.measure.type == "number"


def days(first: str, last: str) -> Interval:
    return Interval(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal())


@pytest.mark.parametrize(
    ("measure", "value", "literal"),
    [
        ("held", "12", Interval(12, 12)),
        ("held", "at least 87", Interval(87, None, True, False)),
        ("held", "{min: 5, max: 7}", Interval(5, 7)),
        ("held", "{min: 5}", Interval(5, None, True, False)),
        ("stay", "{min: 5, max: 7}", Interval(5, 7)),
        ("vote", "2024-07-28", days("2024-07-28", "2024-07-28")),
        ("vote", "2024-07", days("2024-07-01", "2024-07-31")),
        ("vote", "{min: 2024-07-27, max: 2024-07}", days("2024-07-27", "2024-07-31")),
        ("vote", "{min: 2024-07-27}", Interval(days("2024-07-27", "2024-07-27").low, None, True, False)),
        ("vote", "../2024-07", Interval(None, days("2024-07-31", "2024-07-31").low, False, True)),
        ("vote", "unknown", EVERYTHING),
        ("name", "Ana", None),
        ("name", "1:30", None),
    ],
)
def test_a_value_is_read_by_the_type_of_its_measure(
    files: Files, measure: str, value: str, literal: Interval | None
) -> None:
    read = only(files, f"measure: {measure}, value: {value}").value
    assert read.literal == literal
    if measure in ("vote", "name"):
        assert read.conventional == literal
    if not value.startswith("{"):
        assert read.text == value


def test_an_unknown_count_is_anything_that_a_count_may_be(files: Files) -> None:
    assert only(files, "value: unknown").value.literal == Interval(0, None, True, False)


def test_every_number_is_read_as_quantity_reads_it(files: Files) -> None:
    assert only(files, "measure: share, value: 30 %").value == quantity.read("30 %", "percent")
    assert only(files, "measure: stay, value: a year and a half").value == quantity.read(
        "a year and a half", "duration"
    )
    assert only(files, "value: {min: 5, max: 7}").value == quantity.between("5", "7", "count")


# ------------------------------------------------------------------------- time


def times(fact: Fact) -> list[str | None]:
    return [when and when.text for when in (fact.as_of, fact.during, fact.since)]


@pytest.mark.parametrize(
    ("fact", "defaults", "expected"),
    [
        ("measure: held", "", ["2026-01-02", None, None]),
        ("measure: held", ", as_of: 2026-01-01", ["2026-01-01", None, None]),
        ("measure: held, as_of: 2025", ", as_of: 2026-01-01", ["2025", None, None]),
        ("measure: held", ", during: 2026, since: 2024", ["2026-01-02", None, None]),
        ("measure: arrested_total", "", ["2026-01-02", None, "2024-07-28"]),
        ("measure: arrested_total, subject: t", "", ["2026-01-02", None, None]),
        ("measure: arrested_total, since: 2025", ", since: 2024", ["2026-01-02", None, "2025"]),
        ("measure: arrested_total", ", since: 2024, during: 2025", ["2026-01-02", None, "2024"]),
        ("measure: released", ", as_of: 2026-01-01, since: 2024", [None, None, None]),
        ("measure: released", ", during: 2025", [None, "2025", None]),
        ("measure: released, as_of: 2026-01-01, during: 2024", ", during: 2025", ["2026-01-01", "2024", None]),
        ("measure: vote, value: unknown", "", [None, None, None]),
        ("measure: vote, value: unknown", ", as_of: 2026, during: 2025, since: 2024", ["2026", "2025", None]),
    ],
)
def test_the_time_of_a_fact_goes_by_the_kind_of_its_measure(
    files: Files, fact: str, defaults: str, expected: list[str | None]
) -> None:
    assert times(only(files, fact, defaults=defaults)) == expected


# ------------------------------------------------------------------------- corrections


def test_what_is_superseded_is_marked(files: Files) -> None:
    fact = "measure: held, subject: s, value: 1"
    path = files(
        a=f"{SOURCE}facts: [{{id: x, {fact}}}, {{id: y, {fact}}}]",
        b=f"{SOURCE.replace('id: a', 'id: b')}facts: [{{id: x, {fact}, supersedes: a#x}}]",
    )
    assert [(one.id, one.superseded, one.supersedes) for one in load.facts([path]).facts] == [
        ("a#x", True, None),
        ("a#y", False, None),
        ("b#x", False, "a#x"),
    ]


# ------------------------------------------------------------------------- what is wrong


HELD = "measure: held, subject: s, value: 1"


def facts(*written: str) -> str:
    """A fact file; its facts stand on lines 3, 4, …, and what they say starts in column 4."""
    return "\n".join([f"{SOURCE}facts:", *(f"- {{{fact}}}" for fact in written), ""])


def case(text: str, *expected: str) -> tuple[str, list[str]]:
    return text, list(expected)


WRONG = {
    "names": case(
        facts(
            "id: x, measure: hled, subject: s, value: 1",
            "id: x2, measure: held, subject: q, value: 1",
            f"id: x3, claimant: polise, event: f, complete: [sex, b], {HELD}",
            f"id: x4, dimensions: {{plase: x, sex: mem}}, {HELD}",
        ),
        '3:20: measure "hled" is not declared; did you mean "held"?',
        '4:36: subject "q" is not declared; a name that a vocabulary lists under subjects',
        '5:22: claimant "polise" is not declared; did you mean "police"?',
        '5:37: event "f" is not declared; a name that a vocabulary lists under events',
        '5:56: dimension "b" is not declared; a name that a vocabulary lists under dimensions',
        '6:32: dimension "plase" is not declared; did you mean "place"?',
        '6:40: "mem" is no value of the dimension "sex"; one of men, women; did you mean "men"?',
    ),
    "defaults": case(
        SOURCE + "defaults: {measure: hled, as_of: soon}\nfacts:\n- {id: x, subject: s, value: 1}\n- {id: y, value: 2}",
        '2:21: measure "hled" is not declared; did you mean "held"?',
        f"2:34: no date that can be read; {period.EXPECTED}",
        '5:3: "subject" is missing; subject: here, or in the defaults',
    ),
    "dates in defaults": case(
        f"{SOURCE}defaults: {{as_of: soon, {HELD}}}\nfacts: [{{id: x}}, {{id: y}}]",
        f"2:19: no date that can be read; {period.EXPECTED}",
    ),
    "nothing said": case(
        facts("id: x"),
        '3:3: "measure" is missing; measure: here, or in the defaults',
        '3:3: "subject" is missing; subject: here, or in the defaults',
        '3:3: "value" is missing; value: here, or in the defaults',
    ),
    "dates": case(
        f"source: {{id: a, published: soon, retrieved: 2024-13}}\nfacts: [{{id: x, as_of: 2024/2023, {HELD}}}]",
        f"1:28: no date that can be read; {period.EXPECTED}",
        "1:45: there is no such date in the calendar; a day that exists, in the years 0001 to 9999",
        "2:24: the period ends before it starts; 2023/2024",
    ),
    "no date": case(
        f"source: {{id: a}}\nfacts: [{{id: x, {HELD}}}]",
        '2:9: "as_of" is missing; as_of: and a date, or published: on the source',
    ),
    "times that do not fit": case(
        facts(
            f"id: x, during: 2024, since: 2023, {HELD}",
            "id: y, during: 2024, measure: arrested_total, subject: s, value: 1",
            "id: z, since: 2024, measure: released, subject: s, value: 1",
        ),
        "3:19: a level has no period; as_of: and a date",
        "3:32: only a running total has a start; a measure of kind total",
        "4:19: a running total has no period; as_of: and a date",
        "5:18: only a running total has a start; a measure of kind total",
    ),
    "one id twice": case(
        facts(f"id: x, {HELD}", f"id: x, {HELD}"), '4:8: fact id "x" is there twice; another id than on line 3'
    ),
    "nothing superseded": case(
        facts(f"id: x, supersedes: a#xx, {HELD}"), '3:23: there is no fact "a#xx"; did you mean "a#x"?'
    ),
    "superseded in a circle": case(
        facts(f"id: x, supersedes: a#y, {HELD}", f"id: y, supersedes: a#x, {HELD}"),
        "3:23: supersedes goes round in a circle: a#x → a#y → a#x; an end",
    ),
    "values": case(
        facts(
            "id: a, value: sometime, measure: vote, subject: s",
            "id: b, value: {min: 2025, max: 2024}, measure: vote, subject: s",
            "id: c, value: {min: 2025}, measure: name, subject: s",
            "id: d, value: {min: 3, max: 2}, measure: held, subject: s",
        ),
        f"3:18: no date that can be read; {period.EXPECTED}",
        "4:18: the period ends before it starts; 2024/2025",
        "5:18: a text has no min and max; the text",
        "6:18: min 3 is above max 2; min at most max",
    ),
    "schema": case(
        facts("id: x, complete: all", "id: y, basis: sure", "id: z, measure: hled, subject: s, value: 1"),
        '3:21: complete: found the text "all"; a list',
        '4:18: basis: found the text "sure"; one of announced, reported, verified, estimated, planned',
        '5:20: measure "hled" is not declared; did you mean "held"?',
    ),
    "empty": case("", "1:1: the file is empty; a facts file"),
    "list": case("- {source: x}", "1:1: found a list; a mapping"),
    "syntax": case(
        "a: b: c",
        "1:5: no valid YAML: mapping values are not allowed in this context; "
        "quotes around a text that holds a colon, or the key further left",
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_place(files: Files, text: str, expected: list[str]) -> None:
    said = [f"{message}; {hint}" for message, hint in errors(files(a=text))]
    assert said == [f"facts/a.yaml:{one}" for one in expected]


def test_a_value_that_is_not_understood_is_an_error_at_its_place(files: Files) -> None:
    with pytest.raises(quantity.QuantityError) as reading:
        quantity.read("lots", "count")
    path = files(a=facts("id: x, value: lots, measure: held, subject: s"))
    assert errors(path) == [(f"facts/a.yaml:3:18: {reading.value.message}", reading.value.expected)]


def test_all_errors_of_all_files_come_at_once(files: Files) -> None:
    path = files(
        a=facts("id: x, measure: hled, subject: s, value: 1", f"id: y, as_of: soon, {HELD}"),
        b="source: {id: b}\nfacts: [",
        c=f"{SOURCE}facts: []",
        d="waivers: [{finding: 3f9a0c11}]",
        e="events: {e: {title: other}}\nfoo: {}",
        f="!!python/object:os.system x",
        g="source: {id: g}\nfacts: []\nsource: {}",
    )
    assert [message.partition(", while")[0] for message, _ in errors(path)] == [
        # that hled is not declared is not said: its declaration may stand in e or f
        "facts/a.yaml:4:18: no date that can be read",
        "facts/b.yaml:3:1: no valid YAML: did not find expected node content",
        'facts/c.yaml:1:14: source id "a" is there twice',
        'facts/d.yaml:1:11: "reason" is missing',
        'facts/e.yaml:2:1: unknown key "foo"',
        'facts/f.yaml:1:1: a tag is not allowed: "tag:yaml.org,2002:python/object:os.system"',
        'facts/g.yaml:3:1: the key "source" is given twice',
    ]


def test_what_is_wrong_in_one_fact_does_not_hide_what_is_wrong_in_another(files: Files) -> None:
    path = files(
        a=facts(
            f"id: w, {HELD}", "id: x, valu: 1", "id: y, measure: hled, subject: s, value: 1", "idd: z", f"id: w, {HELD}"
        )
    )
    assert [message for message, _ in errors(path)] == [
        'facts/a.yaml:4:11: unknown key "valu"',
        'facts/a.yaml:5:20: measure "hled" is not declared',
        'facts/a.yaml:6:3: "id" is missing',
        'facts/a.yaml:6:4: unknown key "idd"',
        'facts/a.yaml:7:8: fact id "w" is there twice',
    ]


def test_a_name_is_held_against_the_vocabulary_beside_a_broken_fact_file(files: Files) -> None:
    path = files(
        a=facts("id: x, measure: hled, subject: s, value: 1, claimant: z"), b="source: {publisher: z}\nfacts: []"
    )
    assert [message for message, _ in errors(path)] == [
        'facts/a.yaml:3:20: measure "hled" is not declared',
        'facts/b.yaml:1:9: "id" is missing',
    ]


def test_what_is_wrong_in_a_vocabulary_does_not_hide_what_is_wrong_in_facts(files: Files) -> None:
    path = files(a=facts("id: x, measure: hled, subject: s, value: 1"), v="measures: {n: {type: count}}")
    assert [message for message, _ in errors(path)] == [
        'facts/a.yaml:3:20: measure "hled" is not declared',
        'facts/v.yaml:1:15: "kind" is missing',
    ]


def test_only_the_first_errors_name_what_is_near(files: Files) -> None:
    path = files(a=facts(*(f"id: x{n}, measure: hled, subject: s, value: 1" for n in range(40))))
    assert [hint for _, hint in errors(path)] == ['did you mean "held"?'] * 25 + [
        "a name that a vocabulary lists under measures"
    ] * 15


# ------------------------------------------------------------------------- which files


def test_directories_are_walked_in_the_order_of_names(files: Files, tmp_path: Path) -> None:
    path = files(
        b="source: {id: b}\nfacts: []",
        a__z="source: {id: az}\nfacts: []",
        _hidden__x="not: [read",
        w__waivers="waivers: []",
    )
    (tmp_path / "facts" / "_hidden").rename(tmp_path / "facts" / ".hidden")
    (tmp_path / "facts" / "notes.txt").write_text("not: [read")
    (tmp_path / "facts" / "c.yml").write_text("source: {id: c}\nfacts: []")
    repository = load.facts([path])
    assert [source.id for source in repository.sources] == ["az", "b", "c"]
    assert [one.file for one in repository.waivers] == ["facts/w/waivers.yaml"]
    assert [one.file for one in repository.documents] == [
        "facts/a/z.yaml", "facts/b.yaml", "facts/c.yml", "facts/vocabulary.yaml", "facts/w/waivers.yaml",
    ]  # fmt: skip


def test_a_file_named_twice_is_read_once(files: Files, tmp_path: Path) -> None:
    path = files(a="source: {id: a}\nfacts: []")
    assert len(load.facts([path / "a.yaml", path, tmp_path / "facts"]).sources) == 1


def test_names_are_relative_below_the_working_directory_only(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(a="x: 1")
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert load.shown(tmp_path / "inner" / "b.yaml") == "b.yaml"
    assert load.shown(Path("b.yaml")) == "b.yaml"
    assert errors(tmp_path / "facts")[0][0].startswith(f"{tmp_path}/facts/a.yaml:1:1: ")
    assert errors(Path("../facts"))[0][0].startswith("../facts/a.yaml:1:1: ")
    monkeypatch.chdir(tmp_path / "facts")
    assert errors(Path())[0][0].startswith("a.yaml:1:1: ")


def test_what_cannot_be_read(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files()
    assert errors(path, tmp_path / "none") == [
        ("none: cannot be read: No such file or directory", "a file or a directory that is there"),
    ]
    monkeypatch.setattr(document, "MAX_BYTES", 5)
    assert errors(path / "vocabulary.yaml") == [
        ("facts/vocabulary.yaml:1:1: the file is too large", "at most 5 bytes"),
    ]


def test_nothing_to_read_is_nothing() -> None:
    assert load.facts([])[:6] == (vocabulary.EMPTY, (), (), (), (), ())


# ------------------------------------------------------------------------- examples


@pytest.fixture(scope="module")
def names() -> Vocabulary:
    return vocabulary.read([document.read(VOCABULARY, "v")])


HERE = Location("rules/r.yaml", 7, 9)


def test_an_example_takes_what_it_does_not_say(names: Vocabulary) -> None:
    fact = load.example({"measure": "held", "value": "at least 3"}, names, HERE, 2)
    assert (fact.id, fact.subject, fact.claimant, fact.location) == ("example#2", "s", "example", HERE)
    assert times(fact) == ["2000-01-01", None, None]
    assert fact.value == quantity.read("at least 3", "count")
    assert fact.source is not None
    assert (fact.source.id, fact.source.published, fact.source.location) == ("example", None, HERE)


def test_an_example_may_say_otherwise(names: Vocabulary) -> None:
    fields = {
        "id": "x", "measure": "arrested_total", "value": {"min": "1", "max": "2"}, "subject": "new", "source": "other",
        "published": "2026", "origin": "afp", "publisher": "P", "language": "en", "claimant": "c", "event": "f",
        "as_of": "2025", "dimensions": {"d": "v"}, "complete": ["d"],
    }  # fmt: skip
    fact = load.example(fields, names, HERE)
    assert (fact.id, fact.subject, fact.claimant, fact.event) == ("other#x", "new", "c", "f")
    assert (fact.dimensions, fact.complete, times(fact)) == ((("d", "v"),), ("d",), ["2025", None, None])
    assert fact.source is not None
    assert (fact.source.origin, fact.source.publisher, fact.source.language) == ("afp", "P", "en")
    assert fact.source.published == period.read("2026")


def test_the_day_of_an_example_is_a_default(names: Vocabulary) -> None:
    flow = {"measure": "released", "value": "3", "during": "2025"}
    assert times(load.example(flow, names, HERE)) == [None, "2025", None]
    assert times(load.example({**flow, "as_of": "2026"}, names, HERE)) == ["2026", "2025", None]
    assert times(load.example({"measure": "arrested_total", "value": "3"}, names, HERE))[2] == "2024-07-28"


@pytest.mark.parametrize(
    ("fields", "message", "expected"),
    [
        ({"value": "1"}, '"measure" is missing', "measure: here, or in the defaults"),
        ({"measure": "hled", "value": "1"}, 'measure "hled" is not declared', 'did you mean "held"?'),
        ({"measure": ["held"], "value": "1"}, "measure: found a list", "a text"),
        ({"measure": "held", "value": []}, "value: found an empty list", "a text or a mapping"),
        ({"measure": "held", "value": "1", "source": {}}, "id: found an empty mapping", "a text"),
        ({"measure": "held", "value": "1", "dimensions": {"sex": "x"}},
         '"x" is no value of the dimension "sex"', "one of men, women"),
        ({"measure": "held", "value": "1", "as_of": "x"}, "no date that can be read", period.EXPECTED),
        ({"measure": "held", "value": "1", "published": "x"}, "no date that can be read", period.EXPECTED),
    ],
)  # fmt: skip
def test_an_example_that_is_wrong(names: Vocabulary, fields: dict[str, object], message: str, expected: str) -> None:
    with pytest.raises(InputErrors) as caught:
        load.example(fields, names, HERE)
    assert [(e.location, e.message, e.expected) for e in caught.value.errors] == [(HERE, message, expected)]


# ------------------------------------------------------------------------- whatever is written


words = st.sampled_from(
    ["held", "released", "vote", "name", "s", "2024", "12", "about 5", "unknown", "{}", "[]", "", "e"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "measure",
                "subject",
                "value",
                "as_of",
                "during",
                "since",
                "claimant",
                "event",
                "basis",
                "quote",
                "complete",
            ]
        ),
        words,
    )
)
def test_no_fact_raises_anything_but_its_errors(files: Files, fields: dict[str, str]) -> None:
    inner = ", ".join(f"{name}: {text}" for name, text in fields.items())
    path = files(a=facts(f"id: x, {inner}"))
    try:
        [fact] = load.facts([path]).facts
    except InputErrors as caught:
        assert all(error.location.file == "facts/a.yaml" and error.location.line for error in caught.errors)  # noqa: PT017
    else:
        assert isinstance(fact.value, Value)
        assert (fact.measure.id, fact.subject) == (fields["measure"], fields["subject"])

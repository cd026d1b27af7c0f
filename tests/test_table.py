"""Mappings of tables, and what one row of a table says."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import fact, load, rule, table
from checker.engine import tabular
from checker.model import Fact, InputError, InputErrors, Interval
from checker.template import Column, columns, filled, parse
from checker.vocabulary import EMPTY
from facts import judged
from folder import write

NAMES = """\
measures:
  cases: {type: count, unit: person, kind: total}
  deaths: {type: count, unit: person, kind: stock}
  new: {type: count, unit: person, kind: flow}
  share: {type: percent, kind: stock}
  wait: {type: duration}
  opened: {type: date}
  name: {type: text}
subjects: {us-*: {title: A county, since: 2020-01-01}}
events: {e1: {}}
dimensions: {sex: {values: [men, women]}}
"""
MAPPING = """\
table: us.csv
source: {id: nyt, publisher: The Times}
facts:
  - {subject: "us-{fips}", measure: cases, as_of: "{date}", value: "{cases}"}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(mapping: str = MAPPING, file: str = "us.csv") -> load.Repository:
    write(
        Path(), {"f/names.yaml": NAMES, "f/us.table.yaml": mapping, f"f/{file}": "fips,date,cases\n01,2020-03-01,5\n"}
    )
    return load.facts([Path("f")])


def wrong(mapping: str, file: str = "us.csv") -> list[str]:
    with pytest.raises(InputErrors) as raised:
        read(mapping, file)
    return [
        f"{error.location.line}:{error.location.column} {error.message} → {error.expected}"
        for error in raised.value.errors
    ]


# ------------------------------------------------------------------------- the mapping


def test_a_mapping_is_read_with_its_files_and_source() -> None:
    made = read()
    one = made.tables[0]
    assert (one.files, one.format, one.columns) == ((Path("f/us.csv"),), "csv", ("fips", "date", "cases"))
    assert (one.missing, one.unknown, one.decimals) == (("",), False, None)
    assert made.sources == (one.source,)
    assert made.facts == ()


def test_a_source_id_is_there_once_over_facts_and_tables() -> None:
    write(Path(), {"f/b.yaml": "source: {id: nyt}\nfacts: []\n"})
    assert "is there twice" in wrong(MAPPING)[0]


def test_a_tables_publisher_may_speak() -> None:
    claim = "{id: x, measure: cases, subject: us-1, value: 1, claimant: The Times}"
    facts = f"source: {{id: a, published: 2020}}\nfacts: [{claim}]"
    write(Path(), {"f/b.yaml": facts})
    assert read().facts[0].claimant == "The Times"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("us-{fips}", "us-{fips", '4:19 a brace belongs to nothing: "{fips" → {column}; {{ or }} for a brace itself'),
        ("us-{fips}", "us-fips}", '4:23 a brace belongs to nothing: "}" → {column}; {{ or }} for a brace itself'),
        ("us.csv", "eu.csv", '1:8 there is no such file: "eu.csv" → a file, or a glob, relative to this file'),
        ("us.csv", "eu*.csv", '1:8 no file fits: "eu*.csv" → a file, or a glob, relative to this file'),
        ("us.csv", "/etc/hosts", "1:8 the table's place is absolute → a path relative to this file"),
        ("us.csv", "us.table.yaml", '1:8 the format of "us.table.yaml" is not known by its name → one of .csv, '),
        ("facts:", "decimals: 1.5\nfacts:", '3:11 decimals: found the text "1.5" → a whole number from -12 to 12'),
        ("facts:", "missing: {as: nil}\nfacts:", '3:15 as: found the text "nil" → one of none, unknown'),
        ("as_of", "asof", '4:44 unknown key "asof" → one of '),
        ("table: us.csv\n", "", '1:1 "table" is missing → the key table'),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said_with_its_place(before: str, after: str, said: str) -> None:
    found = wrong(MAPPING.replace(before, after))
    assert len(found) == 1
    assert found[0].startswith(said)


def test_files_of_a_glob_have_one_format() -> None:
    write(Path(), {"f/d/b.csv": "", "f/d/a.csv": "", "f/d/.hidden.csv": ""})
    assert read(MAPPING.replace("us.csv", "d/*.csv")).tables[0].files == (Path("f/d/a.csv"), Path("f/d/b.csv"))
    write(Path(), {"f/d/c.parquet": ""})
    assert "of different formats" in wrong(MAPPING.replace("us.csv", "d/*"))[0]


def test_a_file_whose_name_looks_like_a_glob_is_itself() -> None:
    assert read(MAPPING.replace("us.csv", '"us[1].csv"'), "us[1].csv").tables[0].files == (Path("f/us[1].csv"),)


def test_an_unknown_column_is_named_with_the_nearest_one() -> None:
    one = read(MAPPING + '  - {subject: us-1, measure: deaths, as_of: "{dat}", value: "{x}"}\n').tables[0]
    assert table.unknown_columns(one, ["fips", "date", "cases"]) == [
        InputError(one.document.at(("facts", 1, "as_of")), 'there is no column "dat"', 'did you mean "date"?'),
        InputError(
            one.document.at(("facts", 1, "value")), 'there is no column "x"',
            "one of the table's columns: fips, date, cases",
        ),
    ]  # fmt: skip


@given(st.lists(st.text() | st.builds(Column, st.text())))
def test_any_text_may_stand_in_a_columns_name(parts: list[str | Column]) -> None:
    def braced(text: str) -> str:
        return text.replace("{", "{{").replace("}", "}}")

    # a brace that a name ends with or begins with stands beside the brace around it
    if any(isinstance(part, Column) and (part.name[:1] in "{}" or part.name[-1:] in "{}") for part in parts):
        return
    written = "".join(braced(part) if isinstance(part, str) else "{" + braced(part.name) + "}" for part in parts)
    parsed = parse(written)
    assert not isinstance(parsed, int)
    texts = {name: f"<{name}>" for name in columns(parsed)}
    assert filled(parsed, texts) == "".join(part if isinstance(part, str) else f"<{part.name}>" for part in parts)


# ------------------------------------------------------------------------- a row

NEEDED = "a text: only a value or a dimension may be missing"
CLAIM: dict[str, Any] = {"subject": "us-{fips}", "measure": "cases", "as_of": "{date}", "value": "{v}"}


def row(errors: list[InputError], mapping: str = MAPPING, **texts: str) -> list[Fact]:
    repository = read(mapping)
    cells = {"fips": "01", "date": "2020-03-01", "cases": "5"} | texts
    return table.facts(repository.tables[0], table.Row("us.csv", 7, cells), repository.context, errors)


def good(mapping: str = MAPPING, **texts: str) -> list[Fact]:
    errors: list[InputError] = []
    made = row(errors, mapping, **texts)
    assert errors == []
    return made


def said(mapping: str = MAPPING, **texts: str) -> list[tuple[str, str]]:
    errors: list[InputError] = []
    assert row(errors, mapping, **texts) == []
    assert {error.location for error in errors} == {("us.csv", None, None, 7)}
    return [(error.message, error.expected) for error in errors]


def test_a_row_makes_a_fact() -> None:
    (one,) = good()
    assert one.id == "nyt#cases,us-01,2020-03-01"
    assert one.location == ("us.csv", None, None, 7)
    assert (one.subject, one.subject_title, one.claimant) == ("us-01", "A county", "nyt")
    assert one.value == ("5", Interval(5, 5), Interval(5, 5))
    assert one.as_of is not None
    assert one.since is not None


def measured(measure: str, cell: str, extra: str = "", **more: str) -> Interval | None:
    mapping = MAPPING.replace("measure: cases", f"measure: {measure}").replace("facts:", f"{extra}\nfacts:")
    return good(mapping, cases=cell, **more)[0].value.literal


@pytest.mark.parametrize(
    ("measure", "cell", "decimals", "low", "high"),
    [
        ("cases", "2852", "", 2852, 2852),
        ("cases", "5.0", "", 5, 5),
        ("share", "29.50", "", Fraction(59, 2), Fraction(59, 2)),
        ("share", "29.5", "decimals: 1", Fraction(589, 20), Fraction(591, 20)),
        ("cases", "2000", "decimals: -3", 1500, 2500),
        ("cases", "100", "decimals: -3", 0, 600),
        ("share", "30 %", "", 30, 30),
        ("wait", "30 days", "", 30, 30),
        ("cases", "about 100", "decimals: 0", 90, 110),
        ("cases", "unknown", "", 0, None),
        ("opened", "2020-03", "", 737485, 737515),
    ],
)
def test_numbers_are_exact_unless_decimals_are_given(
    measure: str, cell: str, decimals: str, low: object, high: object
) -> None:
    found = measured(measure, cell, decimals)
    assert found is not None
    assert (found.low, found.high) == (low, high)


def test_a_missing_value_makes_no_fact_or_an_unknown_one() -> None:
    assert good(cases="") == []
    assert "“na” is not understood" in said(cases="NA")[0][0]
    words = MAPPING.replace("facts:", 'missing: {words: ["", NA]}\nfacts:')
    assert good(words, cases="NA") == []
    unknown = words.replace("]}", "], as: unknown}", 1)
    (one,) = good(unknown, cases="")
    assert one.value.text == "unknown"
    assert one.value.literal == Interval(0, None, True, False)


LONG = """\
table: us.csv
source: {id: nyt}
missing: {words: ["", total]}
facts:
  - {subject: "us-{fips}", measure: deaths, as_of: "{date}", dimensions: {sex: "{sex}"}, value: "{cases}"}
"""


@pytest.mark.parametrize("cell", ["", "total"])
def test_a_row_without_a_dimension_is_the_total(cell: str) -> None:
    (one,) = good(LONG, sex=cell)
    assert (one.id, one.dimensions) == ("nyt#deaths,us-01,2020-03-01", ())
    (part,) = good(LONG, sex="men")
    assert (part.id, part.dimensions) == ("nyt#deaths,us-01,2020-03-01,dimensions.sex=men", (("sex", "men"),))


def test_a_word_that_is_no_value_of_a_dimension_must_be_said_to_be_missing() -> None:
    assert good(LONG.replace('"", total', "n/a"), sex="")[0].dimensions == ()
    assert said(LONG.replace('"", total', "n/a"), sex="total")[0][0] == '"total" is no value of the dimension "sex"'


def test_na_is_a_text() -> None:
    assert good(fips="NA")[0].subject == "us-NA"


def test_min_and_max_may_be_columns() -> None:
    mapping = MAPPING.replace('value: "{cases}"', 'value: {min: "{fips}", max: "{cases}"}')
    assert good(mapping)[0].value.literal == Interval(1, 5)
    assert good(mapping, cases="") == []


@pytest.mark.parametrize(
    ("texts", "said_"),
    [
        ({"fips": ""}, [('the column "fips" is empty, and subject needs it', NEEDED)]),
        ({"date": ""}, [('the column "date" is empty, and as_of needs it', NEEDED)]),
        ({"fips": "a b"}, [('subject: found the text "us-a b"', "a name without spaces and #")]),
        ({"date": "1/2/20"}, [('as_of "1/2/20": no date that can be read', None)]),
        ({"date": "2020-02-30"}, [('as_of "2020-02-30": there is no such date in the calendar', None)]),
        ({"cases": "-5"}, [("“-5” is not understood", None)]),
        ({"cases": "=1+1"}, [("“=1+1” is not understood", None)]),
    ],
)
def test_a_row_that_makes_no_sense_is_an_error(texts: dict[str, str], said_: list[tuple[str, str | None]]) -> None:
    found = said(**texts)
    assert [message for message, _ in found] == [message for message, _ in said_]
    assert all(wanted is None or expected == wanted for (_, expected), (_, wanted) in zip(found, said_, strict=True))


def test_names_that_rows_use_are_declared() -> None:
    mapping = MAPPING.replace("us-{fips}", "{fips}").replace('value: "{cases}"', 'value: 1, event: "{cases}"')
    assert [message for message, _ in said(mapping, fips="eu", cases="e2")] == [
        'subject "eu" is not declared', 'event "e2" is not declared'
    ]  # fmt: skip


def test_all_facts_of_a_row_go_with_one_that_is_wrong() -> None:
    mapping = MAPPING + '  - {subject: us-1, measure: deaths, as_of: "{date}", value: "{fips}"}\n'
    assert len(good(mapping)) == 2
    assert len(said(mapping, fips="x")) == 1


def test_an_id_is_made_of_what_tells_facts_apart() -> None:
    mapping = """\
table: us.csv
source: {id: nyt}
defaults: {basis: estimated, since: 2020, claimant: nyt}
facts:
  - {subject: "us-{fips}", measure: new, during: "{date}", event: e1, dimensions: {sex: "{sex}"}, value: 1}
"""
    (one,) = good(mapping, fips="a,b=%", date="2020-01/2020-02", sex="men")
    assert one.id == (
        "nyt#new,us-a%2Cb%3D%25,during=2020-01/2020-02,since=2020,claimant=nyt,event=e1,basis=estimated,dimensions.sex=men"
    )
    assert one.dimensions == (("sex", "men"),)


STEPS = st.sampled_from(
    [
        ("measure",),
        ("subject",),
        ("as_of",),
        ("during",),
        ("claimant",),
        ("event",),
        ("dimensions", "a"),
        ("dimensions", "b="),
    ]
)
TEXTS = st.dictionaries(STEPS, st.text(min_size=1), min_size=1)


@given(TEXTS, TEXTS)
def test_ids_are_as_different_as_their_fields(
    one: dict[tuple[str | int, ...], str], other: dict[tuple[str | int, ...], str]
) -> None:
    positional = {("measure",): "m", ("subject",): "s"}
    one, other = positional | one, positional | other
    assert (table.identity(one) == table.identity(other)) == (one == other)
    assert not any(sign in table.identity(one) for sign in "# \t\r\n")


def test_a_context_of_nothing_is_the_default() -> None:
    assert load.Repository._field_defaults["context"] == fact.Context(EMPTY)


# ------------------------------------------------------------------------- the example of the documents

REGIONS = """\
data,stato,codice_regione,denominazione_regione,ricoverati_con_sintomi,terapia_intensiva,totale_ospedalizzati,\
isolamento_domiciliare,totale_positivi,dimessi_guariti,deceduti,totale_casi
2020-02-24T18:00:00,ITA,13,Abruzzo,3,1,4,6,10,5,1,16
2020-02-24T18:00:00,ITA,17,Basilicata,0,0,0,0,0,0,0,0
2020-02-25T18:00:00,ITA,13,Abruzzo,3,1,4,6,10,6,0,16
2020-02-25T18:00:00,ITA,17,Basilicata,2,1,4,1,5,0,0,5
"""


def test_the_example_of_the_documents_finds_what_was_planted() -> None:
    pytest.importorskip("duckdb")
    page = (Path(__file__).parent.parent / "docs" / "tables.md").read_text("utf-8")
    files = dict(re.findall(r'```yaml title="([^"]+)"\n(.*?)```', page, re.DOTALL))
    write(Path(), {**files, "facts/dpc-covid19-ita-regioni.csv": REGIONS})
    repository = load.facts([Path("facts")])
    read = tabular.read(repository.tables, repository.context)
    assert len(read.facts) == 4 * 8
    rules = rule.gather(["rules"])
    assert len(rules) == 4
    judged_ = judged(rules, read.facts, repository.vocabulary)
    found = {
        (one.rule.id, *sorted({fact.location.row or 0 for _, fact in one.bindings if isinstance(fact, Fact)}))
        for one, judgement in judged_
        if judgement.verdict == "violated"
    }
    assert found == {("hospital-is-wards-and-intensive-care", 4), ("running-totals-do-not-fall", 1, 3)}
    assert sum(judgement.verdict == "satisfied" for _, judgement in judged_) == 12 - 1 + 6 - 1

"""field.py: reading the fields of facts, comparing two facts by one, and holding facts against patterns."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

import facts
from checker import field
from checker.expression import ExpressionError
from checker.model import Fact, Interval, Measure, Period, QuoteCheck, Source

FULL = facts.claim(
    "full",
    "held",
    12,
    source=Source(
        "a",
        facts.HERE,
        publisher="The Gazette",
        language="en",
        origin="afp",
        published=facts.day("2024-08"),
        retrieved=facts.day("2024-08-03"),
    ),
    as_of="2024-07-28",
    since="2024-07",
    during="2024-07/2024-08",
    event="one",
    claimant="police",
    quote="12 people",
    dimensions={"sex": "men", "place": "north"},
    subject_title="All",
    checked=QuoteCheck(stands=True, states=False, says="13"),
)
BARE = facts.claim("bare", "level", 1, source=None, as_of=None)


# ------------------------------------------------------------------------- one fact


@pytest.mark.parametrize(
    ("name", "written", "of_bare"),
    [
        ("id", "a#full", "bare"),
        ("measure", "held", "level"),
        ("type", "count", "number"),
        ("kind", "stock", "stock"),
        ("counting", None, None),
        ("unit", "person", None),
        ("total_of", None, None),
        ("within", None, None),
        ("subject", "all", "all"),
        ("subject.title", "All", None),
        ("claimant", "police", None),
        ("source", "a", None),
        ("publisher", "The Gazette", None),
        ("language", "en", None),
        ("origin", "afp", None),
        ("event", "one", None),
        ("basis", "reported", "reported"),
        ("quote", "12 people", None),
        ("quote.stands", "yes", None),
        ("quote.states", "no", None),
        ("quote.says", "13", None),
        ("breakdown", "place+sex", None),
        ("dimensions", "place=north, sex=men", None),
        ("dimensions.place", "north", None),
        ("dimensions.age", None, None),
    ],
)
def test_texts(name: str, written: str | None, of_bare: str | None) -> None:
    assert field.read(FULL, name) == written
    assert field.read(BARE, name) == of_bare
    assert field.is_text(name)
    assert not field.is_date(name)
    assert field.day(FULL, name) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("as_of", "2024-07-28"),
        ("since", "2024-07"),
        ("published", "2024-08"),
        ("retrieved", "2024-08-03"),
        ("during", "2024-07/2024-08"),
        ("during.start", "2024-07/2024-08"),
        ("during.end", "2024-07/2024-08"),
    ],
)
def test_dates(name: str, text: str) -> None:
    assert field.read(FULL, name) == facts.day(text)
    assert field.read(BARE, name) is None
    assert field.is_date(name)
    assert not field.is_text(name)


def test_every_name_is_a_text_or_a_date() -> None:
    assert all(field.is_text(name) != field.is_date(name) for name in field.NAMES)
    assert not any(check(name) for check in (field.is_text, field.is_date) for name in ("value", "__class__", ""))


def test_a_quote_that_was_not_compared_states_nothing() -> None:
    unclear = FULL._replace(checked=QuoteCheck(stands=False, states=None))
    assert field.read(unclear, "quote.stands") == "no"
    assert field.read(unclear, "quote.states") is None


def span(text: str, name: str) -> tuple[str | None, str | None]:
    day = field.day(facts.claim("x", "freed", 1, **{name.partition(".")[0]: text}), name)
    assert day is not None
    assert day.literal == day.conventional
    assert day.whole
    assert day.literal.includes_low == (day.literal.low is not None)
    return tuple(None if end is None else Period("", int(end), int(end)).first for end in day.literal[:2])  # type: ignore[return-value]


def ends(text: str) -> tuple[int | None, int | None]:
    read = facts.day(text)
    return read.first, read.last


def test_days_of_dates() -> None:
    assert span("2024-07", "as_of") == ends("2024-07")
    assert span("../2024-07", "as_of") == (None, ends("2024-07")[1])
    first, last = ends("2024-07")
    assert span("2024-07", "during.start") == (first, first)
    assert span("2024-07", "during.end") == (last, last)
    assert span("2024-07/..", "during.start") == (first, first)
    assert span("2024-07/..", "during.end") == (first, None)
    assert span("../2024-07", "during.start") == (None, last)
    assert span("../2024-07", "during.end") == (last, last)
    assert field.day(BARE, "as_of") is None


def test_days_of_one_source_written_alike_are_one() -> None:
    def key(text: str, source: str, name: str = "as_of") -> str:
        day = field.day(facts.claim("x", "held", 1, source=source, as_of=text, since=text), name)
        assert day is not None
        return day.key

    assert key("2024-07", "a") == key("2024-07", "a")
    assert len({key("2024-07", "a"), key("2024-07", "b"), key("2024", "a"), key("2024-07", "a", "since")}) == 4


def test_a_day_as_text() -> None:
    first, last = ends("2024-07")
    assert field.day_text("2024-07").literal == Interval(first, last)
    assert field.day_text("../2024-07").literal == Interval(None, last, False, True)
    with pytest.raises(ExpressionError, match="no such date") as caught:
        field.day_text("2024-13")
    assert caught.value.expected == "a day that exists, in the years 0001 to 9999"


# ------------------------------------------------------------------------- two facts


def dated(text: str | None, source: str | None = "a", id: str = "x", name: str = "as_of") -> Fact:
    origin = facts.source(source) if source else None
    return facts.claim(id, "freed", 1, source=origin, **{name: text})


@pytest.mark.parametrize(
    ("one", "other", "elsewhere", "same"),
    [
        ("2024-07-28", "2024-07-28", True, True),
        ("2024-07-28", "2024-07-29", False, False),
        ("2024-07", "2024-07", None, True),  # one source writes the same month twice: the same day of it
        ("2024-07", "2024-07-28", None, None),
        ("2024-07", "2024-08-01", False, False),
        ("2024-07~", "2024-08-01", None, None),
        ("../2024-07", "2025", False, False),
        ("../2024-07", "2023", None, None),
        ("2024/..", "../2023", False, False),
        ("2024/..", "../2024", None, None),
    ],
)
def test_agreement_in_a_day(one: str, other: str, elsewhere: bool | None, same: bool | None) -> None:
    assert field.agree(dated(one), dated(other, "b"), "as_of") is elsewhere
    assert field.agree(dated(other, "b"), dated(one), "as_of") is elsewhere
    assert field.agree(dated(one), dated(other), "as_of") is same


@pytest.mark.parametrize(
    ("one", "other", "agreed"),
    [
        ("2024-07", "2024-07", True),
        ("2024-07", "2024-07-01/2024-07-31", True),
        ("2024-07", "2024-07-28", False),
        ("2024-07~", "2024-07~", None),
        ("2024-07~", "2025", False),
        ("2024-07/..", "2024-07/..", None),
        ("2024-07/..", "2023", False),
    ],
)
def test_agreement_in_a_period(one: str, other: str, agreed: bool | None) -> None:
    a, b = dated(one, name="during"), dated(other, "b", name="during")
    assert field.agree(a, b, "during") is agreed
    assert field.agree(b, a, "during") is agreed


def test_agreement_in_texts_and_in_nothing() -> None:
    assert field.agree(FULL, FULL._replace(claimant="ngo"), "claimant") is False
    assert field.agree(FULL, FULL._replace(id="b"), "claimant") is True
    assert field.agree(BARE, BARE, "event") is True  # absent on both sides
    assert field.agree(BARE, FULL, "event") is False
    assert field.agree(BARE, FULL, "as_of") is False
    assert field.agree(dated("2024-07", None, "x"), dated("2024-07", None, "y"), "as_of") is None


def test_overlap() -> None:
    day = facts.day
    assert field.overlap(day("2024-07"), day("2024-07-31/2024-08"))
    assert not field.overlap(day("2024-07"), day("2024-08"))
    assert field.overlap(None, day("2024-08"))
    assert field.overlap(day("2024-08"), None)


DATES = ("2024-07", "2024-07-28", "2024-07-28/2024-07-28", "2024-07-28?", "2024-07~", "2024-07/..", "../2024-07", None)


@pytest.mark.parametrize("name", ["as_of", "during"])
def test_keys_are_equal_exactly_where_facts_agree(name: str) -> None:
    for one, other in product(product(DATES, ("a", "b", None)), repeat=2):
        a, b = dated(*one, "x", name=name), dated(*other, "y", name=name)
        assert (field.key(a, name) == field.key(b, name)) == (field.agree(a, b, name) is True), (one, other)


# ------------------------------------------------------------------------- patterns


def fits(fact: Fact, **wanted: Any) -> bool:
    return field.fitting(facts.pattern("x", wanted))(fact)


def test_patterns_over_fields() -> None:
    assert fits(BARE)
    assert fits(BARE, measure="level")
    assert fits(BARE, measure=["held", "level"])
    assert fits(BARE, measure="lev*")
    assert not fits(BARE, measure="held")
    assert fits(BARE, measure="any", unit="null", claimant="null", as_of=None)
    assert not fits(BARE, claimant="any")
    assert fits(BARE, claimant=["police", None])
    total = {"dimensions": ["null", "any"]}
    assert fits(FULL, claimant="any", **total)
    assert not fits(FULL, claimant="null", **total)
    assert fits(FULL, as_of="2024-07-28", during="2024-07/*", published="2024-*", **total)
    assert not fits(FULL, as_of="2024-07", **total)
    assert fits(FULL, **{"quote.stands": "yes"}, **total)


def test_the_word_null_is_no_text() -> None:
    assert not fits(BARE._replace(claimant="null"), claimant="null")


@pytest.mark.parametrize(
    ("wanted", "fitting"),
    [
        ("null", "none"),
        ("any", "place sex both"),
        (["null", "any"], "none place sex both"),
        ({"place": "any"}, "place"),
        ({"place": "north"}, "place"),
        ({"place": "n*", "sex": ["men", "women"]}, "both"),
        ({"place": "any", "sex": ["null", "any"]}, "place both"),
        ({"place": "south"}, ""),
        (["null", {"sex": "men"}], "none sex"),
    ],
)
def test_patterns_over_dimensions(wanted: Any, fitting: str) -> None:
    broken_down = {
        "none": {},
        "place": {"place": "north"},
        "sex": {"sex": "men"},
        "both": {"place": "north", "sex": "men"},
    }
    found = [
        name
        for name, dimensions in broken_down.items()
        if fits(facts.claim(name, "held", 1, dimensions=dimensions), dimensions=wanted)
    ]
    assert " ".join(found) == fitting


def test_planned_and_superseded_facts() -> None:
    planned = facts.claim("p", "held", 1, basis="planned")
    assert not fits(planned)
    assert not fits(planned, basis="any")
    assert fits(planned, basis="planned")
    assert fits(planned, basis=["reported", "planned"])
    assert not fits(planned._replace(superseded=True), basis="planned")
    assert not fits(FULL._replace(superseded=True), dimensions="any")


def test_what_a_measure_is_declared_to_be_of() -> None:
    freed, sick = facts.claim("x", "freed_total", 12), facts.claim("y", "sick", 1)
    assert (field.read(freed, "total_of"), field.read(freed, "within")) == ("freed", "arrested")
    assert field.read(sick, "within") == "hurt"  # and not held, which is a step further
    asked = field.fitting(facts.pattern("x", {"within": "any", "total_of": "null"}))
    assert [asked(fact) for fact in (freed, sick, facts.claim("z", "held", 1))] == [False, True, False]


def test_one_pattern_over_several_facts() -> None:
    asked = field.fitting(facts.pattern("x", {"kind": "stock", "claimant": "police"}))
    wanted = [
        facts.claim("1", "held", 1, claimant="police"),
        facts.claim("2", "held", 1),
        facts.claim("3", "freed", 1, claimant="police"),
        facts.claim("4", "held", 2, claimant="police"),
    ]
    assert [fact.id for fact in wanted if asked(fact)] == ["a#1", "a#4"]


def test_measures_that_a_pattern_may_bind() -> None:
    def may(measure: Measure, /, **wanted: Any) -> bool:
        return field.measured(measure, facts.pattern("x", wanted))

    held = facts.MEASURES["held"]
    assert may(held, type="count", kind=["stock", "flow"], unit="p*")
    assert not may(held, counting="any")
    assert may(held, counting="null")
    assert not may(held, measure="arrested")
    freed = facts.MEASURES["freed_total"]
    assert may(freed, within="any", total_of="fr*")
    assert not may(freed, within="null")
    assert not may(held, within="any")
    assert may(held, subject="whatever")
    cases = Measure("cases-*", "count", None, "stock")  # declared by a glob
    assert may(cases, measure="cases-north")
    assert may(cases, measure="c*")
    assert not may(cases, measure="deaths-north")


# ------------------------------------------------------------------------- what tells the same thing


def test_facts_that_tell_the_same_thing() -> None:
    flow = facts.claim("x", "freed", 12, during="2024-07-28")
    assert field.told(flow) == field.told(
        facts.claim("y", "freed", 14, during="2024-07-28", as_of="2024-08-01", source="b")
    )
    for other in (
        {"during": "2024-07"},
        {"during": None, "as_of": "2024-07-28"},
        {"event": "one"},
        {"subject": "some"},
        {"dimensions": {"sex": "men"}},
    ):
        assert field.told(flow) != field.told(facts.claim("y", "freed", 12, **{"during": "2024-07-28", **other}))
    stock = facts.claim("x", "held", 12)
    assert field.told(stock) != field.told(facts.claim("y", "held", 12, since="2024"))
    assert field.told(stock) == field.told(facts.claim("y", "held", 13, claimant="b"))

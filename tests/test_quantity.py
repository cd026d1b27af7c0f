"""The table of what words say, row by row: the literal interval | the conventional one where it is another.

n, exactly n:

>>> meanings("87", "exactly 87 people", "nine", "exactamente 87", "veintiuno")
87: 87
exactly 87 people: 87
nine: 9
exactamente 87: 87
veintiuno: 21

Rounded numbers:

>>> meanings("1.2 million", "2.4k", "1,2 millones")
1.2 million: 1,150,000 to 1,250,000
2.4k: 2,350 to 2,450
1,2 millones: 1,150,000 to 1,250,000
>>> meanings("29.9 %", "30 %", "29,9 por ciento", type="percent")
29.9 %: 29.85 to 29.95 %
30 %: 29.5 to 30.5 %
29,9 por ciento: 29.85 to 29.95 %
>>> meanings("2.5", "2,50", "30", type="number")
2.5: 2.45 to 2.55
2,50: 2.495 to 2.505
30: 30

At least n:

>>> meanings(
...     "at least 87", "87 or more", "87+", "no fewer than 87", "al menos 87", "por lo menos 87",
...     "como mínimo 87", "87 o más"
... )
at least 87: at least 87
87 or more: at least 87
87+: at least 87
no fewer than 87: at least 87
al menos 87: at least 87
por lo menos 87: at least 87
como mínimo 87: at least 87
87 o más: at least 87

More than n:

>>> meanings("more than 2,000", "over 28", "above 130", "upwards of 130", "más de 2.000")
more than 2,000: more than 2,000 | more than 2,000 and fewer than 3,000
over 28: more than 28
above 130: more than 130 | more than 130 and fewer than 140
upwards of 130: more than 130 | more than 130 and fewer than 140
más de 2.000: more than 2,000 | more than 2,000 and fewer than 3,000
>>> meanings("more than 29.9 %", type="percent")
more than 29.9 %: more than 29.9 % | more than 29.9 % and less than 30 %

At most n:

>>> meanings("at most 399", "no more than 399", "a lo sumo 399", "como máximo 399")
at most 399: at most 399
no more than 399: at most 399
a lo sumo 399: at most 399
como máximo 399: at most 399
>>> meanings("at most 399", type="number")
at most 399: at most 399

Up to n:

>>> meanings("up to 200", "as many as 230", "hasta 200")
up to 200: at most 200 | more than 100 and at most 200
as many as 230: at most 230 | more than 220 and at most 230
hasta 200: at most 200 | more than 100 and at most 200
>>> meanings("up to 200", type="number")
up to 200: at most 200 | more than 100 and at most 200

Fewer than n:

>>> meanings("fewer than 200", "less than 200", "under 200", "below 5", "menos de 200")
fewer than 200: fewer than 200 | more than 100 and fewer than 200
less than 200: fewer than 200 | more than 100 and fewer than 200
under 200: fewer than 200 | more than 100 and fewer than 200
below 5: fewer than 5
menos de 200: fewer than 200 | more than 100 and fewer than 200
>>> meanings("less than $200", type="money")
less than $200: less than 200 | more than 100 and less than 200

Nearly n:

>>> meanings("nearly 200", "almost 130", "close to 5", "just under 2,400", "casi 200", "cerca de 130")
nearly 200: at least 180 and fewer than 200
almost 130: at least 117 and fewer than 130 | more than 120 and fewer than 130
close to 5: at least 4 and fewer than 5
just under 2,400: at least 2,160 and fewer than 2,400 | more than 2,300 and fewer than 2,400
casi 200: at least 180 and fewer than 200
cerca de 130: at least 117 and fewer than 130 | more than 120 and fewer than 130

About n:

>>> meanings(
...     "about 2,400", "around 700", "approximately 130", "some 5", "roughly 1.2 million",
...     "an estimated 700", "~700", "unos 700", "unas 2,852 personas", "alrededor de 3 millones"
... )
about 2,400: 2,160 to 2,640 | 2,350 to 2,450
around 700: 630 to 770 | 650 to 750
approximately 130: 117 to 143 | 125 to 135
some 5: 4 to 6 | 4.5 to 5.5
roughly 1.2 million: 1,080,000 to 1,320,000 | 1,150,000 to 1,250,000
an estimated 700: 630 to 770 | 650 to 750
~700: 630 to 770 | 650 to 750
unos 700: 630 to 770 | 650 to 750
unas 2,852 personas: 2,566.8 to 3,137.2 | 2,851.5 to 2,852.5
alrededor de 3 millones: 2,500,000 to 3,500,000
>>> meanings("about 30 %", "about 1 %", type="percent")
about 30 %: 27 to 33 %
about 1 %: 0.5 to 1.5 %

Between n and m:

>>> meanings("between 5 and 7", "5 to 7", "5–7", "entre 5 y 7", "de 5 a 7")
between 5 and 7: 5 to 7
5 to 7: 5 to 7
5–7: 5 to 7
entre 5 y 7: 5 to 7
de 5 a 7: 5 to 7

A dozen:

>>> meanings("a dozen", "a couple", "half a dozen", "una docena", "un par", "media docena", "more than a dozen")
a dozen: 10.8 to 13.2 | 12
a couple: 1 to 3 | 2
half a dozen: 5 to 7 | 6
una docena: 10.8 to 13.2 | 12
un par: 1 to 3 | 2
media docena: 5 to 7 | 6
more than a dozen: more than 12

Dozens:

>>> meanings(
...     "dozens", "scores", "hundreds", "thousands", "tens of thousands", "decenas de", "docenas de",
...     "cientos de", "miles de", "decenas de miles de"
... )
dozens: at least 24 | at least 24 and fewer than 100
scores: at least 40 | at least 40 and fewer than 100
hundreds: at least 200 | at least 200 and fewer than 1,000
thousands: at least 2,000 | at least 2,000 and fewer than 10,000
tens of thousands: at least 20,000 | at least 20,000 and fewer than 100,000
decenas de: at least 20 | at least 20 and fewer than 100
docenas de: at least 24 | at least 24 and fewer than 100
cientos de: at least 200 | at least 200 and fewer than 1,000
miles de: at least 2,000 | at least 2,000 and fewer than 10,000
decenas de miles de: at least 20,000 | at least 20,000 and fewer than 100,000

Several:

>>> meanings("several", "a few", "varios", "algunas", "several hundred")
several: at least 3 | 3 to 9
a few: at least 3 | 3 to 9
varios: at least 3 | 3 to 9
algunas: at least 3 | 3 to 9
several hundred: at least 300 | 300 to 900

A duration, in days (a year has 365.25):

>>> meanings(
...     "one year", "un año", "a year and a half", "un año y medio", "17 months", "72 hours", "72 horas",
...     "more than a year", "about a year", type="duration"
... )
one year: 182.625 to 547.875 days | 273.9375 to 456.5625 days
un año: 182.625 to 547.875 days | 273.9375 to 456.5625 days
a year and a half: 456.5625 to 639.1875 days | 502.21875 to 593.53125 days
un año y medio: 456.5625 to 639.1875 days | 502.21875 to 593.53125 days
17 months: 502.21875 to 532.65625 days | 509.828125 to 525.046875 days
72 hours: 71.5 to 72.5 hours | 71.75 to 72.25 hours
72 horas: 71.5 to 72.5 hours | 71.75 to 72.25 hours
more than a year: more than 365.25 days | more than 365.25 days and less than 730.5 days
about a year: 182.625 to 547.875 days
"""

from __future__ import annotations

import json
from fractions import Fraction

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import hedges, interval, quantity, schema
from checker.model import EVERYTHING, Exact, Interval

TYPES = ("count", "number", "percent", "money", "duration")
INF = None


def meanings(*texts: str, type: str = "count") -> None:  # noqa: A002 - as in quantity
    for text in texts:
        value = quantity.read(text, type)
        assert value.literal
        assert value.conventional
        literal, conventional = quantity.show(value.literal, type), quantity.show(value.conventional, type)
        print(f"{text}: {literal}" + (f" | {conventional}" if conventional != literal else ""))  # noqa: T201


def literal(text: str, type: str) -> Interval:  # noqa: A002
    found = quantity.read(text, type).literal
    assert found is not None
    return found


def closed(low: Exact | str | None, high: Exact | str | None) -> Interval:
    low, high = (Fraction(end) if isinstance(end, str) else end for end in (low, high))
    return Interval(low, high, low is not None, high is not None)


# ------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("2.852", 2852),
        ("2,852", 2852),
        ("1.234.567", 1234567),
        ("1 234 567", 1234567),
        ("1\u202f234\u00a0567", 1234567),
        ("12,34,567", 1234567),
        ("1'234'567", 1234567),
        ("012", 12),
        ("9" * 100, int("9" * 100)),
        ("nine", 9),
        ("twenty-one", 21),
        ("one hundred and five", 105),
        ("two thousand three hundred", 2300),
        ("a hundred", 100),
        ("twelve hundred", 1200),
        ("one and a half million", 1500000),
        ("half a million", 500000),
        ("two million three hundred thousand", 2300000),
        ("three lakh", 300000),
        ("treinta y un", 31),
        ("treinta y uno", 31),
        ("thirty a day", 30),
        ("ciento cinco", 105),
        ("dos mil trescientos", 2300),
        ("ciento cinco mil", 105000),
        ("mil", 1000),
        ("mil millones", 10**9),
        ("dos millones y medio", 2500000),
        ("medio millón", 500000),
        ("2 mil 300", 2300),
        ("the 87 people", 87),
        ("an additional 177", 177),
        ("87 people, among them the old", 87),
        ("DIECISÉIS", 16),
        ("veintitre\u0301s", 23),
    ],
)
def test_exact_counts(text: str, n: int) -> None:
    assert literal(text, "count") == Interval(n, n)


@pytest.mark.parametrize(
    ("text", "type_", "expected"),
    [
        ("2.852", "number", closed("2.8515", "2.8525")),
        ("2,852", "number", closed(2852, 2852)),
        ("0,125", "number", closed("0.1245", "0.1255")),
        ("1,2", "number", closed("1.15", "1.25")),
        ("1.234,5", "number", closed("1234.45", "1234.55")),
        ("1,234.5", "number", closed("1234.45", "1234.55")),
        ("-3", "number", closed(-3, -3)),
        ("−3", "number", closed(-3, -3)),
        ("minus 3", "money", closed(-3, -3)),
        ("-$5", "money", closed(-5, -5)),
        ("+3 %", "percent", closed("2.5", "3.5")),
        ("exactly 29.5 %", "percent", closed("29.5", "29.5")),
        ("nine per cent", "percent", closed("8.5", "9.5")),
        ("3 percentage points", "percent", closed("2.5", "3.5")),
        ("at most 5", "number", closed(INF, 5)),
        ("at most 5", "count", closed(0, 5)),
        ("fewer than 5 days", "duration", Interval(0, 5, True, False)),
        ("€5m", "money", closed(4500000, 5500000)),
        ("US$ 300", "money", closed(300, 300)),
        ("3 millones de euros", "money", closed(2500000, 3500000)),
        ("more than 300 euros", "money", Interval(300, None, False, False)),
        ("about -30", "number", closed(-33, -27)),
        ("about 0", "count", closed(0, 1)),
        ("3 mil millones", "count", closed(2500000000, 3500000000)),
        ("a couple of hundred", "count", closed(180, 220)),
        ("at least another 87", "count", closed(87, INF)),
        ("2,000 people or more", "count", closed(2000, INF)),
        ("a dozen or more", "count", closed(12, INF)),
        ("more than 5 but fewer than 9", "count", Interval(5, 9, False, False)),
        ("between one hundred and five and two hundred", "count", closed(105, 200)),
        ("-5 to -3", "number", closed(-5, -3)),
        ("30%-40%", "percent", closed(30, 40)),
        ("500 to 1 million", "count", closed(500, 1000000)),
        ("1 day to 2 weeks", "duration", closed(1, 14)),
        ("17 to 18 months", "duration", closed("517.4375", "547.875")),
        ("between a year and 18 months", "duration", closed("365.25", "547.875")),
        ("two years, 3 months and 5 days", "duration", closed("826.3125", "827.3125")),
        ("72-hour", "duration", closed(Fraction(143, 48), Fraction(145, 48))),
        ("1.5 years", "duration", closed("529.6125", "566.1375")),
        ("año y medio", "duration", closed("456.5625", "639.1875")),
        ("a couple of weeks", "duration", closed("10.5", "17.5")),
        ("unknown", "number", EVERYTHING),
        ("desconocido", "count", Interval(0, None, True, False)),
        ("Unknown", "percent", EVERYTHING),
    ],
)
def test_literal_intervals(text: str, type_: str, expected: Interval) -> None:
    assert literal(text, type_) == expected


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        *(
            (text, "count")
            for text in (
                "", "around or about maybe 5", "between 5", "3 of 7", "not 5", "5 or 6", "5 or maybe more", "3.5", "-5",
                "fewer than 0", "between 2.1 and 2.9", "between 9 and 5", "9 to 5", "1,23,4", "3.2.1", "2024-07-28",
                "1:30", "9/11", "28th", "covid-19", "v2", "5²", ".5", "٣", "5 ± 2", "87?", "twenty thirty",
                "two-thirds", "twenty-first", "million", "dozen", "at least about 5", "more than", "a person",
                "30 %", "$5", "5 million euros", "two years and 3 months", "dos millones y pico y medio",
                "at most 9 or more", "5 more than before", "9" * 101, "9" * 201, "1.23.456", "1,2,3.4",
                "1.2.3,4", "1 234,567.8", "12345,67,890", "two thousand three thousand", "5 hundred hundred", "mil mil",
            )
        ),
        ("30", "duration"),
        ("about 30", "duration"),
        ("a", "duration"),
        ("18 months per year", "duration"),
        ("a month and a year", "duration"),
        ("two and a half and a half", "number"),
        ("1.5 and a half", "number"),
        ("30 %", "number"),
        ("30 %", "money"),
        ("3 euros", "percent"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_an_error(text: str, type_: str) -> None:
    with pytest.raises(quantity.QuantityError) as raised:
        quantity.read(text, type_)
    assert raised.value.message
    assert raised.value.expected


def test_the_error_says_from_where_on() -> None:
    with pytest.raises(quantity.QuantityError, match="“5 or 6” is not understood from “6” on") as raised:
        quantity.read("5 or 6", "count")
    assert "around 2,400" in raised.value.expected


def test_the_text_is_kept_as_it_was_written() -> None:
    assert quantity.read(" At least 87 ", "count").text == " At least 87 "


# ------------------------------------------------------------------------- two ends given


@pytest.mark.parametrize(
    ("low", "high", "type_", "expected", "text"),
    [
        ("5", "10", "count", closed(5, 10), "5 to 10"),
        ("2,000", None, "count", closed(2000, None), "at least 2,000"),
        (None, "10", "count", closed(0, 10), "at most 10"),
        (None, "10", "number", closed(None, 10), "at most 10"),
        ("-2.5", "-1", "number", closed("-2.5", -1), "-2.5 to -1"),
        ("1.5", "10", "duration", closed("1.5", 10), "1.5 to 10 days"),
        ("29.5", "30 %", "percent", closed("29.5", 30), "29.5 to 30 %"),
        ("7", "7", "count", closed(7, 7), "7"),
        (None, None, "count", closed(0, None), "unknown"),
    ],
)
def test_between(low: str | None, high: str | None, type_: str, expected: Interval, text: str) -> None:
    value = quantity.between(low, high, type_)
    assert value == (text, expected, expected)


@pytest.mark.parametrize(
    ("low", "high", "type_"),
    [
        ("10", "5", "count"),
        ("2.5", "5", "count"),
        ("about 5", "10", "count"),
        ("-5", "10", "count"),
        ("-5", None, "duration"),
        ("5 people", None, "count"),
        ("a dozen", None, "count"),
        ("", None, "number"),
        ("9" * 300, None, "number"),
    ],
)
def test_between_refuses(low: str | None, high: str | None, type_: str) -> None:
    with pytest.raises(quantity.QuantityError):
        quantity.between(low, high, type_)


# ------------------------------------------------------------------------- running text


def found(text: str, type_: str) -> list[str]:
    return [span.text for span, _ in quantity.find(text, type_)]


@pytest.mark.parametrize(
    ("text", "type_", "expected"),
    [
        ("have released more than 2,000 people so far", "count", ["more than 2,000"]),
        ("believed to be around 700, dozens of them ill", "count", ["around 700", "dozens"]),
        ("fueron unas 2,852 personas y decenas de niños", "count", ["unas 2,852", "decenas de"]),
        ("nine or more were held; 87, at least 20 of them young", "count", ["nine or more", "87", "at least 20"]),
        ("2024-07-28, 1:30, v3.2.1, 28th, covid-19, 9/11, 5², two-thirds, the twenty-first", "count", []),
        ("$5, US$ 300, -5, 30 % and 3 million euros", "count", []),
        ("once again, no one went", "count", []),
        ("(87) “99”: 61; 5-7", "count", ["87", "99", "61", "5-7"]),
        ("season 2023-24", "count", []),
        ("more than 2,000 and fewer than 3 left", "count", ["more than 2,000", "fewer than 3"]),
        ("rose from 100 to 200 people", "count", ["from 100 to 200", "100", "200"]),
        ("between 100 and 200 people", "count", ["between 100 and 200"]),
        ("freed a year and a half later, in 72 hours of a six-year term", "duration",
         ["a year and a half", "72 hours", "six-year"]),
        ("a second wave in 2024", "duration", []),
        ("some 29.9 per cent, or -3 %, or more than 30", "percent", ["some 29.9 per cent", "-3 %", "more than 30"]),
        ("cost $3.5 million, more than 3 million euros", "money", ["$3.5 million", "more than 3 million euros"]),
    ],
)  # fmt: skip
def test_find(text: str, type_: str, expected: list[str]) -> None:
    assert found(text, type_) == expected


def test_a_span_says_where_its_number_starts() -> None:
    text = "believed to be around 700"
    ((span, value),) = quantity.find(text, "count")
    assert (text[span.start : span.end], text[span.number_start : span.end]) == ("around 700", "700")
    assert value == quantity.read("around 700", "count")


def test_places_hold_where_the_text_is_decomposed_or_has_odd_spaces() -> None:
    text = "Fueron\u00a0ma\u0301s\u2009de 2.852 \u2014 quizás"
    ((span, value),) = quantity.find(text, "count")
    assert span.text == text[span.start : span.end] == "ma\u0301s\u2009de 2.852"
    assert value.literal == Interval(2852, None, False, False)


# ------------------------------------------------------------------------- showing


@pytest.mark.parametrize(
    ("interval_", "type_", "words"),
    [
        (Interval(87, 87), "count", "87"),
        (Interval(2160, 2640), "count", "2,160 to 2,640"),
        (Interval(700, None, True, False), "count", "at least 700"),
        (Interval(700, None, False, False), "count", "more than 700"),
        (Interval(0, 399), "count", "at most 399"),
        (Interval(0, 399), "number", "0 to 399"),
        (Interval(None, 399, False, True), "number", "at most 399"),
        (Interval(0, 400, True, False), "count", "fewer than 400"),
        (Interval(0, 0), "count", "0"),
        (Interval(2000, 2640, False, True), "count", "more than 2,000 and at most 2,640"),
        (Interval(4, 5, True, False), "count", "at least 4 and fewer than 5"),
        (Interval(Fraction("0.125"), 5), "count", "0.1250 to 5"),
        (Interval(0, None, True, False), "count", "unknown"),
        (EVERYTHING, "percent", "unknown"),
        (Interval(Fraction("29.5"), Fraction("29.5")), "number", "exactly 29.5"),
        (Interval(30, 30), "percent", "exactly 30 %"),
        (Interval(Fraction("547.875"), None, False, False), "duration", "more than 547.875 days"),
        (Interval(Fraction(1, 24), Fraction(1, 2)), "duration", "1 to 12 hours"),
        (Interval(Fraction(1, 1440), 1), "duration", "1 to 1,440 minutes"),
        (Interval(Fraction(1, 86400), 1), "duration", "1 to 86,400 seconds"),
        (Interval(Fraction(1, 7), 1), "duration", "~0.143 to 1 days"),
    ],
)
def test_show(interval_: Interval, type_: str, words: str) -> None:
    assert quantity.show(interval_, type_) == words


def test_number_and_decimal() -> None:
    assert quantity.number(-1234567) == "-1,234,567"
    assert quantity.number(Fraction("0.5"), 3) == "0.5"
    assert quantity.number(Fraction("-0.04"), 1) == "~0.0"
    assert quantity.decimal(Fraction("-1234.5"), up=True) == "-1234.5"
    assert quantity.decimal(Fraction(-1, 3), up=True) == "-0.333333333333"
    assert quantity.decimal(Fraction(-1, 3), up=False) == "-0.333333333334"


# ------------------------------------------------------------------------- properties

STANDARD = quantity.standard()
WORDS = sorted({
    " ".join(phrase)
    for table in (*STANDARD.hedges.values(), *STANDARD.numbers.values(), *STANDARD.words.values())
    for entries in table.values()
    for phrase, _ in entries
})  # fmt: skip
FIGURES = [
    "0",
    "5",
    "87",
    "2,852",
    "1.5",
    "2.852",
    "1 234",
    "5-7",
    "28th",
    "1:30",
    "٣",
    "½",
    "±",
    "x",
    "people",
    "-",
    ",",
    "2024-07-28",
]
texts = st.lists(st.sampled_from(WORDS + FIGURES * 8), max_size=7).flatmap(
    lambda words: st.sampled_from(["", " ", " "]).map(lambda gap: gap.join(words))
)
types = st.sampled_from(TYPES)
whole = st.integers(0, 10**7)
decimals = st.builds(lambda n, places: Fraction(n, 10**places), st.integers(-(10**7), 10**7), st.integers(0, 4))


@given(st.one_of(st.text(max_size=220), texts), types)
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_value_or_the_one_error(text: str, type_: str) -> None:
    try:
        value = quantity.read(text, type_)
    except quantity.QuantityError:
        return
    assert value.literal
    assert value.conventional
    assert interval.meet(value.literal, value.conventional) == value.conventional
    assert not interval.is_empty(value.conventional, whole=type_ == "count")
    for shown in (value.literal, value.conventional):
        assert literal(quantity.show(shown, type_), type_) == shown


@given(st.one_of(st.text(max_size=220), texts), types)
@settings(max_examples=600, deadline=None)
def test_what_is_found_reads_the_same_by_itself(text: str, type_: str) -> None:
    end = 0
    for span, value in quantity.find(text, type_):
        assert text[span.start : span.end] == span.text == value.text
        assert span.start <= span.number_start < span.end
        assert quantity.read(span.text, type_) == value
        if span.start < end:
            assert "from" in text or "de" in text  # the two numbers of a change
        end = max(end, span.end)


HEDGES = [" ".join(phrase) for entries in STANDARD.hedges["before"].values() for phrase, _ in entries]
AFTER = [" ".join(phrase) for entries in STANDARD.hedges["after"].values() for phrase, _ in entries]
UNITS = {"percent": " %", "duration": " days", "money": " euros"}


@given(st.sampled_from(HEDGES), whole, types)
@settings(max_examples=300, deadline=None)
def test_every_hedge_reads_before_every_number(hedge: str, n: int, type_: str) -> None:
    value = quantity.read(f"{hedge} {n + 1}{UNITS.get(type_, '')}", type_)
    assert value.literal
    assert value.conventional
    assert interval.meet(value.literal, value.conventional) == value.conventional


@pytest.mark.parametrize("hedge", AFTER)
def test_every_hedge_reads_behind_a_number(hedge: str) -> None:
    ((span, value),) = quantity.find(f"87 {hedge}", "count")
    assert span.text == f"87 {hedge}"
    assert value == quantity.read(span.text, "count")


@given(decimals, decimals, st.booleans(), st.booleans(), types)
@settings(max_examples=400, deadline=None)
def test_show_reads_back(a: Fraction, b: Fraction, low: bool, high: bool, type_: str) -> None:
    if type_ in ("count", "duration"):
        a, b = abs(a), abs(b)
    made = Interval(min(a, b), max(a, b), low, high)
    if not interval.is_empty(made, whole=type_ == "count"):
        assert literal(quantity.show(made, type_), type_) == made


@given(decimals, st.booleans(), types)
@settings(max_examples=200, deadline=None)
def test_show_reads_back_one_end(a: Fraction, included: bool, type_: str) -> None:
    a = abs(a) + 1
    below = Interval(None, a, False, included) if type_ not in ("count", "duration") else Interval(0, a, True, included)
    for made in (Interval(a, None, included, False), below):
        assert literal(quantity.show(made, type_), type_) == made


@given(st.fractions(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_decimal_rounds_outwards(exact: Fraction, up: bool) -> None:
    shown = Fraction(quantity.decimal(exact, up))
    assert (shown - exact) * (1 if up else -1) >= 0
    assert abs(shown - exact) < Fraction(1, 10**12)


# ------------------------------------------------------------------------- profiles


def test_the_shipped_profile_follows_its_schema() -> None:
    shipped = hedges._shipped()  # noqa: SLF001 - the data itself is what the schema is about
    jsonschema.Draft202012Validator(json.loads(schema.text("hedges"))).validate(shipped)


def test_a_project_may_say_what_about_means() -> None:
    own = quantity.profile(
        {
            "hedges": {
                "about": {"literal": "n - 5 % <= x <= n + r/2", "conventional": "n <= x <= n", "before": ["about"]},
                "group": {"literal": "alone", "conventional": "alone"},
                "lots": {"literal": "100 n <= x", "conventional": "100 n <= x", "instead": ["lots of"]},
            }
        }
    )
    value = quantity.read("about 2,000", "count", own)
    assert (value.literal, value.conventional) == (Interval(1900, 2500), Interval(2000, 2000))
    assert quantity.read("lots of people", "count", own).literal == Interval(100, None, True, False)
    assert quantity.read("a dozen", "count", own).literal == Interval(12, 12)
    with pytest.raises(quantity.QuantityError):
        quantity.read("at least 5", "count", own)
    assert found("lots of people", "count") == []


GROUP = {"group": {"literal": "alone", "conventional": "alone"}}


def test_unknown_is_unknown_in_any_profile() -> None:
    own = quantity.profile({"unknown": ["inconnu"]})
    for text in ("unknown", "inconnu"):
        assert quantity.read(text, "count", own).literal == Interval(0, None, True, False)
    with pytest.raises(quantity.QuantityError):
        quantity.read("not known", "count", own)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "the profile is not understood"),
        ({"hedge": {}}, "a profile has no hedge"),
        ({"hedges": {}}, "hedges has no group"),
        ({"hedges": []}, "hedges is not understood"),
        ({"hedges": {**GROUP, "about": {"literal": "alone"}}}, "no conventional"),
        ({"hedges": {**GROUP, "about": {"literal": "n < y", "conventional": "alone"}}}, "no form"),
        ({"hedges": {**GROUP, "about": {"literal": [], "conventional": "alone"}}}, "not understood"),
        ({"hedges": {"group": {"literal": "n - 1.2.3 % <= x", "conventional": "alone"}}}, "no number"),
        ({"hedges": {"group": {"literal": "n - r/0 <= x", "conventional": "alone"}}}, "zero"),
        ({"hedges": {"group": {**GROUP["group"], "words": []}}}, "no words"),
        ({"hedges": {"group": {**GROUP["group"], "before": "about"}}}, "no list of words"),
        ({"hedges": {"group": {**GROUP["group"], "before": [""]}}}, "no phrase"),
        ({"numbers": {"nine": "nine"}}, "no number"),
        ({"numbers": {"nine": ["9"]}}, "no number"),
        ({"scales": {"none": "0"}}, "zero"),
        ({"times": {"year": {"days": "1/0", "words": []}}}, "zero"),
        ({"times": {"year": {"days": "365.25"}}}, "the time year"),
        ({"to": [["to"]]}, "no list of words"),
    ],
)
def test_a_profile_that_makes_no_sense_is_an_error(data: object, message: str) -> None:
    with pytest.raises(quantity.QuantityError, match=message) as raised:
        quantity.profile(data)
    assert raised.value.expected

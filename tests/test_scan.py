"""scan: figures in running text, what is none, and how well both are told apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import scan
from checker.model import Interval
from checker.scan import Figure
from scan import articles, ours, scores, sum_of


def told(text: str, language: str | None = None) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in scan.figures(text, language)]


def only(text: str) -> Figure:
    [found] = scan.figures(text)
    return found


# ------------------------------------------------------------------------- what is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("At least 87 people were freed.", [("count", "At least 87")]),
        ("Freed were 12, 14 and 150 or more people.", [("count", "12"), ("count", "14"), ("count", "150 or more")]),
        ("It rose from 12 to 18.", [("count", "12"), ("count", "18")]),
        ("It fell 0.8 percent to 4,512 points.", [("percent", "0.8 percent"), ("count", "4,512")]),
        ("It rose 3 to 5 percent.", [("percent", "3 to 5 percent")]),
        ("It is 3 to 15 metres.", [("count", "3 to 15")]),
        ("It is 3 percent to 4 percent.", [("percent", "3 percent to 4 percent")]),
        ("They face from 8 to 12 years.", [("duration", "from 8 to 12 years")]),
        ("It is 30 % or $2.5 million now.", [("percent", "30 %"), ("money", "$2.5 million")]),
        ("It moved 1.5 metres.", [("number", "1.5")]),
        ("For a year she came twice a year.", [("duration", "a year")]),
        ("Scores of people saw the scores.", [("count", "Scores")]),
        ("Unas 2,852 personas, el 3,5 por ciento", [("count", "Unas 2,852"), ("percent", "3,5 por ciento")]),
        ("Más de mil personas y once niños", [("count", "Más de mil"), ("count", "once")]),
        ("Once more, one of the men left.", []),
        ("On Thursday, 28 July 2024", [("date", "Thursday, 28 July 2024")]),
        ("It was Friday.", [("weekday", "Friday")]),
        ("On 28 and 29 July, from July 28-30", [("date", "28 and 29 July"), ("date", "July 28-30")]),
        ("It came on the 28th, the 28th time.", [("date", "the 28th")]),
        ("In 2024 some 2024 men, since 1898", [("date", "2024"), ("count", "some 2024"), ("date", "1898")]),
        ("Of 2000 people, in 2000", [("count", "2000"), ("date", "2000")]),
        ("total 910\n177 more", [("count", "910"), ("count", "177")]),
        ("around\n2,400 people", [("count", "around\n2,400")]),
    ],
)
def test_figures(text: str, found: list[tuple[str, str]]) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Article 350 and Flight 370",
        "Call 555-0147 or +58 212 555 0147",
        "See https://example.org/2024/05/3 or write to x99@example.org",
        "At 9 a.m., at 10:30 and at 5 o'clock",
        "Harwick won 3-1",
        "a Boeing 737 on the runway",
        "the 12th time, the 3rd man, 21.º",
        "one in five, three out of four",
        "Group of Seven, COVID-19 and 24/7",
        "1. First\n2) Second",
        "One must try, that one too",
        "She is in her 50s",
        "a las 9 de la mañana, cada uno de los vecinos",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert told(text) == []


def test_a_figure_says_where_it_stands_and_what_it_says() -> None:
    text = "First.\r\nMr. Ruiz saw over 28 dead. The end."
    found = only(text)
    assert (found.line, found.column) == (2, 14)
    assert text[found.start : found.end] == found.text == "over 28"
    assert text[slice(*found.number)] == "28"
    assert text[slice(*found.sentence)] == "Mr. Ruiz saw over 28 dead."
    assert found.value.literal == Interval(28, None, False, False)


@pytest.mark.parametrize(
    ("text", "edtf", "whole"),
    [
        ("28 July 2024", "2024-07-28", True),
        ("in July 2024", "2024-07", True),
        ("on July 28", "XXXX-07-28", False),
        ("3 and 4 May 2024", "2024-05-03/2024-05-04", True),
        ("in the 1990s", "1990/1999", True),
        ("on 03/04/2024", "[2024-03-04,2024-04-03]", False),
        ("on 31 June 2024", "2024-06-31", False),
    ],
)
def test_a_date_states_its_parts(text: str, edtf: str, whole: bool) -> None:
    found = only(text)
    assert found.value.text == edtf
    assert (found.value.literal is not None) == whole


def test_a_word_may_be_a_number_in_one_language_alone() -> None:
    assert told("once", "es") == [("count", "once")]
    assert told("once", "en") == []


@given(st.text(alphabet="0123456789.,-–:/%$ \n\tabefilmnorsty’'¿áñ½٣\u0301", max_size=80))
def test_any_text_is_read(text: str) -> None:
    found = scan.figures(text)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(one.end <= after.start for one, after in pairwise(found))


# ------------------------------------------------------------------------- how well


@pytest.mark.parametrize("language", ["en", "es"])
def test_labelled_articles_are_read(language: str) -> None:
    every = [(one, ours(one)) for one in articles(language)]
    total = sum_of(scores(every, kinds=True))
    assert len(every) >= 25
    assert total.right >= 0.98 * total.found
    assert total.right >= 0.98 * total.labelled
    assert total.exact >= 0.98 * total.right

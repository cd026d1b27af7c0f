"""dates.py: dates in running text, and whether they fit the days given."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import dates, period

Parts = tuple[int | None, int | None, int | None, int | None]


def parts(text: str) -> list[tuple[str, Parts]]:
    return [(text[m.start : m.end], m[2:6]) for m in dates.mentions(text)]


@pytest.mark.parametrize(
    ("text", "mention", "stated"),
    [
        ("on January 1 they", "January 1", (None, 1, 1, None)),
        ("on 1 January 2026, they", "1 January 2026", (2026, 1, 1, None)),
        ("January 1st, 2026.", "January 1st, 2026", (2026, 1, 1, None)),
        ("the 28th of July 2024", "28th of July 2024", (2024, 7, 28, None)),
        ("since July 28", "July 28", (None, 7, 28, None)),
        ("JULY 28", "JULY 28", (None, 7, 28, None)),
        ("on Jan. 3, 2026", "Jan. 3, 2026", (2026, 1, 3, None)),
        ("Sept 5", "Sept 5", (None, 9, 5, None)),
        ("5 Dec 2024", "5 Dec 2024", (2024, 12, 5, None)),
        ("in July 2024", "July 2024", (2024, 7, None, None)),
        ("in July of 2024", "July of 2024", (2024, 7, None, None)),
        ("in December", "December", (None, 12, None, None)),
        ("in May", "May", (None, 5, None, None)),
        ("on May 3", "May 3", (None, 5, 3, None)),
        ("in 2024, they", "2024", (2024, None, None, None)),
        ("the 2024 vote", "2024", (2024, None, None, None)),
        ("on Thursday", "Thursday", (None, None, None, 3)),
        ("Thursday, January 1, 2026", "Thursday, January 1, 2026", (2026, 1, 1, 3)),
        ("Thursday 1 January", "Thursday 1 January", (None, 1, 1, 3)),
        ("el 28 de julio de 2024", "28 de julio de 2024", (2024, 7, 28, None)),
        ("el 28 de julio del 2024", "28 de julio del 2024", (2024, 7, 28, None)),
        ("1º de enero", "1º de enero", (None, 1, 1, None)),
        ("primero de enero de 2026", "primero de enero de 2026", (2026, 1, 1, None)),
        ("jueves 1 de enero", "jueves 1 de enero", (None, 1, 1, 3)),
        ("el jueves, 1 de enero", "jueves, 1 de enero", (None, 1, 1, 3)),
        ("en julio de 2024", "julio de 2024", (2024, 7, None, None)),
        ("en setiembre", "setiembre", (None, 9, None, None)),
        ("el miércoles", "miércoles", (None, None, None, 2)),
        ("el sabado", "sabado", (None, None, None, 5)),
        ("on 2024-07-28.", "2024-07-28", (2024, 7, 28, None)),
        ("in 2024-07", "2024-07", (2024, 7, None, None)),
        ("28/07/2024", "28/07/2024", (2024, 7, 28, None)),
        ("07/28/2024", "07/28/2024", (2024, 7, 28, None)),
        ("28.7.2024", "28.7.2024", (2024, 7, 28, None)),
        ("in May 2,400 people", "May", (None, 5, None, None)),
        ("January 1, 2,400 people", "January 1", (None, 1, 1, None)),
        ("July 28 2,400 people", "July 28", (None, 7, 28, None)),
        ("December 12-15", "December 12", (None, 12, 12, None)),
        ("12 y 15 de diciembre", "15 de diciembre", (None, 12, 15, None)),
    ],
)
def test_the_parts_that_are_stated(text: str, mention: str, stated: Parts) -> None:
    assert parts(text) == [(mention, stated)]


@pytest.mark.parametrize(
    "text",
    [
        "", "no date", "2,024 people", "20.24", "87 people", "1,2024", "they may 20", "a march", "May I",
        "Julio Borges", "Santo Domingo", "the 1990s", "$2000", "x2024", "20245", "2024.5", "2024 %", "31/31/2024",
        "0/5/2024", "45 julys", "Mayor 3", "Marchers 3", "on Mondays", "en los martess", "decades 3", "3 decades",
        "jan", "12 marzos", "Augu\u017ft",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert parts(text) == []


def test_several_dates_come_in_their_order() -> None:
    text = "From July 28 to August 3, 2024 and on Friday, 3 January"
    assert [stated for _, stated in parts(text)] == [
        (None, 7, 28, None),
        (2024, 8, 3, None),
        (None, 1, 3, 4),
    ]


@pytest.mark.parametrize(
    ("text", "when", "expected"),
    [
        ("July 28", "2024-07-28", True),
        ("July 28", "2024-07-29", False),
        ("July 28", "2024-07-27/2024-07-29", True),
        ("July 28, 2023", "2024-07-28", False),
        ("July 28", "2024-07", False),
        ("July 16", "2024-07", False),
        ("July 2024", "2024-07", True),
        ("July 2024", "2024-07~", True),
        ("July 2024", "2024-07-28", True),
        ("July 2023", "2024-07", False),
        ("June 2024", "2024-07", False),
        ("2024", "2024", True),
        ("2024", "2024-03-05", True),
        ("2024", "2023", False),
        ("December 12", "2024-12-12/2024-12-15", True),
        ("December 15", "2024-12-12/2024-12-15", True),
        ("December 13", "2024-12-12/2024-12-15", False),
        ("December 12", "../2024-12-12", True),
        ("December 12", "2024-12-12/..", True),
        ("December 12", "../..", False),
        ("Thursday", "2026-01-01", True),
        ("Friday", "2026-01-01", False),
        ("Thursday, January 1", "2026-01-01", True),
        ("Friday, January 1", "2026-01-01", False),
        ("03/04/2024", "2024-04-03", True),
        ("03/04/2024", "2024-03-04", True),
        ("03/04/2024", "2024-04-04", False),
        ("13/04/2024", "2024-04-13", True),
        ("February 30", "2024-02-29", False),
        ("May 3", "0001-05-03", True),
    ],
)
def test_a_mention_fits_the_days_that_it_states(text: str, when: str, expected: bool) -> None:
    [mention] = dates.mentions(text)
    assert dates.fits(mention, *period.read(when)[1:]) is expected


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)), st.integers(0, 5))
def test_a_date_written_out_is_found_and_fits(day: date, form: int) -> None:
    english, spanish = dates.MONTHS[day.month - 1]
    text = (
        f"{english} {day.day}, {day.year}",
        f"{day.day} {english} {day.year}",
        f"{day.day} de {spanish} de {day.year}",
        f"{dates.WEEKDAYS[day.weekday()][0]}, {english} {day.day}, {day.year}",
        day.isoformat(),
        f"{day.day:02}/{day.month:02}/{day.year}",
    )[form]
    [mention] = dates.mentions(f"It was on {text}.")
    assert (mention.start, mention.end) == (10, 10 + len(text))
    assert dates.fits(mention, day.toordinal(), day.toordinal())
    other = day.replace(year=day.year - 1, day=min(day.day, 28)).toordinal()
    assert not dates.fits(mention, other, other)


@given(st.text(st.sampled_from("julymandeceber 0123459,./-%$"), max_size=30) | st.text(max_size=30))
def test_no_text_raises_and_mentions_do_not_overlap(text: str) -> None:
    end = 0
    for mention in dates.mentions(text):
        assert end <= mention.start < mention.end <= len(text)
        assert any(part is not None for part in mention[2:6])
        end = mention.end

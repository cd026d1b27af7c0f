"""period.py: EDTF dates as days, and back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import period
from checker.model import Period


def days(text: str) -> tuple[str | None, str | None]:
    read = period.read(text)
    assert read.text == text
    return tuple(None if end is None else period.day(end) for end in read[1:])  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-01", "2026-01-01", "2026-01-01"),
        ("2024-07", "2024-07-01", "2024-07-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2024-12", "2024-12-01", "2024-12-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-12-12/2024-12-15", "2024-12-12", "2024-12-15"),
        ("2024-12-12/2024-12-12", "2024-12-12", "2024-12-12"),
        ("2024-07/2024-08", "2024-07-01", "2024-08-31"),
        ("2023/2024-02-03", "2023-01-01", "2024-02-03"),
        ("2024-07-15/2024-07", "2024-07-15", "2024-07-31"),
        ("../2024-12-12", None, "2024-12-12"),
        ("../2024", None, "2024-12-31"),
        ("2024-07-28/..", "2024-07-28", None),
        ("2024-07/..", "2024-07-01", None),
        ("../..", None, None),
        ("2024-07-28~", "2024-07-27", "2024-07-29"),
        ("2024-03-01~", "2024-02-29", "2024-03-02"),
        ("2024-07~", "2024-06-01", "2024-08-31"),
        ("2024-01~", "2023-12-01", "2024-02-29"),
        ("2024-12~", "2024-11-01", "2025-01-31"),
        ("2024~", "2023-01-01", "2025-12-31"),
        ("2024-07?", "2024-06-01", "2024-08-31"),
        ("2024-07%", "2024-06-01", "2024-08-31"),
        ("2024-07~/2024-12-25~", "2024-06-01", "2024-12-26"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("0001-01~", "0001-01-01", "0001-02-28"),
        ("0001-01-01~", "0001-01-01", "0001-01-02"),
        ("0001~", "0001-01-01", "0002-12-31"),
        ("9999-12-31~", "9999-12-30", "9999-12-31"),
        ("9999~", "9998-01-01", "9999-12-31"),
    ],
)
def test_the_days_that_a_date_may_mean(text: str, first: str | None, last: str | None) -> None:
    assert days(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "", "..", "/", "2024/", "/2024", "24", "2024-7", "2024-07-1", "20240728", "2024-07-28T10:00", " 2024", "2024 ",
        "2024\n", "July 2024", "28/07/2024", "~2024", "2024~~", "2024-~07", "-2024", "12024", "2024/2025/2026",
        "...", "unknown", "٢٠٢٤", "2024-07-XX", "2024-21", "../", "2024-07-28~/...",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(period.PeriodError) as caught:
        period.read(text)
    assert caught.value.message in {"no date that can be read", "there is no such date in the calendar"}
    assert caught.value.expected


@pytest.mark.parametrize("text", ["2024-13", "2024-00", "2024-02-30", "2023-02-29", "2024-01-00", "0000", "0000-01-01"])
def test_what_is_not_in_the_calendar(text: str) -> None:
    with pytest.raises(period.PeriodError, match="there is no such date in the calendar"):
        period.read(text)


def test_a_reversed_interval_offers_the_other_order() -> None:
    with pytest.raises(period.PeriodError, match="the period ends before it starts") as caught:
        period.read("2024-12-15/2024-12-12")
    assert caught.value.expected == "2024-12-12/2024-12-15"


dates = st.dates().map(date.toordinal)


@given(dates | st.none(), dates | st.none())
def test_what_is_shown_is_read(one: int | None, two: int | None) -> None:
    first, last = (one, two) if one is None or two is None else sorted((one, two))
    shown = period.show(first, last)
    assert period.read(shown) == Period(shown, first, last)


@given(st.integers(1, 9999), st.integers(1, 12))
def test_whole_months_and_years_are_shown_as_such(year: int, month: int) -> None:
    for text in (f"{year:04}", f"{year:04}-{month:02}"):
        assert period.show(*period.read(text)[1:]) == text


@given(st.integers(2, 9998), st.integers(1, 12), st.sampled_from("~?%"))
def test_a_qualifier_adds_one_unit_to_either_side(year: int, month: int, sign: str) -> None:
    exact, wide = period.read(f"{year:04}-{month:02}"), period.read(f"{year:04}-{month:02}{sign}")
    assert wide.first is not None
    assert wide.last is not None
    before, after = date.fromordinal(wide.first), date.fromordinal(wide.last)
    assert (before.day, (after.year * 12 + after.month) - (before.year * 12 + before.month)) == (1, 2)
    assert wide.first < (exact.first or 0) < (exact.last or 0) < wide.last


@given(st.text(st.sampled_from("0129-/.~?% "), max_size=24) | st.text(max_size=12))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        read = period.read(text)
    except period.PeriodError:
        return
    assert read.first is None or read.last is None or read.first <= read.last

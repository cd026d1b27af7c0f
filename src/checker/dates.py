"""Dates that stand in running English or Spanish text, as the parts that are stated."""

from __future__ import annotations

from typing import NamedTuple


class Mention(NamedTuple):
    """A date in a text: the characters ``start:end``, and the parts that it states.

    ``weekday`` is that of ``date.weekday``: Monday is 0. ``swappable`` is True where day and month
    may be exchanged (03/04/2024).
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    swappable: bool = False


def mentions(text: str) -> list[Mention]:
    """Every date in ``text``, in order, none overlapping another."""
    raise NotImplementedError


def fits(mention: Mention, first: int | None, last: int | None) -> bool:
    """Does every part that is stated agree with the days from ``first`` to ``last``?"""
    raise NotImplementedError

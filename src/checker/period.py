"""EDTF -> interval of days (ordinals, ``datetime.date.toordinal``)."""

from __future__ import annotations

from checker.model import Period


class PeriodError(ValueError):
    """The text is no EDTF date that is read here; ``expected`` says what would be."""

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected


def read(text: str) -> Period:
    """The days that an EDTF date may mean; raises ``PeriodError``."""
    raise NotImplementedError


def show(first: int | None, last: int | None) -> str:
    """EDTF text for the days from ``first`` to ``last``; ``None`` is an open end."""
    raise NotImplementedError


def day(ordinal: int) -> str:
    """ISO text of one day."""
    raise NotImplementedError

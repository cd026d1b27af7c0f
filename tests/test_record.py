"""record.py: a record is what typing makes of it."""

from __future__ import annotations

import copy
import pickle
import typing
from collections.abc import Callable
from inspect import getdoc, signature
from typing import Any

import pytest

from checker import record


class Ours(record.NamedTuple):
    """A place."""

    file: str
    line: int | None = None
    names: tuple[str, ...] = ("a",)

    @property
    def next(self) -> int:
        """The line below."""
        return (self.line or 0) + 1

    def moved(self, by: int) -> Ours:
        """The same, elsewhere."""
        return self._replace(line=(self.line or 0) + by)


class Theirs(typing.NamedTuple):
    """A place."""

    file: str
    line: int | None = None
    names: tuple[str, ...] = ("a",)

    @property
    def next(self) -> int:
        """The line below."""
        return (self.line or 0) + 1

    def moved(self, by: int) -> Theirs:
        """The same, elsewhere."""
        return self._replace(line=(self.line or 0) + by)


ASKED: dict[str, Callable[[Any], object]] = {
    "fields": lambda made: (made._fields, made._field_defaults, made.__match_args__),
    "words": lambda made: (getdoc(made), getdoc(made.next), getdoc(made.moved), made.__module__, made.__mro__[1:]),
    "signature": lambda made: [(one.name, one.kind, one.default) for one in signature(made).parameters.values()],
    "annotations": typing.get_type_hints,
    "values": lambda made: (made("x"), made("x", 2), made(line=3, file="y"), made._make(["z", 1, ()])),
    "what it says": lambda made: repr(made("x", 2)).partition("(")[2],
    "what it does": lambda made: (made("x", 2).next, made("x").moved(3), made("x")._asdict(), hash(made("x"))),
    "slots": lambda made: (made.__slots__, hasattr(made("x"), "__dict__")),
    "copies": lambda made: [copy.copy(made("x")), copy.deepcopy(made("x")), pickle.loads(pickle.dumps(made("x")))],  # noqa: S301
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_record_is_what_typing_makes_of_it(asked: Callable[[Any], object]) -> None:
    assert asked(Ours) == asked(Theirs)


def test_copies_are_records() -> None:
    assert type(pickle.loads(pickle.dumps(Ours("x")))) is type(copy.copy(Ours("x"))) is Ours  # noqa: S301


@pytest.mark.parametrize("wrong", [{}, {"file": "x", "row": 1}])
def test_what_is_no_field_of_it_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Ours(**wrong)


def test_it_never_changes() -> None:
    with pytest.raises(AttributeError):
        Ours("x").line = 2  # type: ignore[misc]

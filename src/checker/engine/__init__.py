"""Engines find: every choice of facts for the single names of a rule, joined on what identifies them.

What a choice means (collections, the next in time, ``where``) is completed in ``match``, the same
for every engine; what it comes to is the judge's. So an engine is only as much as a ``Session``.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple, Protocol

from checker.engine.join import Days, Join
from checker.model import Fact, InputError, InputErrors, Location

ENGINES = ("durable", "plain")  # in the order in which "auto" takes them


class Candidate(NamedTuple):
    """A choice of facts for the single names of a rule, in their order."""

    join: Join
    facts: tuple[Fact, ...]


class Session(Protocol):
    """Facts go in by batches; with each come the candidates that it completes."""

    def add(self, facts: Sequence[Fact]) -> list[Candidate]:
        """Add facts; all candidates that hold at least one of them, in no particular order."""

    def close(self) -> None:
        """Forget all facts."""


class EngineFault(Exception):
    """An engine failed or lost facts: nothing that it said can be trusted, and the run ends."""


class NoEngine(InputErrors):
    """The engine asked for is not installed."""


class Start(Protocol):
    """Opens a session for joins; with ``days`` (``join.days`` of all facts there will be), it joins on dates too."""

    def __call__(self, joins: Sequence[Join], days: Days = ...) -> Session:
        """Open one."""


def choose(name: str) -> tuple[str, Start]:
    """The engine of a name, or with ``auto`` the first that is installed; imported only now."""
    if name == "auto":
        name = next(one for one in ENGINES if _is_installed(one))
    elif not _is_installed(name):
        message = f"engine {name} is not installed"
        raise NoEngine([InputError(Location("checker"), message, "auto: the first that is installed")])
    start: Start = import_module(f"checker.engine.{name}").start
    return name, start


def _is_installed(name: str) -> bool:
    if name != "durable":
        return name in ENGINES
    return find_spec("durable") is not None and find_spec("durable_rules_engine") is not None

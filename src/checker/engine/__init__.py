"""Engines find: every choice of facts for the single names of a rule, joined on what identifies them.

What a choice means (collections, the next in time, ``where``) is completed in ``match``, the same
for every engine; what it comes to is the judge's. So an engine over records is only as much as a
``Session``, and one that is a database leaves to them what it cannot prove (``checker.sql``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from checker.engine.join import Days, Join
from checker.model import Fact, InputError, InputErrors, Location
from checker.record import NamedTuple

if TYPE_CHECKING:
    from checker.engine.dialect import Database

ENGINES = ("durable", "plain")  # over records; in the order in which "auto" takes them
DATABASES = ("duckdb", "spark")
LARGE = 10_000  # facts from which on a database is sooner done with any rules, start and all (docs/performance.md)
LONG = 500  # figures of one subject and measure: the records of each pair of them would be too many


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


class Progress(Protocol):
    """Told what is being done, and of how many of all facts it has been done."""

    def __call__(self, stage: str, done: int = 0, of: int = 0) -> None:
        """Say so."""


def silent(stage: str, done: int = 0, of: int = 0) -> None:
    """Nobody is told."""


class Start(Protocol):
    """Opens a session for joins; with ``days`` (``join.days`` of all facts there will be), it joins on dates too."""

    def __call__(self, joins: Sequence[Join], days: Days = ...) -> Session:
        """Open one."""


def chosen(name: str, facts: int, longest: int, *, tabular: bool) -> tuple[str, str]:
    """The engine for so many facts, at most ``longest`` of one subject and measure; and why this, if none was asked."""
    if name != "auto":
        return name, ""
    why = "there are tables" if tabular else f"{LARGE:,} facts or more" if facts >= LARGE else ""
    why = why or (f"more than {LONG:,} facts of one measure" if longest > LONG else "")
    if why and (tabular or _is_installed("duckdb")):
        return "duckdb", why
    return _first(), "DuckDB is not installed" if why else "the first that is installed"


def choose(name: str) -> tuple[str, Start]:
    """The engine of a name that works on records, or with ``auto`` the first that is installed; imported only now.

    In the place of a database stands ``plain``, for the few facts of an example.
    """
    if name == "auto":
        name = _first()
    elif not _is_installed(name):
        message = f"engine {name} is not installed"
        raise NoEngine([InputError(Location("checker"), message, "auto: the first that is installed")])
    start: Start = import_module(f"checker.engine.{'plain' if name in DATABASES else name}").start
    return name, start


def database(name: str, files: Iterable[Path]) -> Database:
    """The database of a name, which may open these files; raises ``NoEngine`` where it is not installed."""
    module = import_module(f"checker.engine.{name}")
    opened: Database = getattr(module, {"duckdb": "DuckDB", "spark": "Spark"}[name])(files)
    return opened


def _first() -> str:
    return next(one for one in ENGINES if _is_installed(one))


_MODULES = {"plain": (), "durable": ("durable", "durable_rules_engine"), "duckdb": ("duckdb",), "spark": ("pyspark",)}


def _is_installed(name: str) -> bool:
    return name in _MODULES and all(find_spec(module) is not None for module in _MODULES[name])

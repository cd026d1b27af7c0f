"""The simplest engine: facts by key, and every choice among those of one key."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from checker.engine import Candidate
from checker.engine.join import NO_DAYS, Days, Join, keeps, key
from checker.model import Fact

Groups = dict[tuple[object, ...], list[list[Fact]]]  # for each key, the facts that fit each name


class Plain:
    """A session over nested loops."""

    def __init__(self, joins: Sequence[Join], days: Days) -> None:
        self._joins = joins
        self._days = days
        self._found: list[Groups] = [{} for _ in joins]

    def add(self, facts: Sequence[Fact]) -> list[Candidate]:
        """Add facts; the candidates that hold at least one of them."""
        new = {fact.id for fact in facts}
        return [
            Candidate(join, chosen)
            for join, found in zip(self._joins, self._found, strict=True)
            for group in self._grow(join, found, facts)
            for chosen in product(*group)
            if any(fact.id in new for fact in chosen) and keeps(join, chosen)
        ]

    def _grow(self, join: Join, found: Groups, facts: Sequence[Fact]) -> list[list[list[Fact]]]:
        """Put facts where they fit; the groups that have become larger."""
        grown: Groups = {}
        for fact in facts:
            for index, fits in enumerate(join.fits):
                if fits(fact):
                    of = key(join, fact, self._days)
                    grown[of] = found.setdefault(of, [[] for _ in join.names])
                    grown[of][index].append(fact)
        return list(grown.values())

    def close(self) -> None:
        """Forget all facts."""
        self._found.clear()


def start(joins: Sequence[Join], days: Days = NO_DAYS) -> Plain:
    """A session for these joins; without single names there is nothing to join."""
    return Plain([join for join in joins if join.names], days)

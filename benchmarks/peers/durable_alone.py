"""durable_rules alone: a rule with the violation itself as the last join, over one region at a time.

Within the guards that keep it from crashing or losing facts: a host without threads, joins that end in a test which
is always true, sequential ids that no rule compares, every tested field named with ``$ex``, a batch for each group
that is deleted after it, one host, and a rule that acknowledges every fact.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

from durable import engine

import told

FACTS, AT_ONCE = "facts", 1000
FIELDS = ("n", "kind", "day", "value", "one")


class Host(engine.Host):
    """An engine that starts no threads."""

    def _run(self) -> None:
        pass


class Counting:
    """A ruleset, and how often each of its rules fired."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()
        self.acknowledged: list[int] = []
        self.failed: list[Exception] = []
        self.host = Host()
        rules = {rule: self.rule(rule, *of) for rule, of in RULES.items()}
        told_of = [{"m": {"$ex": {"n": 1}}}]
        rules["acknowledge"] = {"all": told_of, "cap": AT_ONCE, "run": self.careful(self.acknowledge)}
        self.host.set_rulesets({FACTS: rules})

    def rule(self, rule: str, *patterns: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
        """The rule as the engine takes it: the first fact is called m, the next m1, m2 …"""
        joined = []
        for number, (kind, tests) in enumerate(patterns):
            always = [{"$gte": {"one": {"m": "one"}}}] if number else []
            needed = [{"$ex": {field: 1}} for field in FIELDS]
            joined.append({f"m{number or ''}": {"$and": [*needed, {"kind": kind}, *tests, *always]}})
        return {"all": joined, "cap": AT_ONCE, "run": self.careful(lambda c: self.fire(rule, c))}

    def careful(self, record: Any) -> Any:
        """What the engine may call: it would swallow an exception."""

        def run(c: Any) -> None:
            try:
                record(c)
            except Exception as error:
                self.failed.append(error)

        return run

    def fire(self, rule: str, c: Any) -> None:
        """Count one batch of matches."""
        self.found[rule] += len(c.m)

    def acknowledge(self, c: Any) -> None:
        """Note that facts have arrived."""
        self.acknowledged += [one.n for one in c.m]

    def hold(self, group: int, rows: list[told.Row]) -> None:
        """Assert one region's facts, and forget them again."""
        batch = [{"id": n, "n": n, "one": 1, "sid": group, **projected(row)} for n, row in enumerate(rows, 1)]
        self.host.assert_facts(FACTS, batch)
        before = -1
        while before != (before := self.found.total() + len(self.acknowledged)):
            self.host.get_ruleset(FACTS).dispatch()
        if self.failed:
            raise self.failed[0]
        if sorted(self.acknowledged) != [fact["n"] for fact in batch]:
            raise RuntimeError(f"durable_rules lost facts: {len(self.acknowledged)} of {len(batch)} acknowledged")
        self.acknowledged.clear()
        self.host.delete_state(FACTS, group)


def projected(row: told.Row) -> dict[str, Any]:
    """The little of a fact that the rules see."""
    return {"kind": told.name(row), "day": row.day.toordinal(), "value": row.value}


SAME_DAY = {"day": {"m": "day"}}
LESS = {"$lt": {"value": {"m": "value"}}}
SUM = {"$add": {"$l": {"m": "value"}, "$r": {"$add": {"$l": {"m1": "value"}, "$r": {"m2": "value"}}}}}
RULES: dict[str, list[tuple[str, list[dict[str, Any]]]]] = {
    "deaths-within-cases": [("deaths", []), ("cases", [SAME_DAY, LESS])],
    "verified-within-announced": [("verified", []), ("announced", [SAME_DAY, LESS])],
    "cases-never-fall": [("cases", []), ("cases", [{"$gt": SAME_DAY}, LESS])],
    "ages-make-whole": [
        ("young", []), ("middle", [SAME_DAY]), ("old", [SAME_DAY]), ("admitted", [SAME_DAY, {"$neq": {"value": SUM}}]),
    ],
    "low-within-high": [("low", []), ("high", [SAME_DAY, LESS])],
}  # fmt: skip


def count(directory: Path) -> Counter[str]:
    """How often each rule fires."""
    counting = Counting()
    for group, (_, rows) in enumerate(groupby(told.rows(directory), lambda row: row.region), 1):
        counting.hold(group, list(rows))
    return counting.found


if __name__ == "__main__":
    told.main(count)

"""Groups in which mostly nothing is told twice, against the plain engine."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest

from checker import sql
from checker.judge import Judge
from checker.model import Fact
from facts import NAMES, claim, rule

pytest.importorskip("duckdb")

from checker.engine.duckdb import DuckDB  # not everywhere
from test_sql import differs, relation

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "300")) // 25
DAILY: dict[str, Any] = {"same": ["subject", "as_of"]}
HELD, HURT, SICK, LEVEL = ({"measure": name} for name in ("held", "hurt", "sick", "level"))
PARTS: dict[str, dict[str, Any]] = {"p": {**HELD, "dimensions": {"sex": "any"}, "collect": "all"}, "w": HELD}
COMPLETE: dict[str, Any] = {"where": "complete(p, w)", **DAILY}
RULES = {
    "at most": rule({"x": HELD, "y": HURT}, "y <= x", **DAILY),
    "below": rule({"x": HELD, "y": HURT}, "y < x", **DAILY),
    "with a constant": rule({"x": HELD, "y": HURT}, "y + 2 <= x", **DAILY),
    "with factors": rule({"x": HELD, "y": HURT}, "2 * x - 3 >= 3 * y / 2", **DAILY),
    "equal": rule({"x": HELD, "y": HURT}, "x == y", **DAILY),
    "equal but for some": rule({"x": HELD, "y": HURT}, "x - 1 == y", **DAILY),
    "of three": rule({"x": HELD, "y": HURT, "z": SICK}, "x >= y + z and y >= z", **DAILY),
    "with decimals": rule({"x": LEVEL, "y": HURT}, "y <= x + 0.5", **DAILY),
    "that compare": rule({"x": HELD, "y": HURT}, "y <= x", comparable=["event"], **DAILY),
    "of parts": rule(PARTS, "sum(p) == w", **COMPLETE),
    "of parts at most": rule(PARTS, "sum(p) <= w", **COMPLETE),
    "of parts and how many": rule(PARTS, "w >= 2 * count(p) and sum(p) <= w + 1", **COMPLETE),
    "of parts beside another": rule({**PARTS, "y": HURT}, "sum(p) + y <= 2 * w", **COMPLETE),
}


def days(random: Random, *, exact: bool) -> list[Fact]:
    """Each day a group, in which mostly all is there once."""
    facts: list[Fact] = []
    for day in range(1, 25):
        men, women = random.randint(1, 4), random.randint(1, 4)
        told: list[tuple[str, Any, dict[str, Any]]] = [
            ("held", men + women + random.choice([0, 0, 0, 1, -1]), {}),
            ("held", men, {"dimensions": {"sex": "men"}}),
            ("held", women, {"dimensions": {"sex": "women"}}),
            ("held", 1, {"dimensions": {"sex": "neither"}}),
            ("hurt", random.randint(1, 8), {"event": random.choice(["one", "one", "two", None])}),
            ("sick", random.randint(0, 3), {}),
            ("level", f"exactly {random.choice(['2.5', '4', '6.25', '0.75'])}", {}),
        ]
        shares = [0.95, 0.95, 0.95, 0.1, 0.95, 0.95, 0.95]
        for (measure, value, fields), share in zip(told, shares, strict=True):
            for _ in range((random.random() < share) + (random.random() < 0.04)):
                words = value
                if not exact and measure != "level" and random.random() < 0.25:
                    words = random.choice([f"at least {value}", f"at most {value}", f"about {value}"])
                facts.append(claim(f"f{len(facts)}", measure, words, as_of=f"2024-01-{day:02}", **fields))
    return facts


@pytest.mark.parametrize("name", RULES)
def test_a_group_is_proved_as_it_is_judged(name: str, database: DuckDB) -> None:
    proved = 0
    for seed in range(EXAMPLES):
        facts = days(Random(seed), exact=seed % 2 == 0)
        assert not (wrong := differs([RULES[name]], facts, database)), f"{seed}: {wrong}"
        proved += sql.judged([RULES[name]], relation(database, facts), Judge(NAMES)).counted["satisfied"]
    assert proved > EXAMPLES


def test_rules_that_share_rows_are_proved_together(database: DuckDB) -> None:
    rules = [one._replace(id=name) for name, one in RULES.items()]
    for seed in range(EXAMPLES):
        assert not (wrong := differs(rules, days(Random(seed), exact=seed % 2 == 0), database)), f"{seed}: {wrong}"

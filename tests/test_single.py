"""Groups in which mostly nothing is told twice, against the plain engine."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from checker import hearing, sql
from checker.judge import Judge
from checker.model import Fact, Rule
from facts import NAMES, claim, rule

pytest.importorskip("duckdb")

from checker.engine.duckdb import DuckDB  # not everywhere
from checker.engine.relation import Relation
from test_sql import PLAIN, relation, told

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "300")) // 25
DAILY: dict[str, Any] = {"same": ["subject", "as_of"]}
HELD, HURT, SICK, LEVEL = ({"measure": name} for name in ("held", "hurt", "sick", "level"))
PARTS: dict[str, dict[str, Any]] = {"p": {**HELD, "dimensions": {"sex": "any"}, "collect": "all"}, "w": HELD}
COMPLETE: dict[str, Any] = {"where": "complete(p, w)", **DAILY}


def proved(rules: Sequence[Rule], table: Relation, facts: Sequence[Fact]) -> Counter[str]:
    """What the database proves, where all else comes back as the plain engine has it; else what is wrong."""
    judge = Judge(NAMES)
    right = told(hearing.judged(rules, facts, judge, PLAIN))
    found = sql.judged(rules, table, judge)
    back = told(found.verdicts)
    assert not back - right, f"made up: {back - right}"
    left_out = Counter(judgement.verdict for _, _, _, judgement in (right - back).elements())
    assert left_out == +found.counted, f"counted {found.counted}, not {right - back}"
    few = sql.judged(rules, table, judge, most=0)
    verdicts = Counter(judgement.verdict for _, _, _, judgement in right.elements())
    assert Counter(judgement.verdict for _, judgement in few.verdicts) + few.counted == verdicts
    return found.counted


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
    found: Counter[str] = Counter()
    for seed in range(EXAMPLES):
        facts = days(Random(seed), exact=seed % 2 == 0)
        found += proved([RULES[name]], relation(database, facts), facts)
    assert found["satisfied"] > EXAMPLES


def test_rules_that_share_rows_are_proved_together(database: DuckDB) -> None:
    rules = [one._replace(id=name) for name, one in RULES.items()]
    for seed in range(EXAMPLES):
        facts = days(Random(seed), exact=seed % 2 == 0)
        assert proved(rules, relation(database, facts), facts)["satisfied"] > 40


# ------------------------------------------------------------------------- names that want what is never there


@pytest.mark.parametrize("wanted", [{"basis": None}, {"subject": None}, {"basis": []}, {"claimant": None}])
def test_a_name_that_nothing_fits_has_no_match(wanted: dict[str, Any], database: DuckDB) -> None:
    facts = [claim("x", "held", 5), claim("y", "hurt", 3), claim("z", "sick", "at most 2")]
    rules = [
        rule({"x": {**HELD, **wanted}, "y": HURT}, "y <= x", id="one", **DAILY),
        rule({"x": {**HELD, **wanted}, "y": {**HURT, **wanted}}, "y <= x", id="both", **DAILY),
        rule({"x": HELD, "y": HURT}, "y <= x", id="other", **DAILY),
    ]
    for several in (rules[:1], rules[1:2], rules):
        for known in (facts, facts[:2]):
            assert +proved(several, relation(database, known), known) == Counter(satisfied=int(several == rules))


# ------------------------------------------------------------------------- values without an end

ENDS = ("5", "at least 5", "at most 5", "about 5", "more than 5", "fewer than 5", "unknown", "4 to 6")


def test_rows_without_an_end_prove_nothing_beside_exact_ones(database: DuckDB) -> None:
    """Each day another pair of values, and some days a third."""
    rules = [
        rule({"x": HELD, "y": HURT}, require, id=require, **DAILY)
        for require in ("y <= x", "y < x", "x <= y", "x == y", "x - y <= 2", "x + y >= 9", "x + y <= 12", "2 * x > y")
    ]
    rules.append(rule({"x": HELD, "y": HURT, "z": SICK}, "x + y >= z", id="of three", **DAILY))
    pairs = [(one, other) for one in ENDS for other in ENDS]
    facts = [
        claim(f"{measure}{number}", measure, value, as_of=f"{2000 + number}-01-01")
        for number, pair in enumerate(pairs)
        for measure, value in zip(("held", "hurt", "sick"), (*pair, ENDS[number % 3]), strict=True)
        if measure != "sick" or number % 2
    ]
    for several in ([one] for one in rules):
        proved(several, relation(database, facts), facts)
    assert proved(rules, relation(database, facts), facts)["satisfied"] > 40


# ------------------------------------------------------------------------- parts that are none of those declared


def test_parts_beside_those_that_are_declared_may_be_told_twice(database: DuckDB) -> None:
    """By facts of different kinds, where another rule tells them apart."""
    rules = [RULES[name]._replace(id=name) for name in ("of parts", "of parts at most", "of parts and how many")]
    rules.append(rule({"x": {**HELD, "basis": "verified"}, "y": HURT}, "y <= x", id="of what is verified", **DAILY))
    rows = [("", 5, "reported"), ("men", 2, "reported"), ("women", 2, "reported"), ("neither", 1, "reported")]
    rows += [("neither", 1, "verified"), ("both", 0, "verified"), ("men", 2, "verified")]
    for more in range(len(rows) + 1):
        for less in range(4, more + 1):
            facts = [
                claim(f"f{number}", "held", value, basis=basis, dimensions={"sex": sex} if sex else {})
                for number, (sex, value, basis) in enumerate([*rows[:4], *rows[less:more]])
            ] + [claim("h", "hurt", 1), claim("n", "sick", 1, dimensions={"sex": "men"})]
            proved(rules, relation(database, facts), facts)

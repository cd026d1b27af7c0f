"""Facts along a date: what a broken series leaves to be looked at, against the plain engine, and how much that is."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from checker import sql
from checker.judge import Judge
from checker.model import Fact
from facts import NAMES, claim, rule

pytest.importorskip("duckdb")

from checker.engine.duckdb import DuckDB  # not everywhere
from checker.engine.parts import Part
from checker.engine.relation import Relation
from checker.sql import series
from test_sql import differs, relation

ARRESTED: dict[str, Any] = {"measure": "arrested"}
PAIR = {"x": ARRESTED, "y": ARRESTED}
NEXT = {"x": ARRESTED, "y": {**ARRESTED, "next": "x", "by": "as_of"}}
UNLIKE = {"x": {**ARRESTED, "basis": "verified"}, "y": {**ARRESTED, "basis": "reported"}}
LATER: dict[str, Any] = {"where": "x.as_of < y.as_of", "same": ["subject"]}
RULES = {
    "grows or stays": rule(PAIR, "x <= y", **LATER),
    "grows": rule(PAIR, "y > x", **LATER),
    "falls or stays": rule(PAIR, "x >= y", **LATER),
    "grows by one": rule(PAIR, "x + 1 <= y", **LATER),
    "stays": rule(PAIR, "x == y", **LATER),
    "grows, by two comparisons": rule(PAIR, "x <= y and 2 * x < 2 * y + 1", **LATER),
    "not earlier": rule(PAIR, "x <= y", where="y.as_of >= x.as_of", same=["subject"]),
    "grows everywhere": rule(PAIR, "x <= y", where="x.as_of < y.as_of"),
    "grows within a start": rule(PAIR, "x <= y", comparable=["since"], **LATER),
    "one after the other": rule(NEXT, "x <= y", same=["subject"]),
    "verified and not": rule(UNLIKE, "x <= y", **LATER),
}


def line(subject: str, values: list[Any], **fields: Any) -> list[Fact]:
    """A fact a day of one subject."""
    return [
        claim(f"{subject}{day}", "arrested", value, subject=subject, as_of=f"2024-01-{day + 1:02}", **fields)
        for day, value in enumerate(values)
    ]


def lines(random: Random) -> list[Fact]:
    """Series that mostly grow, and fall back by a little or to nothing; some of intervals, some in no order."""
    facts: list[Fact] = []
    exact = random.random() < 0.6
    for subject in ("all", "some", "few", "others")[: random.randint(1, 4)]:
        level, values = random.randint(0, 9), []
        for _ in range(random.randint(1, 12)):
            level = max(0, level + random.choice([0, 1, 1, 2, 3, 3, -1 if random.random() < 0.5 else 4, 5]))
            values.append(0 if random.random() < 0.03 else level)
        if random.random() < 0.2:
            values.reverse()
        said = values if exact else [random.choice([one, one, f"between {one} and {one + 2}"]) for one in values]
        made = line(subject, said, basis=random.choice(["verified", "reported", "reported"]))
        facts += random.sample(made, len(made)) if random.random() < 0.2 else made
    return facts


@pytest.mark.parametrize(("few", "middle"), [(0, None), (5, None), (1_000, None), (0, "few"), (1_000, "others")])
@pytest.mark.parametrize("tested", RULES)
def test_series_are_judged_as_by_the_plain_engine(
    tested: str, few: int, middle: str | None, database: DuckDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "MAX_FEW", few)
    monkeypatch.setattr(Relation, "parts", lambda _: [Part(middle=middle)])
    for seed in range(8):
        facts = lines(Random(f"{tested}{seed}"))
        assert not (wrong := differs([RULES[tested]], facts, database)), f"{seed}: {wrong}"


LONG = [10 * day for day in range(1, 31)]


@pytest.mark.parametrize(
    ("values", "violated", "together"),
    [
        (LONG, 0, 0),
        ([*LONG[:9], 115, *LONG[10:]], 1, 1),  # above the next day
        ([*LONG[:9], 125, *LONG[10:]], 2, 3),  # above the next two, of which one is not above the other
        ([*LONG[:9], 5, *LONG[10:]], 9, 45),  # below all that came before
    ],
)
def test_only_what_lies_about_a_break_is_looked_at(
    values: list[int], violated: int, together: int, database: DuckDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    for few, left in ((0, violated), (1_000, together)):
        monkeypatch.setattr(series, "MAX_FEW", few)
        made = sql.judged([RULES["grows or stays"]], relation(database, line("all", values)), Judge(NAMES))
        assert len(made.verdicts) == left
        assert made.counted == {"satisfied": 435 - left}


def test_figures_that_are_no_numbers_are_no_chain(database: DuckDB) -> None:
    """What is only known to be at least so much may be less than what comes after, or more."""
    facts = [*line("all", [1, "at least 2", 3]), *line("few", [1, 2, 3])]
    assert not differs([RULES["grows or stays"]], facts, database)
    made = sql.judged([RULES["grows or stays"]], relation(database, facts), Judge(NAMES))
    assert made.counted["satisfied"] >= 3

"""The SQL engine against the plain one: the same verdicts, where what is left out is proved and counted.

CHECKER_EXAMPLES says how many cases are tried (300 by default, the same ones each time).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from cases import by_seed
from checker import derive, engine, match, run, sql
from checker.judge import Judge, Judgement
from checker.model import Fact, InputErrors, Match, Rule
from facts import NAMES

pytest.importorskip("duckdb")

from checker.engine.duckdb import DuckDB  # not everywhere
from checker.engine.relation import Relation

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "300"))
PLAIN = engine.choose("plain")[1]
Said = list[tuple[Match, Judgement]]


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDB]:
    opened = DuckDB()
    yield opened
    opened.close()


def relation(database: DuckDB, facts: Sequence[Fact]) -> Relation:
    """The facts alone in a database that is used again."""
    database.execute("DROP VIEW IF EXISTS facts")
    database.execute("DROP TABLE IF EXISTS stated")
    return Relation(database, facts)


def told(said: Said) -> Counter[Any]:
    return Counter((match.identity(found), found.certain, found.comparable, judgement) for found, judgement in said)


def differs(rules: Sequence[Rule], facts: Sequence[Fact], database: DuckDB) -> str:
    """In what the two engines differ; nothing where they do not."""
    judge = Judge(NAMES)
    right = run.judged(rules, facts, judge, PLAIN)
    table = relation(database, facts)
    every = sql.judged(rules, table, judge, everything=True)
    if told(every.verdicts) != told(right) or every.counted:
        return f"all: {told(every.verdicts) - told(right)}, not {told(right) - told(every.verdicts)}"
    some = sql.judged(rules, table, judge)
    left_out = told(right) - told(some.verdicts)
    if told(some.verdicts) - told(right):
        return f"made up: {told(some.verdicts) - told(right)}"
    for _, _, _, judgement in left_out:
        if not judgement.surely and judgement.verdict != "incomparable":
            return f"left out: {left_out}"
    proved = Counter(judgement.verdict for _, _, _, judgement in left_out.elements())
    return "" if proved == some.counted else f"counted {some.counted}, not {proved}: {left_out}"


def test_the_database_leaves_out_what_is_proved_and_nothing_else(
    database: DuckDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "MAX_STEPS", 5)
    monkeypatch.setattr(derive, "MAX_FACTS", 100)
    for seed in range(EXAMPLES):
        rules, facts = by_seed(seed)
        try:
            made = derive.derived(rules, facts, NAMES, PLAIN)
        except InputErrors:
            continue
        assert not (wrong := differs(rules, (*facts, *made), database)), f"{seed}: {wrong}\n{rules}"


def test_rules_are_proved_together_as_each_alone(database: DuckDB) -> None:
    for seed in range(0, EXAMPLES, 3):
        rules, facts = by_seed(seed)
        together = [rules, by_seed(seed + 1)[0], by_seed(seed + 2)[0]]
        several = [one._replace(id=f"r{number}") for number, (one, *_) in enumerate(together)]
        assert not (wrong := differs(several, facts, database)), f"{seed}: {wrong}\n{several}"

"""What is left of groups: searched in the database, or left to the matcher where a search would find no less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from checker import conflict, hearing, sql
from checker.judge import Judge
from checker.model import Fact
from facts import NAMES, claim, rule

pytest.importorskip("duckdb")

from checker.engine.duckdb import DuckDB  # not everywhere
from checker.sql import candidate
from test_sql import PLAIN, RULES, differs, firsts, relation, table

HELD, HURT = {"measure": "held"}, {"measure": "hurt"}
WITHIN = rule({"x": HELD, "y": HURT}, "y <= x", same=["subject", "as_of"])


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A number for each search that there was."""
    found: list[int] = []
    search = candidate.Search.unproved

    def unproved(self: candidate.Search, most: Mapping[str, int] | None = None) -> candidate.Found:
        found.append(len(found))
        return search(self, most)

    monkeypatch.setattr(candidate.Search, "unproved", unproved)
    return found


def days(*pairs: tuple[int, int], **fields: Any) -> list[Fact]:
    """How many are held, and how many of them hurt, each day."""
    return [
        claim(f"{measure}{day}", measure, value, as_of=f"2024-01-{day + 1:02}", **fields)
        for day, pair in enumerate(pairs)
        for measure, value in zip(("held", "hurt"), pair, strict=True)
    ]


def test_groups_of_one_choice_are_not_searched(database: DuckDB, searches: list[int]) -> None:
    made = sql.judged([WITHIN], relation(database, days((3, 1), (3, 4), (1, 9))), Judge(NAMES))
    assert [said.verdict for _, said in made.verdicts] == ["violated", "violated"]
    assert made.counted == {"satisfied": 1}
    assert not searches


@pytest.mark.parametrize(("facts", "most"), [(2, None), (5_000, 1)])
def test_what_is_not_few_is_searched(
    facts: int, most: int | None, database: DuckDB, searches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidate, "MAX_FEW", facts)
    told = relation(database, days((3, 1), (3, 4), (1, 9)))
    made = sql.judged([WITHIN], told, Judge(NAMES), most=most)
    assert len(made.verdicts) + made.counted["violated"] == 2
    assert searches


def test_a_group_of_many_choices_is_searched(database: DuckDB, searches: list[int]) -> None:
    again = [claim(f"again{number}", "hurt", number, as_of="2024-01-02") for number in range(6)]
    facts = [*days((3, 1), (3, 4)), *again]
    made = sql.judged([WITHIN], relation(database, facts), Judge(NAMES))
    assert sorted(said.verdict for _, said in made.verdicts) == ["violated"] * 3  # 4 and 5 of 3, twice 4
    assert made.counted == {"satisfied": 5}
    assert searches


def test_what_is_searched_is_judged_alike(database: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate, "MAX_FEW", 0)
    rules = [one._replace(id=f"r{number}") for number, one in enumerate(RULES)]
    for seed in range(8):
        facts = table(Random(seed), exact=seed % 3 > 0)
        assert not (wrong := differs(rules, facts, database)), f"{seed}: {wrong}"


ACROSS = [
    rule({"x": HELD, "y": HURT}, "y <= x", id="pair", across="note", same=["subject", "as_of"]),
    rule({"x": HELD, "y": HELD}, "x == y", id="alike", across="warning", same=["subject", "as_of"]),
    rule({"x": HELD, "y": HURT, "z": HURT}, "y + z <= x", id="three", across="error", severity="note", same=["as_of"]),
    rule({"x": HURT}, "x <= 3", id="alone", across="note"),
    rule({"x": HELD, "y": HELD}, "x <= y", id="series", across="note", same=["subject"], where="x.as_of < y.as_of"),
]


def test_violations_that_are_only_counted_keep_their_severity(database: DuckDB) -> None:
    hidden: Counter[str] = Counter()
    for seed in range(8):
        random, judge = Random(seed), Judge(NAMES)
        facts = [
            claim(
                f"f{number}", random.choice(["held", "hurt"]), random.randint(1, 9),
                as_of=f"2024-01-0{random.randint(1, 3)}", claimant=random.choice(["police", "police", "afp"]),
                subject=random.choice(["all", "few"]),
            )
            for number in range(15)
        ]  # fmt: skip
        right = hearing.judged(ACROSS, facts, judge, PLAIN)
        made = sql.judged(ACROSS, relation(database, facts), judge, most=2)
        severe = Counter(conflict.severity(found) for found, said in right if said.verdict == "violated")
        back = Counter(conflict.severity(found) for found, said in made.verdicts if said.verdict == "violated")
        assert back + made.violated == severe, seed
        assert made.violated.total() == made.counted["violated"]
        hidden += made.violated
    assert set(hidden) == {"error", "warning", "note"}


PAIR, THREE = (dict.fromkeys(names, HELD) for names in ("xy", "xyz"))
FIRST = {
    "a subject's": rule({"x": HELD, "y": HURT}, "y < x", same=["subject"]),
    "of several subjects": rule({"x": HELD, "y": HURT}, "y < x", same=["as_of"]),
    "two that may be exchanged": rule(PAIR, "x == y", same=["as_of"]),
    "three that may be exchanged": rule(THREE, "x + y + z <= 12", same=["as_of"]),
    "two of three": rule({**PAIR, "z": HURT}, "x + y <= z", same=["as_of"]),
    "the later two": rule({"z": HURT, **PAIR}, "x + y <= z", same=["as_of"]),
}


@pytest.mark.parametrize("tested", FIRST)
@pytest.mark.parametrize("most", [1, 2, 5])
def test_the_first_violations_are_those_of_other_engines(tested: str, most: int, database: DuckDB) -> None:
    judge, hidden = Judge(NAMES), 0
    for seed in range(4):
        random = Random(seed)
        facts = [
            claim(
                f"f{random.random()}", random.choice(["held", "held", "hurt"]), random.randint(1, 9),
                as_of=f"2024-01-0{random.randint(1, 3)}", subject=random.choice(["all", "few", "some"]),
            )
            for _ in range(24)
        ]  # fmt: skip
        right = hearing.judged([FIRST[tested]], facts, judge, PLAIN)
        made = sql.judged([FIRST[tested]], relation(database, facts), judge, most=most)
        assert firsts(made.verdicts, most) == firsts(right, most), seed
        hidden += made.counted["violated"]
    assert hidden


def test_no_more_come_back_than_anybody_can_wait_for(database: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate, "MAX_ALIKE", 3)
    facts = [*days(*[(1, 9)] * 8), *days(*[(1, 9)] * 2, subject="a")]
    made = sql.judged([WITHIN._replace(same=("subject",))], relation(database, facts), Judge(NAMES), most=5)
    assert len(made.verdicts) == 2 * 2 + 3
    assert made.counted["violated"] == 8 * 8 - 3

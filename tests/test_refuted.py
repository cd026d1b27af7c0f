"""Groups that break a rule that collects: as many come back as are asked for, and all are counted as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from checker import conflict, hearing, sql
from checker.judge import Judge
from checker.model import Fact, Rule
from facts import NAMES, claim, rule

pytest.importorskip("duckdb")

from checker.engine.duckdb import DuckDB  # not everywhere
from checker.sql import refuted
from test_sql import PLAIN, firsts, relation

HELD: dict[str, Any] = {"measure": "held"}
BY_SEX: dict[str, Any] = {**HELD, "dimensions": {"sex": "any"}, "collect": "all"}
DAILY = ["subject", "as_of"]
WHOLE = {"p": BY_SEX, "w": HELD}
RULES = {
    "complete": rule(WHOLE, "sum(p) == w", same=DAILY, where="complete(p, w)"),
    "across": rule(WHOLE, "sum(p) == w", same=DAILY, where="complete(p, w)", across="note"),
    "at most": rule(WHOLE, "sum(p) <= w", same=DAILY),
    "comparable": rule(WHOLE, "sum(p) <= w", same=DAILY, comparable=["event"]),
    "alone": rule({"p": BY_SEX}, "max(p) - min(p) <= 2 and count(p) <= 2", same=DAILY),
    "with another": rule({**WHOLE, "h": {"measure": "hurt"}}, "sum(p) <= w + h", same=DAILY, across="warning"),
    "by the source": rule(WHOLE, "sum(p) <= w", same=DAILY, where='w.claimant != "afp"'),
    "of an event": rule(WHOLE, 'sum(p) <= w and w.event == "one"', same=DAILY),
}


def days(random: Random, *, exact: bool) -> list[Fact]:
    """Parts and totals that mostly do not fit each other; some told twice, some vague, some without a part."""
    facts: list[Fact] = []
    for subject in ("all", "some", "few", "others"):
        for day in (1, 2, 3):
            told = [("held", {}), ("held", {"sex": "men"}), ("held", {"sex": "women"}), ("hurt", {})]
            for measure, dimensions in told:
                for _ in range(random.choice([1] * 8 + [0, 2])):
                    value = random.randint(1, 9)
                    claimant = "afp" if random.random() < 0.2 else "police"
                    fields = {
                        "event": "one" if random.random() < 0.9 else None,
                        "as_of": f"2024-01-0{day}" if exact or random.random() < 0.97 else "2024-01",
                    }
                    words = f"at least {value}" if random.random() < 0.05 else value
                    facts.append(
                        claim(
                            f"f{len(facts)}", measure, words, subject=subject, dimensions=dimensions, claimant=claimant,
                            **fields,
                        )
                    )  # fmt: skip
    return facts


def severe(said: Sequence[Any]) -> Counter[str]:
    return Counter(conflict.severity(found) for found, judgement in said if judgement.verdict == "violated")


@pytest.mark.parametrize("tested", RULES)
def test_all_are_counted_with_their_severity(tested: str, database: DuckDB) -> None:
    one, judge, hidden = RULES[tested], Judge(NAMES), 0
    for seed in range(6):
        facts = days(Random(seed), exact=seed % 3 > 0)
        right = hearing.judged([one], facts, judge, PLAIN)
        made = sql.judged([one], relation(database, facts), judge, most=1)
        verdicts = Counter(judgement.verdict for _, judgement in right)
        assert Counter(judgement.verdict for _, judgement in made.verdicts) + made.counted == verdicts, seed
        assert severe(made.verdicts) + made.violated == severe(right), seed
        assert firsts(made.verdicts, 1) == firsts(right, 1), seed
        hidden += made.violated.total()
    assert bool(hidden) == (tested != "of an event")  # where what is asked for may be absent, nothing is proved


def broken(subjects: Sequence[str], **fields: Any) -> list[Fact]:
    """A total that is less than its parts, for each subject."""
    return [
        claim(f"{subject}{sex}", "held", 5, subject=subject, dimensions=dimensions, **fields)
        for subject in subjects
        for sex, dimensions in (("", {}), ("men", {"sex": "men"}), ("women", {"sex": "women"}))
    ]


def first(tested: Rule, facts: Sequence[Fact], most: int, database: DuckDB) -> tuple[list[str], Counter[str]]:
    made = sql.judged([tested], relation(database, facts), Judge(NAMES), most=most)
    return sorted({fact.subject for found, _ in made.verdicts for _, fact in found.bindings[1:]}), made.violated  # type: ignore[union-attr]


def test_those_of_the_first_subjects_come_back(database: DuckDB) -> None:
    facts = broken(["some", "few", "all", "others"])
    assert first(RULES["complete"], facts, 2, database) == (["all", "few"], Counter(error=2))
    assert first(RULES["complete"], facts, 4, database) == (["all", "few", "others", "some"], Counter())


def test_no_more_of_a_subject_come_back_than_anybody_can_wait_for(
    database: DuckDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refuted, "MAX_ALIKE", 2)
    days_of = [
        [fact._replace(id=f"{fact.id}{day}") for fact in broken(["all"], as_of=f"2024-01-0{day}")]
        for day in range(1, 7)
    ]
    facts = [fact for day in days_of for fact in day]
    made = sql.judged([RULES["complete"]], relation(database, facts), Judge(NAMES), most=1)
    assert len(made.verdicts) == 2
    assert made.counted == {"violated": 4}


@pytest.mark.parametrize(
    ("tested", "again"),
    [
        ("at most", claim("again", "held", "at least 3", subject="all")),  # which may be as much as the parts
        ("by the source", claim("again", "held", 5, subject="all", claimant="afp")),  # which the rule is not about
        ("comparable", claim("again", "held", 5, subject="all", event="one")),
    ],
)
def test_a_group_in_which_some_matches_are_open_comes_back(tested: str, again: Fact, database: DuckDB) -> None:
    facts = [*broken(["all", "few"]), again]
    right = hearing.judged([RULES[tested]], facts, Judge(NAMES), PLAIN)
    made = sql.judged([RULES[tested]], relation(database, facts), Judge(NAMES), most=0)
    assert made.counted == {"violated": 1}  # of few
    assert Counter(judgement.verdict for _, judgement in made.verdicts) + made.counted == Counter(
        judgement.verdict for _, judgement in right
    )

"""The SQL engine against the plain one: the same verdicts, where what is left out is proved and counted.

CHECKER_EXAMPLES says how many cases are tried (250 by default, the same ones each time).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cases import by_seed
from checker import derive, engine, examples, finding, hearing, load, match, quote, sql
from checker import rule as rules_of
from checker.judge import SEVERITIES, Judge, Judgement
from checker.model import Fact, InputErrors, Match, Rule, Vocabulary
from facts import NAMES, claim, rule, source

pytest.importorskip("duckdb")

from checker.engine.dialect import Database
from checker.engine.duckdb import DuckDB  # not everywhere
from checker.engine.relation import Relation
from checker.sql import grouping

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "250"))
PLAIN = engine.choose("plain")[1]
Said = list[tuple[Match, Judgement]]


def relation(database: Database, facts: Sequence[Fact]) -> Relation:
    """The facts alone in a database that is used again."""
    database.execute("DROP VIEW IF EXISTS facts")
    database.execute("DROP TABLE IF EXISTS stated")
    return Relation(database, facts)


def told(said: Said) -> Counter[Any]:
    return Counter((match.identity(found), found.certain, found.comparable, judgement) for found, judgement in said)


def differs(rules: Sequence[Rule], facts: Sequence[Fact], database: Database, names: Vocabulary = NAMES) -> str:
    """In what the two engines differ; nothing where they do not."""
    judge = Judge(names)
    right = hearing.judged(rules, facts, judge, PLAIN)
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


def firsts(said: Said, most: int) -> list[tuple[int, str, str, str]]:
    """The violations that a report of so many has, in their order."""
    bare = [finding.bare(*one) for one in said if one[1].verdict == "violated"]
    return sorted((SEVERITIES.index(one.severity), one.rule, one.subject, one.id) for one in bare)[:most]


def deriving(seeds: Iterable[int]) -> Iterator[tuple[int, list[Rule], list[Fact], tuple[Fact, ...]]]:
    """Random rules and facts, and what follows from them; without those where that has no end."""
    for seed in seeds:
        rules, facts = by_seed(seed)
        with suppress(InputErrors):
            yield seed, rules, facts, derive.derived(rules, facts, NAMES, PLAIN)


@pytest.mark.usefixtures("few_steps")
def test_the_database_leaves_out_what_is_proved_and_nothing_else(database: DuckDB) -> None:
    for seed, rules, facts, made in deriving(range(EXAMPLES)):
        assert not (wrong := differs(rules, (*facts, *made), database)), f"{seed}: {wrong}\n{rules}"


def test_violations_beyond_the_first_are_counted_exactly(database: DuckDB) -> None:
    hidden = 0
    for seed in range(0, EXAMPLES, 3):
        rules, facts = by_seed(seed)
        judge = Judge(NAMES)
        right = Counter(judgement.verdict for _, judgement in hearing.judged(rules, facts, judge, PLAIN))
        some = sql.judged(rules, relation(database, facts), judge, most=1)
        assert Counter(judgement.verdict for _, judgement in some.verdicts) + some.counted == right, seed
        assert some.violated.total() == some.counted["violated"]
        hidden += some.counted["violated"]
    assert hidden


def test_the_first_violations_come_back(database: DuckDB) -> None:
    most, none = 1, 0
    for seed in range(0, EXAMPLES, 3):
        several, facts = by_seed(seed)
        rules = [
            one._replace(id=f"{place}{at}", severity=severity)
            for place, severity in (("a", "note"), ("b", "error"), ("c", "warning"))
            for at, one in enumerate(several)
        ]
        judge = Judge(NAMES)
        right = hearing.judged(rules, facts, judge, PLAIN)
        some = sql.judged(rules, relation(database, facts), judge, most=most)
        assert firsts(some.verdicts, most) == firsts(right, most), seed
        verdicts = Counter(judgement.verdict for _, judgement in some.verdicts)
        assert verdicts + some.counted == Counter(judgement.verdict for _, judgement in right), seed
        back = {one.rule.id for one, judgement in some.verdicts if judgement.verdict == "violated"}
        all_of_them = {one.rule.id for one, judgement in right if judgement.verdict == "violated"}
        none += len(all_of_them - back)
    assert none


def test_rules_are_proved_together_as_each_alone(database: DuckDB) -> None:
    for seed in range(0, EXAMPLES, 3):
        rules, facts = by_seed(seed)
        together = [rules, by_seed(seed + 1)[0], by_seed(seed + 2)[0]]
        several = [one._replace(id=f"r{number}") for number, (one, *_) in enumerate(together)]
        assert not (wrong := differs(several, facts, database)), f"{seed}: {wrong}\n{several}"


# ------------------------------------------------------------------------- as tables have them: many facts alike

ARRESTED: dict[str, Any] = {"measure": "arrested"}
TOTAL: dict[str, Any] = {"kind": "total", "counting": "gross", "dimensions": ["null", "any"]}
HELD: dict[str, Any] = {"measure": "held"}
FREED: dict[str, Any] = {"measure": "freed"}
LEVEL: dict[str, Any] = {"kind": "stock"}
BY_SEX: dict[str, Any] = {"measure": "held", "dimensions": {"sex": "any"}, "collect": "all"}
LATER = {"where": "x.as_of < y.as_of", "same": ["subject"]}
RULES = (
    rule({"x": HELD, "y": {"measure": "hurt"}}, "y <= x", same=["subject", "as_of"]),
    rule({"x": HELD, "y": HELD}, "x == y", same=["subject", "as_of"], comparable=["claimant"]),
    rule({"x": {**HELD, "basis": "verified"}, "y": {**HELD, "basis": "reported"}}, "x <= y", same=["subject", "as_of"]),
    rule({"x": LEVEL, "y": LEVEL}, "x <= y", same=["as_of"], where="within(x.measure, y.measure)"),
    rule({"x": LEVEL, "y": LEVEL}, "x <= y", same=["as_of"], where="within(x.subject, y.subject)"),
    rule({"x": ARRESTED, "y": ARRESTED}, "x <= y", comparable=["since"], **LATER),
    rule({"x": ARRESTED, "y": ARRESTED}, "2 * x - 1 <= 2 * y", **LATER),
    rule({"x": ARRESTED, "y": ARRESTED}, "x < y and y <= x + 9", where="y.as_of >= x.as_of", same=["subject"]),
    rule({"x": ARRESTED, "y": {**ARRESTED, "next": "x", "by": "as_of"}}, "x <= y", same=["subject"]),
    rule({"x": ARRESTED, "y": {**ARRESTED, "next": "x", "by": "as_of"}}, "x <= y", same=["subject", "published"]),
    rule({"x": TOTAL, "y": TOTAL}, "x <= y", same=["subject", "measure", "source", "dimensions"], where=LATER["where"]),
    rule(
        {"x": TOTAL, "y": TOTAL}, "x <= y", same=["subject"], comparable=["since"],
        where="within(x.measure, y.measure) and x.as_of <= y.as_of"
        ' and (x.basis == "verified" or y.basis != "verified")',
    ),
    rule({"p": BY_SEX, "w": HELD}, "sum(p) == w", same=["subject", "as_of"], where="complete(p, w)"),
    rule({"p": BY_SEX, "w": HELD}, "sum(p) <= w", same=["subject", "as_of", "claimant"], comparable=["event"]),
    rule({"p": BY_SEX}, "max(p) - min(p) <= 9 and count(p) <= 2", same=["subject", "as_of"]),
    rule({"x": ARRESTED}, "x >= 3 and abs(x - 9) <= 30"),
    rule({"x": FREED, "y": FREED}, "x == y", same=["subject", "during", "during.end"]),
    rule({"x": ARRESTED, "y": HELD, "z": {"measure": "hurt"}}, "x >= y - z", same=["subject", "as_of"]),
)  # fmt: skip


def table(random: Random, exact: bool) -> list[Fact]:
    """Facts as the rows of a table have them, mostly in order and mostly of growing figures."""
    facts: list[Fact] = []
    sources = [source("a", published="2024-02-01"), source("b")]
    for subject in random.sample(["all", "some", "few", "others"], random.randint(1, 4)):
        level = random.randint(3, 20)
        for day in range(random.randint(1, 7)):
            level += random.choice([0, 1, 3, 3, -2 if level > 6 and random.random() < 0.2 else 5])
            rest = {
                "as_of": f"2024-01-{day + 1:02}",
                "subject": subject,
                "source": random.choice([sources[0]] * 9 + sources),
            }
            if not exact and random.random() < 0.05:
                rest["as_of"] = random.choice(["2024-01", "2024-01-03~", "../2024-01-04"])
            told: list[tuple[str, Any, dict[str, Any]]] = [
                ("arrested", level + 9, {"since": random.choice(["2023-01-01"] * 9 + ["2023"])}),
                ("freed_total", level, {}),
                ("held", level, {"basis": random.choice(["verified", "reported", "reported"])}),
                ("hurt", level - 3, {}),
                ("freed", level, {"as_of": None, "during": random.choice(["2024-01", rest["as_of"], rest["as_of"]])}),
                ("held", level // 2, {"dimensions": {"sex": "men"}}),
                ("held", level - level // 2, {"dimensions": {"sex": "women"}}),
            ]
            for measure, value, fields in told:
                for _ in range(random.choice([1, 1, 1, 1, 1, 0 if random.random() < 0.3 else 2])):
                    words = (
                        value
                        if exact or random.random() < 0.9
                        else random.choice([f"about {value}", f"at least {value}"])
                    )
                    facts.append(claim(f"f{len(facts)}", measure, words, **{**rest, **fields}))
    return facts if random.random() < 0.7 else random.sample(facts, len(facts))


def test_what_tables_hold_is_judged_alike(database: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [one._replace(id=f"r{number}") for number, one in enumerate(RULES)]
    for seed in range(EXAMPLES // 15):
        random = Random(seed)
        # groups in which something is told twice are left, or asked for extremes
        monkeypatch.setattr(grouping, "MAX_CROWDED", 10_000 if seed % 2 else 0)
        facts = table(random, exact=seed % 3 > 0)
        assert not (wrong := differs(rules, facts, database)), f"{seed}: {wrong}"


def test_most_of_what_a_table_holds_is_left_out(database: DuckDB) -> None:
    """What comes back of each rule where figures are exact, and grow: nothing of most."""
    facts = [
        claim(f"{measure}{day}{subject}{sex}", measure, 20 + day, subject=subject, as_of=f"2024-01-{day:02}", **fields)
        for subject in ("all", "few")
        for day in range(1, 10)
        for measure, sex, fields in (
            ("arrested", "", {}), ("freed_total", "", {}), ("hurt", "", {}),
            ("held", "", {"dimensions": {"sex": "men"}}), ("held", "all", {}),
        )
    ]  # fmt: skip
    back = {}
    for number, one in enumerate(RULES):
        said = sql.judged([one], relation(database, facts), Judge(NAMES))
        back[number] = len(said.verdicts)
    assert {number: count for number, count in back.items() if count} == {}


# ------------------------------------------------------------------------- the rules that are shipped

HERE = Path(__file__).parent.parent
STORIES = sorted(path for path in (HERE / "facts").iterdir() if path.is_dir())
SHIPPED = rules_of.gather([str(HERE / "rules")])


@pytest.mark.parametrize("tested", SHIPPED, ids=lambda one: one.id)
def test_the_examples_of_shipped_rules_are_judged_alike(tested: Rule, database: DuckDB) -> None:
    proof = examples.read(tested, NAMES)
    together = []
    for number, trial in enumerate(proof.trials):
        assert not (wrong := differs([tested], trial.facts, database, proof.names)), (
            f"{trial.example.location}: {wrong}"
        )
        together += [
            fact._replace(id=f"{fact.id}-{number}", subject=f"{fact.subject}-{number}") for fact in trial.facts
        ]
    assert not (wrong := differs([tested], together, database, proof.names)), wrong


@pytest.mark.parametrize("story", STORIES, ids=lambda one: one.name)
def test_the_facts_of_this_repository_are_judged_alike(story: Path, database: DuckDB) -> None:
    repository = load.facts([story])
    selected = rules_of.select(SHIPPED, repository.vocabulary).rules
    facts, _, _ = quote.checked(repository.facts, None, None)
    judge_of = repository.vocabulary
    made = derive.derived(selected, facts, judge_of, PLAIN)
    assert sql.derived(selected, relation(database, facts), judge_of) == made
    assert not (wrong := differs(selected, (*facts, *made), database, judge_of)), wrong


def test_a_collection_that_tells_something_twice_is_for_the_judge_also_where_it_is_not_chosen(database: DuckDB) -> None:
    parts = {"measure": "held", "dimensions": ["null", "any"], "collect": "all"}
    one = rule({"p": parts}, "sum(p) >= 0", same=["subject", "as_of"], where="count(p) > 2")
    facts = [claim("a", "held", 1), claim("b", "held", 2, dimensions={"sex": "men"})]
    assert not (wrong := differs([one], facts, database)), wrong


def test_what_is_computed_of_counts_may_be_a_fraction(database: DuckDB) -> None:
    halves = rule({"a": {"measure": "hurt"}}, derive={"measure": "held", "value": "0.5 * a"}, id="halves")
    rules = [rule({"x": HELD}, require, id=require) for require in ("x >= 3", "x < 3", "x <= 2", "x > 2")]
    scaled = rule({"a": {"measure": "level"}}, derive={"measure": "held", "value": "0.5 * a"}, id="halves")
    alike = [claim("s", "held", "more than 2"), claim("l", "level", "more than 4")]  # above 2, in counts or not
    for one, facts in ((halves, [claim("h", "hurt", 5)]), (scaled, alike)):
        made = derive.derived([one], facts, NAMES, PLAIN)
        assert not (wrong := differs(rules, (*facts, *made), database)), wrong


def test_texts_of_the_input_are_never_a_part_of_a_statement(database: DuckDB) -> None:
    hostile = "o'; DROP VIEW facts; --"
    odd = [hostile, "50 %_!", "naïve", "nai\u0308ve", "two  spaces", "two spaces", '"', "\\'", "?[x]*", "\x1f"]
    facts = [
        claim(f"f{number}{measure}{other}", measure, number, subject=text, claimant=odd[other])
        for number, text in enumerate(odd)
        for measure in ("held", "hurt")
        for other in (number, 2)
    ]
    rules = [
        rule({"x": {"measure": "held", "subject": ["o'*", "* %_!", "[?]*", "na?ve"]}}, "x >= 1", id="glob"),
        rule({"x": {"measure": "held", "subject": [hostile, "naïve"]}}, "x <= 1", id="plain"),
        rule({"x": HELD, "y": {"measure": "hurt"}}, "x == y", where="x.claimant == y.subject", id="texts"),
        rule({"x": HELD, "y": {"measure": "hurt"}}, "x == y", where=f'x.subject != "{hostile}"', id="literal"),
    ]
    assert not (wrong := differs(rules, facts, database)), wrong

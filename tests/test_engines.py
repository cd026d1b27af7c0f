"""Every engine against brute force, on random rules and random facts.

CHECKER_EXAMPLES says how many cases are tried (320 by default, the same ones each time; asked for
more, new ones: ``CHECKER_EXAMPLES=10000 python -m pytest tests/test_engines.py``).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import oracle
import oracle_worlds
from cases import Case, a_case, by_seed
from checker import derive, engine, expression, finding, hearing, run
from checker.engine import EngineFault, join
from checker.judge import Judge
from checker.model import Fact, InputErrors, Match, Rule
from checker.report import Options
from checker.report import json as as_json
from facts import ENGINES, NAMES, claim, judged, rule

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "320"))


@pytest.fixture(autouse=True, scope="module")
def few_steps() -> Iterator[None]:
    """A derivation without end is found soon; random rules make many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(derive, "MAX_STEPS", 5)
        patch.setattr(derive, "MAX_FACTS", 100)
        yield


@st.composite
def drawn(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Case:
    """A random case by hypothesis, which makes one that fails smaller."""
    case = a_case(lambda options: draw(st.sampled_from(options)))
    assume(case is not None)
    assert case is not None
    return case


# ------------------------------------------------------------------------- against brute force


class Endless(Exception):
    """The rules of a case derive without end."""


def derived(rules: Sequence[Rule], facts: Sequence[Fact], by: str) -> list[Fact]:
    """What an engine derives."""
    try:
        made = list(derive.derived(rules, facts, NAMES, engine.choose(by)[1]))
    except InputErrors:
        raise Endless from None
    if len(made) > 20:
        raise Endless
    return made


def described(fact: Fact) -> tuple[object, ...]:
    origin = fact.source and fact.source.id
    rest = (fact.measure.id, fact.subject, fact.claimant, fact.as_of, fact.during, fact.since, fact.event, fact.basis)
    return (oracle.lineage(fact), origin, fact.dimensions, *rest)


def shown(rules: Sequence[Rule], facts: Sequence[Fact]) -> str:
    """A case in a few lines, for who has to understand a failure."""
    lines = []
    for one in rules:
        lines += [f"{one.id}: {one.given}", f"  same {one.same}, comparable {one.comparable}"]
        conditions = (one.where, one.require, one.derive and one.derive.value)
        lines.append("  " + " / ".join(expression.show(part) if part is not None else "-" for part in conditions))
    for fact in facts:
        times = [str(part and part.text) for part in (fact.as_of, fact.during, fact.since)]
        lines.append(f"{fact.id} {fact.measure.id} {fact.value.text}: {fact.subject} {fact.claimant} {times}")
        lines.append(f"  {fact.event} {fact.basis} {fact.dimensions} {fact.complete} {fact.superseded or ''}")
    return "\n".join(lines)


def check(case: Case, by: str) -> None:
    """An engine's matches and verdicts are those of brute force."""
    rules, facts = case
    try:
        made = derived(rules, facts, by)
        expected = oracle.derived(rules, facts, NAMES, {oracle.lineage(fact): fact.id for fact in made})
        assert sorted(map(described, made), key=repr) == sorted(map(described, expected), key=repr), shown(*case)
        (tested,) = (one for one in rules if one.require is not None)
        right = oracle.matches(tested, [*facts, *expected], NAMES)
        allowed = {key: oracle.verdicts(found, NAMES) for key, found in right.items()}
    except (Endless, oracle_worlds.Unknowable):
        return
    said: dict[object, tuple[Match, str]] = {}
    for found, judgement in hearing.judged(rules, [*facts, *made], Judge(NAMES), engine.choose(by)[1]):
        key = oracle.identity(found.rule, dict(found.bindings))
        assert key not in said, f"found twice: {key}\n{shown(*case)}"
        said[key] = found, judgement.verdict
    assert said.keys() <= right.keys(), f"no matches: {said.keys() - right.keys()}\n{shown(*case)}"
    for key, verdicts in allowed.items():
        match, verdict = said.get(key, (None, None))
        assert verdict in verdicts, f"{key}: {verdict}, not {verdicts}\n{shown(*case)}"
        if match is not None and verdict != "incomparable":
            assert (match.certain or None) in right[key].certain, f"{key}: {match.certain}\n{shown(*case)}"


@settings(max_examples=min(EXAMPLES // 4, 1000))
@given(drawn())
def test_an_engine_finds_what_brute_force_finds(case: Case) -> None:
    for by in ENGINES:
        check(case, by)


@pytest.mark.parametrize("by", ENGINES)
def test_an_engine_finds_what_brute_force_finds_in_many_more_cases(by: str) -> None:
    for seed in range(EXAMPLES):
        check(by_seed(seed), by)


def report(rules: Sequence[Rule], facts: Sequence[Fact], by: str) -> str:
    made = derived(rules, facts, by)
    judge = Judge(NAMES)
    found = hearing.judged(rules, [*facts, *made], judge, engine.choose(by)[1])
    findings = sorted(
        (finding.make(one, judgement, judge) for one, judgement in found), key=lambda one: (one.rule, one.id)
    )
    call = run.Call((Path("facts"),), verbose=True)
    return as_json.render(run.report(call, findings), Options())


def test_engines_report_the_same_bytes_in_whatever_order_the_facts_come() -> None:
    for seed in range(EXAMPLES):
        rules, facts = by_seed(seed)
        try:
            told = report(rules, facts, "plain")
        except Endless:
            continue
        shuffled = Random(seed).sample(facts, len(facts))
        for by in ENGINES:
            assert report(rules, shuffled, by) == told, shown(rules, facts)


# ------------------------------------------------------------------------- what an engine must not lose

PAIR = {"x": {"measure": "held"}, "y": {"measure": "hurt"}}


@pytest.mark.parametrize("by", ENGINES)
def test_many_facts_in_one_group_are_all_joined(by: str) -> None:
    facts = [claim(f"f{number}", "held", number) for number in range(5_000)] + [claim("one", "hurt", 1)]
    said = Counter(judgement.verdict for _, judgement in judged(rule(PAIR, "x <= y"), facts, by=by))
    assert said == {"satisfied": 2, "violated": 4_998}


@pytest.mark.parametrize("by", ENGINES)
def test_many_rules_are_all_joined(by: str) -> None:
    rules = [rule(PAIR, f"x + {number} == y", id=f"r{number}") for number in range(100)]
    facts = [claim("x", "held", 0), claim("y", "hurt", 7)]
    satisfied = [found.rule.id for found, judgement in judged(rules, facts, by=by) if judgement.verdict == "satisfied"]
    assert satisfied == ["r7"]


@pytest.mark.parametrize("by", ENGINES)
def test_a_session_gives_what_each_batch_completes_and_nothing_twice(by: str) -> None:
    session = engine.choose(by)[1]([join.of(rule(PAIR, "x < y"))])
    batches = [[claim("x1", "held", 1)], [claim("y1", "hurt", 1)], [claim("x2", "held", 1), claim("y2", "hurt", 1)]]
    found = [sorted("".join(fact.id[2:] for fact in one.facts) for one in session.add(batch)) for batch in batches]
    session.close()
    assert found == [[], ["x1y1"], ["x1y2", "x2y1", "x2y2"]]


def test_an_engine_that_is_not_there_is_an_error_of_the_call() -> None:
    with pytest.raises(InputErrors, match="engine abacus is not installed"):
        engine.choose("abacus")
    assert engine.choose("auto")[0] == ENGINES[0]


needs_durable = pytest.mark.skipif("durable" not in ENGINES, reason="durable_rules is not installed")
FACTS = (claim("x", "held", 1), claim("y", "hurt", 2))


@needs_durable
@pytest.mark.parametrize("largest", [0, 1, 2, 3])
def test_what_is_too_large_for_durable_rules_is_found_all_the_same(
    largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from checker.engine import durable  # noqa: PLC0415  # not everywhere

    monkeypatch.setattr(durable, "LARGEST", largest)
    facts = [claim(f"{name}{day}", name, day) for name in ("held", "hurt") for day in (1, 2)]
    few = [fact._replace(subject="few") for fact in facts[1:3]]
    found = [judged(rule(PAIR, "x <= y", same=["subject"]), [*facts, *few], by=by) for by in ("durable", "plain")]
    assert Counter(map(str, found[0])) == Counter(map(str, found[1]))
    assert len(found[0]) == 5
    test_a_session_gives_what_each_batch_completes_and_nothing_twice("durable")


@needs_durable
def test_facts_that_durable_rules_loses_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from checker.engine import durable  # noqa: PLC0415  # not everywhere

    host = durable._the_host()  # noqa: SLF001
    monkeypatch.setattr(host, "assert_facts", lambda name, batch: type(host).assert_facts(host, name, batch[:-1]))
    with pytest.raises(EngineFault, match="lost facts: 2 asserted, 1 acknowledged"):
        judged(rule(PAIR, "x < y"), FACTS, by="durable")


@needs_durable
def test_what_durable_rules_raises_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from checker.engine import durable  # noqa: PLC0415

    def fail(*_: object) -> None:
        raise ValueError("error 311")

    monkeypatch.setattr(durable._the_host(), "assert_facts", fail)  # noqa: SLF001
    with pytest.raises(EngineFault, match=r"failed in .*: error 311"):
        judged(rule(PAIR, "x < y"), FACTS, by="durable")


@needs_durable
def test_an_error_in_a_callback_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    from checker.engine import durable  # noqa: PLC0415

    def fail(*_: object) -> None:
        raise KeyError("m")

    monkeypatch.setattr(durable._Ruleset, "_fire", fail)  # noqa: SLF001
    with pytest.raises(EngineFault, match="failed in"):
        judged(rule(PAIR, "x < y"), FACTS, by="durable")


@needs_durable
def test_after_a_fault_the_next_run_is_sound() -> None:
    assert len(judged(rule(PAIR, "x < y"), FACTS, by="durable")) == 1


def test_what_is_much_goes_to_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.engine.find_spec", lambda _: True)
    first = ("durable", "the first that is installed")
    assert engine.chosen("auto", engine.LARGE - 1, engine.LONG, tabular=False) == first
    assert engine.chosen("auto", engine.LARGE, 1, tabular=False) == ("duckdb", "10,000 facts or more")
    long = ("duckdb", "more than 500 facts of one measure")
    assert engine.chosen("auto", 600, engine.LONG + 1, tabular=False) == long
    assert engine.chosen("plain", engine.LARGE, 1, tabular=True) == ("plain", "")
    monkeypatch.setattr("checker.engine.find_spec", lambda _: None)
    assert engine.chosen("auto", engine.LARGE, 1, tabular=False) == ("plain", "DuckDB is not installed")
    assert engine.chosen("auto", 2, 1, tabular=True) == ("duckdb", "there are tables")  # which says what is missing

"""What rounds of a database derive against what is derived among records: the same facts, and the same limits.

CHECKER_EXAMPLES says how many random cases are tried (220 by default, the same ones each time).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cases import Case, Draw, a_rule, likely_facts, one_of
from checker import derive, engine, run, sql
from checker import rule as rules_of
from checker.model import Fact, InputErrors, Rule, Vocabulary
from checker.report import Options
from checker.report import json as as_json
from facts import ENGINES, NAMES, claim, day, rule
from folder import write

pytest.importorskip("duckdb")

from checker.engine import parts
from checker.engine.duckdb import DuckDB  # not everywhere
from checker.engine.relation import Relation
from checker.sql import derivation
from test_sql import relation

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "220"))
PLAIN = engine.choose("plain")[1]
HELD, HURT, SICK, FREED = ({"measure": name} for name in ("held", "hurt", "sick", "freed"))


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A derivation without end is found soon; and few choices are looked at together."""
    limit(monkeypatch)


def limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(derive, "MAX_STEPS", 5)
    patch.setattr(derive, "MAX_FACTS", 100)
    patch.setattr(derivation, "AT_ONCE", 2)


def differs(rules: Sequence[Rule], facts: Sequence[Fact], database: DuckDB, names: Vocabulary = NAMES) -> str:
    """In what the two differ; nothing where they do not."""
    right, table = answer(lambda: derive.derived(rules, facts, names, PLAIN)), relation(database, facts)
    said = answer(lambda: sql.derived(rules, table, names))
    if said != right:
        return f"{said}, not {right}"
    if isinstance(said, str):
        return ""
    added = table.facts(range(len(facts), table.count))
    return "" if sorted(added.values()) == sorted(said) else "the relation has others"


def answer(made: Callable[[], tuple[Fact, ...]]) -> tuple[Fact, ...] | str:
    try:
        return made()
    except InputErrors:
        return "without end"


# ------------------------------------------------------------------------- random rules


def deriving(draw: Draw) -> Case | None:
    """Rules that derive, some from what others do, and facts that are likely to fit."""
    rules = [
        a_rule(draw, f"derives-{number}", derives=one_of(draw, "held", "hurt", "arrested"))
        for number in range(one_of(draw, 1, 1, 2, 3))
    ]
    try:
        selected = list(rules_of.select(rules, NAMES).rules)
    except InputErrors:
        return None
    return selected, likely_facts(draw, rules)


@st.composite
def drawn(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Case:
    case = deriving(lambda options: draw(st.sampled_from(options)))
    assume(case is not None)
    assert case is not None
    return case


@settings(max_examples=EXAMPLES // 6)
@given(drawn())
def test_the_database_derives_what_is_derived_among_records(case: Case) -> None:
    opened = DuckDB()
    try:
        with pytest.MonkeyPatch.context() as patch:
            limit(patch)
            assert not (wrong := differs(*case, opened)), wrong
    finally:
        opened.close()


@pytest.mark.usefixtures("few_steps")
def test_the_database_derives_what_is_derived_among_records_in_many_more_cases(database: DuckDB) -> None:
    for seed in range(EXAMPLES):
        random = Random(seed)
        case = deriving(random.choice)
        assert case is None or not (wrong := differs(*case, database)), f"{seed}: {wrong}\n{case}"


# ------------------------------------------------------------------------- what a later round must not lose


def makes(measure: str, *given: Any, **fields: Any) -> Rule:
    """A rule that derives the value of ``x``."""
    asked = dict(zip("xyz", given, strict=False))
    told = {name: fields.pop(name) for name in ("as_of", "subject", "value") if name in fields}
    return rule(asked, derive={"measure": measure, "value": "x", **told}, **fields)


LATER: dict[str, tuple[list[Rule], list[Fact], int]] = {
    "a date that is open only in a fact that is derived": (
        [
            makes("held", FREED, as_of="2024-01", id="opens"),
            makes("sick", HELD, HURT, same=["subject", "published"], id="joins"),
            makes("level", HELD, HURT, same=["as_of"], where="x.as_of <= y.as_of", id="may-join"),
        ],
        [claim("f", "freed", 3, during="2024-01-01"), claim("h", "hurt", 1, as_of="2024-01-09")],
        2,
    ),
    "a subject that only a fact that is derived has": (
        [
            makes("held", FREED, as_of="2024-01-01", subject="few", id="names"),
            makes("sick", HELD, HURT, where="within(x.subject, y.subject)", id="is-part"),
        ],
        [claim("f", "freed", 3, during="2024-01-01"), claim("h", "hurt", 1, subject="some")],
        2,
    ),
    "two facts that were both derived in the round before": (
        [
            makes("held", FREED, as_of="2024-01-01", id="makes"),
            makes("sick", HELD, HELD, where="x.event != y.event", id="pairs"),
        ],
        [
            claim("f", "freed", 3, during="2024-01-01", event="one"),
            claim("g", "freed", 4, during="2024-01-01", event="two"),
        ],
        4,
    ),
    "one that is derived between two that followed each other": (
        [
            makes("held", FREED, as_of="x.during.end", id="a-makes"),
            makes("sick", HELD, {**HELD, "next": "x", "by": "as_of"}, id="b-follows"),
        ],
        [claim("f", "freed", 3, during="2024-01-02"), claim("h", "held", 1), claim("i", "held", 2, as_of="2024-01-03")],
        3,
    ),
    "a collection with what was derived": (
        [
            makes("held", FREED, as_of="2024-01-01", id="a-makes"),
            makes("sick", HURT, {**HELD, "collect": "all"}, same=["subject"], value="sum(y)", id="b-collects"),
            makes("level", {**SICK, "collect": "all"}, as_of="2024-01-01", value="sum(x)", id="c-collects"),
        ],
        [claim("f", "freed", 3, during="2024-01-01"), claim("h", "held", 1, as_of="2024-01-03"), claim("i", "hurt", 2)],
        3,
    ),
    "a collection that its own rule adds to": (
        [
            makes(
                "held",
                {**HELD, "collect": "all"},
                same=["subject"],
                where='x.as_of < "2024-02"',
                value="sum(x)",
                as_of="2024-02-01",
                subject="some",
                id="adds",
            )
        ],
        [claim("h", "held", 1), claim("i", "held", 2, subject="some")],
        2,
    ),
    "a group of facts that all lack what they agree in": (
        [
            makes(
                "held",
                HELD,
                {**HURT, "collect": "all"},
                same=["event"],
                where="x < 10",
                value="x + sum(y)",
                as_of="2024-02-01",
                id="grows",
            )
        ],
        [claim("h", "held", 1), claim("i", "hurt", 5)],
        2,
    ),
    "what is derived from one of a chain, and only from that": (
        [
            makes("held", HELD, HURT, where="days_between(x.as_of, y.as_of) == 1", as_of="y.as_of", id="chain"),
            makes("sick", HELD, where='x.as_of == "2024-01-03"', id="last"),
        ],
        [claim("h", "held", 1), *(claim(f"i{number}", "hurt", 2, as_of=f"2024-01-0{number}") for number in (2, 3, 5))],
        3,
    ),
}


@pytest.mark.parametrize("case", LATER)
def test_later_rounds_find(case: str, database: DuckDB) -> None:
    rules, facts, count = LATER[case]
    assert not (wrong := differs(rules, facts, database)), wrong
    assert len(derive.derived(rules, facts, NAMES, PLAIN)) == count


# ------------------------------------------------------------------------- what is read, and how much


class Watched(Relation):
    """Says which facts were made into records."""

    def facts(self, numbers: Iterable[int]) -> dict[int, Fact]:
        found = super().facts(numbers)
        self.read = [*getattr(self, "read", []), *(fact.id for fact in found.values())]
        return found


def watched(database: DuckDB, facts: Sequence[Fact]) -> Watched:
    relation(database, facts)
    database.execute("DROP VIEW facts")
    database.execute("DROP TABLE stated")
    return Watched(database, facts)


def days(measure: str, count: int) -> list[Fact]:
    return [
        claim(f"{measure}{number}", measure, number, as_of=f"2024-01-{number:02}") for number in range(1, count + 1)
    ]


def test_only_facts_that_may_make_one_are_read_and_each_once(database: DuckDB) -> None:
    rules = [
        makes("sick", HELD, HURT, same=["subject", "as_of"], where='y.as_of < "2024-01-03"', id="day"),
        makes("level", SICK, {**HURT, "next": "x", "by": "as_of"}, comparable=["claimant"], id="day-after"),
    ]
    table = watched(database, [*days("held", 9), *days("hurt", 9), claim("else", "hurt", 1, subject="some")])
    assert len(sql.derived(rules, table, NAMES)) == 4
    read = [id for id in table.read if not id.startswith("day~")]
    assert sorted(read) == ["a#held1", "a#held2", "a#hurt1", "a#hurt2", "a#hurt3"]


def test_of_what_is_collected_only_the_groups_of_choices_are_read(database: DuckDB) -> None:
    collects = makes(
        "sick", HURT, {**HELD, "collect": "all"}, same=["subject", "claimant"], where='x.as_of < "2024-01-02"', id="one"
    )
    facts = [*days("held", 5), *days("hurt", 5)]
    later = [one._replace(as_of=day("2024-01-07")) for one in facts]
    others = [one._replace(id=f"{one.id}-some", subject="some", claimant=None) for one in later]
    table = watched(database, [*facts, *others])
    assert [fact.subject for fact in sql.derived([collects], table, NAMES)] == ["all"]
    assert sorted(table.read) == sorted(fact.id for fact in facts)


PAIRS = makes("sick", HELD, HURT, value="x + y", id="pairs")
ALL = makes("sick", {**HELD, "collect": "all"}, value="sum(x)", id="all-of-it")
MANY = [*days("held", 3), *days("hurt", 3)]


@pytest.mark.parametrize(
    ("rules", "most", "said"),
    [
        ([PAIRS], 8, "pairs derives too many facts: more than 8"),
        ([PAIRS._replace(where=rule({}, where="x / y > 9").where)], 8, "pairs has more than 8 choices of facts"),
        ([ALL], 2, "all-of-it has more than 2 facts to derive from"),
    ],
)
def test_what_would_fill_the_memory_is_refused(
    rules: list[Rule], most: int, said: str, database: DuckDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not differs(rules, MANY, database)
    monkeypatch.setattr(derivation, "MOST", most)
    with pytest.raises(InputErrors, match=said) as raised:
        sql.derived(rules, relation(database, MANY), NAMES)
    assert [(error.location, error.expected[:2]) for error in raised.value.errors] == [(rules[0].location, "a ")]


# ------------------------------------------------------------------------- tables

STORY = {
    "facts/beds.csv": "region,day,beds,free,cases\n" + "".join(
        f"r{row % 3},2024-01-0{row // 3 + 1},{20 + row % 7},{row % 5},{row}\n" for row in range(12)
    ),
    "facts/beds.table.yaml": """\
table: beds.csv
source: {id: desk}
facts:
  - {subject: "{region}", measure: beds, as_of: "{day}", value: "{beds}"}
  - {subject: "{region}", measure: free, as_of: "{day}", value: "{free}"}
  - {subject: "{region}", measure: cases, during: "{day}", value: "{cases}"}
""",
    "facts/start.yaml": """\
source: {id: start, published: 2023-12-31}
facts:
  - {id: one, subject: r1, measure: cases_total, value: about 100}
  - {id: two, subject: r2, measure: cases_total, value: 50}
""",
    "facts/vocabulary.yaml": """\
measures:
  beds: {type: count, unit: bed, kind: stock}
  free: {type: count, unit: bed, kind: stock}
  used: {type: count, unit: bed, kind: stock}
  cases: {type: count, unit: person, kind: flow}
  cases_total: {type: count, unit: person, kind: total, counting: gross}
subjects: {"r*": {}}
""",
    "rules/own.yaml": """\
rules:
  - id: used-is-what-is-not-free
    given: {all: {measure: beds}, free: {measure: free}}
    same: [subject, as_of]
    derive: {measure: used, value: all - free}
    why: w
    examples: [{expect: none, facts: [{measure: beds, value: 2}]}]
  - id: cases-add-up
    given: {before: {measure: cases_total}, day: {measure: cases}}
    same: [subject]
    where: days_between(before.as_of, day.during.start) == 1
    derive: {measure: cases_total, as_of: day.during.end, value: before + day}
    why: w
    examples: [{expect: none, facts: [{measure: cases, value: 2}]}]
  - id: no-more-used-than-ill
    given: {used: {measure: used}, cases: {measure: cases_total}}
    same: [subject, as_of]
    require: used <= 21 and cases <= 60
    message: "{used} of {cases}"
    why: w
    examples: [{expect: none, facts: [{measure: used, value: 2}]}]
""",
}  # fmt: skip


@pytest.mark.parametrize("verbose", [False, True])
def test_what_follows_from_tables_is_found_by_every_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, verbose: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, STORY)
    monkeypatch.setattr(parts, "SIZE", 4)  # facts that are judged at a time
    monkeypatch.setattr(parts, "FROM", 2)
    call = run.Call((Path("facts"),), ("rules",), today=739_000, verbose=verbose)
    said = {by: run.run(call._replace(engine=by))._replace(notes=()) for by in (*ENGINES, "duckdb")}
    assert (said["plain"].summary.derived, said["plain"].summary.violated, said["plain"].errors) == (20, 7, ())
    assert len({as_json.render(one, Options()) for one in said.values()}) == 1

"""The bits of rows, and groups in which something is told twice: of these nothing may be passed over."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.model import Fact, Rule
from facts import claim, rule

pytest.importorskip("duckdb")

from checker.engine.dialect import DUCKDB, SPARK, every, quoted
from checker.engine.duckdb import DuckDB  # not everywhere
from checker.sql.column import Kept
from checker.sql.marks import FEW_KINDS, MAX_KINDS, Fit, Marks
from checker.sql.proof import NotGrouped
from test_single import DAILY, proved
from test_sql import relation

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "300")) // 20


# ------------------------------------------------------------------------- what is asked of a column

TEXTS = ("one", "two", "it's", None)


@pytest.mark.parametrize("column", ["age", "basis"])
def test_what_is_asked_of_a_column_is_the_same_in_sql(column: str, database: DuckDB) -> None:
    """Every question, of every text; what is never absent is never asked so."""
    for named, others, null in product(([], ["one"], ["two", "it's"]), (False, True), (False, True)):
        asked = Kept(column, frozenset(named), others=others, null=null)
        for text in TEXTS if column == "age" else TEXTS[:-1]:
            here = "CAST(NULL AS VARCHAR)" if text is None else quoted(text)
            ((holds,),) = database.rows(
                f"SELECT {asked.sql('facts.')} IS TRUE FROM (SELECT {here} AS {column}) AS facts"
            )
            assert holds == asked.holds(text), (asked, text)


def test_what_is_asked_of_a_column_may_be_all_or_nothing() -> None:
    assert Kept("age", others=True, null=True).sql("") == "TRUE"
    assert Kept("basis", others=True).sql("") == "TRUE"
    assert Kept("age").sql("") == "FALSE"


# ------------------------------------------------------------------------- the bits of rows

COLUMNS: Mapping[str, Sequence[str | None]] = {
    "measure": ("m", "n", "o"),
    "basis": ("verified", "planned", "it's"),
    "age": ("young", "younger", "old", "\x01", None),
    "sex": ("men", "women", None),
}
Row = Mapping[str, str | None]
WRITTEN: Mapping[str, Callable[[Row], bool]] = {  # conditions that are no question of one column, and what they come to
    "facts.age LIKE 'young%'": lambda row: (row["age"] or "").startswith("young"),
    "facts.age IS NULL AND facts.sex IS NULL": lambda row: row["age"] is None and row["sex"] is None,
    "NOT facts.sex = 'men'": lambda row: row["sex"] not in ("men", None),
    "FALSE": lambda row: False,  # noqa: ARG005
}
ROWS: list[Row] = [dict(zip(COLUMNS, texts, strict=True)) for texts in product(*COLUMNS.values())]


def kept(column: str) -> st.SearchStrategy[Kept]:
    texts = sorted({*COLUMNS[column], "unseen"} - {None}, key=str)
    named = st.frozensets(st.sampled_from(texts), max_size=2)
    return st.builds(
        Kept, st.just(column), named, st.booleans(), st.booleans() if column != "basis" else st.just(False)
    )


ASKED = st.one_of(st.sampled_from(sorted(WRITTEN)), *(kept(name) for name in COLUMNS if name != "measure"))
FITS = st.builds(Fit, st.frozensets(st.sampled_from("mno"), min_size=1), st.frozensets(ASKED, max_size=3))


def holds(asked: Kept | str, row: Row) -> bool:
    return WRITTEN[asked](row) if isinstance(asked, str) else asked.holds(row[asked.column])


def fits(fit: Fit, row: Row) -> bool:
    return row["measure"] in fit.measures and all(holds(one, row) for one in fit.asked)


def bits(marks: Marks, database: DuckDB) -> list[tuple[Row, int]]:
    """The rows that are looked at, with their bits."""
    rows = ", ".join(
        f"({at}, {', '.join('NULL' if text is None else quoted(text) for text in row.values())})"
        for at, row in enumerate(ROWS)
    )
    table = f"(VALUES {rows}) AS facts(number, {', '.join(COLUMNS)})"
    asked = every(one if isinstance(one, str) else one.sql("facts.") for one in marks.always)
    return [(ROWS[at], own) for at, own in database.rows(f"SELECT number, {marks.bits} FROM {table} WHERE {asked}")]


@settings(max_examples=150)
@given(st.lists(FITS, min_size=1, max_size=4), st.sampled_from([DUCKDB, SPARK]))
def test_a_row_has_the_bit_of_what_it_fits(database: DuckDB, asked: list[Fit], dialect: Any) -> None:
    """One at most: so two rows are of one kind only where each fits what the other does."""
    try:
        marks = Marks(asked, dialect)
    except NotGrouped:
        return
    found = bits(marks, database)
    assert all(row in [seen for seen, _ in found] or not any(fits(fit, row) for fit in asked) for row in ROWS)
    for row, own in found:
        assert own.bit_count() == any(fits(fit, row) for fit in asked), row
        for fit in asked:
            assert bool(own & marks.of(fit)) == fits(fit, row), (row, fit)


def test_spark_chooses_by_cases() -> None:
    """A map would be made for each row."""
    asked = [Fit(frozenset("mn"), frozenset({Kept("age", frozenset({text}))})) for text in ("young", "it's")]
    assert "MAP" in Marks(asked, DUCKDB).bits
    assert Marks(asked, SPARK).bits == (
        "CASE facts.measure WHEN 'm' THEN 3 WHEN 'n' THEN 12 ELSE 0 END & CASE WHEN facts.age IS NULL THEN 0"
        " ELSE CASE facts.age WHEN 'it''s' THEN 5 WHEN 'young' THEN 10 ELSE 0 END END"
    )


def of_kinds(count: int) -> list[Fit]:
    return [Fit(frozenset({f"m{number}"}), frozenset()) for number in range(count)]


def test_there_is_room_for_so_many_kinds() -> None:
    assert Marks(of_kinds(FEW_KINDS), DUCKDB).unit == 1 << FEW_KINDS
    assert Marks(of_kinds(FEW_KINDS + 1), DUCKDB).unit == 0
    assert sorted(Marks(of_kinds(MAX_KINDS), DUCKDB).of(one) for one in of_kinds(MAX_KINDS))[-1] == 1 << MAX_KINDS - 1
    with pytest.raises(NotGrouped):
        Marks(of_kinds(MAX_KINDS + 1), DUCKDB)


def test_conditions_that_are_apart_in_too_many_ways_are_not_counted_out() -> None:
    columns = [f"c{number}" for number in range(30)]
    asked = [Fit(frozenset("m"), frozenset({Kept(column, frozenset({"a"}))})) for column in columns]
    with pytest.raises(NotGrouped):
        Marks(asked, DUCKDB)
    alike = Fit(frozenset("m"), frozenset(Kept(column) for column in columns))
    assert Marks([alike], DUCKDB).of(alike) == 1


# ------------------------------------------------------------------------- rules that ask for the same and more

HELD, HURT, SICK = ({"measure": name} for name in ("held", "hurt", "sick"))
GIVEN: list[tuple[dict[str, dict[str, Any]], str]] = [
    ({"x": HELD, "y": HURT}, "y <= x"),
    ({"x": {**HELD, "basis": "verified"}, "y": HURT}, "y <= x"),
    ({"x": {**HELD, "basis": "reported"}, "y": {**HELD, "basis": "verified"}}, "y <= x"),
    ({"x": {**HELD, "basis": ["verified", "reported"]}, "y": {**HURT, "basis": "any"}}, "y <= x + 1"),
    ({"x": {**HELD, "basis": ["planned", "reported"]}, "y": HURT}, "y <= x"),
    ({"x": {**HELD, "basis": "planned"}, "y": HELD | {"basis": "reported"}}, "y == x"),
    ({"x": HELD, "y": {**HELD, "dimensions": "any"}}, "y <= x"),
    ({"x": HELD, "y": {**HELD, "dimensions": {"sex": "men"}}}, "y < x"),
    ({"x": HELD, "y": {**HELD, "dimensions": {"sex": ["men", "women"]}}}, "y <= x"),
    ({"x": {**HELD, "dimensions": {"sex": "men"}}, "y": {**HURT, "dimensions": {"sex": ["men", None]}}}, "y <= x"),
    ({"x": {**HURT, "dimensions": {"sex": "women", "age": "old"}}, "y": HELD}, "x <= y"),
    ({"x": {**HURT, "dimensions": {"age": "young*"}}, "y": HELD}, "x <= y"),
    ({"x": {**HURT, "dimensions": {"age": "[yo]*"}}, "y": {**SICK, "dimensions": [{"age": "old"}, "null"]}}, "x < y"),
    ({"x": {**HURT, "dimensions": {"age": ["young*", "old"], "sex": "any"}}, "y": SICK}, "x <= y"),
    ({"x": {**HELD, "subject": "us-*"}, "y": HURT}, "y <= x"),
    ({"x": {**HELD, "subject": ["us-1", "all"]}, "y": HURT}, "y <= x"),
    ({"x": {**HELD, "event": None}, "y": {**HURT, "event": "any"}}, "y <= x"),
    ({"x": {**HELD, "event": ["one", None]}, "y": {**SICK, "event": "t*"}}, "y <= x"),
    ({"x": {**HELD, "claimant": "b"}, "y": {**HURT, "claimant": ["a", "b"]}}, "y <= x"),
    ({"x": {"measure": ["held", "hurt"]}, "y": SICK}, "y <= x"),
]  # fmt: skip
OVERLAPPING = [rule(names, require, id=f"r{at}", **DAILY) for at, (names, require) in enumerate(GIVEN)]
VALUES = {"held": (5, 6, 9), "hurt": (3, 4, 5, 6), "sick": (1, 3, 6)}


def a_day(random: Random, number: int, twice: float) -> list[Fact]:
    """A few rows of a few kinds; more than one of a kind with some chance."""
    facts: list[Fact] = []
    subject = random.choice(["us-1", "us-2", "all", "eu-1"])
    for _ in range(random.randint(2, 6)):
        measure = random.choice(["held", "held", "hurt", "hurt", "sick"])
        dimensions = {"sex": random.choice(["men", "women"])} if random.random() < 0.3 else {}
        if random.random() < 0.25:
            dimensions["age"] = random.choice(["young", "young-1", "old", "else"])
        fields: dict[str, Any] = {
            "as_of": f"{2000 + number}-01-01",
            "subject": subject,
            "basis": random.choice(["reported"] * 4 + ["verified", "verified", "planned", "estimated"]),
            "event": random.choice([None, None, "one", "two"]),
            "claimant": random.choice(["a", "a", "a", "b"]),
            "dimensions": dimensions,
            "superseded": random.random() < 0.05,
        }
        for _ in range(1 + (random.random() < twice)):
            facts.append(claim(f"{number}-{len(facts)}", measure, random.choice(VALUES[measure]), **fields))
    return facts


def test_rules_with_conditions_that_overlap(database: DuckDB) -> None:
    shown = 0
    for seed in range(EXAMPLES):
        random = Random(seed)
        rules = random.sample(OVERLAPPING, random.choice([1, 2, 3, 4, 6]))
        facts = [fact for number in range(50) for fact in a_day(random, number, [0, 0.1][seed % 2])]
        shown += proved(rules, relation(database, facts), facts)["satisfied"]
    assert shown > 10 * EXAMPLES


def test_all_of_them_together(database: DuckDB) -> None:
    """More kinds than there are bits: some are proved by extremes."""
    for seed in range(2):
        facts = [fact for number in range(60) for fact in a_day(Random(f"{seed}-{number}"), number, 0.05)]
        assert proved(OVERLAPPING, relation(database, facts), facts)["satisfied"] > 100


# ------------------------------------------------------------------------- groups in which something is told twice

OF_THREE = [
    rule({"x": HELD, "y": HURT}, "y <= x", id="xy", **DAILY),
    rule({"x": HELD, "z": SICK}, "z <= x", id="xz", **DAILY),
    rule({"y": HURT, "z": SICK}, "z < y", id="yz", **DAILY),
    rule({"x": HELD, "y": HURT, "z": SICK}, "x + y + z <= 12", id="xyz", **DAILY),
]
MANY = [
    rule({"x": {"measure": one, "claimant": f"c{number}"}, "y": {"measure": other, "claimant": f"c{number}"}}, "x <= y",
         id=f"{one}{number}", **DAILY)
    for number in range(12)
    for one, other in (("hurt", "held"), ("sick", "hurt"))
]  # fmt: skip


def told_often(often: Mapping[str, int], values: Mapping[str, int], day: str) -> list[Fact]:
    return [
        claim(f"{measure}-{day}-{again}", measure, values[measure], as_of=day)
        for measure, times in often.items()
        for again in range(times)
    ]


@pytest.mark.parametrize("more", [0, 6, 24], ids=["few kinds", "more kinds", "too many to count rows"])
def test_no_sum_of_bits_passes_for_other_bits(more: int, database: DuckDB) -> None:
    """Each day another number of rows of each of three kinds, of which some break a rule."""
    rules = [*OF_THREE, *MANY[:more]]
    facts = []
    for number, often in enumerate(product(range(5), repeat=3)):
        values = {"held": 5, "hurt": 5 + (number % 7 == 0), "sick": 2 + number % 4}
        facts += told_often(dict(zip(values, often, strict=True)), values, f"{2000 + number}-01-01")
    assert proved(rules, relation(database, facts), facts)["satisfied"] > 100


@pytest.mark.parametrize("more", [0, 6, 24], ids=["few kinds", "more kinds", "too many to count rows"])
@pytest.mark.parametrize("many", [64, 65, 128, 300])
def test_many_rows_of_one_kind_pass_for_no_others(many: int, more: int, database: DuckDB) -> None:
    rules = [*OF_THREE, *MANY[:more]]
    facts = []
    for number, measure in enumerate(("held", "hurt", "sick")):
        for broken in (False, True):
            often = {"held": 1, "hurt": 1, "sick": 1} | {measure: many}
            values = {"held": 5, "hurt": 6 if broken else 4, "sick": 1}
            facts += told_often(often, values, f"{2000 + number}-0{1 + broken}-01")
            facts += told_often({measure: many}, values, f"{2010 + number}-0{1 + broken}-01")
            facts += told_often({"held": 1, "hurt": 1}, values, f"{2020 + number}-0{1 + broken}-01")
    proved(rules, relation(database, facts), facts)


# ------------------------------------------------------------------------- many kinds


def of_claimants(count: int) -> list[Rule]:
    """Rules with two kinds of rows each."""
    return [
        rule(
            {"x": {**HELD, "claimant": f"c{one}"}, "y": {**HURT, "claimant": f"c{one}"}},
            "y <= x",
            id=f"r{one}",
            **DAILY,
        )
        for one in range(count)
    ]


@pytest.mark.parametrize("count", [13, 14, 28, 29, 40])
def test_rules_that_have_more_kinds_than_there_are_bits_are_proved_all_the_same(count: int, database: DuckDB) -> None:
    facts = [
        claim(
            f"{measure}{one}-{day}-{again}", measure, 5 + (day == one % 5), as_of=f"2024-01-0{day}", claimant=f"c{one}"
        )
        for one in range(count)
        for day in range(1, 6)
        for measure, again in (("held", 0), ("hurt", 0), *([("hurt", 1)] if one * 7 % 11 == day else []))
    ]
    rules = [*of_claimants(count), rule({"x": HELD, "y": SICK}, "x >= y", **DAILY)]
    assert proved(rules, relation(database, facts), facts)["satisfied"] >= count

"""Sums that share words: against sums in Python, and against the plain engine where tables let them be packed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import load
from checker.engine import tabular
from checker.model import Fact
from facts import rule
from repositories import vocabulary

pytest.importorskip("duckdb")

from checker.engine.columns import LARGEST
from checker.engine.dialect import DUCKDB
from checker.engine.duckdb import DuckDB  # not everywhere
from checker.engine.relation import Relation
from checker.sql.groups import Aggregates
from checker.sql.proof import NotGrouped
from checker.sql.words import WORD, Term, Words
from checker.sql.words import Test as Asked
from test_single import proved

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "300")) // 30
KINDS = 6

# ------------------------------------------------------------------------- words against sums in Python

OPERATORS: dict[str, Callable[[int, int], bool]] = {"<": int.__lt__, "<=": int.__le__, "=": int.__eq__}
TERMS = st.builds(
    Term, st.integers(0, 2**KINDS - 1), st.sampled_from([1, -1, 2, -3, 10, 1000, -(10**6)]),
    st.sampled_from(["low", "high", "low", ""]),
)  # fmt: skip


class Row(NamedTuple):
    bits: int
    low: int
    high: int


class Case(NamedTuple):
    """Tests, and groups of rows: those of ``calm`` ones are of different kinds."""

    largest: int
    tests: list[Asked]
    groups: list[tuple[list[Row], bool]]


def total(test: Asked, rows: Sequence[Row]) -> int:
    return sum(
        term.times * (getattr(row, term.end) if term.end else 1)
        for row in rows
        for term in test.terms
        if row.bits & term.bits
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    largest = draw(st.sampled_from([0, 1, 7, 8, 10**6, 10**9, LARGEST]))
    edges = sorted(one for one in {-largest, 1 - largest, -1, 0, 1, largest - 1, largest} if abs(one) <= largest)
    values = st.sampled_from(edges) | st.integers(-largest, largest)
    groups: list[tuple[list[Row], bool]] = []
    for _ in range(draw(st.integers(1, 6))):
        kinds = draw(st.sets(st.integers(0, KINDS - 1), min_size=1))
        rows = [Row(1 << kind, draw(values), draw(values)) for kind in sorted(kinds)]
        rows += [Row(0, draw(values), draw(values))] * draw(st.integers(0, 2))
        calm = draw(st.integers(0, 4)) > 0
        groups.append((rows if calm else rows * draw(st.sampled_from([2, 70])), calm))
    tests = []
    for terms in draw(st.lists(st.lists(TERMS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=6)):
        rows = draw(st.sampled_from(groups))[0]
        constant = total(Asked(terms, "<", 0), rows) if len(rows) <= KINDS + 2 else 0
        constant = draw(st.sampled_from([constant, constant + 1, constant - 1, 0, 10**14, -(10**14)]))
        tests.append(Asked(terms, draw(st.sampled_from(sorted(OPERATORS))), constant))
    return Case(largest, tests, groups)


def answered(case: Case, database: DuckDB, unit: int = 0, *, bounded: bool = True) -> list[list[bool]]:
    """What comes of each test in each group, by words; nothing of those that are not calm.

    With a unit of marks these are seen to be right in all groups.
    """
    aggregates = Aggregates()
    relation: Any = SimpleNamespace(largest=case.largest, database=database, holds=lambda _: bounded)
    words = Words(case.tests, relation, aggregates, unit)
    calm = aggregates.over("bool_and(calm)", "TRUE")
    asked = ", ".join(words.holds(test, calm) for test in case.tests)
    marks = f"{words.marks} & {unit - 1}, {words.rows}" if unit else "0, 0"
    rows = ", ".join(
        f"({number}, {own.bits}, CAST({_written(own.low)} AS BIGINT), CAST({_written(own.high)} AS BIGINT), {is_calm})"
        for number, (several, is_calm) in enumerate(case.groups)
        for own in several
    )
    table = f"(VALUES {rows}) AS facts(number, bits, low, high, calm)"
    grouped = aggregates.grouped(["number"], table)
    found = database.rows(f"SELECT {marks}, {asked} FROM ({grouped}) ORDER BY number")
    for (own_bits, count, *_), (several, _) in zip(found, case.groups, strict=True):
        bits = [one.bits for one in several if one.bits]
        assert not unit or divmod(sum(bits) + unit * len(bits), unit) == (count, own_bits)
    return [held for (_, _, *held), (_, is_calm) in zip(found, case.groups, strict=True) if is_calm]


def _written(end: int | None) -> str:
    return "NULL" if end is None else str(end)


@settings(max_examples=150)
@given(cases(), st.sampled_from([0, 2**KINDS]))
def test_a_sum_in_a_word_is_what_it_is_alone(database: DuckDB, case: Case, unit: int) -> None:
    """However large it is, what others come to, and whatever there is in groups that are not calm."""
    with suppress(NotGrouped):
        assert answered(case, database, unit) == [
            [OPERATORS[test.operator](total(test, several), test.constant) for test in case.tests]
            for several, is_calm in case.groups
            if is_calm
        ]


def test_a_sum_beyond_64_bits_is_of_no_group_that_is_calm(database: DuckDB) -> None:
    """Also where a factor is beyond them, and so the type that DuckDB adds up in."""
    asked = [Asked((Term(1, 1000, ""),), "<", 10**15), Asked((Term(1, 10**6, "low"), Term(1, 10, "")), "<=", 10)]
    groups = [([Row(1, 0, 0)] * 700, False), ([Row(1, 0, 0)], True)]
    assert answered(Case(0, asked, groups), database) == [[True, True]]


def test_what_groups_that_are_not_calm_come_to_is_never_asked(database: DuckDB) -> None:
    """It may be beyond a word, in which the largest sum of all has just room."""
    tests = [Asked((Term(1, 1, "low"), Term(2, -times, "low")), "<=", 200) for times in range(1, 8)]  # 9 bits each
    for value in (31, -31):
        for many in range(2, 40):
            case = Case(31, tests, [([Row(1, value, value)] * many, False), ([Row(1, value, value)], True)])
            assert answered(case, database) == [[True] * 7]


@pytest.mark.parametrize("value", [31, -31])
def test_what_is_too_much_for_a_word_does_not_reach_its_marks(database: DuckDB, value: int) -> None:
    test = Asked((Term(1, 2**13, "low"),), "<=", 2**19)  # 20 bits above 43
    for many in (1, 2, 3, 5, 70, 1000):
        case = Case(31, [test], [([Row(1, value, value)] * many, False), ([Row(1, value, value)], True)])
        assert answered(case, database, 2**11) == [[True]]


def test_marks_are_not_lost_with_an_end(database: DuckDB) -> None:
    test = Asked((Term(1, 1, "low"), Term(2, -1, "high")), "<=", 0)
    half: Any = Row(1, None, 1)  # type: ignore[arg-type]
    case = Case(31, [test], [([half, Row(2, 0, 1), Row(0, 3, 3)], False), ([Row(2, 0, 1)], True)])
    assert answered(case, database, 4, bounded=False) == [[True]]


def laid_out(tests: Sequence[Asked], largest: int, unit: int = 0, *, bounded: bool = True) -> int:
    """How many words some tests take, and marks."""
    aggregates = Aggregates()
    relation: Any = SimpleNamespace(
        largest=largest, database=SimpleNamespace(dialect=DUCKDB), holds=lambda what: what != "bounded" or bounded
    )
    words = Words(tests, relation, aggregates, unit)
    for test in tests:
        words.holds(test, "TRUE")
    assert not unit or words.marks in aggregates.sums.values()
    return len(aggregates.sums)


def test_marks_share_a_word_where_all_have_two_ends() -> None:
    one = [Asked((Term(1, 1, "low"), Term(2, -times, "low")), "<=", 0) for times in range(1, 10)]
    assert laid_out(one[:2], 100, 2**11) == 1  # 43 bits, and two of 9 and 10
    assert laid_out(one[:3], 100, 2**11) == 2
    assert laid_out(one[:2], 100, 2**11, bounded=False) == 2
    assert laid_out(one[:1], 100, 2**31) == 2  # of 63 bits


def test_a_word_holds_as_many_sums_as_have_room() -> None:
    one = [Asked((Term(1, 1, "low"), Term(2, -times, "low")), "<=", 0) for times in range(1, 10)]
    assert laid_out(one[:1], LARGEST) == 1
    assert laid_out(one[:2], LARGEST) == 2  # of 52 bits each
    assert laid_out(one[:6], 100) == 1  # of 9 to 11 bits
    assert laid_out([*one[:6], *one[:6]], 100) == 1
    assert laid_out(one[:7], 100) == 2
    assert laid_out(one[:3], 10**6) == 2


def test_a_sum_beyond_a_word_has_none() -> None:
    room = 2 ** (WORD - 1)
    assert laid_out([Asked((Term(1, 1, ""),), "<", room - 2)], 0) == 1
    assert laid_out([Asked((Term(1, room - 1, ""),), "<", 0)], 0) == 1
    for test in (Asked((Term(1, 1, ""),), "<", room - 1), Asked((Term(1, 1, ""),), "<", 1 - room),
                 Asked((Term(1, room, ""),), "<", 0), Asked((Term(7, 10**4, "low"),), "<", 0)):  # fmt: skip
        with pytest.raises(NotGrouped):
            laid_out([test], LARGEST)


# ------------------------------------------------------------------------- tables whose sums are packed


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@contextmanager
def opened(claims: Sequence[Any], query: str, **mapping: Any) -> Iterator[tuple[Relation, tuple[Fact, ...]]]:
    """The relation of a table that DuckDB writes of a query, and its facts as they are read without a database."""
    home = Path("f")
    home.mkdir(exist_ok=True)
    told = {"table": "t.parquet", "source": {"id": "t", "published": "2024-01-04"}, "facts": claims, **mapping}
    told.setdefault("defaults", {"subject": "all", "as_of": "{day}"})
    for name, content in (("names", vocabulary() | {"claimants": {"c*": {}}}), ("t.table", told)):
        (home / f"{name}.yaml").write_text(json.dumps(content), "utf-8")
    with closing(DuckDB()) as writer:
        writer.execute(f"COPY ({query}) TO '{writer.scratch / 't'}' (FORMAT parquet)")
        (home / "t.parquet").write_bytes((writer.scratch / "t").read_bytes())
    repository = load.facts([home])
    tables, context = repository.tables, repository.context
    with closing(DuckDB([file for one in tables for file in one.files])) as database:
        yield Relation(database, [], tables, context), tabular.read(tables, context).facts


def days(rows: Sequence[Sequence[int | None]], columns: str, kind: str = "BIGINT") -> str:
    """A query of rows, each of a day of its own."""
    cells = [["NULL" if cell is None else f"CAST({cell} AS {kind})" for cell in row] for row in rows]
    written = ", ".join(f"(DATE '2001-01-01' + {number}, {', '.join(row)})" for number, row in enumerate(cells))
    return f"SELECT * FROM (VALUES {written}) AS t(day, {columns})"


DAILY: dict[str, Any] = {"same": ["subject", "as_of"]}
NAMED = {"x": {"measure": "level"}, "y": {"measure": "cost"}, "z": {"measure": "share"}}
SIGNED = [
    rule({name: NAMED[name] for name in names}, require, **DAILY)
    for names, require in (
        ("xy", "x <= y"), ("xy", "x < y"), ("xy", "x >= y"), ("xy", "x > y"), ("xy", "x == y"), ("xy", "x == -y"),
        ("xy", "x + y <= 1"), ("xy", "x + y < 1"), ("xy", "x - y >= -1"), ("xy", "2 * x <= 3 * y + 5"),
        ("xz", "x / 2 >= z - 1000000"), ("xz", "x + 1000000000000 > z"), ("xz", "x > z + 1000000000000"),
        ("yz", "y == z"), ("yz", "7 * y - 5 * z < 3"), ("yz", "y / 3 <= z / 2"), ("yz", "y + z == 0"),
        ("xyz", "x + y + z <= 0"), ("xyz", "x + y >= z and x <= y + z"), ("xyz", "100 * x - 99 * y == z"),
    )
]  # fmt: skip
SIGNED = [one._replace(id=f"r{number}") for number, one in enumerate(SIGNED)]
OF_SIGNED = [
    {"measure": "level", "value": "{x}"},
    {"measure": "cost", "value": "{y}"},
    {"measure": "share", "value": "{z}"},
]


@pytest.mark.parametrize(
    ("largest", "kind"),
    [(1, "TINYINT"), (127, "BIGINT"), (2**31 - 1, "INTEGER"), (10**9, "BIGINT"), (LARGEST // 2, "BIGINT")],
)
def test_values_at_the_edges_of_their_fields(largest: int, kind: str) -> None:
    """All rules at once, in as few words as there is room for, and a few at a time."""
    edges = [-largest, -1, 0, 1, largest]
    rows: list[list[int | None]] = [[x, y, z] for x in edges for y in edges for z in (-largest, 0, largest)]
    random = Random(largest)
    rows += [
        [random.choice([*edges, None, largest - 1, random.randint(-largest, largest)]) for _ in range(3)]
        for _ in range(40)
    ]
    with opened(OF_SIGNED, days(rows, "x, y, z", kind)) as (relation, facts):
        assert relation.largest == largest
        assert proved(SIGNED, relation, facts)["satisfied"] > 400
        for size in (1, 3):
            proved(random.sample(SIGNED, size), relation, facts)


OF_COUNTS = [
    {"measure": "held", "value": "{w}"},
    {"measure": "held", "value": "{m}", "dimensions": {"sex": "men"}},
    {"measure": "held", "value": "{f}", "dimensions": {"sex": "women"}},
    {"measure": "held", "value": "{o}", "dimensions": {"sex": "men"}, "claimant": "c"},
    {"measure": "hurt", "value": "{h}"},
]
HELD, HURT = {"measure": "held"}, {"measure": "hurt"}
PARTS: dict[str, Any] = {"p": {**HELD, "dimensions": {"sex": "any"}, "collect": "all"}, "w": HELD}
COUNTING = [
    rule(PARTS | ({"h": HURT} if "h" in require else {}), require, where="complete(p, w)", id=require, **DAILY)
    for require in (
        "sum(p) == w", "sum(p) <= w", "sum(p) >= w", "w >= 2 * count(p)", "w > 3 * count(p) and sum(p) <= w + 1",
        "sum(p) + count(p) > h", "count(p) <= h", "count(p) == 2", "h - count(p) >= 1000000", "sum(p) - h == w",
    )
] + [rule({"w": HELD, "h": HURT}, "h <= w", id="plain", **DAILY)]  # fmt: skip


@pytest.mark.parametrize("largest", [3, 250, 10**8, LARGEST // 3])
def test_collections_beside_counts(largest: int) -> None:
    """Parts that are complete, that lack one, that have one twice; a day has all there is, or some of it."""
    random = Random(largest)
    rows: list[list[int | None]] = []
    for _ in range(50):
        men, women = (random.choice([0, 1, largest, random.randint(0, largest)]) for _ in range(2))
        whole = min(largest * 2, men + women + random.choice([0, 0, 0, 1]))
        row = [whole, men, women, random.choice([0, 5]), random.choice([0, 1, 2, 3, men, largest])]
        shares = [0.95, 0.95, 0.95, 0.1, 0.95]
        rows.append([cell if random.random() < share else None for cell, share in zip(row, shares, strict=True)])
    with opened(OF_COUNTS, days(rows, "w, m, f, o, h")) as (relation, facts):
        assert relation.largest < LARGEST
        assert proved(COUNTING, relation, facts)["satisfied"] > 150
        proved(random.sample(COUNTING, 2), relation, facts)


def test_what_is_told_twice_in_a_word_spoils_only_its_own_group() -> None:
    """Rows of one measure and one day, which claimants tell."""
    random = Random(5)
    cells = [
        (day, random.choice(["level", "level", "cost", "share"]), random.choice([-1000, -3, 0, 5, 1000]), number)
        for day in range(60)
        for number in range(random.choice([3, 3, 4, 80 if day % 20 == 0 else 3]))
    ]
    written = ", ".join(
        f"(DATE '2001-01-01' + {day}, '{name}', {value}, 'c{number}')" for day, name, value, number in cells
    )
    query = f"SELECT day, name, CAST(value AS BIGINT) AS value, who FROM (VALUES {written}) AS t(day, name, value, who)"
    claims = [{"measure": "{name}", "value": "{value}", "claimant": "{who}", "subject": "all", "as_of": "{day}"}]
    with opened(claims, query, defaults={}) as (relation, facts):
        assert relation.largest == 1000 * 10**relation.scale
        assert proved(SIGNED[:5] + SIGNED[10:14], relation, facts)["satisfied"] > 20


def test_a_rule_that_joins_on_nothing_looks_at_all_facts_as_one_group() -> None:
    """Of so many alike the sum of a word is beyond 64 bits: nothing is proved by it, and nothing fails."""
    claims = [{"measure": "sick", "value": 1}, {"measure": "held", "value": "{x}"}]
    names = {"x": {"measure": "held"}, "y": {"measure": "sick"}}
    rules = [rule(names, f"y <= {times} * x + 200", id=f"r{times}") for times in range(1, 8)]  # of 9 bits each
    with opened(claims, days([[3], *[[None]] * 2000], "x")) as (relation, facts):
        assert proved(rules, relation, facts)["satisfied"] == 7 * 2001


# ------------------------------------------------------------------------- values without an end in packed tables

OPEN = [
    rule({"x": HELD, "y": HURT}, require, id=require, **DAILY)
    for require in ("x >= y", "x <= y", "x >= y - 1000000000", "2 * x >= y - 1000000000", "3 * x + 1000000000 >= y")
]


@pytest.mark.parametrize("value", ["at least {x}", "at most {x}", "about {x}", "{x}", {"min": "{x}"}, {"max": "{x}"}])
@pytest.mark.parametrize("words", [{}, {"missing": {"words": [""], "as": "unknown"}}], ids=["", "some are missing"])
def test_values_without_an_end(value: Any, words: dict[str, Any]) -> None:
    """Their other end may be larger than any that is known of both."""
    rows: list[list[int | None]] = [[x, y] for x in (3, 10**14, None) for y in (0, 1, 3, 4, None) for _ in range(2)]
    claims = [{"measure": "held", "value": value}, {"measure": "hurt", "value": "{y}"}]
    with opened(claims, days(rows, "x, y"), **words) as (relation, facts):
        proved(OPEN, relation, facts)

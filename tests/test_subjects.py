"""engine/subjects.py: groups by numbers of subjects come to the same as groups by their texts, to the byte."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checker import engine, sql
from checker.engine import parts, subjects
from checker.engine.relation import Relation
from checker.judge import Judge
from facts import NAMES as NAMES_OF_RULES
from facts import claim, rule
from folder import write
from test_parts import CALL, MAPPINGS, NAMES, RULES, cut, parquet, told

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "300")) // 30
ONE, TWO = MAPPINGS["facts/one.table.yaml"].replace("p-{code}", "{code}"), MAPPINGS["facts/two.table.yaml"]
PLACES = ["p-", "p-1", "p-10", "p-b'", "p-ü", "p-\U0001f600", "world"]
DAYS = [f"{year}-{month:02}-01" for year in range(2000, 2024) for month in range(1, 13)]
HURT_WITHIN_HELD = rule({"x": {"measure": "hurt"}, "y": {"measure": "held"}}, "x <= y", same=["subject", "as_of"])


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subjects, "FROM", 1)
    files = {"facts/one.table.yaml": ONE, "facts/two.table.yaml": TWO}
    write(tmp_path, {"facts/names.yaml": NAMES, "rules.yaml": RULES, **files})


def tables(one: Sequence[Any], two: Sequence[Any] = ()) -> None:
    parquet("facts/one.parquet", "code VARCHAR, measure VARCHAR, day DATE, claimant VARCHAR, value BIGINT", one)
    parquet("facts/two.parquet", "place VARCHAR, day DATE, held INTEGER, men INTEGER, women INTEGER", two)


def rows(places: Sequence[str], hurt: int = 2, held: int = 2) -> None:
    """Some days of each place; on the second of them too many are hurt."""
    tables(
        [(place, "hurt", day, "c1", 5 * (at == 1)) for place in places for at, day in enumerate(DAYS[:hurt])],
        [(place, day, 3, 1, 2) for place in places for day in DAYS[:held]],
    )


def groups(made: Relation, monkeypatch: pytest.MonkeyPatch) -> str:
    """What groups are looked at by."""
    asked: list[str] = []
    execute = made.database.execute

    def heard(statement: str) -> Any:
        asked.append(statement)
        return execute(statement)

    monkeypatch.setattr(made.database, "execute", heard)
    found = sql.judged([HURT_WITHIN_HELD], made, Judge(NAMES_OF_RULES))
    assert found.counted["satisfied"] == len(PLACES)
    assert len(found.verdicts) == len(PLACES)
    (statement,) = (one for one in asked if "groups_1_singly AS" in one)
    return statement.partition(" AS ")[2]


NUMBERS = st.integers(0, 6)
ROWS_OF_ONE = st.tuples(
    st.sampled_from([*PLACES, ""]),
    st.sampled_from(["hurt", "told", "told", "held"]),
    st.sampled_from(DAYS[:4]),
    st.sampled_from(["c1", "c1", "c2"]),
    NUMBERS | st.none(),
)
ROWS_OF_TWO = st.tuples(st.sampled_from([*PLACES, None]), st.sampled_from(DAYS[:4]), NUMBERS, NUMBERS, NUMBERS)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(ROWS_OF_ONE, max_size=40, unique_by=lambda row: row[:4]),
    st.lists(ROWS_OF_TWO, max_size=20, unique_by=lambda row: row[:2]),
    st.sampled_from([4, 9, 10**9]),
    st.booleans(),
)
def test_numbers_give_the_same_bytes(one: Any, two: Any, size: int, in_order: bool) -> None:
    tables(*(sorted(some, key=lambda row: row[0] or "") if in_order else some for some in (one, two)))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(parts, "HALVED", 1)
        cut(monkeypatch, size)
        by_numbers = told(CALL)
        monkeypatch.setattr(subjects, "FROM", 10**9)
        assert told(CALL) == by_numbers


@pytest.mark.parametrize("halved", [1, 10**9])
def test_each_group_has_its_slot(relation: Any, monkeypatch: pytest.MonkeyPatch, halved: int) -> None:
    rows(PLACES)
    monkeypatch.setattr(parts, "HALVED", halved)
    made = relation()
    asked = groups(made, monkeypatch)
    assert [asked.count(f"AS subjects_{number})") for number in (1, 2)] == [1, int(halved == 1)]
    ((_, plan),) = made.database.rows(f"EXPLAIN (FORMAT json) {asked}")
    assert plan.count('"PERFECT_HASH_GROUP_BY"') == 1 + (halved == 1)


@pytest.mark.parametrize(
    ("facts", "slots", "cuts"),
    [
        (4_000_000, 2**20, "e"),
        (10_000_000, 2**20, "e"),
        (21_000_000, 2**20, "cf"),
        (10_000_000, 2**18, "ceg"),
        (10_000_000, 2**14, "bcdefgh"),
    ],
)
def test_pieces_are_as_many_as_leave_each_group_a_slot(facts: int, slots: int, cuts: str) -> None:
    part = parts.Part("a", "z", facts, "c")
    found = subjects.pieces(part, "abcdefgh", slots)
    assert "".join(one.low or "" for one in found[1:]) == cuts
    assert [one.high for one in found[:-1]] == [one.low for one in found[1:]]
    assert (found[0].low, found[-1].high) == ("a", "z")


def test_a_part_may_be_of_one_subject() -> None:
    part = parts.Part(facts=10**7, middle="b")
    assert subjects.pieces(part, ["b"], 2**20) == [parts.Part()]
    assert len(subjects.pieces(part, ["a", "b"], 2**10)) == 2


def test_rows_in_no_order_are_read_once() -> None:
    part = parts.Part(facts=10**9)
    assert subjects.pieces(part, ["a", "b"], 2**10) == [part]


@pytest.mark.parametrize(("cores", "bits"), [(None, 19), (1, 19), (2, 19), (3, 18), (8, 17), (128, 13)])
def test_more_threads_have_less_slots(monkeypatch: pytest.MonkeyPatch, cores: int | None, bits: int) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    database = engine.database("duckdb", [])
    assert database.slots == 2**bits
    assert database.rows("SELECT current_setting('perfect_ht_threshold')") == [(bits,)]
    database.close()


def _by_texts(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = relation()
    assert made.numbered() == []
    assert "TRY_CAST(facts.subject" not in groups(made, monkeypatch)


def test_few_facts_are_grouped_by_texts(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(PLACES)
    monkeypatch.setattr(subjects, "FROM", 9 * len(PLACES))
    _by_texts(relation, monkeypatch)


@pytest.mark.parametrize("days", [(2, 30), (30, 2)])
def test_subjects_are_many_where_files_say_so(
    relation: Any, monkeypatch: pytest.MonkeyPatch, days: tuple[int, int]
) -> None:
    rows(PLACES, *days)
    assert len(relation().numbered()) == 1
    monkeypatch.setattr(subjects, "MOST", len(PLACES))
    assert relation().numbered() == []
    rows(PLACES, 30, 30)
    assert len(relation().numbered()) == 1


def test_subjects_are_many_where_their_number_says_so(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(PLACES)
    assert len(relation().numbered()) == 1
    monkeypatch.setattr(subjects, "MOST", len(PLACES) - 1)
    _by_texts(relation, monkeypatch)


@pytest.mark.parametrize(
    ("name", "of", "instead"),
    [
        ("one", "{code}", "p-{code}"),
        ("two", "{place}", "{place}{place}"),
        ("two", "{place}", "world"),
        ("two", "subject: \"{place}\", measure: held, as_of: \"{day}\", value: \"{men}\"",
         "subject: \"p-{place}\", measure: held, as_of: \"{day}\", value: \"{men}\""),
    ],
)  # fmt: skip
def test_a_subject_is_to_be_a_column_as_it_stands(relation: Any, name: str, of: str, instead: str) -> None:
    rows(PLACES)
    file = Path(f"facts/{name}.table.yaml")
    assert len(relation().numbered()) == 1
    file.write_text(file.read_text().replace(of, instead))
    assert relation().numbered() == []


def test_files_are_to_be_of_parquet(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(PLACES)
    Path("facts/two.table.yaml").write_text(TWO.replace("two.parquet", "two.csv"))
    csv = [f"{place},{day},3,1,2\n" for place in PLACES for day in DAYS[:2]]
    Path("facts/two.csv").write_text("place,day,held,men,women\n" + "".join(csv))
    _by_texts(relation, monkeypatch)


def test_a_nul_is_in_no_type(relation: Any) -> None:
    rows([*PLACES, "p-\0"])
    assert relation().numbered() == []


def test_facts_that_are_stated_are_grouped_by_texts(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is derived the subjects may be new."""
    rows(PLACES)
    made = relation()
    assert len(made.numbered()) == 1
    made.add([claim("new", "held", "1", subject="p-new", as_of=DAYS[0])])
    assert made.numbered() == []
    assert "TRY_CAST(facts.subject" not in groups(made, monkeypatch)


def test_keys_of_other_texts_are_no_numbers(relation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(PLACES)
    made = relation()
    monkeypatch.setattr(made, "numbered", lambda: pytest.fail("asked for numbers"))
    by_claimant = HURT_WITHIN_HELD._replace(same=("subject", "as_of", "claimant"))
    assert not sql.judged([by_claimant], made, Judge(NAMES_OF_RULES)).verdicts
    by_day = HURT_WITHIN_HELD._replace(same=("as_of",))
    assert sql.judged([by_day], made, Judge(NAMES_OF_RULES)).counted.total() > 0

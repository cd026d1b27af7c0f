"""equality.py: what equalities come to is so, and says how; with the tables that only their sums decide."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import facts
from checker import comparison, conflict, equality, finding, linear, narrow
from checker.box import Reasons
from checker.equality import Equality
from checker.judge import Judge
from checker.linear import And, Atom, Formula, Not
from checker.model import Exact, Finding, Interval, Linear, Unknown
from checker.omega import Undecided, Work

KEYS = "abcd"
FACTORS = st.one_of(st.integers(-3, 3), st.fractions(-2, 2, max_denominator=3))
LINES = st.lists(
    st.tuples(st.dictionaries(st.sampled_from(KEYS), FACTORS.filter(bool), min_size=1), FACTORS), min_size=1, max_size=6
)


def made(lines: list[tuple[dict[str, Exact], Exact]]) -> list[Equality]:
    return [
        Equality(terms, constant, frozenset({10 + number}), {number: 1})
        for number, (terms, constant) in enumerate(lines)
    ]


def unknown(key: str, low: Exact | None = None, high: Exact | None = None, *, whole: bool = True) -> Linear:
    values = Interval(low, high, low is not None, high is not None)
    return linear.of(Unknown(key, whole, values, values))


def level(*terms: Linear, to: int = 0) -> Atom:
    return Atom(linear.add(linear.constant(-to), *terms), "==")


# ------------------------------------------------------------------------- what they come to


@given(LINES, st.sets(st.sampled_from(KEYS)))
def test_each_sum_is_as_many_times_each_equality_as_it_says(
    lines: list[tuple[dict[str, Exact], Exact]], stay: set[str]
) -> None:
    given = made(lines)
    for one in equality.sums(given, stay.__contains__):
        terms: Counter[str] = Counter()
        for number, often in one.times.items():
            for key, factor in given[number].terms.items():
                terms[key] += often * factor  # type: ignore[assignment]  # of exact numbers
        assert {key: factor for key, factor in terms.items() if factor} == one.terms
        assert one.constant == sum(often * given[number].constant for number, often in one.times.items())
        assert one.formulas >= {formula for number in one.times for formula in given[number].formulas}


@given(LINES)
def test_what_contradicts_itself_comes_to_a_number_that_is_not_nought(
    lines: list[tuple[dict[str, Exact], Exact]],
) -> None:
    """Rouché and Capelli: of equalities over reals alone, where the constants raise the rank of the factors."""
    matrix = [[Fraction(terms.get(key, 0)) for key in KEYS] for terms, _ in lines]
    augmented = [[*row, Fraction(constant)] for row, (_, constant) in zip(matrix, lines, strict=True)]
    sums = equality.sums(made(lines), lambda _: False)
    assert any(not one.terms for one in sums) is (rank(augmented) > rank(matrix))


def rank(matrix: list[list[Fraction]]) -> int:
    rows, found = [row[:] for row in matrix], 0
    for column in range(len(matrix[0])):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for row in rows[found + 1 :]:
            often = row[column] / pivot[column]
            row[:] = [a - often * b for a, b in zip(row, pivot, strict=True)]
        found += 1
    return found


@pytest.mark.parametrize(
    ("formulas", "expected"),
    [
        ([level(unknown("a"), unknown("b"))], [{0}]),
        ([Atom(unknown("a"), "<="), Atom(linear.scale(unknown("a"), -1), "<=")], [{0, 1}]),
        ([And((Atom(unknown("a"), "<="), Not(Atom(unknown("a"), "<"))))], [{0}]),
        ([Atom(unknown("a"), "<="), Atom(unknown("a"), "<=")], []),
        ([Atom(unknown("a"), "<="), Atom(linear.scale(unknown("a"), -1), "<")], []),
        ([Not(level(unknown("a")))], []),
    ],
)
def test_equalities_are_found_wherever_they_stand(formulas: list[Formula], expected: list[set[int]]) -> None:
    rows = [row for number, one in enumerate(formulas) for row in comparison.rows(one, number)]
    assert [set(one.formulas) for one in equality.found(rows)] == expected


def test_it_stops_with_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[tuple[dict[str, Exact], Exact]] = [({"a": 1, key: 1}, 1) for key in "bcd"]
    given = made([*lines, ({"b": 1, "c": 1}, 0)])
    every = len(equality.sums(given, lambda _: False))
    monkeypatch.setattr(equality, "MOST", 1)
    assert 0 < len(equality.sums(given, lambda _: False)) < every
    with pytest.raises(Undecided):
        equality.sums(given, lambda _: False, Work(1))


# ------------------------------------------------------------------------- what that decides


def test_what_the_sum_rests_on_is_all_that_it_takes() -> None:
    """a + b = 3 and c - b = 2 make a + c = 5; d is in no contradiction."""
    a, b, c, d = (unknown(key) for key in KEYS)
    formulas = [level(a, b, to=3), level(b, d, to=7), level(c, linear.scale(b, -1), to=2), level(a, c, to=6)]
    answer = narrow.decided(formulas, conventional=False)
    assert answer == narrow.Answer(False, Reasons(frozenset({0, 2, 3}), frozenset()))
    assert narrow.possible([*formulas[:3], level(a, c, to=5)], conventional=False)


def test_bounds_of_what_is_left_decide_and_are_named() -> None:
    a, b, c = unknown("a", 0, 2), unknown("b"), unknown("c", 4)
    formulas = [level(a, b), level(b, c, to=1)]  # a = c - 1
    answer = narrow.decided(formulas, conventional=False)
    assert answer == narrow.Answer(False, Reasons(frozenset({0, 1}), frozenset("ac")))
    assert narrow.extent([level(a, b), level(b, unknown("c"), to=1)], "c", conventional=False) == Interval(1, 3)


# ------------------------------------------------------------------------- tables


def table(size: int, row: int, column: int) -> list[Finding]:
    """What is found of a table whose rows and whose columns each add up to so much, whatever is in it."""
    names = [[f"c{i:02}{j:02}" for j in range(size)] for i in range(size)]
    lines = {f"row{i:02}": (some, row) for i, some in enumerate(names)}
    lines |= {f"column{j:02}": (list(some), column) for j, some in enumerate(zip(*names, strict=True))}
    rules = [
        facts.rule({"cells": {"id": [f"a#{one}" for one in cells], "collect": "all"}, "total": {"id": f"a#{id}"}},
                   "sum(cells) == total", id=id)
        for id, (cells, _) in lines.items()
    ]  # fmt: skip
    told = [facts.claim(one, "held", "unknown", event=one) for some in names for one in some]
    told += [facts.claim(id, "hurt", total) for id, (_, total) in lines.items()]
    found = conflict.joint(facts.judged(rules, told), facts.NAMES)
    assert found.notes == ()
    return [finding.joint(one, Judge(facts.NAMES)) for one in found.joint]


def test_a_table_of_a_hundred_cells_has_its_smallest_conflict_and_its_repairs() -> None:
    [found] = table(10, 100, 101)
    assert found.conflict is not None
    assert (len(found.conflict.facts), len(found.conflict.rules), found.conflict.smallest) == (20, 20, True)
    changes = [(one.fact, one.after, one.change) for each in found.repairs for one in each.changes]
    assert changes == [(f"a#column{j:02}", "91", "-10") for j in range(10)]
    assert table(10, 100, 100) == []


def test_a_table_of_nine_hundred_cells_is_decided() -> None:
    size = 30
    [found] = table(size, 100, 101)
    assert found.conflict is not None
    assert (found.verdict, len(found.conflict.facts), found.conflict.smallest) == ("violated", 2 * size, True)
    assert found.repairs[0].changes[0].after == str(size * 100 - (size - 1) * 101)


def test_layers_of_a_cube_that_differ_in_sum_contradict_each_other() -> None:
    """Of a cube of figures the sums of each layer are told, from three sides; from each, they add up to 28."""
    cells = [(i, j, k) for i in range(3) for j in range(3) for k in range(3)]
    formulas = [
        level(
            *(unknown("".join(map(str, one)), 0) for one in cells if one[side] == at),
            to=9 + (at == 2) + (side == at == 2),
        )
        for side in range(3)
        for at in range(3)
    ]
    answer = narrow.decided(formulas, conventional=False)
    assert answer is not None
    assert not answer.possible
    assert narrow.possible(formulas[:6], conventional=False)

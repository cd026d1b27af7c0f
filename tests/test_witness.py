"""witness.py: what is shown of values is so, by trying it; and a chain is shown from one choice of values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from checker import linear
from checker.linear import And, Atom, Formula, Or
from checker.model import Exact, Interval, Linear, Unknown
from checker.omega import LIMIT, Work
from checker.witness import Item, Witness

KEYS = "abcd"
WIDEST = Interval(0, None, True, False)


def unknown(key: str, low: int, high: int) -> Unknown:
    return Unknown(key, True, Interval(low, high), Interval(low, high))


def at_most(one: Unknown, other: Unknown, room: int = 0) -> Atom:
    return Atom(linear.add(linear.of(one), linear.scale(linear.of(other), -1), linear.constant(-room)), "<=")


def free(some: Sequence[Unknown]) -> dict[str, Linear]:
    return {one.key: linear.of(one._replace(literal=WIDEST, conventional=WIDEST)) for one in some}


def kept(stated: Sequence[Unknown], formulas: Sequence[Formula], values: dict[str, Exact]) -> list[frozenset[Item]]:
    items: list[Item] = [*(one.key for one in stated), *range(len(formulas))]
    witness = Witness(items, formulas, {one.key: one for one in stated}, free(stated), conventional=False)
    return [frozenset(one) for one in witness.kept(values, items, Work(LIMIT))]


UNKNOWNS = st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 2))] * len(KEYS)).map(
    lambda ends: [unknown(key, low, low + more) for key, (low, more) in zip(KEYS, ends, strict=True)]
)
PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-2, 2)), min_size=1, max_size=5)
VALUES = st.tuples(*[st.integers(0, 6)] * len(KEYS)).map(lambda some: dict(zip(KEYS, some, strict=True)))


@given(UNKNOWNS, PAIRS, VALUES, st.booleans())
def test_what_is_shown_can_stand_together(
    stated: list[Unknown], pairs: list[tuple[int, int, int]], values: dict[str, Exact], joined: bool
) -> None:
    atoms = [at_most(stated[one], stated[other], room) for one, other, room in pairs]
    formulas: list[Formula] = [Or((atoms[0], atoms[-1])), *atoms] if joined else [And((one,)) for one in atoms]
    for some in kept(stated, formulas, values):
        numbers = [item for item in some if isinstance(item, int)]
        worlds = product(*(_told(one) if one.key in some else range(12) for one in stated))
        assert any(
            all(_is_true(formulas[number], dict(zip(KEYS, world, strict=True))) for number in numbers)
            for world in worlds
        )


def _told(one: Unknown) -> range:
    low, high = one.literal[:2]
    assert isinstance(low, int)
    assert isinstance(high, int)
    return range(low, high + 1)


def _is_true(formula: Formula, values: dict[str, int]) -> bool:
    if isinstance(formula, Atom):
        return sum((by * values[one.key] for one, by in formula.form.terms), formula.form.constant) <= 0
    assert isinstance(formula, And | Or)
    return (all if isinstance(formula, And) else any)(_is_true(part, values) for part in formula.parts)


def test_one_choice_of_values_shows_all_of_a_chain() -> None:
    told = [unknown("0", 9, 20), *(unknown(str(number), 0, 99) for number in range(1, 50)), unknown("50", 0, 8)]
    formulas = [at_most(one, other) for one, other in pairwise(told)]
    shown = kept(told, formulas, dict.fromkeys(map(str, range(51)), 9))
    everything = {*(one.key for one in told), *range(50)}
    assert {item for some in shown if len(everything - some) == 1 for item in everything - some} == {
        "0",
        *range(50),
        "50",
    }


def test_what_is_no_item_is_always_kept() -> None:
    told = [unknown("a", 9, 20), unknown("b", 0, 8)]
    witness = Witness(
        ["a", "b"], [at_most(told[0], told[1])], {one.key: one for one in told}, free(told), conventional=False
    )
    assert list(witness.kept({"a": 9, "b": 9}, ["a", "b"], Work(LIMIT))) == [{"a"}]
    assert list(witness.kept({"a": 9, "b": 8}, ["a", "b"], Work(LIMIT))) == []

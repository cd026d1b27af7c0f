"""engine/family.py: facts of subjects that are parts of others, with every engine."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from checker import engine
from checker.engine import join
from checker.judge import Judge
from checker.match import Matcher, identity
from checker.model import Fact, Rule, Subject, Vocabulary
from facts import ENGINES, NAMES, claim, rule

TREE = NAMES._replace(
    subjects={
        **NAMES.subjects,
        "district-*": Subject("district-*", part_of="some"),
        "town": Subject("town", part_of="others"),
    }
)
SUBJECTS = ("all", "some", "few", "others", "district-1", "district-2", "town", "nowhere")
TWO = {"part": {"measure": "held"}, "whole": {"measure": "held"}}
COLLECTING = {**TWO, "rest": {"measure": "hurt", "collect": "all"}}
WITHIN = "within(part.subject, whole.subject)"


def candidates(asked: Rule, told: Sequence[Fact], by: str, names: Vocabulary | None) -> list[engine.Candidate]:
    session = engine.choose(by)[1]([join.of(asked, names)])
    try:
        return session.add(told)
    finally:
        session.close()


def matches(asked: Rule, told: Sequence[Fact], by: str, names: Vocabulary | None) -> Sequence[object]:
    """What becomes of the candidates."""
    found = candidates(asked, told, by, names)
    return sorted(identity(one) for one in Matcher(told, Judge(TREE)).matches([join.of(asked)], found))


@pytest.mark.parametrize("by", ENGINES)
@pytest.mark.parametrize(
    ("given", "where", "is_any"),
    [
        (TWO, WITHIN, True),
        (TWO, f"{WITHIN} and part.as_of <= whole.as_of", True),
        (TWO, f"{WITHIN} or part.as_of < whole.as_of", True),
        (TWO, f"not {WITHIN}", True),
        (TWO, f"{WITHIN} and within(whole.subject, part.subject)", False),
        (TWO, "within(part.subject, part.subject)", False),
        ({**TWO, "other": {"measure": "hurt"}}, WITHIN, True),
        ({**TWO, "other": {"measure": "hurt"}}, f"{WITHIN} and within(other.subject, whole.subject)", True),
        (COLLECTING, WITHIN, True),
        (COLLECTING, f"{WITHIN} and within(rest.subject, part.subject)", True),
        ({**TWO, "next": {"measure": "held", "next": "part", "by": "as_of"}}, WITHIN, True),
    ],
)  # fmt: skip
def test_what_is_chosen_by_families_is_all_that_matches(
    by: str, given: dict[str, dict[str, str]], where: str, is_any: bool
) -> None:
    asked, rnd = rule(given, "part <= whole", where=where), Random(where)
    found = 0
    for _ in range(10):
        told = [
            claim(
                f"n{number}", rnd.choice(["held", "held", "hurt"]), number,
                subject=rnd.choice(SUBJECTS), as_of=f"2024-01-0{rnd.randint(1, 3)}",
            )
            for number in range(12)
        ]  # fmt: skip
        every = matches(asked, told, "plain", None)
        assert matches(asked, told, by, TREE) == every
        found += len(every)
    assert (found > 0) is is_any


@pytest.mark.parametrize("by", ENGINES)
def test_facts_are_held_against_those_of_their_family_alone(by: str) -> None:
    asked = rule(TWO, "part <= whole", where=WITHIN)
    told = [claim(f"n{number}", "held", number, subject=f"alone-{number}") for number in range(9)]
    told += [claim(id, "held", 1, subject=id) for id in ("some", "others", "district-1", "district-2", "town")]
    found = candidates(asked, told, by, TREE)
    assert sorted("/".join(fact.subject for fact in one.facts) for one in found) == [
        "district-1/some", "district-2/some", "town/others",
    ]  # fmt: skip

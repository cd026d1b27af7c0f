"""What all facts and rules together leave each quantity: the tightest interval, beside what was stated.

Both ends of an interval are attained: for each there are values of all other quantities, within what
is said of them, with which every rule is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from checker import conflict, derive, engine, hedges, linear, load, rule, run
from checker.hold import CALENDAR, Held, impossible, room
from checker.interval import holds
from checker.judge import Judge
from checker.linear import Undecided
from checker.model import Fact, Interval, Unknown

TIGHTER, STATED, CONTRADICTORY, UNDECIDED = "tighter", "as stated", "contradictory", "undecided"


class Bound(NamedTuple):
    """A fact, what its source states of the number or date, and what is left of that.

    ``state`` is one of the four words above. Where the facts contradict each other, or it takes more
    work than is allowed to say, nothing is left to show.
    """

    fact: Fact
    stated: Interval
    left: Interval | None
    state: str


def bounds(call: run.Call) -> list[Bound]:
    """What is left of each fact that a linear rule of severity error speaks of, in order of subject and id.

    Raises ``InputErrors`` where facts or rules are wrong.
    """
    repository = load.facts(call.facts, hedges.of(call.hedges))
    names = repository.vocabulary
    rules = rule.select(rule.gather(call.rules), names).rules
    _, start = engine.choose(call.engine)
    facts = (*repository.facts, *derive.derived(rules, repository.facts, names, start))
    part = conflict.taking(run.judged(rules, facts, Judge(names), start), names, everything=True)
    return sorted(left(part), key=lambda one: (one.fact.subject, one.fact.id))


def left(part: conflict.Taking) -> list[Bound]:
    """What is left of the facts that take part, each once."""
    found: dict[str, Bound] = {}
    for group in conflict.groups(part.held, conventional=False):
        for one in _of_group(group):
            if found.setdefault(one.fact.id, one).state == STATED:
                found[one.fact.id] = one
    for held in part.sure:  # they leave everything as it is
        for key, fact in held.facts.items():
            stated = linear.domain(held.unknowns[key], conventional=False)
            found.setdefault(key, Bound(fact, stated, stated, STATED))
    return [one for one in found.values() if one.fact.derivation is None]


def _of_group(group: Sequence[Held]) -> Iterator[Bound]:
    formulas = [one.formula for one in group]
    unknowns: dict[str, tuple[Fact, Unknown]] = {
        key: (fact, one.unknowns[key]) for one in group for key, fact in one.facts.items()
    }
    state = _state(group)
    for fact, unknown in unknowns.values():
        stated = linear.domain(unknown, conventional=False)
        if state:
            yield Bound(fact, stated, None, state)
            continue
        try:
            found = _written(room(formulas, linear.of(unknown), conventional=False), fact)
        except Undecided:
            yield Bound(fact, stated, None, UNDECIDED)
            continue
        yield Bound(fact, stated, found, STATED if found == stated else TIGHTER)


def _written(found: Interval | None, fact: Fact) -> Interval | None:
    """An interval without the ends that no calendar has."""
    if found is None or fact.measure.type != "date":
        return found
    low, high = (end if end is not None and holds(CALENDAR, end) else None for end in found[:2])
    return Interval(low, high, low is not None, high is not None)


def _state(group: Sequence[Held]) -> str:
    """Whether a group leaves nothing to say of its facts, and why."""
    try:
        return CONTRADICTORY if impossible([one.formula for one in group], conventional=False) else ""
    except Undecided:
        return UNDECIDED

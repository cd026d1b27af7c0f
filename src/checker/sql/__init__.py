"""Rules over the relation ``facts`` of a database: what is proved there is counted, the rest is for the judge.

The database is a prover that leaves out. It counts matches of which every literal choice of values
keeps the rule, and matches that are incomparable; it passes over choices that are no match. All else
comes back as numbers of facts, and the matcher and the judge say of those what they say for every
other engine: a verdict has one meaning, and nothing here words or decides one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from checker import derive, match
from checker.engine import Candidate, join, plain
from checker.engine.dialect import some
from checker.engine.join import Join
from checker.judge import Judge, Judgement
from checker.model import Fact, Match, Measure, Rule, Vocabulary
from checker.sql import candidate, choice, column, group
from checker.sql.column import Relation

__all__ = ["Judged", "Relation", "derived", "judged"]


class Judged(NamedTuple):
    """What came back, with its verdict, and how often each verdict was proved in the database."""

    verdicts: list[tuple[Match, Judgement]]
    counted: Counter[str]


class _Open(NamedTuple):
    """What is not proved of a rule: choices of facts, or all facts of some groups."""

    join: Join
    candidates: list[tuple[int, ...]]
    members: list[int]


def judged(
    rules: Iterable[Rule],
    relation: Relation,
    judge: Judge,
    *,
    everything: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Judged:
    """The matches of the rules with ``require`` over the relation; with ``everything``, none is only counted."""
    measures = tuple(relation.measures.values())
    counted: Counter[str] = Counter()
    pending: list[_Open] = []
    for rule in rules:
        if rule.require is not None:
            progress(f"matching {rule.id}")
            one = join.of(rule)
            found = _found(one, measures, relation, judge, everything)
            counted += found.counted
            pending.append(_Open(one, found.candidates, found.members))
    numbers = {number for one in pending for chosen in (*one.candidates, one.members) for number in chosen}
    facts = relation.facts(numbers)
    return Judged([said for one in pending for said in _judged(one, facts, judge)], counted)


class _Found(NamedTuple):
    candidates: list[tuple[int, ...]]
    members: list[int]
    counted: Counter[str]


def _found(one: Join, measures: Sequence[Measure], relation: Relation, judge: Judge, everything: bool) -> _Found:
    collects = len(one.names) < len(one.rule.given)
    try:
        choices = choice.of(one, measures, judge)
    except choice.TooMany:
        return _Found([], group.numbers(one, measures, relation), Counter())
    if one.names and not choices.all:
        return _Found([], [], Counter())
    if collects or (one.dates and any(pattern.next for pattern in one.names)):
        return _Found([], group.numbers(one, measures, relation), Counter())
    search = candidate.Search(one, choices, relation, judge)
    found = search.all() if everything else search.unproved()
    return _Found(found.candidates, [], found.counted)


def _judged(one: _Open, facts: Mapping[int, Fact], judge: Judge) -> list[tuple[Match, Judgement]]:
    members = [facts[number] for number in one.members]
    candidates = [Candidate(one.join, _ordered(one.join, [facts[at] for at in chosen])) for chosen in one.candidates]
    if members:
        session = plain.start([one.join], join.days([one.join], members))
        candidates += session.add(members)
    seen = members or list({fact.id: fact for each in candidates for fact in each.facts}.values())
    matches = match.Matcher(seen, judge).matches([one.join], candidates)
    return [(found, said) for found in matches if (said := judge.verdict(found)) is not None]


def _ordered(one: Join, chosen: list[Fact]) -> tuple[Fact, ...]:
    """A choice in the order of the ids of names that may be exchanged; the database has them in that of numbers."""
    for first, second in one.ordered:
        if chosen[second].id < chosen[first].id:
            chosen[first], chosen[second] = chosen[second], chosen[first]
    return tuple(chosen)


def derived(rules: Sequence[Rule], relation: Relation, names: Vocabulary) -> tuple[Fact, ...]:
    """The facts that follow from those of the relation, in order of their ids; they are not added to it."""
    deriving = [rule for rule in rules if rule.derive is not None]
    if not deriving:
        return ()
    measures = tuple(relation.measures.values())
    where = column.Where(relation)
    seen = [where.fits(one, column.allowed(one, measures)) for rule in deriving for one in rule.given]
    rows = relation.database.rows(f"SELECT n FROM facts WHERE {some(seen)} ORDER BY n")
    found = relation.facts(number for (number,) in rows)
    return derive.derived(deriving, [found[number] for (number,) in rows], names, plain.start)

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
from checker.model import Fact, Match, Rule, Vocabulary
from checker.sql import candidate, choice, column, group, proof
from checker.sql.choice import Choices
from checker.sql.column import Relation
from checker.sql.spell import Spells

__all__ = ["Judged", "Relation", "derived", "judged"]


class Judged(NamedTuple):
    """What came back, with its verdict, and how often each verdict was proved in the database."""

    verdicts: list[tuple[Match, Judgement]]
    counted: Counter[str]


class _Work(NamedTuple):
    """A rule, and its choices of measures; None where there are too many."""

    join: Join
    choices: Choices | None


class _Left(NamedTuple):
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
    work = [one for rule in rules if rule.require is not None and (one := _work(rule, relation, judge))]
    run = _Run(relation, judge, everything, progress)
    left = run.left(work)
    numbers = {number for one in left for chosen in (*one.candidates, one.members) for number in chosen}
    facts = relation.facts(numbers)
    return Judged([said for one in left for said in _judged(one, facts, judge)], run.counted)


def _work(rule: Rule, relation: Relation, judge: Judge) -> _Work | None:
    """What is to be done for a rule; nothing where no facts can match."""
    one = join.of(rule)
    measures = tuple(relation.measures.values())
    if not all(pattern.or_none or column.allowed(pattern, measures) for pattern in rule.given):
        return None
    try:
        choices = choice.of(one, measures, judge)
    except choice.TooMany:
        return _Work(one, None)
    return _Work(one, choices) if choices.all or not one.names else None


class _Run:
    """One look at all rules."""

    def __init__(self, relation: Relation, judge: Judge, everything: bool, progress: Callable[[str], None]) -> None:
        self._relation, self._judge = relation, judge
        self._everything, self._progress = everything, progress
        self._spells = Spells(relation)
        self.counted: Counter[str] = Counter()

    def left(self, work: Sequence[_Work]) -> list[_Left]:
        """What is not proved of each rule."""
        opened = {} if self._everything else self._proved(work)
        left = []
        for one in work:
            self._progress(f"matching {one.join.rule.id}")
            source = opened.get(one.join.rule.id, "facts")
            if source is not None:
                left.append(self._found(one, source))
        return left

    def _proved(self, work: Sequence[_Work]) -> dict[str, str | None]:
        """The tables of facts that are left to be looked at for rules whose groups were; None where nothing is."""
        alike: dict[tuple[str, ...], list[proof.Plan]] = {}
        for one in work:
            try:
                plan = proof.plan(one.join, one.choices, self._spells.of(one.join.dates))
            except proof.NotGrouped:
                continue
            alike.setdefault(plan.key, []).append(plan)
        tables: dict[str, str | None] = {}
        for number, plans in enumerate(alike.values()):
            self._progress(f"matching {', '.join(plan.join.rule.id for plan in plans)}")
            found = proof.prove(plans, self._relation, self._judge, number)
            for plan, known, facts in zip(plans, found.rules, found.facts, strict=True):
                if known is not None:
                    self.counted["satisfied"] += known.satisfied
                    tables[plan.join.rule.id] = facts if known.left else None
        return tables

    def _found(self, one: _Work, source: str) -> _Left:
        given, names = one.join.rule.given, one.join.names
        follows = one.join.dates and any(pattern.next for pattern in names)
        if one.choices is None or follows or len(names) < len(given):
            measures = tuple(self._relation.measures.values())
            return _Left(one.join, [], group.numbers(one.join, measures, self._relation, source))
        spells = self._spells.of(one.join.dates)
        search = candidate.Search(one.join, one.choices, self._relation, self._judge, spells, source)
        found = search.all() if self._everything else search.unproved()
        self.counted += found.counted
        return _Left(one.join, found.candidates, [])


def _judged(one: _Left, facts: Mapping[int, Fact], judge: Judge) -> list[tuple[Match, Judgement]]:
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

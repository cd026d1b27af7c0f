"""Rules over the relation ``facts`` of a database: what is proved there is counted, the rest is for the judge.

The database is a prover that leaves out. It counts matches of which every literal choice of values
keeps the rule, and matches that are incomparable; it passes over choices that are no match. All else
comes back as numbers of facts, and the matcher and the judge say of those what they say for every
other engine: a verdict has one meaning, and nothing here words or decides one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from checker import match
from checker.engine import Candidate, join, plain
from checker.engine.join import Join
from checker.judge import Judge, Judgement
from checker.model import Fact, Match, Rule
from checker.sql import candidate, choice, column, group, grouping, kinship, predicate, proof, series
from checker.sql.choice import Choices
from checker.sql.column import Relation
from checker.sql.derivation import derived
from checker.sql.spell import Spells

__all__ = ["Judged", "Relation", "derived", "judged"]


class Judged(NamedTuple):
    """What came back, with its verdict, and how often each verdict was proved in the database."""

    verdicts: list[tuple[Match, Judgement]]
    counted: Counter[str]
    violated: Counter[str]  # of the counted, the violations of each rule, by its id


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
    most: int | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Judged:
    """The matches of the rules with ``require`` over the relation; with ``everything``, none is only counted.

    With ``most``, no more than so many of one rule come back that are proved to be violated, those of the first
    subjects; the others are counted. A rule whose severity hangs on the claimants is not cut short, nor is one that
    collects.
    """
    work = [one for rule in rules if rule.require is not None and (one := _work(rule, relation, judge))]
    if any(kinship.asked(condition) for one in work if one.choices for condition in one.choices.where):
        kinship.make(relation, judge.names)
    spells = Spells(relation)
    run = _Run(relation, judge, spells, progress, everything=everything, most=most)
    left = run.left(work)
    numbers = {number for one in left for chosen in (*one.candidates, one.members) for number in chosen}
    facts = relation.facts(numbers)
    return Judged([said for one in left for said in _judged(one, facts, judge)], run.counted, +run.violated)


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
    if any(map(kinship.asked, choices.where)) and not kinship.is_declared(judge.names):
        return None
    return _Work(one, choices) if choices.all or not one.names else None


class _Run:
    """One look at all rules."""

    def __init__(
        self,
        relation: Relation,
        judge: Judge,
        spells: Spells,
        progress: Callable[[str], None],
        *,
        everything: bool,
        most: int | None,
    ) -> None:
        self._relation, self._judge = relation, judge
        self._everything, self._most, self._progress = everything, most, progress
        self._spells = spells
        self._in_series: dict[str, list[series.Left]] = {}
        self._in_groups: dict[str, str | None] = {}
        self._alone: dict[str, list[int]] = {}
        self.counted: Counter[str] = Counter()
        self.violated: Counter[str] = Counter()

    def left(self, work: Sequence[_Work]) -> list[_Left]:
        """What is not proved of each rule."""
        if not self._everything:
            for number, one in enumerate(work):
                self._follow(one, number)
            self._group([one for one in work if one.join.rule.id not in self._in_series])
        return [left for one in work for left in self._rest(one)]

    def _follow(self, one: _Work, number: int) -> None:
        """Prove a rule along a date, if it is one."""
        if one.choices is None:
            return
        try:
            series.of(one.join, one.choices)
            self._progress(f"matching {one.join.rule.id}")
            asked = series.Asked(self._relation, self._judge, self._spells, self._most)
            found = series.prove(one.join, one.choices, asked, number)
        except (proof.NotGrouped, predicate.Inexpressible):
            return
        self.counted["satisfied"] += found.satisfied
        self._in_series[one.join.rule.id] = found.left

    def _group(self, work: Sequence[_Work]) -> None:
        """Prove rules by groups, those with one key together."""
        alike: dict[tuple[str, ...], list[proof.Plan]] = {}
        for one in work:
            try:
                plan = proof.plan(one.join, one.choices, self._spells)
            except proof.NotGrouped:
                continue
            alike.setdefault(plan.key, []).append(plan)
        rests: list[candidate.Rest] = []
        for number, plans in enumerate(alike.values()):
            self._progress(f"matching {', '.join(plan.join.rule.id for plan in plans)}")
            found = grouping.prove(plans, self._relation, self._judge, number)
            for plan, known, facts in zip(plans, found.rules, found.facts, strict=True):
                if known is not None:
                    self.counted["satisfied"] += known.satisfied
                    self._in_groups[plan.join.rule.id] = facts if known.left else None
                    rests += [candidate.Rest(plan.join, known.left, facts)] if known.left else []
        self._alone = candidate.alone(rests, self._relation, self._most)

    def _rest(self, one: _Work) -> Iterator[_Left]:
        """What is left of a rule."""
        id = one.join.rule.id
        if id in self._in_series and one.choices is not None:
            for left in self._in_series[id]:
                if left.members is None:
                    yield self._search(one.join, left.choices, left.sources)
                else:
                    yield _Left(one.join, [], [*left.members])
            return
        source = self._in_groups.get(id, "facts")
        if source is None:
            return
        if id in self._alone:
            yield _Left(one.join, [], self._alone[id])
            return
        self._progress(f"matching {id}")
        given, names = one.join.rule.given, one.join.names
        exact = all(spell.exact for spell in self._spells.of(one.join.dates).values())
        follows = not exact and any(pattern.next for pattern in names)
        if one.choices is None or follows or len(names) < len(given):
            measures = tuple(self._relation.measures.values())
            yield _Left(one.join, [], group.numbers(one.join, measures, self._relation, source))
        else:
            yield self._search(one.join, one.choices, dict.fromkeys((pattern.name for pattern in names), source))

    def _search(self, one: Join, choices: Choices, sources: Mapping[str, str]) -> _Left:
        search = candidate.Search(one, choices, self._relation, self._judge, self._spells.of(one.dates), sources)
        found = search.all() if self._everything else search.unproved(None if one.rule.across else self._most)
        self.counted += found.counted
        self.violated[one.rule.id] += found.counted["violated"]
        return _Left(one, found.candidates, [])


def _judged(one: _Left, facts: Mapping[int, Fact], judge: Judge) -> list[tuple[Match, Judgement]]:
    members = [facts[number] for number in one.members]
    candidates = [
        Candidate(one.join, candidate.ordered(one.join, [facts[at] for at in chosen])) for chosen in one.candidates
    ]
    if members:
        session = plain.start([one.join], join.days([one.join], members))
        candidates += session.add(members)
    seen = members or list({fact.id: fact for each in candidates for fact in each.facts}.values())
    matches = match.Matcher(seen, judge).matches([one.join], candidates)
    return [(found, said) for found in matches if (said := judge.verdict(found)) is not None]

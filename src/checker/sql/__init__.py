"""Rules over the relation ``facts`` of a database: what is proved there is counted, the rest is for the judge.

The database is a prover that leaves out. It counts matches of which every literal choice of values
keeps the rule, and matches that are incomparable; it passes over choices that are no match. All else
comes back as numbers of facts, and the matcher and the judge say of those what they say for every
other engine: a verdict has one meaning, and nothing here words or decides one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from types import MappingProxyType

from checker import match
from checker.engine import Candidate, Progress, join, plain, silent
from checker.engine.join import Join
from checker.engine.parts import WHOLE, Part
from checker.judge import SEVERITIES, Judge, Judgement
from checker.model import Fact, Match, Rule
from checker.record import NamedTuple
from checker.sql import candidate, choice, column, group, grouping, kinship, order, predicate, proof, refuted, series
from checker.sql.choice import Choices
from checker.sql.column import Relation, asked
from checker.sql.derivation import derived
from checker.sql.spell import Spells

__all__ = ["Judged", "Relation", "asked", "derived", "judged"]


class Judged(NamedTuple):
    """What came back, with its verdict, and how often each verdict was proved in the database."""

    verdicts: list[tuple[Match, Judgement]]
    counted: Counter[str]
    violated: Counter[str]  # of the counted, the violations of each severity


class _Work(NamedTuple):
    """A rule, and its choices of measures; None where there are too many."""

    join: Join
    choices: Choices | None


class _Left(NamedTuple):
    """What is not proved of a rule: choices of facts, or all facts of some groups."""

    join: Join
    candidates: list[tuple[int, ...]]
    members: list[int]
    violated: Mapping[str, int] = MappingProxyType({})  # of the matches, those of which it is proved: of each kind
    alone: bool = False  # whether these are all matches


def judged(
    rules: Iterable[Rule],
    relation: Relation,
    judge: Judge,
    *,
    everything: bool = False,
    most: int | None = None,
    progress: Progress = silent,
) -> Judged:
    """The matches of the rules with ``require`` over the relation; with ``everything``, none is only counted.

    With ``most``, no more than so many of one rule come back of a look that are proved to be violated and have one
    severity, those of the first subjects, and none after so many came; the others are counted. So are those before
    which, by severity and rule, so many others come. Rules that join on the subject look at some subjects at a time,
    where there are many facts.
    """
    work = [one for rule in rules if rule.require is not None and (one := _work(rule, relation, judge))]
    if any(kinship.asked(condition) for one in work if one.choices for condition in one.choices.where):
        kinship.make(relation, judge.names)
    looks = _looks(work, relation)
    while True:
        run = _Run(relation, judge, everything=everything, most=most)
        try:
            left = run.all(looks, progress)
        except _ToldTwice:
            continue
        if run.alone == relation.count or not relation.settle():
            break
    left = run.first(left)
    progress("reading what was found")
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


class _Look(NamedTuple):
    """Some of all facts, and the rules that are to look at them."""

    part: Part
    work: Sequence[_Work]


def _looks(work: Sequence[_Work], relation: Relation) -> list[_Look]:
    """Parts of all subjects for the rules that join on it, the whole for others; one look where that is little."""
    alone = [one for one in work if "subject" in one.join.key]
    parts = relation.parts() if alone else []
    if len(parts) < 2:
        return [_Look(WHOLE, work)]
    return [*(_Look(part, alone) for part in parts), _Look(WHOLE, [one for one in work if one not in alone])]


class _ToldTwice(Exception):
    """Facts were told twice, and are no more: what was found so far may be of them."""


class _Run:
    """Looks at facts, one after the other; what is known of one is nothing for the next, but what came back."""

    def __init__(
        self,
        relation: Relation,
        judge: Judge,
        *,
        everything: bool,
        most: int | None,
    ) -> None:
        self._relation, self._judge = relation, judge
        self._everything, self._most = everything, most
        self._told: Counter[tuple[str, str]] = Counter()  # of each rule and kind, the violations that came back
        self._matched = 0  # facts that are for the matcher without a search
        self._progress: Callable[[str], None] = silent
        self._spells = Spells(relation)
        self._in_series: dict[str, list[series.Left]] = {}
        self._searched: set[str] = set()  # rules along a date of which a look left too much to be few in the next
        self._in_groups: dict[str, grouping.Open] = {}
        self._alone: dict[str, list[int]] = {}
        self._proved: dict[str, dict[str, int]] = {}  # of these, the violations of each kind that they are known to be
        self._grouped = 0  # times that groups were looked at
        self._shown: list[int] = []  # of each look, in how many facts groups show that nothing is told twice
        self.counted: Counter[str] = Counter()
        self.violated: Counter[str] = Counter()

    def all(self, looks: Sequence[_Look], progress: Progress) -> list[_Left]:
        """What is not proved of each rule."""
        found: list[_Left] = []
        done, of = 0, sum(part.facts for part, _ in looks)
        for part, work in looks:
            self._progress = partial(progress, done=done, of=of) if part.facts else progress
            if len(looks) > 1:
                self._relation.narrow(part)
            left = self._look(work)
            for one in left:
                self._told.update({(one.join.rule.id, kind): many for kind, many in one.violated.items()})
                self._matched += 0 if one.violated else len(one.members)
            found += left
            done += part.facts
        return found

    def first(self, left: Sequence[_Left]) -> list[_Left]:
        """What may be among the first violations, by severity and rule; what is known to come later is counted."""
        if self._most is None:
            return [*left]
        told: Counter[tuple[int, str]] = Counter()
        for one in left:
            for kind, many in one.violated.items():
                told[_rank(one.join.rule, kind)] += many
        before = dict(zip(sorted(told), accumulate((told[rank] for rank in sorted(told)), initial=0), strict=False))
        found = []
        for one in left:
            if one.alone and all(before[_rank(one.join.rule, kind)] >= self._most for kind in one.violated):
                self._count(one.join.rule, Counter(one.violated))
            else:
                found.append(one)
        return found

    @property
    def alone(self) -> int:
        """In how many facts nothing is told twice: the last look is at all of them, those before it at others each."""
        return max(sum(self._shown[:-1]), *self._shown[-1:])

    def _look(self, work: Sequence[_Work]) -> list[_Left]:
        """What is not proved of rules over the facts that are there now."""
        self._spells = Spells(self._relation)
        self._in_series, self._in_groups, self._alone, self._proved = {}, {}, {}, {}
        self._grouped = 0
        self._shown.append(0)
        if not self._everything:
            along = [one for one in work if _is_ordered(one)]
            calm = self._group([one for one in work if one not in along])
            if work and not calm and self.alone < self._relation.count and self._relation.settle():
                raise _ToldTwice
            for number, one in enumerate(along):
                self._follow(one, number)
            self._group([one for one in along if one.join.rule.id not in self._in_series])
        return [left for one in work for left in self._rest(one)]

    def _follow(self, one: _Work, number: int) -> None:
        """Prove a rule along a date."""
        assert one.choices is not None
        try:
            self._progress(f"matching {one.join.rule.id}")
            few = 0 if one.join.rule.id in self._searched else self._few
            asked = series.Asked(self._relation, self._judge, self._spells, few)
            found = series.prove(one.join, one.choices, asked, number)
        except (proof.NotGrouped, predicate.Inexpressible):
            return
        self.counted["satisfied"] += found.satisfied
        self._in_series[one.join.rule.id] = found.left
        if any(left.members is None for left in found.left):
            self._searched.add(one.join.rule.id)

    def _group(self, work: Sequence[_Work]) -> bool:
        """Prove rules by groups, those with one key together; whether it seems that nothing is told twice."""
        alike: dict[tuple[str, ...], list[proof.Plan]] = {}
        for one in work:
            try:
                plan = proof.plan(one.join, one.choices, self._spells)
            except proof.NotGrouped:
                continue
            room = self._room(one.join.rule)
            closed = room is not None and not any(room.values()) and not one.join.rule.across
            alike.setdefault(plan.key, []).append(plan._replace(closed=closed))
        rests: list[candidate.Rest] = []
        calm = False
        for plans in alike.values():
            self._progress(f"matching {', '.join(plan.join.rule.id for plan in plans)}")
            self._grouped += 1
            found = grouping.prove(plans, self._relation, self._judge, self._grouped)
            self._shown[-1] = max(self._shown[-1], found.alone)
            calm |= found.calm
            for plan, known in zip(plans, found.opened, strict=True):
                if known is not None:
                    self._in_groups[plan.join.rule.id] = known
                    rests += self._known(plan, known)
        self._alone |= candidate.alone(rests, self._relation, self._few)
        return calm

    def _known(self, plan: proof.Plan, known: grouping.Open) -> list[candidate.Rest]:
        """Count what is proved of a rule; the groups that are left."""
        rule, room = plan.join.rule, self._room(plan.join.rule)
        self._count(rule, Counter({"satisfied": known.satisfied, candidate.VIOLATED: known.violated * plan.closed}))
        proved = bool(room and room[candidate.VIOLATED]) and known.left == known.violated <= (self._most or 0)
        if proved:
            self._proved[rule.id] = {candidate.VIOLATED: known.violated}
        return [candidate.Rest(plan.join, known.left, known.fitted, proved)] if known.left else []

    @property
    def _few(self) -> int | None:
        """How many choices of a rule may be for the matcher without a search."""
        return None if self._most is None else max(0, self._most - self._matched)

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
        known = self._in_groups.get(id)
        if known is not None and not known.left:
            return
        if id in self._alone:
            proved = self._proved.get(id, {})
            yield _Left(one.join, [], self._alone[id], proved, alone=bool(proved))
            return
        source = "facts" if known is None else known.used()
        self._progress(f"matching {id}")
        given, names = one.join.rule.given, one.join.names
        exact = all(spell.exact for spell in self._spells.of(one.join.dates).values())
        follows = not exact and any(pattern.next for pattern in names)
        if one.choices is None or follows or len(names) < len(given):
            yield self._whole(one, source)
        else:
            yield self._search(one.join, one.choices, dict.fromkeys((pattern.name for pattern in names), source))

    def _whole(self, one: _Work, source: str) -> _Left:
        """All facts of groups; of those that are proved to break the rule no more than are to come back."""
        join = one.join
        room = self._room(join.rule)
        found = None
        if room is not None and join.rule.id in self._in_groups:
            plan = proof.plan(join, one.choices, self._spells)
            found = refuted.first(plan, self._relation, self._judge, source, room)
        if found is None:
            measures = tuple(self._relation.measures.values())
            return _Left(join, [], group.numbers(join, measures, self._relation, source))
        self._count(join.rule, found.counted)
        return _Left(join, [], found.members, found.back)

    def _search(self, one: Join, choices: Choices, sources: Mapping[str, str]) -> _Left:
        search = candidate.Search(one, choices, self._relation, self._judge, self._spells.of(one.dates), sources)
        found = search.all() if self._everything else search.unproved(self._room(one.rule))
        self._count(one.rule, found.counted)
        alone = 0 < len(found.candidates) == sum(found.violated.values())
        return _Left(one, found.candidates, [], found.violated, alone=alone)

    def _count(self, rule: Rule, proved: Counter[str]) -> None:
        """Count what is proved of a rule, and of its violations how severe they are."""
        for kind, severity in _severities(rule).items():
            self.violated[severity] += proved[kind]
            self.counted["violated"] += proved.pop(kind, 0)
        self.counted += proved

    def _room(self, rule: Rule) -> dict[str, int] | None:
        """How many more violations of a rule are to come back, of each kind; None where all are."""
        if self._most is None:
            return None
        return {kind: max(0, self._most - self._told[rule.id, kind]) for kind in _severities(rule)}


def _is_ordered(one: _Work) -> bool:
    """Whether a rule goes along a date."""
    try:
        if one.choices is not None:
            order.of(one.join, one.choices)
            return True
    except (proof.NotGrouped, predicate.Inexpressible):
        pass
    return False


def _severities(rule: Rule) -> dict[str, str]:
    """The severity of each kind of violation."""
    return {candidate.VIOLATED: rule.severity} | ({candidate.ACROSS: rule.across} if rule.across else {})


def _rank(rule: Rule, kind: str) -> tuple[int, str]:
    """Where violations of a kind stand among all."""
    return SEVERITIES.index(_severities(rule)[kind]), rule.id


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

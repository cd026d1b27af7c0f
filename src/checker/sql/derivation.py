"""What follows from the facts of a relation: ``derive``, with rounds of the database.

In each round it finds the choices of facts that may make a new one, from the second on those with one that is new.
These facts alone are made into records; what they come to is ``derive``'s to say, as among records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from checker import derive, field, match, vocabulary
from checker.engine import Candidate, join, plain
from checker.engine.dialect import every
from checker.engine.join import Join
from checker.judge import Judge
from checker.model import Fact, InputError, InputErrors, Match, Measure, Rule, Vocabulary
from checker.record import NamedTuple
from checker.sql import candidate, choice, column, group, kinship
from checker.sql.candidate import Search
from checker.sql.choice import Choices
from checker.sql.column import Relation
from checker.sql.spell import Spells

MOST = 500_000  # facts that are derived, and choices that one rule has in one round: they are held as records
AT_ONCE = 10_000  # choices whose facts are made into records together


def derived(rules: Sequence[Rule], relation: Relation, names: Vocabulary) -> tuple[Fact, ...]:
    """The facts that follow from those of the relation, in order of their ids; they are in it from then on.

    Raises ``InputErrors`` where a derivation does not end, or would be too large.
    """
    judge = Judge(names)
    made: list[Fact] = []
    records: dict[int, Fact] = {}
    for stage in derive.stages(rules, names):
        relation.settle()
        limit = min(MOST, derive.most(relation.count))
        made += derive.follow(stage, _Rounds(stage, relation, judge, records).look, limit, names)
    return tuple(sorted(made, key=lambda fact: fact.id))


class _Work(NamedTuple):
    """A rule, its choices of measures (None where there are too many), and what asks whether a fact may bear on it."""

    join: Join
    choices: Choices | None
    sees: tuple[Callable[[Fact], bool], ...]


class _Rounds:
    """The rules of one stage over the relation, which each round adds to."""

    def __init__(self, rules: Sequence[Rule], relation: Relation, judge: Judge, records: dict[int, Fact]) -> None:
        self._relation, self._judge = relation, judge
        self._records = records  # of the facts that were read, by number
        self._measures = _measures(rules, relation, judge.names)
        self._work = [work for rule in rules if (work := _work(rule, self._measures, judge))]

    def look(self, new: Sequence[Fact]) -> Iterator[Match]:
        """The matches that new facts complete, once they are added; with none, all there are."""
        numbers = self._relation.add(new)
        work = [one for one in self._work if not new or any(sees(fact) for sees in one.sees for fact in new)]
        if any(kinship.asked(condition) for one in work if one.choices for condition in one.choices.where):
            kinship.make(self._relation, self._judge.names)
        spells = Spells(self._relation)
        for one in work:
            chosen = self._choices(one, numbers, spells)
            if chosen is None or len(one.join.names) < len(one.join.rule.given):
                yield from self._grouped(one.join, numbers, chosen)
            else:
                yield from self._chosen(one.join, chosen)

    def _choices(self, one: _Work, new: range, spells: Spells) -> str | None:
        """What selects the choices of facts for the single names of a rule; None where nothing can."""
        dates = spells.of(one.join.dates)
        follows = any(pattern.next for pattern in one.join.names)
        if not one.join.names or one.choices is None or (follows and not all(spell.exact for spell in dates.values())):
            return None
        return Search(one.join, one.choices, self._relation, self._judge, dates).fresh(new)

    def _chosen(self, one: Join, chosen: str) -> Iterator[Match]:
        """The matches among choices of facts, some at a time."""
        found = sorted(self._relation.database.rows(f"SELECT * FROM ({chosen}) AS found LIMIT {MOST + 1}"))
        for start in range(0, len(found), AT_ONCE):
            several = found[start : start + AT_ONCE]
            facts = self._fetched({number for numbers in several for number in numbers})
            candidates = [Candidate(one, candidate.ordered(one, [facts[at] for at in numbers])) for numbers in several]
            yield from match.Matcher([*facts.values()], self._judge).matches([one], candidates)
        if len(found) > MOST:
            raise InputErrors([_too_many(one.rule, "choices of facts to derive from", "a where that chooses fewer")])

    def _grouped(self, one: Join, new: range, chosen: str | None) -> Iterator[Match]:
        """The matches in whole groups: in those of the choices, or that have a new fact."""
        numbers = group.numbers(one, self._measures, self._relation, self._source(one, new, chosen))
        if len(numbers) > MOST:
            raise InputErrors([_too_many(one.rule, "facts to derive from", "a pattern that takes fewer")])
        facts = self._fetched(numbers)
        session = plain.start([one], join.days([one], [*facts.values()]))
        candidates = session.add([fact for number, fact in facts.items() if number not in new])
        if new:
            candidates = session.add([fact for number, fact in facts.items() if number in new])
        yield from match.Matcher([*facts.values()], self._judge).matches([one], candidates)

    def _source(self, one: Join, new: range, chosen: str | None) -> str:
        """The facts of these groups."""
        key = [name for name in (column.text(name, self._relation) for name in group.own(one)) if name != "NULL"]
        if not key or not (new or chosen):
            return "facts"
        these = f"n IN (SELECT n0 FROM ({chosen}) AS found)" if chosen else f"n BETWEEN {new.start} AND {new.stop - 1}"
        same = every(f"facts.{name} IS NOT DISTINCT FROM wanted.{name}" for name in key)
        wanted = f"SELECT DISTINCT {', '.join(key)} FROM facts WHERE {these}"
        return f"(SELECT facts.* FROM facts JOIN ({wanted}) AS wanted ON {same})"

    def _fetched(self, numbers: Iterable[int]) -> dict[int, Fact]:
        """The facts of these numbers, each read once."""
        asked = dict.fromkeys(numbers)
        self._records |= self._relation.facts(asked.keys() - self._records.keys())
        return {number: self._records[number] for number in asked}


def _measures(rules: Iterable[Rule], relation: Relation, names: Vocabulary) -> tuple[Measure, ...]:
    """The measures that facts have, or will have."""
    derived = (vocabulary.find(names.measures, rule.derive.measure) for rule in rules if rule.derive is not None)
    return tuple((dict(relation.measures) | {one.id: one for one in derived if one is not None}).values())


def _work(rule: Rule, measures: Sequence[Measure], judge: Judge) -> _Work | None:
    """What is to be done for a rule; nothing where no facts can match."""
    one = join.of(rule, judge.names)
    sees = one.fits if one.names else tuple(map(field.fitting, rule.given))
    try:
        choices = choice.of(one, measures, judge)
    except choice.TooMany:
        return _Work(one, None, sees)
    if any(map(kinship.asked, choices.where)) and not kinship.is_declared(judge.names):
        return None
    return _Work(one, choices, sees) if choices.all or not one.names else None


def _too_many(rule: Rule, what: str, expected: str) -> InputError:
    return InputError(rule.location, f"{rule.id} has more than {MOST:,} {what}", expected)

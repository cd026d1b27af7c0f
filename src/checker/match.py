"""What an engine finds -> matches: collections are filled, the next in time is chosen, ``where`` is asked.

The meaning of a match (spec, section 4) beyond its join stands here once, for every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from checker import field
from checker.engine import Candidate
from checker.engine.join import Join, Where
from checker.ground import Binding
from checker.judge import Judge
from checker.model import Fact, Match, Pattern, Period, Rule
from checker.record import NamedTuple

Bindings = tuple[tuple[str, Binding], ...]


class Matcher:
    """Completes the candidates of rules over a set of facts."""

    def __init__(self, facts: Sequence[Fact], judge: Judge) -> None:
        self._facts = facts
        self._judge = judge
        self._fitting: dict[Pattern, dict[tuple[object, ...], list[Fact]]] = {}

    def matches(self, joins: Iterable[Join], candidates: Iterable[Candidate]) -> Iterator[Match]:
        """All matches of the rules: those of the candidates, and those of rules over collections alone."""
        for candidate in candidates:
            join = candidate.join
            if self._is_next(join, candidate.facts):
                yield from _once(self._complete(join, candidate.facts, candidate.facts))
        for join in joins:
            if not join.names:
                yield from _once(self._alone(join))

    # --- the next in time

    def _is_next(self, join: Join, facts: Sequence[Fact]) -> bool:
        following = [(pattern, pattern.next) for pattern in join.names if pattern.next is not None]
        if not following:
            return True
        bound = {pattern.name: fact for pattern, fact in zip(join.names, facts, strict=True)}
        return all(self._follows(join, pattern, bound[pattern.name], bound[before]) for pattern, before in following)

    def _follows(self, join: Join, pattern: Pattern, later: Fact, earlier: Fact) -> bool:
        """Whether no fact that fits lies between the two: first days are compared, ties all follow."""
        assert pattern.along is not None
        start, end = _first(earlier, pattern.along), _first(later, pattern.along)
        if start is None or end is None or end <= start:
            return False
        days = (
            _first(fact, pattern.along)
            for fact in self._fit(join, pattern, earlier)
            if all(field.agree(earlier, fact, name) is not False for name in join.dates)
        )
        return not any(day is not None and start < day < end for day in days)

    # --- collections

    def _fit(self, join: Join, pattern: Pattern, anchor: Fact) -> list[Fact]:
        """The facts that fit a pattern and have the anchor's key."""
        return self._by_key(join, pattern).get(_key(join, anchor), [])

    def _by_key(self, join: Join, pattern: Pattern) -> dict[tuple[object, ...], list[Fact]]:
        of = pattern._replace(name=join.rule.id + "." + pattern.name)
        if of not in self._fitting:
            groups: dict[tuple[object, ...], list[Fact]] = {}
            for fact in filter(field.fitting(pattern), self._facts):
                groups.setdefault(_key(join, fact), []).append(fact)
            self._fitting[of] = groups
        return self._fitting[of]

    def _alone(self, join: Join) -> Iterator[Match]:
        """The matches of a rule over collections alone: one for each value of what is the same."""
        anchors: dict[tuple[object, ...], Fact] = {}
        for pattern in join.rule.given:
            for group in self._by_key(join, pattern).values():
                for fact in group:
                    anchors.setdefault(tuple(field.key(fact, name) for name in join.rule.same), fact)
        for anchor in anchors.values():
            yield from self._complete(join, (), (anchor,))

    def _complete(self, join: Join, facts: tuple[Fact, ...], anchors: tuple[Fact, ...]) -> Iterator[Match]:
        """The matches of a choice for the single names; what a collection takes agrees with all of ``anchors``."""
        agreed = _agree(join.dates, facts)
        if agreed is False:
            return
        given = join.rule.given
        if len(facts) == len(given):
            bindings = tuple((pattern.name, fact) for pattern, fact in zip(given, facts, strict=True))
            yield from self._match(join, bindings, certain=agreed is True)
            return
        alone = tuple((pattern.name, fact) for pattern, fact in zip(join.names, facts, strict=True))
        if join.where.singles is not None and self._judge.holds(join.where.singles, alone) is False:
            return
        singles = iter(facts)
        choices: list[list[tuple[Binding, bool]]] = [
            list(self._collections(join, pattern, anchors)) if pattern.collect else [(next(singles), True)]
            for pattern in given
        ]
        for chosen in product(*choices):
            bound = tuple((pattern.name, one) for pattern, (one, _) in zip(given, chosen, strict=True))
            certain = agreed is True and all(sure for _, sure in chosen)
            yield from self._match(join, bound, certain=certain)

    def _collections(
        self, join: Join, pattern: Pattern, anchors: tuple[Fact, ...]
    ) -> Iterator[tuple[tuple[Fact, ...], bool]]:
        """The collections of a name, one for each value of ``by``; and whether it is sure what belongs to them."""
        groups: dict[tuple[object, ...], list[tuple[Fact, bool]]] = {}
        for fact in self._fit(join, pattern, anchors[0]):
            agreed = _all(_agree(join.dates, (anchor, fact)) for anchor in anchors)
            if agreed is not False:
                of = tuple(field.key(fact, name) for name in pattern.by)
                groups.setdefault(of, []).append((fact, agreed is True))
        dated = any(map(field.is_date, pattern.by))
        for group in groups.values():
            members = sorted(group, key=lambda member: member[0].id)
            apart = not dated or all(
                _agree(pattern.by, (members[0][0], other[0][0])) is False
                for other in groups.values()
                if other is not group
            )
            yield tuple(fact for fact, _ in members), apart and all(sure for _, sure in members)
        if not groups and pattern.or_none:
            yield (), True

    # --- where

    def _match(self, join: Join, bindings: Bindings, *, certain: bool) -> Iterator[Match]:
        where = join.where
        for name in where.members:
            members = self._members(where, name, bindings)
            if members is None:
                return
            bindings = tuple((other, members[0] if other == name else bound) for other, bound in bindings)
            certain = certain and members[1]
        collections = [bound for _, bound in bindings if not isinstance(bound, Fact)]
        if collections and not any(collections):
            return
        applies = True if where.whole is None else self._judge.holds(where.whole, bindings)
        if applies is False:
            return
        compared = _compared(join.rule, bindings)
        certain = certain and applies is True and compared is not None
        yield Match(join.rule, bindings, certain=certain, comparable=compared is not False)

    def _members(self, where: Where, name: str, bindings: Bindings) -> tuple[Binding, bool] | None:
        """What is left of a collection once ``where`` has chosen; None where that is nothing.

        Says too whether it is sure: a member of which it is open whether it belongs stays, unsurely.
        """
        kept, sure = [], True
        for fact in facts_of((other, bound) for other, bound in bindings if other == name):
            alone = tuple((other, fact if other == name else one) for other, one in bindings)
            holds = _all(self._judge.holds(condition, alone) for condition in where.members[name])
            if holds is not False:
                kept.append(fact)
                sure = sure and holds is True
        return (tuple(kept), sure) if kept or where.may_be_empty[name] else None


def _once(found: Iterable[Match]) -> Iterable[Match]:
    """Each match once: two collections that ``where`` leaves nothing of are one, and open dates agree with several."""
    found = list(found)
    if len(found) < 2:
        return found
    kept: dict[Identity, Match] = {}
    for one in found:
        if one.certain or identity(one) not in kept:
            kept[identity(one)] = one
    return kept.values()


def facts_of(bindings: Iterable[tuple[str, Binding]]) -> list[Fact]:
    """All facts of a match, in the order of their names."""
    return [fact for _, bound in bindings for fact in ((bound,) if isinstance(bound, Fact) else bound)]


def _key(join: Join, fact: Fact) -> tuple[object, ...]:
    return tuple(field.read(fact, name) for name in join.key)


def _first(fact: Fact, along: str) -> int | None:
    written = field.read(fact, along)
    return written.first if isinstance(written, Period) else None


def _agree(dates: Sequence[str], facts: Sequence[Fact]) -> bool | None:
    """Whether all facts have the same dates in these fields; None where open dates leave it undecided."""
    if not dates:
        return True
    return _all(
        field.agree(one, other, name) for name in dates for index, one in enumerate(facts) for other in facts[:index]
    )


def _compared(rule: Rule, bindings: Bindings) -> bool | None:
    """Whether the facts agree in what makes them comparable; what cannot have the field does not count."""
    if not rule.comparable:
        return True
    facts = facts_of(bindings)
    return _all(
        field.agree(one, other, name)
        for name in rule.comparable
        for having in [[fact for fact in facts if name != "since" or fact.measure.kind == "total"]]
        for index, one in enumerate(having)
        for other in having[:index]
    )


def _all(answers: Iterable[bool | None]) -> bool | None:
    together: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            together = None
    return together


class Identity(NamedTuple):
    """What makes two matches the same: the rule, and the ids bound to each name."""

    rule: str
    bound: tuple[tuple[str, tuple[str, ...]], ...]


def identity(match: Match) -> Identity:
    """The identity of a match; matches sort by it."""
    bound = tuple(
        (name, (one.id,) if isinstance(one, Fact) else tuple(fact.id for fact in one)) for name, one in match.bindings
    )
    return Identity(match.rule.id, bound)

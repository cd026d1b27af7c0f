"""What an engine finds -> matches: collections are filled, the next in time is chosen, ``where`` is asked.

The meaning of a match (spec, section 4) beyond its join stands here once, for every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from checker import field
from checker.engine import Candidate
from checker.engine.join import Join, Where
from checker.ground import Binding
from checker.judge import Judge
from checker.model import Fact, Match, Pattern, Period, Rule

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
                yield from self._complete(join, candidate.facts)
        for join in joins:
            if not join.names:
                yield from self._alone(join)

    # --- the next in time

    def _is_next(self, join: Join, facts: Sequence[Fact]) -> bool:
        bound = {pattern.name: fact for pattern, fact in zip(join.names, facts, strict=True)}
        return all(
            self._follows(join, pattern, bound[pattern.name], bound[pattern.next])
            for pattern in join.names
            if pattern.next is not None
        )

    def _follows(self, join: Join, pattern: Pattern, later: Fact, earlier: Fact) -> bool:
        """Whether no fact that fits lies between the two: first days are compared, ties all follow."""
        assert pattern.along is not None
        start, end = _first(earlier, pattern.along), _first(later, pattern.along)
        if start is None or end is None or end <= start:
            return False
        days = (
            _first(fact, pattern.along)
            for fact in self._fit(join, pattern, earlier)
            if all(field.agree(earlier, fact, name) is not False for name in join.rule.same)
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
            for fact in self._facts:
                if field.fits(fact, pattern):
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
            yield from self._complete(join, (), anchor)

    def _complete(self, join: Join, facts: tuple[Fact, ...], anchor: Fact | None = None) -> Iterator[Match]:
        rule = join.rule
        singles = dict(zip((pattern.name for pattern in join.names), facts, strict=True))
        agreed = _agree(rule, facts)
        if agreed is False:
            return
        choices: list[list[tuple[Binding, bool]]] = []
        for pattern in rule.given:
            if pattern.collect:
                choices.append(list(self._collections(join, pattern, anchor or facts[0])))
            else:
                choices.append([(singles[pattern.name], True)])
        for chosen in product(*choices):
            bindings = tuple((pattern.name, bound) for pattern, (bound, _) in zip(rule.given, chosen, strict=True))
            certain = agreed is True and all(sure for _, sure in chosen)
            yield from self._match(join, bindings, certain=certain)

    def _collections(self, join: Join, pattern: Pattern, anchor: Fact) -> Iterator[tuple[tuple[Fact, ...], bool]]:
        """The collections of a name, one for each value of ``by``; and whether it is sure what belongs to them."""
        groups: dict[tuple[object, ...], list[tuple[Fact, bool]]] = {}
        for fact in self._fit(join, pattern, anchor):
            agreed = _agree(join.rule, (anchor, fact))
            if agreed is not False:
                of = tuple(field.key(fact, name) for name in pattern.by)
                groups.setdefault(of, []).append((fact, agreed is True))
        for group in groups.values():
            members = sorted(group, key=lambda member: member[0].id)
            yield tuple(fact for fact, _ in members), all(sure for _, sure in members)
        if not groups and pattern.or_none:
            yield (), True

    # --- where

    def _match(self, join: Join, bindings: Bindings, *, certain: bool) -> Iterator[Match]:
        rule = join.rule
        where = join.where
        chosen = [self._members(where, name, bindings) for name, _ in bindings]
        if any(members is None for members in chosen):
            return
        bindings = tuple(
            (name, members[0]) for (name, _), members in zip(bindings, chosen, strict=True) if members is not None
        )
        collections = [bound for _, bound in bindings if not isinstance(bound, Fact)]
        if collections and not any(collections):
            return
        applies = True if where.whole is None else self._judge.holds(where.whole, bindings)
        if applies is False:
            return
        sure = all(members is not None and members[1] for members in chosen)
        compared = _compared(rule, bindings)
        yield Match(
            rule,
            bindings,
            certain=certain and sure and applies is True and compared is not None,
            comparable=compared is not False,
        )

    def _members(self, where: Where, name: str, bindings: Bindings) -> tuple[Binding, bool] | None:
        """What a name is bound to once ``where`` has chosen among a collection; None where nothing is left of it.

        Says too whether it is sure: a member of which it is open whether it belongs stays, unsurely.
        """
        bound = dict(bindings)[name]
        if isinstance(bound, Fact) or name not in where.members:
            return bound, True
        kept, sure = [], True
        for fact in bound:
            alone = tuple((other, fact if other == name else one) for other, one in bindings)
            holds = _all(self._judge.holds(condition, alone) for condition in where.members[name])
            if holds is not False:
                kept.append(fact)
                sure = sure and holds is True
        return (tuple(kept), sure) if kept or where.may_be_empty[name] else None


def facts_of(bindings: Iterable[tuple[str, Binding]]) -> list[Fact]:
    """All facts of a match, in the order of their names."""
    return [fact for _, bound in bindings for fact in ((bound,) if isinstance(bound, Fact) else bound)]


def _key(join: Join, fact: Fact) -> tuple[object, ...]:
    return tuple(field.read(fact, name) for name in join.key)


def _first(fact: Fact, along: str) -> int | None:
    written = field.read(fact, along)
    return written.first if isinstance(written, Period) else None


def _agree(rule: Rule, facts: Sequence[Fact]) -> bool | None:
    """Whether all facts agree in what the rule wants the same; None where open dates leave it undecided."""
    return _all(
        field.agree(one, other, name)
        for index, one in enumerate(facts)
        for other in facts[:index]
        for name in rule.same
    )


def _compared(rule: Rule, bindings: Bindings) -> bool | None:
    """Whether the facts agree in what makes them comparable; what cannot have the field does not count."""
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

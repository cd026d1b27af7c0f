"""The part of a rule that an engine sees: the single names, what joins them, which of them may be exchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import combinations
from types import MappingProxyType

from checker import expression, field
from checker.engine import family
from checker.model import Expression, Fact, Operation, Pattern, Period, Rule, Vocabulary
from checker.record import NamedTuple


class Where(NamedTuple):
    """A rule's ``where`` in two: what it asks of each member of a collection, and what of the match as a whole."""

    members: Mapping[str, tuple[Expression, ...]]
    whole: Expression | None
    singles: Expression | None  # of the whole, what can be asked before any collection is filled
    may_be_empty: Mapping[str, bool]  # for each collection; one of several by some field is left out instead


class Join(NamedTuple):
    """The single names of a rule; their facts are different, fit, and agree in the fields of ``key``.

    ``ordered`` holds the pairs of names that may be exchanged without the rule reading otherwise:
    of two such choices the one with the facts in order of id is the match. Dates in ``same`` are no
    part of the key, because open dates agree without being equal; they are ``dates``.
    """

    rule: Rule
    names: tuple[Pattern, ...]
    key: tuple[str, ...]
    dates: tuple[str, ...]
    ordered: tuple[tuple[int, int], ...]
    where: Where
    fits: tuple[Callable[[Fact], bool], ...]  # for each name, whether a fact is what it asks for
    root: Callable[[Fact], str] | None = None  # what the subjects of the names are all part of


def of(rule: Rule, vocabulary: Vocabulary | None = None) -> Join:
    """The join of a rule; with a vocabulary, of the facts alone whose subjects are parts of others as it asks."""
    names = tuple(pattern for pattern in rule.given if not pattern.collect)
    key = tuple(sorted(name for name in rule.same if field.is_text(name)))
    dates = tuple(sorted(name for name in rule.same if field.is_date(name)))
    kin = family.of(rule, [pattern.name for pattern in names], vocabulary) if vocabulary else family.Family()
    fits = tuple(_fitting(pattern, kin) for pattern in names)
    return Join(rule, names, key, dates, tuple(_exchangeable(rule, names)), _where(rule), fits, kin.root)


def _fitting(pattern: Pattern, kin: family.Family) -> Callable[[Fact], bool]:
    fits = field.fitting(pattern)
    if pattern.name not in kin.parts | kin.wholes:
        return fits
    return lambda fact: fits(fact) and kin.may_be(pattern.name, fact)


Days = Mapping[str, Mapping[int, int]]  # for each date field, the spell of each first day


NO_DAYS: Days = MappingProxyType({})


def key(join: Join, fact: Fact, days: Days = NO_DAYS) -> tuple[object, ...]:
    """What a fact must have in common with the others; with ``days``, the spell of each date too."""
    spells = (_spell(fact, name, days[name]) for name in join.dates if name in days)
    roots = () if join.root is None else (join.root(fact),)
    return (*(field.read(fact, name) for name in join.key), *spells, *roots)


def days(joins: Sequence[Join], facts: Sequence[Fact]) -> Days:
    """The spells in which the dates of all facts fall: dates that may be the same are in one spell.

    A spell is a run of days that the open dates in it cover without a gap, so that facts of
    different spells differ for sure.
    """
    return {name: _spells(name, facts) for name in {name for join in joins for name in join.dates}}


def _spells(name: str, facts: Sequence[Fact]) -> dict[int, int]:
    spells: dict[int, int] = {}
    spell, end = 0, 0
    for first, last in sorted({_ends(written) for written in (field.read(fact, name) for fact in facts) if written}):
        if not spells or first > end:
            spell, end = spell + 1, last
        spells[first], end = spell, max(end, last)
    return spells


def _spell(fact: Fact, name: str, spells: Mapping[int, int]) -> int:
    written = field.read(fact, name)
    return spells[_ends(written)[0]] if written else 0


def _ends(written: field.Written) -> tuple[int, int]:
    assert isinstance(written, Period)  # as the field is one of dates
    return written.first or 0, date.max.toordinal() if written.last is None else written.last


def keeps(join: Join, facts: Sequence[Fact]) -> bool:
    """Whether a choice has a different fact for each name, in the order in which it is counted."""
    if len({fact.id for fact in facts}) < len(facts):
        return False
    return all(facts[first].id < facts[second].id for first, second in join.ordered)


def _where(rule: Rule) -> Where:
    collections = {pattern.name: pattern.or_none and not pattern.by for pattern in rule.given if pattern.collect}
    members: dict[str, tuple[Expression, ...]] = {}
    whole = []
    for condition in expression.conjuncts(rule.where):
        references = expression.references(condition)
        asked = next((one.name for one in references if one.field is not None and one.name in collections), None)
        if asked is None:
            whole.append(condition)
        else:
            members[asked] = (*members.get(asked, ()), condition)
    singles = [one for one in whole if not any(name.name in collections for name in expression.references(one))]
    return Where(members, _all(whole), _all(singles) if collections else None, collections)


def _all(conditions: Sequence[Expression]) -> Expression | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Operation("and", tuple(conditions))


def _exchangeable(rule: Rule, names: Sequence[Pattern]) -> list[tuple[int, int]]:
    here = reads(rule)
    return [
        (first, second)
        for (first, one), (second, other) in combinations(enumerate(names), 2)
        if reads(rule, {one.name: other.name, other.name: one.name}) == here
    ]


Reading = tuple[tuple[tuple[str, Pattern], ...], object, object, object]


def reads(rule: Rule, renamed: Mapping[str, str] = MappingProxyType({})) -> Reading:
    """How a rule reads, with names exchanged: equal where it reads the same."""
    patterns = {}
    for pattern in rule.given:
        following = renamed.get(pattern.next, pattern.next) if pattern.next else None
        patterns[renamed.get(pattern.name, pattern.name)] = pattern._replace(
            name="", fields=tuple(sorted(pattern.fields)), next=following
        )
    derived: tuple[object, ...] = ()
    if rule.derive is not None:
        fields = [(name, _form(one, renamed)) for name, one in rule.derive.fields]
        derived = (_form(rule.derive.value, renamed), *fields)
    return tuple(sorted(patterns.items())), _form(rule.where, renamed), _form(rule.require, renamed), derived


def _form(one: Expression | str | None, renamed: Mapping[str, str]) -> object:
    return one if one is None or isinstance(one, str) else expression.canonical(one, renamed)

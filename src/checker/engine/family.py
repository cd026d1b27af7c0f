"""Subjects that are parts of others: the facts that a rule may choose where it asks for that.

Else every fact of a subject would be held against every fact of each other subject, to no end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from checker import expression, vocabulary
from checker.model import Call, Expression, Fact, Reference, Rule, Vocabulary
from checker.record import NamedTuple


class Family(NamedTuple):
    """Which facts can be chosen: for a part, those of a subject that is one, for a whole, of one that has parts.

    ``root`` is what the subjects of all names have in common, where each name is asked to be part of another.
    """

    parts: frozenset[str] = frozenset()  # names in the rule, as wholes are
    wholes: frozenset[str] = frozenset()
    is_part: Callable[[str], bool] = lambda _: True
    is_whole: Callable[[str], bool] = lambda _: True
    root: Callable[[Fact], str] | None = None

    def may_be(self, name: str, fact: Fact) -> bool:
        """Whether the subject of a fact stands where the rule asks for it."""
        return (name not in self.parts or self.is_part(fact.subject)) and (
            name not in self.wholes or self.is_whole(fact.subject)
        )


def asked(condition: Expression) -> tuple[str, str] | None:
    """The names of which a condition asks that the subject of one is part of that of the other."""
    if not isinstance(condition, Call) or condition.function != "within":
        return None
    part, whole = condition.arguments
    if not isinstance(part, Reference) or not isinstance(whole, Reference) or part.name == whole.name:
        return None
    return (part.name, whole.name) if part.field == whole.field == "subject" else None


def of(rule: Rule, singles: Sequence[str], names: Vocabulary) -> Family:
    """What a rule asks of the subjects of its single names."""
    pairs = [
        pair for one in expression.conjuncts(rule.where) if (pair := asked(one)) is not None and {*pair} <= {*singles}
    ]
    if not pairs:
        return Family()
    above = {subject.part_of for subject in names.subjects.values()} - {None}
    return Family(
        frozenset(part for part, _ in pairs),
        frozenset(whole for _, whole in pairs),
        cache(lambda id: _step(id, names) is not None),
        above.__contains__,
        _roots(names) if _are_one(pairs, singles) else None,
    )


def _are_one(pairs: Sequence[tuple[str, str]], singles: Sequence[str]) -> bool:
    """Whether the pairs link all names."""
    linked = {pairs[0][0]}
    for _ in pairs:
        linked.update(name for pair in pairs if linked & {*pair} for name in pair)
    return linked == {*singles}


def _roots(names: Vocabulary) -> Callable[[Fact], str]:
    @cache
    def root(id: str) -> str:
        while (above := _step(id, names)) is not None:
            id = above
        return id

    return lambda fact: root(fact.subject)


def _step(id: str, names: Vocabulary) -> str | None:
    subject = vocabulary.find(names.subjects, id)
    return None if subject is None else subject.part_of

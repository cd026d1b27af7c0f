"""Which measures the names of a rule may have together, asked of the judge once and not of every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from checker.engine.join import Join
from checker.expression import conjuncts, references
from checker.judge import Judge
from checker.model import Expression, Fact, Interval, Location, Match, Measure, Value
from checker.record import NamedTuple
from checker.sql import column

MAX_CHOICES = 5_000  # looked at for one rule

Choice = tuple[Measure, ...]  # one for each single name


class Choices(NamedTuple):
    """The choices of measures for the single names of a rule, and what of ``where`` is left to ask of the facts.

    Those of ``unlike`` do not compare (their units differ).
    """

    like: tuple[Choice, ...]
    unlike: tuple[Choice, ...]
    where: tuple[Expression, ...]

    @property
    def all(self) -> tuple[Choice, ...]:
        """Those that compare and those that do not."""
        return self.like + self.unlike


class TooMany(Exception):
    """There are more choices than are looked at."""


def of(join: Join, measures: Sequence[Measure], judge: Judge) -> Choices:
    """The choices that patterns, ``same`` and the conditions over measures leave; raises ``TooMany``."""
    singles = {pattern.name for pattern in join.names}
    conditions = [one for one in conjuncts(join.where.whole) if _is_of_measures(one, singles)]
    open_ones: dict[Expression, None] = {}
    found = list(_choices(join, measures, judge, conditions, open_ones))
    decided = [one for one in conditions if one not in open_ones]
    rest = tuple(one for one in conjuncts(join.where.whole) if one not in decided)
    collects = len(join.names) < len(join.rule.given)
    unlike = [one for one in found if not collects and _is_unlike(join, one, judge)]
    return Choices(tuple(one for one in found if one not in unlike), tuple(unlike), rest)


def _is_of_measures(condition: Expression, singles: set[str]) -> bool:
    named = list(references(condition))
    return bool(named) and all(one.name in singles and one.field in column.MEASURED for one in named)


def _choices(
    join: Join,
    measures: Sequence[Measure],
    judge: Judge,
    conditions: list[Expression],
    open_ones: dict[Expression, None],
) -> Iterator[Choice]:
    allowed = [column.allowed(pattern, measures) for pattern in join.names]
    alike = [name for name in join.key if name in column.MEASURED]
    names = [pattern.name for pattern in join.names]
    needed = [max(names.index(one.name) for one in references(condition)) for condition in conditions]
    pending: list[Choice] = [()]
    looked = 0
    while pending:
        chosen = pending.pop()
        if len(chosen) == len(names):
            yield chosen
            continue
        for measure in reversed(allowed[len(chosen)]):
            looked += 1
            if looked > MAX_CHOICES:
                raise TooMany
            if chosen and any(column.MEASURED[name](measure) != column.MEASURED[name](chosen[0]) for name in alike):
                continue
            wider = (*chosen, measure)
            bound = tuple((name, probe(one)) for name, one in zip(names, wider, strict=False))
            asked = [one for one, at in zip(conditions, needed, strict=True) if at == len(chosen)]
            answers = [(one, judge.holds(one, bound)) for one in asked]
            if not any(answer is False for _, answer in answers):
                open_ones.update((one, None) for one, answer in answers if answer is None)
                pending.append(wider)


def probe(measure: Measure) -> Fact:
    """A fact of a measure, of which nothing else is known."""
    anything = Interval(None, None, False, False)
    return Fact("", measure, "", Value("", anything, anything), Location(""), None, None)


def is_unlike(join: Join, measures: Mapping[str, Sequence[Measure]], judge: Judge) -> bool:
    """Whether matches are incomparable for some choice of one of these measures for each name."""
    for chosen in product(*(measures[pattern.name] for pattern in join.rule.given)):
        facts = [probe(measure) for measure in chosen]
        bound = tuple(
            (pattern.name, (fact,) if pattern.collect else fact)
            for pattern, fact in zip(join.rule.given, facts, strict=True)
        )
        said = judge.verdict(Match(join.rule, bound, certain=False))
        if said is not None and said.verdict == "incomparable":
            return True
    return False


def _is_unlike(join: Join, choice: Choice, judge: Judge) -> bool:
    """Whether matches of these measures are incomparable; whatever is uncertain is not, so it tells them apart."""
    bound = tuple((pattern.name, probe(one)) for pattern, one in zip(join.names, choice, strict=True))
    said = judge.verdict(Match(join.rule, bound, certain=False)) if join.rule.require is not None else None
    return said is not None and said.verdict == "incomparable"

"""All that is known of the subjects that a run is about, for a page that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from checker import conflict, finding, leeway
from checker.judge import Judge, Judgement
from checker.model import Fact, Match, Picture, Source, Vocabulary


def of(
    facts: Sequence[Fact],
    sources: Iterable[Source],
    verdicts: Iterable[tuple[Match, Judgement]],
    names: Vocabulary,
    is_asked_for: Callable[[Fact], bool],
) -> Picture:
    """The facts of every subject of which one is asked for, what is left of them, and what was not compared."""
    about = {fact.subject for fact in facts if is_asked_for(fact)}
    kept = tuple(fact for fact in facts if fact.subject in about)
    told_by = {fact.source.id for fact in kept if fact.source}
    judged = list(verdicts)
    bounds = leeway.left(conflict.taking(judged, names, everything=True))
    judge = Judge(names)
    apart = [finding.make(*one, judge) for one in judged if one[1].verdict == "incomparable"]
    return Picture(
        kept,
        tuple(source for source in sources if source.id in told_by),
        names,
        tuple(one for one in bounds if one.fact.subject in about),
        tuple(sorted((one for one in apart if one.subject in about), key=lambda one: (one.rule, one.subject, one.id))),
    )

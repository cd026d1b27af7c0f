"""Which figures of a source's text its facts cover, which are marked as no facts, and which are left.

A fact covers a figure where its quote holds the number; a quote that stands in a text twice covers both places.
Figures that are ignored count neither as covered nor as left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from checker import article, quote, scan
from checker.hedges import Profile
from checker.model import (
    FIGURE,
    Cited,
    Fact,
    Finding,
    Ignored,
    InputError,
    InputErrors,
    Measure,
    QuoteCheck,
    Rule,
    Source,
    Value,
)
from checker.record import NamedTuple

COVERED = "numbers-covered"
_QUOTED = "quote-in-text"
_WORDS = 4  # of the text around a figure that a quote of it holds
_ID_LENGTH = 12


class Covered(NamedTuple):
    """A figure, the ids of the facts that cover it, and what says that it is no fact."""

    figure: scan.Figure
    facts: tuple[str, ...] = ()
    ignored: Ignored | None = None

    @property
    def is_left(self) -> bool:
        """Whether nothing covers it and nothing says that it is no fact."""
        return not self.facts and self.ignored is None


def cover(
    text: str, figures: Sequence[scan.Figure], facts: Iterable[Fact], ignored: Iterable[Ignored]
) -> list[Covered]:
    """Each figure of a text with what covers it."""
    folded = article.Folded(text)
    quotes = [(fact.id, place) for fact in facts if fact.quote for place in folded.places(fact.quote)]
    passed = [(one, place) for one in ignored for place in folded.places(one.quote)]
    return [
        Covered(
            figure,
            tuple(dict.fromkeys(id for id, place in quotes if _holds(place, figure))),
            next((one for one, place in passed if _holds(place, figure)), None),
        )
        for figure in figures
    ]


def _holds(place: tuple[int, int], figure: scan.Figure) -> bool:
    return place[0] < figure.number[1] and figure.number[0] < place[1]


def is_enough(covered: Sequence[Covered], percent: int) -> bool:
    """Whether as many of the figures that count are covered; of none, all are."""
    counting = [one for one in covered if one.facts or one.is_left]
    return 100 * sum(bool(one.facts) for one in counting) >= percent * len(counting)


def excerpt(text: str, figure: scan.Figure, before: int = 0, after: int = _WORDS) -> str:
    """A figure with some words of its sentence around it, as a quote of it."""
    start, end = figure.sentence
    led = text[start : figure.start].split()[-before:] if before else []
    behind = text[figure.end : max(end, figure.end)]
    more = behind.split()[: after - len(led)] if after else []
    stuck = bool(behind) and not behind[0].isspace()  # a comma, the rest of a word
    words = " ".join([*led, text[figure.start : figure.end] + ("" if stuck or not more else " ") + " ".join(more)])
    return " ".join(words.split()).rstrip(",;:.!?—–- ")


# ------------------------------------------------------------------------- as findings


class Asked(NamedTuple):
    """What coverage is asked of: the sources and their facts, where the texts are, the least percentage."""

    sources: Sequence[Source]
    facts: Sequence[Fact]
    archive: Path | None
    percent: int  # 0: of no source
    rules: Sequence[Rule]
    profile: Profile | None = None


def findings(asked: Asked, errors: list[InputError]) -> list[Finding]:
    """A finding for each source that is covered too little, and for each ignored quote that is not in its text.

    What is wrong with a text is added to ``errors``; a text that is not in the archive is passed over.
    """
    facts: dict[str, list[Fact]] = {}
    for fact in asked.facts:
        if fact.source is not None:
            facts.setdefault(fact.source.id, []).append(fact)
    severities = {rule.id: rule.severity for rule in asked.rules}
    return [
        one
        for source in asked.sources
        if asked.percent or (source.ignored and _QUOTED in severities)
        for text in [quote.contents(source, asked.archive, errors)]
        if text is not None
        for one in _of(source, text, facts.get(source.id, []), asked, severities, errors)
    ]


def _of(
    source: Source,
    text: str,
    facts: Sequence[Fact],
    asked: Asked,
    severities: Mapping[str, str],
    errors: list[InputError],
) -> Iterator[Finding]:
    if _QUOTED in severities:
        folded = quote.fold(text)
        missing = [one for one in source.ignored if not any(quote.places(quote.fold(one.quote), folded))]
        yield from (_misquoted(source, one, severities[_QUOTED]) for one in missing)
    if not asked.percent:
        return
    try:
        text = article.checked(text.encode(), source.location)
    except InputErrors as wrong:
        errors += wrong.errors
        return
    figures = scan.figures(text, article.spoken(source.language), asked.profile)
    covered = cover(text, figures, facts, source.ignored)
    if not is_enough(covered, asked.percent):
        yield _uncovered(source, text, covered)


def _misquoted(source: Source, ignored: Ignored, severity: str) -> Finding:
    fact = _fact(source, "ignored", Value(ignored.quote), ignored.quote)
    fact = fact._replace(location=ignored.location, checked=QuoteCheck(stands=False, states=None))
    message = f"“{ignored.quote}” does not stand in the text of {source.id}"
    return _finding(_QUOTED, severity, source, message, [Cited("ignored", fact)])


def _uncovered(source: Source, text: str, covered: Sequence[Covered]) -> Finding:
    """The one finding of a source, which lists each figure that is left, with its line in the text."""
    left = [one.figure for one in covered if one.is_left]
    counting = sum(bool(one.facts) or one.is_left for one in covered)
    message = (
        f"{len(left):,} of the {counting:,} figures in {source.text} stand in no quote of a fact, and are not ignored"
    )
    cited = [Cited(f"line {one.line}", _figure(source, text, one)) for one in left]
    return _finding(COVERED, "error", source, message, cited)


def _figure(source: Source, text: str, one: scan.Figure) -> Fact:
    """What a finding cites of a figure: where it stands in the text is its id, as for a fact its name."""
    kind = one.kind if one.value.literal is not None else "text"
    value = one.value._replace(text=" ".join(one.text.split()))
    return _fact(source, f"{one.line}:{one.column}", value, excerpt(text, one), kind)


def _fact(source: Source, id: str, value: Value, words: str, kind: str = "text") -> Fact:
    measure = Measure(FIGURE, kind)
    fact = Fact(f"{source.id}#{id}", measure, source.id, value, source.location, source, source.id, quote=words)
    return fact._replace(checked=QuoteCheck(stands=True, states=None))


def _finding(rule: str, severity: str, source: Source, message: str, cited: Sequence[Cited]) -> Finding:
    told = "\n".join([rule, source.id, *(part for one in cited for part in (one.fact.id, one.fact.value.text))])
    id = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_LENGTH]
    return Finding(id, rule, severity, "violated", "new", source.id, message, tuple(cited))

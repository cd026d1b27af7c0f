"""A finding -> what its card on the page shows: the sentence, the quotes, why it cannot be, what would resolve it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from checker import model
from checker.record import NamedTuple
from checker.report import SHOWN, wording
from checker.report.html.text import anchor, language

FACETS = ("verdict", "severity", "status", "rule", "source", "claimant")


class Part(NamedTuple):
    """A piece of a quote; ``kind`` is figure, hedge or nothing."""

    text: str
    kind: str = ""


class Said(NamedTuple):
    """A fact in a finding, as it is quoted."""

    name: str
    value: str
    parts: tuple[Part, ...]
    language: str | None
    derived: str
    who: str
    source: model.Source | None
    when: str
    basis: str
    place: str
    link: str  # to its row in the table of its subject
    warning: str


class Card(NamedTuple):
    """All that is shown of a finding."""

    id: str
    anchor: str
    verdict: str
    severity: str
    status: str
    message: str
    subject: str
    rule: str
    title: str
    why: str
    said: tuple[Said, ...]
    more: int  # facts that are not shown
    sides: tuple[str, ...]
    chain: tuple[str, ...]
    conflict: str
    repairs: tuple[tuple[str, ...], ...]
    unrepaired: str
    waiver: model.Waiver | None
    command: str
    tokens: str


class Names:
    """What the page calls claimants, and the number of each word that can be filtered by."""

    def __init__(self, report: model.Report) -> None:
        picture = report.picture
        self.rules: Mapping[str, model.Rule] = {rule.id: rule for rule in report.rules}
        self.sources = {source.id: source for source in picture.sources} if picture else {}
        self.claimants = dict(picture.vocabulary.claimants) if picture else {}
        self.events = dict(picture.vocabulary.events) if picture else {}
        self.facts = {fact.id for fact in picture.facts} if picture else set()
        self.tokens: dict[tuple[str, str], int] = {}

    def claimant(self, fact: model.Fact) -> str:
        """Who says so, by title where there is one; a source that speaks for itself is named as a source."""
        id = fact.claimant or (fact.source.id if fact.source else "")
        declared = self.claimants.get(id)
        return (declared.title if declared else None) or self.source(id)

    def source(self, id: str) -> str:
        """What a source is called in a few words: its publisher, and when it was published."""
        source = self.sources.get(id)
        if source is None or not source.publisher:
            return id
        return f"{source.publisher}, {source.published.text}" if source.published else source.publisher

    def token(self, facet: str, word: str) -> int:
        """The number by which a word of a facet is known on the page."""
        return self.tokens.setdefault((facet, word), len(self.tokens))


# ------------------------------------------------------------------------- a card


def card(finding: model.Finding, names: Names) -> Card:
    """The card of a finding."""
    rule = names.rules.get(finding.rule)
    shown = finding.facts[: wording.FACTS]
    is_open = finding.verdict in SHOWN and finding.status != "waived"
    return Card(
        id=finding.id,
        anchor=anchor(finding.id),
        verdict=finding.verdict,
        severity=finding.severity,
        status=finding.status,
        message=finding.message,
        subject=wording.subject(finding),
        rule=finding.rule,
        title=rule.title if rule else "",
        why=rule.why if rule else "",
        said=tuple(_said(cited, names) for cited in shown),
        more=len(finding.facts) - len(shown),
        sides=tuple(wording.sides(finding)) if finding.left or finding.right else (),
        chain=finding.chain,
        conflict=_conflict(finding),
        repairs=tuple(_repair(one, finding) for one in finding.repairs[: wording.REPAIRS]),
        unrepaired=finding.unrepaired,
        waiver=finding.waiver,
        command=f"checker waive {shlex.quote(finding.id)} --reason 'the source says so'" if is_open else "",
        tokens=tokens(finding, names),
    )


def tokens(finding: model.Finding, names: Names) -> str:
    """The numbers of all words by which a finding can be filtered."""
    words = {("verdict", finding.verdict), ("severity", finding.severity), ("rule", finding.rule)}
    words.add(("status", finding.status))
    for cited in finding.facts:
        source, claimant = cited.fact.source, cited.fact.claimant
        words |= {("source", source.id)} if source else set()
        words |= {("claimant", claimant)} if claimant and claimant not in names.sources else set()
    return " ".join(str(names.token(facet, word)) for facet, word in sorted(words) if word)


def _said(cited: model.Cited, names: Names) -> Said:
    fact = cited.fact
    return Said(
        name=wording.name(cited._replace(name=cited.name.replace("_", " "))),
        value=wording.value(fact),
        parts=tuple(parts(fact)),
        language=language(fact.source.language if fact.source else None),
        derived=wording.derivation(fact.derivation) if fact.derivation else "",
        who=names.claimant(fact),
        source=fact.source,
        when=wording.when(fact),
        basis="" if fact.basis == "reported" else fact.basis,
        place="" if fact.derivation else wording.place(fact.location),
        link="#" + anchor(fact.id, "fact") if fact.id in names.facts else "",
        warning=_checked(fact.checked),
    )


def parts(fact: model.Fact) -> Iterator[Part]:
    """A quote in pieces: the words that carry its figure, their hedge, and what stands between."""
    quote, at = fact.quote or "", 0
    for mark in fact.marks:
        if quote[at : mark.start]:
            yield Part(quote[at : mark.start])
        yield Part(quote[mark.start : mark.end], mark.kind)
        at = mark.end
    if quote[at:]:
        yield Part(quote[at:])


def _checked(check: model.QuoteCheck | None) -> str:
    if check is None:
        return ""
    if check.stands is False:
        return "these words do not stand in the source's text"
    return f"the quote states {check.says or 'another value'}" if check.states is False else ""


# ------------------------------------------------------------------------- why, and what would resolve it


def _conflict(finding: model.Finding) -> str:
    """What cannot stand together, where that is not simply all facts of the finding under its rule."""
    conflict = finding.conflict
    names = {cited.fact.id: f"{wording.name(cited)} {wording.value(cited.fact)}" for cited in finding.facts}
    if conflict is None or (set(conflict.facts) == set(names) and conflict.rules == (finding.rule,)):
        return ""
    told = [names.get(id, id) for id in conflict.facts[: wording.FACTS]]
    more = len(conflict.facts) - len(told)
    facts = ", ".join(told) + (f" and {more:,} more" if more else "")
    which = "the fewest facts that cannot stand together" if conflict.smallest else "these cannot stand together"
    return f"{which}: {facts or 'none, whatever their figures are'}; by {', '.join(conflict.rules)}"


def _repair(repair: model.Repair, finding: model.Finding) -> tuple[str, ...]:
    """Each change of a repair as words that follow “if”."""
    cited = {cited.fact.id: cited for cited in finding.facts}
    return tuple(_changed(change, cited.get(change.fact)) for change in repair.changes)


def _changed(change: model.Change, cited: model.Cited | None) -> str:
    words = f"{wording.name(cited) if cited else change.fact} were {change.after} instead of {change.before}"
    is_told = change.change and cited and cited.fact.measure.type not in ("date", "duration")  # their ends tell it
    return words + (f" ({change.change})" if is_told else "") + (f"; {change.hint}" if change.hint else "")

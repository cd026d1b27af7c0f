"""What is known of each subject -> its chart and the table behind it, and the matrix of who said what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from markupsafe import Markup

from checker import model
from checker.record import NamedTuple
from checker.report import SHOWN, clean, wording
from checker.report.html import chart, svg
from checker.report.html.cards import Names
from checker.report.html.text import anchor

CHARTED = ("count", "number", "percent", "money", "duration")
WIDTHS = {"wide": 940, "narrow": 330}  # pixels: a page, and a phone
PANELS = 8  # of a chart
FIGURES = 240  # of a panel
LINES = 400  # of a table
# The marks of chart.SHAPES, for the legend.
MARKS = (
    "M6,0A6,6,0,1,1,-6,0A6,6,0,1,1,6,0",
    "M-5.5,-5.5H5.5V5.5H-5.5Z",
    "M0,-7L5,0L0,7L-5,0Z",
    "M0,-6L6,5H-6Z",
    "M-7,-2H-2V-7H2V-2H7V2H2V7H-2V2H-7Z",
    "M0,6L-6,-5H6Z",
    "M6,0L-5,6V-6Z",
    "M-6,0L5,6V-6Z",
)
OTHERS = len(svg.SERIES) - 1  # the series of all claimants for whom there is no colour


class Line(NamedTuple):
    """A fact in the table of its subject."""

    anchor: str
    measure: str
    when: str
    value: str
    meaning: str
    left: str
    who: str
    source: str
    basis: str
    quote: str
    findings: tuple[model.Finding, ...]


class Key(NamedTuple):
    """A claimant in a chart's legend."""

    number: int
    name: str
    path: str  # of its mark, in a box from -8 to 8


class View(NamedTuple):
    """A subject on the page."""

    anchor: str
    number: int
    title: str
    lines: tuple[Line, ...]
    more: int  # lines that are not shown
    charts: tuple[tuple[str, Markup], ...]  # for a wide page and for a narrow one
    legend: tuple[Key, ...]
    left_out: int  # figures that the chart has no room for
    has_bands: bool
    has_rings: bool


class Known(NamedTuple):
    """What the page knows of all facts: the findings that rest on each, and what is left of it."""

    picture: model.Picture
    names: Names
    findings: Mapping[str, Sequence[model.Finding]]
    bounds: Mapping[str, model.Bound]


def known(picture: model.Picture, findings: Iterable[model.Finding], names: Names) -> Known:
    """The picture with its findings, each under the facts that it rests on."""
    resting: dict[str, list[model.Finding]] = defaultdict(list)
    for finding in findings:
        for id in dict.fromkeys(cited.fact.id for cited in finding.facts):
            if finding.verdict in SHOWN:
                resting[id].append(finding)
    return Known(picture, names, resting, {bound.fact.id: bound for bound in picture.bounds})


def in_order(all: Known) -> list[tuple[model.Fact, ...]]:  # noqa: A002
    """The facts of each subject; first the subjects of which most cannot be true, then those of which most is told."""
    told: dict[str, list[model.Fact]] = defaultdict(list)
    for fact in all.picture.facts:
        told[fact.subject].append(fact)

    def weight(facts: Sequence[model.Fact]) -> tuple[int, int, str]:
        return -len({one.id for fact in facts for one in all.findings.get(fact.id, ())}), -len(facts), facts[0].subject

    return [tuple(sorted(facts, key=_order)) for facts in sorted(told.values(), key=weight)]


def _order(fact: model.Fact) -> tuple[str, int, str]:
    return fact.measure.id, _days(fact)[0], fact.id


def _days(fact: model.Fact) -> tuple[int, int]:
    """First and last day of the time that a fact is about; of an open period the end that is known, else 0."""
    time = fact.during or fact.as_of
    if time is None:
        return 0, 0
    first, last = time.first, time.last
    return first or last or 0, last or first or 0


class Told(NamedTuple):
    """How much a source says."""

    facts: int
    findings: int


def told_by(picture: model.Picture, known: Known) -> dict[str, Told]:
    """How many facts each source has, and how many findings rest on them."""
    facts: dict[str, list[model.Fact]] = {source.id: [] for source in picture.sources}
    for fact in picture.facts:
        if fact.source and fact.derivation is None and fact.source.id in facts:
            facts[fact.source.id].append(fact)
    return {
        id: Told(len(told), len({one.id for fact in told for one in known.findings.get(fact.id, ())}))
        for id, told in facts.items()
    }


# ------------------------------------------------------------------------- a subject


def view(facts: Sequence[model.Fact], known: Known, *, number: int, with_chart: bool) -> View:
    """A subject; ``number`` makes its ids its own."""
    drawn = _drawn(facts, known) if with_chart else _Drawn((), (), (), 0)
    name = anchor(facts[0].subject, "subject")
    charts = tuple(
        (kind, chart.render(drawn.panels, drawn.told, f"chart-{number}", width))
        for kind, width in WIDTHS.items()
        if drawn.panels
    )
    figures = [one for panel in drawn.panels for one in panel.figures]
    return View(
        name,
        number,
        wording.titled(facts[0]),
        tuple(line(fact, known) for fact in facts[:LINES]),
        max(0, len(facts) - LINES),
        charts,
        drawn.legend,
        drawn.left_out,
        has_bands=any(one.left for one in figures),
        has_rings=any(one.verdict for one in figures),
    )


def measure(fact: model.Fact) -> str:
    """What a fact counts or states, and over which breakdown."""
    return ", ".join([fact.measure.title or fact.measure.id, *(word for _, word in fact.dimensions)])


def line(fact: model.Fact, known: Known) -> Line:
    """The row of a fact."""
    literal, kind = fact.value.literal, fact.measure.type
    value = wording.value(fact)
    meaning = wording.span(literal, kind) if literal else ""
    bound = known.bounds.get(fact.id)
    return Line(
        anchor(fact.id, "fact"),
        measure(fact),
        wording.when(fact),
        value,
        "" if meaning == value else meaning,
        _left(bound),
        known.names.claimant(fact),
        fact.source.id if fact.source else "",
        _standing(fact),
        fact.quote or (wording.derivation(fact.derivation) if fact.derivation else ""),
        tuple(known.findings.get(fact.id, ())),
    )


def _standing(fact: model.Fact) -> str:
    if fact.superseded or fact.derivation:
        return "superseded" if fact.superseded else "derived"
    return "" if fact.basis == "reported" else fact.basis


def _left(bound: model.Bound | None) -> str:
    if bound is None:
        return ""
    if bound.left is None:
        return "nothing: contradicted" if bound.state == "contradictory" else bound.state
    return wording.span(bound.left, bound.fact.measure.type) if bound.left != bound.stated else "as stated"


# ------------------------------------------------------------------------- its chart


class _Drawn(NamedTuple):
    panels: tuple[chart.Panel, ...]
    told: tuple[svg.Told, ...]
    legend: tuple[Key, ...]
    left_out: int


def _drawn(facts: Sequence[model.Fact], known: Known) -> _Drawn:
    """The panels of a chart; none where there are fewer than two figures to lay beside each other."""
    dated = [fact for fact in facts if fact.measure.type in CHARTED and _days(fact)[0] and _at(fact, known) is not None]
    grouped: dict[str, list[model.Fact]] = defaultdict(list)
    for fact in dated:
        grouped[_panel_of(fact)].append(fact)
    most = sorted(grouped.items(), key=lambda one: (-len(one[1]), one[0]))[:PANELS]
    kept = [(title, _thinned(some, known)) for title, some in most]
    shown = [fact for _, some in kept for fact in some]
    if len(shown) < 2:
        return _Drawn((), (), (), 0)
    series = _series(shown, known)
    told: list[svg.Told] = []
    panels = tuple(_panel(clean.text(title), some, known, series, told) for title, some in kept)
    legend = {number: who if number < OTHERS else "others" for who, number in series.items()}
    keys = tuple(Key(number, name, MARKS[number]) for number, name in sorted(legend.items()))
    return _Drawn(panels, tuple(told), keys, len(dated) - len(shown))


def _panel_of(fact: model.Fact) -> str:
    unit = "days" if fact.measure.type == "duration" else "%" if fact.measure.type == "percent" else fact.measure.unit
    by = f", by {' and '.join(name for name, _ in fact.dimensions)}" if fact.dimensions else ""
    return (fact.measure.title or fact.measure.id) + by + (f" ({unit})" if unit else "")


def _thinned(facts: Sequence[model.Fact], known: Known) -> Sequence[model.Fact]:
    """As many facts as a panel has room for: those that findings rest on, and of the others every so many."""
    if len(facts) <= FIGURES:
        return facts
    loud = [fact for fact in facts if known.findings.get(fact.id)][: FIGURES // 2]
    quiet = [fact for fact in facts if not known.findings.get(fact.id)]
    step = max(1, -(-len(quiet) // (FIGURES - len(loud))))
    return sorted([*loud, *quiet[::step]], key=_order)


def _series(facts: Sequence[model.Fact], known: Known) -> dict[str, int]:
    """The number of each claimant: those who say most first."""
    counted = Counter(known.names.claimant(fact) for fact in facts)
    ranked = sorted(counted, key=lambda who: (-counted[who], who))
    last = OTHERS if len(ranked) > len(svg.SERIES) else len(svg.SERIES)
    return {who: min(number, last) for number, who in enumerate(ranked)}


def _panel(
    title: str, facts: Sequence[model.Fact], known: Known, series: Mapping[str, int], told: list[svg.Told]
) -> chart.Panel:
    figures = []
    for fact in facts:
        number = series[known.names.claimant(fact)]
        figures.append(_figure(fact, known, key=len(told), series=number))
        told.append(_told(fact, known))
    kind = facts[0].measure
    return chart.Panel(title, tuple(figures), kind.kind == "total", kind.type != "number")


def _figure(fact: model.Fact, known: Known, *, key: int, series: int) -> chart.Figure:
    at, literal = _at(fact, known), fact.value.literal
    assert at is not None  # a fact of which nothing is known is in no chart
    assert literal is not None
    bound = known.bounds.get(fact.id)
    verdicts = [one.verdict for one in known.findings.get(fact.id, ())]
    return chart.Figure(
        key,
        series,
        _days(fact),
        at,
        literal,
        fact.value.conventional or literal,
        bound.left if bound else None,
        next((verdict for verdict in SHOWN if verdict in verdicts), ""),
        fact.derivation is not None,
    )


def _at(fact: model.Fact, known: Known) -> model.Exact | None:
    """The number that stands for a value: the middle of what is usually meant, or the only end that there is."""
    literal, usual = fact.value.literal, fact.value.conventional
    bound = known.bounds.get(fact.id)
    is_closed = literal is not None and None not in literal[:2]
    candidates = (usual if is_closed else literal, bound.left if bound else None)
    return next((_middle(one) for one in candidates if one and not _is_unknown(one)), None)


def _is_unknown(interval: model.Interval) -> bool:
    return interval.high is None and not interval.low


def _middle(interval: model.Interval) -> model.Exact | None:
    low, high = interval.low, interval.high
    return Fraction(low + high) / 2 if low is not None and high is not None else high if low is None else low


def _told(fact: model.Fact, known: Known) -> svg.Told:
    findings = known.findings.get(fact.id, ())
    where = f"in {fact.source.id}" if fact.source and fact.source.id != known.names.claimant(fact) else ""
    words = [wording.value(fact), known.names.claimant(fact), where, wording.when(fact)]
    said = " · ".join(filter(None, words))
    if not findings:
        return svg.Told(clean.text(said))
    more = f" and {len(findings) - 1:,} more" if len(findings) > 1 else ""
    first = findings[0]
    return svg.Told(clean.text(f"{first.verdict}: {said} (finding {first.id}{more})"), f"#{anchor(first.id)}")

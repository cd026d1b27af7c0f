"""Who said what: what each source says of each measure of a subject."""

from __future__ import annotations

from collections.abc import Sequence

from checker import model
from checker.record import NamedTuple
from checker.report import SHOWN, wording
from checker.report.html.subjects import Known, measure
from checker.report.html.text import anchor


class Figure(NamedTuple):
    """One figure in the matrix; ``who`` says it where the source does not itself."""

    value: str
    who: str
    link: str
    verdict: str


class Cell(NamedTuple):
    """What one source says of one measure."""

    said: tuple[Figure, ...]


class Row(NamedTuple):
    """A measure of a subject, and what each source says of it."""

    measure: str
    cells: tuple[Cell, ...]


def rows(facts: Sequence[model.Fact], sources: Sequence[str], known: Known) -> list[Row]:
    """The rows of one subject: a cell for each of the sources, in their order."""
    found: dict[str, dict[str, list[Figure]]] = {}
    for fact in facts:
        if fact.source and fact.derivation is None:
            row = found.setdefault(measure(fact), {})
            row.setdefault(fact.source.id, []).append(_said(fact, known))
    return [
        Row(title, tuple(Cell(tuple(by_source.get(source, ()))) for source in sources))
        for title, by_source in found.items()
    ]


def _said(fact: model.Fact, known: Known) -> Figure:
    verdicts = {one.verdict for one in known.findings.get(fact.id, ())}
    verdict = next((one for one in SHOWN if one in verdicts), "")
    speaks_for_itself = fact.source is not None and fact.claimant in (None, fact.source.id)
    return Figure(
        wording.value(fact),
        "" if speaks_for_itself else known.names.claimant(fact),
        "#" + anchor(fact.id, "fact"),
        verdict,
    )

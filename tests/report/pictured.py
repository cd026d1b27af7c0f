"""The story of tests/report/story.py with all that is known of its subjects, as a page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from checker.model import Bound, Claimant, Fact, Interval, Mark, Picture, Report, Source, Vocabulary
from checker.report import FORMATS, Options
from report import story

PAPER = "https://paper.example/flood?page=2&part=b"
SOURCES: Mapping[str, Source] = {
    one.id: one
    for one in (
        story.GAZETTE._replace(title="The river comes", publisher="Lindow Gazette", url=PAPER, language="en"),
        story.COUNCIL._replace(title="Acta número 4", language="es", url="javascript:alert(1)"),
        story.HERALD._replace(publisher="The Herald", published=story.period("2031-05-06"), origin="agency"),
        story.CENSUS,
    )
}
NAMES = Vocabulary({}, {}, {"fire-service": Claimant("fire-service", "The fire service")}, {}, {}, {})


def known(fact: Fact) -> Fact:
    return fact._replace(source=SOURCES[fact.source.id] if fact.source else None)


MARKS = (Mark(0, 6, "hedge"), Mark(7, 12, "figure"))  # around 1,400
FACTS = tuple(
    known(one)
    for one in (
        story.moved,
        story.home,
        story.inside,
        story.north,
        story.south,
        story.opened,
        story.closed,
        story.stay,
        story.mayor,
        story.counted,
        story.returned,
        story.fact("moved-later", story.MOVED, story.value("1,500", story.between(1500, 1500)), as_of="2031-05-20"),
    )
)
PICTURE = Picture(
    FACTS,
    tuple(SOURCES.values()),
    NAMES,
    (Bound(FACTS[2], story.between(620, None), story.between(620, 880), "tighter"),),
    (story.incomparable,),
)


def marked(report: Report) -> Report:
    """The report, the quote of one fact marked."""
    first = report.findings[0]
    cited = tuple(
        one._replace(fact=one.fact._replace(marks=MARKS)) if one.fact.id == story.moved.id else one
        for one in first.facts
    )
    return report._replace(findings=(first._replace(facts=cited), *report.findings[1:]))


report = marked(story.gated)._replace(picture=PICTURE)


def told(text: str) -> Report:
    """A report and a picture in which every text is this one."""
    source = Source(text, story.GAZETTE.location, text, text, text, text, None, story.period("2031-05-04"), text)
    measure = story.MOVED._replace(id=text, title=text, unit=text)
    fact = story.moved._replace(
        id=text,
        subject=text,
        subject_title=text,
        measure=measure,
        value=story.moved.value._replace(text=text),
        source=source,
        claimant=text,
        quote=text,
        basis=text,
        as_of=story.period("2031-05-04")._replace(text=text),
        dimensions=((text, text),),
        marks=(Mark(0, max(1, len(text) // 2), "figure"),) if text else (),
    )
    other = fact._replace(id=f"{text}2", claimant=f"{text}2")
    names = NAMES._replace(claimants={text: Claimant(text, text)})
    made = story.told(text)
    findings = tuple(
        one._replace(facts=tuple(cited._replace(fact=fact) for cited in one.facts), chain=(text,), unrepaired=text)
        for one in made.findings
    )
    bound = Bound(fact, Interval(0, 9), Interval(0, 9), "tighter")
    picture = Picture((fact, other), (source,), names, (bound,), findings[-1:])
    return made._replace(findings=findings, picture=picture)


def many(number: int, subjects: int = 3000) -> Report:
    """A report with so many findings, each over facts of its own, of so many subjects."""
    findings, facts = [], []
    for index in range(number):
        mine = tuple(
            one._replace(
                fact=known(one.fact)._replace(id=f"{one.fact.id}-{index}", subject=f"county-{index % subjects}")
            )
            for one in story.violated.facts
        )
        facts += [one.fact for one in mine]
        findings.append(story.violated._replace(id=f"{index:012x}", facts=mine))
    picture = PICTURE._replace(facts=tuple(facts), bounds=())
    return story.report._replace(findings=tuple(findings), failing=number, picture=picture)


def write(directory: Path, made: Report, *, verbose: bool = False) -> str:
    """Write the page of a report, and give back its address."""
    file = directory / "report.html"
    file.write_text(FORMATS["html"](made, Options(verbose=verbose)), "utf-8")
    return file.as_uri()

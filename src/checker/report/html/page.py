"""The page: its parts, each as far as there is room for it, its templates, and its policy."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import TypeVar

import jinja2
from markupsafe import Markup

from checker import model
from checker.record import NamedTuple
from checker.report import SHOWN, Options, clean, wording
from checker.report.html import cards, matrix, subjects, text

FIRST = 100  # findings that are shown in full
COLUMNS = 24  # sources in the matrix
# Bytes, so that the page stays below 5 MB whatever there is to tell: of all that is listed, and of each part at most.
WHOLE = 4_400_000
ROOM = {
    "finding": 900_000,
    "subject": 1_300_000,
    "matrix": 250_000,
    "source": 150_000,
    "outcome": 150_000,  # of what was not compared, and of other outcomes
    "row": WHOLE,  # what the others leave
}
CHARTS_ROOM = 700_000

Item = TypeVar("Item")


class Fitting(NamedTuple):
    """What there was room for, and how many there was none for."""

    shown: tuple[Markup, ...] = ()
    left: int = 0

    @property
    def all(self) -> int:
        """How many there are."""
        return len(self.shown) + self.left


class Group(NamedTuple):
    """Findings under one title."""

    title: str
    cards: list[Markup]


class Page:
    """A report, and what is made of it."""

    def __init__(self, report: model.Report, options: Options) -> None:
        self.report = report
        self.options = options
        self.left = WHOLE
        self.names = cards.Names(report)
        self.found = [one for one in report.findings if one.verdict in SHOWN]
        self.templates = jinja2.Environment(
            loader=jinja2.PackageLoader("checker.report.html"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            finalize=_shown,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals.update(text=text, wording=wording)

    def text(self) -> str:
        """The whole page."""
        style, script = self._source("style.css"), self._source("script.js")
        parts = {} if self.options.quiet else self._parts()
        return self.templates.get_template("page.html.jinja").render(
            report=self.report,
            found=self.found,
            facets=self._facets(),
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'",
            style=Markup(style),  # noqa: S704  # the file that ships with checker
            script=Markup(script),  # noqa: S704  # the same
            parts=parts,
        )

    def _source(self, name: str) -> str:
        assert self.templates.loader is not None
        return self.templates.loader.get_source(self.templates, name)[0]

    def _facets(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """What findings can be filtered by: each facet that tells some apart, its words and their numbers."""
        words = sorted(self.names.tokens.items())
        facets = [(facet, [(word, number) for (of, word), number in words if of == facet]) for facet in cards.FACETS]
        return [(facet, choices) for facet, choices in facets if len(choices) > 1]

    # --- the parts

    def _parts(self) -> dict[str, object]:
        picture = self.report.picture
        others = [one for one in self.report.findings if one.verdict not in (*SHOWN, "incomparable")]
        order = sorted(self.found, key=lambda one: (one.severity == "note", one.status != "new"))
        full = self._fitting("finding", order[:FIRST], self._card).shown
        return {
            "groups": _groups(order, full),
            **(self._picture(picture) if picture else {}),
            "apart": self._fitting("outcome", picture.incomparable if picture else (), _finding),
            "others": self._fitting("outcome", others if self.options.verbose else (), _finding),
            "rest": self._fitting("row", order[len(full) :], self._row),
        }

    def _card(self, finding: model.Finding) -> Mapping[str, object]:
        return {"card": cards.card(finding, self.names)}

    def _row(self, finding: model.Finding) -> Mapping[str, object]:
        return {"finding": finding, "tokens": cards.tokens(finding, self.names)}

    def _picture(self, picture: model.Picture) -> dict[str, object]:
        known = subjects.known(picture, self.found, self.names)
        every = list(enumerate(subjects.in_order(known)))
        told = subjects.told_by(picture, known)
        drawn = 0

        def subject(one: tuple[int, Sequence[model.Fact]]) -> Mapping[str, object]:
            nonlocal drawn
            number, facts = one
            view = subjects.view(facts, known, number=number, with_chart=drawn < CHARTS_ROOM)
            drawn += sum(len(drawing) for _, drawing in view.charts)
            return {"view": view}

        def rows(one: tuple[int, Sequence[model.Fact]]) -> Mapping[str, object]:
            facts = one[1]
            return {
                "title": wording.titled(facts[0]),
                "link": text.anchor(facts[0].subject, "subject"),
                "rows": matrix.rows(facts[: subjects.LINES], columns, known),
                "columns": columns,
            }

        shown = self._fitting("subject", every, subject)
        columns = [source.id for source in picture.sources][:COLUMNS]
        return {
            "subjects": shown,
            "columns": columns,
            "matrix": self._fitting("matrix", every[: len(shown.shown)], rows),
            "sources": self._fitting("source", picture.sources, lambda one: {"source": one, "told": told[one.id]}),
        }

    def _fitting(self, part: str, items: Sequence[Item], context: Callable[[Item], Mapping[str, object]]) -> Fitting:
        """What the template of a part makes of each item, as long as there is room."""
        template = self.templates.get_template(f"{part}.html.jinja")
        shown: list[Markup] = []
        room = min(ROOM[part], self.left)
        for item in items:
            made = template.render(context(item))
            size = len(made.encode())
            if size > room:
                break
            shown.append(Markup(made))  # noqa: S704  # the template has escaped what is in it
            room -= size
            self.left -= size
        return Fitting(tuple(shown), len(items) - len(shown))


def _groups(order: Sequence[model.Finding], full: Sequence[Markup]) -> list[Group]:
    """The findings that are shown in full, each group under its title."""
    groups: dict[str, list[Markup]] = {}
    for finding, card in zip(order, full, strict=False):
        groups.setdefault(_title(finding), []).append(card)
    return [Group(*group) for group in groups.items()]


def _finding(one: model.Finding) -> Mapping[str, object]:
    return {"finding": one}


def _title(finding: model.Finding) -> str:
    if finding.severity == "note":
        return "Worth knowing"
    return "What cannot be true" if finding.status == "new" else "What cannot be true, and is known"


def _shown(value: object) -> object:
    """What a template puts in: text without characters that act instead of showing, its outer spaces kept."""
    if type(value) is not str or not value.strip():
        return value
    before, after = (" " if value[end].isspace() else "" for end in (0, -1))
    return f"{before}{clean.text(value)}{after}"


def _hash(contents: str) -> str:
    """A file by its hash, as a Content-Security-Policy names it (CSP Level 3)."""
    return f"'sha256-{base64.b64encode(sha256(contents.encode()).digest()).decode()}'"

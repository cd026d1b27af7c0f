"""From a report to text: one module for each format, ``render(report, options) -> str``.

A format knows the nouns and how values are written, nothing else; it decides nothing and prints
nothing. It is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from checker import model
from checker.record import NamedTuple


class Options(NamedTuple):
    """What a reader may choose: the page's width in columns, colour, more, less, and links to files.

    ``links`` is the address of the working directory, which they start at; "" for no links.
    """

    width: int = 80
    colour: bool = False
    verbose: bool = False
    quiet: bool = False
    links: str = ""


Format = Callable[[model.Report, Options], str]


def _format(name: str) -> Format:
    def render(report: model.Report, options: Options) -> str:
        text: str = import_module(f"{__name__}.{name}").render(report, options)
        return text

    return render


_NAMES = ("table", "json", "junit", "sarif", "github", "markdown", "html")
FORMATS: dict[str, Format] = {name: _format(name) for name in _NAMES}
PICTURED = ("html",)  # those that show all that is known of a subject, beside the findings
PIECEMEAL = ("json",)  # those that write each finding by itself: ``piece(finding) -> str``
EXTRAS = ("html",)  # those that need an extra of their name

SHOWN = ("violated", "suspicious")


def piece(names: Sequence[str]) -> Callable[[model.Finding], str] | None:
    """What writes a finding by itself, where the only format that is asked for does that."""
    if len(names) != 1 or names[0] not in PIECEMEAL:
        return None
    made: Callable[[model.Finding], str] = import_module(f"{__name__}.{names[0]}").piece
    return made


def findings(report: model.Report, options: Options) -> tuple[model.Finding, ...]:
    """The findings to show: what cannot be true, and with ``verbose`` every other outcome too."""
    return tuple(finding for finding in report.findings if options.verbose or finding.verdict in SHOWN)


def failing(report: model.Report) -> frozenset[str]:
    """The ids of the listed findings that fail the run.

    Findings are sorted by severity, so these are the first of those that can fail, whichever severities do.
    """
    new = [one.id for one in report.findings if one.status == "new" and one.severity in ("error", "warning")]
    return frozenset(new[: report.failing])


def origin(fact: model.Fact) -> model.Fact:
    """The fact itself, or the first of those that were read from which it derives."""
    while fact.derivation:
        fact = fact.derivation.facts[0]
    return fact


def location(finding: model.Finding) -> model.Location | None:
    """Where to look for a finding: at the first of its facts."""
    return origin(finding.facts[0].fact).location if finding.facts else None

"""From a report to text: one module for each format, ``render(report, options) -> str``.

A format knows the nouns and how values are written, nothing else; it decides nothing and prints
nothing. It is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from checker import model


class Options(NamedTuple):
    """What a reader may choose: the page's width in columns, colour, more, less."""

    width: int = 80
    colour: bool = False
    verbose: bool = False
    quiet: bool = False


Format = Callable[[model.Report, Options], str]


def _format(name: str) -> Format:
    def render(report: model.Report, options: Options) -> str:
        text: str = import_module(f"{__name__}.{name}").render(report, options)
        return text

    return render


FORMATS: dict[str, Format] = {name: _format(name) for name in ("table", "json")}

SHOWN = ("violated", "suspicious")


def findings(report: model.Report, options: Options) -> tuple[model.Finding, ...]:
    """The findings to show: what cannot be true, and with ``verbose`` every other outcome too."""
    return tuple(finding for finding in report.findings if options.verbose or finding.verdict in SHOWN)

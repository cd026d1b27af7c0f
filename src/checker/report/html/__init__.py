"""The report as one page of HTML that needs nothing else: no network, no other file, and no script to be read.

Its texts are put in by templates that escape each of them; its own policy lets no style, script,
picture or address in but the style and the script that ship with checker, by their hashes.
"""

from __future__ import annotations

from checker import model
from checker.report import Options
from checker.report.html.page import Page


def render(report: model.Report, options: Options) -> str:
    """The report as a page below 5 MB, the same bytes for the same report."""
    return Page(report, options).text()

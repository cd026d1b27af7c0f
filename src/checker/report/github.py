"""The report as commands to the runner of a GitHub workflow, which makes them annotations of a pull request.

A command is a line ``::error file=…,line=…::message``; what its texts may not hold is escaped as in the runner's own
toolkit (actions/toolkit, ``packages/core/src/command.ts``). No other line begins a command.
"""

from __future__ import annotations

from checker import model
from checker.report import Options, clean, location, wording

LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: model.Report, options: Options) -> str:
    """A line for each error and each finding that has a severity, and one that sums up."""
    shown = [] if options.quiet else [finding for finding in report.findings if finding.severity]
    errors = [_error(wrong, "error" if report.exit_code == 2 else "warning") for wrong in report.errors]
    told = [*errors, *map(_finding, shown), *wording.known(report), wording.last(report)]
    return "\n".join(told) + "\n"


def _error(wrong: model.InputError, level: str) -> str:
    return _command(level, wrong.location, "wrong input", "\n".join(wording.error(wrong)))


def _finding(finding: model.Finding) -> str:
    """What fails no run, because it is known, is a notice whatever its severity."""
    known = "" if finding.status == "new" else f", {finding.status}"
    level = "notice" if known else LEVELS[finding.severity]
    title = f"{finding.verdict}{known}: {clean.text(finding.rule)}"
    lines = [clean.text(finding.message), *wording.facts(finding), *wording.sides(finding), *wording.repairs(finding)]
    lines += [wording.waiver(finding.waiver)] if finding.waiver else []
    return _command(level, location(finding), title, "\n".join([*lines, wording.head(finding)]))


def _command(level: str, place: model.Location | None, title: str, message: str) -> str:
    file, line, column, _ = place or model.Location("")
    properties = {"file": clean.text(file), "line": str(line or ""), "col": str(column or ""), "title": title}
    told = ",".join(f"{name}={text.translate(PROPERTY)}" for name, text in properties.items() if text)
    return f"::{level} {told}::{message.translate(DATA)}"

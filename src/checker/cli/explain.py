"""``checker explain``: everything about one finding."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from checker.cli.terminal import OK, Commands, add_engine, add_rules, command, is_colourful, links, refuse, width
from checker.model import InputErrors

_ABOUT = """\
Shows one finding from the ground up: each fact with its quote and its lines of
YAML, the arithmetic step by step, why the rule exists, and how to correct the
finding or waive it. Every outcome has an id, also what is satisfied or
undetermined (checker run -v lists them)."""

_EXAMPLES = """\
examples:
  checker explain 0e2b95505647     the id as checker run shows it
  checker explain 0e2              its beginning, if no other id begins so
  checker explain 0e2 | less       the same text, without colour

exit codes: 0 it was shown, 2 no finding has this id (or several have), or the
input is wrong
"""


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "explain", "everything about one finding", _EXAMPLES, _ABOUT)
    parser.add_argument("id", metavar="ID", help="the finding's id, or the beginning of it")
    add_rules(parser)
    add_engine(parser)
    parser.add_argument("--sources", metavar="DIR", type=Path, help="the source archive, against which quotes are held")
    parser.set_defaults(command=_explain, verbose=True)


def _explain(called: argparse.Namespace) -> int:
    from checker import explain, project, run  # noqa: PLC0415  # each command loads what it needs
    from checker.progress import Progress  # noqa: PLC0415
    from checker.report import Options  # noqa: PLC0415
    from checker.report.explain import render  # noqa: PLC0415

    with Progress(sys.stderr) as progress:
        report = run.run(project.call(called), progress)
    if report.errors:
        raise InputErrors(report.errors)
    try:
        told = explain.tell(report, called.id)
    except explain.NotOne as error:
        refuse(str(error))
    sys.stdout.write(render(told, Options(width(), is_colourful(), links=links())))
    return OK

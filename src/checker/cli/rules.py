"""``checker rules``: list the rules."""

from __future__ import annotations

import argparse
import sys

from checker.cli.terminal import OK, Commands, add_rules, command, width


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "rules", "list the rules")
    add_rules(parser)
    parser.set_defaults(command=_rules)


def _rules(called: argparse.Namespace) -> int:
    from checker import project  # noqa: PLC0415  # each command loads what it needs
    from checker.report import catalogue  # noqa: PLC0415

    sys.stdout.write(catalogue.render(project.rules(called), width()))
    return OK

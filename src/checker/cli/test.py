"""``checker test``: hold rules against their own examples."""

from __future__ import annotations

import argparse

from checker.cli.terminal import FAILS, OK, Commands, add_engine, add_rules, command
from checker.model import InputError, InputErrors


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "test", "hold rules against their own examples")
    add_rules(parser)
    add_engine(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="only the line that sums up")
    parser.set_defaults(command=_test)


def _test(called: argparse.Namespace) -> int:
    from checker import engine, examples, project  # noqa: PLC0415  # each command loads what it needs

    rules, names, chosen = project.rules_under_test(called)
    _, start = engine.choose(chosen)
    outcomes: list[examples.Outcome] = []
    errors: list[InputError] = []
    for rule in rules:
        try:
            outcomes += examples.check(rule, names, start)
        except InputErrors as wrong:
            errors += wrong.errors
    if errors:
        raise InputErrors(errors)
    failed = [outcome for outcome in outcomes if not outcome.is_right]
    for outcome in () if called.quiet else failed:
        place = f"{outcome.location.file}:{outcome.location.line}"
        print(f"{place}: {outcome.rule}: expected {outcome.expected}, found {outcome.found}")
    print(f"{len(rules)} rules, {len(outcomes)} examples: {len(failed) or 'none'} failed")
    return FAILS if failed else OK

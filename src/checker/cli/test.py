"""``checker test``: hold rules against their own examples."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from checker.cli.terminal import FAILS, OK, Commands, add_engine, add_rules, command, is_colourful, width
from checker.model import InputError, InputErrors, Rule, Vocabulary

if TYPE_CHECKING:
    from checker.engine import Start
    from checker.examples import Outcome
    from checker.mutate import Tried

_ABOUT = """\
A rule whose examples still say what they must when the rule is changed is not
proved by them. With --mutate each rule is changed in one place after another:
a comparison, a number, a condition, a field in which facts agree. A change that
no example notices is named."""

_EXAMPLES = """\
examples:
  checker test                               the rules of the settings
  checker test --rules rules/flood.yaml      those of one file
  checker test --rules rules --mutate        are their examples proof enough?

exit codes: 0 all is as it must be, 1 an example fails or a change is not
noticed, 2 the input or the call is wrong
"""


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "test", "hold rules against their own examples", _EXAMPLES, _ABOUT)
    add_rules(parser)
    add_engine(parser)
    parser.add_argument("--mutate", action="store_true", help="name the changes to a rule that its examples miss")
    parser.add_argument("-q", "--quiet", action="store_true", help="only the line that sums up")
    parser.set_defaults(command=_test)


def _test(called: argparse.Namespace) -> int:
    from checker import engine, project  # noqa: PLC0415  # each command loads what it needs
    from checker.report.wording import counted  # noqa: PLC0415

    rules, names, chosen = project.rules_under_test(called)
    _, start = engine.choose(chosen)
    outcomes = _outcomes(rules, names, start)
    failed = [outcome for outcome in outcomes if not outcome.is_right]
    summary = f"{counted(len(rules), 'rule')}, {counted(len(outcomes), 'example')}"
    for outcome in () if called.quiet else failed:
        _print(outcome)
    if failed or not called.mutate:
        untried = "; no mutant is tried before all pass" if called.mutate else ""
        print(f"{summary}: {len(failed) or 'none'} failed{untried}")
        return FAILS if failed else OK
    tried = _tried(rules, names, called.engine or "plain")  # what is asked is about rules, and that engine starts fast
    unnoticed = sum(len(of.unnoticed) for of in tried)
    if not called.quiet:
        for rule, of in zip(rules, tried, strict=True):
            _name(rule, of)
    mutants = counted(sum(of.number for of in tried), "mutant")
    print(f"{summary}, {mutants}: {unnoticed or 'none'} survive{'s' * (unnoticed < 2)}")
    return FAILS if unnoticed else OK


def _outcomes(rules: list[Rule], names: Vocabulary, start: Start) -> list[Outcome]:
    from checker import examples  # noqa: PLC0415

    outcomes: list[Outcome] = []
    errors: list[InputError] = []
    for rule in rules:
        try:
            outcomes += examples.check(rule, names, start)
        except InputErrors as wrong:
            errors += wrong.errors
    if errors:
        raise InputErrors(errors)
    return outcomes


def _print(outcome: Outcome) -> None:
    from checker.report import Options, clean, table, wording  # noqa: PLC0415

    said = f"{outcome.rule}: expected {outcome.expected}, found {outcome.found}"
    print(f"{wording.place(outcome.location)}: {clean.text(said)}")
    for finding in outcome.findings:
        for line in table.block(finding, Options(width() - 2, is_colourful(), verbose=True)):
            print(f"  {line}")
    print()


def _tried(rules: list[Rule], names: Vocabulary, chosen: str) -> list[Tried]:
    from checker import engine, examples, mutate  # noqa: PLC0415
    from checker.progress import Progress  # noqa: PLC0415

    _, start = engine.choose(chosen)
    tried = []
    with Progress(sys.stderr) as progress:
        for number, rule in enumerate(rules, 1):
            progress(f"mutating {rule.id}, {number} of {len(rules)}")
            tried.append(mutate.check(rule, examples.read(rule, names), start))
    return tried


def _name(rule: Rule, tried: Tried) -> None:
    """Name what the examples of a rule do not notice."""
    from checker.report import clean, wording  # noqa: PLC0415

    if tried.unnoticed:
        print(f"{wording.place(rule.location)}: examples of {rule.id} do not notice:")
        for mutant in tried.unnoticed:
            print(f"  {clean.text(mutant.words)}")

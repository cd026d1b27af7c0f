"""``checker rules``: list the rules, or show one as a page."""

from __future__ import annotations

import argparse
import sys

from checker.cli.terminal import OK, Commands, add_rules, command, is_colourful, refuse, width
from checker.model import Rule

_ABOUT = """\
Without ID, a line for each rule: its severity, and what must hold. With ID, the
rule as a page: what facts it is given, what they must keep, why, its examples,
and whether it applies to the facts here."""

_EXAMPLES = """\
examples:
  checker rules                            your own and the shipped ones
  checker rules parts-sum-to-whole         one of them
  checker rules --rules rules/flood.yaml   those of one file
"""


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "rules", "list the rules, or show one as a page", _EXAMPLES, _ABOUT)
    parser.add_argument("rule", metavar="ID", nargs="?", help="the rule to show")
    add_rules(parser)
    parser.set_defaults(command=_rules)


def _rules(called: argparse.Namespace) -> int:
    from checker import project  # noqa: PLC0415  # each command loads what it needs
    from checker.report import Options, catalogue, page  # noqa: PLC0415

    rules = project.rules(called)
    if called.rule is None:
        sys.stdout.write(catalogue.render(rules, width()))
        return OK
    from checker import lines  # noqa: PLC0415

    rule = _named(called.rule, rules)
    options = Options(width(), is_colourful())
    sys.stdout.write(page.render(rule, project.applies(rule), lines.of(rule.location), options))
    return OK


def _named(id: str, rules: list[Rule]) -> Rule:
    """The rule of an id; a repository's own goes before a shipped one."""
    from checker.document import nearest  # noqa: PLC0415

    found = [rule for rule in sorted(rules, key=lambda one: one.shipped) if rule.id == id]
    if not found:
        near = nearest(id, [rule.id for rule in rules])
        refuse(f"there is no rule “{id[:80]}”; " + (f"did you mean “{near}”?" if near else "checker rules lists them"))
    return found[0]

"""``checker lint``: hold files against their schemas."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from checker.cli.terminal import FAILS, OK, WRONG, Commands, command, is_colourful, width

_ABOUT = """\
Reads facts, vocabulary, waivers, rules and settings, and names every error with
its file, line and column. It matches nothing and is fast: what a pre-commit
hook runs. Names point at one another across files, so a PATH inside the
settings' facts or rules reads all of them. Notes are no errors: names that no
fact uses, long quotes, facts without a quote, sources without a text.

Of the repository's own rules it proves, over all values that their measures may
have, which never match, which no facts can meet, which can never fail and which
contradict another, shipped or not: these are warnings. A note says which follow
from another that is as severe. -v names the rules that it could not decide,
mostly those that multiply or divide facts."""

_EXAMPLES = """\
examples:
  checker lint                     all that the settings name
  checker lint facts/story         the same, with the notes of one story
  checker lint -q                  only the line that sums up
  checker lint -v rules            also which of the rules could not be decided

exit codes: 0 nothing wrong (notes or not), 1 warnings, 2 the input is wrong
"""


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "lint", "hold files against their schemas", _EXAMPLES, _ABOUT)
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path, help="files or directories (default: those of the settings)"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="only the line that sums up")
    parser.add_argument("-v", "--verbose", action="store_true", help="also the rules that could not be decided")
    parser.set_defaults(command=_lint)


def _lint(called: argparse.Namespace) -> int:
    from checker import lint, project  # noqa: PLC0415  # each command loads what it needs
    from checker.report import Options, looked  # noqa: PLC0415

    found = lint.look(project.look(called))
    sys.stdout.write(looked.render(found, Options(width(), is_colourful(), called.verbose, called.quiet)))
    if found.errors:
        return WRONG
    return FAILS if any(note.severity == "warning" for note in found.notes) else OK

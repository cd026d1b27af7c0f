"""``checker init``: make a repository of facts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from checker.cli.terminal import OK, WRONG, Commands, command

_ABOUT = """\
Writes a small repository that runs at once: a story with two sources that
contradict each other, their texts, a rule with its examples, schemas for an
editor, a workflow for GitHub and hooks for pre-commit. Where any of its files
is there already, nothing is written."""

_EXAMPLES = """\
examples:
  checker init my-facts && cd my-facts && checker run
  checker init                     in the directory where you are

exit codes: 0 it was written, 2 something is in the way
"""

_NEXT = """\
next:
{cd}  checker run       shows what its two articles contradict each other in
  checker test      holds its rule against examples
  README.md         says what is where, and how to go on
"""


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "init", "make a repository of facts that runs at once", _EXAMPLES, _ABOUT)
    parser.add_argument("directory", metavar="DIR", nargs="?", type=Path, default=Path(), help="where (default: here)")
    parser.set_defaults(command=_init)


def _init(called: argparse.Namespace) -> int:
    import shlex  # noqa: PLC0415  # each command loads what it needs

    from checker import initial  # noqa: PLC0415
    from checker.report import clean  # noqa: PLC0415

    directory: Path = called.directory
    try:
        written = initial.write(directory)
    except initial.Taken as taken:
        print("checker: nothing was written, for nothing is overwritten:", file=sys.stderr)
        for path, why in taken.there.items():
            print(f"  {clean.text(str(path))} {why}", file=sys.stderr)
        return WRONG
    for name in written:
        print(f"wrote {directory / name}")
    cd = "" if directory.absolute() == Path.cwd() else f"  cd {shlex.quote(str(directory))}\n"
    print("\n" + _NEXT.format(cd=cd), end="")
    return OK

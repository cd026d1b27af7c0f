"""Arguments in, text out, an exit code: the only package that prints. One file a command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from checker import __version__
from checker.cli import rules, run, schema, test, waive
from checker.cli.terminal import FAULT, INTERRUPTED, OK, WRONG, print_errors
from checker.model import InputErrors

COMMANDS = (run, waive, test, rules, schema)

_EXAMPLES = """\
examples:
  checker run                              check the facts that the settings name
  checker run facts/story -v               one story, with all that is satisfied and undetermined too
  checker run --format json=report.json --format table
  checker test                             the rules against their own examples
"""


def parser() -> argparse.ArgumentParser:
    """All commands and their arguments."""
    made = argparse.ArgumentParser(
        prog="checker",
        description="A consistency test harness for facts: finds what cannot be true, and shows the quotes.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"checker {__version__}")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 nothing fails, 1 findings fail, 2 input or call is wrong, 70 our own fault."""
    with suppress(AttributeError, ValueError):  # a stream that is no text file
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    called = parser().parse_args(arguments)
    try:
        code: int = called.command(called)
        sys.stdout.flush()
    except InputErrors as wrong:
        print_errors(wrong)
        return WRONG
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("checker: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as fault:  # whatever else goes wrong is our fault, and said so
        return _own_fault(fault)
    return code


def _own_fault(fault: Exception) -> int:
    if os.environ.get("CHECKER_TRACEBACK"):
        raise fault
    print(f"checker: a fault of its own: {type(fault).__name__}: {fault}", file=sys.stderr)
    print("Please report it, with the output of the same call under CHECKER_TRACEBACK=1.", file=sys.stderr)
    return FAULT

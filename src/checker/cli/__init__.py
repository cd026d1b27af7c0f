"""Arguments in, text out, an exit code: the only package that prints. One file a command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from checker import __version__
from checker.cli.terminal import FAULT, INTERRUPTED, OK, WRONG, Formatter, print_errors
from checker.model import InputErrors

COMMANDS = ("run", "explain", "bounds", "waive", "lint", "scan", "test", "rules", "schema", "init", "completion")
LONGEST = max(map(len, COMMANDS))

_ABOUT = """\
Finds what cannot be true together in the facts that sources claim, and shows
the quotes. Facts are YAML files, one for each source; rules say what must hold."""

_EXAMPLES = """\
examples:
  checker init my-facts            a repository to start with
  checker run                      hold the facts here against the rules
  checker explain 0e2b95           all about one finding, by how its id begins
  checker COMMAND --help           what a command does, with examples

exit codes: 0 nothing fails, 1 findings fail, 2 the input or the call is wrong,
70 a fault of checker's own. Settings are in checker.toml, or in pyproject.toml
under [tool.checker]; they are looked for upwards from here.
"""


class _Formatter(Formatter):
    """Leaves room for the longest command: argparse counts the names of commands without their indent."""

    def add_argument(self, action: argparse.Action) -> None:
        super().add_argument(action)
        self._action_max_length = max(self._action_max_length, LONGEST + 2 * self._indent_increment)


def parser(asked: str | None = None) -> argparse.ArgumentParser:
    """All commands and their arguments; or only the one that is asked for, which need not wait for the others."""
    made = argparse.ArgumentParser(
        prog="checker",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=_Formatter,
    )
    made.add_argument("--version", action="version", version=f"checker {__version__}")
    made.set_defaults(command=None)
    commands = made.add_subparsers(title="commands", metavar="COMMAND", prog=made.prog)  # else it is made up, slowly
    for name in (asked,) if asked in COMMANDS else COMMANDS:
        import_module(f"checker.cli.{name}").add(commands)
    return made


def script() -> int:
    """The command as a process of its own (see ``checker.__main__``).

    It ends without freeing piece by piece what the system takes back as a whole (as mypy does), but where
    there is more to be ended than itself.
    """
    code = main()
    if "threading" in sys.modules:
        _wait()
    with suppress(AttributeError, OSError, ValueError):  # what cannot be written, the interpreter says in the end
        sys.stdout.flush()
        sys.stderr.flush()
        if "pyspark" not in sys.modules:  # which ends its session
            os._exit(code)
    return code


def _wait() -> None:
    """Wait for what is still done aside, as Python does in its own end; Ctrl-C ends that."""
    import threading  # noqa: PLC0415  # only where it is loaded

    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            with suppress(KeyboardInterrupt):
                thread.join()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 nothing fails, 1 findings fail, 2 input or call is wrong, 70 our own fault."""
    with suppress(AttributeError, ValueError):  # a stream that is no text file
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    arguments = sys.argv[1:] if arguments is None else arguments
    whole = parser(next(iter(arguments), None))
    called = whole.parse_args(arguments)
    if called.command is None:
        whole.print_help()
        return OK
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

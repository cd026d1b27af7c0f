"""What commands share: exit codes, arguments that several take, and what the terminal is like."""

from __future__ import annotations

import argparse
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from checker.model import InputError, InputErrors, Location, Period, Report

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  # argparse has no public name for it
else:
    Commands = object

OK, FAILS, WRONG, FAULT, INTERRUPTED = 0, 1, 2, 70, 130
PIPE_WIDTH = 120
MIN_WIDTH = 40
HELP_WIDTH = 80  # of help, where there is no terminal
MARGIN = 2  # columns that argparse leaves free beside it
ENGINES = ("auto", "durable", "plain", "duckdb", "spark")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Lays help out as wide as the page is; argparse makes one for each argument, and would load shutil to ask."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=width(pipe=HELP_WIDTH) - MARGIN)


def command(commands: Commands, name: str, summary: str, more: str = "", about: str = "") -> argparse.ArgumentParser:
    """A new command: its summary in the list of commands; in its own help what it is about, and more with examples."""
    return commands.add_parser(
        name,
        help=summary,
        description=f"{summary[:1].upper()}{summary[1:]}.\n\n{about}".strip(),
        epilog=more,
        formatter_class=Formatter,
    )


def add_rules(parser: argparse.ArgumentParser) -> None:
    """``--rules``."""
    parser.add_argument(
        "--rules",
        metavar="PATH",
        action="append",
        help="a rules file or directory, or “shipped”; repeatable, instead of the settings' rules",
    )


def add_engine(parser: argparse.ArgumentParser) -> None:
    """``--engine``."""
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        help="what finds the matches (default: auto, by what is installed and how much there is)",
    )


def add_today(parser: argparse.ArgumentParser) -> None:
    """``--today``."""
    parser.add_argument("--today", metavar="DATE", type=_day, help="the day to judge by (default: the UTC date)")


def day(text: str) -> Period:
    """A single day, as an argument."""
    from checker import period  # noqa: PLC0415  # each command loads what it needs

    try:
        read = period.read(text)
    except period.PeriodError as error:
        raise argparse.ArgumentTypeError(f"{error.message} (expected {error.expected})") from None
    if read.first is None or read.first != read.last:
        raise argparse.ArgumentTypeError(f"{text!r} is no single day: a date such as 2026-01-31")
    return read._replace(text=period.day(read.first))


def _day(text: str) -> int | None:
    return day(text).first


def refuse(message: str) -> NoReturn:
    """End with exit code 2: the call is wrong."""
    print(f"checker: {message}", file=sys.stderr)
    raise SystemExit(WRONG)


def print_errors(wrong: InputErrors) -> None:
    """All input errors, on standard error."""
    from checker.report import Options, table  # noqa: PLC0415  # only where something is wrong
    from checker.run import NOTHING  # noqa: PLC0415

    report = Report(WRONG, NOTHING, errors=wrong.errors)
    print(table.render(report, Options(width(sys.stderr))), end="", file=sys.stderr)


def write(path: Path, text: str) -> None:
    """Write a file; raises ``InputErrors`` where that cannot be done."""
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        where = Location(str(path))
        raise InputErrors([InputError(where, f"cannot be written: {error.strerror}", "a file")]) from None


def width(stream: TextIO | None = None, pipe: int = PIPE_WIDTH) -> int:
    """The columns of a page: those of the terminal, also behind a pager; where there is none, of a pipe."""
    with suppress(ValueError):  # no number, or one of thousands of digits
        columns = int(os.environ.get("COLUMNS", "0"))
        if columns > 0:
            return max(MIN_WIDTH, columns)
    for where in (stream or sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # no terminal, or no file at all
            return max(MIN_WIDTH, os.get_terminal_size(where.fileno()).columns)
    return pipe


def is_colourful() -> bool:
    """Whether to write in colour (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def links() -> str:
    """Where links to files start, "" where the terminal makes none; with FORCE_HYPERLINK set, wherever the text goes.

    The names of terminals are those of https://github.com/zkat/supports-hyperlinks, but for Visual
    Studio Code, which by itself leads to the very line of a ``file:line``.
    """
    forced = os.environ.get("FORCE_HYPERLINK")
    if forced == "0" or not (forced or (is_colourful() and sys.stdout.isatty() and _makes_links())):
        return ""
    host = os.uname().nodename if hasattr(os, "uname") else ""  # without it, a file of this name here may be meant
    return Path.cwd().as_uri().replace("file://", f"file://{host}", 1).rstrip("/") + "/"


def _makes_links() -> bool:
    """What terminals say of themselves: whether this one is known to make links (OSC 8), and not to garble them."""
    term, program = (os.environ.get(name, "") for name in ("TERM", "TERM_PROGRAM"))
    if program == "tmux":
        return _version("TERM_PROGRAM_VERSION") >= (3, 4)
    if term.startswith("screen"):
        return False
    return (
        program in ("iTerm.app", "WezTerm", "ghostty", "Hyper", "rio")
        or term in ("xterm-kitty", "alacritty", "foot", "xterm-ghostty", "contour")
        or _version("VTE_VERSION") >= (5000,)
        or any(name in os.environ for name in ("WT_SESSION", "KONSOLE_VERSION", "DOMTERM"))
    )


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall("[0-9]{1,9}", os.environ.get(name, "")))

"""``checker run``: hold facts against rules."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from checker.cli.terminal import (
    WRONG,
    Commands,
    add_engine,
    add_rules,
    add_today,
    command,
    is_colourful,
    links,
    refuse,
    width,
    write,
)
from checker.model import InputErrors, Report
from checker.report import EXTRAS, FORMATS, PICTURED, Options, piece

if TYPE_CHECKING:
    from checker.cache import Answer
    from checker.progress import Progress

_Formats = list[tuple[str, str | None]]

_ABOUT = """\
Reads facts and rules, and reports which facts cannot be true together, with the
quotes that show it. Violated findings of severity error fail, unless they are
waived. A PATH inside the settings' facts loads all of them and shows the
findings that touch it; any other is loaded for itself."""

_EXAMPLES = """\
examples:
  checker run                                the facts that the settings name
  checker run facts/story -v                 one story, with all outcomes
  checker run --format table --format sarif=checker.sarif
  checker run --format html=report.html      a page to look at
  checker run --changed main --strict        only what changed since main
  checker run --baseline before.json         only what before.json does not have
  checker run --coverage                     no number of a text is left out

exit codes: 0 nothing fails, 1 findings fail, 2 the input or the call is wrong,
70 a fault of checker's own
"""


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "run", "hold facts against rules", _EXAMPLES, _ABOUT)
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path, help="fact files or directories (default: the settings' facts)"
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT[=FILE]",
        action="append",
        type=_format,
        help=f"{', '.join(FORMATS)}; repeatable, at most one to standard output (default: table)",
    )
    add_rules(parser)
    add_engine(parser)
    parser.add_argument("--sources", metavar="DIR", type=Path, help="the source archive, against which quotes are held")
    parser.add_argument(
        "--changed", metavar="REF", help="only findings that touch a fact or a rule changed since this commit of git"
    )
    parser.add_argument(
        "--baseline", metavar="FILE", type=Path, help="a JSON report of an earlier run: what it found does not fail"
    )
    parser.add_argument("--strict", action="store_true", help="warnings fail too")
    parser.add_argument(
        "--coverage",
        action="store_true",
        help="fail for sources whose text holds figures that no fact covers (settings: min_coverage; else all of them)",
    )
    parser.add_argument(
        "--max-findings",
        metavar="N",
        type=_number,
        help="list at most N findings; all are counted (default: all; over tables 1,000)",
    )
    add_today(parser)
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="leave out the rows of tables that make no sense, count and list them, and judge the rest",
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="also what is undetermined, satisfied and incomparable"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="only the line that sums up")
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="neither take the answer of an earlier run over the same files, nor keep it",
    )
    parser.set_defaults(command=_run)


def _format(text: str) -> tuple[str, str | None]:
    name, _, file = text.partition("=")
    if name not in FORMATS:
        raise argparse.ArgumentTypeError(f"{name!r} is no format: choose from {', '.join(FORMATS)}")
    return name, file or None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0")
    return int(text)


def _need(name: str) -> None:
    """Refuse a format whose extra is not installed, before anything is read."""
    if name not in EXTRAS:
        return
    try:
        import_module(f"checker.report.{name}")
    except ImportError as missing:
        refuse(f"--format {name} needs {missing.name or missing}: pip install 'checker-facts[{name}]'")


def _run(called: argparse.Namespace) -> int:
    from checker.progress import Progress  # noqa: PLC0415

    formats: _Formats = called.format or [("table", None)]
    if sum(file is None for _, file in formats) > 1:
        refuse("at most one --format goes to standard output: give the others a file (FORMAT=FILE)")
    for name, _ in formats:
        _need(name)
    options = Options(width(), is_colourful(), called.verbose, called.quiet, links())
    with Progress(sys.stderr) as progress:
        made = _answer(called, formats, options, progress)
    for (name, file), text in zip(formats, made.texts, strict=True):
        if file is None:
            with suppress(AttributeError, ValueError):  # a stream that is no text file
                if name != "table":  # what programs read is always UTF-8 (of JSON, RFC 8259 says so)
                    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
            sys.stdout.write(text)
        else:
            write(Path(file), text)
    return made.exit_code


def _answer(called: argparse.Namespace, formats: _Formats, options: Options, progress: Progress) -> Answer:
    """The exit code, and what is written in each format; from an earlier run where that had the same input."""
    from checker import cache, project, run  # noqa: PLC0415

    names = [name for name, _ in formats]

    def texts(made: Report) -> Answer:
        plain = options._replace(colour=False, links="")
        written = (FORMATS[name](made, plain if file else options) for name, file in formats)
        return cache.Answer(made.exit_code, tuple(written))

    try:
        asked = project.call(called)
    except InputErrors as wrong:
        return texts(Report(WRONG, run.NOTHING, errors=wrong.errors))
    pictured = any(name in PICTURED for name in names)
    marks = pictured or (options.colour and ("table", None) in formats)
    asked = asked._replace(picture=pictured, marks=marks, today=run.today(asked))

    def answer() -> Answer:
        return texts(run.run(asked, progress, piece(names)))

    if called.no_cache:
        return answer()
    return cache.answered(project.question(asked, (repr(formats), repr(options))), answer)

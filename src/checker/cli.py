"""Arguments in, text out, an exit code: the only module that prints."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TextIO

from checker import __version__
from checker.model import InputError, InputErrors, Location, Report

OK, FAILS, WRONG, FAULT = 0, 1, 2, 70
PIPE_WIDTH = 120
MIN_WIDTH = 40
FORMATS = ("table", "json")
ENGINES = ("auto", "durable", "plain")

_EXAMPLES = """\
examples:
  checker run                              check the facts that the settings name
  checker run facts/story -v               one story, with all that is satisfied and undetermined too
  checker run --format json=report.json --format table
  checker test                             the rules against their own examples
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 nothing fails, 1 findings fail, 2 input or call is wrong, 70 our own fault."""
    with suppress(AttributeError, ValueError):  # a stream that is no text file
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    called = _parser().parse_args(arguments)
    try:
        code: int = called.command(called)
        sys.stdout.flush()
    except InputErrors as wrong:
        _print_errors(wrong)
        return WRONG
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("checker: interrupted", file=sys.stderr)
        return 130
    except Exception as fault:  # whatever else goes wrong is our fault, and said so
        return _own_fault(fault)
    return code


def _own_fault(fault: Exception) -> int:
    if os.environ.get("CHECKER_TRACEBACK"):
        raise fault
    print(f"checker: a fault of its own: {type(fault).__name__}: {fault}", file=sys.stderr)
    print("Please report it, with the output of the same call under CHECKER_TRACEBACK=1.", file=sys.stderr)
    return FAULT


def _print_errors(wrong: InputErrors) -> None:
    from checker.report import Options, table  # noqa: PLC0415  # only where something is wrong
    from checker.run import NOTHING  # noqa: PLC0415

    report = Report(WRONG, NOTHING, errors=wrong.errors)
    print(table.render(report, Options(_width(sys.stderr))), end="", file=sys.stderr)


# ------------------------------------------------------------------------- the commands


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="checker",
        description="A consistency test harness for facts: finds what cannot be true, and shows the quotes.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"checker {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands.add_parser("run", help="hold facts against rules", description="Hold facts against rules."))
    test = commands.add_parser(
        "test",
        help="hold rules against their own examples",
        description="Hold rules against their own examples.",
    )
    _add_shared(test)
    test.add_argument("-q", "--quiet", action="store_true", help="only the line that sums up")
    test.set_defaults(command=_test)
    rules = commands.add_parser("rules", help="list the rules", description="List the rules.")
    _add_rules(rules)
    rules.set_defaults(command=_rules)
    schema = commands.add_parser("schema", help="print a JSON Schema", description="Print a JSON Schema.")
    schema.add_argument("name", metavar="NAME", nargs="?", help="facts, vocabulary, rules, …; without it, their names")
    schema.set_defaults(command=_schema)
    return parser


def _add_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rules",
        metavar="PATH",
        action="append",
        help="a rules file or directory, or “shipped”; repeatable, instead of the settings' rules",
    )


def _add_shared(parser: argparse.ArgumentParser) -> None:
    _add_rules(parser)
    parser.add_argument(
        "--engine", choices=ENGINES, help="what finds the matches (default: the first that is installed)"
    )


def _add_run(parser: argparse.ArgumentParser) -> None:
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
    _add_shared(parser)
    parser.add_argument("--sources", metavar="DIR", type=Path, help="the source archive, against which quotes are held")
    parser.add_argument("--strict", action="store_true", help="warnings fail too")
    parser.add_argument("--max-findings", metavar="N", type=_number, help="list at most N findings; all are counted")
    parser.add_argument("--today", metavar="DATE", type=_day, help="the day to judge by (default: the UTC date)")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="also what is undetermined, satisfied and incomparable"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="only the line that sums up")
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


def _day(text: str) -> int:
    from checker import period  # noqa: PLC0415

    try:
        read = period.read(text)
    except period.PeriodError as error:
        raise argparse.ArgumentTypeError(f"{error.message} (expected {error.expected})") from None
    if read.first is None or read.first != read.last:
        raise argparse.ArgumentTypeError(f"{text!r} is no single day: a date such as 2026-01-31")
    return read.first


def _run(called: argparse.Namespace) -> int:
    from checker import project, report, run  # noqa: PLC0415  # each command loads what it needs
    from checker.progress import Progress  # noqa: PLC0415

    formats: list[tuple[str, str | None]] = called.format or [("table", None)]
    if sum(file is None for _, file in formats) > 1:
        _refuse("at most one --format goes to standard output: give the others a file (FORMAT=FILE)")
    with Progress(sys.stderr) as progress:
        try:
            made = run.run(project.call(called), progress)
        except InputErrors as wrong:
            made = Report(WRONG, run.NOTHING, errors=wrong.errors)
    for name, file in formats:
        options = report.Options(_width(), _is_colourful(), called.verbose, called.quiet)
        if file is None:
            sys.stdout.write(report.FORMATS[name](made, options))
        else:
            _write(Path(file), report.FORMATS[name](made, options._replace(colour=False)))
    return made.exit_code


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        where = Location(str(path))
        raise InputErrors([InputError(where, f"cannot be written: {error.strerror}", "a file")]) from None


def _test(called: argparse.Namespace) -> int:
    from checker import engine, examples, project  # noqa: PLC0415

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


def _rules(called: argparse.Namespace) -> int:
    from checker import project  # noqa: PLC0415
    from checker.report import catalogue  # noqa: PLC0415

    sys.stdout.write(catalogue.render(project.rules(called), _width()))
    return OK


def _schema(called: argparse.Namespace) -> int:
    from checker import schema  # noqa: PLC0415

    if called.name is None:
        print("\n".join(schema.names()))
    elif called.name in schema.names():
        sys.stdout.write(schema.text(called.name))
    else:
        _refuse(f"there is no schema {called.name!r}: choose from {', '.join(schema.names())}")
    return OK


def _refuse(message: str) -> NoReturn:
    print(f"checker: {message}", file=sys.stderr)
    raise SystemExit(WRONG)


# ------------------------------------------------------------------------- the terminal


def _width(stream: TextIO | None = None) -> int:
    with suppress(ValueError):  # no number, or one of thousands of digits
        columns = int(os.environ.get("COLUMNS", "0"))
        if columns > 0:
            return max(MIN_WIDTH, columns)
    try:
        return max(MIN_WIDTH, os.get_terminal_size((stream or sys.stdout).fileno()).columns)
    except (OSError, ValueError):  # no terminal, or no file at all
        return PIPE_WIDTH


def _is_colourful() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")

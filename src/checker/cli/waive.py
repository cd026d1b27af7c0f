"""``checker waive``: accept a finding that is known, with a reason."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from checker.cli.terminal import OK, Commands, add_engine, add_today, command, day, refuse, write
from checker.model import Finding, InputErrors, Location, Report, Waiver

_ABOUT = """\
The waiver is added to the waivers.yaml beside the finding's first fact, where
there is one, else to the one in the settings' facts. A finding that is waived
is still shown, and fails no run."""

_EXAMPLES = """\
examples:
  checker waive 3f9a0c11 --reason "quoted as published"
  checker waive 3f9a0c11 --reason "the agency was asked" --until 2027-01-31
"""
_JOINERS = "\u200c\u200d"  # Persian, the Indic scripts and emoji are spelled with these


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "waive", "accept a finding that is known, with a reason", _EXAMPLES, _ABOUT)
    parser.add_argument("id", metavar="ID", help="the id of a finding that checker run shows, or the beginning of it")
    parser.add_argument("--reason", metavar="TEXT", type=_text, required=True, help="why it is accepted")
    parser.add_argument("--until", metavar="DATE", type=day, help="the last day on which the waiver counts")
    parser.add_argument("--by", metavar="NAME", type=_text, help="who accepts it (default: git's user.name)")
    add_engine(parser)
    add_today(parser)
    parser.set_defaults(command=_waive)


def _text(text: str) -> str:
    """A text of one line; line breaks, control characters and what turns text around are refused."""
    from unicodedata import category  # noqa: PLC0415  # this command only

    folded = text.strip()
    if not folded:
        raise argparse.ArgumentTypeError("it says nothing")
    wrong = [one for one in folded if category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") and one not in _JOINERS]
    if wrong:
        raise argparse.ArgumentTypeError(f"U+{ord(wrong[0]):04X} cannot stand in a text of one line")
    return folded


def _waive(called: argparse.Namespace) -> int:
    from checker import document, project, run, waivers  # noqa: PLC0415  # each command loads what it needs

    call = project.call(called)
    if called.until is not None and called.until.last < run.today(call):
        refuse(f"--until {called.until.text} is over already")
    report = run.run(call)
    if report.errors:
        raise InputErrors(report.errors)
    found = _found(report, called.id)
    _refuse_known(report, found)
    path, address = project.waivers_file(Path(run.origins(found.facts[0].fact)[0].location.file))
    file = document.shown(path)
    waiver = Waiver(found.id, called.reason, Location(file), called.by or _user(), called.until)
    if path.exists():
        text = waivers.added(document.decode(document.contents(path), file), waiver, file)
    else:
        text = waivers.started(waiver, file, address)
    write(path, text)
    sys.stdout.write(_done(found, waiver))
    return OK


def _found(report: Report, beginning: str) -> Finding:
    from checker import waivers  # noqa: PLC0415

    ids = waivers.begin_with(beginning, sorted(one.id for one in report.findings)) if beginning else []
    if not ids:
        refuse(f"no finding begins with {beginning!r}: checker run shows the ids")
    if len(ids) > 1:
        refuse(f"{len(ids)} findings begin with {beginning}: {', '.join(ids)}")
    return next(one for one in report.findings if one.id == ids[0])


def _refuse_known(report: Report, found: Finding) -> None:
    if found.waiver is not None:
        _refuse_again(found, found.waiver, "is waived already")
    for waiver in report.waivers.expired:
        if found.id.startswith(waiver.finding):
            _refuse_again(found, waiver, "has a waiver that ran out; change the day until which it counts")


def _refuse_again(found: Finding, waiver: Waiver, words: str) -> NoReturn:
    refuse(f"{found.id} {words}: {waiver.location.file}:{waiver.location.line}")


def _user() -> str | None:
    from checker import git  # noqa: PLC0415

    name = git.user(Path.cwd())
    try:
        return _text(name) if name else None
    except argparse.ArgumentTypeError:
        return None


def _done(found: Finding, waiver: Waiver) -> str:
    from checker.report import clean  # noqa: PLC0415

    more = f", by {waiver.by}" if waiver.by else ""
    more += f", until {waiver.until.text}" if waiver.until else ""
    first = f"waived {found.id} ({found.rule}){more}, in {waiver.location.file}"
    return f"{clean.text(first)}\n  {clean.text(found.message)}\n"

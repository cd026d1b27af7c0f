"""``checker completion``: print a script that completes commands, options, formats, rules and files in a shell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import suppress

from checker.cli.terminal import OK, Commands, command, refuse
from checker.model import InputErrors

SHELLS = ("bash", "zsh", "fish")

_ABOUT = """\
The script knows the commands, their options and what these take: formats,
engines, files, and the rules of the directory in which it is printed. It needs
shtab (pip install 'checker-facts[completion]') to be made, not to be used."""

_EXAMPLES = """\
examples:
  checker completion bash > ~/.local/share/bash-completion/completions/checker
  checker completion zsh > ~/.zfunc/_checker      (a directory of your fpath)
  checker completion fish > ~/.config/fish/completions/checker.fish
"""


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "completion", "print a script that completes words in a shell", _EXAMPLES, _ABOUT)
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to read it")
    parser.set_defaults(command=_completion)


def _completion(called: argparse.Namespace) -> int:
    try:
        import shtab  # noqa: PLC0415  # an extra, and for nothing else
    except ImportError:
        refuse("this needs shtab: pip install 'checker-facts[completion]'")
    from checker.cli import parser  # noqa: PLC0415  # which knows this command too

    whole = parser()
    kinds = {"ARTICLE": shtab.FILE, "FILE": shtab.FILE, "PATH": shtab.FILE, "DIR": shtab.DIRECTORY}
    for action in _actions(whole):
        if action.metavar in kinds:
            action.complete = kinds[str(action.metavar)]  # type: ignore[attr-defined]  # where shtab looks for it
        elif action.choices is None:
            action.choices = _words(action)
    sys.stdout.write(shtab.complete(whole, called.shell) + "\n")
    return OK


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All arguments of a command and of those below it."""
    for action in parser._actions:  # noqa: SLF001  # argparse has no public name for it
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for below in dict.fromkeys(action.choices.values()):
                yield from _actions(below)
        else:
            yield action


def _words(action: argparse.Action) -> tuple[str, ...] | None:
    """The words that an argument takes, where they can be listed."""
    from checker import report, schema  # noqa: PLC0415

    if action.dest == "format":
        return tuple(report.FORMATS)
    if action.dest == "name":
        return schema.names()
    return _rules() if action.dest == "rule" else None


def _rules() -> tuple[str, ...]:
    from checker import project  # noqa: PLC0415

    with suppress(InputErrors):  # whoever asks for a script is not told of files
        return tuple(sorted({rule.id for rule in project.rules(argparse.Namespace(rules=None))}))
    return ()

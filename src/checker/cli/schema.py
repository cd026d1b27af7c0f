"""``checker schema``: print a JSON Schema."""

from __future__ import annotations

import argparse
import sys

from checker.cli.terminal import OK, Commands, command, refuse

_ABOUT = """\
Editors complete and explain the fields of a file by its schema. Without NAME,
the names of all schemas."""

_EXAMPLES = """\
examples:
  checker schema facts > facts.schema.json
  and as the first line of a fact file:
  # yaml-language-server: $schema=facts.schema.json
"""


def add(commands: Commands) -> None:
    """Add the command and its arguments."""
    parser = command(commands, "schema", "print a JSON Schema", _EXAMPLES, _ABOUT)
    parser.add_argument("name", metavar="NAME", nargs="?", help="facts, vocabulary, rules, …; without it, their names")
    parser.set_defaults(command=_schema)


def _schema(called: argparse.Namespace) -> int:
    from checker import schema  # noqa: PLC0415  # each command loads what it needs

    if called.name is None:
        print("\n".join(schema.names()))
    elif called.name in schema.names():
        sys.stdout.write(schema.text(called.name))
    else:
        refuse(f"there is no schema {called.name!r}: choose from {', '.join(schema.names())}")
    return OK

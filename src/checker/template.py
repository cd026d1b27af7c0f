"""Texts with columns in them: ``us-county-{fips}``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from checker.record import NamedTuple


class Column(NamedTuple):
    """A column of a table, where a text is to have what stands in it."""

    name: str


Template = tuple[str | Column, ...]
"""A text with columns in it."""

_PIECE = re.compile(r"(\{\{|\}\})|\{((?:[^{}]|\{\{|\}\})*)\}|([^{}]+)")


def parse(text: str) -> Template | int:
    """The template in a text, or the place of a brace that belongs to nothing.

    >>> parse("us-{fips}")
    ('us-', Column(name='fips'))
    >>> parse("{{{a{{1}}}"), parse("a}")
    (('{', Column(name='a{1}')), 1)
    """
    parts: list[str | Column] = []
    at = 0
    while at < len(text):
        found = _PIECE.match(text, at)
        if found is None:
            return at
        brace, name, plain = found.groups()
        at = found.end()
        if name is not None:
            parts.append(Column(_unbraced(name)))
        else:
            written = brace[0] if brace else plain
            before = parts.pop() if parts and isinstance(parts[-1], str) else ""
            parts.append(f"{before}{written}")
    return tuple(parts)


def _unbraced(name: str) -> str:
    return name.replace("{{", "{").replace("}}", "}")


def columns(text: Template) -> list[str]:
    """The columns in a template."""
    return [part.name for part in text if isinstance(part, Column)]


def filled(text: Template, texts: Mapping[str, str]) -> str:
    """A template with the texts of a row in it.

    >>> filled(("us-", Column("fips")), {"fips": "01"})
    'us-01'
    """
    return "".join(part if isinstance(part, str) else texts[part.name] for part in text)

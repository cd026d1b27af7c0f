"""YAML text -> data whose every node knows its line and column.

Scalars keep their text: nothing is typed here (``NO``, ``012``, ``1:30`` and ``null`` stay text, an
empty scalar is ``""``); what a field means is said by the schema and read by who needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from checker.model import Location

Data = str | list["Data"] | dict[str, "Data"]
Path = Sequence[str | int]


class Document(NamedTuple):
    """A file that was read: plain data, and the place of each node in it."""

    file: str
    data: Data
    places: object

    def at(self, path: Path = ()) -> Location:
        """The place of the value at ``path``, or of its nearest existing ancestor."""
        raise NotImplementedError

    def key_at(self, path: Path) -> Location:
        """The place of the key that ``path`` ends with (of a list item: of the item)."""
        raise NotImplementedError


def read(text: str | bytes, file: str) -> Document:
    """The document in ``text``; raises ``InputErrors``. ``file`` is the name that errors show."""
    raise NotImplementedError


def excerpt(text: str) -> str:
    """``text`` as a message may show it: at most 60 characters, none of them a control character."""
    raise NotImplementedError

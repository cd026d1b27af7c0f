"""Text in columns of a terminal, where a character may take two of them or none.

Measured by Unicode's East Asian Width (UAX #11) and combining classes. ``tabulate`` counts so
only with ``wcwidth``, which takes longer to import than most runs need altogether.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width

GAP = "  "
_UNSEEN = re.compile("\x1b\\[[0-9;]*m|\x1b]8;;[^\x1b]*\x1b\\\\")  # colours and links, which take no room


def width(text: str) -> int:
    r"""The columns that one line of text takes.

    >>> width("flood"), width("洪水"), width("e\u0301")
    (5, 4, 1)
    """
    if "\x1b" in text:
        text = _UNSEEN.sub("", text)
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if _wide(character) else 1


def _wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def wrap(text: str, room: int, indent: str = "") -> list[str]:
    """Lines of at most ``room`` columns, all but the first indented; a word is never broken.

    A word wider than the room stands alone on a line that is longer. Between two wide characters
    a line may break, since their scripts write no spaces.

    >>> wrap("forty people were moved", 13, "  ")
    ['forty people', '  were moved']
    """
    lines, taken = [""], 0
    for piece in _pieces(text):
        if taken and taken + width(piece.rstrip()) > room:
            lines.append(indent)
            taken = width(indent)
        lines[-1] += piece
        taken += width(piece)
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> Iterator[str]:
    for word in text.split(" "):
        start = 0
        for end in () if word.isascii() else range(1, len(word)):
            if _wide(word[end - 1]) and _wide(word[end]):
                yield word[start:end]
                start = end
        yield word[start:] + " "


def align(rows: Sequence[Sequence[str]]) -> list[str]:
    """One line for each row, its cells side by side and each column as wide as its widest cell.

    A column with nothing in it takes no room.

    >>> align([["held", "", "700"], ["released", "", "87"]])
    ['held      700', 'released  87']
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [GAP.join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True) if room]

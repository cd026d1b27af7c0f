"""Text from facts, made safe for a terminal, a log or a page of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.model import Mark

# Persian, the Indic scripts and emoji are spelled with these; they move nothing around.
JOINERS = "\u200c\u200d"


# A word that begins so is a command to the service that keeps the log of a GitHub, Azure or TeamCity build.
COMMANDS = ((" ::", " \\x3a:"), ("##", "\\x23#"))


def text(raw: str) -> str:
    r"""The same text on one line, without a character that acts instead of showing.

    White space of any kind folds to single spaces, as it does when quotes are matched. Control
    characters, bidirectional controls, invisible ones and lone surrogates become their escapes,
    and so does the first sign of a command to a build's log.

    >>> text("over 40\n\tdead")
    'over 40 dead'
    >>> print(text("\x1b[31m40\u202e ::error::"))
    \x1b[31m40\u202e \x3a:error::
    """
    folded = " " + " ".join(raw.split())
    for sign, shown in COMMANDS:
        folded = folded.replace(sign, shown)
    return (folded if folded.isprintable() else "".join(map(_shown, folded)))[1:]


def parts(raw: str, marks: Iterable[Mark]) -> Iterator[tuple[str, str]]:
    r"""The same text in parts, each with the kind of its mark, "" for none; together they are ``text(raw)``.

    Marks are of the raw text, in order and apart.

    >>> list(parts("at\t least  87\x1b", [Mark(0, 9, "hedge"), Mark(11, 13, "figure")]))
    [('at least', 'hedge'), (' ', ''), ('87', 'figure'), ('\\x1b', '')]
    """
    shown, before = text(raw), 0
    for start, end, kind in (*marks, (len(raw), len(raw), "")):
        places = [min(len(text(raw[:at] + "x")) - 1, len(shown)) for at in (start, end)]
        for part, what in ((shown[before : places[0]], ""), (shown[places[0] : places[1]], kind)):
            if part:
                yield part, what
        before = places[1]


def line(raw: str) -> str:
    r"""The same line with its spaces kept, for one that is shown as it stands in a file (never at a line's start).

    >>> print(line("\tvalue:  40\x1b[31m"))
        value:  40\x1b[31m
    """
    kept = raw.expandtabs(4)
    return kept[: len(kept) - len(kept.lstrip(" "))] + "  ".join(map(text, kept.strip(" ").split("  ")))


def _shown(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    return character.encode("unicode_escape").decode("ascii")

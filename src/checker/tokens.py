"""Text cut into words, numbers and signs: what quantities are read from."""

from __future__ import annotations

import re
import unicodedata

from checker.record import NamedTuple

# One character for one, so that places in the folded text are places in the text.
_FOLD = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-")
    | dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4", "'")
    | dict.fromkeys("\u00a0\u2007\u2008\u2009\u200a\u202f\t\n\r\f\v", " ")
)
_PATTERN = (
    r"(?P<number>[0-9]{1,3}(?:[ ][0-9]{3})+(?![0-9])(?:[.,][0-9]+)?|[0-9]+(?:[.,'][0-9]+)*)"
    r"|(?P<word>(?:[^\W\d_]|[\u0300-\u036f])+)"
    r"|(?P<sign>[<>]=|\S)"
)


class Token(NamedTuple):
    """One word, number or sign.

    ``text`` is folded: lower case, composed, plain dashes, quotes and spaces. ``role`` says what a
    number's neighbours make of it: nothing (it stands for itself), the ``low`` or ``high`` end of n-m,
    or a ``part`` of something else (a date, a time, a version, a name); and that a dash is a ``minus``.
    """

    kind: str  # word | number | sign
    text: str
    start: int
    end: int
    role: str = ""


def plain(text: str) -> str:
    """A text with plain dashes, quotes and spaces, character for character."""
    return text.translate(_FOLD)


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a text. A hyphen that leads on to a word is left out: twenty-one, 72-hour."""
    folded = plain(text)
    found = [_token(match, folded) for match in re.finditer(_PATTERN, folded)]
    return tuple(token for i, token in enumerate(found) if not (token.text == "-" and _hyphen(found, i)))


def joined(left: Token, right: Token) -> bool:
    """Nothing stands between the two."""
    return left.end == right.start


def _token(match: re.Match[str], folded: str) -> Token:
    kind, text, (start, end) = str(match.lastgroup), match[0], match.span()
    if kind == "word":
        return Token(kind, text.lower() if text.isascii() else unicodedata.normalize("NFC", text).lower(), start, end)
    before, after = folded[max(start - 2, 0) : start].rjust(2), folded[end : end + 2].ljust(2)
    if kind == "number":
        return Token(kind, text, start, end, _number_role(before, after))
    minus = text == "-" and before[1] in " ([{<>=~≥≤≈$€£" and after[0] != " "
    return Token(kind, text, start, end, "minus" if minus else "")


def _number_role(before: str, after: str) -> str:
    high = before[1] == "-" and before[0].isdigit()
    low = after[0] == "-" and after[1].isdigit()
    if (high and low) or (not high and _led(before)) or _trailed(after):
        return "part"
    return "low" if low else "high" if high else ""


def _led(before: str) -> bool:
    return before[1].isalnum() or before[1] in "_#@.," or (before[1] in "-/:'" and before[0].isalnum())


def _trailed(after: str) -> bool:
    # Letters that follow are for the reader of the words to judge (28th, 2.4k); other digits and powers are not read.
    odd = after[0] == "_" or (after[0].isalnum() and not after[0].isalpha())
    return odd or (after[0] in "/:'" and after[1].isalnum() and not after[1].isalpha())


def _hyphen(found: list[Token], i: int) -> bool:
    if not 0 < i < len(found) - 1:
        return False
    left, right = found[i - 1], found[i + 1]
    return left.kind != "sign" and right.kind == "word" and left.end == found[i].start and found[i].end == right.start

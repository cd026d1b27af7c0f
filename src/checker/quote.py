"""Does this fragment stand in that text, and does it say that number or date?

Matching folds white space, quotation marks, dashes and Unicode form, never words or digits. What a
quote says is read in its text, where the hedge that belongs to its number may stand before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from checker import dates, phrase, quantity
from checker.model import EVERYTHING, Fact, InputError, QuoteCheck, Source

_BEFORE, _AFTER = 40, 20  # characters of the text around a quote in which its hedge may stand
_MARKS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛‹›′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_GROUPED = re.compile(r"\d[.,']\d")
NUMERIC = ("count", "number", "percent", "money", "duration")


def fold(text: str) -> str:
    r"""A text without differences of white space, quotation marks, dashes and Unicode form.

    >>> fold("“At  least”\u00a087 – 90")
    '"At least" 87 - 90'
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_MARKS).split())


def check(fact: Fact, text: str, profile: quantity.Profile | None = None) -> QuoteCheck:
    """Whether a fact's quote stands in the folded ``text`` of its source, and states its value."""
    quote = fold(fact.quote or "")
    places = list(_places(quote, text))
    if not places:
        return QuoteCheck(stands=False, states=None)
    says: list[str] = []
    for start in places:
        stated = _states(fact, text, start, start + len(quote), profile, says)
        if stated is not False:
            return QuoteCheck(stands=True, states=stated)
    return QuoteCheck(stands=True, states=False, says=", ".join(dict.fromkeys(says)))


def _places(quote: str, text: str) -> Iterator[int]:
    """Where a quote stands in a text, cutting through no word or number."""
    start = text.find(quote) if quote else -1
    while start >= 0:
        end = start + len(quote)
        if not (_joined(text, start) or _joined(text, end)):
            yield start
        start = text.find(quote, start + 1)


def _joined(text: str, at: int) -> bool:
    """Whether a word or a number goes on over this place, as ``2,400`` does on either side of its comma."""
    before, after = text[max(0, at - 2) : at], text[at : at + 2]
    return (before[-1:].isalnum() and after[:1].isalnum()) or _GROUPED.search(before + after) is not None


def _states(
    fact: Fact, text: str, start: int, end: int, profile: quantity.Profile | None, says: list[str]
) -> bool | None:
    """Whether one of the figures of a quote is the value; None where it holds none, or the value is no figure."""
    kind, value = fact.measure.type, fact.value
    if value.literal is None or value.literal in (EVERYTHING, phrase.everything(kind)):
        return None
    before, after = max(0, start - _BEFORE), end + _AFTER
    window = text[before:after]
    mentions = [one for one in dates.mentions(window) if start < before + one.end and before + one.start < end]
    dated = [one for one in mentions if one.month is not None or one.day is not None]  # a bare year may be a number
    found = [
        (span, read)
        for span, read in quantity.find(window, kind if kind in NUMERIC else "number", profile)
        if start < before + span.end and before + span.number_start < end
        if not any(one.start <= span.number_start < one.end for one in dated)
    ]
    if kind == "date":
        stated = any(dates.fits(one, _day(value.literal.low), _day(value.literal.high)) for one in mentions)
    else:
        stated = any((read.literal, read.conventional) == value[1:] for _, read in found)
    if stated:
        return True
    says += [window[one.start : one.end] for one in mentions]
    says += [span.text for span, _ in found if not any(one.start <= span.number_start < one.end for one in mentions)]
    return False if mentions or found else None


def _day(end: object) -> int | None:
    return end if isinstance(end, int) else None


# ------------------------------------------------------------------------- the archive


def checked(
    facts: Sequence[Fact], archive: Path | None, profile: quantity.Profile | None = None
) -> tuple[tuple[Fact, ...], list[InputError], int]:
    """The facts with their quotes checked, the texts that are not what they should be, and how many stay unchecked."""
    errors: list[InputError] = []
    texts: dict[str, str | None] = {}
    checked_facts: list[Fact] = []
    unchecked = 0
    for fact in facts:
        if fact.quote is None or fact.source is None:
            checked_facts.append(fact)
            continue
        source = fact.source
        if source.id not in texts:
            texts[source.id] = _read(source, archive, errors)
        text = texts[source.id]
        unchecked += text is None
        checked_facts.append(fact if text is None else fact._replace(checked=check(fact, text, profile)))
    return tuple(checked_facts), errors, unchecked


def _read(source: Source, archive: Path | None, errors: list[InputError]) -> str | None:
    """The folded text of a source, where it is in the archive and is the one that was meant."""
    if archive is None or source.text is None:
        return None
    data = _bytes(archive / source.text)
    if data is None:
        return None
    from hashlib import sha256  # noqa: PLC0415  # only where there is an archive

    found = sha256(data).hexdigest()
    if found != source.sha256:
        message = f"{source.text} in the source archive has another sha256: {found}"
        expected = f"{source.sha256}, or the text that the facts were taken from"
        errors.append(InputError(source.location, message, expected))
        return None
    try:
        return fold(data.decode("utf-8"))
    except UnicodeDecodeError:
        errors.append(InputError(source.location, f"{source.text} is not UTF-8", "a text in UTF-8"))
        return None


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:  # not to be read, or a name that is too long for the file system
        return None

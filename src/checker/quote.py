"""Does this fragment stand in that text, and does it say that number or date?

Matching folds white space, quotation marks, dashes and Unicode form, never words or digits. What a
quote says is read in its text, where the hedge that belongs to its number may stand before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from checker import dates, document, phrase, quantity
from checker.model import EVERYTHING, Fact, Finding, InputError, Mark, QuoteCheck, Source
from checker.record import NamedTuple

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
    found = list(places(quote, text))
    if not found:
        return QuoteCheck(stands=False, states=None)
    says: list[str] = []
    for start in found:
        stated = _states(fact, text, start, start + len(quote), profile, says)
        if stated is not False:
            return QuoteCheck(stands=True, states=stated)
    return QuoteCheck(stands=True, states=False, says=", ".join(dict.fromkeys(says)))


def places(quote: str, text: str) -> Iterator[int]:
    """Where a folded quote stands in a folded text, cutting through no word or number."""
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
    if _is_no_figure(fact):
        return None
    before, after = max(0, start - _BEFORE), end + _AFTER
    read = _read_in(text[before:after], fact, profile, start - before, end - before)
    if read.stating:
        return True
    says += [read.text[one.start : one.end] for one in read.dates]
    says += [span.text for span in read.figures if not any(_is_in(span, one) for one in read.dates)]
    return False if read.dates or read.figures else None


class _Read(NamedTuple):
    """The dates and figures of a text, and those of them that state the value of a fact."""

    text: str
    dates: Sequence[dates.Mention]
    figures: Sequence[quantity.Span]
    stating: Sequence[dates.Mention | quantity.Span]


def _read_in(text: str, fact: Fact, profile: quantity.Profile | None, start: int, end: int) -> _Read:
    """What of a text touches the characters ``start:end``."""
    kind, value = fact.measure.type, fact.value
    mentions = [one for one in dates.mentions(text) if start < one.end and one.start < end]
    dated = [one for one in mentions if one.month is not None or one.day is not None]  # a bare year may be a number
    found = [
        (span, read)
        for span, read in quantity.find(text, kind if kind in NUMERIC else "number", profile)
        if start < span.end and span.number_start < end
        if not any(_is_in(span, one) for one in dated)
    ]
    figures = [span for span, _ in found]
    if kind == "date":
        assert value.literal is not None
        first, last = _day(value.literal.low), _day(value.literal.high)
        return _Read(text, mentions, figures, [one for one in mentions if dates.fits(one, first, last)])
    same = [span for span, read in found if (read.literal, read.conventional) == value[1:]]
    return _Read(text, mentions, figures, same)


def _is_no_figure(fact: Fact) -> bool:
    """Whether a fact's value is a text, or one that is held back."""
    return fact.value.literal in (None, EVERYTHING, phrase.everything(fact.measure.type))


def _is_in(span: quantity.Span, date: dates.Mention) -> bool:
    return date.start <= span.number_start < date.end


def _day(end: object) -> int | None:
    return end if isinstance(end, int) else None


# ------------------------------------------------------------------------- the words that say it


def marks(fact: Fact, profile: quantity.Profile | None = None) -> tuple[Mark, ...]:
    """The words of a fact's quote that carry its figure, and their hedge; of all figures, where none is the value."""
    if fact.quote is None or _is_no_figure(fact):
        return ()
    read = _read_in(fact.quote, fact, profile, 0, len(fact.quote))
    found: list[Mark] = []
    for one in read.stating or (read.dates if fact.measure.type == "date" else read.figures):
        if not found or one.start >= found[-1].end:  # of “from 3 to 5” the whole, not the ends too
            found += _parts(one, fact.quote)
    return tuple(found)


def _parts(one: dates.Mention | quantity.Span, quote: str) -> Iterator[Mark]:
    if isinstance(one, dates.Mention):
        yield Mark(one.start, one.end, "figure")
        return
    ends = ((one.start, one.number_start), (one.number_start, one.number_end), (one.number_end, one.end))
    for (start, end), kind in zip(ends, ("hedge", "figure", "hedge"), strict=True):
        words = quote[start:end]
        if words.strip():
            yield Mark(start + len(words) - len(words.lstrip()), start + len(words.rstrip()), kind)


def marked(findings: Iterable[Finding], profile: quantity.Profile | None = None) -> tuple[Finding, ...]:
    """The findings, the quotes of their facts marked, and of the facts that those come from."""
    known: dict[str, Fact] = {}

    def mark(fact: Fact) -> Fact:
        if fact.id not in known:
            known[fact.id] = fact._replace(marks=marks(fact, profile)) if fact.quote else fact
            if fact.derivation is not None:
                parents = tuple(map(mark, fact.derivation.facts))
                known[fact.id] = fact._replace(derivation=fact.derivation._replace(facts=parents))
        return known[fact.id]

    return tuple(
        one._replace(facts=tuple(cited._replace(fact=mark(cited.fact)) for cited in one.facts)) for one in findings
    )


# ------------------------------------------------------------------------- the archive


def checked(
    facts: Sequence[Fact], archive: Path | None, profile: quantity.Profile | None = None
) -> tuple[tuple[Fact, ...], list[InputError], int]:
    """The facts with their quotes checked, the texts that are not what they should be, and how many stay unchecked."""
    if archive is None:
        return tuple(facts), [], sum(fact.quote is not None and fact.source is not None for fact in facts)
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
            read = contents(source, archive, errors)
            texts[source.id] = None if read is None else fold(read)
        text = texts[source.id]
        unchecked += text is None
        checked_facts.append(fact if text is None else fact._replace(checked=check(fact, text, profile)))
    return tuple(checked_facts), errors, unchecked


def contents(source: Source, archive: Path | None, errors: list[InputError]) -> str | None:
    """The text of a source, where it is in the archive and is the one that was meant; else what is wrong with it."""
    if archive is None or source.text is None:
        return None
    data = document.peek(archive / source.text)
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
        return data.decode("utf-8")
    except UnicodeDecodeError:
        errors.append(InputError(source.location, f"{source.text} is not UTF-8", "a text in UTF-8"))
        return None

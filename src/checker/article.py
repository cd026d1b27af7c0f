"""An article: its text as it stands in a file, its language, its sentences, and where in it a quote stands."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from checker import document, quote
from checker.model import InputError, InputErrors, Location
from checker.record import NamedTuple

MAX_BYTES = 512 * 1024  # some eighty thousand words
LANGUAGES = ("en", "es")
_WORDS = {
    "en": frozenset("the of and to in was were that for on with by at from is are has have an as it".split()),
    "es": frozenset("el la los las de que y en del una un por con se su al para fue fueron más".split()),
}
_SAMPLE = 20_000  # characters from which the language is told
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # no text holds these; an escape is shown, never sent


class Article(NamedTuple):
    """A file that was read; ``text`` is without a byte order mark."""

    path: Path
    text: str
    sha256: str


def read(path: Path) -> Article:
    """The article in a file; raises ``InputErrors`` for what is no text in UTF-8, or more than 512 KiB of it."""
    from hashlib import sha256  # noqa: PLC0415  # only where an article is read

    data = document.contents(path)
    name = document.shown(path)
    return Article(path, checked(data, Location(name)), sha256(data).hexdigest())


def checked(data: bytes, place: Location) -> str:
    """The text of an article's bytes; raises ``InputErrors`` at ``place``."""
    if len(data) > MAX_BYTES:
        raise _wrong(place, f"the text has more than {MAX_BYTES // 1024} KiB", "one article")
    text = document.decode(data, place.file).removeprefix("\ufeff")
    control = _CONTROL.search(text)
    if control:
        line, column = Lines(text).place(control.start())
        message = f"the control character U+{ord(control[0]):04X} is not allowed"
        raise _wrong(place._replace(line=line, column=column), message, "plain text")
    return text


def _wrong(place: Location, message: str, expected: str) -> InputErrors:
    return InputErrors([InputError(place, message, expected)])


def language(text: str) -> str:
    """``es`` where more of the small words are Spanish than English, else ``en``.

    >>> language("The police said so."), language("La policía no dijo que fueron 20.")
    ('en', 'es')
    """
    words = re.findall(r"\w+", text[:_SAMPLE].lower())
    return max(LANGUAGES, key=lambda code: sum(word in _WORDS[code] for word in words))


def spoken(language: str | None) -> str | None:
    """The code of a language that is read here, from that of a source (en, es-VE, Spanish); None for any other.

    >>> spoken("es-VE"), spoken("English"), spoken("sk"), spoken(None)
    ('es', 'en', None, None)
    """
    short = (language or "").strip().lower()
    return {"en": "en", "es": "es", "english": "en", "spanish": "es", "español": "es"}.get(re.split("[-_]", short)[0])


# ------------------------------------------------------------------------- lines and sentences


class Lines:
    """Where the lines and the sentences of a text begin."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
        self._sentences = [0, *_breaks(text)]

    def place(self, offset: int) -> tuple[int, int]:
        r"""Line and column of a character, from 1.

        >>> Lines("one\r\ntwo").place(6)
        (2, 2)
        """
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def sentence(self, offset: int) -> tuple[int, int]:
        """The characters of the sentence that a character belongs to, without white space around it."""
        at = bisect_right(self._sentences, offset)
        start = self._sentences[at - 1]
        end = self._sentences[at] if at < len(self._sentences) else len(self._text)
        sentence = self._text[start:end]
        return start + len(sentence) - len(sentence.lstrip()), start + len(sentence.rstrip())


_NEW_LINE = r"(?:\r\n|\r|\n)"
_END = re.compile(
    r"[.!?…][\"”’'»)\]]*\s+(?=[\"“‘'«¿¡(\[]?[A-ZÁÉÍÓÚÑÜ\d])"
    rf"|{_NEW_LINE}[ \t]*(?:{_NEW_LINE}\s*|(?=[A-ZÁÉÍÓÚÑÜ¿¡“«\"•*–-]))"
)
_SHORT = re.compile(
    r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|St|Sr|Sra|Dra|Lic|Gen|Col|Capt|Lt|Sen|Rep|Gov|No|Nos|Núm|Art|approx|aprox|ca|vs|etc))"
    r"\.\s+\Z"
)


def _breaks(text: str) -> Iterator[int]:
    for found in _END.finditer(text):
        end = found.end()
        if not (found[0].startswith(".") and _SHORT.search(text, max(0, found.start() - 10), end)):
            yield end


# ------------------------------------------------------------------------- quotes


class Folded:
    """A text as quotes are held against it (``quote.fold``), each character with its place in the text."""

    def __init__(self, text: str) -> None:
        words = [(found.start(), found[0]) for found in re.finditer(r"\S+", text)]
        self.text = " ".join(quote.fold(word) for _, word in words)
        self._places = [place for start, word in words for place in (*_along(start, word), start + len(word))]

    def places(self, words: str) -> Iterator[tuple[int, int]]:
        r"""Where a quote stands, as characters of the text.

        >>> list(Folded("At  least\n87").places("least 87"))
        [(4, 12)]
        """
        folded = quote.fold(words)
        for start in quote.places(folded, self.text):
            yield self._places[start], self._places[start + len(folded)]


def _along(start: int, word: str) -> Iterator[int]:
    """The place of each character of a word as it is folded."""
    if unicodedata.is_normalized("NFC", word):
        yield from range(start, start + len(word))
        return
    begun = 0
    for end in range(1, len(word) + 1):  # what is composed begins with a character that combines with none before it
        if end == len(word) or not (unicodedata.combining(word[end]) or "\u1160" <= word[end] <= "\u11ff"):
            yield from [start + begun] * len(unicodedata.normalize("NFC", word[begun:end]))
            begun = end

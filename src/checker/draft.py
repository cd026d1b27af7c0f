"""A draft of a fact file: the figures of an article as facts, of which a person fills in subject and measure.

The schema refuses a draft as it stands, and says what is still to be filled in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from checker import coverage
from checker.article import Article
from checker.model import Source
from checker.scan import Figure

_HEAD = """\
# A draft: fill in subject and measure of each fact that is a claim worth keeping. A number that is none goes to
# ignore at the end, with the reason: - {quote: …, reason: …}. As long as a field is empty, the file is refused.
"""
_PLAIN = re.compile(r"[A-Za-z0-9](?:[\w ,.%'’$€/-]*[\w%])?", re.ASCII)
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))


def write(read: Article, figures: Sequence[Figure], known: Source | None = None) -> str:
    """The text of a fact file for these figures of an article; ``known`` is its source, where there is one already."""
    name = read.path.name
    lines = [
        "source:",
        f"  id: {_text(known.id if known else _slug(read.path.stem) or 'article')}",
        *([] if known else ["  # published: 2026-01-31, the day on which it was published"]),
        f"  text: {_text(name)}",
        f"  sha256: {read.sha256}",
        "facts:" if figures else "facts: []",
    ]
    return _HEAD + "\n".join([*lines, *_facts(read.text, figures), "ignore: []"]) + "\n"


def _facts(text: str, figures: Sequence[Figure]) -> Iterator[str]:
    taken: set[str] = set()
    for one in figures:
        id = _unlike(_slug(one.text) or "figure", taken)
        taken.add(id)
        value, why = _value(one)
        yield f"  - id: {_text(id)}  # {one.kind}, line {one.line}"
        yield "    subject:"
        yield "    measure:"
        yield f"    value: {value}".rstrip() + why
        yield f"    quote: {_text(_quote(text, one))}"


def _value(one: Figure) -> tuple[str, str]:
    """The value as it is written in a fact file, and why it is not all there."""
    if one.kind == "weekday":
        return _text(one.text), ""
    if one.kind != "date":
        return _text(" ".join(one.text.split())), ""
    return (one.value.text, "") if one.value.literal else ("", f"  # the text says {one.value.text}")


def _quote(text: str, one: Figure) -> str:
    """A few words that hold the figure: behind a number what it counts, before a date what leads to it."""
    words = coverage.excerpt(text, one, 1, 1) if one.kind in ("date", "weekday") else coverage.excerpt(text, one, 0, 2)
    return words if words.isprintable() else " ".join(one.text.split())


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[^\W_]+", text.lower()))[:60]


def _unlike(id: str, taken: set[str]) -> str:
    if id not in taken:
        return id
    return next(other for n in range(2, len(taken) + 3) if (other := f"{id}-{n}") not in taken)


def _text(text: str) -> str:
    """A text as YAML: as it stands where that is safe, else in double quotes, in which YAML reads what JSON writes."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())

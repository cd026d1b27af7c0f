"""How well ``checker scan`` finds the figures of labelled articles, and how well peers that do a part of it.

python benchmarks/scan.py [--wrong]

Precision: of what was found, the share that is labelled. Recall: of what is labelled, the share that was found. A
find is the labelled figure where kind and place are the same (places: one overlaps the other, each counts once), and
exact where what it says to the letter is the same too. Peers give no hedges and no intervals, so for them kinds are
left aside and their places alone are compared, over the labels that they claim to read: numbers, or dates. They are
an extra: pip install -e '.[bench]'.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from checker import scan
from checker.model import Interval

ARTICLES = Path(__file__).parent / "articles"
LANGUAGES = ("en", "es")
KINDS = ("count", "number", "percent", "money", "duration", "date", "weekday")
_LABEL = re.compile(r"\[((?:[^\[\]])+)\]\(([a-z]+)(?: ((?:[^()\[\]]|\[[^\]]*\])+))?\)")
_DAYS = {
    "years": Fraction("365.25"),
    "months": Fraction("30.4375"),
    "weeks": Fraction(7),
    "days": Fraction(1),
    "hours": Fraction(1, 24),
    "minutes": Fraction(1, 1440),
}
_NUMBER = r"(\d+(?:\.\d+)?)"
_MEANING = re.compile(rf"(?:(>=|<=|>|<)?{_NUMBER}|{_NUMBER}\.\.(<?){_NUMBER})(?: (\w+))?")


class Label(NamedTuple):
    """A figure as a person reads it: the characters ``start:end``, its kind and what it says."""

    kind: str
    start: int
    end: int
    says: object  # an Interval, EDTF, or None of a weekday


class Labelled(NamedTuple):
    """An article without its marks, and its labels."""

    name: str
    language: str
    text: str
    labels: tuple[Label, ...]


class Found(NamedTuple):
    """What a reader found."""

    kind: str
    start: int
    end: int
    says: object = None


def articles(language: str, part: str = "") -> Iterator[Labelled]:
    """The labelled articles of a language; those held out were labelled when the reader was finished."""
    whole = (ARTICLES / f"{language}{part}.md").read_text("utf-8")
    for section in whole.split("\n## ")[1:]:
        name, _, marked = section.partition("\n")
        yield _unmarked(name, language, marked.strip())


def _unmarked(name: str, language: str, marked: str) -> Labelled:
    parts, labels, length, at = [], [], 0, 0
    for mark in _LABEL.finditer(marked):
        parts += [marked[at : mark.start()], mark[1]]
        start = length + mark.start() - at
        length, at = start + len(mark[1]), mark.end()
        if mark[2] != "skip":
            labels.append(Label(mark[2], start, length, meaning(mark[2], mark[3])))
    return Labelled(name, language, "".join([*parts, marked[at:]]), tuple(labels))


def meaning(kind: str, text: str | None) -> object:
    """What a label says.

    >>> meaning("count", "5..<9")
    Interval(low=5, high=9, includes_low=True, includes_high=False)
    """
    if kind in ("date", "weekday"):
        return text
    found = _MEANING.fullmatch(text or "")
    assert found, text
    sign, one, low, open_high, high, unit = found.groups()
    ends = [None if end is None else _exact(end, unit) for end in ((one, one) if one else (low, high))]
    first, last = (ends[0] if sign not in ("<", "<=") else None), (ends[1] if sign not in (">", ">=") else None)
    if first is None and kind in ("count", "duration"):
        first = 0
    return Interval(first, last, first is not None and sign != ">", last is not None and sign != "<" and not open_high)


def _exact(text: str, unit: str | None) -> int | Fraction:
    number = Fraction(text) * (_DAYS[unit] if unit else Fraction(1))
    return int(number) if number.denominator == 1 else number


# ------------------------------------------------------------------------- readers


def ours(article: Labelled) -> list[Found]:
    """What checker finds."""
    return [Found(one.kind, *one.number, _says(one)) for one in scan.figures(article.text)]


def _says(one: scan.Figure) -> object:
    if one.kind == "weekday":
        return None
    return one.value.text if one.kind == "date" else one.value.literal


def _quantulum(article: Labelled) -> list[Found]:
    from quantulum3 import parser  # noqa: PLC0415  # an extra

    found: Any = parser.parse(article.text)
    return [Found("number", *one.span) for one in found]


def _text2num(article: Labelled) -> list[Found]:
    from text_to_num import alpha2digit  # noqa: PLC0415  # an extra

    words = [(found.start(), found[0]) for found in re.finditer(r"\S+", article.text)]
    return [
        Found("number", start, start + len(word))
        for start, word in words
        if any(char.isdigit() for char in alpha2digit(word.strip(".,;:"), article.language))
    ]


def _number_parser(article: Labelled) -> list[Found]:
    from number_parser import parse_number  # noqa: PLC0415  # an extra

    words = [(found.start(), found[0]) for found in re.finditer(r"[\w.,]*\w", article.text)]
    return [
        Found("number", start, start + len(word))
        for start, word in words
        if word.lower() not in ("a", "an", "un", "una") and parse_number(word, language=article.language) is not None
    ]


def _dateparser(article: Labelled) -> list[Found]:
    from dateparser.search import search_dates  # noqa: PLC0415  # an extra

    found, at = [], 0
    for words, _ in search_dates(article.text, languages=[article.language]) or ():
        start = article.text.find(words, at)
        found.append(Found("date", start, start + len(words)))
        at = start + len(words)
    return found


AMOUNTS = ("count", "number", "percent", "money", "duration")
PEERS: dict[str, tuple[Callable[[Labelled], list[Found]], tuple[str, ...], tuple[str, ...]]] = {
    "quantulum3": (_quantulum, AMOUNTS, ("en",)),
    "text2num": (_text2num, AMOUNTS, LANGUAGES),
    "number-parser": (_number_parser, AMOUNTS, LANGUAGES),
    "dateparser.search": (_dateparser, ("date", "weekday"), LANGUAGES),
}


# ------------------------------------------------------------------------- scores


class Score(NamedTuple):
    """How many were found, of them right, right to the letter, and how many there are."""

    found: int = 0
    right: int = 0
    exact: int = 0
    labelled: int = 0

    def plus(self, other: Score) -> Score:
        """Both together."""
        return Score(*(one + more for one, more in zip(self, other, strict=True)))


class Pair(NamedTuple):
    """A label and what was found at its place; one of them may be missing."""

    label: Label | None
    found: Found | None


def pairs(labels: Sequence[Label], found: Sequence[Found], *, kinds: bool) -> Iterator[Pair]:
    """Labels and finds, side by side where they overlap, each once."""
    left = list(found)
    for label in labels:
        fitting = [
            one for one in left
            if one.start < label.end and label.start < one.end and (not kinds or one.kind == label.kind)
        ]  # fmt: skip
        if fitting:
            left.remove(fitting[0])
        yield Pair(label, fitting[0] if fitting else None)
    yield from (Pair(None, one) for one in left)


def scores(every: Sequence[tuple[Labelled, list[Found]]], *, kinds: bool) -> dict[str, Score]:
    """A score for each kind."""
    counted: dict[str, Counter[str]] = {}
    for article, found in every:
        for label, one in pairs(article.labels, found, kinds=kinds):
            kind = label.kind if label else one.kind if one else ""
            counts = counted.setdefault(kind, Counter())
            counts["labelled"] += label is not None
            counts["found"] += one is not None
            counts["right"] += label is not None and one is not None
            counts["exact"] += label is not None and one is not None and label.says == one.says
    return {kind: Score(**counts) for kind, counts in counted.items()}


def _row(name: str, score: Score, *, exact: bool = True) -> str:
    def share(part: int, whole: int) -> str:
        return f"{part / whole:9.3f}" if whole else "        –"

    told = share(score.exact, score.right) if exact else "        –"
    return f"{name:26}{score.labelled:9}{share(score.right, score.found)} {share(score.right, score.labelled)} {told}"


def _wrong(article: Labelled, found: list[Found]) -> Iterator[str]:
    for label, one in pairs(article.labels, found, kinds=True):
        place = label or one
        words = article.text[place.start : place.end] if place else ""
        if one is None:
            yield f"{article.language} {article.name}: missed {words!r} ({label and label.kind})"
        elif label is None:
            yield f"{article.language} {article.name}: found {words!r} ({one.kind})"
        elif label.says != one.says:
            yield f"{article.language} {article.name}: {words!r} says {one.says}, not {label.says}"


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument(
        "--wrong", action="store_true", help="list what is missed, found without a label, or read otherwise"
    )
    called = asked.parse_args()
    read, unseen = (
        [(article, ours(article)) for language in LANGUAGES for article in articles(language, part)]
        for part in ("", "-held-out")
    )
    print(f"{len(read)} articles, {sum(len(article.labels) for article, _ in read)} figures\n")
    print(f"{'':26}{'labelled':>9}{'precision':>9} {'recall':>9} {'exact':>9}")
    for language in LANGUAGES:
        mine = scores([one for one in read if one[0].language == language], kinds=True)
        for kind in KINDS:
            print(_row(f"{language} {kind}", mine.get(kind, Score())))
        print(_row(f"{language} all", sum_of(mine)))
    print(_row("all", sum_of(scores(read, kinds=True))))
    for language in LANGUAGES:
        print(
            _row(
                f"{language} held out",
                sum_of(scores([one for one in unseen if one[0].language == language], kinds=True)),
            )
        )
    print()
    for name, (reader, claimed, languages) in PEERS.items():
        for language in languages:
            _peer(name, reader, claimed, language)
    if called.wrong:
        print()
        print("\n".join(line for article, found in [*read, *unseen] for line in _wrong(article, found)))


def sum_of(every: dict[str, Score]) -> Score:
    """All kinds together."""
    total = Score()
    for one in every.values():
        total = total.plus(one)
    return total


def _peer(name: str, reader: Callable[[Labelled], list[Found]], claimed: tuple[str, ...], language: str) -> None:
    """A line for a peer, and one for checker over the same labels by place alone."""
    chosen = list(articles(language))
    try:
        theirs = [_claimed(one, reader(one), claimed) for one in chosen]
    except ImportError:
        print(f"{name} is not installed")
        return
    own = [_claimed(one, ours(one), claimed) for one in chosen]
    print(_row(f"{language} {name}", sum_of(scores(theirs, kinds=False)), exact=False))
    print(_row(f"{language} checker, the same", sum_of(scores(own, kinds=False)), exact=False))


def _claimed(article: Labelled, found: list[Found], claimed: tuple[str, ...]) -> tuple[Labelled, list[Found]]:
    """An article with the labels of some kinds; what was found at the place of another label counts neither way."""
    others = [label for label in article.labels if label.kind not in claimed]
    kept = [one for one in found if not any(one.start < other.end and other.start < one.end for other in others)]
    return article._replace(labels=tuple(label for label in article.labels if label.kind in claimed)), kept


if __name__ == "__main__":
    main()

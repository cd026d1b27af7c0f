"""Every number, hedge, percentage, amount of money, duration, date and weekday of an article, English or Spanish.

Numbers and hedges are read by the same profile as the values of facts (``quantity``), so that what is found here
says what a fact with these words would say. Dates are taken out first (``moment``), then what has digits or number
words and is no figure (``aside``); what a place in the rest may be read as, the longest reading wins.

babel was weighed for number formats and is not used: it reads digits by a locale, but which signs group and which
are decimals is the contract's to say, and a text in one language quotes figures of the other's form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checker import article, aside, moment, quantity
from checker.hedges import Profile, T, Table, match
from checker.model import Value
from checker.numerals import Tokens, past
from checker.record import NamedTuple
from checker.tokens import plain, tokens

TYPES = ("percent", "money", "duration", "count", "number")  # of readings of one length, the first
_UNITS = {"percent": "percent", "money": "currencies"}  # the section of a profile that such a reading has a word of
_HIDDEN = ";"  # stands for each character of what is no number any more: no phrase goes on over it

# A year, an hour: how long, where one of these stands beside it; else a rate (twice a year).
_LASTING = frozenset(
    "after for in within over lasted last lasting lasts another of than during nearly almost about around by "
    "until durante en tras hace por dentro lleva llevan cumplió duró de desde casi".split()
)
_OFTEN = frozenset(("once", "twice", "times", "veces", "vez"))
_PAST = frozenset("ago later earlier before after long in behind old and después antes atrás más y de".split())
# A change, not a range: rose from 12 to 18.
_CHANGED = frozenset(
    "rose rise rises rising fell fall falls falling grew grow grows went goes jumped climbed dropped declined "
    "increased increase decreased reduced cut cuts up down moved raised soared shrank slipped pasó pasar "
    "pasaron subió subir bajó bajaron subieron aumentó aumentaron creció cayó descendió disminuyó redujo "
    "elevó".split()
)
_CHANGE_BEFORE = 6  # tokens before “from” in which a change is told
_SCORES = frozenset(
    "the their its his her our high low test exam final top record box average all of these those".split()
)
_GAPS = re.compile(r"\n\s*\n|(?<=\d)\s*\n(?=\s*\d)|\r\s*\r|\n\s*[-•*–]\s")


class Figure(NamedTuple):
    """One figure of an article: the characters ``start:end`` with its hedge, and those of the number alone.

    ``kind`` is count, number (with decimals, or below zero), percent, money, duration, date or weekday.
    Line and column count from 1; ``sentence`` is the characters of the sentence that it stands in.
    """

    kind: str
    text: str
    value: Value
    start: int
    end: int
    number: tuple[int, int]
    line: int
    column: int
    sentence: tuple[int, int]


class _Found(NamedTuple):
    kind: str
    value: Value
    start: int
    end: int
    number: tuple[int, int]


def figures(text: str, language: str | None = None, profile: Profile | None = None) -> tuple[Figure, ...]:
    """Every figure of a text, in order, none overlapping another; ``language`` is en, es, or what the text is in.

    >>> [(one.kind, one.text) for one in figures("On 5 May, at least 87 of them, or 30 %, were freed.")]
    [('date', '5 May'), ('count', 'at least 87'), ('percent', '30 %')]
    """
    spanish = (language or article.language(text)) == "es"
    even = plain(text)
    even = _hidden(even, aside.addresses(even))
    dated = moment.find(even)
    rest = _hidden(even, [(one.start, one.end) for one in dated])
    rest = _hidden(rest, aside.find(rest, text, spanish=spanish))
    rest = _hidden(rest, [found.span() for found in _GAPS.finditer(text)])
    lines = article.Lines(text)
    found = [
        *(_Found(one.kind, one.value, one.start, one.end, (one.start, one.end)) for one in dated),
        *_amounts(rest, _spoken(profile or quantity.standard(), spanish)),
    ]
    return tuple(
        Figure(
            one.kind, text[one.start : one.end], one.value, one.start, one.end, one.number,
            *lines.place(one.start), lines.sentence(one.start),
        )
        for one in sorted(found, key=lambda one: one.start)
    )  # fmt: skip


def _hidden(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in sorted(spans):
        if end > at:
            parts += [text[at:start], _HIDDEN * (end - max(start, at))]
            at = end
    return "".join([*parts, text[at:]])


def _spoken(profile: Profile, spanish: bool) -> Profile:
    """A profile for one language, where a word is a number in the one alone: once is eleven, and a is no one."""
    if not spanish:
        return profile
    words = {**profile.words, "passed_over": _without(profile.words["passed_over"], "once")}
    return profile._replace(words=words, numbers={**profile.numbers, "ones": _without(profile.numbers["ones"], "a")})


def _without(table: Table[T], word: str) -> Table[T]:
    return {first: rest for first, rest in table.items() if first != word}


# ------------------------------------------------------------------------- amounts


def _amounts(text: str, profile: Profile) -> Iterator[_Found]:
    """Every quantity of a text from which dates and asides are taken."""
    words, at, single = tokens(text), 0, 0
    while at < len(words):
        if past("passed_over", words, at, profile) > at:
            at = past("passed_over", words, at, profile)
            continue
        best = _best(text, words, at, profile, single=at < single)
        if best is None:
            at += 1
            continue
        kind, (span, value, start, end) = best
        if at >= single and _is_change(kind, words, at, end, profile):
            at, single = past("from", words, at, profile), end  # its two numbers, one by one
            continue
        if _counts(kind, words, at, start, end, profile):
            yield _Found(kind, value, span.start, span.end, (span.number_start, span.number_end))
        at = end


_Read = tuple[quantity.Span, Value, int, int]


def _best(text: str, words: Tokens, at: int, profile: Profile, *, single: bool) -> tuple[str, _Read] | None:
    """The longest quantity at a token, of whichever type."""
    if not quantity.may_start(words, at, profile):
        return None
    best: tuple[str, _Read] | None = None
    for kind in TYPES:
        read = quantity.longest(text, words, at, kind, profile, single=single)
        if read and _has_unit(kind, words[at : read[3]], profile) and (best is None or read[3] > best[1][3]):
            best = kind, read
    return best


def _has_unit(kind: str, words: Tokens, profile: Profile) -> bool:
    table = profile.words.get(_UNITS.get(kind, ""))
    return table is None or any(match(table, words, at) for at in range(len(words)))


def _is_change(kind: str, words: Tokens, at: int, end: int, profile: Profile) -> bool:
    """Whether what reads as a range is none: rose from 12 to 18, or fell 0.8 percent to 4,512."""
    if past("from", words, at, profile) > at:
        return any(word.text in _CHANGED for word in words[max(0, at - _CHANGE_BEFORE) : at])
    if not any(past("to", words, middle, profile) > middle for middle in range(at + 1, end)):
        return False
    last = max((middle for middle in range(at, end) if words[middle].kind == "number"), default=at)
    return kind == "percent" and not _has_unit(kind, words[last:end], profile)


def _counts(kind: str, words: Tokens, at: int, start: int, end: int, profile: Profile) -> bool:
    """Whether a reading is a figure: not where a year is a rate, and scores are points."""
    before = words[at - 1].text if at else ""
    if words[at].text == "scores":
        return before not in _SCORES and not (before.isalpha() and end < len(words) and words[end].text != "of")
    if kind == "duration" and start == at and end == at + 2 and words[at].text in profile.numbers["ones"]:
        return before not in _OFTEN and (before in _LASTING or (end < len(words) and words[end].text in _PAST))
    return True

"""The hedge profile: what words say about a number, compiled from data.

The shipped profile is ``profiles/standard.yaml``, which explains itself; its schema is
``schemas/hedges.schema.json``. A project's own may leave sections out and keeps the shipped ones there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TypeVar

from checker.model import Exact, InputError, InputErrors
from checker.record import NamedTuple
from checker.tokens import Token, tokens

T = TypeVar("T")
Table = Mapping[str, tuple[tuple[tuple[str, ...], T], ...]]
"""Phrases by their first word, longest first, with what each means."""


class QuantityError(ValueError):
    """A text that is not understood as a quantity, or a profile that makes no sense."""

    def __init__(self, message: str, expected: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected


class End(NamedTuple):
    """One end of a form: ``times`` n, and a share of n and a number of round steps away from it."""

    times: Exact = 1
    share: Exact = 0
    steps: Exact = 0


class Form(NamedTuple):
    """An interval about n, such as ``n < x < n + r``."""

    low: End | None
    high: End | None
    includes_low: bool
    includes_high: bool


class Hedge(NamedTuple):
    """What a hedge makes of n: the span of its forms, where None is what n says alone."""

    name: str
    literal: tuple[Form | None, ...]
    conventional: tuple[Form | None, ...]


class Profile(NamedTuple):
    """The compiled table. ``profiles/standard.yaml`` says what each section means."""

    hedges: Mapping[str, Table[Hedge]]  # before, after or instead of a number
    group: Hedge
    numbers: Mapping[str, Table[Exact]]
    words: Mapping[str, Table[None]]
    starts: Table[None]  # the phrases and signs that a quantity may start with


def match(table: Table[T], words: tuple[Token, ...], at: int) -> tuple[T, int] | None:
    """The longest phrase of a table that stands at a place: its meaning, and where it ends."""
    if at >= len(words):
        return None
    for phrase, meaning in table.get(words[at].text, ()):
        end = at + len(phrase)
        if len(phrase) == 1 or phrase == tuple(word.text for word in words[at:end]):
            return meaning, end
    return None


@cache
def standard() -> Profile:
    """The shipped profile."""
    return _compile(_shipped())


def profile(data: object) -> Profile:
    """Compile a project's own profile from plain data (mappings, lists, and text for every scalar).

    Sections that it leaves out are the shipped ones. Raises QuantityError where it makes no sense.
    """
    return _compile({**_shipped(), **_mapping(data, "the profile")})


def of(path: Path | None) -> Profile | None:
    """A project's own profile in a file, None for none; raises ``InputErrors``."""
    if path is None:
        return None
    from checker import document  # noqa: PLC0415  # most projects have none

    read = document.read_file(path)
    try:
        return profile(read.data)
    except QuantityError as error:
        raise InputErrors([InputError(read.at(), error.message, error.expected)]) from None


@cache
def _shipped() -> Mapping[str, object]:
    from checker import document  # noqa: PLC0415 - plain figures are read, and all are shown, without a profile

    file = Path(__file__).parent / "profiles" / "standard.yaml"
    return _mapping(document.read(file.read_bytes(), file.name).data, "the profile")


# ------------------------------------------------------------------------- compiling

_NUMBERS = ("numbers", "joins", "scales", "suffixes", "groups")
_ONES: Mapping[str, Exact] = {"ones": 1, "halves": Fraction(1, 2), "and_a_half": Fraction(1, 2)}
_WORDS = ("percent", "currencies", "minus", "between", "and", "but", "from", "to", "of", "fillers", "determiners",
          "breaks", "stops", "passed_over", "unknown")  # fmt: skip
_SECTIONS = ("hedges", "times", *_NUMBERS, *_ONES, *_WORDS)
_PLACES = ("before", "after", "instead")
_FIELDS = ("literal", "conventional", *_PLACES)


def _compile(data: Mapping[str, object]) -> Profile:
    _known(data, _SECTIONS, "a profile")
    rules = {name: _mapping(rule, name) for name, rule in _mapping(data["hedges"], "hedges").items()}
    made = {name: _hedge(name, rule) for name, rule in rules.items()}
    if "group" not in made:
        raise QuantityError("hedges has no group", "what a dozen says: group: {literal: …, conventional: …}")
    hedges = {place: _table(_placed(rules, made, place)) for place in _PLACES}
    numbers = {name: _table(_numbered(data[name], name)) for name in _NUMBERS}
    numbers |= {name: _table(_each(data[name], name, n)) for name, n in _ONES.items()}
    numbers["times"] = _table(_times(data["times"]))
    words = {name: _table(_each(data[name], name, None)) for name in _WORDS}
    return Profile(hedges, made["group"], numbers, words, _starts(hedges, numbers, words))


def _starts(
    hedges: Mapping[str, Table[Hedge]], numbers: Mapping[str, Table[Exact]], words: Mapping[str, Table[None]]
) -> Table[None]:
    tables: list[Table[Hedge] | Table[Exact] | Table[None]] = [
        *(hedges[name] for name in ("before", "instead")),
        *(numbers[name] for name in ("numbers", "ones", "halves", "times")),
        *(words[name] for name in ("currencies", "minus", "between", "from")),
    ]
    found: dict[str, tuple[tuple[tuple[str, ...], None], ...]] = {}
    for table in tables:
        for first, phrases in table.items():
            found[first] = (*found.get(first, ()), *((phrase, None) for phrase, _ in phrases))
    return found


def _known(data: Mapping[str, object], names: tuple[str, ...], what: str) -> None:
    for name in data:
        if name not in names:
            raise QuantityError(f"{what} has no {name[:100]}", "one of " + ", ".join(names))


def _table(entries: Iterable[tuple[str, T]]) -> dict[str, tuple[tuple[tuple[str, ...], T], ...]]:
    found: dict[str, tuple[tuple[tuple[str, ...], T], ...]] = {}
    for text, meaning in entries:
        phrase = (text,) if text.isalpha() and text.islower() else tuple(token.text for token in tokens(text))
        if not phrase or len(text) > 100:
            raise QuantityError(f"“{text[:100]}” is no phrase", "a few words")
        others = found.get(phrase[0], ())
        found[phrase[0]] = tuple(sorted((*others, (phrase, meaning)), key=_shorter)) if others else ((phrase, meaning),)
    return found


def _shorter(entry: tuple[tuple[str, ...], object]) -> int:
    return -len(entry[0])


def _placed(
    rules: Mapping[str, Mapping[str, object]], made: Mapping[str, Hedge], place: str
) -> Iterable[tuple[str, Hedge]]:
    for name, rule in rules.items():
        yield from _each(rule.get(place, []), f"{place} in {name}", made[name])


def _hedge(name: str, rule: Mapping[str, object]) -> Hedge:
    _known(rule, _FIELDS, f"the hedge {name}")
    if missing := {"literal", "conventional"} - set(rule):
        raise QuantityError(f"the hedge {name} has no {min(missing)}", "a form such as n < x < n + r")
    return Hedge(name, _forms(rule["literal"], name), _forms(rule["conventional"], name))


def _times(data: object) -> Iterable[tuple[str, Exact]]:
    for name, unit in _mapping(data, "times").items():
        fields = _mapping(unit, name)
        if set(fields) != {"days", "words"}:
            raise QuantityError(f"the time {name} is not understood", "{days: …, words: […]}")
        yield from _each(fields["words"], name, _positive(fields["days"], f"days of {name}"))


def _numbered(data: object, name: str) -> Iterable[tuple[str, Exact]]:
    of: Callable[[object, str], Exact] = _whole if name == "numbers" else _positive
    return [(word, of(number, word)) for word, number in _mapping(data, name).items()]


def _each(data: object, name: str, meaning: T) -> Iterable[tuple[str, T]]:
    if not isinstance(data, list) or not all(isinstance(item, str) for item in data):
        raise QuantityError(f"{name} is no list of words", "[at least, no fewer than]")
    return [(item, meaning) for item in data]


def _mapping(data: object, name: str) -> Mapping[str, object]:
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        raise QuantityError(f"{name} is not understood", "a mapping of names")
    return data


# ------------------------------------------------------------------------- forms and numbers

# Patterns as text: ``re`` compiles and keeps them when a profile is first read.
_NUMBER = r"[0-9]+(\.[0-9]+)?(/[0-9]+)?"
MAX_NUMBER = 60  # characters
_END = r"(?:[0-9.]+ )?n(?: [+-] (?:[0-9.]+ %|r(?:/[0-9]+)?))?"
_FORM = rf"(?:(?P<low>{_END}) (?P<at_low><=?) )?x(?: (?P<at_high><=?) (?P<high>{_END}))?"
_ENDS = r"(?:([0-9.]+) )?n(?: ([+-]) (?:([0-9.]+) %|r(?:/([0-9]+))?))?"


@cache
def _form(text: str) -> Form | None:
    if text == "alone":
        return None
    found = re.fullmatch(_FORM, text)
    if found is None:
        raise QuantityError(f"“{text[:100]}” is no form", "such as n < x < n + r, n - 10 % <= x < n, 24 n <= x; alone")
    low, high = (_end(found[name]) if found[name] else None for name in ("low", "high"))
    return Form(low, high, found["at_low"] == "<=", found["at_high"] == "<=")


def _forms(data: object, name: str) -> tuple[Form | None, ...]:
    texts = data if isinstance(data, list) else [data]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise QuantityError(f"the hedge {name} is not understood", "a form such as n < x < n + r, or a list of them")
    return tuple(_form(text) for text in texts)


def _end(text: str) -> End:
    found = re.fullmatch(_ENDS, text)
    assert found is not None  # _FORM holds the same pattern
    times, sign, share, parts = found.groups()
    way = -1 if sign == "-" else 1
    moved = Fraction(way, 100) * _positive(share, text) if share else 0
    steps = Fraction(way) / _positive(parts or "1", text) if sign and not share else 0
    return End(_positive(times or "1", text), moved, steps)


def _positive(data: object, name: str) -> Exact:
    number = _whole(data, name)
    if not number:
        raise QuantityError(f"{name} is zero", "a number above zero")
    return number


def _whole(data: object, name: str) -> Exact:
    if isinstance(data, str) and data.isdigit() and data.isascii() and len(data) <= 30:
        return int(data)
    if not isinstance(data, str) or len(data) > MAX_NUMBER or not re.fullmatch(_NUMBER, data):
        raise QuantityError(f"{name} is no number", "a number such as 12, 365.25 or 1/24")
    above, _, below = data.partition("/")
    if below and not int(below):
        raise QuantityError(f"{name} divides by zero", "a number such as 1/24")
    number = Fraction(above) / int(below or 1)
    return number.numerator if number.denominator == 1 else number

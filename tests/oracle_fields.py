"""For the oracle: the fields of a fact, when two facts agree in one, and when they tell the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from checker.model import Fact, Period

DATES = ("as_of", "during", "during.start", "during.end", "since", "published", "retrieved")


class Unclear(Exception):
    """An expression has no meaning for these facts; the match is undetermined."""


def read(fact: Fact, name: str) -> str | Period | None:  # noqa: C901, PLR0911  # one for each kind of field
    source = fact.source
    if name.startswith("dimensions."):
        return dict(fact.dimensions).get(name[len("dimensions.") :])
    if name in ("during.start", "during.end"):
        return fact.during
    if name in ("as_of", "during", "since", "claimant", "event", "basis", "subject", "quote", "id"):
        return getattr(fact, name)  # type: ignore[no-any-return]
    if name in ("type", "kind", "counting", "unit"):
        return getattr(fact.measure, name)  # type: ignore[no-any-return]
    if name == "measure":
        return fact.measure.id
    if name == "source":
        return source.id if source else None
    if name in ("published", "retrieved", "origin", "publisher", "language"):
        return getattr(source, name) if source else None
    if name == "breakdown":
        return "+".join(key for key, _ in fact.dimensions) or None
    if name == "dimensions":
        return ", ".join(f"{key}={value}" for key, value in fact.dimensions) or None
    raise KeyError(name)


class Day(NamedTuple):
    """An open or certain day: one unknown for all facts of one source with the same date written."""

    key: str
    first: int | None
    last: int | None


def day(fact: Fact, name: str) -> Day | None:
    written = read(fact, name)
    if written is None:
        return None
    assert isinstance(written, Period)
    first, last = written.first, written.last
    about = any(mark in written.text for mark in "~?%")  # then a period starts and ends on any of its days
    if name == "during.start" and first is not None and not about:
        last = first
    if name == "during.end" and last is not None and not about:
        first = last
    while fact.derivation and read(fact.derivation.facts[0], name) == written:  # it has the day from the first fact
        fact = fact.derivation.facts[0]
    owner = fact.source.id if fact.source and not fact.derivation else fact.id
    return Day(f"{name}|{written.text}|{owner}", first, last)


def alike(one: Fact, other: Fact, name: str) -> bool | None:
    """Whether two facts agree in a field."""
    if name not in DATES:
        return read(one, name) == read(other, name)
    a, b = day(one, name), day(other, name)
    if a is None or b is None:
        return a is b
    if a.key == b.key:
        return True
    if name == "during":
        return _one_period(read(one, name), read(other, name))
    apart = (a.last is not None and b.first is not None and a.last < b.first) or (
        b.last is not None and a.first is not None and b.last < a.first
    )
    if apart:
        return False
    certain = a.first is not None and b.first is not None and a.first == a.last == b.first == b.last
    return True if certain else None


def _one_period(a: Any, b: Any) -> bool | None:
    open_ended = None in (a.first, a.last, b.first, b.last)
    if not open_ended and not any(mark in a.text + b.text for mark in "~?%"):
        return (a.first, a.last) == (b.first, b.last)
    return None if meet_in_time(a, b) else False


def meet_in_time(a: Period | None, b: Period | None) -> bool:
    if a is None or b is None:
        return True
    starts = [one.first for one in (a, b) if one.first is not None]
    ends = [one.last for one in (a, b) if one.last is not None]
    return not starts or not ends or max(starts) <= min(ends)


def together(answers: Iterator[bool | None] | Sequence[bool | None]) -> bool | None:
    known = list(answers)
    return False if False in known else None if None in known else True


def all_alike(facts: Sequence[Fact], names: Sequence[str]) -> bool | None:
    return together([alike(one, other, name) for one, other in combinations(facts, 2) for name in names])


# ------------------------------------------------------------------------- the same thing told twice


def tell_the_same(one: Fact, other: Fact) -> bool:
    if (one.subject, one.measure.id, one.event, one.dimensions) != (
        other.subject, other.measure.id, other.event, other.dimensions,
    ):  # fmt: skip
        return False
    if one.measure.kind == "flow" and one.during and other.during:
        return alike(one, other, "during") is True
    return all(alike(one, other, name) is True for name in ("as_of", "during", "since"))


def told_once(facts: Sequence[Fact]) -> list[list[Fact]]:
    groups: list[list[Fact]] = []
    for fact in facts:
        for group in groups:
            if tell_the_same(group[0], fact):
                group.append(fact)
                break
        else:
            groups.append([fact])
    for one, other in combinations(groups, 2):
        if may_count_twice(one[0], other[0]):
            raise Unclear
    return groups


def may_count_twice(one: Fact, other: Fact) -> bool:
    if (one.subject, one.measure.id) != (other.subject, other.measure.id):
        return False
    if [name for name, _ in one.dimensions] != [name for name, _ in other.dimensions]:
        return True
    if one.dimensions != other.dimensions:
        return False
    if one.measure.kind != "flow":
        return one.event == other.event and all_alike((one, other), ("as_of", "during", "since")) is None
    apart = one.event is not None and other.event is not None and one.event != other.event
    return not apart and meet_in_time(one.during or one.as_of, other.during or other.as_of)

"""Facts, rules and names for tests, in few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from checker import derive, engine, expression, fact, hearing, period
from checker.judge import Judge, Judgement
from checker.model import (
    Derive,
    Dimension,
    Fact,
    Location,
    Match,
    Measure,
    Pattern,
    Period,
    Rule,
    Source,
    Subject,
    Value,
    Vocabulary,
)

HERE = Location("facts.yaml", 1, 1)
ENGINES = tuple(name for name in engine.ENGINES if name == "plain" or find_spec("durable_rules_engine"))

MEASURES = {
    measure.id: measure
    for measure in (
        Measure("arrested", "count", "person", "total", "gross"),
        Measure("freed", "count", "person", "flow"),
        Measure("freed_total", "count", "person", "total", "gross", total_of="freed", within="arrested"),
        Measure("held", "count", "person", "stock"),
        Measure("hurt", "count", "person", "stock", within="held"),
        Measure("sick", "count", "person", "stock", within="hurt"),
        Measure("share", "percent", "%", "stock"),
        Measure("level", "number", None, "stock"),
        Measure("cost", "money", "EUR", "stock"),
        Measure("lasted", "duration", "day"),
        Measure("began", "date"),
        Measure("name", "text"),
    )
}
NAMES = Vocabulary(
    measures=MEASURES,
    subjects={
        "all": Subject("all"),
        "some": Subject("some", part_of="all"),
        "few": Subject("few", part_of="some"),
        "others": Subject("others"),
    },
    claimants={},
    events={"one": None, "two": None},
    dimensions={"sex": Dimension("sex", ("men", "women"), exhaustive=True), "place": Dimension("place")},
    names={"Edmundo González": ("Edmundo Gonzales", "E. González")},
)


def source(id: str = "a", **fields: Any) -> Source:
    """A source; dates may be texts."""
    return Source(id, HERE, **_dated(fields))


def claim(id: str, measure: str, value: Any, **fields: Any) -> Fact:
    """A fact ``source#id``, of subject "all" and as of 2024-01-01 where its kind has that; dates are texts."""
    origin = fields.pop("source", "a")
    origin = source(origin) if isinstance(origin, str) else origin
    kind = MEASURES[measure].kind
    fields.setdefault("as_of", "2024-01-01" if kind in ("stock", "total") else None)
    fields["dimensions"] = tuple(sorted(fields.get("dimensions", {}).items()))
    fields.setdefault("subject", "all")
    fields.setdefault("claimant", origin.id if origin else None)
    name = f"{origin.id}#{id}" if origin else id
    return Fact(
        name, MEASURES[measure], value=read(value, MEASURES[measure].type), location=HERE, source=origin,
        **_dated(fields),
    )  # fmt: skip


def read(value: Any, type: str) -> Value:  # noqa: A002  # the word of the contract
    """The value that a text or number says, or one that is a ``Value`` already."""
    return value if isinstance(value, Value) else fact.value(value if isinstance(value, dict) else str(value), type)


def _dated(fields: Mapping[str, Any]) -> dict[str, Any]:
    dates = ("as_of", "during", "since", "published", "retrieved")
    return {
        name: period.read(value) if name in dates and isinstance(value, str) else value
        for name, value in fields.items()
    }


def day(text: str) -> Period:
    """A date."""
    return period.read(text)


def rule(given: Mapping[str, Mapping[str, Any]], require: str | None = None, **fields: Any) -> Rule:
    """A rule as a rules file would write it."""
    derived = fields.pop("derive", None)
    where = fields.pop("where", None)
    return Rule(
        id=fields.pop("id", "the-rule"),
        location=HERE,
        given=tuple(pattern(name, wanted) for name, wanted in given.items()),
        same=tuple(fields.pop("same", ())),
        comparable=tuple(fields.pop("comparable", ())),
        where=None if where is None else expression.parse(where),
        require=None if require is None else expression.parse(require),
        derive=None if derived is None else _derive(derived, given),
        **fields,
    )


def pattern(name: str, wanted: Mapping[str, Any]) -> Pattern:
    """A name in ``given``; ``None`` is the word null."""
    special = ("dimensions", "collect", "or_none", "by", "next")
    along = "next" in wanted
    by = wanted.get("by", ())
    by = (by,) if isinstance(by, str) else tuple(by)
    return Pattern(
        name,
        tuple((key, _texts(value)) for key, value in wanted.items() if key not in special),
        tuple(_breakdown(one) for one in _list(wanted.get("dimensions", "null"))),
        "collect" in wanted,
        wanted.get("or_none", False),
        () if along else by,
        wanted.get("next"),
        by[0] if along else None,
    )


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> tuple[str, ...]:
    return tuple("null" if one is None else one for one in _list(value))


def _breakdown(one: Any) -> str | tuple[tuple[str, tuple[str, ...]], ...]:
    return one if isinstance(one, str) else tuple((name, _texts(texts)) for name, texts in one.items())


def _derive(written: Mapping[str, str], given: Iterable[str]) -> Derive:
    fields = tuple(
        (key, expression.parse(text) if text.partition(".")[0] in set(given) else text)
        for key, text in written.items()
        if key not in ("measure", "value")
    )
    return Derive(written["measure"], expression.parse(written["value"]), fields)


# ------------------------------------------------------------------------- running


def judged(
    rules: Rule | list[Rule], facts: Sequence[Fact], names: Vocabulary = NAMES, by: str = "plain"
) -> list[tuple[Match, Judgement]]:
    """The matches of rules over facts, and over what is derived from them, with their verdicts."""
    several = [rules] if isinstance(rules, Rule) else rules
    _, start = engine.choose(by)
    made = derive.derived(several, facts, names, start)
    return hearing.judged(several, (*facts, *made), Judge(names), start)


def verdicts(rules: Rule | list[Rule], facts: Sequence[Fact], names: Vocabulary = NAMES) -> list[str]:
    """The verdicts, sorted."""
    return sorted(judgement.verdict for _, judgement in judged(rules, facts, names))


def bound(found: Match) -> dict[str, Any]:
    """For each name the id bound to it without its source, or for a collection the ids."""
    return {
        name: _short(one) if isinstance(one, Fact) else [_short(member) for member in one]
        for name, one in found.bindings
    }


def _short(one: Fact) -> str:
    return one.id.partition("#")[2] or one.id

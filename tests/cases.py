"""Random rules over a small vocabulary, and random facts of which some are likely to fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import oracle
from checker import rule as rules_of
from checker.model import Fact, InputErrors, Pattern, Rule, Value
from facts import MEASURES, NAMES, claim, rule, source

Draw = Callable[[Sequence[Any]], Any]  # chooses one of several: hypothesis, or a seeded generator
Case = tuple[list[Rule], list[Fact]]


def one_of(draw: Draw, *options: Any) -> Any:
    return draw(options)


def maybe(draw: Draw, share: int = 2) -> bool:
    """True once in ``share`` times."""
    return bool(draw(range(share)) == share - 1)


def some_of(draw: Draw, options: Sequence[str], most: int) -> list[str]:
    return sorted({one_of(draw, *options) for _ in range(draw(range(most + 1)))})


# ------------------------------------------------------------------------- random facts

DAYS = (
    *["2024-01-01", "2024-01-02", "2024-01-03"] * 3,
    "2024-01-02~", "2024-01-01/2024-01-02", "../2024-01-02",
)  # fmt: skip
PERIODS = ("2024-01-01", "2024-01-02", "2024-01-01/2024-01-02", "2024-01-03/2024-01-04", "2024-01-02~", "2024-01-03/..")
COUNTS = (
    "0",
    "1",
    "2",
    "3",
    "5",
    "about 12",
    "up to 12",
    "up to 12",
    "12",
    "9",
    "2 to 4",
    "at most 2",
    "up to 3",
    "fewer than 3",
    "about 5",
    "nearly 4",
    "about 30",
)
OPEN = ("at least 3", "more than 2", "more than 30", "several", "unknown")
VALUES = {
    "number": ("1.5", "2", "about 3", "more than 2", "unknown", "2.25"),
    "percent": ("30 %", "about 50 %", "less than 20 %", "60 %"),
    "duration": ("2 days", "48 hours", "a week", "about 3 days"),
    "date": ("2024-01-01", "2024-01-02", "2024-01-01/2024-01-03", "unknown"),
    "text": ("Edmundo González", "Edmundo Gonzales", "EDMUNDO GONZALEZ", "Ana Ruiz"),
}
SOURCES = (source("a", published="2024-01-03"), source("b", published="2024-01-02~", origin="a"))


def a_value(draw: Draw, type: str) -> str:  # noqa: A002  # the word of the contract
    if type == "count":
        return str(one_of(draw, *OPEN) if maybe(draw, 4) else one_of(draw, *COUNTS))
    return str(one_of(draw, *VALUES[type]))


def a_fact(draw: Draw, number: int, measures: Sequence[str]) -> Fact:
    measure = MEASURES[one_of(draw, *measures)]
    fields: dict[str, Any] = {
        "source": one_of(draw, *SOURCES),
        "subject": one_of(draw, "all", "all", "some"),
        "basis": one_of(draw, *["reported"] * 6, "verified", "planned"),
        "event": one_of(draw, None, None, "one", "two"),
        "dimensions": one_of(draw, {}, {}, {}, {}, {}, {"sex": "men"}, {"sex": "women"}, {"place": "x"}),
        "superseded": maybe(draw, 15),
    }
    fields["claimant"] = one_of(draw, "a", "b", fields["source"].id)
    if measure.kind in ("stock", "total"):
        fields["as_of"] = one_of(draw, *DAYS)
    if measure.kind == "total":
        fields["since"] = one_of(draw, None, "2023-12-01", "2023-12-01", "2023-12-02", "2023-12-02~")
        fields["complete"] = one_of(draw, (), (), ("batches",), ("sex",))
    if measure.kind == "flow":
        fields["during"] = one_of(draw, None, *PERIODS)
    return claim(f"f{number}", measure.id, a_value(draw, measure.type), **fields)


# ------------------------------------------------------------------------- random rules

COUNTED = ("arrested", "freed", "freed_total", "held", "hurt")
NUMBERED: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({"measure": "held"}, "person"),
    ({"measure": "freed"}, "person"),
    ({"measure": ["held", "hurt"]}, "person"),
    ({"measure": "freed*"}, "person"),
    ({"kind": "total"}, "person"),
    ({"kind": "total"}, "person"),
    ({"kind": "flow", "during": "any"}, "person"),
    ({"type": "count"}, "person"),
    ({"type": "count", "kind": ["stock", "total"]}, "person"),
    ({"counting": "gross"}, "person"),
    ({"counting": None, "type": "count"}, "person"),
    ({"measure": "level"}, None),
    ({"measure": "lasted"}, "day"),
)
FURTHER: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
    {"claimant": "any"}, {"claimant": "b"}, {"source": "a"}, {"event": None}, {"event": "any"}, {"event": "o*"},
    {"basis": ["planned", "reported"]}, {"basis": "any"}, {"origin": None}, {"id": "a#*"}, {"subject": "s*"},
)  # fmt: skip
BREAKDOWNS = (
    "null", "null", "null", "any", ["null", "any"], ["null", "any"], {"sex": "any"}, {"sex": "m*"},
    {"sex": ["any", "null"]}, [{"place": "x"}, "null"],
)  # fmt: skip


class Name:
    """A name in ``given``: what stands for it in an expression, in which unit, and which days it may have."""

    def __init__(self, name: str, wanted: dict[str, Any], kind: str, unit: str | None) -> None:
        self.name, self.wanted, self.kind, self.unit = name, wanted, kind, unit
        self.is_set = "collect" in wanted


def a_name(draw: Draw, name: str, before: Sequence[Name]) -> Name:
    kind = one_of(draw, *["number"] * 8, "date", "text")
    if before and maybe(draw, 2):  # the same as another: so that names may be exchanged
        model = one_of(draw, *before)
        return Name(name, {key: one for key, one in model.wanted.items() if key != "next"}, model.kind, model.unit)
    other = {"measure": "began" if kind == "date" else "name"}, None
    plain, unit = one_of(draw, *NUMBERED) if kind == "number" else other
    wanted: dict[str, Any] = {**plain, **one_of(draw, *FURTHER), "dimensions": one_of(draw, *BREAKDOWNS)}
    if kind == "number" and maybe(draw, 4):
        wanted["collect"] = "all"
        if maybe(draw, 3):
            wanted["or_none"] = True
        if maybe(draw, 3):
            wanted["by"] = one_of(draw, "breakdown", "event", "as_of", "claimant")
    elif maybe(draw, 3) and any(not one.is_set and "next" not in one.wanted for one in before):
        wanted["next"] = one_of(draw, *(one.name for one in before if not one.is_set and "next" not in one.wanted))
        wanted["by"] = "during" if wanted.get("kind") == "flow" else one_of(draw, "as_of", "as_of", "published")
    return Name(name, wanted, kind, unit)


def a_number(draw: Draw, names: Sequence[Name], unit: str | None, depth: int) -> str:
    """An expression that is a number in a unit, or in none."""
    fitting = [one for one in names if one.kind == "number" and one.unit in (unit, None)]
    if depth == 0 or maybe(draw, 3):
        if not fitting or maybe(draw, 4):
            return str(one_of(draw, 0, 1, 2, 3, 5, 30, "0.5"))
        name = one_of(draw, *fitting)
        function = one_of(draw, "sum", "sum", "count", "min", "max")
        return f"{function}({name.name})" if name.is_set else name.name
    left, right = (a_number(draw, names, unit, depth - 1) for _ in range(2))
    factor = one_of(draw, 2, 3, "0.5")
    forms = (
        f"({left} + {right})",
        f"({left} - {right})",
        f"abs({left} - {right})",
        f"{factor} * {left}",
        f"-{left}",
        f"({left}) / {factor}",
        f"({left}) * ({right}) / ({right})",
        f"({left}) / ({right})",
    )
    return str(one_of(draw, *forms))


def a_day(draw: Draw, name: Name) -> str:
    if name.kind == "date":
        return name.name
    if is_flow(name):
        return f"{name.name}.{one_of(draw, 'during.start', 'during.end')}"
    rare = "since" if name.wanted.get("kind") == "total" else "as_of"
    if name.unit == "day" or name.kind != "number":
        return f"{name.name}.published"
    return f"{name.name}.{one_of(draw, 'as_of', 'as_of', 'as_of', 'published', rare)}"


def is_flow(name: Name) -> bool:
    return name.wanted.get("kind") == "flow" or name.wanted.get("measure") == "freed"


def a_relation(draw: Draw, names: Sequence[Name]) -> str:
    """A comparison, over single names and collections as wholes."""
    units = {one.unit for one in names if one.kind == "number"} - {None}
    unit = one_of(draw, None, *sorted(one for one in units if one))
    singles = [one for one in names if not one.is_set]
    sign = one_of(draw, "<", "<=", ">", ">=", "==", "!=")
    forms = [lambda: f"{a_number(draw, names, unit, 2)} {sign} {a_number(draw, names, unit, 1)}"] * 3
    if singles:
        one, other = one_of(draw, *singles), one_of(draw, *singles)
        forms += [
            lambda: f"{a_day(draw, one)} {sign} {a_day(draw, other)}",
            lambda: f"{a_day(draw, one)} {sign} 2024-01-02",
            lambda: f"days_between({a_day(draw, one)}, {a_day(draw, other)}) {sign} {one_of(draw, 0, 1, 2)}",
            lambda: f'weekday({a_day(draw, one)}) == "{one_of(draw, "Monday", "Tuesday")}"',
            lambda: f"{one.name}.claimant {one_of(draw, '==', '!=')} {other.name}.claimant",
            lambda: f"{one.name}.event == {other.name}.event",
            lambda: f"within({one.name}.subject, {other.name}.subject)",
            lambda: f"not within({one.name}.measure, {other.name}.measure)",
            lambda: f"total_of({one.name}.measure, {other.name}.measure)",
            lambda: f'{one.name}.kind != "flow"',
        ]
        if one.kind == "text":
            forms += [lambda: f'spelled_like({one.name}, "edmundo gonzález")'] * 3
        if one.kind == other.kind == "text":
            forms += [lambda: f"{one.name} == {other.name}"] * 3
        collections = [other for other in names if other.is_set]
        if collections:
            forms += [lambda: f"complete({collections[0].name}, {one.name})"] * 2
    return str(one_of(draw, *forms)())


def a_condition(draw: Draw, names: Sequence[Name], depth: int = 1) -> str:
    if depth == 0 or not maybe(draw, 3):
        return a_relation(draw, names)
    left, right = (a_condition(draw, names, depth - 1) for _ in range(2))
    return str(one_of(draw, f"({left} and {right})", f"({left} or {right})", f"not ({left})"))


def of_members(draw: Draw, names: Sequence[Name]) -> list[str]:
    """What is asked of each member of a collection: plain comparisons of days and names."""
    singles = [one for one in names if not one.is_set]
    asked = []
    for one in names:
        if one.is_set and singles and maybe(draw, 2):
            other = one_of(draw, *singles)
            day = one_of(draw, "during.end", "during.start") if is_flow(one) else "as_of"
            asked.append(
                one_of(
                    draw,
                    f"{one.name}.{day} {one_of(draw, '<', '<=')} {a_day(draw, other)}",
                    f"{one.name}.{day} <= 2024-01-02",
                    f"total_of({other.name}.measure, {one.name}.measure)",
                    f"{one.name}.claimant == {other.name}.claimant",
                )
            )
    return asked


SAME = ("subject", "subject", "measure", "claimant", "source", "as_of", "during", "during.end", "event", "dimensions")
FEWER = ("subject", "claimant", "since", "as_of")


def a_rule(draw: Draw, id: str, *, derives: str | None = None) -> Rule:
    names: list[Name] = []
    for name in ("x", "y", "z")[: one_of(draw, 1, 2) if derives else one_of(draw, 1, 2, 2, 2, 3)]:
        names.append(a_name(draw, name, names))
    conditions = one_of(draw, 0, 0, 0, 0, 1) if derives else one_of(draw, 0, 0, 0, 1, 1, 2)
    where = of_members(draw, names) + [a_condition(draw, names) for _ in range(conditions)]
    written = {one.name: one.wanted for one in names}
    same = some_of(draw, SAME, one_of(draw, 0, 1, 2))
    fields: dict[str, Any] = {"id": id, "same": same, "where": " and ".join(where) or None}
    if derives is not None:
        value = a_number(draw, names, "person", 2)
        fields["derive"] = {"measure": derives, "value": value}
        return rule(written, **fields)
    fields["comparable"] = some_of(draw, FEWER, 1)
    return rule(written, a_condition(draw, names), message="{x}", **fields)


def a_case(draw: Draw) -> Case | None:
    """One or two rules, and facts of which some are likely to fit; None where the rules make no sense."""
    rules = [a_rule(draw, "the-rule")]
    if maybe(draw, 2):
        made = "level" if any(one.fields[:1] == (("measure", ("level",)),) for one in rules[0].given) else "held"
        rules.append(a_rule(draw, "derives", derives=one_of(draw, made, made, "hurt", "arrested")))
    try:
        selected = list(rules_of.select(rules, NAMES).rules)
    except InputErrors:
        return None
    return selected, likely_facts(draw, rules)


def likely_facts(draw: Draw, rules: Sequence[Rule]) -> list[Fact]:
    """Facts that mostly fit some name of the rules."""
    patterns = [pattern for chosen in rules for pattern in chosen.given]
    measures = [one for one in MEASURES if any(_may_bind(pattern, one) for pattern in patterns)]
    return [a_likely_fact(draw, number, measures, patterns) for number in range(one_of(draw, 3, 4, 4, 5, 6))]


def a_likely_fact(draw: Draw, number: int, measures: Sequence[str], patterns: Sequence[Pattern]) -> Fact:
    """A fact that mostly fits a certain pattern."""
    wanted = one_of(draw, *patterns)
    fact = a_fact(draw, number, measures)
    for _ in range(one_of(draw, 0, 9, 9, 9)):
        if oracle.fits(fact, wanted):
            break
        fact = a_fact(draw, number, measures)
    return fact


def by_seed(seed: int) -> Case:
    """The case of a number."""
    random = Random(seed)
    while (case := a_case(random.choice)) is None:
        pass
    return case


def _may_bind(pattern: Any, measure: str) -> bool:
    asked = [(name, texts) for name, texts in pattern.fields if name in ("measure", "type", "kind", "counting")]
    probe = claim("probe", measure, Value(""))
    return oracle.fits(probe, pattern._replace(fields=tuple(asked), dimensions=("null",)))

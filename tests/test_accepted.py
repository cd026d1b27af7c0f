"""Whatever rule is accepted under a vocabulary can be matched, judged and worded over any facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

import facts
from checker import finding, rule
from checker.judge import Judge
from checker.model import Fact, InputErrors

GIVEN: dict[str, dict[str, Any]] = {
    "a": {"measure": "held"},
    "b": {"measure": "hurt"},
    "s": {"measure": "share"},
    "d": {"measure": "began"},
    "n": {"measure": "name"},
    "any": {"measure": ["level", "cost", "lasted", "name", "began"]},
    "parts": {"measure": "freed", "collect": "all", "dimensions": ["null", "any"]},
    "none": {"measure": "arrested", "collect": "all", "or_none": True},
}
SINGLES, COLLECTIONS = "abdn", ("parts", "none")
TEXTS = ("claimant", "subject", "measure", "event", "dimensions.place", "quote.stands", "id", "unit", "source")
DATES = ("as_of", "during.start", "during.end", "since", "published")
VALUES = {
    "count": ("0", "5", "about 12", "more than 7", "unknown"),
    "percent": ("30 %", "about 3 %"),
    "number": ("0", "2.5", "-3", "9999999", "unknown"),
    "money": ("3", "0"),
    "duration": ("a year", "72 hours"),
    "date": ("2024-07-28", "2024-07", "../2024", "2024~", "unknown"),
    "text": ("Ana", "Monday"),
}


class Writer:
    """Writes expressions that are mostly of one type, and facts for them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.one = self.random.choice

    def number(self, depth: int) -> str:
        inner = depth - 1
        simple = [
            self.one(["a", "b", "any", "s", "0", "1", "2.5", "100"]),
            f"{self.one(['sum', 'min', 'max', 'count'])}({self.one(COLLECTIONS)})",
        ]
        if depth <= 0:
            return self.one(simple)
        deeper = [
            f"abs({self.number(inner)})",
            f"days_between({self.date()}, {self.date()})",
            f"(-{self.number(inner)})",
            f"({self.number(inner)} {self.one('+-*/')} {self.number(inner)})",
        ]
        return self.one([*simple, *deeper, deeper[-1]])

    def date(self, _: int = 0) -> str:
        return self.one(["d", "any", "2024-07-28", f"{self.one(SINGLES)}.{self.one(DATES)}"])

    def text(self, _: int = 0) -> str:
        field = f"{self.one(SINGLES)}.{self.one(TEXTS)}"
        return self.one(["n", "any", "'Monday'", "'2024-07'", "''", f"weekday({self.date()})", field, field])

    def condition(self, depth: int) -> str:
        inner = depth - 1
        sides: list[Callable[[int], str]] = [self.number, self.number, self.date, self.text]
        side = self.one(sides)
        other = self.one([side, side, side, self.text])
        compared = f"{side(inner)} {self.one(['<', '<=', '==', '!=', '>', '>='])} {other(inner)}"
        related = f"{self.one(['within', 'total_of', 'spelled_like'])}({self.text()}, {self.text()})"
        complete = f"complete({self.one(COLLECTIONS)}, {self.one(list(GIVEN))})"
        if depth <= 0:
            return self.one([compared, compared, related, complete])
        joined = f"(({self.condition(inner)}) {self.one(['and', 'or'])} ({self.condition(inner)}))"
        return self.one([compared, compared, joined, f"not ({self.condition(inner)})", related])

    def shown(self) -> str:
        field = f"{self.one(list(GIVEN))}.{self.one([*TEXTS, *DATES, 'during'])}"
        return self.one([self.number(2), self.text(), self.date(), self.one(list(GIVEN)), field])

    def facts(self) -> list[Fact]:
        told = []
        for name, wanted in GIVEN.items():
            for number in range(self.random.randint(int(name != "none"), 2)):
                measure = self.one(wanted["measure"]) if name == "any" else wanted["measure"]
                fields: dict[str, Any] = {"during": self.one([None, "2024-01", "2024-01-05", "2024/..", "../2023"])}
                fields |= self.one([{}, {"event": "one"}, {"as_of": "2024-02~"}])
                if name == "parts":
                    fields["dimensions"] = self.one([{}, {"place": "north"}, {"sex": "men"}])
                value = self.one(VALUES[facts.MEASURES[measure].type])
                told.append(facts.claim(f"{name}-{number}", measure, value, **fields))
        return told


@pytest.mark.parametrize("seed", range(3))
def test_what_is_accepted_never_fails(seed: int) -> None:
    writer, judge, verdicts = Writer(seed), Judge(facts.NAMES), Counter[str]()
    for _ in range(250):
        made = facts.rule(
            GIVEN,
            writer.condition(2),
            where=writer.one([None, writer.condition(1), writer.condition(2)]),
            message=f"{{{writer.shown()}}}",
            same=writer.one([(), ("subject",), ("as_of",), ("claimant", "during")]),
        )
        try:
            rule.select([made], facts.NAMES)
        except InputErrors:
            continue
        for found, judgement in facts.judged(made, writer.facts()):
            verdicts[judgement.verdict] += 1
            assert finding.make(found, judgement, judge).verdict == judgement.verdict
    assert set(verdicts) >= {"violated", "satisfied", "undetermined", "incomparable"}


@pytest.mark.parametrize(
    ("where", "value", "verdicts"),
    [
        ("any == 'Monday'", {"name": "Monday"}, ["violated"]),
        ("any == 'Monday'", {"name": "Ana"}, []),
        ("any == 'Monday'", {"began": "2024-01-01"}, ["undetermined"]),
        ("any == 'Monday'", {"level": "3"}, ["undetermined"]),
        ("any == '2024-01'", {"began": "2024-01-01"}, ["undetermined"]),
        ("any == weekday(any)", {"began": "2024-01-01"}, ["undetermined"]),
        ("any >= 2024-01-01", {"began": "2024-01-01"}, ["violated"]),
        ("any >= 2024-01-01", {"level": "5"}, ["undetermined"]),
        ("any <= any", {"name": "Ana"}, ["undetermined"]),
        ("any > 3", {"name": "Ana"}, ["undetermined"]),
        ("any > 3", {"began": "2024-01-01"}, ["undetermined"]),
        ("any > 3", {"level": "5"}, ["violated"]),
        ("weekday(any) == 'Monday'", {"began": "2024-01-01"}, ["violated"]),
        ("weekday(any) == 'Monday'", {"level": "-3"}, ["undetermined"]),
        ("weekday(any) == 'Monday'", {"level": "9999999"}, ["undetermined"]),
        ("weekday(any) == 'Monday'", {"name": "Monday"}, ["undetermined"]),
    ],
)
def test_where_asks_what_a_fact_cannot_answer(where: str, value: dict[str, str], verdicts: list[str]) -> None:
    """A general rule's name may turn out to be of a type that its condition is not for."""
    made = facts.rule({"any": GIVEN["any"]}, "count(parts) > 5", where=where)
    made = made._replace(given=(*made.given, facts.pattern("parts", {"measure": "freed", "collect": "all"})))
    assert rule.select([made], facts.NAMES).rules
    [(measure, text)] = value.items()
    told = [facts.claim("x", measure, text), facts.claim("y", "freed", 3, during="2024")]
    assert facts.verdicts(made, told) == verdicts

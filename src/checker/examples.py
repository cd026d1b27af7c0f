"""A rule against its own examples: the proof that it finds what it is for, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from checker import derive, engine, load, quantity, quote, rule, run
from checker.judge import VERDICTS, Judge
from checker.model import Example, Fact, InputError, InputErrors, Location, Period, Rule, Vocabulary

NONE = "none"
_EXPECTED = ("subject", "as_of", "during", "since", "event", "basis", "claimant")


class Outcome(NamedTuple):
    """What a rule said of an example, beside what it must say."""

    rule: str
    location: Location
    expected: str
    found: str

    @property
    def is_right(self) -> bool:
        """Whether the rule said what it must."""
        return self.expected == self.found


def check(tested: Rule, names: Vocabulary, start: engine.Start) -> list[Outcome]:
    """What a rule says of each of its examples; raises ``InputErrors`` for examples that make no sense."""
    known = rule.example_names(tested, names)
    errors: list[InputError] = []
    outcomes = [] if tested.derive is not None else _lacking(tested)
    for example in tested.examples:
        try:
            facts = _facts(example, known)
            selected = rule.select([tested._replace(shipped=False)], known).rules
            expect = example.expect
            if isinstance(expect, Mapping):
                expected, found = _derives(expect, selected, facts, known, start, example.location)
            else:
                expected, found = str(expect), _says(selected, facts, known, start)
            outcomes.append(Outcome(tested.id, example.location, expected, found))
        except InputErrors as wrong:
            errors += wrong.errors
    if errors:
        raise InputErrors(errors)
    return outcomes


def _lacking(tested: Rule) -> list[Outcome]:
    """An outcome for each of the two proofs that a rule has no example of."""
    expected = [example.expect for example in tested.examples]
    lacking = []
    if "violated" not in expected:
        lacking.append("an example that violates it")
    if all(one == "violated" for one in expected):
        lacking.append("an example that does not violate it")
    return [Outcome(tested.id, tested.location, one, "none") for one in lacking]


def _facts(example: Example, names: Vocabulary) -> list[Fact]:
    facts = []
    for number, fields in enumerate(example.facts, 1):
        text = fields.get("text")
        plain = {name: value for name, value in fields.items() if name != "text"}
        fact = load.example(plain, names, example.location, number)
        if isinstance(text, str) and fact.quote is not None:
            fact = fact._replace(checked=quote.check(fact, quote.fold(text)))
        facts.append(fact)
    return facts


def _says(rules: Sequence[Rule], facts: Sequence[Fact], names: Vocabulary, start: engine.Start) -> str:
    if any(one.derive is not None for one in rules):
        made = derive.derived(rules, facts, names, start)
        return ", ".join(_told(fact, {}) for fact in made) or NONE
    found = {judgement.verdict for _, judgement in run.judged(rules, facts, Judge(names), start)}
    return next((verdict for verdict in VERDICTS if verdict in found), NONE)


def _derives(
    expect: Mapping[str, object],
    rules: Sequence[Rule],
    facts: Sequence[Fact],
    names: Vocabulary,
    start: engine.Start,
    location: Location,
) -> tuple[str, str]:
    wanted = _told(load.example(expect, names, location), expect)
    made = [_told(fact, expect) for fact in derive.derived(rules, facts, names, start)]
    return wanted, wanted if wanted in made else ", ".join(made) or _says(rules, facts, names, start)


def _told(fact: Fact, expect: Mapping[str, object]) -> str:
    """The measure and value of a fact, and what else is expected of one."""
    others = [f"{name} {_text(getattr(fact, name))}" for name in _EXPECTED if name in expect]
    return ", ".join([f"{fact.measure.id} {_shown(fact)}", *others])


def _text(written: str | Period | None) -> str:
    return written.text if isinstance(written, Period) else written or NONE


def _shown(fact: Fact) -> str:
    return quantity.show(fact.value.literal, fact.measure.type) if fact.value.literal else fact.value.text

"""A rule against its own examples: the proof that it finds what it is for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from checker import derive, engine, expression, finding, hearing, load, quantity, quote, rule
from checker.judge import VERDICTS, Judge, Judgement
from checker.model import (
    Cited,
    Example,
    Fact,
    Finding,
    InputError,
    InputErrors,
    Location,
    Match,
    Period,
    Rule,
    Vocabulary,
)
from checker.record import NamedTuple

NONE = "none"
_EXPECTED = ("subject", "as_of", "during", "since", "event", "basis", "claimant")


class Outcome(NamedTuple):
    """What a rule said of an example, beside what it must say; where these differ, the findings that show it."""

    rule: str
    location: Location
    expected: str
    found: str
    findings: tuple[Finding, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether the rule said what it must."""
        return self.expected == self.found


class Proof(NamedTuple):
    """A rule's examples with their facts read, and the names that they use."""

    names: Vocabulary
    trials: tuple[Trial, ...]


class Trial(NamedTuple):
    """An example: what must be said of which facts."""

    example: Example
    expected: str
    facts: tuple[Fact, ...]


def check(tested: Rule, names: Vocabulary, start: engine.Start) -> list[Outcome]:
    """What a rule says of each of its examples; raises ``InputErrors`` for examples that make no sense."""
    proof = read(tested, names)
    lacking = [] if tested.derive is not None else _lacking(tested)
    return [*lacking, *(_shown(one, tested, proof, start) for one in outcomes(tested, proof, start))]


def read(tested: Rule, names: Vocabulary) -> Proof:
    """The examples of a rule; raises ``InputErrors`` for those that make no sense."""
    known = rule.example_names(tested, names)
    errors: list[InputError] = []
    trials = []
    for example in tested.examples:
        try:
            facts = tuple(_facts(example, known))
            trials.append(Trial(example, _expected(example, known), facts))
        except InputErrors as wrong:
            errors += wrong.errors
    if errors:
        raise InputErrors(errors)
    return Proof(known, tuple(trials))


def outcomes(tested: Rule, proof: Proof, start: engine.Start) -> Iterator[Outcome]:
    """What a rule says of each example, one after another; raises ``InputErrors`` where it cannot be used."""
    selected = rule.select([tested._replace(shipped=False)], proof.names).rules
    for trial in proof.trials:
        found = _says(selected, trial, proof.names, start)
        yield Outcome(tested.id, trial.example.location, trial.expected, found)


def _lacking(tested: Rule) -> list[Outcome]:
    """An outcome for each of the two proofs that a rule has no example of."""
    expected = [example.expect for example in tested.examples]
    lacking = []
    if "violated" not in expected:
        lacking.append("an example that violates it")
    if all(one == "violated" for one in expected):
        lacking.append("an example that does not violate it")
    return [Outcome(tested.id, tested.location, one, "none") for one in lacking]


def _facts(example: Example, names: Vocabulary) -> Iterator[Fact]:
    """The facts of an example.

    ``text`` is what the source says. With ``claimant: null`` a fact has no claimant, as one that is
    derived from what several claim.
    """
    for number, fields in enumerate(example.facts, 1):
        plain = {name: value for name, value in fields.items() if name != "text"}
        fact = load.example(plain, names, example.location, number)
        if fact.claimant == "null":
            fact = fact._replace(claimant=None)
        text = fields.get("text")
        if isinstance(text, str) and fact.quote is not None:
            fact = fact._replace(checked=quote.check(fact, quote.fold(text)))
        yield fact


def _expected(example: Example, names: Vocabulary) -> str:
    if not isinstance(example.expect, Mapping):
        return str(example.expect)
    return _told(load.example(example.expect, names, example.location), example.expect)


def _says(rules: Sequence[Rule], trial: Trial, names: Vocabulary, start: engine.Start) -> str:
    """The worst verdict, or the facts that are derived: what is expected alone, where it is one of them."""
    expect = trial.example.expect
    if any(one.derive is not None for one in rules):
        fields = expect if isinstance(expect, Mapping) else {}
        made = [_told(fact, fields) for fact in derive.derived(rules, trial.facts, names, start)]
        return trial.expected if trial.expected in made else ", ".join(made) or NONE
    return _worst(judgement for _, judgement in hearing.judged(rules, trial.facts, Judge(names), start))


def _worst(judgements: Iterable[Judgement]) -> str:
    found = {judgement.verdict for judgement in judgements}
    return next((verdict for verdict in VERDICTS if verdict in found), NONE)


def _told(fact: Fact, expect: Mapping[str, object]) -> str:
    """The measure and value of a fact, and what else is expected of one."""
    others = [f"{name} {_text(getattr(fact, name))}" for name in _EXPECTED if name in expect]
    return ", ".join([f"{fact.measure.id} {_value(fact)}", *others])


def _text(written: str | Period | None) -> str:
    return written.text if isinstance(written, Period) else written or NONE


def _value(fact: Fact) -> str:
    return quantity.show(fact.value.literal, fact.measure.type) if fact.value.literal else fact.value.text


# ------------------------------------------------------------------------- an example that fails


def _shown(outcome: Outcome, tested: Rule, proof: Proof, start: engine.Start) -> Outcome:
    """An outcome that is not right, with the findings that show why."""
    if outcome.is_right:
        return outcome
    facts = next(trial.facts for trial in proof.trials if trial.example.location == outcome.location)
    if tested.derive is not None:
        made = derive.derived([tested], facts, proof.names, start)
        return outcome._replace(findings=(_alone(tested, (*facts, *made), "what follows from these facts"),))
    judge = Judge(proof.names)
    verdicts = hearing.judged([tested], facts, judge, start)
    told = [_finding(*one, judge) for one in verdicts if one[1].verdict == outcome.found]
    return outcome._replace(findings=tuple(told) or (_alone(tested, facts, "no match of these facts"),))


def _finding(found: Match, judgement: Judgement, judge: Judge) -> Finding:
    """A finding as a run makes it; one that a run would not show says too what the rule requires, and the sides."""
    made = finding.make(found, judgement, judge)
    if made.message:
        return _here(made)
    assert found.rule.require is not None  # as it was judged
    left, right = judge.sides(found)
    return _here(made._replace(message=made.reason or expression.show(found.rule.require), left=left, right=right))


def _alone(tested: Rule, facts: Sequence[Fact], message: str) -> Finding:
    """The facts of an example of which there is nothing to find."""
    cited = tuple(Cited(fact.measure.id, fact) for fact in facts)
    subject = facts[0].subject if facts else ""
    return _here(Finding("", tested.id, "", NONE, "new", subject, message, cited))


def _here(made: Finding) -> Finding:
    """A finding without the place of its facts, which is that of the example."""
    return made._replace(facts=tuple(Cited(name, fact._replace(location=Location(""))) for name, fact in made.facts))

"""Forward chaining: the facts that follow from facts, until nothing new follows.

What one round derives goes into the engine's session as the next batch, and only what that
completes is looked at again. Rules that collect, or look for the next in time, see different facts
when more are derived; so they wait for the rules whose facts they may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from checker import field, match, period, vocabulary
from checker.engine import Session
from checker.engine import join as joins
from checker.engine.join import Join
from checker.ground import Absent, Binding, Ground, Undefined
from checker.judge import Judge
from checker.model import (
    Derivation,
    Expression,
    Fact,
    InputError,
    InputErrors,
    Match,
    Period,
    Reference,
    Rule,
    Value,
    Vocabulary,
)

MAX_STEPS = 2_000  # derivations from derivations: a daily figure for five years
MAX_FACTS = 200_000

Start = Callable[[Sequence[Join]], Session]


def derived(rules: Sequence[Rule], facts: Sequence[Fact], names: Vocabulary, start: Start) -> tuple[Fact, ...]:
    """All facts that the rules with ``derive`` make of these facts, in order of their ids.

    Raises ``InputErrors`` naming the rules of a derivation that does not end.
    """
    known = list(facts)
    for stage in _stages([rule for rule in rules if rule.derive is not None], names):
        known += _chain(stage, known, names, start)
    return tuple(sorted(known[len(facts) :], key=lambda fact: fact.id))


def _chain(rules: Sequence[Rule], facts: Sequence[Fact], names: Vocabulary, start: Start) -> list[Fact]:
    judge = Judge(names)
    made: dict[str, Fact] = {}
    joined = [joins.of(rule) for rule in rules]
    session = start(joined)
    new: Sequence[Fact] = facts
    try:
        for _ in range(MAX_STEPS):
            candidates = session.add(new) if new else []
            matcher = match.Matcher([*facts, *made.values()], judge)
            fresh = {}
            for found in sorted(matcher.matches(joined, candidates), key=match.identity):
                fact = _make(found, names)
                if fact is not None and fact.id not in made:
                    fresh[fact.id] = fact
            if not fresh:
                return list(made.values())
            made.update(fresh)
            new = list(fresh.values())
            if len(made) > MAX_FACTS:
                break
    finally:
        session.close()
    raise InputErrors([_endless(rules, new[-1])])


def _endless(rules: Sequence[Rule], last: Fact) -> InputError:
    """The error for a derivation without end: the rules that the last fact goes back to again and again."""
    loop: list[str] = []
    fact: Fact | None = last
    while fact is not None and fact.derivation is not None and fact.derivation.rule not in loop:
        loop.append(fact.derivation.rule)
        fact = next((parent for parent in fact.derivation.facts if parent.derivation is not None), None)
    by_id = {rule.id: rule for rule in rules}
    message = f"the derivation does not end: {' -> '.join(reversed([*loop, loop[0]]))}"
    return InputError(by_id[loop[0]].location, message, "a where that stops it")


# ------------------------------------------------------------------------- one new fact


def _make(found: Match, names: Vocabulary) -> Fact | None:
    """The fact that a match makes; None where it is not certain that it does."""
    rule = found.rule
    if rule.derive is None or not found.certain or not found.comparable:
        return None
    ground = Ground(found.bindings, names)
    try:
        form = ground.number(rule.derive.value)
        fields = {name: _field(one, found) for name, one in rule.derive.fields}
    except (Absent, Undefined):
        return None
    literal, conventional = ground.spans(form)
    parents = match.facts_of(found.bindings)
    first = parents[0]
    measure = vocabulary.find(names.measures, rule.derive.measure)
    assert measure is not None
    return first._replace(
        id=f"{rule.id}({', '.join(fact.id for fact in parents)})",
        measure=measure,
        value=Value("", literal, conventional),
        source=first.source if all(fact.source == first.source for fact in parents) else None,
        claimant=first.claimant if all(fact.claimant == first.claimant for fact in parents) else None,
        quote=None,
        checked=None,
        complete=(),
        supersedes=None,
        derivation=Derivation(rule.id, tuple(parents), None if ground.sides else form),
        **_time(measure.kind, first, fields),
        **{name: one for name, one in fields.items() if name in ("subject", "event", "basis")},
    )


def _time(kind: str | None, first: Fact, fields: dict[str, str | Period | None]) -> dict[str, Period | None]:
    """The time fields of a new fact: those of the first that its kind has, and those that the rule gives."""
    kept = {"flow": ("during",), "stock": ("as_of",), "total": ("as_of", "since")}.get(kind or "", field.TIMES)
    time: dict[str, Period | None] = {}
    for name in field.TIMES:
        given = fields.get(name)
        own = getattr(first, name) if name in kept else None
        time[name] = given if isinstance(given, Period) else own
    return time


def _field(one: str | Expression, found: Match) -> str | Period | None:
    if not isinstance(one, Reference):
        return str(one)
    bound: Binding = dict(found.bindings)[one.name]
    if not isinstance(bound, Fact) or one.field is None:
        raise Undefined(f"{one.name} is no single fact")
    day = field.day(bound, one.field) if field.is_date(one.field) else None
    if day is None:
        return _text(bound, one.field)
    if one.field not in ("during.start", "during.end"):
        written = field.read(bound, one.field)
        return written if isinstance(written, Period) else None
    first, last = day.literal.low, day.literal.high
    ends = None if first is None else int(first), None if last is None else int(last)
    return Period(period.show(*ends), *ends)


def _text(fact: Fact, name: str) -> str:
    written = field.read(fact, name)
    if not isinstance(written, str):
        raise Absent(name)
    return written


# ------------------------------------------------------------------------- in which order


def _stages(rules: Sequence[Rule], names: Vocabulary) -> Iterator[list[Rule]]:
    """The rules in stages: a rule that collects or looks for the next comes after those it depends on."""
    stage = {rule.id: 0 for rule in rules}
    for _ in rules:
        for rule in rules:
            for other in rules:
                later = stage[other.id] + (1 if _sees_sets(rule) and rule.id != other.id else 0)
                if _may_see(rule, other, names) and later > stage[rule.id] and later < len(rules):
                    stage[rule.id] = later
    for number in range(max(stage.values(), default=-1) + 1):
        yield [rule for rule in rules if stage[rule.id] == number]


def _sees_sets(rule: Rule) -> bool:
    return any(pattern.collect or pattern.next is not None for pattern in rule.given)


def _may_see(rule: Rule, other: Rule, names: Vocabulary) -> bool:
    assert other.derive is not None
    measure = vocabulary.find(names.measures, other.derive.measure)
    return measure is not None and any(field.measured(measure, pattern) for pattern in rule.given)

"""Forward chaining: the facts that follow from facts, until nothing new follows.

What one round derives is looked at in the next, and only what that completes: the session of an
engine takes it as a batch, a database as rows (``checker.sql.derivation``). Rules that collect, or
look for the next in time, see different facts when more are derived; so they wait for the rules
whose facts they may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from math import log2
from typing import Any

from checker import field, match, period, vocabulary
from checker.engine import Session, Start
from checker.engine import join as joins
from checker.engine.join import Join
from checker.ground import Absent, Binding, Ground, Undefined
from checker.judge import Judge
from checker.model import (
    Derivation,
    Exact,
    Expression,
    Fact,
    InputError,
    InputErrors,
    Linear,
    Match,
    Measure,
    Period,
    Reference,
    Rule,
    Value,
    Vocabulary,
)

MAX_STEPS = 2_000  # derivations from derivations: a daily figure for five years
MAX_FACTS = 20_000
MAX_TIMES = 20  # derived facts for each fact, where that is more
MAX_DIGITS = 4_200  # of a number: what grows by a hundredth each day for five years has 4,000
_MAX_BITS = int(MAX_DIGITS * log2(10))
STOPS = "a where that stops it"

Fields = Mapping[str, Any]  # a text, or for the fields of time a period
Look = Callable[[Sequence[Fact]], Iterable[Match]]  # the matches that new facts complete; with none, all there are


def derived(rules: Sequence[Rule], facts: Sequence[Fact], names: Vocabulary, start: Start) -> tuple[Fact, ...]:
    """All facts that the rules with ``derive`` make of these facts, in order of their ids.

    Raises ``InputErrors`` naming the rules of a derivation that does not end.
    """
    known = list(facts)
    for stage in stages(rules, names):
        joined = [joins.of(rule, names) for rule in stage]
        with closing(start(joined)) as session:
            known += follow(stage, _among(known, session, joined, names), most(len(known)), names)
    return tuple(sorted(known[len(facts) :], key=lambda fact: fact.id))


def most(facts: int) -> int:
    """How many facts may follow from so many."""
    return max(MAX_FACTS, MAX_TIMES * facts)


def _among(facts: Sequence[Fact], session: Session, joined: Sequence[Join], names: Vocabulary) -> Look:
    """The matches among records, which a session joins."""
    judge, known = Judge(names), list(facts)

    def look(new: Sequence[Fact]) -> Iterator[Match]:
        # One by one, so that a limit is noticed before all that a round can make is made.
        batches = [[fact] for fact in new] or [known.copy()]
        known.extend(new)
        candidates = chain.from_iterable(session.add(batch) for batch in batches)
        return match.Matcher(known, judge).matches(joined, candidates)

    return look


def follow(rules: Sequence[Rule], look: Look, limit: int, names: Vocabulary) -> list[Fact]:
    """All facts that rules of one stage make, round by round: those of a round in order of their ids.

    Raises ``InputErrors`` where there are more than ``limit`` of them, or more than ``MAX_STEPS`` rounds, or numbers of
    more than ``MAX_DIGITS`` digits: what multiplies its own outcome doubles them in each round.
    """
    made: dict[str, Fact] = {}
    new: list[Fact] = []
    for _ in range(MAX_STEPS):
        fresh: dict[str, Fact] = {}
        for found in look(new):
            fact = _make(found, names)
            if fact is not None and fact.id not in made:
                fresh[fact.id] = fact
                if any(map(_is_long, _numbers(fact))):
                    rule = found.rule
                    message = f"{rule.id} derives a number of more than {MAX_DIGITS:,} digits"
                    raise InputErrors([InputError(rule.location, message, f"{STOPS}, or shorter numbers")])
                if len(made) + len(fresh) > limit:
                    raise InputErrors([_endless(rules, [*reversed(new), fact], made, limit)])
        if not fresh:
            return list(made.values())
        new = [fresh[id] for id in sorted(fresh)]
        made.update((fact.id, fact) for fact in new)
    raise InputErrors([_endless(rules, reversed(new), made, limit)])


def _endless(rules: Sequence[Rule], last: Iterable[Fact], made: Mapping[str, Fact], limit: int) -> InputError:
    """The error for a derivation without end: the rules that one of the last facts goes back to again and again."""
    rounds = {id: number for number, id in enumerate(made)}
    by_id = {rule.id: rule for rule in rules}
    for fact in last:
        loop = _loop(fact, rounds)
        if loop:
            return InputError(by_id[loop[0]].location, f"the derivation does not end: {' -> '.join(loop)}", STOPS)
    assert fact.derivation is not None  # the last of all: it is one too many
    id = fact.derivation.rule
    return InputError(
        by_id[id].location, f"{id} derives too many facts: more than {limit:,}", "a where that chooses fewer"
    )


def _loop(last: Fact, rounds: Mapping[str, int]) -> list[str]:
    """The rules that a fact goes back to again and again, from the first of their names to that again; or none."""
    loop: list[str] = []
    fact: Fact | None = last
    while fact is not None and fact.derivation is not None and fact.derivation.rule not in loop:
        loop.append(fact.derivation.rule)
        derived = [parent for parent in fact.derivation.facts if parent.id in rounds]
        fact = max(derived, key=lambda parent: rounds[parent.id], default=None)
    if fact is None or fact.derivation is None:
        return []
    loop = loop[loop.index(fact.derivation.rule) :][::-1]
    first = min(range(len(loop)), key=loop.__getitem__)
    return [*loop[first:], *loop[: first + 1]]


def _numbers(fact: Fact) -> Iterator[Exact]:
    """The numbers that a derived fact is made of."""
    for interval in (fact.value.literal, fact.value.conventional):
        yield from (end for end in (interval[:2] if interval else ()) if end is not None)
    if fact.derivation is not None and fact.derivation.form is not None:
        yield fact.derivation.form.constant
        yield from (factor for _, factor in fact.derivation.form.terms)


def _is_long(number: Exact) -> bool:
    return max(number.numerator.bit_length(), number.denominator.bit_length()) > _MAX_BITS


# ------------------------------------------------------------------------- one new fact


def _make(found: Match, names: Vocabulary) -> Fact | None:
    """The fact that a match makes; None where it is not certain that it does."""
    rule = found.rule
    if rule.derive is None or not found.certain or not found.comparable:
        return None
    ground = Ground(found.bindings, names)
    try:
        form = ground.number(rule.derive.value)
        fields = {name: _field(name, one, found) for name, one in rule.derive.fields}
    except (Absent, Undefined):
        return None
    measure = vocabulary.find(names.measures, rule.derive.measure)
    assert measure is not None  # or the rule had not been selected
    linear = ground.is_linear and not ground.sides
    made = _like_first(found, measure, Value("", *ground.spans(form)), form if linear else None, fields)
    if "subject" not in fields:
        return made
    subject = vocabulary.find(names.subjects, made.subject)
    shares = subject is not None and made.subject not in names.subjects
    return made._replace(subject_title=subject.title if subject else None, shares_title=shares)


def _like_first(found: Match, measure: Measure, value: Value, form: Linear | None, fields: Fields) -> Fact:
    """The new fact: like the first one but for what the rule says, and for what belongs to a source's own words."""
    parents = tuple(match.facts_of(found.bindings))
    first = parents[0]
    kept = _TIMES.get(measure.kind or "", field.TIMES)
    return first._replace(
        id=_id(found.rule, parents),
        measure=measure,
        subject=fields.get("subject") or first.subject,
        value=value,
        source=first.source if all(fact.source == first.source for fact in parents) else None,
        claimant=first.claimant if all(fact.claimant == first.claimant for fact in parents) else None,
        as_of=_time(fields, "as_of", first.as_of if "as_of" in kept else None),
        during=_time(fields, "during", first.during if "during" in kept else None),
        since=_time(fields, "since", first.since if "since" in kept else None),
        event=fields.get("event", first.event),
        basis=fields.get("basis") or first.basis,
        quote=None,
        complete=(),
        supersedes=None,
        checked=None,
        derivation=Derivation(found.rule.id, parents, form),
        fixed=False,
    )


_TIMES = {"flow": ("during",), "stock": ("as_of",), "total": ("as_of", "since")}


def _id(rule: Rule, parents: Sequence[Fact]) -> str:
    """The rule and a digest of what the fact comes from: as long for the thousandth step as for the first."""
    from hashlib import sha256  # noqa: PLC0415  # only where something is derived

    told = "\n".join(fact.id for fact in parents)
    return f"{rule.id}~{sha256(told.encode()).hexdigest()[:12]}"


def _time(fields: Fields, name: str, own: Period | None) -> Period | None:
    given = fields.get(name)
    return given if isinstance(given, Period) else own


def _field(name: str, one: str | Expression, found: Match) -> Any:
    if isinstance(one, str):
        return period.read(one) if name in field.TIMES else one
    assert isinstance(one, Reference)  # as the rule was read
    bound: Binding = dict(found.bindings)[one.name]
    if not isinstance(bound, Fact) or one.field is None:
        raise Undefined(f"{one.name} is no single fact")
    day = field.day(bound, one.field) if field.is_date(one.field) else None
    if day is None:
        return field.read(bound, one.field)
    if one.field not in ("during.start", "during.end"):
        written = field.read(bound, one.field)
        return written if isinstance(written, Period) else None
    first, last = day.literal.low, day.literal.high
    ends = None if first is None else int(first), None if last is None else int(last)
    return Period(period.show(*ends), *ends)


# ------------------------------------------------------------------------- in which order


def stages(rules: Sequence[Rule], names: Vocabulary) -> Iterator[list[Rule]]:
    """The rules with ``derive``, in stages: one that collects or looks for the next comes after those it depends on."""
    rules = [rule for rule in rules if rule.derive is not None]
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

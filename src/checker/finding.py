"""A judged match -> a finding: its severity, its words and its id."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache

from checker import chain, conflict, expression, field, hold, linear, match, quantity, repair
from checker.engine import join
from checker.ground import Absent, Binding, Ground, Undefined
from checker.judge import Judge, Judgement
from checker.model import (
    Cited,
    Conflict,
    Expression,
    Fact,
    Finding,
    Interval,
    Match,
    Pattern,
    Period,
    Reference,
    Rule,
    Value,
    Vocabulary,
)

JOINT = "joint"
NAMED = 6  # facts that a sentence bears
ID_LENGTH = 12  # hexadecimal digits: no two of a million findings alike but by a chance of one in 500


_JSON = json.JSONEncoder(separators=(",", ":"))  # made once: to make one takes longer than most that it writes

SHOWN = ("violated", "suspicious")


def make(found: Match, judgement: Judgement, judge: Judge) -> Finding:
    """The finding of a match."""
    return worded(bare(found, judgement), found, judge)


def joint(found: conflict.Joint, judge: Judge) -> Finding:
    """The finding of matches that each can be met and not all together, or of which that is not decided."""
    return worded(bare_joint(found), found, judge)


def bare(found: Match, judgement: Judgement) -> Finding:
    """All by which the finding of a match is counted and told from others, without the words that explain it."""
    shown = judgement.verdict in SHOWN
    return Finding(
        id=fingerprint(found),
        rule=found.rule.id,
        severity=_severity(found, judgement.verdict) if shown else "",
        verdict=judgement.verdict,
        status="new",
        subject=match.facts_of(found.bindings)[0].subject,
        message="",
        facts=tuple(Cited(name, fact) for name, bound in found.bindings for fact in _facts(bound)),
        reason=judgement.reason,
    )


def bare_joint(found: conflict.Joint) -> Finding:
    """The same for matches that each can be met and not all together."""
    facts = {key: fact for one in found.held for key, fact in one.facts.items()}
    if not facts:  # their days alone are at odds, or what is left of matches beside another conflict is undecided
        facts = {fact.id: fact for one in found.held for fact in match.facts_of(one.match.bindings)}
    ids = (found.cause.conflict.facts if found.cause else ()) or sorted(facts)
    cited = tuple(Cited(facts[id].measure.id, facts[id]) for id in ids)
    meanings = sorted({meaning(one.match.rule) for one in found.held})
    severity, verdict = ("warning", "suspicious") if found.conventional else ("error", "violated")
    return Finding(
        id=_digest(_JSON.encode([JOINT, found.cause is not None, meanings, _told(cited)])),
        rule=JOINT,
        severity=severity if found.cause else "",
        verdict=verdict if found.cause else "undetermined",
        status="new",
        subject=cited[0].fact.subject,
        message="",
        facts=cited,
        reason="" if found.cause else "whether these facts can all be true together takes more work than is allowed",
        conflict=found.cause.conflict if found.cause else None,
    )


def worded(one: Finding, found: Match | conflict.Joint, judge: Judge) -> Finding:
    """A bare finding with its words, which cost more than to find it: the sides, the message, what would resolve it."""
    if isinstance(found, conflict.Joint):
        return _worded_joint(one, found, judge)
    if one.verdict == "undetermined":
        left, right = judge.sides(found)
        return one._replace(left=left, right=right)
    return _worded(one, found, judge) if one.verdict in SHOWN else one


def _worded(one: Finding, found: Match, judge: Judge) -> Finding:
    ground = Ground(found.bindings, judge.names, decides=False)
    try:
        held = hold.hold(found, judge.names, ground)
    except hold.NotLinear:
        held = None
    left, right = judge.sides(found, ground)
    told = one._replace(message=message(found, judge.names, ground), left=left, right=right)
    names = {cited.fact.id: cited.name for cited in one.facts}
    if held is None or not held.facts:
        return told._replace(conflict=Conflict(tuple(names), (one.rule,), smallest=len(names) == 1))
    cause = conflict.cause([held], conventional=one.verdict == "suspicious")
    every = cause._replace(keys=frozenset(held.facts))  # a reader of one rule looks for all that it compares
    return _explained(told, cause, chain.chain(every, names, conventional=one.verdict == "suspicious"), judge)


def _worded_joint(one: Finding, found: conflict.Joint, judge: Judge) -> Finding:
    if found.cause is None:
        return one
    told = one._replace(message=_cannot(one.facts if found.cause.keys else (), found.cause))
    return _explained(told, found.cause, chain.chain(found.cause, {}, conventional=found.conventional), judge)


def _explained(told: Finding, cause: conflict.Cause, steps: tuple[str, ...], judge: Judge) -> Finding:
    """The finding with what of it cannot stand together, and what would have to change."""
    repairs = repair.repairs(cause, judge.names, conventional=told.verdict == "suspicious")
    return told._replace(conflict=cause.conflict, repairs=repairs.found, unrepaired=repairs.reason, chain=steps)


def _cannot(cited: Sequence[Cited], cause: conflict.Cause) -> str:
    rules = cause.conflict.rules
    if not cited:
        of_facts = all(key in one.facts for one in cause.held for key in one.unknowns)  # and not of their days
        return f"{_listed(_some(rules))} cannot be kept together{', whatever the facts are' if of_facts else ''}"
    words = [f"{_value(one.fact)} {one.name}" for one in cited]
    them = "cannot all be true together" if len(words) > 1 else "cannot be true"
    return f"{_listed(_some(words))} {them}: {', '.join(_some(rules))}"


def _some(words: Sequence[str]) -> list[str]:
    """The first words, and how many more there are."""
    return [*words[:NAMED], *([f"{len(words) - NAMED:,} more"] if len(words) > NAMED else [])]


def _told(cited: Iterable[Cited]) -> list[object]:
    return [[one.fact.id, _meant(one.fact.value)] for one in cited]


def _facts(bound: Binding) -> tuple[Fact, ...]:
    return (bound,) if isinstance(bound, Fact) else bound


def _severity(found: Match, verdict: str) -> str:
    severity = conflict.severity(found)
    return "warning" if verdict == "suspicious" and severity == "error" else severity


# ------------------------------------------------------------------------- the id


def fingerprint(found: Match) -> str:
    """The id of a finding: the same for the same rule, facts and values, wherever they stand and however worded."""
    told = [[name, [[fact.id, _meant(fact.value)] for fact in _facts(bound)]] for name, bound in found.bindings]
    return _digest(f"[{_asked(_hashable(found.rule))},{_JSON.encode(told)}]")


def _digest(told: str) -> str:
    try:  # as the standard library's random does: hashlib loads all of OpenSSL
        from _sha256 import sha256  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:  # from Python 3.12 on
        from hashlib import sha256  # noqa: PLC0415  # only where there is a finding

    return str(sha256(told.encode()).hexdigest())[:ID_LENGTH]


def meaning(rule: Rule) -> str:
    """All that decides what a rule asks for: neither its words nor its severity."""
    return _meaning(_hashable(rule))


def _hashable(rule: Rule) -> Rule:
    return rule._replace(examples=(), vocabulary=None)


@lru_cache(1 << 8)  # a rule may be broken a thousand times
def _meaning(rule: Rule) -> str:
    patterns, *forms = join.reads(rule)
    given = [[name, _written(pattern)] for name, pattern in patterns]
    return _JSON.encode([given, forms, rule.same, rule.comparable])


@lru_cache(1 << 8)
def _asked(rule: Rule) -> str:
    return f"{_JSON.encode(rule.id)},{_JSON.encode(_meaning(rule))}"


def _written(pattern: Pattern) -> dict[str, object]:
    """What a pattern says beyond what every pattern does, so that a new kind of condition changes no id."""
    return {name: asked for name, asked in pattern._asdict().items() if asked != Pattern._field_defaults.get(name, "")}


def _meant(value: Value) -> list[object]:
    if value.literal is None or value.conventional is None:
        return [value.text]
    literal = [str(end) for end in value.literal]
    is_exact = value.conventional == value.literal
    return [literal, literal if is_exact else [str(end) for end in value.conventional]]


# ------------------------------------------------------------------------- the words


def message(found: Match, names: Vocabulary, ground: Ground | None = None) -> str:
    """The rule's message with the facts of a match filled in; ``ground`` is one of the match."""
    filler = _Filler(found, ground or Ground(found.bindings, names))
    return "".join(
        part if isinstance(part, str) else filler.fill(part) for part in expression.template(found.rule.message)
    )


class _Filler:
    def __init__(self, found: Match, ground: Ground) -> None:
        self._bindings = dict(found.bindings)
        self._ground = ground

    def fill(self, part: Expression) -> str:
        if isinstance(part, Reference):
            bound = self._bindings[part.name]
            return _values(_facts(bound)) if part.field is None else _field(bound, part.field)
        try:
            if self._ground.is_text(part):
                return " or ".join(sorted(self._ground.text(part) or {"unknown"}))
            span = linear.span(self._ground.number(part), conventional=False)
        except (Absent, Undefined):
            return "unknown"
        return shown(span, whole=True)


def shown(span: Interval, *, whole: bool) -> str:
    """An interval in words; with ``whole``, one of whole numbers as those."""
    ends = [end for end in (span.low, span.high) if end is not None]
    return quantity.show(
        span, "count" if whole and all(end.denominator == 1 and end >= 0 for end in ends) else "number"
    )


def _values(facts: tuple[Fact, ...]) -> str:
    """The values of facts in the order of their times, what several tell once."""
    if len(facts) == 1:
        return _value(facts[0])
    once: dict[object, str] = {}
    for fact in sorted(facts, key=_when):
        once.setdefault((field.told(fact), _value(fact)), _value(fact))
    return _listed(once.values())


def _when(fact: Fact) -> tuple[int, str]:
    time = fact.during or fact.as_of
    return (time.first or 0) if time else 0, fact.id


def _value(fact: Fact) -> str:
    if fact.value.text or fact.value.literal is None:
        return fact.value.text
    return quantity.show(fact.value.literal, fact.measure.type)


def _field(bound: Binding, name: str) -> str:
    written = {_text(field.read(fact, name)) for fact in _facts(bound)}
    return _listed(sorted(written))


def _text(written: str | Period | None) -> str:
    return "none" if written is None else written.text if isinstance(written, Period) else written


def _listed(words: Iterable[str]) -> str:
    *rest, last = list(words) or ["nothing"]
    return f"{', '.join(rest)} and {last}" if rest else last

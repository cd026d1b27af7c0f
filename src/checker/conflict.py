"""Why it cannot be: what cannot be met together, the smallest conflict, the smallest repair.

A match of a linear rule is a formula over what its facts leave open. Formulas that share a fact
belong together, and whether any choice of values keeps them all is decided exactly (``linear``); so
what is said here is proved, or not said.

- I. P. Fellegi, D. Holt: A systematic approach to automatic edit and imputation. JASA 71, 1976
  (the fewest, least weighted facts whose change resolves all).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from checker import core, interval, linear, match, quantity, slip
from checker.ground import Absent, Ground, Undefined
from checker.judge import Judgement
from checker.linear import And, Atom, Formula, Not, Or
from checker.model import (
    EVERYTHING,
    Change,
    Conflict,
    Exact,
    Fact,
    Interval,
    Linear,
    Match,
    Repair,
    Unknown,
    Vocabulary,
)
from checker.omega import Undecided

MAX_REPAIRS = 10
MAX_CHANGES = 3
MAX_CHOICES = 2_000  # sets of facts tried for a repair
VERIFIED = 2  # how much more a verified figure weighs than another of the same claimant


class Held(NamedTuple):
    """A match and the formula that holds where its rule is kept."""

    match: Match
    formula: Formula
    facts: Mapping[str, tuple[Fact, ...]]  # for each unknown, the facts whose value it is


def hold(found: Match, names: Vocabulary) -> Held | None:
    """The formula of a match; None where its rule is not linear, or does not speak of numbers or dates."""
    ground = Ground(found.bindings, names, decides=False)
    assert found.rule.require is not None
    try:
        formula = ground.condition(found.rule.require)
    except (Absent, Undefined):
        return None
    if not ground.is_linear:
        return None
    together = And((formula, *ground.sides.values())) if ground.sides else formula
    facts = {fact.id: fact for one in match.facts_of(found.bindings) for fact in _origins(one)}
    return Held(found, together, {key: _told(key, facts) for key in _unknowns(together) if _told(key, facts)})


def _origins(fact: Fact) -> Iterator[Fact]:
    if fact.derivation is None or fact.derivation.form is None:
        yield fact
    else:
        for parent in fact.derivation.facts:
            yield from _origins(parent)


def _told(key: str, facts: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """The facts that an unknown stands for: one, or several that tell the same thing."""
    return tuple(facts[id] for id in key.split(" = ") if id in facts)


# ------------------------------------------------------------------------- formulas


def _unknowns(formula: Formula) -> dict[str, Unknown]:
    if isinstance(formula, Atom):
        return {unknown.key: unknown for unknown, _ in formula.form.terms}
    if isinstance(formula, Not):
        return _unknowns(formula.part)
    parts = formula.parts if isinstance(formula, And | Or) else ()
    return {key: unknown for part in parts for key, unknown in _unknowns(part).items()}


def _replaced(formula: Formula, others: Mapping[str, Unknown]) -> Formula:
    """The formula with unknowns in place of those of the same key."""
    if isinstance(formula, Atom):
        terms = tuple((others.get(unknown.key, unknown), factor) for unknown, factor in formula.form.terms)
        return Atom(Linear(formula.form.constant, terms), formula.relation)
    if isinstance(formula, Not):
        return Not(_replaced(formula.part, others))
    if isinstance(formula, And | Or):
        return type(formula)(tuple(_replaced(part, others) for part in formula.parts))
    return formula


def _free(unknown: Unknown, facts: Sequence[Fact]) -> Unknown:
    """The same quantity where nothing is known of it but its type."""
    counts = any(fact.measure.type in ("count", "duration") for fact in facts)
    everything = Interval(0, None, True, False) if counts else EVERYTHING
    return unknown._replace(literal=everything, conventional=everything)


# ------------------------------------------------------------------------- what cannot be met together


class Joint(NamedTuple):
    """Matches that each can be met and not all together, in the literal or the conventional intervals."""

    held: tuple[Held, ...]
    conventional: bool


def joint(judged: Iterable[tuple[Match, Judgement]], names: Vocabulary) -> list[Joint]:
    """What is impossible together among the matches of rules that are shown as errors (spec, section 5, Joint)."""
    held: list[Held] = []
    suspicious: set[int] = set()
    for found, judgement in judged:
        if not _takes_part(found, judgement) or (one := hold(found, names)) is None:
            continue
        if judgement.verdict == "suspicious":
            suspicious.add(id(one.formula))
        held.append(one)
    groups = []
    for group in _connected(held):
        if _impossible(group, conventional=False):
            groups.append(Joint(tuple(group), conventional=False))
            continue
        usual = [one for one in group if id(one.formula) not in suspicious]
        groups += [Joint(tuple(part), conventional=True) for part in _connected(usual) if _impossible(part, True)]
    return groups


def _takes_part(found: Match, judgement: Judgement) -> bool:
    claimants = {fact.claimant for fact in match.facts_of(found.bindings)}
    severity = found.rule.across if found.rule.across is not None and len(claimants) > 1 else found.rule.severity
    open_verdict = judgement.verdict in ("suspicious", "undetermined", "satisfied") and not judgement.surely
    return severity == "error" and found.certain and open_verdict


def _impossible(held: Iterable[Held], conventional: bool) -> bool:
    return linear.possible(And(tuple(one.formula for one in held)), conventional) is False


def _connected(held: Sequence[Held]) -> list[list[Held]]:
    """The formulas in groups that share no unknown, in the order in which they came."""
    root: dict[str, str] = {}

    def find(key: str) -> str:
        while root.setdefault(key, key) != key:
            key = root[key]
        return key

    for one in held:
        first, *rest = _unknowns(one.formula) or [match.identity(one.match).rule]
        for key in rest:
            root[find(key)] = find(first)
    groups: dict[str, list[Held]] = {}
    for one in held:
        key = next(iter(_unknowns(one.formula)), match.identity(one.match).rule)
        groups.setdefault(find(key), []).append(one)
    return list(groups.values())


# ------------------------------------------------------------------------- the smallest conflict


class Cause(NamedTuple):
    """The smallest conflict in a group: its matches, and the conflict as it is shown."""

    held: tuple[Held, ...]
    conflict: Conflict


def cause(held: Sequence[Held], *, conventional: bool) -> Cause:
    """The fewest matches and facts of a group that cannot stand together."""
    facts = {key: told for one in held for key, told in one.facts.items()}
    unknowns = {key: unknown for one in held for key, unknown in _unknowns(one.formula).items()}
    free = {key: _free(unknowns[key], told) for key, told in facts.items()}
    items: list[int | str] = [*sorted(facts), *range(len(held))]

    def impossible(some: frozenset[int | str]) -> bool:
        left_out = {key: unknown for key, unknown in free.items() if key not in some}
        formulas = tuple(_replaced(one.formula, left_out) for number, one in enumerate(held) if number in some)
        return linear.possible(And(formulas), conventional) is False

    found, is_smallest = core.smallest(items, impossible)
    matches = tuple(one for number, one in enumerate(held) if number in found)
    ids = [fact.id for key in found if isinstance(key, str) for fact in facts[key]]
    rules = dict.fromkeys(one.match.rule.id for one in matches)
    return Cause(matches, Conflict(tuple(dict.fromkeys(ids)), tuple(rules), is_smallest))


# ------------------------------------------------------------------------- the smallest repair


def repairs(held: Sequence[Held], names: Vocabulary, *, conventional: bool) -> tuple[Repair, ...]:
    """The changes of the fewest facts that let all of a group stand, the lightest and smallest first.

    Each says the whole range to which the fact would have to move, all others left as they are.
    """
    formula = And(tuple(one.formula for one in held))
    facts = {key: told for one in held for key, told in one.facts.items()}
    unknowns = _unknowns(formula)
    for size in range(1, MAX_CHANGES + 1):
        found = []
        for number, keys in enumerate(combinations(sorted(facts), size)):
            if number >= MAX_CHOICES:
                break
            free = {key: _free(unknowns[key], facts[key]) for key in keys}
            moved = _moved(_replaced(formula, free), free, conventional)
            if moved is not None:
                changes = [_change(facts[key], unknowns[key], moved[key], facts, conventional) for key in keys]
                weight = sum(_weight(fact, names) for key in keys for fact in facts[key])
                far = sum(_distance(unknowns[key], moved[key], conventional) for key in keys)
                found.append(((weight, far, keys), Repair(tuple(one for some in changes for one in some))))
        if found:
            return tuple(repair for _, repair in sorted(found, key=lambda one: one[0])[:MAX_REPAIRS])
    return ()


def _moved(formula: Formula, free: Mapping[str, Unknown], conventional: bool) -> dict[str, Interval] | None:
    """Where each freed unknown may lie so that the formula holds; None where nothing helps, or cannot be decided."""
    moved = {}
    try:
        for key, unknown in free.items():
            found = linear.bounds(formula, linear.of(unknown), conventional)
            if found is None:
                return None
            moved[key] = found
    except Undecided:
        return None
    return moved


def _weight(fact: Fact, names: Vocabulary) -> Exact:
    claimant = names.claimants.get(fact.claimant or "")
    return (claimant.weight if claimant else 1) * (VERIFIED if fact.basis == "verified" else 1)


def _distance(unknown: Unknown, moved: Interval, conventional: bool) -> Exact:
    """How far the nearest end of an interval has to move to reach another."""
    now = linear.domain(unknown, conventional)
    if moved.low is not None and now.high is not None and moved.low > now.high:
        return moved.low - now.high
    if moved.high is not None and now.low is not None and moved.high < now.low:
        return now.low - moved.high
    return 0


def _change(
    told: Sequence[Fact],
    unknown: Unknown,
    moved: Interval,
    facts: Mapping[str, Sequence[Fact]],
    conventional: bool,
) -> list[Change]:
    now = linear.domain(unknown, conventional)
    distance = _distance(unknown, moved, conventional)
    upwards = moved.low is not None and now.high is not None and moved.low > now.high
    shift = f"{'+' if upwards else '-'}{quantity.number(distance)}" if distance else ""

    def resolves(value: Interval) -> bool:
        return not interval.is_empty(interval.meet(value, moved), whole=unknown.whole)

    others = [one for some in facts.values() for one in some if one.id not in {fact.id for fact in told}]
    return [
        Change(fact.id, _words(now, fact), _words(moved, fact), shift, slip.hint(fact, others, resolves))
        for fact in told
    ]


def _words(values: Interval, fact: Fact) -> str:
    if fact.measure.type == "date":
        from checker import period  # noqa: PLC0415  # dates are seldom what has to move

        return period.show(*(None if end is None else int(end) for end in values[:2]))
    if fact.measure.type == "duration":
        ends = [None if end is None else round(end) for end in values[:2]]
        values = values._replace(low=ends[0], high=ends[1])
    return quantity.show(values, fact.measure.type)

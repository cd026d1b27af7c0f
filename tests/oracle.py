"""The brute-force matcher and judge: the contract's sections 3 to 5, by trying everything.

It shares nothing with the program but the nouns, dates and the parsed expression. Matches are found
by trying every fact for every name; verdicts by evaluating the rule in one world after another
(``oracle_worlds``). Where brute force has only seen a part, several answers are allowed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import combinations, permutations, product
from typing import Any, NamedTuple

from checker import period
from checker.model import (
    Call,
    Derivation,
    Expression,
    Fact,
    Literal,
    Operation,
    Pattern,
    Period,
    Reference,
    Rule,
    Value,
    Vocabulary,
)
from oracle_fields import DATES, Unclear, alike, all_alike, day, read, together
from oracle_worlds import Bound, Origin, Question, Unknowable, fields_are_there, holds, many, trial

# ------------------------------------------------------------------------- patterns


def fits(fact: Fact, pattern: Pattern) -> bool:
    wanted = dict(pattern.fields)
    if fact.superseded or (fact.basis == "planned" and "planned" not in wanted.get("basis", ())):
        return False
    return any(_broken_down(fact, one) for one in pattern.dimensions) and all(
        _is_one_of(read(fact, name), texts) for name, texts in pattern.fields
    )


def _broken_down(fact: Fact, wanted: Any) -> bool:
    has = dict(fact.dimensions)
    if wanted == "null":
        return not has
    if wanted == "any":
        return len(has) > 0
    asked = dict(wanted)
    return set(has) <= set(asked) and all(_is_one_of(has.get(name), texts) for name, texts in asked.items())


def _is_one_of(written: str | Period | None, texts: Sequence[str]) -> bool:
    if written is None:
        return "null" in texts
    text = written.text if isinstance(written, Period) else written
    return "any" in texts or any(fnmatchcase(text, glob) for glob in texts if glob != "null")


# ------------------------------------------------------------------------- matches


class Found(NamedTuple):
    """One match by brute force; ``certain`` holds all that may be said of it, with False for no match at all."""

    rule: Rule
    bindings: dict[str, Bound]
    certain: set[bool | None]
    comparable: bool


Identity = tuple[str, tuple[tuple[str, ...], ...]]


def identity(rule: Rule, bindings: Mapping[str, Bound]) -> Identity:
    """The same for two choices that differ only by names which a rule does not tell apart."""
    ids = {name: tuple(fact.id for fact in many(bound)) for name, bound in bindings.items()}
    for names in exchangeable(rule):
        ids |= dict(zip(names, sorted(ids[name] for name in names), strict=True))
    return rule.id, tuple(ids[pattern.name] for pattern in rule.given)


def exchangeable(rule: Rule) -> list[list[str]]:
    """The sets of names of single facts that may be exchanged."""
    singles = [pattern.name for pattern in rule.given if not pattern.collect]
    classes: list[list[str]] = []
    for name in singles:
        for known in classes:
            if _reads(rule, {name: known[0], known[0]: name}) == _reads(rule, {}):
                known.append(name)
                break
        else:
            classes.append([name])
    return classes


def _reads(rule: Rule, names: Mapping[str, str]) -> object:
    patterns = {}
    for one in rule.given:
        asked = dict(one.fields)
        after = names.get(one.next or "", one.next)
        rest = (one.dimensions, one.collect, one.or_none, one.by, one.along)
        patterns[names.get(one.name, one.name)] = (asked, after, rest)
    derived = None
    if rule.derive is not None:
        fields = [(key, text if isinstance(text, str) else _written(text, names)) for key, text in rule.derive.fields]
        derived = _written(rule.derive.value, names), fields
    conditions = [one and _written(one, names) for one in (rule.where, rule.require)]
    return patterns, conditions, derived


def _written(expression: Expression, names: Mapping[str, str]) -> str:
    """An expression as text in which the order of what may stand in any order is always the same."""
    if isinstance(expression, Literal):
        return repr(expression.value)
    if isinstance(expression, Reference):
        return f"<{names.get(expression.name, expression.name)}.{expression.field}>"
    if isinstance(expression, Call):
        inner = expression.arguments[0]
        if expression.function == "abs" and isinstance(inner, Operation) and inner.operator == "-":
            parts = sorted(_written(part, names) for part in inner.operands)
            return f"abs{parts}"
        return f"{expression.function}{[_written(part, names) for part in expression.arguments]}"
    operator = expression.operator
    parts = [_written(part, names) for part in _flattened(expression, operator)]
    if operator in ("==", "!=", "+", "*", "and", "or"):
        parts.sort()
    return f"({operator} {' '.join(parts)})"


def _flattened(expression: Expression, operator: str) -> list[Expression]:
    if isinstance(expression, Operation) and expression.operator == operator and operator in ("+", "*", "and", "or"):
        return [one for part in expression.operands for one in _flattened(part, operator)]
    if isinstance(expression, Operation) and expression.operator == operator:
        return list(expression.operands)
    return [expression]


def _ordered(rule: Rule, bindings: Mapping[str, Bound]) -> bool:
    ids = {name: one.id for name, one in bindings.items() if isinstance(one, Fact)}
    return all([ids[name] for name in names] == sorted(ids[name] for name in names) for names in exchangeable(rule))


def matches(rule: Rule, facts: Sequence[Fact], names: Vocabulary) -> dict[Identity, Found]:
    """Every match of a rule."""
    found: dict[Identity, Found] = {}
    for bindings, agreed in _choices(rule, facts):
        for one in _completed(rule, bindings, agreed, names):
            key = identity(rule, one.bindings)
            if key not in found or True in one.certain:  # the surest of the ways to come to it
                found[key] = one
    return {key: one for key, one in found.items() if one.certain != {False}}


def _choices(rule: Rule, facts: Sequence[Fact]) -> Iterator[tuple[dict[str, Bound], bool | None]]:
    """For each name every fact or collection, as far as patterns, ``same`` and ``next`` decide; whether they agree."""
    singles = [pattern for pattern in rule.given if not pattern.collect]
    if not singles:
        anchors = [fact for fact in facts if any(fits(fact, pattern) for pattern in rule.given)]
        for anchor in anchors:
            yield from _with_collections(rule, facts, {}, (anchor,), True)
        return
    for chosen in permutations(facts, len(singles)):
        bindings = {pattern.name: fact for pattern, fact in zip(singles, chosen, strict=True)}
        if not all(fits(fact, pattern) for pattern, fact in zip(singles, chosen, strict=True)):
            continue
        agreed = all_alike(chosen, rule.same)
        if agreed is False or not _ordered(rule, bindings):
            continue
        if all(_is_next(rule, pattern, bindings, facts) for pattern in singles if pattern.next):
            yield from _with_collections(rule, facts, bindings, chosen, agreed)


def _is_next(rule: Rule, pattern: Pattern, bindings: Mapping[str, Fact], facts: Sequence[Fact]) -> bool:
    earlier, along = bindings[pattern.next or ""], pattern.along or ""
    start = _first(earlier, along)
    if start is None:
        return False
    days = {
        first
        for fact in facts
        if fits(fact, pattern) and all_alike((earlier, fact), rule.same) is not False
        if (first := _first(fact, along)) is not None and first > start
    }
    return _first(bindings[pattern.name], along) == min(days, default=-1)


def _first(fact: Fact, along: str) -> int | None:
    written = read(fact, along)
    return written.first if isinstance(written, Period) else None


def _with_collections(
    rule: Rule, facts: Sequence[Fact], bindings: Mapping[str, Fact], anchors: Sequence[Fact], agreed: bool | None
) -> Iterator[tuple[dict[str, Bound], bool | None]]:
    choices: list[list[tuple[Bound, bool | None]]] = []
    for pattern in rule.given:
        if not pattern.collect:
            choices.append([(bindings[pattern.name], True)])
            continue
        members = [fact for fact in facts if fits(fact, pattern)]
        members = [
            fact for fact in members if together([all_alike((one, fact), rule.same) for one in anchors]) is not False
        ]
        choices.append(list(_grouped(rule, pattern, members, anchors)))
    for chosen in product(*choices):
        bound = {pattern.name: one for pattern, (one, _) in zip(rule.given, chosen, strict=True)}
        yield bound, together([agreed, *(sure for _, sure in chosen)])


def _grouped(rule: Rule, pattern: Pattern, members: Sequence[Fact], anchors: Sequence[Fact]) -> Iterator[Any]:
    groups: list[list[Fact]] = []
    for fact in sorted(members, key=lambda one: one.id):
        for group in groups:
            if all(alike(group[0], fact, name) is True for name in pattern.by):
                group.append(fact)
                break
        else:
            groups.append([fact])
    for group in groups:
        agreed = together([all_alike((one, fact), rule.same) for one in anchors for fact in group])
        others = [all_alike((group[0], other[0]), pattern.by) for other in groups if other is not group]
        yield tuple(group), None if None in others else agreed
    if not groups and pattern.or_none:
        yield (), True


def _completed(rule: Rule, bindings: dict[str, Bound], agreed: bool | None, names: Vocabulary) -> Iterator[Found]:
    collections = {pattern.name: pattern for pattern in rule.given if pattern.collect}
    of_members, of_all = _asked(rule.where, collections)
    chosen = dict(bindings)
    for name, conditions in of_members.items():
        kept = []
        for fact in many(bindings[name]):
            belongs = together([_only(holds([one], {**bindings, name: fact}, names)) for one in conditions])
            if belongs is not False:
                kept.append(fact)
                agreed = together([agreed, belongs])
        if not kept and (not collections[name].or_none or collections[name].by):  # one of several is left out
            return
        chosen[name] = tuple(kept)
    if collections and not any(chosen[name] for name in collections):
        return
    applies = {True} if not of_all else holds(of_all, chosen, names)
    differ = together(
        [
            alike(one, other, name)
            for name in rule.comparable
            for one, other in combinations([fact for bound in chosen.values() for fact in many(bound)], 2)
            if name != "since" or {one.measure.kind, other.measure.kind} == {"total"}
        ]
    )
    certain = {False if one is False else together([one, agreed, None if differ is None else True]) for one in applies}
    yield Found(rule, chosen, certain, differ is not False)


def _only(answers: set[bool | None]) -> bool | None:
    if len(answers) > 1:
        raise Unknowable
    return next(iter(answers))


def _asked(where: Expression | None, collections: Mapping[str, Pattern]) -> tuple[dict[str, list[Any]], list[Any]]:
    of_members: dict[str, list[Any]] = {}
    of_all: list[Any] = []
    for condition in [] if where is None else _flattened(where, "and"):
        names = [one.name for one in _references(condition) if one.field is not None and one.name in collections]
        if names:
            of_members.setdefault(names[0], []).append(condition)
        else:
            of_all.append(condition)
    return of_members, of_all


def _references(expression: Expression) -> list[Reference]:
    if isinstance(expression, Reference):
        return [expression]
    parts = expression.operands if isinstance(expression, Operation) else ()
    parts = expression.arguments if isinstance(expression, Call) else parts
    return [one for part in parts for one in _references(part)]


# ------------------------------------------------------------------------- verdicts


def verdicts(found: Found, names: Vocabulary) -> set[str | None]:
    """All verdicts that may be right for a match; None is no finding at all."""
    if not found.comparable:
        return {"incomparable"} if False not in found.certain else {"incomparable", None}
    allowed: set[str | None] = set()
    for certain in found.certain:
        if certain is True:
            allowed |= _verdicts(found, names)
        else:
            allowed.add(None if certain is False else "undetermined")
    return allowed


def _verdicts(found: Found, names: Vocabulary) -> set[str | None]:
    require = found.rule.require
    assert require is not None
    if not fields_are_there(require, found.bindings):
        return {None}
    question = Question(found.bindings, names)
    try:
        condition = question.truth(require)
    except Unclear:
        return {"undetermined"}
    literal = trial(question, condition, conventional=False).answers()
    conventional = trial(question, condition, conventional=True).answers()
    return {verdict(one, other) for one in literal for other in conventional}


def verdict(literal: bool | None, conventional: bool | None) -> str:
    if literal is not None:
        return "satisfied" if literal else "violated"
    if conventional is not None:
        return "satisfied" if conventional else "suspicious"
    return "undetermined"


# ------------------------------------------------------------------------- what follows


def derived(rules: Sequence[Rule], facts: Sequence[Fact], names: Vocabulary, ids: Mapping[object, str]) -> list[Fact]:
    """What follows from facts, in naive rounds; ``ids`` says how the facts of a lineage are called.

    Rules over collections or the next in time come last. What such rules make of what they made is
    not known here.
    """
    made: dict[Identity, Fact] = {}
    for sets in (False, True):
        stage = [one for one in rules if one.derive and any(p.collect or p.next for p in one.given) == sets]
        while fresh := dict(_round(stage, [*facts, *made.values()], names, ids, made)):
            if sets and any(fits(fact, pattern) for fact in fresh.values() for one in stage for pattern in one.given):
                raise Unknowable
            made |= fresh
    return list(made.values())


def _round(
    rules: Sequence[Rule],
    facts: Sequence[Fact],
    names: Vocabulary,
    ids: Mapping[object, str],
    made: Mapping[Identity, Fact],
) -> Iterator[tuple[Identity, Fact]]:
    for rule in rules:
        for key, found in matches(rule, facts, names).items():
            if len(found.certain) > 1:
                raise Unknowable
            if key not in made and found.comparable and True in found.certain:
                fact = _make(found, names, ids)
                if fact is not None:
                    yield key, fact


def _make(found: Found, names: Vocabulary, ids: Mapping[object, str]) -> Fact | None:
    derive = found.rule.derive
    assert derive is not None
    origin = Origin(found.rule.id, derive.value, found.bindings)
    wanted = [derive.value, *(one for _, one in derive.fields if not isinstance(one, str))]
    if not all(fields_are_there(one, found.bindings) for one in wanted):
        return None
    try:
        Question(found.bindings, names).number(derive.value)
    except Unclear:
        return None
    parents = [one for bound in found.bindings.values() for one in many(bound)]
    first, measure = parents[0], names.measures[derive.measure]
    fields = {name: _derived_field(name, one, found.bindings) for name, one in derive.fields}
    kept = {"flow": ["during"], "stock": ["as_of"], "total": ["as_of", "since"]}.get(measure.kind or "", DATES)
    time = {name: getattr(first, name) if name in kept else None for name in ("as_of", "during", "since")}
    fact = first._replace(
        measure=measure,
        value=Value(""),
        source=first.source if len({one.source for one in parents}) == 1 else None,
        claimant=first.claimant if len({one.claimant for one in parents}) == 1 else None,
        quote=None,
        complete=(),
        derivation=origin,  # type: ignore[arg-type]  # its own record of it, apart from the program's
        **{**time, **fields},
    )
    return fact._replace(id=ids.get(lineage(fact), str(lineage(fact))))


def _derived_field(name: str, written: Any, bindings: Mapping[str, Bound]) -> Any:
    if isinstance(written, str):
        return period.read(written) if name in DATES else written
    fact = bindings[written.name]
    assert isinstance(fact, Fact)
    if written.field not in ("during.start", "during.end"):
        return read(fact, written.field)
    found = day(fact, written.field)
    assert found is not None
    return Period(period.show(found.first, found.last), found.first, found.last)


def lineage(fact: Fact) -> object:
    """What a fact comes from, as names of rules and facts."""
    if isinstance(fact.derivation, Origin):
        parents = [one for bound in fact.derivation.bindings.values() for one in many(bound)]
    elif isinstance(fact.derivation, Derivation):
        parents = list(fact.derivation.facts)
    else:
        return fact.id
    return fact.derivation.rule, tuple(lineage(one) for one in parents)

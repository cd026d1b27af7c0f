"""A rule changed in one place at a time: what its examples do not notice, they do not prove.

Mutation testing (DeMillo, Lipton and Sayward, 1978) of rules. A change is made in the rule as it was
read, never in its text. A mutant is noticed when an example no longer gives what it expects, or when
the rule is refused. What would change nothing is not tried: an expression of the same canonical form,
and the equivalences of the language that are named here, each where it is made use of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TypeVar

from checker import examples, field, period
from checker.engine import Start, join
from checker.examples import Proof
from checker.expression import COMPARISONS, canonical, conjuncts, references, show
from checker.model import Call, Expression, InputErrors, Literal, Operation, Pattern, Period, Reference, Rule
from checker.record import NamedTuple

Part = TypeVar("Part")
Condition = str | tuple[tuple[str, tuple[str, ...]], ...]

_OTHER = {"+": "-", "-": "+", "*": "/", "/": "*"}
_OTHER_FUNCTION = {"sum": "max", "min": "max", "max": "min"}
_OTHER_END = {"during.start": "during.end", "during.end": "during.start"}
_ORDERED = ("days_between", "within", "total_of")  # spelled_like reads the same both ways
_OF_MEASURE = ("measure", "type", "kind", "counting", "unit")
_TOTALS: tuple[Condition, ...] = ("null",)


class Mutant(NamedTuple):
    """A rule with one change, and the change in words."""

    rule: Rule
    words: str


class Tried(NamedTuple):
    """How many mutants of a rule were tried, and those that its examples do not notice."""

    number: int
    unnoticed: tuple[Mutant, ...]


def check(tested: Rule, proof: Proof, start: Start) -> Tried:
    """Hold every mutant of a rule against its examples, which the rule itself must keep."""
    mutants = list(of(tested))
    return Tried(len(mutants), tuple(one for one in mutants if not _is_noticed(one.rule, proof, start)))


def _is_noticed(mutant: Rule, proof: Proof, start: Start) -> bool:
    try:
        return any(not outcome.is_right for outcome in examples.outcomes(mutant, proof, start))
    except InputErrors:  # its parts do not go together any more, or it derives without end
        return True


def of(original: Rule) -> Iterator[Mutant]:
    """All mutants of a rule, in the order in which a rule is written; no two of them mean the same."""
    seen = {_meaning(original)}
    for mutant in _all(original):
        meaning = _meaning(mutant.rule)
        if meaning not in seen:
            seen.add(meaning)
            yield mutant


def _all(original: Rule) -> Iterator[Mutant]:
    yield from _given(original)
    for name, rest in _less(original.same):
        yield Mutant(original._replace(same=rest), f"same without {name}")
    for name, rest in _less(original.comparable):
        yield Mutant(original._replace(comparable=rest), f"comparable without {name}")
    for condition, words in _conditions(original.where, "where"):
        yield Mutant(original._replace(where=condition), words)
    for condition, words in _conditions(original.require, "require"):
        if condition is not None and not _is_either_way(original, condition):
            yield Mutant(original._replace(require=condition), words)
    yield from _derived(original)


def _meaning(one: Rule) -> str:
    """Equal for rules that mean the same: also where only two names are exchanged, which no verdict shows.

    A derived fact is like the first one in ``given``, so there an exchange shows.
    """
    names = [pattern.name for pattern in one.given] if one.derive is None else []
    exchanges = [{}, *({a: b, b: a} for a, b in combinations(names, 2))]
    derived = one.derive and (one.derive.measure, [name for name, _ in one.derive.fields])
    return repr((min(repr(join.reads(one, names)) for names in exchanges), one.same, one.comparable, derived))


# ------------------------------------------------------------------------- given


def _given(original: Rule) -> Iterator[Mutant]:
    for at, pattern in enumerate(original.given):
        for other, words in _patterns(pattern):
            given = (*original.given[:at], other, *original.given[at + 1 :])
            gone = [one for one in pattern.fields if one[0] not in dict(other.fields)]
            if not any(_is_implied(original, pattern, *one) or _sharing(original, pattern, *one) for one in gone):
                yield Mutant(original._replace(given=given), words)
    for pattern in original.given:
        for asked, texts in pattern.fields:
            sharing = _sharing(original, pattern, asked, texts)
            if sharing and not _is_implied(original, pattern, asked, texts):
                less = {one.name: one._replace(fields=_without(one, asked)) for one in (pattern, *sharing)}
                given = tuple(less.get(one.name, one) for one in original.given)
                yield Mutant(original._replace(given=given), f"{' and '.join(less)} without {asked}")


def _without(pattern: Pattern, asked: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(one for one in pattern.fields if one[0] != asked)


def _patterns(pattern: Pattern) -> Iterator[tuple[Pattern, str]]:
    name = pattern.name
    for index, (asked, texts) in enumerate(pattern.fields):
        yield pattern._replace(fields=_without(pattern, asked)), f"{name} without {asked}"
        for text, fewer in _less(texts) if len(texts) > 1 else ():
            fields = (*pattern.fields[:index], (asked, fewer), *pattern.fields[index + 1 :])
            yield pattern._replace(fields=fields), f"{name} without {asked}: {text}"
    for dimensions, words in _dimensions(pattern.dimensions):
        yield pattern._replace(dimensions=dimensions), f"{name} without dimensions{words}"
    if pattern.or_none:
        yield pattern._replace(or_none=False), f"{name} without or_none"
    for one, fewer in _less(pattern.by):
        yield pattern._replace(by=fewer), f"{name} without by: {one}"
    if pattern.next is not None:
        yield pattern._replace(next=None, along=None), f"{name} without next: {pattern.next}"


def _dimensions(wanted: tuple[Condition, ...]) -> Iterator[tuple[tuple[Condition, ...], str]]:
    if wanted != _TOTALS:
        yield _TOTALS, ""
    for index, one in enumerate(wanted):
        rest = wanted[:index] + wanted[index + 1 :]
        if rest:
            yield rest, f": {one if isinstance(one, str) else _shown(one)}"
        for name, fewer in _less(one) if not isinstance(one, str) else ():
            yield (*wanted[:index], fewer, *wanted[index + 1 :]), f": {name[0]}"


def _shown(breakdown: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    conditions = [f"{name}: {' or '.join(texts)}" for name, texts in breakdown]
    return f"{{{', '.join(conditions)}}}"


def _less(those: Sequence[Part]) -> Iterator[tuple[Part, tuple[Part, ...]]]:
    """Each one, and all the others."""
    for index, one in enumerate(those):
        yield one, (*those[:index], *those[index + 1 :])


def _is_implied(rule: Rule, pattern: Pattern, asked: str, texts: tuple[str, ...]) -> bool:
    """Whether something else asks of a name what its pattern does, so that without it the rule means the same."""
    if (asked, texts) == ("kind", ("total",)) and set(dict(pattern.fields).get("counting", ())) & {"gross", "net"}:
        return True  # a vocabulary gives no other kind a counting
    if asked == "kind" and (pattern.name, texts) in _added_up(rule):
        return True
    # where a field that is named is absent there is no match
    return texts == ("any",) and _is_named(rule, pattern.name, asked)


def _added_up(rule: Rule) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The kinds of the names in ``total_of``: a vocabulary lets only a total be one, and only of a flow."""
    for condition in conjuncts(rule.where):
        if isinstance(condition, Call) and condition.function == "total_of":
            for argument, kind in zip(condition.arguments, ("total", "flow"), strict=True):
                if isinstance(argument, Reference):
                    yield argument.name, (kind,)


def _is_named(rule: Rule, name: str, asked: str) -> bool:
    named = [one for part in (rule.where, rule.require) if part is not None for one in references(part)]
    return any(one.name == name and one.field in (asked, f"{asked}.start", f"{asked}.end") for one in named)


def _sharing(rule: Rule, pattern: Pattern, asked: str, texts: tuple[str, ...]) -> list[Pattern]:
    """The other names of which the same is asked, where facts that match agree in it: once would be enough."""
    others = [other for other in rule.given if other.name != pattern.name and (asked, texts) in other.fields]
    if asked in rule.same and (
        field.is_text(asked) or set(texts) <= {"any", "null"}
    ):  # a date may agree in other words
        return others
    if asked not in _OF_MEASURE:
        return []
    return [other for other in others if "measure" in rule.same or _of_one_measure(rule, pattern.name, other.name)]


def _of_one_measure(rule: Rule, one: str, other: str) -> bool:
    wanted = canonical(Operation("==", (Reference(one, "measure"), Reference(other, "measure"))))
    return any(canonical(condition) == wanted for condition in conjuncts(rule.where))


# ------------------------------------------------------------------------- conditions


def _conditions(whole: Expression | None, part: str) -> Iterator[tuple[Expression | None, str]]:
    """A condition with one of its conjuncts left out or changed, and with "or" between them."""
    asked = conjuncts(whole)
    for one, rest in _less(asked):
        yield _together(rest), f"{part} without `{show(one)}`"
    for index, one in enumerate(asked):
        for other in _changed(one):
            changed = (*asked[:index], other, *asked[index + 1 :])
            yield _together(changed), _instead(part, other, one)
    if len(asked) > 1:
        yield Operation("or", asked), _instead(part, Operation("or", asked), Operation("and", asked))


def _together(conditions: Sequence[Expression]) -> Expression | None:
    return Operation("and", tuple(conditions)) if len(conditions) > 1 else conditions[0] if conditions else None


def _instead(part: str, other: Expression, one: Expression) -> str:
    return f"{part} `{show(other)}` instead of `{show(one)}`"


def _derived(original: Rule) -> Iterator[Mutant]:
    derive = original.derive
    if derive is None:
        return
    for (name, _), fewer in _less(derive.fields):
        yield Mutant(original._replace(derive=derive._replace(fields=fewer)), f"derive without {name}")
    for value in _changed(derive.value):
        changed = original._replace(derive=derive._replace(value=value))
        yield Mutant(changed, _instead("derive: value", value, derive.value))


def _is_either_way(original: Rule, changed: Expression) -> bool:
    """Whether ``a == b`` has become ``a <= b`` where a and b may be exchanged.

    A pair that matched once then matches both ways round, and one or the other breaks the rule
    exactly where the two are not equal.
    """
    was = original.require
    if not (isinstance(was, Operation) and isinstance(changed, Operation) and was.operands == changed.operands):
        return False
    if was.operator != "==" or changed.operator not in ("<=", ">="):
        return False
    left, right = was.operands
    return any(
        join.reads(original, swapped) == join.reads(original) and canonical(left, swapped) == canonical(right)
        for a, b in combinations([pattern.name for pattern in original.given], 2)
        for swapped in [{a: b, b: a}]
    )


# ------------------------------------------------------------------------- expressions


def _changed(one: Expression) -> Iterator[Expression]:
    """An expression with one change, for each change that there is; none of them reads the same as it."""
    for other in (*_changed_here(one), *_changed_inside(one)):
        if canonical(other) != canonical(one):
            yield other


def _changed_here(one: Expression) -> Iterator[Expression]:
    if isinstance(one, Literal):
        yield from _literals(one)
    elif isinstance(one, Reference):
        if one.field in _OTHER_END:
            yield one._replace(field=_OTHER_END[one.field])
    elif isinstance(one, Call):
        yield from _calls(one)
    else:
        yield from _operations(one)


def _changed_inside(one: Expression) -> Iterator[Expression]:
    if isinstance(one, Literal | Reference):
        return
    parts = one.operands if isinstance(one, Operation) else one.arguments
    for index, part in enumerate(parts):
        for other in _changed(part):
            inside = (*parts[:index], other, *parts[index + 1 :])
            yield Operation(one.operator, inside) if isinstance(one, Operation) else Call(one.function, inside)


def _literals(one: Literal) -> Iterator[Expression]:
    value = one.value
    if isinstance(value, str):
        yield Literal(f"not {value}")
    elif isinstance(value, Period):
        for day in (value.first or 0) + 1, (value.first or 0) - 1:
            yield Literal(Period(period.day(day), day, day))
    else:
        yield from map(Literal, (value + 1, value - 1, 0))


def _calls(one: Call) -> Iterator[Expression]:
    if one.function in _OTHER_FUNCTION:
        yield one._replace(function=_OTHER_FUNCTION[one.function])
    if one.function in _ORDERED:
        yield one._replace(arguments=one.arguments[::-1])
    if one.function == "abs":
        yield one.arguments[0]


def _operations(one: Operation) -> Iterator[Expression]:
    if one.operator in COMPARISONS:
        yield from (one._replace(operator=other) for other in COMPARISONS if other != one.operator)
    elif one.operator in ("and", "or"):
        yield one._replace(operator="or" if one.operator == "and" else "and")
        for _, rest in _less(one.operands):
            yield rest[0] if len(rest) == 1 else one._replace(operands=rest)
    elif len(one.operands) == 1:  # "not", or the sign
        yield one.operands[0]
    else:
        yield from _other_signs(one)


def _other_signs(one: Operation) -> Iterator[Expression]:
    """``a + b + c`` as ``a - b + c`` and ``a + b - c``."""
    other = _OTHER[one.operator]
    for index, (operand, *rest) in ((at, one.operands[at:]) for at in range(1, len(one.operands))):
        before = one.operands[0] if index == 1 else one._replace(operands=one.operands[:index])
        changed = Operation(other, (before, operand))
        yield one._replace(operands=(changed, *rest)) if rest else changed

"""For the oracle: an expression over the facts of one match, asked in one world after another.

A world is one choice of a number for each fact and of a day for each open date. Where all worlds
can be tried, or the corners of a single linear inequality settle it, a ``Trial`` is ``exact``: there
is one right answer. Else it is one-sided: what it has seen is true, what it has not seen may still be.
"""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice, product
from typing import Any, NamedTuple

from checker.model import (
    Call,
    Expression,
    Fact,
    Interval,
    Literal,
    Operation,
    Period,
    Reference,
    Vocabulary,
)
from oracle_fields import DATES, Unclear, day, read, tell_the_same, told_once
from oracle_numbers import Domain, corners, is_nothing, numbers, shared, thinned

WORLDS = 1500  # tried for one question
NUMBER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")  # day 1 was a Monday

Bound = Fact | tuple[Fact, ...]
World = Sequence[Any]
Closure = Callable[[World], Any]


class Unknowable(Exception):
    """Brute force cannot say what is right here."""


class NoNumber(Exception):
    """In this world the expression divides by nought."""


class Origin(NamedTuple):
    """Where a fact comes from: the rule's value over what its names are bound to."""

    rule: str
    value: Expression
    bindings: Mapping[str, Bound]

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(fact for bound in self.bindings.values() for fact in many(bound))


# ------------------------------------------------------------------------- numbers in a world


class Question:
    """An expression over the facts of one match, made ready to be asked in many worlds."""

    def __init__(self, bindings: Mapping[str, Bound], names: Vocabulary) -> None:
        self.bindings = bindings
        self.names = names
        self.index: dict[str, int] = {}
        self.domains: list[Domain] = []
        self.affine = True  # only sums of unknowns with factors
        self.decidable = True  # nothing but boolean combinations of linear relations and certain texts

    def unknown(self, key: str, domain: Domain) -> Closure:
        if key not in self.index:
            self.index[key] = len(self.domains)
            self.domains.append(domain)
        at = self.index[key]
        return lambda world: world[at]

    # --- truth

    def truth(self, expression: Expression) -> Closure:
        if isinstance(expression, Call):
            return self._relation(expression)
        assert isinstance(expression, Operation)
        operator = expression.operator
        if operator in NUMBER:
            return self._comparison(expression)
        parts = [self.truth(part) for part in expression.operands]
        self.affine = False
        if operator == "not":
            return lambda world: not parts[0](world)
        if operator == "and":
            return lambda world: all(part(world) for part in parts)
        return lambda world: any(part(world) for part in parts)

    def _comparison(self, expression: Operation) -> Closure:
        left, right = expression.operands
        compare = NUMBER[expression.operator]
        if (self.is_text(left) or self.is_text(right)) and not (self.is_date(left) or self.is_date(right)):
            self.affine = False
            one, other = self.text(left), self.text(right)
            return lambda world: compare(plain(one(world)), plain(other(world)))
        a, b = self.number(left), self.number(right)
        self.affine = self.affine and expression.operator not in ("==", "!=")
        return lambda world: compare(a(world), b(world))

    def _relation(self, call: Call) -> Closure:
        self.affine = False
        if call.function == "complete":
            held = self._complete(*(self.bindings[_name(one)] for one in call.arguments))
            return lambda _: held
        a, b = (self.text(argument) for argument in call.arguments)
        return lambda world: self._related(call, a(world), b(world))

    def _related(self, call: Call, a: str, b: str) -> bool:
        measures, subjects = self.names.measures, self.names.subjects
        if call.function == "spelled_like":
            return any(folded(a) in spellings and folded(b) in spellings for spellings in self._spellings(a))
        if call.function == "total_of":
            return a in measures and measures[a].total_of == b
        fields = {one.field for one in call.arguments if isinstance(one, Reference)}
        found = False
        if "measure" not in fields and a in subjects:
            found = b in _up(a, lambda id: subjects[id].part_of if id in subjects else None)
        if "subject" not in fields and a in measures:
            found = found or b in _up(a, lambda id: measures[id].within if id in measures else None)
        return found

    def _spellings(self, text: str) -> list[set[str]]:
        declared = [{folded(one), *map(folded, others)} for one, others in self.names.names.items()]
        return [{folded(text)}, *declared]

    def _complete(self, parts: Bound, whole: Bound) -> bool:
        parts, wholes = many(parts), many(whole)
        fixed = dict(whole.dimensions) if isinstance(whole, Fact) else {}
        if not parts or any(dict(part.dimensions).get(name) != text for part in parts for name, text in fixed.items()):
            return False
        return any(self._says_all(one, parts, fixed) for one in wholes) or self._exhausted(parts, fixed)

    @staticmethod
    def _says_all(whole: Fact, parts: Sequence[Fact], fixed: Mapping[str, str]) -> bool:
        """The source of the whole says so of that over which each part is one, and tells each part itself."""
        own = [part for part in parts if part.source == whole.source]
        for part in parts:
            over = {name for name, _ in part.dimensions if name not in fixed} or {"batches"}
            if not over <= set(whole.complete) or not any(tell_the_same(part, one) for one in own):
                return False
        return True

    def _exhausted(self, parts: Sequence[Fact], fixed: Mapping[str, str]) -> bool:
        over = {tuple(name for name, _ in part.dimensions) for part in parts}
        if len(over) != 1:
            return False
        names = over.pop()
        further = [name for name in names if name not in fixed]
        declared = [self.names.dimensions.get(name) for name in further]
        if not further or not all(one and one.exhaustive for one in declared):
            return False
        choices = [(fixed[name],) if name in fixed else self.names.dimensions[name].values for name in names]
        wanted = {tuple(zip(names, values, strict=True)) for values in product(*choices)}
        return wanted <= {part.dimensions for part in parts}

    # --- texts

    def is_text(self, expression: Expression) -> bool:
        if isinstance(expression, Literal):
            return isinstance(expression.value, str)
        if isinstance(expression, Reference):
            if expression.field is not None:
                return expression.field not in DATES
            return self._fact(expression).measure.type == "text"
        return isinstance(expression, Call) and expression.function == "weekday"

    def is_date(self, expression: Expression) -> bool:
        if isinstance(expression, Literal):
            return isinstance(expression.value, Period)
        if isinstance(expression, Reference):
            if expression.field is not None:
                return expression.field in DATES
            return self._fact(expression).measure.type == "date"
        return False

    def text(self, expression: Expression) -> Closure:
        if isinstance(expression, Literal):
            return lambda _: str(expression.value)
        if isinstance(expression, Call):
            of = self.number(expression.arguments[0])
            self.decidable = False
            return lambda world: DAYS[of(world) % 7]
        assert isinstance(expression, Reference)
        fact = self._fact(expression)
        if expression.field is None:
            return lambda _: fact.value.text
        written = read(fact, expression.field)
        return lambda _: written

    # --- numbers

    def number(self, expression: Expression) -> Closure:  # noqa: PLR0911  # one for each kind of expression
        if isinstance(expression, Literal):
            return self._literal(expression.value)
        if isinstance(expression, Reference):
            return self._reference(expression)
        if isinstance(expression, Call):
            return self._call(expression)
        operands = [self._apart(part) for part in expression.operands]
        closures = [closure for closure, _ in operands]
        operator = expression.operator
        if operator == "+":
            return lambda world: sum(closure(world) for closure in closures)
        if operator == "-":
            if len(closures) == 1:
                return lambda world: -closures[0](world)
            return lambda world: closures[0](world) - closures[1](world)
        return self._product(operator, operands)

    def _product(self, operator: str, operands: Sequence[tuple[Closure, bool]]) -> Closure:
        (a, a_varies), (b, b_varies) = operands
        if b_varies and (a_varies or operator == "/"):
            self.affine = self.decidable = False
        if operator == "*":
            return lambda world: a(world) * b(world)

        def divided(world: World) -> Any:
            divisor = b(world)
            if divisor == 0:
                raise NoNumber
            return Fraction(a(world)) / divisor

        return divided

    def _apart(self, expression: Expression) -> tuple[Closure, bool]:
        """A number, and whether anything unknown is in it."""
        alone = Question(self.bindings, self.names)
        alone.number(expression)
        return self.number(expression), bool(alone.index)

    def _literal(self, value: Any) -> Closure:
        if isinstance(value, str):
            value = Period(value, *_days_of(value))
        if isinstance(value, Period):
            return self.unknown(f"literal {value.text}", _days(value.first, value.last))
        return lambda _: value

    def _reference(self, reference: Reference) -> Closure:
        fact = self._fact(reference)
        if reference.field is None:
            return self.value(fact)
        found = day(fact, reference.field)
        assert found is not None, "fields_are_there says so before"
        return self.unknown(found.key, _days(found.first, found.last))

    def value(self, fact: Fact) -> Closure:
        if isinstance(fact.derivation, Origin):
            return self._derived(fact.derivation)
        literal, conventional = fact.value.literal, fact.value.conventional
        if literal is None or conventional is None:
            raise Unclear
        return self.unknown(fact.id, Domain(literal, conventional, fact.measure.type in ("count", "date")))

    def _derived(self, origin: Origin) -> Closure:
        """A derived value is computed from its parents' values in the same world, but for what bends."""
        inner = Question(origin.bindings, self.names)
        inner.index, inner.domains = self.index, self.domains
        closure = inner.number(origin.value)
        if not inner.affine:
            self.decidable = self.affine = False
        return closure

    def _call(self, call: Call) -> Closure:
        if call.function == "days_between":
            start, end = (self.number(argument) for argument in call.arguments)
            return lambda world: end(world) - start(world)
        if call.function == "abs":
            inner = self.number(call.arguments[0])
            self.affine = False
            return lambda world: abs(inner(world))
        facts = many(self.bindings[_name(call.arguments[0])])
        if call.function in ("min", "max"):
            return self._extreme(call.function, facts)
        things = [self._thing(group) if call.function == "sum" else None for group in told_once(facts)]
        if call.function == "count":
            return lambda _: len(things)
        return lambda world: sum(thing(world) for thing in things if thing is not None)

    def _extreme(self, function: str, facts: Sequence[Fact]) -> Closure:
        if not facts:
            raise Unclear
        self.affine = False
        self.decidable = self.decidable and len(facts) <= 6
        choose = min if function == "min" else max
        closures = [self.value(fact) for fact in facts]
        return lambda world: choose(closure(world) for closure in closures)

    def _thing(self, group: Sequence[Fact]) -> Closure:
        """What several facts tell is one quantity, within all of their intervals."""
        if len(group) == 1:
            return self.value(group[0])
        if any(fact.derivation is not None for fact in group):
            raise Unknowable
        domains = [self._domain(fact) for fact in group]
        whole = all(domain.whole for domain in domains)
        literal = shared([domain.literal for domain in domains])
        conventional = shared([domain.conventional for domain in domains])
        if is_nothing(literal, whole=whole):
            raise Unclear
        if is_nothing(conventional, whole=whole):
            conventional = literal
        return self.unknown(" = ".join(fact.id for fact in group), Domain(literal, conventional, whole))

    @staticmethod
    def _domain(fact: Fact) -> Domain:
        if fact.value.literal is None or fact.value.conventional is None:
            raise Unclear
        return Domain(fact.value.literal, fact.value.conventional, fact.measure.type in ("count", "date"))

    def _fact(self, expression: Expression) -> Fact:
        found = self.bindings[_name(expression)]
        assert isinstance(found, Fact)
        return found


def _name(expression: Expression) -> str:
    assert isinstance(expression, Reference)
    return expression.name


def many(bound: Bound) -> tuple[Fact, ...]:
    return (bound,) if isinstance(bound, Fact) else bound


def _days(first: int | None, last: int | None) -> Domain:
    interval = Interval(first, last, first is not None, last is not None)
    return Domain(interval, interval, True)


def _days_of(text: str) -> tuple[int, int]:
    ordinal = date.fromisoformat(text).toordinal()
    return ordinal, ordinal


def _up(id: str, step: Callable[[str], str | None]) -> list[str]:
    above: list[str] = []
    following = step(id)
    while following is not None and following not in above:
        above.append(following)
        following = step(following)
    return above


def plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded(text: str) -> str:
    letters = [mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark)]
    return " ".join("".join(letters).casefold().split())


# ------------------------------------------------------------------------- trying worlds


class Trial(NamedTuple):
    """Whether a world was seen that keeps a condition, and one that breaks it; ``exact`` if none was left out."""

    keeps: bool
    breaks: bool
    exact: bool

    def answers(self) -> set[bool | None]:
        """What may be said of the condition: True where it always holds, False where never, else None."""
        if self.keeps and self.breaks:
            return {None}
        if not self.keeps and not self.breaks:
            return {None, True, False}
        right: set[bool | None] = {self.keeps}
        return right if self.exact else {None, *right}


def fields_are_there(expression: Expression, bindings: Mapping[str, Bound]) -> bool:
    if isinstance(expression, Reference):
        found = bindings[expression.name]
        return expression.field is None or not isinstance(found, Fact) or read(found, expression.field) is not None
    parts: Sequence[Expression] = ()
    if isinstance(expression, Operation):
        parts = expression.operands
    elif isinstance(expression, Call):
        parts = expression.arguments
    return all(fields_are_there(part, bindings) for part in parts)


def trial(question: Question, condition: Closure, *, conventional: bool) -> Trial:
    domains = [(domain.conventional if conventional else domain.literal, domain.whole) for domain in question.domains]
    tried = [numbers(interval, whole=whole, most=WORLDS) for interval, whole in domains]
    size = 1
    for values, _ in tried:
        size *= len(values)
    complete = all(whole for _, whole in tried) and size <= WORLDS
    exact = complete and (question.decidable or size <= 1)
    if not complete:
        ends = [corners(interval, whole=whole) for interval, whole in domains]
        if question.affine and question.decidable and 2 ** len(ends) <= WORLDS:
            tried, exact = [(values, True) for values in ends], True
        else:
            tried = [(thinned(values), False) for values, _ in tried]
    keeps = breaks = False
    for world in islice(product(*(values for values, _ in tried)), WORLDS):
        try:
            held = condition(world)
        except NoNumber:
            exact = False
            continue
        keeps, breaks = keeps or held, breaks or not held
        if keeps and breaks:
            break
    return Trial(keeps, breaks, exact or (keeps and breaks))


def holds(conditions: Sequence[Expression], bindings: Mapping[str, Bound], names: Vocabulary) -> set[bool | None]:
    """What may be said of conditions in ``where`` together; one without a meaning here is open."""
    if not all(fields_are_there(one, bindings) for one in conditions):
        return {False}
    clear = [one for one in conditions if _is_clear(one, bindings, names)]
    answers: set[bool | None] = {True}
    if clear:
        question = Question(bindings, names)
        answers = trial(question, question.truth(Operation("and", tuple(clear))), conventional=False).answers()
    return answers if len(clear) == len(conditions) else {None if one is True else one for one in answers}


def _is_clear(condition: Expression, bindings: Mapping[str, Bound], names: Vocabulary) -> bool:
    try:
        Question(bindings, names).truth(condition)
    except Unclear:
        return False
    return True

"""A rule over any facts: its conditions as formulas in which each name is a fact that may be any that fits.

What an expression means is ``ground``'s; only the facts differ. Each single name has a value that may
be all that the types of its measures allow, each date is any day, each text is any text (a number of
its own, so that equal texts are equal numbers). Of a collection only what is asked is there: a sum,
a count, a least and a greatest are each what any number of members can make them. What names are to
one another (``within``, ``complete``, …) may hold or not. So there are at least as many worlds here
as facts can make: what is impossible here is impossible for all facts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import product

from checker import field, linear, phrase
from checker.expression import conjuncts, references, show
from checker.ground import WEEKDAYS, Absent, Ground, Undefined
from checker.linear import And, Formula, Or, Truth
from checker.model import (
    EVERYTHING,
    Call,
    Expression,
    Fact,
    Interval,
    Linear,
    Literal,
    Location,
    Measure,
    Operation,
    Pattern,
    Reference,
    Rule,
    Unknown,
    Value,
    Vocabulary,
)
from checker.record import NamedTuple

Measures = Mapping[str, Sequence[Measure]]  # for each name of a rule, those that its facts may have
Types = Mapping[str, str]  # for each name, the widest type of its values

_NOWHERE = Location("")
MAX_TYPES = 100  # choices of text, date or number for the names of one rule
SUMMED = ("sum", "count", "min", "max")
# Facts that agree in a field agree in these too.
ALONG: Mapping[str, tuple[str, ...]] = {
    "source": ("publisher", "language", "origin", "published", "retrieved"),
    "measure": ("type", "kind", "counting", "unit"),
    "subject": ("subject.title",),
    "dimensions": ("breakdown",),
    "during": ("during.start", "during.end"),
}
_OF_MEASURE = {"measure": "id", "type": "type", "kind": "kind", "counting": "counting", "unit": "unit"}
_BASES = ("announced", "reported", "verified", "estimated")
_ANSWERS = {"quote.stands": ("yes", "no"), "quote.states": ("yes", "no")}


def agreed(same: Sequence[str]) -> frozenset[str]:
    """All fields in which facts agree that agree in these."""
    return frozenset([*same, *(one for name in same for one in ALONG.get(name, ()))])


# ------------------------------------------------------------------------- which values


def measures(rule: Rule, names: Vocabulary) -> Measures:
    """The declared measures that the facts of each name may have."""
    found = {
        pattern.name: [measure for measure in names.measures.values() if field.measured(measure, pattern)]
        for pattern in rule.given
    }
    if "measure" in rule.same:
        shared = [one for one in names.measures.values() if all(one in those for those in found.values())]
        found = dict.fromkeys(found, shared)
    return found


def types(rule: Rule, fitting: Measures, derived: frozenset[str]) -> list[Types] | None:
    """For each choice of text, date or number, the widest type of every name; None for too many choices.

    What a rule derives may be a fraction and below nought, whatever its measure says.
    """
    widest = {name: _widest(those, derived) for name, those in fitting.items()}
    found: list[Types] = []
    for number, chosen in enumerate(product(*widest.values())):
        if number >= MAX_TYPES:
            return None
        if "measure" not in rule.same or len(set(chosen)) == 1:
            found.append(dict(zip(widest, chosen, strict=True)))
    return found


def _widest(those: Sequence[Measure], derived: frozenset[str]) -> list[str]:
    """Of numbers the type that holds all values of the others; texts and dates are apart."""
    have = {"number" if _is_derived(one, derived) else one.type for one in those}
    numbers = have - {"text", "date"}
    if numbers:
        numbers = {"number"} if numbers & set(phrase.SIGNED) else numbers & {"duration"} or {"count"}
    return sorted(numbers | have & {"text", "date"})


def _is_derived(measure: Measure, derived: frozenset[str]) -> bool:
    return any(fnmatchcase(one, measure.id) for one in derived)


def _any(name: str, type: str) -> Fact:  # noqa: A002 - the field's name in a vocabulary
    """A fact that may have any value of a type."""
    interval = EVERYTHING if type == "date" else phrase.everything(type)
    value = Value("") if type == "text" else Value("", interval, interval)
    return Fact(name, Measure(name, type), "", value, location=_NOWHERE, source=None, claimant=None)


# ------------------------------------------------------------------------- conditions


class Symbols(Ground):
    """Grounds the expressions of a rule in facts that may be any.

    ``sides`` and ``members`` are what all facts keep; ``shown`` are the quantities that a person knows,
    with their type. ``is_linear`` is False too where more is possible here than facts can make.
    """

    def __init__(self, rule: Rule, types: Types, fitting: Measures, names: Vocabulary) -> None:
        super().__init__([(name, _any(name, of)) for name, of in types.items()], names)
        self._patterns = {pattern.name: pattern for pattern in rule.given}
        self.types, self._fitting = types, fitting
        self._agreed = agreed(rule.same)
        self._asked: dict[str, dict[str, Linear]] = {}
        self.shown: dict[str, tuple[Unknown, str]] = {}

    def kept(self) -> tuple[Formula, ...]:
        """What all facts keep that the formulas made so far speak of."""
        return (*self.sides.values(), *(one for name in self._asked for one in self._members(name)))

    # --- texts

    def _comparison(self, expression: Operation) -> Formula:
        left, right = expression.operands
        if self.is_text(left) and self.is_text(right) and expression.operator in ("==", "!="):
            return self.compare(self._word(left), expression.operator, self._word(right))
        return super()._comparison(expression)

    def _word(self, expression: Expression) -> Linear:
        """The number that stands for a text."""
        if isinstance(expression, Literal):
            return linear.constant(_number(str(expression.value)))
        if isinstance(expression, Call):
            return self._weekday(expression)
        if isinstance(expression, Reference) and expression.field is not None:
            return linear.of(self._field(expression))
        if isinstance(expression, Reference) and self.is_text(expression):
            return linear.of(Unknown(expression.name, True, EVERYTHING, EVERYTHING))
        raise Undefined(f"{show(expression)} is no text")

    def _weekday(self, call: Call) -> Linear:
        """The day of the week as a number from 0; the first day of the calendar is a Monday."""
        week = Unknown(f"week of {show(call)}", True, EVERYTHING, EVERYTHING)
        name = Unknown(show(call), True, *[Interval(0, len(WEEKDAYS) - 1)] * 2)
        made = linear.add(linear.scale(linear.of(week), len(WEEKDAYS)), linear.of(name), linear.constant(1))
        self.sides[show(call)] = self.compare(self.number(call.arguments[0]), "==", made)
        return linear.of(name)

    def _relation(self, call: Call) -> Formula:
        """A relation that may hold or not, where the measures that fit do not settle it."""
        key = show(call)
        if call.function != "complete":
            one, other = (self._word(argument) for argument in call.arguments)
            if one == other:
                return Truth(call.function == "spelled_like")
            settled = self._settled(call)
            if settled is not None:
                return Truth(settled)
            key = f"{call.function} {one} {other}"
        truth = Unknown(key, True, *[Interval(0, 1)] * 2)
        return self.compare(linear.of(truth), "==", linear.constant(1))

    def _settled(self, call: Call) -> bool | None:
        words = [self._measured_ids(argument) for argument in call.arguments]
        held = {self._holds(call, one, other) for one in words[0] for other in words[1]}
        return held.pop() if len(held) == 1 else None

    def _measured_ids(self, expression: Expression) -> list[str]:
        """The measures that may stand here; none where that is open."""
        if not isinstance(expression, Reference) or expression.field != "measure":
            return []
        ids = [measure.id for measure in self._fitting[expression.name]]
        return [] if any(map(is_glob, ids)) else ids

    # --- fields

    def _reference(self, reference: Reference) -> Linear:
        if reference.field is not None:
            return linear.of(self._field(reference))
        if self._patterns[reference.name].collect:
            self.is_linear = False  # one member of several: what its value is to their sum is left open
        return self._known(super()._reference(reference), self.types[reference.name])

    def _field(self, reference: Reference) -> Unknown:
        """A date or a text in a field; one and the same where all facts agree in it. Raises ``Absent``."""
        name, asked = reference.name, reference.field or ""
        key = f"the {asked}" if asked in self._agreed else f"{name}.{asked}"
        made = Unknown(key, True, EVERYTHING, EVERYTHING)
        words = self._words(name, asked)
        if words is not None:
            if not words:
                raise Absent(show(reference))
            texts = tuple(self.compare(linear.of(made), "==", linear.constant(_number(one))) for one in words)
            self.sides[f"{name}.{asked}"] = Or(texts)
        if asked in ("during.start", "during.end"):
            self._known(linear.of(made), "date")
            start, end = (made._replace(key=f"{key.rpartition('.')[0]}.{end}") for end in ("start", "end"))
            self.sides[f"{name}.during"] = self.compare(linear.of(start), "<=", linear.of(end))
        elif field.is_date(asked):
            self._known(linear.of(made), "date")
        return made

    def _words(self, name: str, asked: str) -> Sequence[str] | None:
        """The texts that a field can have; none where it is absent, None where they cannot be listed."""
        pattern = self._patterns[name]
        wanted = dict(pattern.fields).get(asked.removesuffix(".start").removesuffix(".end"))
        is_total = pattern.dimensions == ("null",)
        if (wanted is not None and set(wanted) == {"null"}) or (is_total and _is_broken_down(asked)):
            return ()
        if asked in _OF_MEASURE:
            read = {getattr(measure, _OF_MEASURE[asked]) for measure in self._fitting[name]} - {None}
            return None if any(map(is_glob, read)) else sorted(read)
        if field.is_date(asked):
            return None
        listed = wanted is not None and not any(one in ("any", "null") or is_glob(one) for one in wanted)
        if listed:
            return wanted
        if asked == "basis":
            return (*_BASES, "planned") if wanted and "planned" in wanted else _BASES
        return _ANSWERS.get(asked)

    # --- collections

    def _call(self, call: Call) -> Linear:
        if call.function not in SUMMED:
            return super()._call(call)
        (collection,) = references(call)
        of = self.types[collection.name]
        key, whole = show(call), of in ("count", "date")
        if call.function == "count":
            few = 0 if self._patterns[collection.name].or_none else 1
            made, of = Unknown(key, True, *[Interval(few, None, True, False)] * 2), "count"
        else:
            literal = self._fact(collection).value.literal or EVERYTHING
            made = Unknown(key, whole, literal, literal)
        self._asked.setdefault(collection.name, {})[call.function] = linear.of(made)
        return self._known(linear.of(made), of)

    def _members(self, name: str) -> Iterator[Formula]:
        """What a sum, a count, the least and the greatest of one collection are to each other."""
        asked, positive = self._asked[name], self.types[name] in ("count", "duration")
        ends = [asked[one] for one in ("min", "max") if one in asked]
        if len(ends) > 1:
            yield self.compare(ends[0], "<=", ends[1])
        if ends and "count" in asked:
            yield self.compare(asked["count"], ">=", linear.constant(1))
        if "sum" in asked and positive:
            yield from (self.compare(end, "<=", asked["sum"]) for end in ends)
        if "sum" in asked and "count" in asked:
            some = self.compare(asked["count"], ">=", linear.constant(1))
            yield Or((some, self.compare(asked["sum"], "==", linear.constant(0))))
        if ends and len(asked) > len(ends):
            self.is_linear = False  # how far a sum is from the least, times how many there are, is left open

    def _known(self, form: Linear, type: str) -> Linear:  # noqa: A002 - the field's name in a vocabulary
        ((unknown, _),) = form.terms
        self.shown[unknown.key] = unknown, type
        return form


class Asked(NamedTuple):
    """A condition of a rule, and its formula."""

    expression: Expression
    formula: Formula


class World(NamedTuple):
    """All that facts of these types can be, as far as a rule sees it.

    Without ``require`` the rule derives. Where it asks for what its facts never have, it is False.
    """

    symbols: Symbols
    where: tuple[Asked, ...]
    require: Asked | None

    def kept(self, *more: Formula) -> Formula:
        """These formulas, with all that facts keep and ``where`` asks."""
        return And((*self.symbols.kept(), *(one.formula for one in self.where), *more))


def world(rule: Rule, types: Types, fitting: Measures, names: Vocabulary) -> World | None:
    """The world of a rule for one choice of types; None where what it requires cannot be computed in it."""
    symbols = Symbols(rule, types, fitting, names)
    where = tuple(conditions(rule, symbols))
    if rule.require is None:
        return World(symbols, where, None)
    try:
        return World(symbols, where, Asked(rule.require, symbols.condition(rule.require)))
    except Absent:
        return World(symbols, (*where, Asked(rule.require, Truth(False))), Asked(rule.require, Truth(False)))
    except Undefined:
        return None


def conditions(rule: Rule, symbols: Symbols) -> Iterator[Asked]:
    """Each condition of ``where``; what it asks of the members of a collection that may be empty is left out."""
    for one in conjuncts(rule.where):
        if not _of_members(one, rule.given):
            try:
                yield Asked(one, symbols.condition(one))
            except Absent:
                yield Asked(one, Truth(False))
            except Undefined:
                yield Asked(one, Truth(None))


def _of_members(condition: Expression, given: Sequence[Pattern]) -> bool:
    empty = {pattern.name for pattern in given if pattern.or_none}
    return any(one.name in empty and one.field is not None for one in references(condition))


# ------------------------------------------------------------------------- small steps


def _number(text: str) -> int:
    """A number for a text, another for every other; white space and Unicode form aside, as ``ground`` compares."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return WEEKDAYS.index(plain) if plain in WEEKDAYS else int.from_bytes(b"\1" + plain.encode())


def _is_broken_down(asked: str) -> bool:
    return asked in ("dimensions", "breakdown") or asked.startswith("dimensions.")


def is_glob(text: str) -> bool:
    """Whether a text stands for several."""
    return any(mark in text for mark in "*?[")

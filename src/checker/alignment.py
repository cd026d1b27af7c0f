"""Where one rule applies to all that another applies to, as far as patterns, ``same`` and ``comparable`` say.

The rule is put into the names of the other, whose facts they then are; ``where`` is for the asker.
Patterns are held against each other by what they ask, measures by what is declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, product

from checker import field, symbol, unit
from checker.expression import ExpressionError, calls, canonical, conjuncts, references
from checker.model import Call, Expression, Measure, Operation, Pattern, Reference, Rule
from checker.symbol import Measures

MAX_ALIGNMENTS = 24  # ways in which the names of one rule are taken for those of another


def alignments(wide: Rule, narrow: Rule, fitting: Measures) -> Iterator[Rule]:
    """A rule in the names of another to whose facts it applies too, for each way to name them (up to 24).

    ``fitting`` are the measures of the other's names.
    """
    for names in islice(_alignments(wide, narrow, fitting), MAX_ALIGNMENTS):
        where = None if wide.where is None else _in_names(wide.where, names)
        require = None if wide.require is None else _in_names(wide.require, names)
        renamed = wide._replace(given=narrow.given, where=where, require=require)
        if set(_present(renamed, narrow)) <= _known(narrow) and set(_computed(renamed)) <= set(_computed(narrow)):
            yield renamed


def _alignments(one: Rule, other: Rule, fitting: Measures) -> Iterator[dict[str, str]]:
    agreed = symbol.agreed([*other.same, *_alike(other.given)])
    if not set(one.same) <= agreed or not set(one.comparable) <= agreed | set(other.comparable):
        return
    if any(pattern.collect or pattern.next for pattern in one.given) and set(one.same) != set(other.same):
        return  # these say what is in a collection, and what is the next
    for names in _chosen(one.given, other.given, lambda a, b: _covers(a, b, fitting[b.name])):
        follow = {names[a.name]: names[a.next] for a in one.given if a.next}
        if follow == {b.name: b.next for b in other.given if b.next} and (
            _of_members(one, names) == _of_members(other, {})
        ):
            yield names


def _alike(given: Sequence[Pattern]) -> Iterator[str]:
    """The fields in which facts agree because each pattern asks for the same text, or for none."""
    asked = [dict(pattern.fields) for pattern in given]
    for name, texts in asked[0].items():
        is_one = texts == ("null",) or not (texts == ("any",) or symbol.is_glob(texts[0]) or field.is_date(name))
        if len(texts) == 1 and is_one and all(one.get(name) == texts for one in asked):
            yield name
    if all(pattern.dimensions == ("null",) for pattern in given):
        yield "dimensions"


def _chosen(
    wide: Sequence[Pattern], narrow: Sequence[Pattern], covers: Callable[[Pattern, Pattern], bool]
) -> Iterator[dict[str, str]]:
    if not wide:
        yield {}
        return
    first, *rest = wide
    for index, one in enumerate(narrow):
        if covers(first, one):
            for others in _chosen(rest, (*narrow[:index], *narrow[index + 1 :]), covers):
                yield {first.name: one.name, **others}


def _covers(wide: Pattern, narrow: Pattern, fitting: Sequence[Measure]) -> bool:
    """Whether all facts that fit a pattern fit another; collections and what is next must be asked for alike."""
    if wide.collect or wide.next or narrow.collect or narrow.next:
        one, other = (each._replace(name="", next=None, fields=tuple(sorted(each.fields))) for each in (wide, narrow))
        return one == other
    asked, may_be_planned = dict(narrow.fields), "planned" in dict(wide.fields).get("basis", ())
    if "planned" in asked.get("basis", ()) and not may_be_planned:
        return False
    return set(narrow.dimensions) <= set(wide.dimensions) and all(
        _asks_no_more(name, texts, asked.get(name), fitting) for name, texts in wide.fields
    )


def _asks_no_more(name: str, texts: tuple[str, ...], asked: tuple[str, ...] | None, fitting: Sequence[Measure]) -> bool:
    if asked is not None and all(one in texts or ("any" in texts and one != "null") for one in asked):
        return True
    return name in symbol.ALONG["measure"] + ("measure",) and all(
        not symbol.is_glob(measure.id) and field.measured(measure, Pattern("", ((name, texts),))) for measure in fitting
    )


def _of_members(rule: Rule, names: Mapping[str, str]) -> set[object]:
    """What ``where`` asks of the members of collections, in the names of another rule."""
    collections = {pattern.name for pattern in rule.given if pattern.collect}
    return {
        canonical(one, names)
        for one in conjuncts(rule.where)
        if any(part.name in collections and part.field for part in references(one))
    }


def _in_names(expression: Expression, names: Mapping[str, str]) -> Expression:
    if isinstance(expression, Reference):
        return expression._replace(name=names[expression.name])
    if isinstance(expression, Operation):
        return Operation(expression.operator, tuple(_in_names(part, names) for part in expression.operands))
    if isinstance(expression, Call):
        return Call(expression.function, tuple(_in_names(part, names) for part in expression.arguments))
    return expression


# ------------------------------------------------------------------------- does it say something there?

_ALWAYS = ("id", "measure", "type", "subject", "basis")  # what every fact has


def _present(rule: Rule, narrow: Rule) -> Iterator[tuple[str, str]]:
    """The fields that a rule names, and in ``narrow`` the facts that have them: "" for all, where they agree."""
    agreed = symbol.agreed(narrow.same)
    for part in (rule.where, rule.require):
        for one in references(part) if part is not None else ():
            if one.field is not None and one.field not in _ALWAYS:
                yield "" if one.field in agreed else one.name, _stem(one.field)


def _known(narrow: Rule) -> set[tuple[str, str]]:
    """The fields that the facts of a rule have wherever it says something."""
    agreed = symbol.agreed(narrow.same)
    asked = {
        ("" if name in agreed else pattern.name, name)
        for pattern in narrow.given
        for name, texts in pattern.fields
        if "null" not in texts
    }
    return asked | set(_present(narrow, narrow))


def _stem(name: str) -> str:
    return "during" if name.startswith("during.") else name


def _computed(rule: Rule) -> Iterator[tuple[bool, str]]:
    """The collections that must not be empty for a rule to say something, and those that must not overlap."""
    for part in (rule.where, rule.require):
        for call in calls(part) if part is not None else ():
            if call.function in symbol.SUMMED:
                yield call.function in ("min", "max"), next(references(call)).name


def compares(renamed: Rule, narrow: Rule, fitting: Measures) -> bool:
    """Whether what a rule requires compares wherever what the other requires does: the units and types of its facts."""
    kinds = {name: {(one.type, one.unit): one for one in those}.values() for name, those in fitting.items()}
    collections = {pattern.name for pattern in narrow.given if pattern.collect}
    if any(len(kinds[name]) > 1 for name in collections):
        return False
    for number, chosen in enumerate(product(*kinds.values())):
        if number >= symbol.MAX_TYPES:
            return False
        names = {name: unit.Name(unit.of((one,)), name in collections) for name, one in zip(kinds, chosen, strict=True)}
        if _goes_together(narrow, names) and not _goes_together(renamed, names):
            return False
    return True


def _goes_together(rule: Rule, names: Mapping[str, unit.Name]) -> bool:
    try:
        if rule.require is not None:
            unit.check(rule.require, names, unit.TRUTH)
    except ExpressionError:
        return False
    return True

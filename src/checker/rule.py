"""Rules files -> rules, each held against a vocabulary before it is used."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from checker import document, expression, field, period, schema, unit, vocabulary
from checker.document import Document, Steps, nearest
from checker.expression import ExpressionError
from checker.model import (
    Derive,
    Example,
    Expression,
    InputError,
    InputErrors,
    Location,
    Measure,
    Pattern,
    Reference,
    Rule,
    Vocabulary,
)
from checker.record import NamedTuple

SHIPPED = "shipped"
Read = TypeVar("Read")
Names = Mapping[str, unit.Name]
_SPECIAL = ("dimensions", "collect", "or_none", "by", "next")


def shipped() -> Path:
    """The directory of the rules that ship with the package (in a checkout, the one beside ``src``)."""
    package = Path(__file__).parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent.parent / "rules"


# ------------------------------------------------------------------------- reading


def gather(places: Iterable[str]) -> list[Rule]:
    """All rules in these files and directories (or ``shipped``), each file once.

    Raises ``InputErrors`` with all that is wrong in any of them.
    """
    errors: list[InputError] = []
    rules = sound(places, errors)
    if errors:
        raise InputErrors(errors)
    return rules


def sound(places: Iterable[str], errors: list[InputError]) -> list[Rule]:
    """The rules that could be read; what is wrong with the others joins ``errors``."""
    rules: list[Rule] = []
    seen: set[Path] = set()
    for place in places:
        ships = place == SHIPPED
        for path in files(shipped() if ships else Path(place)):
            if path.resolve() not in seen:
                seen.add(path.resolve())
                try:
                    rules += _rules(document.read_file(path), ships, errors)
                except InputErrors as wrong:
                    errors += wrong.errors
    return rules


def files(place: Path) -> list[Path]:
    """The rules files of a place: all in a directory, or the file itself."""
    if place.is_dir():
        found = (path for path in place.rglob("*") if path.suffix in (".yaml", ".yml"))
        return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(place).parts))
    return [place]


def read(document: Document, *, ships: bool = False) -> list[Rule]:
    """The rules of one file; raises ``InputErrors`` with all that is wrong in it."""
    errors: list[InputError] = []
    rules = _rules(document, ships, errors)
    if errors:
        raise InputErrors(errors)
    return rules


def _rules(read: Document, ships: bool, errors: list[InputError]) -> list[Rule]:
    wrong = schema.check(read, "rules")
    if wrong:
        raise InputErrors(wrong)
    whole: Any = read.data
    own = _own_names(read) if "vocabulary" in whole else None
    rules = []
    for index, data in enumerate(whole["rules"]):
        reader = _Reader(read, ("rules", index))
        rule = reader.rule(data)._replace(shipped=ships, vocabulary=own)
        errors += reader.errors
        if not reader.errors:
            rules.append(rule)
    return rules


def _own_names(document: Document) -> Vocabulary:
    part = document.part("vocabulary")
    errors = schema.check(part, "vocabulary")
    if errors:
        raise InputErrors(errors)
    return vocabulary.read([part])


class _Reader:
    """Reads one rule, and notes what is wrong with it."""

    def __init__(self, document: Document, path: tuple[str | int, ...]) -> None:
        self._document = document
        self._path = path
        self.errors: list[InputError] = []

    def rule(self, data: Mapping[str, Any]) -> Rule:
        given = tuple(self._pattern(name, wanted) for name, wanted in data["given"].items())
        rule = Rule(
            id=data["id"],
            location=self._document.at(self._path),
            given=given,
            title=data.get("title", ""),
            severity=data.get("severity", "error"),
            across=data.get("across"),
            same=self._fields("same", data),
            comparable=self._fields("comparable", data),
            where=self._expression(data, "where"),
            require=self._expression(data, "require"),
            derive=self._derive(data["derive"], given) if "derive" in data else None,
            message=data.get("message", ""),
            why=data["why"],
            find=partial(_part, self._document, self._path, data["given"]),
            examples=tuple(self._examples(data["examples"])),
        )
        self._check_next(rule)
        self._read(lambda: expression.template(rule.message), "message")
        return rule

    def _error(self, path: Sequence[str | int], message: str, expected: str, offset: int = 0) -> None:
        where = (*self._path, *path)
        location = self._document.within(where, offset) if offset else self._document.at(where)
        self.errors.append(InputError(location, message, expected))

    def _read(self, read: Callable[[], Read], *path: str | int) -> Read | None:
        try:
            return read()
        except ExpressionError as error:
            self._error(path, error.message, error.expected, error.offset)
            return None

    def _expression(self, data: Mapping[str, Any], key: str, *path: str) -> Expression | None:
        return self._read(lambda: expression.parse(data[key]), *path, key) if key in data else None

    def _fields(self, key: str, data: Mapping[str, Any]) -> tuple[str, ...]:
        names = data.get(key, [])
        for index, name in enumerate(names):
            self._check_field(name, key, index)
        return tuple(names)

    def _check_field(self, name: str, *path: str | int) -> None:
        if not (field.is_text(name) or field.is_date(name)):
            near = nearest(name, field.NAMES)
            expected = f'did you mean "{near}"?' if near else f"one of {', '.join(field.NAMES)}"
            self._error(path, f'"{name}" is no field of a fact', expected)

    def _pattern(self, name: str, wanted: Mapping[str, Any]) -> Pattern:
        path = ("given", name)
        by = wanted.get("by", [])
        by = [by] if isinstance(by, str) else by
        for one in by:
            self._check_field(one, *path, "by")
        if "by" in wanted and "collect" not in wanted and "next" not in wanted:
            self._error((*path, "by"), "by stands alone", "collect: all, or next: and a name")
        if "next" in wanted and (len(by) != 1 or not field.is_date(by[0])):
            self._error((*path, "by"), "next goes along one date field", "by: as_of, during, since or published")
        return Pattern(
            name=name,
            fields=tuple((key, _texts(texts)) for key, texts in wanted.items() if key not in _SPECIAL),
            dimensions=_dimensions(wanted.get("dimensions", "null")),
            collect="collect" in wanted,
            or_none=wanted.get("or_none") == "true",
            by=() if "next" in wanted else tuple(by),
            next=wanted.get("next"),
            along=by[0] if "next" in wanted and by else None,
        )

    def _check_next(self, rule: Rule) -> None:
        singles = [pattern.name for pattern in rule.given if not pattern.collect and pattern.next is None]
        for pattern in rule.given:
            if pattern.next is not None and (pattern.next not in singles or pattern.collect):
                message = f'next: "{pattern.next}" is no name of one fact that stands for itself'
                self._error(("given", pattern.name, "next"), message, f"one of {', '.join(singles)}")

    def _derive(self, data: Mapping[str, Any], given: tuple[Pattern, ...]) -> Derive | None:
        value = self._expression(data, "value", "derive")
        names = {pattern.name for pattern in given}
        fields = []
        for key, text in data.items():
            if key not in ("measure", "value"):
                fields.append((key, self._derived_field(key, text, names)))
        return Derive(data["measure"], value, tuple(fields)) if value is not None else None

    def _derived_field(self, key: str, text: str, names: set[str]) -> str | Expression:
        if text.partition(".")[0] in names:
            found = self._expression({key: text}, key, "derive")
            name = found.field if isinstance(found, Reference) else None
            if found is not None and name is not None and (field.is_text(name) or field.is_date(name)):
                return found
            self._error(("derive", key), f'"{text}" is no field', "a field such as batch.during.end")
        elif key in ("as_of", "during", "since"):
            try:
                period.read(text)
            except period.PeriodError as error:
                self._error(("derive", key), error.message, error.expected)
        return text

    def _examples(self, data: Sequence[Mapping[str, Any]]) -> Iterator[Example]:
        for index, example in enumerate(data):
            find = partial(self._document.at, (*self._path, "examples", index))
            yield Example(example["expect"], example["facts"], find)


def _part(document: Document, path: Steps, names: Container[str], part: str) -> Location:
    """Where a part of the rule at ``path`` stands, or a name in its ``given``."""
    return document.key_at((*path, "given", part)) if part in names else document.at((*path, part))


def _texts(wanted: Any) -> tuple[str, ...]:
    return tuple(wanted) if isinstance(wanted, list) else (wanted,)


def _dimensions(wanted: Any) -> tuple[str | tuple[tuple[str, tuple[str, ...]], ...], ...]:
    alternatives = wanted if isinstance(wanted, list) else [wanted]
    return tuple(
        one if isinstance(one, str) else tuple((name, _texts(texts)) for name, texts in one.items())
        for one in alternatives
    )


# ------------------------------------------------------------------------- under a vocabulary


class Selection(NamedTuple):
    """The rules that apply under a vocabulary, and a note for each that does not."""

    rules: tuple[Rule, ...]
    notes: tuple[str, ...]


def select(rules: Iterable[Rule], names: Vocabulary) -> Selection:
    """The rules that apply under a vocabulary.

    A repository's own rule replaces a shipped one of its id. A shipped rule for which no measure is
    declared does not apply; an own rule that names what is not declared, or puts together what does
    not compare, raises ``InputErrors``.
    """
    errors: list[InputError] = []
    notes: list[str] = []
    applying: list[Rule] = []
    known: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda one: (one.shipped, one.location.file, one.location.line or 0)):
        before = known.setdefault(rule.id, rule)
        if before is not rule:
            errors += _declared_twice(rule, before)
            continue
        fitting = {pattern.name: _measures(pattern, names) for pattern in rule.given}
        missing = _missing(rule, names)
        if missing and rule.shipped:
            _, key, text = missing[0]
            notes.append(f'{rule.id} does not apply: {key} "{text}" is not declared')
            continue
        unused = next((name for name, measures in fitting.items() if not measures), None)
        wrong = [_undeclared(rule.place(part), key, text, names) for part, key, text in missing]
        wrong = wrong or (list(_mistyped(rule, fitting, names)) if unused is None else [])
        errors += wrong
        if not wrong and unused is not None:
            notes.append(f"{rule.id} does not apply: no declared measure fits {unused}")
        elif not wrong:
            applying.append(rule)
    if errors:
        raise InputErrors(errors)
    return Selection(tuple(sorted(applying, key=lambda one: one.id)), tuple(sorted(notes)))


def _declared_twice(rule: Rule, before: Rule) -> list[InputError]:
    if rule.shipped and not before.shipped:
        return []
    place = f"{before.location.file}:{before.location.line}"
    return [InputError(rule.location, f'rule "{rule.id}" is there twice', f"another id than in {place}")]


def _is_glob(text: str) -> bool:
    return any(mark in text for mark in "*?[")


def _missing(rule: Rule, names: Vocabulary) -> list[tuple[str, str, str]]:
    """What the rule names that the vocabulary does not declare: in which part, what that is to be, and its name."""
    asked = [
        (pattern.name, key, text)
        for pattern in rule.given
        for key, texts in pattern.fields
        if key in _SECTIONS
        for text in texts
    ]
    if rule.derive is not None:
        asked.append(("derive", "measure", rule.derive.measure))
    return [
        (part, key, text)
        for part, key, text in asked
        if text not in ("any", "null") and not _is_glob(text) and vocabulary.key(_SECTIONS[key](names), text) is None
    ]


_SECTIONS: Mapping[str, Callable[[Vocabulary], Mapping[str, object]]] = {
    "measure": lambda names: names.measures,
    "subject": lambda names: names.subjects,
    "event": lambda names: names.events,
}


def _undeclared(place: Location, key: str, text: str, names: Vocabulary) -> InputError:
    near = nearest(text, _SECTIONS[key](names))
    return InputError(
        place,
        f'{key} "{text}" is not declared',
        f'did you mean "{near}"?' if near else f"a {key} of the vocabulary",
    )


def _measures(pattern: Pattern, names: Vocabulary) -> tuple[Measure, ...]:
    """All declared measures that a pattern may bind."""
    return tuple(measure for measure in names.measures.values() if field.measured(measure, pattern))


def _mistyped(rule: Rule, fitting: Mapping[str, tuple[Measure, ...]], names: Vocabulary) -> Iterator[InputError]:
    """What does not go together in a rule's expressions, over all measures that fit its names."""
    given = {pattern.name: unit.Name(unit.of(fitting[pattern.name]), pattern.collect) for pattern in rule.given}
    for part, one, wanted, known in _checks(rule, given):
        try:
            unit.check(one, known, wanted)
        except ExpressionError as error:
            yield InputError(rule.place(part), error.message, error.expected)
    if rule.derive is not None and (measure := vocabulary.find(names.measures, rule.derive.measure)) is not None:
        try:
            unit.check_value(rule.derive.value, given, measure)
        except ExpressionError as error:
            yield InputError(rule.place("derive"), error.message, error.expected)


def _checks(rule: Rule, given: Names) -> Iterator[tuple[str, Expression, str | None, Names]]:
    """Each expression of a rule: in which part it stands, what it must be, and what its names are."""
    if rule.require is not None:
        yield "require", rule.require, unit.TRUTH, given
    for condition in expression.conjuncts(rule.where):
        yield "where", condition, unit.TRUTH, _asked_alone(condition, given)
    for piece in expression.template(rule.message):
        if not isinstance(piece, str):
            yield "message", piece, None, given


def _asked_alone(condition: Expression, given: Names) -> Names:
    """The names in a condition of ``where``: a collection asked for a field is asked for that of each member."""
    asked = [one.name for one in expression.references(condition) if one.field is not None]
    collection = next((name for name in asked if name in given and given[name].collection), None)
    return {**given, collection: given[collection]._replace(collection=False)} if collection else given


def example_names(rule: Rule, names: Vocabulary) -> Vocabulary:
    """The names that a rule's examples may use: those of its file, then the repository's."""
    if rule.vocabulary is None:
        return names
    own = rule.vocabulary
    return Vocabulary(
        {**names.measures, **own.measures},
        {**names.subjects, **own.subjects},
        {**names.claimants, **own.claimants},
        {**names.events, **own.events},
        {**names.dimensions, **own.dimensions},
        {**names.names, **own.names},
    )

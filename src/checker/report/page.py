"""One rule as a page: what it is given, what must hold, why, its examples, and whether it applies here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from checker import model
from checker.expression import show
from checker.report import Options, clean, wording
from checker.report.columns import width, wrap
from checker.report.paint import BOLD, DIM, PLAIN

if TYPE_CHECKING:
    from checker.lines import Line

INDENT = "  "
LABEL = 12  # columns of what stands before a text
_OF_MEASURE = ("type", "kind", "counting", "unit")  # fields in the order in which they are read


def render(rule: model.Rule, applies: str, lines: tuple[Line, ...], options: Options) -> str:
    """The page of a rule. ``applies`` says whether it applies here; ``lines`` are those that it takes in its file."""
    page = [
        _painted(clean.text(rule.id), BOLD, options),
        *_paragraph(rule.title, options),
        "",
        *_fields(_head(rule, applies), options),
        "",
        _painted("Given", BOLD, options),
        *_fields({pattern.name: given(pattern) for pattern in rule.given}, options),
        "",
        _painted("Derives" if rule.derive else "Requires", BOLD, options),
        *_fields(_asked(rule), options),
        "",
        _painted("Why", BOLD, options),
        *_paragraph(rule.why, options),
        "",
        _painted("Examples", BOLD, options),
        *(line for example in rule.examples for line in _example(example, options)),
        *_as_written(lines, options),
    ]
    return "\n".join(page) + "\n"


def _head(rule: model.Rule, applies: str) -> dict[str, str]:
    across = f", {rule.across} where the facts have different claimants" if rule.across else ""
    return {
        "severity": rule.severity + across if rule.derive is None else "none: it makes a fact",
        "applies here": applies,
        "file": wording.place(rule.location) + (" (ships with checker)" if rule.shipped else ""),
    }


def _asked(rule: model.Rule) -> dict[str, str]:
    derived = rule.derive
    fields = {
        "same": ", ".join(rule.same),
        "comparable": f"{' and '.join(rule.comparable)}: where the facts differ in it, they are not compared"
        if rule.comparable
        else "",
        "where": show(rule.where) if rule.where else "",
        "require": show(rule.require) if rule.require else "",
        "message": rule.message,
    }
    if derived is not None:
        fields |= {"measure": derived.measure, "value": show(derived.value)}
        fields |= {name: text if isinstance(text, str) else show(text) for name, text in derived.fields}
    return {name: text for name, text in fields.items() if text}


# ------------------------------------------------------------------------- what it is given


def given(pattern: model.Pattern) -> str:
    """A pattern in words.

    >>> given(model.Pattern("held", (("measure", ("held",)), ("event", ("null",)))))
    'a fact with measure held and no event; totals only'
    """
    fields = sorted(pattern.fields, key=lambda one: (one[0] != "measure", one[0] not in _OF_MEASURE))
    wanted = " and ".join(_field(name, texts) for name, texts in fields)
    whole = f"{_noun(pattern)}{f' with {wanted}' if wanted else ''}; {_dimensions(pattern)}"
    by = f"; a collection for each {' and '.join(pattern.by)}" if pattern.by else ""
    return whole + by


def _noun(pattern: model.Pattern) -> str:
    if pattern.collect:
        return "all facts (or none)" if pattern.or_none else "all facts"
    if pattern.next:
        return f"the next fact after {pattern.next} by {pattern.along}"
    return "a fact"


def _field(name: str, texts: tuple[str, ...]) -> str:
    if texts == ("null",):
        return f"no {name}"
    if texts == ("any",):
        return f"any {name}"
    words = ["none" if text == "null" else "any" if text == "any" else text for text in texts]
    return f"{name} {' or '.join(words)}"


def _dimensions(pattern: model.Pattern) -> str:
    return " or ".join(_breakdown(one) for one in pattern.dimensions)


def _breakdown(one: str | tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    if isinstance(one, str):
        return "totals only" if one == "null" else "broken down by anything"
    return "broken down by " + " and ".join(_value(name, texts) for name, texts in one)


def _value(name: str, texts: tuple[str, ...]) -> str:
    return name if texts == ("any",) else f"{name} ({' or '.join(texts)})"


# ------------------------------------------------------------------------- examples


def _example(example: model.Example, options: Options) -> Iterator[str]:
    expect = example.expect
    what = _pairs(expect) if isinstance(expect, dict) else str(expect)
    facts = [_fact(fact) for fact in example.facts]
    yield from _field_lines(what, "; ".join(facts) or "no facts", options)


def _fact(written: Mapping[str, object]) -> str:
    """A fact of an example: its measure and value, and what else it says."""
    rest = {name: value for name, value in written.items() if name not in ("measure", "value")}
    head = f"{written.get('measure', '')} {_scalar(written.get('value', ''))}".strip()
    return head + (f" ({_pairs(rest)})" if rest else "")


def _pairs(written: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {_scalar(value)}" for name, value in written.items())


def _scalar(value: object) -> str:
    if isinstance(value, dict):
        return " and ".join(f"{name} {_scalar(inner)}" for name, inner in value.items())
    return " and ".join(map(_scalar, value)) if isinstance(value, list) else str(value)


# ------------------------------------------------------------------------- lines


def _as_written(lines: tuple[Line, ...], options: Options) -> Iterator[str]:
    """The rule in its own language, without its examples."""
    kept = _before_examples(lines)
    if kept:
        yield from ("", _painted("As it is written", BOLD, options))
        digits = len(str(kept[-1].number))
        for number, text in kept:
            yield _painted(f"{INDENT}{number:{digits}} | {clean.line(text)}".rstrip(), DIM, options)


def _before_examples(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    at = next((index for index, line in enumerate(lines) if line.text.strip() == "examples:"), len(lines))
    return lines[:at]


def _fields(fields: Mapping[str, str], options: Options) -> Iterator[str]:
    for label, text in fields.items():
        yield from _field_lines(label, text, options)


def _field_lines(label: str, text: str, options: Options) -> Iterator[str]:
    head = clean.text(label).ljust(LABEL) + "  "
    first, *more = wrap(head + clean.text(text), options.width - len(INDENT), " " * (LABEL + 2))
    yield from (INDENT + line for line in (first, *more))


def _paragraph(text: str, options: Options) -> Iterator[str]:
    for line in wrap(clean.text(text), options.width - width(INDENT)) if text else ():
        yield INDENT + line


def _painted(text: str, colour: str, options: Options) -> str:
    return f"{colour}{text}{PLAIN}" if options.colour else text

"""The report for programs: spec, section 9, and ``schemas/report.schema.json``.

A finding becomes text at once: a tree of it first would take as long again. ``line`` is the beginning of the line on
which what is written starts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as quoted

from checker import model, period, quantity
from checker.report import Options, findings

SCHEMA = "checker/report/v1"

# What JSON may hold as it stands, but a terminal would obey or UTF-8 cannot carry.
UNSAFE = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None

_WORDS = {None: "null", True: "true", False: "false"}


def render(report: model.Report, options: Options) -> str:
    """The report as one JSON document, the same bytes for the same report."""
    line = "\n  "
    head: Json = {"schema": SCHEMA, "exit_code": report.exit_code, "summary": dict(report.summary._asdict())}
    found = _list(report.pieces or [*map(piece, findings(report, options))], line)
    rest: Json = {
        "errors": [_error(wrong) for wrong in report.errors],
        "waivers": {
            "expired": [waiver.finding for waiver in report.waivers.expired],
            "unused": [waiver.finding for waiver in report.waivers.unused],
        },
        **({"left_out": report.left_out} if report.left_out else {}),
        **({"gone": [finding.id for finding in report.gone]} if report.gone else {}),
    }
    before, after = written(head).removesuffix("\n}"), written(rest).removeprefix("{")
    text = f'{before},{line}"findings": {found},{after}\n'  # which copies what is found, most of it, once
    if text.isascii() and "\x7f" not in text:  # as most are, and a look for what is unsafe takes its time
        return text
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


# ------------------------------------------------------------------------- any value


def written(value: Json, line: str = "\n") -> str:
    """What ``json.dumps`` writes with an indent of two.

    >>> print(written({"facts": ["a", 1], "left": None, "errors": []}))
    {
      "facts": [
        "a",
        1
      ],
      "left": null,
      "errors": []
    }
    """
    inner = f"{line}  "
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return _object({key: written(one, inner) for key, one in value.items()}, line)
    if isinstance(value, list):
        return _list([written(one, inner) for one in value], line)
    return _WORDS[value] if value is None or isinstance(value, bool) else json.dumps(value)


def _object(fields: Mapping[str, str], line: str = "\n") -> str:
    """An object of fields that are written."""
    return _around(line, *fields) % tuple(fields.values()) if fields else "{}"


@lru_cache(1 << 8)
def _around(line: str, *names: str) -> str:
    """What stands around the fields of these names."""
    inner = f"{line}  "
    fields = [f"{quoted(name)}: ".replace("%", "%%") + "%s" for name in names]
    return f"{{{inner}{f',{inner}'.join(fields)}{line}}}"


def _list(items: Sequence[str], line: str) -> str:
    """A list of items that are written."""
    inner = f"{line}  "
    return f"[{inner}{f',{inner}'.join(items)}{line}]" if items else "[]"


def _texts(texts: Iterable[str], line: str) -> str:
    return _list([*map(quoted, texts)], line)


def _text(text: str | None) -> str:
    return "null" if text is None else quoted(text)


# ------------------------------------------------------------------------- a finding


def piece(finding: model.Finding) -> str:
    """A finding, as it stands in the document."""
    line, inner, item = "\n    ", "\n      ", "\n        "
    fields = {
        "id": quoted(finding.id),
        "rule": quoted(finding.rule),
        "severity": quoted(finding.severity),
        "verdict": quoted(finding.verdict),
        "status": quoted(finding.status),
        "subject": quoted(finding.subject),
        "message": quoted(finding.message),
    }
    if finding.reason:
        fields["reason"] = quoted(finding.reason)
    if finding.waiver:
        fields["waiver"] = _waiver(finding.waiver, inner)
    fields["facts"] = _list([_cited(cited, item) for cited in finding.facts], inner)
    fields["left"] = _side(finding.left, inner)
    fields["right"] = _side(finding.right, inner)
    if finding.chain:
        fields["chain"] = _texts(finding.chain, inner)
    if finding.conflict:
        fields["conflict"] = _conflict(finding.conflict, inner)
        fields["repairs"] = _list([_repair(repair, item) for repair in finding.repairs], inner)
    if finding.unrepaired:
        fields["unrepaired"] = quoted(finding.unrepaired)
    return _object(fields, line)


def _conflict(conflict: model.Conflict, line: str) -> str:
    inner = f"{line}  "
    facts, rules = _texts(conflict.facts, inner), _texts(conflict.rules, inner)
    return _object({"facts": facts, "rules": rules, "smallest": _WORDS[conflict.smallest]}, line)


def _repair(repair: model.Repair, line: str) -> str:
    inner = f"{line}  "
    return _object({"changes": _list([_change(change, f"{inner}  ") for change in repair.changes], inner)}, line)


def _change(change: model.Change, line: str) -> str:
    fields = {"fact": change.fact, "from": change.before, "to": change.after, "change": change.change}
    if change.hint:
        fields["hint"] = change.hint
    return _object({name: quoted(text) for name, text in fields.items()}, line)


def _waiver(waiver: model.Waiver, line: str) -> str:
    until = waiver.until.text if waiver.until else None
    return written({"reason": waiver.reason, "by": waiver.by, "until": until}, line)


def _cited(cited: model.Cited, line: str) -> str:
    fact, inner = cited.fact, f"{line}  "
    fields = {"name": quoted(cited.name), "id": quoted(fact.id), "file": quoted(fact.location.file)}
    if fact.location.row is not None:
        fields["row"] = str(fact.location.row)
    else:
        fields["line"], fields["column"] = written(fact.location.line), written(fact.location.column)
    fields["claimant"] = _text(fact.claimant)
    fields["quote"] = _text(fact.quote)
    fields["value"] = _reading(fact.value, fact.measure.type, inner)
    if fact.derivation:
        fields["derived"] = written(_derivation(fact.derivation), inner)
    return _object(fields, line)


def _derivation(derived: model.Derivation) -> Json:
    return {"rule": derived.rule, "facts": [fact.id for fact in derived.facts]}


def _side(side: model.Side | None, line: str) -> str:
    return "null" if side is None else _reading(side, side.type, line)


def _reading(what: model.Value | model.Side, kind: str, line: str) -> str:
    inner = f"{line}  "
    literal = _interval(what.literal, kind, inner)
    conventional = literal if what.conventional == what.literal else _interval(what.conventional, kind, inner)
    text = quoted(what.text)
    return f'{{{inner}"text": {text},{inner}"literal": {literal},{inner}"conventional": {conventional}{line}}}'


def _interval(values: model.Interval | None, kind: str, line: str) -> str:
    if values is None:
        return "null"
    inner = f"{line}  "
    low, high = _text(_end(values.low, kind, up=False)), _text(_end(values.high, kind, up=True))
    includes = f'"includes_low": {_WORDS[values.includes_low]},{inner}"includes_high": {_WORDS[values.includes_high]}'
    return f'{{{inner}"low": {low},{inner}"high": {high},{inner}{includes}{line}}}'


def interval(values: model.Interval | None, kind: str) -> Json:
    """An interval of a type: its ends as decimals, or as days, rounded outwards where decimals never end."""
    if values is None:
        return None
    return {
        "low": _end(values.low, kind, up=False),
        "high": _end(values.high, kind, up=True),
        "includes_low": values.includes_low,
        "includes_high": values.includes_high,
    }


def _end(end: model.Exact | None, kind: str, up: bool) -> str | None:
    if end is None:
        return None
    return period.day(int(end)) if kind == "date" else quantity.decimal(end, up)


def _error(wrong: model.InputError) -> Json:
    file, line, column, row = wrong.location
    where: dict[str, Json] = {"line": line, "column": column} if row is None else {"row": row}
    return {"file": file, **where, "message": wrong.message, "expected": wrong.expected}

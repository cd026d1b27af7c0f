"""The report for programs: spec, section 9, and ``schemas/report.schema.json``."""

from __future__ import annotations

import json
import re
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
    document: Json = {
        "schema": SCHEMA,
        "exit_code": report.exit_code,
        "summary": dict(report.summary._asdict()),
        "findings": [_finding(finding) for finding in findings(report, options)],
        "errors": [_error(wrong) for wrong in report.errors],
        "waivers": {
            "expired": [waiver.finding for waiver in report.waivers.expired],
            "unused": [waiver.finding for waiver in report.waivers.unused],
        },
        **({"left_out": report.left_out} if report.left_out else {}),
        **({"gone": [finding.id for finding in report.gone]} if report.gone else {}),
    }
    text = f"{written(document)}\n"
    if text.isascii() and "\x7f" not in text:  # as most are, and a look for what is unsafe takes its time
        return text
    return UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def written(value: Json, line: str = "\n") -> str:
    """What ``json.dumps`` writes with an indent of two, sooner: it has its faster half for text without indents only.

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
    if isinstance(value, dict) and value:
        pairs = [
            f"{quoted(key)}: {quoted(one) if isinstance(one, str) else written(one, inner)}"  # most are: spares a call
            for key, one in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(pairs)}{line}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join([written(one, inner) for one in value])}{line}]"
    return _WORDS[value] if value is None or isinstance(value, bool) else json.dumps(value)


def _finding(finding: model.Finding) -> Json:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "severity": finding.severity,
        "verdict": finding.verdict,
        "status": finding.status,
        "subject": finding.subject,
        "message": finding.message,
        **({"reason": finding.reason} if finding.reason else {}),
        **({"waiver": _waiver(finding.waiver)} if finding.waiver else {}),
        "facts": [_cited(cited) for cited in finding.facts],
        "left": _side(finding.left),
        "right": _side(finding.right),
        **({"chain": list(finding.chain)} if finding.chain else {}),
        **({"conflict": _conflict(finding.conflict)} if finding.conflict else {}),
        **({"repairs": [_repair(repair) for repair in finding.repairs]} if finding.conflict else {}),
        **({"unrepaired": finding.unrepaired} if finding.unrepaired else {}),
    }


def _conflict(conflict: model.Conflict) -> Json:
    return {"facts": list(conflict.facts), "rules": list(conflict.rules), "smallest": conflict.smallest}


def _repair(repair: model.Repair) -> Json:
    return {
        "changes": [
            {
                "fact": change.fact,
                "from": change.before,
                "to": change.after,
                "change": change.change,
                **({"hint": change.hint} if change.hint else {}),
            }
            for change in repair.changes
        ]
    }


def _waiver(waiver: model.Waiver) -> Json:
    return {"reason": waiver.reason, "by": waiver.by, "until": waiver.until.text if waiver.until else None}


def _cited(cited: model.Cited) -> Json:
    fact = cited.fact
    return {
        "name": cited.name,
        "id": fact.id,
        **_location(fact.location),
        "claimant": fact.claimant,
        "quote": fact.quote,
        "value": _reading(fact.value, fact.measure.type),
        **({"derived": _derivation(fact.derivation)} if fact.derivation else {}),
    }


def _derivation(derived: model.Derivation) -> Json:
    return {"rule": derived.rule, "facts": [fact.id for fact in derived.facts]}


def _location(location: model.Location) -> dict[str, Json]:
    if location.row is not None:
        return {"file": location.file, "row": location.row}
    return {"file": location.file, "line": location.line, "column": location.column}


def _side(side: model.Side | None) -> Json:
    return None if side is None else _reading(side, side.type)


def _reading(what: model.Value | model.Side, kind: str) -> Json:
    literal = interval(what.literal, kind)
    conventional = literal if what.conventional == what.literal else interval(what.conventional, kind)
    return {"text": what.text, "literal": literal, "conventional": conventional}


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
    return {**_location(wrong.location), "message": wrong.message, "expected": wrong.expected}

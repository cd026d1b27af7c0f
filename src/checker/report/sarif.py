"""The report as SARIF 2.1.0 (OASIS, errata 01), for code scanning and editors."""

from __future__ import annotations

import json
from urllib.parse import quote

from checker import __version__, model
from checker.report import Options, clean, findings, origin, wording
from checker.report.json import Json
from checker.report.markdown import escape

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "SRCROOT"
KINDS = {
    "violated": "fail",
    "suspicious": "review",
    "undetermined": "open",
    "satisfied": "pass",
    "incomparable": "notApplicable",
}


def render(report: model.Report, options: Options) -> str:
    """The report as one SARIF log, without times or random ids: the same bytes for the same report."""
    shown = findings(report, options)
    known = {rule.id: rule for rule in report.rules}
    rules = [*known, *dict.fromkeys(finding.rule for finding in shown if finding.rule not in known)]
    indices = {rule: index for index, rule in enumerate(rules)}
    compared = bool(report.gone) or any(finding.status == "baseline" for finding in report.findings)
    driver: Json = {
        "name": "checker",
        "version": __version__,
        "rules": [_rule(id, known.get(id)) for id in rules],
    }
    run: Json = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The directory in which checker was called."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, indices[finding.rule], compared) for finding in shown],
    }
    document: Json = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _rule(id: str, rule: model.Rule | None) -> Json:
    """A rule as a descriptor; a rule that no file holds (``joint``) has but its id."""
    named: dict[str, Json] = {"id": clean.text(id)}
    if rule is None:
        return named
    title, why = rule.title or id, rule.why or rule.title or id
    return named | {
        "name": "".join(word.capitalize() for word in clean.text(id).split("-")),
        "shortDescription": _message(title),
        "fullDescription": _message(why),
        "help": {**_message(why), "markdown": _literal(f"**{escape(title)}**\n\n{escape(why)}")},
        "defaultConfiguration": {"level": rule.severity},
    }


def _invocation(report: model.Report) -> Json:
    level = "error" if report.exit_code == 2 else "warning"
    told = [_notification(wrong, level) for wrong in report.errors]
    told += [{"level": "note", "message": _message(line)} for line in wording.known(report)]
    return {
        "executionSuccessful": report.exit_code != 2,
        "exitCode": report.exit_code,
        "toolExecutionNotifications": told,
    }


def _notification(wrong: model.InputError, level: str) -> Json:
    row = "" if wrong.location.row is None else f"row {wrong.location.row}: "
    words = row + (f"{wrong.message} (expected: {wrong.expected})" if wrong.expected else wrong.message)
    return {"level": level, "message": _message(words), "locations": [{"physicalLocation": _place(wrong.location)}]}


# ------------------------------------------------------------------------- a finding


def _result(finding: model.Finding, index: int, compared: bool) -> Json:
    """A finding. What is not violated has no level, as section 3.27.10 asks for: its severity is a property."""
    kind, first = KINDS[finding.verdict], [origin(cited.fact) for cited in finding.facts[:1]]
    return {
        "ruleId": clean.text(finding.rule),
        "ruleIndex": index,
        "kind": kind,
        "level": finding.severity if kind == "fail" else "none",
        "message": _message(
            finding.message or wording.outcome(finding), *wording.sides(finding), *wording.repairs(finding)
        ),
        "locations": [{"physicalLocation": _place(fact.location, fact.quote)} for fact in first],
        "relatedLocations": [_related(number, cited) for number, cited in enumerate(finding.facts, 1)],
        "partialFingerprints": {"checkerFinding/v1": clean.text(finding.id)},
        "suppressions": [_suppression(finding)] if finding.status == "waived" else [],
        **({"baselineState": "unchanged" if finding.status == "baseline" else "new"} if compared else {}),
        "properties": {
            "verdict": finding.verdict,
            "severity": finding.severity or "none",
            "subject": clean.text(finding.subject),
        },
    }


def _suppression(finding: model.Finding) -> Json:
    reason = clean.text(finding.waiver.reason) if finding.waiver else ""
    return {"kind": "external", "status": "accepted", "justification": reason}


def _related(number: int, cited: model.Cited) -> Json:
    return {
        "id": number,
        "physicalLocation": _place(origin(cited.fact).location),
        "message": _message(wording.cited(cited)),
    }


def _place(place: model.Location, snippet: str | None = None) -> Json:
    """A place; the rows of a table are none of SARIF's regions, and stay with the words."""
    where: dict[str, Json] = {"artifactLocation": _artifact(place.file)}
    if place.line is None:
        return where
    region: dict[str, Json] = {"startLine": place.line}
    if place.column is not None:
        region["startColumn"] = place.column
    if snippet:
        region["snippet"] = {"text": clean.text(snippet)}
    return where | {"region": region}


def _artifact(file: str) -> Json:
    uri = quote(file.encode("utf-8", "surrogatepass"))
    return {"uri": f"file://{uri}"} if file.startswith("/") else {"uri": uri, "uriBaseId": ROOT}


def _message(*lines: str) -> dict[str, Json]:
    return {"text": _literal("\n".join(map(clean.text, lines)))}


def _literal(text: str) -> str:
    """A text in which nothing is a placeholder or a link (sections 3.11.5 and 3.11.6)."""
    if "](" in text:
        text = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return text.replace("{", "{{").replace("}", "}}")

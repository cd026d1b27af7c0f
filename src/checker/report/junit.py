"""The report as JUnit XML, for CI servers: one test case for each rule and subject.

JUnit has no standard. This keeps the schema of Jenkins's xUnit plugin (junit-10.xsd), and what GitLab, GitHub's
reporters and Azure read of it: the file and the line of a case, and of its failures the first alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from checker import model
from checker.report import SHOWN, Options, clean, failing, findings, location, table, wording

WIDTH = 120


def render(report: model.Report, options: Options) -> str:
    """The report as one XML document; it takes no time, so that the same report gives the same bytes."""
    wrong = report.errors if report.exit_code == 2 else ()
    cases = [*map(_error, wrong), *_cases(report, options)]
    failures = sum(case.find("failure") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": str(len(wrong)), "time": "0"}
    root = Element("testsuites", {"name": "checker", **counts})
    suite = SubElement(root, "testsuite", {"name": "checker", **counts})
    suite.extend(cases)
    SubElement(suite, "system-out").text = "\n".join(
        [*wording.left_out(report), *wording.known(report), wording.last(report)]
    )
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _error(wrong: model.InputError) -> Element:
    case = _case(wording.place(wrong.location, column=True), "input", wrong.location)
    SubElement(case, "error", type="input", message=clean.text(wrong.message)).text = "\n".join(wording.error(wrong))
    return case


def _cases(report: model.Report, options: Options) -> list[Element]:
    """What is told of each rule and subject; of a rule of which nothing is, that it was kept."""
    told: dict[tuple[str, str], list[model.Finding]] = {}
    for finding in findings(report, options):
        told.setdefault((finding.rule, finding.subject), []).append(finding)
    for silent in {rule.id for rule in report.rules} - {rule for rule, _ in told}:
        told[silent, ""] = []
    places = {rule.id: rule.location for rule in report.rules}
    fails = failing(report)
    cases = []
    for (rule, subject), group in sorted(told.items()):
        place = places.get(rule)
        first = location(group[0]) if group else place
        name = f"{rule}[{subject}]" if group else rule
        case = _case(name, PurePath(place.file).stem if place else rule, first)
        _tell(case, [one for one in group if one.id in fails], [one for one in group if one.id not in fails])
        cases.append(case)
    return cases


def _case(name: str, concern: str, place: model.Location | None) -> Element:
    case = Element("testcase", classname=clean.text(f"checker.{concern}"), name=clean.text(name), time="0")
    if place:
        case.set("file", clean.text(place.file))
        if place.line is not None:
            case.set("line", str(place.line))
    return case


def _tell(case: Element, failed: Sequence[model.Finding], passed: Sequence[model.Finding]) -> None:
    if failed:
        more = f" (and {wording.counted(len(failed) - 1, 'finding')} more)" if failed[1:] else ""
        said = {"type": failed[0].verdict, "message": clean.text(failed[0].message) + more}
        SubElement(case, "failure", said).text = _text(failed)
    if passed:
        SubElement(case, "system-out").text = _text(passed)


def _text(group: Sequence[model.Finding]) -> str:
    return "\n\n".join(_words(finding) for finding in group)


def _words(finding: model.Finding) -> str:
    if finding.verdict in SHOWN:
        return "\n".join(table.block(finding, Options(WIDTH)))
    return f"{finding.verdict}  {clean.text(finding.id)}  {wording.outcome(finding)}"

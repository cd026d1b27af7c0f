"""What of a run's findings was known before: waivers, and the findings of an earlier report."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from checker import document, period, schema
from checker.document import Document
from checker.model import Finding, InputError, InputErrors, Location, Waiver, Waivers

SHORTEST = 8  # characters of an id that a waiver must name; as many as its schema asks for
_REPORT = "what checker run --format json writes"

# ------------------------------------------------------------------------- reading


def read(documents: Iterable[Document]) -> tuple[Waiver, ...]:
    """The waivers in documents that follow their schema.

    Raises ``InputErrors`` for a last day that is no day, and for a finding that is waived twice.
    """
    errors: list[InputError] = []
    waivers = [_waiver(read, index, errors) for read in documents for index in range(len(_entries(read)))]
    errors += _twice(waivers)
    if errors:
        raise InputErrors(errors)
    return tuple(waivers)


def _entries(read: Document) -> list[dict[str, str]]:
    data: Any = read.data
    entries: list[dict[str, str]] = data["waivers"]
    return entries


def _waiver(read: Document, index: int, errors: list[InputError]) -> Waiver:
    written, path = _entries(read)[index], ("waivers", index)
    until = None
    try:
        until = period.read(written["until"]) if "until" in written else None
    except period.PeriodError as error:
        errors.append(InputError(read.at((*path, "until")), error.message, "a day such as 2027-01-31"))
    return Waiver(written["finding"], written["reason"], read.at((*path, "finding")), written.get("by"), until)


def _twice(waivers: Iterable[Waiver]) -> list[InputError]:
    """What names a finding that an earlier waiver names, in as many characters or not."""
    errors = []
    whole: dict[str, Waiver] = {}
    begun: dict[str, Waiver] = {}
    for waiver in waivers:
        beginnings = [waiver.finding[:end] for end in range(SHORTEST, len(waiver.finding) + 1)]
        first = begun.get(waiver.finding) or next((whole[one] for one in beginnings if one in whole), None)
        if first is not None:
            message = f"finding {waiver.finding} is waived twice"
            errors.append(InputError(waiver.location, message, f"one waiver for it: {_place(first)} has one"))
        whole.setdefault(waiver.finding, waiver)
        begun |= {one: waiver for one in beginnings if one not in begun}
    return errors


def _place(waiver: Waiver) -> str:
    return f"{waiver.location.file}:{waiver.location.line}"


# ------------------------------------------------------------------------- which findings they fit


def apply(waivers: Sequence[Waiver], findings: Sequence[Finding], today: int) -> tuple[list[Finding], Waivers]:
    """The findings, those waived that a waiver fits, and the waivers that are not in force on ``today`` (an ordinal).

    Only what is violated or suspicious can be waived. Raises ``InputErrors`` for a waiver that names
    the beginning of several ids.
    """
    ids = sorted({one.id for one in findings if one.severity})
    fitting = [(waiver, begin_with(waiver.finding, ids)) for waiver in waivers]
    errors = [_ambiguous(waiver, found) for waiver, found in fitting if len(found) > 1]
    if errors:
        raise InputErrors(errors)
    in_force = {found[0]: waiver for waiver, found in fitting if found and not _is_over(waiver, today)}
    expired = tuple(waiver for waiver, found in fitting if found and _is_over(waiver, today))
    unused = tuple(waiver for waiver, found in fitting if not found)
    return [_waived(one, in_force.get(one.id)) for one in findings], Waivers(expired, unused)


def begin_with(beginning: str, ids: Sequence[str]) -> list[str]:
    """Those of the sorted ``ids`` that begin so.

    >>> begin_with("b", ["a1", "b1", "b2", "c1"])
    ['b1', 'b2']
    """
    first = bisect_left(ids, beginning)
    return list(takewhile(lambda id: id.startswith(beginning), (ids[n] for n in range(first, len(ids)))))


def _ambiguous(waiver: Waiver, found: Sequence[str]) -> InputError:
    message = f"{len(found)} findings begin with {waiver.finding}"
    return InputError(waiver.location, message, f"one of {', '.join(found)}")


def _is_over(waiver: Waiver, today: int) -> bool:
    return waiver.until is not None and waiver.until.last is not None and waiver.until.last < today


def _waived(one: Finding, waiver: Waiver | None) -> Finding:
    return one if waiver is None or not one.severity else one._replace(status="waived", waiver=waiver)


# ------------------------------------------------------------------------- an earlier report


def baseline(path: Path) -> tuple[Finding, ...]:
    """What was violated or suspicious in an earlier report, without facts and sides; raises ``InputErrors``."""
    import json  # noqa: PLC0415  # only where there is a baseline

    location = Location(document.shown(path))
    text = document.contents(path)
    if len(text) > document.MAX_BYTES:
        raise _no_report(location, "the report is too large", f"at most {document.MAX_BYTES} bytes")
    try:
        data = json.loads(document.decode(text, location.file))
        is_report = schema.follows(data, "report")
    except (ValueError, RecursionError):  # no JSON, or none that anybody would write
        is_report = False
    if not is_report:
        raise _no_report(location, "this is no report of an earlier run")
    if data["exit_code"] == 2:
        raise _no_report(location, "the earlier run was refused, so that it found nothing")
    return tuple(_earlier(one) for one in data["findings"] if one["severity"])


def _no_report(location: Location, message: str, expected: str = _REPORT) -> InputErrors:
    return InputErrors([InputError(location, message, expected)])


def _earlier(found: dict[str, str]) -> Finding:
    id, rule, severity, verdict, status, subject, message = map(found.__getitem__, Finding._fields[:7])
    return Finding(id, rule, severity, verdict, status, subject, message, facts=())


def compare(findings: Iterable[Finding], earlier: Iterable[Finding]) -> tuple[list[Finding], tuple[Finding, ...]]:
    """The findings, new ones that there were before as of the baseline, and those that there were and are no more."""
    before = {one.id: one for one in earlier}
    known = [
        one._replace(status="baseline") if one.status == "new" and one.severity and one.id in before else one
        for one in findings
    ]
    here = {one.id for one in known if one.severity}
    return known, tuple(one for one in before.values() if one.id not in here)


# ------------------------------------------------------------------------- writing


def entry(waiver: Waiver) -> dict[str, str]:
    """A waiver as the fields of its file."""
    until = waiver.until.text if waiver.until else None
    fields = {"finding": waiver.finding, "reason": waiver.reason, "by": waiver.by, "until": until}
    return {name: text for name, text in fields.items() if text}


def written(waiver: Waiver, indentation: int = 2) -> str:
    r"""A waiver as an item of a list in YAML, its lines ended.

    Texts stand in double quotes, in which YAML reads what JSON writes.

    >>> print(written(Waiver("3f9a0c11", 'The "source" says so', Location("waivers.yaml"))), end="")
      - finding: "3f9a0c11"
        reason: "The \"source\" says so"
    """
    import json  # noqa: PLC0415  # only where one is written

    fields = {
        name: text if name == "until" else json.dumps(text, ensure_ascii=False) for name, text in entry(waiver).items()
    }
    lines = [f"{name}: {text}\n" for name, text in fields.items()]
    return " " * indentation + "- " + (" " * (indentation + 2)).join(lines)


_NEW = """\
# Findings that are known and accepted: still shown, and no failure.

waivers:
"""


def started(waiver: Waiver, file: str, address: str | None = None) -> str:
    """The text of a new file with one waiver; ``address`` is where its schema is, for editors."""
    wiring = f"# yaml-language-server: $schema={address}\n#\n" if address else ""
    return _read_back(wiring + _NEW + written(waiver), Location(file), waiver, [])


def added(text: str, waiver: Waiver, file: str) -> str:
    """The text of a waivers file with one waiver more at the end of its list; all else stays, byte for byte.

    Raises ``InputErrors`` where the file is wrong, or its list is not one to whose end lines can be
    added. What comes out has been read back: it says what it said, and the new waiver.
    """
    before = document.read(text, file)
    wrong = schema.check(before, "waivers")
    if wrong:
        raise InputErrors(wrong)
    place = before.at(("waivers",))
    return _read_back(_longer(text, place, waiver), place, waiver, _entries(before))


def _read_back(text: str | None, place: Location, waiver: Waiver, before: list[dict[str, str]]) -> str:
    """The text, if it says what was there and the new waiver, and nothing else."""
    try:
        read = document.read(text or "", place.file)
    except InputErrors:
        read = None
    meant: object = {"waivers": [*before, entry(waiver)]}
    if text is None or read is None or read.data != meant or not schema.follows(read.data, "waivers"):
        expected = f"these lines, put there by hand:\n{written(waiver)}"
        raise InputErrors([InputError(place, "no waiver can be added to what stands there", expected)])
    return text


def _longer(text: str, place: Location, waiver: Waiver) -> str | None:
    """The text with more lines at its end; None where the list does not begin with a dash, and is not empty."""
    assert place.line is not None  # as it was read
    assert place.column is not None
    lines = text.split("\n")
    line, column = lines[place.line - 1], place.column - 1
    if line[column : column + 2] == "[]":
        lines[place.line - 1] = line[:column].rstrip(" ") + line[column + 2 :]
        column = 2
    elif line[column : column + 1] != "-":
        return None
    kept = "\n".join(lines)
    end = "\r\n" if "\r\n" in text else "\n"
    return kept + ("" if kept.endswith("\n") else end) + written(waiver, column).replace("\n", end)

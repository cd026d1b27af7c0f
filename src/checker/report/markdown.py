"""The report as GitHub-flavoured Markdown, for the summary of a pull request or of a job."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from checker import model
from checker.report import Options, clean, failing, findings, wording

PART = 100_000  # bytes of a table: all that a page is made of stays below the 1 MiB that GitHub takes
SIDE_BY_SIDE = 4  # columns of facts that a page has room for

# Signs that make markup; and those in which GitHub looks for mentions, issues, emoji and addresses after that, in
# the finished text, so that an escape does not hide them: these stand in an element of their own.
SIGNS = re.compile(r"[#$&*<>@\[\]\\_`|~]|:(?=\S)|(?<=\bwww)\.|(?<=\bgh)-", re.IGNORECASE)
SOUGHT = "@#:.-"

Row = tuple[str, ...]


def escape(raw: str) -> str:
    """Clean text on one line as Markdown that shows it and makes nothing of it.

    >>> escape("*40* <dead>")
    '&#42;40&#42; &#60;dead&#62;'
    >>> escape("@desk: see #7")
    '<span>&#64;</span>desk: see <span>&#35;</span>7'
    """
    return SIGNS.sub(_escaped, clean.text(raw))


def _escaped(found: re.Match[str]) -> str:
    shown = f"&#{ord(found[0])};"
    return f"<span>{shown}</span>" if found[0] in SOUGHT else shown


def _code(raw: str) -> str:
    return f"<code>{escape(raw)}</code>" if raw else ""


# ------------------------------------------------------------------------- the page


def render(report: model.Report, options: Options) -> str:
    """The report as a page of Markdown, below the size at which GitHub shows nothing of it."""
    head = "was given wrong input" if report.exit_code == 2 else wording.exit_(report)
    blocks = [f"## checker {head}", *_errors(report), *([] if options.quiet else _body(report, options))]
    return "\n\n".join([*blocks, wording.last(report)]) + "\n"


def _errors(report: model.Report) -> list[str]:
    rows = [
        (_code(wording.place(wrong.location, column=True)), escape(wrong.message), escape(wrong.expected))
        for wrong in report.errors
    ]
    return [_table([("where", "what is wrong", "expected"), *rows])] if rows else []


def _body(report: model.Report, options: Options) -> list[str]:
    listed = findings(report, options)
    shown = [finding for finding in listed if finding.severity in ("error", "warning")]
    notes = [finding for finding in listed if finding.severity == "note"]
    others = [finding for finding in listed if not finding.severity]
    blocks = _list(shown, report) + _cut([_details(one, options) for one in shown], 2 * PART, "finding")
    for group, what in ((notes, "note"), (others, "other outcome")):
        if group:
            blocks.append(_folded(wording.counted(len(group), what), _list(group, report)))
    more = [*wording.known(report), *(report.notes if options.verbose else ())]
    return [*blocks, _table([("note",), *((escape(line),) for line in more)])] if more else blocks


def _list(group: Sequence[model.Finding], report: model.Report) -> list[str]:
    fails = failing(report)
    rows = [("verdict", "finding", "rule", "subject"), *(_row(finding, fails) for finding in group)]
    return [_table(rows)] if group else []


def _row(finding: model.Finding, fails: frozenset[str]) -> Row:
    words = [finding.verdict, finding.severity, "" if finding.status == "new" else finding.status]
    verdict = ", ".join(filter(None, words))
    told = escape(finding.message) or escape(wording.outcome(finding))
    subject = escape(wording.subject(finding))
    return (f"**{verdict}**" if finding.id in fails else verdict), told, _code(finding.rule), subject


# ------------------------------------------------------------------------- a finding


def _details(finding: model.Finding, options: Options) -> str:
    """The facts of a finding side by side, or one below the other where they are many."""
    cited = finding.facts if options.verbose else finding.facts[: wording.FACTS]
    rows = [("", "value", "quote", "said by", "where"), *map(_fact, cited)]
    blocks = [_table(rows if len(cited) > SIDE_BY_SIDE else list(zip(*rows, strict=True)))]
    if cited != finding.facts:
        blocks.append(f"and {wording.counted(len(finding.facts) - len(cited), 'fact')} more")
    blocks += [_code(line) for line in [*wording.sides(finding), *wording.repairs(finding)]]
    if finding.waiver:
        blocks.append(escape(wording.waiver(finding.waiver)))
    blocks.append(f"Finding {_code(finding.id)}")
    return _folded(f"{finding.verdict}: {escape(finding.message)}", blocks)


def _fact(cited: model.Cited) -> Row:
    fact = cited.fact
    said = ", ".join(filter(None, (wording.who(fact), wording.when(fact))))
    shown = wording.derivation(fact.derivation) if fact.derivation else wording.quote(fact)
    where = "" if fact.derivation else wording.place(fact.location)
    return escape(wording.name(cited)), escape(wording.value(fact)), escape(shown), escape(said), _code(where)


# ------------------------------------------------------------------------- blocks


def _folded(summary: str, blocks: Iterable[str]) -> str:
    return "\n\n".join([f"<details><summary>{summary}</summary>", *blocks, "</details>"])


def _table(rows: Sequence[Row]) -> str:
    """The first row as the head, and as many of the others as there is room for."""
    head, *rest = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, f"|{' --- |' * len(rows[0])}", *_cut(rest, PART, "row")])


def _cut(parts: Sequence[str], room: int, what: str) -> list[str]:
    """The first parts, as many as ``room`` bytes hold, and how many are left out."""
    held = sum(size <= room for size in accumulate(len(part.encode()) + 2 for part in parts))
    left = len(parts) - held
    note = f"\n{wording.counted(left, what)} more: there is no room for {'it' if left == 1 else 'them'} here."
    return [*parts[:held], note] if left else list(parts)

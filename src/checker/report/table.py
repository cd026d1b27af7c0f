"""The report for a terminal: what cannot be true first, each finding with the facts that show it.

A fact stands on one line where the page is wide enough for it. Where it is not, the cells that fit
stay side by side and the rest stands below them: nothing is cut, and no id and no place is broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from checker import model
from checker.report import SHOWN, Options, clean, findings, paint, wording
from checker.report.columns import GAP, align, width, wrap

INDENT = "  "
NARROW = 20  # columns below which text is not worth wrapping
QUOTE = 30  # columns below which a quote is better read on lines of its own
LOUD = {"violated": "VIOLATED"}

Row = tuple[str, ...]


def render(report: model.Report, options: Options) -> str:
    """The whole report as text of ``options.width`` columns, each line ended."""
    blocks = [] if options.quiet else _body(report, options)
    if report.errors:
        blocks.append([line for wrong in report.errors for line in _error(wrong, options)])
    return "\n\n".join("\n".join(block) for block in [*blocks, _last(report, options)]) + "\n"


def _body(report: model.Report, options: Options) -> list[list[str]]:
    listed = findings(report, options)
    shown = [finding for finding in listed if finding.verdict in SHOWN]
    rest = [finding for finding in listed if finding.verdict not in SHOWN]
    blocks = [block(finding, options) for finding in shown]
    if not (shown or report.hidden or report.errors):
        blocks.append(wrap(_nothing(report), options.width))
    blocks += [_outcomes(list(group), options) for _, group in groupby(rest, lambda one: (one.verdict, one.rule))]
    notes = [*wording.known(report), *(map(clean.text, report.notes) if options.verbose else ())]
    if notes:
        blocks.append([line for note in notes for line in wrap(f"- {note}", options.width, INDENT)])
    return blocks


def _nothing(report: model.Report) -> str:
    if report.summary.matches == 0:
        return "No finding, for no rule applies to any of the facts."
    if report.summary.violated or report.summary.suspicious:
        return "No finding touches what was asked for."
    return "No finding: nothing that was compared is violated or suspicious."


def _last(report: model.Report, options: Options) -> list[str]:
    if report.exit_code == 2:
        return [wording.refusal(report)]
    lines = wrap(wording.summary(report), options.width, INDENT)
    return [*lines[:-1], _paint(lines[-1], wording.exit_(report), "error" if report.exit_code else "", options)]


def _error(wrong: model.InputError, options: Options) -> Iterator[str]:
    first, *expected = wording.error(wrong)
    where = wording.place(wrong.location, column=True)
    linked = paint.link(where, wrong.location.file, options) + first.removeprefix(where)
    yield from wrap(linked, options.width, INDENT * 2)
    for line in expected:
        yield from wrap(INDENT + line, options.width, INDENT * 2)


# ------------------------------------------------------------------------- a finding


def block(finding: model.Finding, options: Options) -> list[str]:
    """The lines of one finding."""
    room = options.width - len(INDENT)
    blocks = [
        wrap(wording.head(finding), room),
        wrap(wording.waiver(finding.waiver), room) if finding.waiver else [],
        _facts(finding, room, options),
        [] if finding.severity == "note" else [part for line in wording.sides(finding) for part in wrap(line, room)],
        [] if finding.severity == "note" else [part for line in wording.repairs(finding) for part in wrap(line, room)],
    ]
    return [*_headline(finding, options), *(INDENT + line for block in blocks for line in block)]


def _headline(finding: model.Finding, options: Options) -> list[str]:
    verdict = finding.verdict if finding.severity == "note" else LOUD.get(finding.verdict, finding.verdict)
    words = f"{verdict}{GAP}{clean.text(finding.message)}"
    first, *more = wrap(words, options.width, " " * len(verdict + GAP))
    return [_paint(first, verdict, finding.severity if finding.status == "new" else "", options), *more]


def _paint(line: str, words: str, colour: str, options: Options) -> str:
    painted = f"{paint.SEVERITY.get(colour, paint.DIM)}{words}{paint.PLAIN}"
    return line.replace(words, painted, 1) if options.colour else line


def _facts(finding: model.Finding, room: int, options: Options) -> list[str]:
    cited = finding.facts if options.verbose else finding.facts[: wording.FACTS]
    lines = _lines([_row(one, finding.severity == "note", options) for one in cited], room)
    hidden = len(finding.facts) - len(cited)
    return [*lines, f"and {wording.counted(hidden, 'fact')} more (-v lists them)"] if hidden else lines


def _row(cited: model.Cited, short: bool, options: Options) -> Row:
    """The cells of a fact; the last two are its quote, or what it derives from, and its place."""
    fact = cited.fact
    cells = [wording.name(cited), wording.value(fact)]
    if not short:
        cells += [wording.who(fact), wording.when(fact)]
    if fact.derivation:
        return (*cells, wording.derivation(fact.derivation), "")
    return (*cells, "" if short else paint.quote(fact, options), paint.place(fact.location, options))


def _lines(rows: Sequence[Row], room: int) -> list[str]:
    if not rows:
        return []
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    quote = room - _across(widths) + widths[-2]
    if quote >= min(QUOTE, widths[-2]):
        return align([line for row in rows for line in _unfolded(row, quote)])
    side_by_side = max(n for n in range(1, len(widths) - 1) if n == 1 or _across(widths[:n]) <= room)
    heads = align([row[:side_by_side] for row in rows])
    return [line for head, row in zip(heads, rows, strict=True) for line in (head, *_below(row[side_by_side:], room))]


def _across(widths: Sequence[int]) -> int:
    taken = [columns for columns in widths if columns]
    return sum(taken) + len(GAP) * (len(taken) - 1)


def _unfolded(row: Row, room: int) -> list[Row]:
    """A row whose quote is longer than its column, as that row and others with nothing but the quote."""
    *cells, quote, place = row
    first, *more = wrap(quote, room)
    return [(*cells, first, place), *((*[""] * len(cells), line, "") for line in more)]


def _below(cells: Row, room: int) -> list[str]:
    """The cells that found no room beside the others: on one line if they fit, else each on its own."""
    taken = [cell for cell in cells if cell]
    if _across([width(cell) for cell in taken]) <= room - len(INDENT):
        return [INDENT + GAP.join(taken)] if taken else []
    *words, place = cells
    wrapped = [line for cell in words if cell for line in wrap(cell, room - len(INDENT))]
    return [INDENT + line for line in [*wrapped, place] if line]


# ------------------------------------------------------------------------- the other outcomes


def _outcomes(outcomes: Sequence[model.Finding], options: Options) -> list[str]:
    """Findings of one verdict and rule, a row each: its id, its subject, its facts and the reason."""
    from tabulate import tabulate  # noqa: PLC0415 - under -v only: its import takes longer than the rest of a report

    about = [(clean.text(one.id), clean.text(one.subject)) for one in outcomes]
    room = options.width - len(INDENT) - max(width(GAP.join((*cells, ""))) for cells in about)
    told = ["\n".join(wrap(wording.outcome(one), max(room, NARROW))) for one in outcomes]
    rows = [(*cells, text) for cells, text in zip(about, told, strict=True)]
    lines = tabulate(rows, tablefmt="plain", disable_numparse=True).splitlines()
    return [f"{outcomes[0].verdict}{GAP}{clean.text(outcomes[0].rule)}", *(INDENT + line.rstrip() for line in lines)]

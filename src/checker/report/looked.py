"""What ``checker lint`` has looked at: errors, notes, and a line that sums up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checker.report import Options, clean, paint, wording
from checker.report.columns import wrap

if TYPE_CHECKING:
    from checker.lint import Looked

INDENT = "  "


def render(looked: Looked, options: Options) -> str:
    """A line for each error and note, as ``file:line:column: message``, and one that sums up."""
    lines = [] if options.quiet else list(_lines(looked, options))
    return "\n".join([*lines, *([""] if lines else []), _summary(looked)]) + "\n"


def _lines(looked: Looked, options: Options) -> Iterator[str]:
    for wrong in looked.errors:
        first, *expected = wording.error(wrong)
        yield from wrap(first, options.width, INDENT * 2)
        for line in expected:
            yield from wrap(INDENT + line, options.width, INDENT * 2)
    for location, message, severity in looked.notes:
        if severity not in paint.SEVERITY and not options.verbose:
            continue
        place, word = f"{wording.place(location, column=True)}: ", severity
        first, *more = wrap(f"{place}{word}: {clean.text(message)}", options.width, INDENT * 2)
        painted = f"{paint.SEVERITY[word]}{word}{paint.PLAIN}" if options.colour and word in paint.SEVERITY else word
        yield first.replace(f" {word}:", f" {painted}:", 1)
        yield from more


def _summary(looked: Looked) -> str:
    counts = [(looked.files, "file"), (looked.facts, "fact"), (looked.rules, "rule")]
    read = ", ".join(wording.counted(number, noun) for number, noun in counts if number or noun == "file")
    if looked.errors:
        files = len({wrong.location.file for wrong in looked.errors})
        return f"{read}: {wording.counted(len(looked.errors), 'error')} in {wording.counted(files, 'file')}"
    noted = [(sum(note.severity == word for note in looked.notes), word) for word in ("warning", "note")]
    said = [wording.counted(number, word) for number, word in noted if number]
    return f"{read}: {' · '.join(said if noted[0][0] else ['nothing wrong', *said])}"

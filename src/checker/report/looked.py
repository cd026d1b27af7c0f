"""What ``checker lint`` has looked at: errors, notes, and a line that sums up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checker.report import Options, clean, wording
from checker.report.columns import wrap

if TYPE_CHECKING:
    from checker.lint import Looked

INDENT = "  "
PAINT = {"error": "\x1b[1;31m", "note": "\x1b[36m"}
PLAIN = "\x1b[0m"


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
    for location, message in looked.notes:
        place, word = f"{wording.place(location, column=True)}: ", "note"
        first, *more = wrap(f"{place}{word}: {clean.text(message)}", options.width, INDENT * 2)
        painted = f"{PAINT[word]}{word}{PLAIN}" if options.colour else word
        yield first.replace(f" {word}:", f" {painted}:", 1)
        yield from more


def _summary(looked: Looked) -> str:
    counts = [(looked.files, "file"), (looked.facts, "fact"), (looked.rules, "rule")]
    read = ", ".join(wording.counted(number, noun) for number, noun in counts if number or noun == "file")
    if looked.errors:
        files = len({wrong.location.file for wrong in looked.errors})
        return f"{read}: {wording.counted(len(looked.errors), 'error')} in {wording.counted(files, 'file')}"
    notes = f" · {wording.counted(len(looked.notes), 'note')}" if looked.notes else ""
    return f"{read}: nothing wrong{notes}"

"""The lines that an entry of a file takes, as they stand there."""

from __future__ import annotations

from pathlib import Path

from checker import document
from checker.model import InputErrors, Location
from checker.record import NamedTuple


class Line(NamedTuple):
    """One line of a file, without its end."""

    number: int
    text: str


def of(location: Location) -> tuple[Line, ...]:
    """The lines of the list entry that begins at a place; none where the file cannot be read, or is a table.

    An entry goes on while lines are empty or further to the right than its dash. One that stands
    beside others on one line is shown with that whole line.
    """
    if location.line is None or location.column is None:
        return ()
    try:
        text = document.decode(document.contents(Path(location.file)), location.file)
    except InputErrors:
        return ()
    first, *rest = text.replace("\r\n", "\n").split("\n")[location.line - 1 :] or [""]
    taken = [first]
    before = first[: location.column - 1]
    if before.strip() == "-":
        dash = before.index("-")
        for line in rest:
            if line.strip() and len(line) - len(line.lstrip(" ")) <= dash:
                break
            taken.append(line)
    while len(taken) > 1 and not taken[-1].strip():
        taken.pop()
    return tuple(Line(location.line + index, line) for index, line in enumerate(taken))

"""What a terminal shows beyond plain text: colour, the marked words of a quote, links to files.

All of it goes around text that is clean already, so that nothing from a fact can close or open it.
"""

from __future__ import annotations

from checker import model
from checker.report import Options, clean, wording

BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
SEVERITY = {"error": "\x1b[1;31m", "warning": "\x1b[33m", "note": "\x1b[36m"}
# By their own ends, so that what stands around keeps its colour: without colours these are told apart too.
MARKS = {"figure": ("\x1b[1m", "\x1b[22m"), "hedge": ("\x1b[4m", "\x1b[24m")}


def quote(fact: model.Fact, options: Options) -> str:
    """The words that show a fact, in quotation marks; in colour the figure is bold and its hedge underlined."""
    if not (options.colour and fact.quote and fact.marks):
        return wording.quote(fact)
    return f"“{''.join(_marked(*part) for part in clean.parts(fact.quote, fact.marks))}”"


def _marked(words: str, kind: str) -> str:
    """Each word by itself, so that a line may break between two."""
    if not kind:
        return words
    on, off = MARKS[kind]
    return " ".join(f"{on}{word}{off}" if word else "" for word in words.split(" "))


def place(location: model.Location, options: Options) -> str:
    """Where to look, where the terminal can follow it as a link to the file."""
    return link(wording.place(location), location.file, options)


def link(words: str, file: str, options: Options) -> str:
    """Words that lead to a file, by OSC 8: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda."""
    if not options.links:
        return words
    from urllib.parse import quote as escaped  # noqa: PLC0415  # only on a terminal
    from urllib.parse import urljoin  # noqa: PLC0415

    address = urljoin(options.links, escaped(file.encode("utf-8", "surrogatepass")))
    return f"\x1b]8;;{address}\x1b\\{words}\x1b]8;;\x1b\\"

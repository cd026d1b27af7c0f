r"""The regular part of YAML, read line by line: what most files of facts are written in.

Block mappings and lists, a key and its value on one line; values plain, quoted without escapes, a flow (also one that
goes on below), or a folded paragraph (>-); comments. Whatever else a text holds, or whatever is wrong with it, it is
not read here at all but by the parser of YAML, so that there is one reading of everything and one source of errors;
tests hold the two to the same data and places. A line costs a fifth of what the parser's events for it cost.

Weighed before (October 2026, 10,000 such files, in multiples of PyYAML's C loader): PyYAML's events alone 0.30; ryaml
0.19, libfyaml 0.20, yaml-rs 0.09, none of which says where a node stands, nor leaves texts their type; rapidyaml parses
in 0.03, but each node is a call more (a file has a hundred), and it takes keys twice and much that is no YAML. This
module: 0.08.

>>> found = read("source:\n  id: a\nfacts:\n  - id: x\n    value: 1,200  # so far\n")
>>> found.data
{'source': {'id': 'a'}, 'facts': [{'id': 'x', 'value': '1,200'}]}
>>> found.starts["source"], found.items["facts"]
((1, 2), [(3, 4)])
>>> read("a: >-\n  two\n  lines\nb: {c: [d,\n  {e: f}]}").data
{'a': 'two lines', 'b': {'c': ['d', {'e': 'f'}]}}
>>> read("a: |\n  text\n") is None
True
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice, takewhile
from typing import Any, TypeVar

from checker.record import NamedTuple

Spot = tuple[int, int]
"""Line and column, from 0."""

Made = TypeVar("Made")
_Place = int | Spot | None
_Line = tuple[_Place, str, Any]

MAX_DEPTH = 20  # well below what the parser of YAML is allowed
MAX_KNOWN = 20_000  # lines that are remembered
MAX_KNOWN_LENGTH = 200  # characters

_ASCII = bytes(range(0x20, 0x7F)) + b"\n"
_NAME = r"\w(?:[\w .*-]{0,60}[\w.*-])?"
_HEAD = re.compile(rf"( *)(- +)?({_NAME})")
_OPEN = re.compile(rf"( *(?:- +)?{_NAME}):(?: *| +#.*)")
_FOLDED = re.compile(rf"(( *(?:- +)?){_NAME}: +)>-(?: +(?:#.*)?)?")
_FLOW = re.compile(rf"(( *(?:- +)?){_NAME}:) *([{{\[].*)?")
_SPREAD = re.compile(r"[,{\[] *\n|\n *[{\[]")  # what a flow over several lines has
_DASHED = re.compile(r"( *)(- +)([^ ].*)")
_FIRST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~$+(/")
_QUOTED = re.compile(r"""(?:"([^"\\]*)"|'([^']*)')(?: +#.*)?""")
# Plain in any reading: no colon, quote or mark of YAML's own.
_IN_FLOW = r"(?:[\w.~]|-(?=[0-9]))(?:[\w ./~+*%;<=>()$-]*[\w./~+*%;)$-])?"
_TEXT = re.compile(rf"""({_IN_FLOW})|"([^"\\]*)"|'([^']*)'""")
_KEY = re.compile(rf"({_NAME}): +")
_OPENING = re.compile(r"[{[] *")
_NEXT = re.compile(r" *(?:(,) *|([}\]]))")
_END = re.compile(r"(?: +#.*)?")
_NOWHERE = (-9, -9)


class Regular(NamedTuple):
    """The data of a text, and the places that are asked for most."""

    data: dict[str, Any]
    starts: dict[str, Spot]  # of what a key of the whole holds, where that is a block
    items: dict[str, list[Spot]]  # of each item, where it is a list


class _Irregular(Exception):  # nothing is wrong with the text
    """The text is not of the part that is read here."""


def read(text: str) -> Regular | None:
    """The data of a text that is regular to its end; None for any other."""
    if not _is_plain(text):
        return None
    try:
        lines = text.split("\n")
        lines = _unfolded(lines) if ">-" in text else lines
        try:
            return _read(lines)
        except _Irregular:
            return _read(_joined(lines)) if _SPREAD.search(text) else None  # what is folded is no flow any more
    except _Irregular:
        return None


def _read(lines: list[str]) -> Regular | None:
    reading = _Reading()
    reading.lines(lines)
    return Regular(reading.root, reading.starts, reading.items) if reading.root else None


def _is_plain(text: str) -> bool:
    """Whether all characters are printable, and the only ends of lines are line feeds."""
    if text.isascii():
        return not text.encode("ascii").translate(None, _ASCII)
    return text.replace("\n", "").replace("\xa0", "").isprintable()  # which is less than YAML allows


# ------------------------------------------------------------------------- lines


class _Known(dict[str, Made]):
    """What was made of each text, while there are not too many; most lines of a repository are said often."""

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> Made:
        made = self._make(text)
        if len(self) < MAX_KNOWN and len(text) <= MAX_KNOWN_LENGTH:
            self[text] = made
        return made


def _line(line: str) -> _Line:
    """Where what a line says stands, its key, and the value; None for one that is further down.

    A place is a column, with a dash the columns of the dash and of the key. A line that says nothing has none, and an
    empty key; a list's item that is no block has none either, and as its value where it stands and what it is.
    """
    head, _, value = line.partition(": ")
    place, key = _heads[head]
    if place is None or head == line:
        opening = _opening(line)
        if opening == "":
            return None, "", None
        if opening is None:
            return None, "-", _item(line)
        return *_heads[opening], None
    value = value.strip(" ")
    return place, key, _value(value) if value and value[0] != "#" else None


def _head(head: str) -> tuple[_Place, str]:
    """The place and the key of what a line says before its colon; no place where that is no key."""
    found = _HEAD.fullmatch(head)
    if found is None:
        return None, ""
    indent, dash, key = len(found[1]), found[2], found[3]
    return ((indent, indent + len(dash)) if dash else indent), key


def _opening(line: str) -> str | None:
    """The beginning of a line that has a key and nothing else; empty for an empty line or a comment; else None."""
    text = line.lstrip(" ")
    if not text or text[0] == "#":
        return ""
    found = _OPEN.fullmatch(line)
    return found[1] if found else None


def _item(line: str) -> tuple[int, int, Any]:
    """The columns of the dash and of what stands behind it in a list's item that is no block, and what that is."""
    found = _DASHED.fullmatch(line)
    if found is None:
        raise _Irregular
    return len(found[1]), found.start(3), _value(found[3].rstrip(" "))


_heads = _Known(_head)
_lines = _Known(_line)


def _unfolded(lines: list[str]) -> list[str]:
    """The same number of lines, with folded paragraphs in quotes behind their keys."""
    made: list[str] = []
    while len(made) < len(lines):
        line = lines[len(made)]
        key = _FOLDED.fullmatch(line) if ">-" in line else None
        if key is None:
            made.append(line)
            continue
        inside = _paragraph(lines, len(made) + 1, len(key[2]))
        text = " ".join(inside)
        quote = "'" if '"' in text or "\\" in text else '"'
        if quote in text:
            raise _Irregular
        made += [f"{key[1]}{quote}{text}{quote}", *("" for _ in inside)]
    return made


def _joined(lines: list[str]) -> list[str]:
    """The same number of lines, with flows that are spread over several behind their keys."""
    made: list[str] = []
    while len(made) < len(lines):
        line = lines[len(made)]
        key = _FLOW.fullmatch(line)
        further = _further(key[3] or "", len(key[2]), lines, len(made) + 1) if key else []
        made.append(" ".join([line.rstrip(" "), *further]) if further else line)
        made += ("" for _ in further)
    return made


def _further(begun: str, column: int, lines: list[str], at: int) -> list[str]:
    """The lines from ``at`` on that belong to a flow whose key is above them, without their margins."""
    found: list[str] = []
    depth = _opened(begun)
    while at < len(lines):
        line = lines[at]
        text = line.strip(" ")
        if not (depth > 0 if begun or found else text.startswith(("{", "["))):
            break
        if not text or len(line) - len(line.lstrip(" ")) <= column:
            raise _Irregular
        found.append(text)
        depth += _opened(text)
        at += 1
    return found


def _opened(text: str) -> int:
    """How many more a part of a flow opens than it closes; signs in quotes count, too, and it is no flow in the end."""
    return text.count("{") + text.count("[") - text.count("}") - text.count("]")


def _paragraph(lines: list[str], at: int, column: int) -> list[str]:
    """The lines of a folded text without their margin, which is wider than the column of its key."""
    margin = " " * (len(lines[at]) - len(lines[at].lstrip(" "))) if at < len(lines) else ""
    width = len(margin)
    if width <= column:
        raise _Irregular
    inside = list(takewhile(lambda line: line.startswith(margin), islice(lines, at, None)))
    after = next((line for line in islice(lines, at + len(inside), None) if line.strip(" ")), "")
    if after.startswith(margin) or any(line[width : width + 1] in ("", " ") for line in inside):  # it is no paragraph
        raise _Irregular
    return [line[width:] for line in inside]


# ------------------------------------------------------------------------- structure


class _Frame(NamedTuple):
    """A mapping, and the list that it is an item of."""

    mapping: dict[str, Any]
    column: int
    items: list[Any]
    item: Spot  # columns of the list's dash, and of the mapping behind it
    spots: list[Spot]


class _Reading:
    """One reading of one text. ``frame`` is the innermost mapping; ``outer`` are those that it is in."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self.starts: dict[str, Spot] = {}
        self.items: dict[str, list[Spot]] = {}
        self.outer: list[_Frame] = []
        self.frame = _Frame(self.root, 0, [], _NOWHERE, [])
        self.wanting: str | None = None  # the key whose value is what comes next, if that is further to the right

    def lines(self, lines: list[str]) -> None:  # noqa: C901  # a call for each line would double what reading costs
        """Read all lines: one loop with everything in it that is frequent."""
        known = _lines
        mapping, column, items, item, spots = self.frame
        for number, line in enumerate(lines):
            place, key, value = known[line]
            if place == column:
                if key in mapping:
                    raise _Irregular
            elif place == item:
                mapping = {}
                items.append(mapping)
                spots.append((number, item[1]))
            elif key:
                self.frame = _Frame(mapping, self.frame.column, items, self.frame.item, spots)
                if place is None:
                    self.item(value, number)
                    mapping, _, items, _, spots = self.frame
                    column, item = -1, _NOWHERE  # no key can stand here
                    continue
                self.move(place, number)
                mapping, column, items, item, spots = self.frame
                if key in mapping:
                    raise _Irregular
            else:
                continue
            if value is None:
                mapping[key], self.wanting = "", key
                column, item = -1, _NOWHERE  # the next line decides what this is
            else:
                mapping[key] = value

    def move(self, place: Any, number: int) -> None:
        """Go to the mapping that a line at ``place`` belongs to: a new one, or one of those that are open."""
        indent, column = (place, place) if isinstance(place, int) else place
        is_item = not isinstance(place, int)
        wanting, self.wanting = self.wanting, None
        if wanting is not None and (indent > self.frame.column or (is_item and indent == self.frame.column)):
            self.open(wanting, place, number)
            return
        while indent <= self.frame.column:
            if not is_item and indent == self.frame.column and indent != self.frame.item[0] + 1:
                return
            if is_item and indent == self.frame.item[0]:
                self.frame.items.append({})
                self.frame.spots.append((number, column))
                self.frame = self.frame._replace(mapping=self.frame.items[-1], column=column, item=place)
                return
            if not self.outer:
                break
            self.frame = self.outer.pop()
        raise _Irregular

    def item(self, found: tuple[int, int, Any], number: int) -> None:
        """Read a list's item that is no block."""
        indent, column, value = found
        self.move((indent, indent + 1), number)  # a column in which no mapping can be, as a space is behind the dash
        self.frame.items[-1] = value
        self.frame.spots[-1] = (number, column)

    def open(self, key: str, place: Any, number: int) -> None:
        """Begin the mapping or list that is the value of ``key``."""
        self.outer.append(self.frame)
        if len(self.outer) > MAX_DEPTH:
            raise _Irregular
        is_item = not isinstance(place, int)
        mapping: dict[str, Any] = {}
        items = [mapping] if is_item else []
        self.frame.mapping[key] = items if is_item else mapping
        column = place[1] if is_item else place
        spots = [(number, column)]
        if len(self.outer) == 1:
            self.starts[key] = (number, place[0] if is_item else place)
            if is_item:
                self.items[key] = spots
        self.frame = _Frame(mapping, column, items, place if is_item else _NOWHERE, spots)


# ------------------------------------------------------------------------- values


def _value(text: str) -> Any:
    """A value with nothing around it but a comment. Equal ones may be one object: nobody changes what was read."""
    if text[0] in "\"'":
        quoted = _QUOTED.fullmatch(text)
        if quoted is None:
            raise _Irregular
        return quoted[quoted.lastindex or 0]
    return _flow(text) if text[0] in "{[" else _plain(text)


def _plain(text: str) -> str:
    text = text.partition(" #")[0].rstrip(" ")
    begins = text[0] in _FIRST or text[0].isalpha() or (text[0] == "-" and text[1:2].isdecimal())
    if not begins or ": " in text or text[-1] == ":":
        raise _Irregular
    return text


def _flow(text: str) -> Any:
    made, end = _collection(text, 0, MAX_DEPTH)
    if not _END.fullmatch(text, end):
        raise _Irregular
    return made


def _collection(text: str, at: int, depth: int) -> tuple[Any, int]:
    """The mapping or list that opens at a place in a flow, and where it ends."""
    mapping: dict[str, Any] = {}
    items: list[Any] = []
    made, closing = (mapping, "}") if text[at] == "{" else (items, "]")
    at = _expect(_OPENING, text, at).end()
    if text.startswith(closing, at):
        return made, at + 1
    sign = ","
    while sign == ",":
        if made is mapping:
            key = _expect(_KEY, text, at)
            if key[1] in mapping:
                raise _Irregular
            mapping[key[1]], at = _node(text, key.end(), depth)
        else:
            item, at = _node(text, at, depth)
            items.append(item)
        found = _expect(_NEXT, text, at)
        sign, at = found[found.lastindex or 0], found.end()
    if sign != closing:
        raise _Irregular
    return made, at


def _node(text: str, at: int, depth: int) -> tuple[Any, int]:
    """The text or collection at a place in a flow, and where it ends."""
    if text.startswith(("{", "["), at):
        if not depth:
            raise _Irregular
        return _collection(text, at, depth - 1)
    found = _expect(_TEXT, text, at)
    return found[found.lastindex or 0], found.end()


def _expect(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str]:
    found = pattern.match(text, at)
    if found is None:
        raise _Irregular
    return found

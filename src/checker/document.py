"""YAML text -> data whose every node knows its line and column.

Scalars keep their text: nothing is typed here (``NO``, ``012``, ``1:30`` and ``null`` stay text, an
empty scalar is ``""``); what a field means is said by the schema and read by who needs it. The data
is built here from the parser's events, because PyYAML's own builders give types and drop places. What is
written in the regular part of YAML, as most is, ``regular`` reads faster, and the parser only if a place is asked for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from checker import regular
from checker.model import InputError, InputErrors, Location
from checker.record import NamedTuple

if TYPE_CHECKING:
    import yaml

Data = str | list["Data"] | dict[str, "Data"]
Steps = Sequence[str | int]

MAX_BYTES = 64 * 1024 * 1024
MAX_SCALAR = 1024 * 1024  # characters
MAX_DEPTH = 50
MAX_ALIASED = 100_000  # nodes that aliases add to a document
MAX_EXCERPT = 60  # characters
_CHUNK = 64 * 1024

# What YAML calls not printable, and the byte order mark. Rarely needed and slow to compile: ``re`` does it on demand.
_CONTROL = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_HINTS = (
    ("mapping values are not allowed", "quotes around a text that holds a colon, or the key further left"),
    ("cannot start any token", "spaces, not tabs, for indentation; quotes around a text that starts with a sign"),
    ("tab character", "spaces, not tabs, for indentation"),
    ("expected key", "keys of one mapping in one column; quotes around a text that goes on after a quote"),
    ("expected ':'", "a colon and a space after each key"),
)


class Mark(NamedTuple):
    """A place: line and column from 0. The parser's own marks, which have both, stand for it as they are."""

    line: int
    column: int


class Place(NamedTuple):
    """Where an entry stands: its key (of a list item: the item), its value, and what is inside that."""

    key: Mark
    value: Mark
    inner: Places
    style: str | None = None  # of a scalar: its quotation mark, | or >; None where it is plain


Places = dict[str, Place] | list[Place] | None
_place = tuple.__new__  # half of the time that it takes to make a Place by its name


class Document(NamedTuple):
    """A file that was read: plain data, and the place of each node in it."""

    file: str
    data: Data
    nodes: Place | _Regular
    above: tuple[str, ...] = ()  # of a part of a file, the keys that lead to it

    @property
    def place(self) -> Place:
        """The places of all nodes."""
        return self._find(())

    def part(self, key: str) -> Document:
        """What a key of the whole holds, as a document of its own."""
        data: Any = self.data
        return Document(self.file, data[key], self.nodes, (*self.above, key))

    def at(self, path: Steps = ()) -> Location:
        """The place of the value at ``path``, or of its nearest existing ancestor."""
        known = self.nodes.spot((*self.above, *path)) if isinstance(self.nodes, _Regular) else None
        return self._location(self._find(path).value) if known is None else _location(self.file, known)

    def items(self, key: str) -> list[Location]:
        """The place of each item of the list that a key of the whole holds."""
        known = self.nodes.found.items.get(key) if isinstance(self.nodes, _Regular) and not self.above else None
        if known is not None:
            return [_location(self.file, spot) for spot in known]
        inner = self._find((key,)).inner
        return [self._location(place.value) for place in inner] if isinstance(inner, list) else []

    def within(self, path: Steps, offset: int) -> Location:
        """The place of a character of the text at ``path``; of a text in a block, that of the text."""
        found = self._find(path)
        line, column = found.value.line + 1, found.value.column + 1
        if found.style in ("|", ">"):
            return Location(self.file, line, column)
        return Location(self.file, line, column + offset + (1 if found.style else 0))

    def key_at(self, path: Steps) -> Location:
        """The place of the key that ``path`` ends with (of a list item: of the item)."""
        return self._location(self._find(path).key)

    def _find(self, path: Steps) -> Place:
        place = self.nodes.place if isinstance(self.nodes, _Regular) else self.nodes
        for step in (*self.above, *path):
            try:
                place = place.inner[step]  # type: ignore[index]  # a wrong step raises
            except (KeyError, IndexError, TypeError):
                break
        return place

    def _location(self, mark: Mark) -> Location:
        return Location(self.file, mark.line + 1, mark.column + 1)


def _location(file: str, spot: regular.Spot) -> Location:
    return tuple.__new__(Location, (file, spot[0] + 1, spot[1] + 1, None))  # there are as many as facts


class _Regular:
    """The places in a regular text: a few are known, for all others it is read again by the parser."""

    __slots__ = ("_place", "_text", "found")

    def __init__(self, text: str, found: regular.Regular) -> None:
        self._text = text
        self._place: Place | None = None
        self.found = found

    @property
    def place(self) -> Place:
        if self._place is None:
            self._place, _ = _Builder(self._text, "").document()
        return self._place

    def spot(self, path: Steps) -> regular.Spot | None:
        """The place of the value at ``path``, where it is known without the parser."""
        if len(path) == 1:
            return self.found.starts.get(str(path[0])) or self._beside(str(path[0]))
        if len(path) == 2 and isinstance(path[1], int):
            spots = self.found.items.get(str(path[0]), ())
            return spots[path[1]] if 0 <= path[1] < len(spots) else None
        return None

    def _beside(self, key: str) -> regular.Spot | None:
        """The place of a value that stands on the line of its key, which is one of the whole."""
        for number, line in enumerate(self._text.split("\n")):
            if line.startswith(f"{key}: "):
                value = line[len(key) + 1 :].lstrip(" ")
                return (number, len(line) - len(value)) if value and value[0] != "#" else None
        return None


def excerpt(text: str) -> str:
    """``text`` as a message may show it: at most 60 characters, none of them a control character.

    >>> excerpt("two" + chr(10) + "lines" + chr(27))
    'two lines\ufffd'
    """
    cut = text if len(text) <= MAX_EXCERPT else text[: MAX_EXCERPT - 1] + "…"
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in cut)


def read(text: str | bytes, file: str) -> Document:
    """The document in ``text``; raises ``InputErrors``. ``file`` is the name that errors show.

    Refused, each with its place: what is no YAML or no UTF-8, a key given twice, a tag, a key that
    is no scalar, a second document, control characters, aliases that multiply or refer to
    themselves, and what is larger or deeper than the bounds above.
    """
    if len(text) > MAX_BYTES:
        raise _refusal(file, 0, 0, "the file is too large", f"at most {MAX_BYTES} bytes")
    decoded = (decode(text, file) if isinstance(text, bytes) else text).removeprefix("\ufeff")
    found = regular.read(decoded) if len(decoded) <= MAX_SCALAR else None
    if found is not None:
        return Document(file, found.data, _Regular(decoded, found))
    builder = _Builder(decoded, file)
    place, data = builder.document()
    if builder.errors:
        raise InputErrors(builder.errors)
    return Document(file, data, place)


def contents(path: Path | str) -> bytes:
    """What is in a file, no more of it than shows that it is too large; raises ``InputErrors``."""
    try:
        return _noted(path, _bytes(path))
    except OSError as error:
        _noted(path, None)
        wrong = InputError(
            Location(shown(path)), f"cannot be read: {error.strerror}", "a file or a directory that is there"
        )
        raise InputErrors([wrong]) from None


def peek(path: Path) -> bytes | None:
    """What is in a file that need not be there; None where it is not, or cannot be read."""
    try:
        return _noted(path, path.read_bytes() if path.is_file() else None)
    except OSError:  # not to be read, or a name that is too long for the file system
        return _noted(path, None)


class Notes:
    """What was read of each file, as a digest; None where nothing could be. ``torn``: of one file, two things."""

    def __init__(self) -> None:
        self.digests: dict[str, str | None] = {}
        self.torn = False

    def add(self, path: str, digest: str | None) -> None:
        """Note one reading."""
        self.torn |= self.digests.setdefault(path, digest) != digest


_notes: Notes | None = None


@contextmanager
def noting() -> Iterator[Notes]:
    """Notes that are taken of every file of a project that is read: there is no other door than this module's."""
    global _notes  # noqa: PLW0603  # who reads is far below who asks for the notes
    before, _notes = _notes, Notes()
    try:
        yield _notes
    finally:
        _notes = before


def digest(data: bytes | None) -> str | None:
    """What stands for the bytes in notes."""
    from hashlib import sha256  # noqa: PLC0415  # only where notes are taken

    return None if data is None else sha256(data).hexdigest()


Bytes = TypeVar("Bytes", bound=bytes | None)


def _noted(path: Path | str, data: Bytes) -> Bytes:
    if _notes is not None:
        _notes.add(str(path), digest(data))
    return data


def _bytes(path: Path | str) -> bytes:
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)  # a third of what a file object costs
    try:
        found = os.read(opened, _CHUNK)
        parts, size = [found], len(found)
        while found and size <= MAX_BYTES:
            found = os.read(opened, _CHUNK)
            parts.append(found)
            size += len(found)
        return b"".join(parts)
    finally:
        os.close(opened)


def read_file(path: Path) -> Document:
    """The document in a file; raises ``InputErrors``."""
    return read(contents(path), shown(path))


def _refusal(file: str, line: int, column: int, message: str, expected: str = "") -> InputErrors:
    return InputErrors([InputError(Location(file, line + 1, column + 1), message, expected)])


def decode(data: bytes, file: str) -> str:
    """The text in ``data``; raises ``InputErrors`` where it is no UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        message = f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8"
        raise _refusal(file, line, column, message, "text in UTF-8") from None


def shown(path: Path | str) -> str:
    """The name of a file as errors and findings show it: relative, where it is below the working directory."""
    name = str(path)
    if not os.path.isabs(name):  # noqa: PTH117  # as a text: this is asked of every file
        return name
    here = os.getcwd()  # noqa: PTH109  # the same
    return "." if name == here else name.removeprefix(here.rstrip("/") + "/")


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that ``name`` most likely means, if any is near.

    >>> nearest("relased", ["released", "held"])
    'released'
    """
    import difflib  # noqa: PLC0415  # only needed where something is wrong

    near = difflib.get_close_matches(excerpt(name), list(names), n=1)
    return near[0] if near else None


class _Anchored(NamedTuple):
    """What an alias stands for, and how many nodes and levels that is."""

    data: Data
    inner: Places
    nodes: int
    height: int


class _Builder:
    """One reading of one text: takes the parser's events and gathers what is wrong."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.errors: list[InputError] = []
        self.anchors: dict[str, _Anchored | None] = {}  # None while it is being read
        self.nodes = 0
        self.aliased = 0
        self.deepest = 0

    def document(self) -> tuple[Place, Data]:
        """The one document of the text. Raises where reading cannot go on."""
        global yaml  # noqa: PLW0603  # of what it knows, every method here speaks
        import yaml  # noqa: PLC0415  # slow, and most runs read nothing but what is regular

        try:
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self.text)
            self.next: Callable[[], Any] = loader.get_event
            self.next()  # the stream starts
            if type(self.next()) is yaml.StreamEndEvent:
                return Place(Mark(0, 0), Mark(0, 0), None), ""
            event = self.next()
            data, inner = self.node(event, 0)
            self.next()  # the document ends
            self.end(self.next())
        except (yaml.reader.ReaderError, UnicodeEncodeError):
            raise self.unprintable() from None
        except yaml.MarkedYAMLError as error:
            raise self.syntax(error) from None
        return Place(event.start_mark, event.start_mark, inner), data

    def node(self, event: Any, depth: int) -> tuple[Data, Places]:
        """The node that starts with ``event``, and the places inside it."""
        kind = type(event)
        if kind is yaml.ScalarEvent and event.tag is None and event.anchor is None:  # as most are
            self.nodes += 1
            return self.scalar(event), None
        if kind is yaml.AliasEvent:
            return self.alias(event, depth)
        if event.tag is not None:
            self.refuse(event.start_mark, f'a tag is not allowed: "{excerpt(event.tag)}"', "the value alone")
        if depth > MAX_DEPTH:
            raise self.too_deep(event)
        if event.anchor is not None:
            return self.anchored(event, depth)
        return self.content(event, depth)

    def content(self, event: Any, depth: int) -> tuple[Data, Places]:
        kind = type(event)
        self.nodes += 1
        if kind is yaml.ScalarEvent:
            return self.scalar(event), None
        self.deepest = max(self.deepest, depth)
        return self.mapping(depth) if kind is yaml.MappingStartEvent else self.sequence(depth)

    def mapping(self, depth: int) -> tuple[Data, Places]:
        data: dict[str, Data] = {}
        places: dict[str, Place] = {}
        take, node = self.next, self.node
        while type(key := take()) is not yaml.MappingEndEvent:
            name = self.key(key, depth)
            event = take()
            value, inner = node(event, depth + 1)
            if name in places:
                first = f"one value for it (the first is on line {places[name].key.line + 1})"
                self.refuse(key.start_mark, f'the key "{excerpt(name)}" is given twice', first)
            data[name] = value
            style = event.style if type(event) is yaml.ScalarEvent else None
            places[name] = _place(Place, (key.start_mark, event.start_mark, inner, style))
        return data, places

    def sequence(self, depth: int) -> tuple[Data, Places]:
        data: list[Data] = []
        places: list[Place] = []
        while type(event := self.next()) is not yaml.SequenceEndEvent:
            value, inner = self.node(event, depth + 1)
            data.append(value)
            style = event.style if type(event) is yaml.ScalarEvent else None
            places.append(_place(Place, (event.start_mark, event.start_mark, inner, style)))
        return data, places

    def scalar(self, event: Any) -> str:
        text: str = event.value
        if len(text) > MAX_SCALAR:
            self.refuse(event.start_mark, "a text is too long", f"at most {MAX_SCALAR} characters")
        if event.style == '"' and not text.isprintable() and re.search(_CONTROL, text):
            self.refuse(event.start_mark, "a control character is not allowed")
        return text

    def key(self, event: Any, depth: int) -> str:
        """The text of a key; one that is no scalar is refused, and read past."""
        if type(event) is yaml.ScalarEvent:
            text, _ = self.node(event, depth)
            return str(text)
        self.refuse(event.start_mark, "a key must be a text", "one word or a quoted text before the colon")
        if type(event) is not yaml.AliasEvent:
            self.node(event, depth + 1)
        return ""

    def anchored(self, event: Any, depth: int) -> tuple[Data, Places]:
        before, outside = self.nodes + self.aliased, self.deepest
        self.anchors[event.anchor] = None
        self.deepest = depth
        data, inner = self.content(event, depth)
        self.anchors[event.anchor] = _Anchored(data, inner, self.nodes + self.aliased - before, self.deepest - depth)
        self.deepest = max(outside, self.deepest)
        return data, inner

    def alias(self, event: Any, depth: int) -> tuple[Data, Places]:
        name = excerpt(event.anchor)
        if event.anchor not in self.anchors:
            raise self.stop(event.start_mark, f'the alias "*{name}" stands for nothing', f'"&{name}" before it')
        anchored = self.anchors[event.anchor]
        if anchored is None:
            raise self.stop(event.start_mark, f'the alias "*{name}" stands inside what it stands for')
        self.aliased += anchored.nodes
        if self.aliased > MAX_ALIASED:
            raise self.stop(event.start_mark, "the aliases multiply", f"at most {MAX_ALIASED} nodes from aliases")
        self.deepest = max(self.deepest, depth + anchored.height)
        if self.deepest > MAX_DEPTH:
            raise self.too_deep(event)
        return anchored.data, anchored.inner

    def too_deep(self, event: Any) -> InputErrors:
        return self.stop(event.start_mark, "nested too deeply", f"at most {MAX_DEPTH} levels")

    def end(self, event: Any) -> None:
        if type(event) is not yaml.StreamEndEvent:
            self.refuse(event.start_mark, "a second document begins", "one document in each file")

    def refuse(self, mark: Mark, message: str, expected: str = "") -> None:
        self.errors.append(InputError(Location(self.file, mark.line + 1, mark.column + 1), message, expected))

    def stop(self, mark: Mark, message: str, expected: str = "") -> InputErrors:
        """All that was found until here, where reading cannot go on."""
        self.refuse(mark, message, expected)
        return InputErrors(self.errors)

    def syntax(self, error: yaml.MarkedYAMLError) -> InputErrors:
        message = f"no valid YAML: {excerpt(error.problem or 'it cannot be read')}"
        if error.context and error.context_mark:
            message += f", {excerpt(error.context)} that starts on line {error.context_mark.line + 1}"
        expected = next((hint for part, hint in _HINTS if part in (error.problem or "")), "")
        at: Any = error.problem_mark or error.context_mark or Mark(0, 0)
        return self.stop(at, message, expected)

    def unprintable(self) -> InputErrors:
        """The parser says at which byte; people want line and column."""
        found = re.search(_CONTROL, self.text)
        if found is None:
            return self.stop(Mark(0, 0), "a character is not allowed", "printable text")
        before = self.text[: found.start()]
        place = Mark(before.count("\n"), len(before) - before.rfind("\n") - 1)
        return self.stop(place, f"the control character U+{ord(found[0]):04X} is not allowed", "printable text")

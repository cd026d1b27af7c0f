"""Files -> Repository: every fact, or every input error at once."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from checker import document, fact, quantity, schema, table, vocabulary
from checker.document import Document, excerpt, nearest
from checker.model import Fact, Ignored, InputError, InputErrors, Location, Source, Vocabulary
from checker.recall import Recall
from checker.record import NamedTuple
from checker.vocabulary import EMPTY

_FACTS = rb"(?m)^(source|facts|defaults):"
_SUFFIXES = (".yaml", ".yml")
_EXAMPLE = {"subject": "s", "as_of": "2000-01-01"}
_SOURCE_FIELDS = ("published", "origin", "publisher", "language")  # of an example's source


class Repository(NamedTuple):
    """All that was read below the paths given."""

    vocabulary: Vocabulary
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    waivers: tuple[Document, ...]  # documents that follow the waivers schema
    documents: tuple[Document, ...]  # every file that was read
    tables: tuple[table.Table, ...] = ()  # whose facts are not among the facts above
    context: fact.Context = fact.Context(EMPTY)  # in which the rows of tables are read


def facts(paths: Sequence[Path], profile: quantity.Profile | None = None) -> Repository:
    """What the files and directories in ``paths`` say; raises ``InputErrors`` with all errors of all files.

    In directories, every ``*.yaml`` and ``*.yml`` file is read, but for hidden ones. ``profile`` is
    the hedge profile, by default the shipped one.
    """
    with _uncollected():
        return _facts_in(paths, profile)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No look for unreachable cycles meanwhile: reading makes none, and there is much to look through."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _facts_in(paths: Sequence[Path], profile: quantity.Profile | None) -> Repository:
    files = _Files()
    for file in file_names(paths):
        files.read(file)
    names, wrong = vocabulary.gather(files.good["vocabulary"])
    errors = files.errors + wrong
    mappings = files.good["table"]
    everyone = _sources([*files.good["facts"], *mappings], errors)
    tabular = {read.file for read in mappings}
    sources = [one for one in everyone if one[1].file not in tabular]
    tables = [table.read(read, source, errors) for source, read in everyone if read.file in tabular]
    context = fact.Context(names, profile, _speakers(everyone), files.declared())
    recall = Recall(context)
    found = [one for source, read in sources for one in _facts(source, read, context, recall, errors)]
    superseded = _superseded(sources, errors) if "facts" not in files.bad else set()
    if errors:
        raise InputErrors(errors)
    return Repository(
        names,
        tuple(one._replace(superseded=True) if superseded and one.id in superseded else one for one in found),
        tuple(source for source, _ in everyone),
        tuple(files.good["waivers"]),
        tuple(files.documents),
        tuple(one for one in tables if one is not None),
        context,
    )


# ------------------------------------------------------------------------- files

shown = document.shown


def yaml_files(paths: Iterable[Path]) -> list[Path]:
    """All files to read, each once; a directory's in the order of their names."""
    return list(map(Path, file_names(paths)))


def file_names(paths: Iterable[Path]) -> list[str]:
    """The same files as texts, for who asks of many and opens none."""
    found: dict[str, str] = {}
    for path in paths:
        real = os.path.realpath(path)
        for below, resolved in _below(str(path), real) if path.is_dir() else [(str(path), real)]:
            found.setdefault(resolved, below)
    return list(found.values())


def _below(directory: str, real: str) -> Iterator[tuple[str, str]]:
    """The files in a directory, by name, and where each really is; links to directories are not followed."""
    try:
        with os.scandir(directory) as entries:
            inside = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda one: one.name)
    except OSError:
        return
    for entry in inside:
        path = entry.path.removeprefix(f".{os.sep}")  # as a Path says it
        resolved = path if directory == real else os.path.join(real, entry.name)  # noqa: PTH118  # there are many
        if _is_directory(entry):
            if not entry.is_symlink():
                yield from _below(path, resolved)
        elif entry.name.endswith(_SUFFIXES):
            yield path, os.path.realpath(path) if entry.is_symlink() else resolved


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


class _Files:
    """The files that were read, by what they hold, and what is wrong with the others."""

    def __init__(self) -> None:
        self.errors: list[InputError] = []
        self.documents: list[Document] = []
        # of a file of facts that is bad, what is not
        self.good: dict[str, list[Document]] = {"vocabulary": [], "facts": [], "table": [], "waivers": []}
        self.bad: set[str] = set()  # kinds of which a file could not be read

    def declared(self) -> frozenset[str]:
        """The names that must be declared: only those whose declaration cannot be in a bad file."""
        if "vocabulary" in self.bad:
            return frozenset()
        return fact.NAMES - (set() if {"facts", "table"}.isdisjoint(self.bad) else {"claimant"})

    def read(self, file: str) -> None:
        """Read one file, and put it with those of its kind where it follows their schema."""
        name, text = shown(file), b""
        try:
            text = document.contents(file)
            read = document.read(text, name)
        except InputErrors as error:
            self.errors += error.errors
            self.bad |= {"facts"} if re.search(_FACTS, text) else {"facts", "vocabulary"}
            return
        self.documents.append(read)
        kind = "table" if file.endswith(table.SUFFIXES) else _kind(read.data)
        wrong = schema.check(read, kind)
        self.errors += wrong
        if wrong:
            self.bad.add(kind)
        self.good[kind] += [read] if not wrong else _sound(read) if kind == "facts" else []


def _kind(data: document.Data) -> str:
    """What a file holds, by its keys. One without keys was to be like most: one of facts."""
    if not isinstance(data, dict) or not {"source", "facts", "defaults"}.isdisjoint(data):
        return "facts"
    return "waivers" if "waivers" in data else "vocabulary"


def _sound(read: Document) -> list[Document]:
    """The facts of a file that follow the schema where others do not, so that all that is wrong is said at once."""
    data, places = cast("Any", read.data), cast("Any", read.place.inner)
    if not isinstance(data, dict) or not schema.follows({**data, "facts": []}, "facts"):
        return []
    facts = data["facts"] if isinstance(data.get("facts"), list) else []
    sound = [n for n, written in enumerate(facts) if schema.follows({**data, "facts": [written]}, "facts")]
    inner = {key: place for key, place in places.items() if key != "facts"}
    if sound:
        inner["facts"] = places["facts"]._replace(inner=[places["facts"].inner[n] for n in sound])
    place = read.place._replace(inner=inner)
    return [Document(read.file, {**data, "facts": [facts[n] for n in sound]}, place)]


# ------------------------------------------------------------------------- facts


def _sources(documents: Iterable[Document], errors: list[InputError]) -> list[tuple[Source, Document]]:
    """The source of each document; an id that is there twice is an error."""
    found: dict[str, tuple[Source, Document]] = {}
    for read in documents:
        data: Any = read.data
        source = fact.source(data["source"], lambda *path, read=read: read.at(("source", *path)), errors)
        if "ignore" in data:
            source = source._replace(ignored=_ignored(read))
        if source.id in found:
            place = found[source.id][1].at(("source", "id"))
            message = f'source id "{excerpt(source.id)}" is there twice'
            errors.append(
                InputError(read.at(("source", "id")), message, f"another id than in {place.file}:{place.line}")
            )
        else:
            found[source.id] = source, read
    return list(found.values())


def _ignored(read: Document) -> tuple[Ignored, ...]:
    data: Any = read.data
    written = enumerate(data["ignore"])
    return tuple(Ignored(one["quote"], one["reason"], read.at(("ignore", number))) for number, one in written)


def _speakers(sources: Iterable[tuple[Source, Document]]) -> frozenset[str]:
    """The claimants that need no declaration: sources and publishers."""
    return frozenset(name for source, _ in sources for name in (source.id, source.publisher) if name is not None)


def _facts(
    source: Source, read: Document, context: fact.Context, recall: Recall, errors: list[InputError]
) -> list[Fact]:
    """The facts of one document."""
    data: Any = read.data
    defaults = data.get("defaults", {})
    _refuse_twice(read, errors)
    found = []
    for index, (written, location) in enumerate(zip(data["facts"], read.items("facts"), strict=True)):
        one = recall.fact(written, defaults, source, location)
        if one is None:
            one = fact.read(written, defaults, source, context, partial(_place, read, index), errors)
        if one is not None:
            found.append(one)
    return found


def _refuse_twice(read: Document, errors: list[InputError]) -> None:
    """Two facts of one document have different ids."""
    data: Any = read.data
    ids = [written["id"] for written in data["facts"]]
    if len(set(ids)) == len(ids):
        return
    for index, id in enumerate(ids):
        first = ids.index(id)
        if first != index:
            message = f'fact id "{excerpt(id)}" is there twice'
            line = read.at(("facts", first, "id")).line
            errors.append(InputError(read.at(("facts", index, "id")), message, f"another id than on line {line}"))


def _place(read: Document, index: int, *path: str | int) -> Location:
    """The place of a fact's field: on the fact, or else in the defaults."""
    data: Any = read.data
    if path and path[0] not in data["facts"][index]:
        return read.at(("defaults", *path))
    return read.at(("facts", index, *path))


def _superseded(sources: Sequence[tuple[Source, Document]], errors: list[InputError]) -> set[str]:
    """The ids of the facts that another one corrects."""
    newer: dict[str, str] = {}
    places: dict[str, Location] = {}
    for source, read in sources:
        for index, written in enumerate(_written(read)):
            if "supersedes" in written:
                id = f"{source.id}#{written['id']}"
                newer[id], places[id] = written["supersedes"], read.at(("facts", index, "supersedes"))
    if not newer:
        return set()
    ids = {f"{source.id}#{written['id']}": None for source, read in sources for written in _written(read)}
    for id, older in newer.items():
        if older not in ids:
            near = nearest(older, ids) if len(errors) < vocabulary.MAX_HINTS else None
            expected = f'did you mean "{near}"?' if near else "the whole id of a fact: source#id"
            errors.append(InputError(places[id], f'there is no fact "{excerpt(older)}"', expected))
    for circle in vocabulary.circles(newer, newer.get):
        message = f"supersedes goes round in a circle: {excerpt(' → '.join(circle))}"
        errors.append(InputError(places[circle[0]], message, "an end"))
    return set(newer.values())


def _written(read: Document) -> list[dict[str, Any]]:
    data: Any = read.data
    written: list[dict[str, Any]] = data["facts"]
    return written


# ------------------------------------------------------------------------- examples


def example(fields: Mapping[str, object], names: Vocabulary, location: Location, number: int = 1) -> Fact:
    """The fact that an entry in a rule's ``examples`` means; raises ``InputErrors``, all at ``location``.

    Its id is ``source#id``, by default ``example#`` and ``number``. Subject ``s``, source ``example``
    and as_of 2000-01-01 are taken where it names no other; ``published``, ``origin``, ``publisher``
    and ``language`` are the source's. Only its measure must be declared (and the values of a
    dimension that lists them).
    """
    plain: dict[str, Any] = {"id": str(number), **fields}
    source = {"id": plain.pop("source", "example")}
    source |= {name: plain.pop(name) for name in _SOURCE_FIELDS if name in plain}
    whole = document.read("", location.file)._replace(data={"source": source, "facts": [plain]})
    errors = [wrong._replace(location=location) for wrong in schema.check(whole, "facts")]
    if errors:
        raise InputErrors(errors)
    context = fact.Context(names, declared=frozenset({"measure"}))
    origin = fact.source(source, lambda *_: location, errors)
    read = fact.read(plain, _EXAMPLE, origin, context, lambda *_: location, errors)
    if read is None or errors:
        raise InputErrors(errors)
    return read

"""A project's settings: ``[tool.checker]`` in pyproject.toml, or checker.toml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from checker import schema
from checker.document import Document, Mark, Place, decode, shown
from checker.model import InputError, InputErrors, Location
from checker.record import NamedTuple

NAMES = ("checker.toml", "pyproject.toml")  # of two in one directory, the first


class Settings(NamedTuple):
    """What a project has chosen. Paths are as written, relative to ``root``."""

    root: Path  # the directory of the settings file
    file: Path
    facts: tuple[str, ...] = ("facts",)
    rules: tuple[str, ...] = ("rules", "shipped")
    sources: str | None = None  # the source archive
    hedges: str | None = None  # a profile of hedges of the project's own
    engine: str = "auto"
    strict: bool = False
    min_coverage: int = 0  # percent of the archive's figures that facts must cover


def find(start: Path) -> Settings | None:
    """The settings that hold in ``start``: of the nearest directory upwards that has any.

    checker.toml goes before pyproject.toml. Raises ``InputErrors``.
    """
    here = start.absolute()
    for directory in (here, *here.parents):
        for name in NAMES:
            file = directory / name
            found = _read(file) if file.is_file() else None
            if found is not None:
                return found
    return None


def _read(file: Path) -> Settings | None:
    """The settings in one file; None for a pyproject.toml that has none."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise _wrong(file, f"cannot be read: {error.strerror}") from None
    whole = file.name == "checker.toml"
    if not whole and b"checker" not in data:  # spares most projects' files the reading
        return None
    text = decode(data, shown(file))
    table: Any = _parse(text, file)
    for step in () if whole else ("tool", "checker"):
        table = table.get(step) if isinstance(table, dict) else None
    if table is None:
        return None
    chosen = _plain(table)
    if not schema.follows(chosen, "settings"):
        raise InputErrors(schema.check(Document(shown(file), chosen, _places(text, table, whole=whole)), "settings"))
    return Settings(file.parent, file, **{key: _frozen(value) for key, value in chosen.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _parse(text: str, file: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  # only where there are settings

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message, _, place = str(error).partition(" (at ")
        found = re.match(r"line (\d+), column (\d+)", place)
        line, column = map(int, found.groups()) if found else (None, None)
        raise _wrong(file, f"no valid TOML: {message}", line, column) from None


def _wrong(file: Path, message: str, line: int | None = None, column: int | None = None) -> InputErrors:
    return InputErrors([InputError(Location(shown(file), line, column), message, "a file of settings in TOML")])


def _plain(value: Any) -> Any:
    """The value with its dates, times and numbers that are none as text, for the schema."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, (str, int)) else str(value)


def _places(text: str, table: object, *, whole: bool) -> Place:
    """Where the table's keys stand; tomllib does not say it, so they are looked for, line by line."""
    header = None if whole else re.search(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*checker[ \t]*\]", text, re.MULTILINE)
    start = header.start() if header else 0
    found: dict[str, Place] = {}
    for key in table if isinstance(table, dict) else ():
        line = re.compile(rf"^[ \t]*(?P<key>[\"']?{re.escape(key)}[\"']?)[ \t]*=[ \t]*", re.MULTILINE).search(
            text, start
        )
        if line is not None:
            found[key] = Place(_mark(text, line.start("key")), _mark(text, line.end()), None)
    return Place(_mark(text, start), _mark(text, start), found)


def _mark(text: str, offset: int) -> Mark:
    return Mark(text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1)

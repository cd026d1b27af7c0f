"""A new repository of facts: one story, one rule, and what an editor and CI need."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from checker import document, schema, settings
from checker.model import InputError, InputErrors, Location

SCHEMAS = ("facts", "rules", "settings", "vocabulary", "waivers")
_START = Path(__file__).parent / "start"


class Taken(Exception):
    """Something stands in the way; carries each path, and why nothing can be written there."""

    def __init__(self, there: Mapping[Path, str]) -> None:
        self.there = there
        super().__init__(", ".join(map(str, there)))


def files() -> dict[str, bytes]:
    """What a new repository holds: each file's path in it, and its bytes."""
    start = {path.relative_to(_START).as_posix(): path.read_bytes() for path in _START.rglob("*") if path.is_file()}
    schemas = {f"schemas/{name}.schema.json": schema.text(name).encode() for name in SCHEMAS}
    return dict(sorted({**start, **schemas}.items()))


def write(directory: Path) -> list[str]:
    """Write the files of a new repository, and say which.

    Raises ``Taken``, with nothing written, where one of them is there, and ``InputErrors`` where one cannot be written.
    """
    made = files()
    there = _there(directory, made)
    if there:
        raise Taken(there)
    for name, data in made.items():
        path = directory / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(data)
        except OSError as error:
            wrong = InputError(
                Location(document.shown(path)), f"cannot be written: {error.strerror}", "a directory to write to"
            )
            raise InputErrors([wrong]) from None
    return list(made)


def _there(directory: Path, names: Iterable[str]) -> dict[Path, str]:
    """What stands in the way, and why."""
    found: dict[Path, str] = {}
    for name in names:
        path = directory / name
        if os.path.lexists(path):
            found[path] = "is there"
        for parent in path.parents:
            if os.path.lexists(parent) and not parent.is_dir():
                found[parent] = "is no directory"
    return found or _settings_there(directory)


def _settings_there(directory: Path) -> dict[Path, str]:
    """A pyproject.toml with settings, which the new checker.toml would put out of force."""
    held = settings.find(directory) if directory.is_dir() else None
    return {held.file: "has settings of checker"} if held and held.root == directory.absolute() else {}

"""A project's settings: ``[tool.checker]`` in pyproject.toml, or checker.toml."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


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
    raise NotImplementedError

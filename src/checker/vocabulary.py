"""The declared names: reading them, looking them up, and how they relate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from checker.document import Document
from checker.model import Claimant, Dimension, Measure, Subject, Vocabulary

Declared = TypeVar("Declared", Measure, Subject, Claimant, Dimension)

SECTIONS = ("measures", "subjects", "claimants", "events", "dimensions", "names")
EMPTY = Vocabulary({}, {}, {}, {}, {}, {})


def read(documents: Iterable[Document]) -> Vocabulary:
    """The names declared in all of ``documents`` together; raises ``InputErrors`` with all that is wrong.

    Each document has been found valid by its schema; keys that are no vocabulary's are passed over,
    so that a rules file with names of its own may be given as it is.
    """
    raise NotImplementedError


def key(mapping: Mapping[str, object], id: str) -> str | None:
    """The declared key that ``id`` falls under: itself, or the first glob that fits; else None."""
    raise NotImplementedError


def find(mapping: Mapping[str, Declared], id: str) -> Declared | None:
    """The entry for ``id`` (under its own key or the first glob that fits), with that id; else None."""
    raise NotImplementedError


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that ``name`` most likely means, if any is near."""
    raise NotImplementedError


def part_of(vocabulary: Vocabulary, part: str, whole: str) -> bool:
    """Is subject ``part`` declared part of subject ``whole``, through one step or more?"""
    raise NotImplementedError


def within(vocabulary: Vocabulary, part: str, whole: str) -> bool:
    """Is measure ``part`` declared within measure ``whole``, through one step or more?"""
    raise NotImplementedError

"""The shipped schemas: where they are, and what in a document does not follow them."""

from __future__ import annotations

from pathlib import Path

from checker.document import Document
from checker.model import InputError


def names() -> tuple[str, ...]:
    """The names of the shipped schemas, in alphabetical order: ``facts``, ``settings``, …"""
    raise NotImplementedError


def path(name: str) -> Path:
    """The file of a schema: in the package, or beside ``src`` in a checkout."""
    raise NotImplementedError


def text(name: str) -> str:
    """The schema's JSON text."""
    raise NotImplementedError


def check(document: Document, name: str) -> list[InputError]:
    """Everything in ``document`` that does not follow the schema ``name``; empty if it does.

    A schema may refer to another one by its file name (``{"$ref": "vocabulary.schema.json#/$defs/…"}``).
    """
    raise NotImplementedError

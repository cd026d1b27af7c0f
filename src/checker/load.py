"""Files -> Repository: every fact, or every input error at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from checker.document import Document
from checker.model import Fact, Location, Source, Vocabulary


class Repository(NamedTuple):
    """All that was read below the paths given."""

    vocabulary: Vocabulary
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    waivers: tuple[Document, ...]  # documents valid by the waivers schema
    documents: tuple[Document, ...]  # every file read, in the order of its name


def facts(paths: Sequence[Path], profile: object = None) -> Repository:
    """What the files and directories in ``paths`` say; raises ``InputErrors`` with all errors of all files.

    ``profile`` is handed to ``quantity``. Names in errors and locations are relative to the working
    directory where they are below it.
    """
    raise NotImplementedError


def example(fields: Mapping[str, object], vocabulary: Vocabulary, location: Location, number: int = 1) -> Fact:
    """The fact that an entry in a rule's ``examples`` means; raises ``InputErrors``, all at ``location``.

    Its id is ``source#id``, by default ``example#`` and ``number``. Subject ``s``, source ``example``
    and as_of 2000-01-01 are taken where it names no other; ``published`` and ``origin`` are the
    source's. Only its measure must be declared (and the values of a dimension that lists them).
    """
    raise NotImplementedError

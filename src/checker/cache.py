"""What a large run answered before, where nothing that it rests on has changed by a byte.

An answer is kept under a digest of the question (the tool's own code and the libraries installed, the call, the day,
the working directory, the names of the files) and of the content of each file, as it was when it was read. What else
the run read, such as texts of the source archive, or did not find, is listed in the entry and held against what is
there now. So an entry is never stale: no times of files are trusted, all that counts is read again.

Entries are no pickles and hold no code: an exit code and texts. Each is authenticated by a key that only the user can
read, so that nobody else, and no repository, can plant one. What is damaged, or not the user's alone, counts for
nothing. Answers to wrong input are not kept. Where anything goes wrong with the cache itself, the run goes on without.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from checker import __version__, document
from checker.model import InputErrors
from checker.record import NamedTuple

LEAST_FILES = 200  # below, an answer is found sooner than looked up
MAX_ENTRIES = 64
MAX_BYTES = 256 * 1024 * 1024  # of all entries
OFF = "CHECKER_NO_CACHE"

_KEY = "key"
_KEY_BYTES = _MAC_BYTES = 32
_NEW = ".new"


class Answer(NamedTuple):
    """What a command comes to: its exit code, and the texts that it writes."""

    exit_code: int
    texts: tuple[str, ...]


class Question(NamedTuple):
    """What is asked, in words that leave nothing open, and the files that are known to matter before it is answered."""

    words: tuple[str, ...]
    files: tuple[str, ...]


class _Shelf(NamedTuple):
    """Where answers are kept, the key that authenticates them, and how the name of this question's begins."""

    home: Path
    key: bytes
    beginning: str


def answered(question: Question, answer: Callable[[], Answer]) -> Answer:
    """What ``answer`` gives, or what it gave before to the same question over the same files.

    Only what is read through ``document`` is seen to matter, and the files of the question.
    """
    shelf = _shelf(question)
    if shelf is None:
        return answer()
    found = _find(shelf, question)
    if found is not None:
        return found
    with document.noting() as notes:
        made = answer()
    if made.exit_code in (0, 1) and not notes.torn:
        _keep(shelf, question, notes.digests, made)
    return made


# ------------------------------------------------------------------------- names


def _beginning(question: Question) -> str:
    """Digest of all of the question but the content of its files."""
    return _digest([*_tool(), str(Path.cwd()), *question.words, "", *question.files])[:32]


def _content(digests: Sequence[str]) -> str:
    return _digest(digests)[:32]


def _digest(texts: Sequence[str]) -> str:
    return document.digest(repr(texts).encode("utf-8")) or ""  # a list's repr says where each text ends


def _tool() -> Iterator[str]:
    """What this program is: its own files by content, the Python that runs it, and the libraries beside it."""
    yield from (__version__, sys.version, sys.executable)
    package = Path(__file__).parent
    beside = package.parent.parent  # in a checkout
    for home in (package, beside / "rules", beside / "schemas"):
        for path in sorted(home.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                yield from (str(path), document.digest(path.read_bytes()) or "")
    for place in sys.path:
        with suppress(OSError):
            yield from sorted(path.name for path in Path(place).glob("*.dist-info"))


# ------------------------------------------------------------------------- where


def _shelf(question: Question) -> _Shelf | None:
    """Where the answer is kept; None where there is no safe place, or it is not worth it."""
    if len(question.files) < LEAST_FILES or os.environ.get(OFF):
        return None
    try:
        home = _home()
        key = None if home is None else _key(home)
        return None if home is None or key is None else _Shelf(home, key, _beginning(question))
    except (OSError, RuntimeError):  # no home, or nothing may be written there
        return None


def _home() -> Path | None:
    """The user's own directory of answers, made where it is missing; None where others may write or read there.

    None also where it is below the working directory: what is in a project is not the user's alone.
    """
    given = os.environ.get("XDG_CACHE_HOME", "")
    home = (Path(given) if given.startswith("/") else Path.home() / ".cache") / "checker"
    if home.resolve().is_relative_to(Path.cwd()):
        return None
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = home.lstat()
    return home if stat.S_ISDIR(about.st_mode) and _is_private(about) else None


def _is_private(about: os.stat_result) -> bool:
    return about.st_uid == os.geteuid() and not about.st_mode & 0o077


def _key(home: Path) -> bytes | None:
    """The key that only the user can read, made where there is none; None where it is not what it should be."""
    path = home / _KEY
    if not os.path.lexists(path):
        from secrets import token_bytes  # noqa: PLC0415  # once

        made = _written(home, token_bytes(_KEY_BYTES))
        with suppress(FileExistsError):  # another run was first: its key holds
            os.link(made, path)
        made.unlink()
    key = _private(path)
    return key if key is not None and len(key) == _KEY_BYTES else None


def _private(path: Path) -> bytes | None:
    """What is in a plain file that is the user's alone; None where it is not there, or is anything else."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with open(opened, "rb") as file:  # noqa: PTH123  # what is asked about is what is read
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode) or not _is_private(about) or about.st_size > MAX_BYTES:
            return None
        return file.read()


def _written(home: Path, data: bytes) -> Path:
    """A new file with this in it, under a name of its own, that only the user can read."""
    from tempfile import mkstemp  # noqa: PLC0415  # only where something is kept

    opened, name = mkstemp(_NEW, dir=home)
    with open(opened, "wb") as file:  # noqa: PTH123  # it is open already
        file.write(data)
    return Path(name)


# ------------------------------------------------------------------------- entries


def _find(shelf: _Shelf, question: Question) -> Answer | None:
    """The answer that is kept for the files as they are now."""
    try:
        if not any(path.name.startswith(shelf.beginning) for path in shelf.home.iterdir()):
            return None  # spares the first run the reading
        now = [document.digest(document.contents(path)) or "" for path in question.files]
        name = f"{shelf.beginning}-{_content(now)}"
        data = _private(shelf.home / name)
        entry = None if data is None else _opened(shelf, name, data)
        if entry is None or any(document.digest(document.peek(Path(one))) != was for one, was in entry["more"].items()):
            return None
        os.utime(shelf.home / name)  # it was of use: others are dropped before it
        return Answer(entry["exit_code"], tuple(entry["texts"]))
    except (OSError, InputErrors):
        return None


def _opened(shelf: _Shelf, name: str, data: bytes) -> Any:
    """What an entry holds; None where it is damaged, or was not written under this key and name."""
    from hmac import compare_digest  # noqa: PLC0415  # only where there is an entry
    from json import loads  # noqa: PLC0415

    mac, body = data[:_MAC_BYTES], data[_MAC_BYTES:]
    return loads(body) if compare_digest(mac, _mac(shelf, name, body)) else None


def _mac(shelf: _Shelf, name: str, body: bytes) -> bytes:
    from hashlib import blake2b  # noqa: PLC0415  # keyed by itself (RFC 7693)

    return blake2b(name.encode("ascii") + b"\n" + body, key=shelf.key, digest_size=_MAC_BYTES).digest()


def _keep(shelf: _Shelf, question: Question, digests: dict[str, str | None], made: Answer) -> None:
    """Keep an answer under what the files held when they were read; not where one of them was not."""
    from json import dumps  # noqa: PLC0415  # only where something is kept

    more = dict(digests)
    then = [more.pop(path, None) for path in question.files]
    if None in then:
        return
    name = f"{shelf.beginning}-{_content([one or '' for one in then])}"
    body = dumps({"exit_code": made.exit_code, "texts": made.texts, "more": more}).encode("ascii")
    if len(body) > MAX_BYTES // 4:
        return
    with suppress(OSError):  # no space left: the next run does without
        _written(shelf.home, _mac(shelf, name, body) + body).replace(shelf.home / name)
        _drop(shelf.home)


def _drop(home: Path) -> None:
    """Drop what was of use the longest ago, until little enough is left."""
    entries = [(path.lstat(), path) for path in home.iterdir() if path.name != _KEY]
    entries.sort(key=lambda entry: (-entry[0].st_mtime_ns, entry[1].name))
    size = 0
    for number, (about, path) in enumerate(entries):
        size += about.st_size
        if number >= MAX_ENTRIES or size > MAX_BYTES:
            path.unlink(missing_ok=True)

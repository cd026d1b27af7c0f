"""What git knows: a few questions to the command, without a shell, a hook or a network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from checker.record import NamedTuple

_QUIET = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}


class GitError(Exception):
    """Git is not there, or refuses; the text is its own."""


class File(NamedTuple):
    """A file in a commit: where it stood, from the root, and the id of its content."""

    path: str
    content: str


def root(directory: Path) -> Path:
    """The top of the working tree that a directory is in; raises ``GitError`` where there is none."""
    return Path(os.fsdecode(_answer(directory, "rev-parse", "--show-toplevel")).removesuffix("\n")).resolve()


def user(directory: Path) -> str | None:
    """The name under which commits are made there, if git knows one."""
    try:
        return _answer(directory, "config", "--get", "user.name").decode("utf-8", "replace").strip() or None
    except GitError:
        return None


def commit(top: Path, ref: str) -> str:
    """The id of the commit that a name means; raises ``GitError``."""
    if not ref.isprintable() or ref.startswith("-"):  # git would take it for an option
        raise GitError("this cannot be the name of a commit")
    try:
        return _answer(top, "rev-parse", "--verify", f"{ref}^{{commit}}").decode("ascii").strip()
    except GitError:
        raise GitError("there is no such commit") from None


def files(top: Path, commit: str) -> list[File]:
    """All plain files of a commit: no links, no modules of another repository."""
    listed = _answer(top, "ls-tree", "-r", "-z", "--full-tree", commit, "--")
    found = []
    for one in listed.split(b"\0"):
        described, _, path = one.partition(b"\t")
        mode, _, content = described.partition(b" blob ")
        if mode in (b"100644", b"100755"):
            found.append(File(os.fsdecode(path), content.decode("ascii")))
    return found


def size(top: Path, wanted: Sequence[File]) -> int:
    """How many bytes files have together."""
    asked = "".join(f"{file.content}\n" for file in wanted).encode("ascii")
    answer = _answer(top, "cat-file", "--batch-check=%(objectsize)", asked=asked)
    try:
        return sum(map(int, answer.split()))
    except ValueError:  # one is not here
        raise GitError("a file is not in this clone") from None


def ids(top: Path, paths: Sequence[Path]) -> list[str]:
    """The ids that the contents of files would have in a commit; an empty text for a name that git cannot be asked."""
    asked = ["" if "\n" in str(path) else os.fspath(path) for path in paths]
    listed = "".join(f"{path}\n" for path in asked if path)
    found = iter(_answer(top, "hash-object", "--stdin-paths", asked=os.fsencode(listed)).decode("ascii").split())
    return [next(found) if path else "" for path in asked]


def contents(top: Path, wanted: Sequence[File]) -> list[bytes]:
    """What is in files, in their order."""
    asked = "".join(f"{file.content}\n" for file in wanted).encode("ascii")
    answer = _answer(top, "cat-file", "--batch", asked=asked)
    found, at = [], 0
    for file in wanted:
        line = answer.index(b"\n", at)
        described = answer[at:line].split()
        if len(described) != 3:  # it is not here: a partial clone that would have to fetch it
            raise GitError(f"{file.path} is not in this clone")
        end = line + 1 + int(described[2])
        found.append(answer[line + 1 : end])
        at = end + 1
    return found


def _answer(directory: Path, *arguments: str, asked: bytes = b"") -> bytes:
    import subprocess  # noqa: PLC0415  # most runs ask git nothing

    try:
        command = ["git", "-C", os.fspath(directory), *arguments]
        done = subprocess.run(command, input=asked, capture_output=True, check=False, env=_environment())  # noqa: S603
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise GitError(said or "git refuses")
    return done.stdout


def _environment() -> dict[str, str]:
    """The environment, without what git tells its hooks: a GIT_DIR alone makes any directory the top of a tree."""
    kept = {**os.environ, **_QUIET}
    if "GIT_WORK_TREE" not in kept:
        kept.pop("GIT_DIR", None)
    return kept

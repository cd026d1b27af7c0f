"""cache.py: the answer of an earlier run, where nothing at all has changed, and from nobody else."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import folder
from checker import cache, cli, document, run
from checker.model import Report
from checker.report import Options, json

TEXT = "In all, ten were held."
EARLIER = json.render(Report(0, run.NOTHING), Options(80))
SHA = hashlib.sha256(TEXT.encode()).hexdigest()
STORY = {
    **folder.STORY,
    "checker.toml": 'rules = ["rules"]\nsources = "archive"\nhedges = "hedges.yaml"\n',
    "hedges.yaml": "unknown: [unknown, not known]\n",
    "facts/a.yaml": folder.VIOLATED.replace("{id: a,", f"{{id: a, text: a.txt, sha256: {SHA},"),
    "facts/waivers.yaml": "waivers:\n  - {finding: 00000000, reason: r, by: b, until: 2030-01-01}\n",
    "archive/a.txt": TEXT,
    "earlier.json": EARLIER,
}

Ask = Callable[..., tuple[bool, int, str]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """``checker run`` in a project: whether it really ran, its exit code and what it wrote."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(cache.OFF, raising=False)
    monkeypatch.setattr(cache, "LEAST_FILES", 1)
    monkeypatch.chdir(folder.write(tmp_path / "project", STORY))
    ran = []
    real = run.run

    def counted(call: run.Call, *others: Any) -> Report:
        ran.append(call)
        return real(call, *others)

    monkeypatch.setattr(run, "run", counted)

    def asked(*arguments: str, command: str = "run") -> tuple[bool, int, str]:
        ran.clear()
        code = cli.main([command, "--today", "2026-01-01", *arguments] if command == "run" else [command, *arguments])
        return bool(ran), code, capsys.readouterr().out

    return asked


def entries(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "cache/checker").iterdir() if path.name != "key"]


def test_the_same_question_is_answered_once(ask: Ask, tmp_path: Path) -> None:
    first = ask()
    assert (first[0], first[1]) == (True, 1)
    assert ask() == (False, *first[1:])
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "cache/checker", *entries(tmp_path))] == [0o700, 0o600]


def test_a_file_that_was_written_is_written_again(ask: Ask) -> None:
    ask("--format", "json=out.json", "--format", "table")
    made = Path("out.json").read_bytes()
    Path("out.json").unlink()
    assert not ask("--format", "json=out.json", "--format", "table")[0]
    assert Path("out.json").read_bytes() == made


CHANGES: dict[str, Callable[[], object]] = {
    "a value": lambda: change("facts/a.yaml", "value: 12", "value: 13"),
    "a comment": lambda: change("facts/a.yaml", "facts:", "facts: # so far"),
    "a line moved": lambda: change("facts/more/b.yaml", "defaults", "\ndefaults"),
    "vocabulary": lambda: change("facts/vocabulary.yaml", "title: All of them", "title: All"),
    "a waiver": lambda: change("facts/waivers.yaml", "reason: r", "reason: s"),
    "a rule": lambda: change("rules/own.yaml", "a <= b", "a < b"),
    "settings": lambda: change("checker.toml", "rules", "strict = true\nrules"),
    "a profile": lambda: change("hedges.yaml", "not known", "not told"),
    "an archived text": lambda: change("archive/a.txt", "held", "kept"),
    "an archived text gone": lambda: Path("archive/a.txt").unlink(),
    "a baseline": lambda: change("earlier.json", '"exit_code": 0', '"exit_code": 1'),
    "a new file": lambda: shutil.copy("facts/more/b.yaml", "facts/more/c.yaml"),
    "a new file of rules": lambda: Path("rules/more.yml").write_text("rules: []\n"),
    "a file gone": lambda: Path("facts/more/b.yaml").unlink(),
    "a file renamed": lambda: Path("facts/more/b.yaml").rename("facts/more/a.yaml"),
    "other settings": lambda: Path("checker.toml").rename("pyproject.toml").write_text("[tool.checker]\n"),
    "two files that exchange": lambda: exchange(Path("facts/a.yaml"), Path("facts/more/b.yaml")),
}


def change(name: str, old: str, new: str) -> None:
    """Change a text, but neither its length where that can be kept, nor the file's times."""
    path = Path(name)
    about, text = path.stat(), path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def exchange(one: Path, other: Path) -> None:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


@pytest.mark.parametrize("name", CHANGES)
def test_whatever_changes_is_seen(ask: Ask, name: str) -> None:
    arguments = ("--baseline", "earlier.json")
    ask(*arguments)
    assert not ask(*arguments)[0]
    CHANGES[name]()
    fresh = ask(*arguments)
    assert fresh[0]
    assert fresh[1:] == ask("--no-cache", *arguments)[1:]


def test_what_was_not_there_and_is_now_is_seen(ask: Ask) -> None:
    Path("archive/a.txt").unlink()
    assert "unchecked" in ask()[2]
    assert not ask()[0]
    Path("archive/a.txt").write_text(TEXT)
    ran, _, text = ask()
    assert (ran, "unchecked" in text) == (True, False)


def test_what_was_before_is_found_again(ask: Ask) -> None:
    before = ask()[1:]
    change("facts/a.yaml", "value: 12", "value: 13")
    assert ask()[0]
    change("facts/a.yaml", "value: 13", "value: 12")
    assert ask() == (False, *before)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--strict"], ["-v"], ["-q"], ["--format", "json"], ["--max-findings", "0"], ["--engine", "plain"],
        ["--today", "2026-01-02"], ["--rules", "shipped"], ["facts/a.yaml"], ["--sources", "facts"],
        ["--baseline", "earlier.json"],
    ],
)  # fmt: skip
def test_another_question_has_another_answer(ask: Ask, arguments: list[str]) -> None:
    ask()
    assert ask(*arguments)[0]
    assert not ask(*arguments)[0]


def test_the_width_and_the_place_belong_to_the_question(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ask()
    monkeypatch.setenv("COLUMNS", "100")
    assert ask()[0]
    monkeypatch.chdir("facts")
    assert ask()[0]


def test_the_tool_belongs_to_the_question(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    ask()
    monkeypatch.setattr(cache, "__version__", "0.0.0")
    assert ask()[0]


def test_what_is_wrong_is_not_kept(ask: Ask, tmp_path: Path) -> None:
    change("facts/a.yaml", "value: 12", "value: many")
    assert [ask()[:2] for _ in range(2)] == [(True, 2)] * 2
    assert entries(tmp_path) == []


def test_what_is_not_seen_here_is_not_kept(ask: Ask, tmp_path: Path) -> None:
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run([shutil.which("git") or "git", *command], check=True)
    assert [ask("--changed", "HEAD")[0] for _ in range(2)] == [True, True]
    assert not (tmp_path / "cache").exists()


def test_small_runs_need_no_cache(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LEAST_FILES", 200)
    assert [ask()[0] for _ in range(2)] == [True, True]
    assert not (tmp_path / "cache").exists()


def test_it_can_be_turned_off(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [ask("--no-cache")[0] for _ in range(2)] == [True, True]
    monkeypatch.setenv(cache.OFF, "1")
    assert [ask()[0] for _ in range(2)] == [True, True]
    assert not (tmp_path / "cache").exists()


# ------------------------------------------------------------------------- what may not be trusted


def damage(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("at", [0, 31, 32, 60, -1])
def test_a_damaged_entry_counts_for_nothing(ask: Ask, tmp_path: Path, at: int) -> None:
    first = ask()
    [entry] = entries(tmp_path)
    damage(entry, at)
    assert ask() == first
    assert not ask()[0]


def test_an_entry_of_another_key_counts_for_nothing(ask: Ask, tmp_path: Path) -> None:
    first = ask()
    (tmp_path / "cache/checker/key").write_bytes(b"k" * 32)
    assert ask() == first


def test_an_entry_under_another_name_counts_for_nothing(ask: Ask, tmp_path: Path) -> None:
    ask()
    [entry] = entries(tmp_path)
    change("facts/a.yaml", "value: 12", "value: 9")
    ran, code, text = ask()
    assert (ran, code) == (True, 0)
    [new] = [path for path in entries(tmp_path) if path != entry]
    shutil.copy(entry, new)
    assert ask() == (True, code, text)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda home: home.chmod(0o755),
        lambda home: (home / "key").chmod(0o644),
        lambda home: (home / "key").write_bytes(b"short"),
        lambda home: (home / "key").symlink_to((home / "key").rename(home / "other")),
        lambda home: home.symlink_to(home.rename(home.with_name("other"))),
        lambda home: [path.chmod(0o644) for path in home.iterdir() if path.name != "key"],
        lambda home: home.rename(home.with_name("other")) and home.write_text("a file"),
    ],
)  # fmt: skip
def test_what_others_may_write_is_not_used(ask: Ask, tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    first = ask()
    spoil(tmp_path / "cache/checker")
    assert ask() == first


def test_a_project_cannot_bring_its_own(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path("cache").absolute()))
    assert [ask()[0] for _ in range(2)] == [True, True]
    assert not Path("cache").exists()


def test_without_a_home_the_run_goes_on(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/none")
    assert [ask()[0] for _ in range(2)] == [True, True]


def test_a_file_that_changes_while_it_is_read_keeps_nothing(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = run.run

    def torn(call: run.Call, *others: Any) -> Report:
        made = counted(call, *others)
        change("facts/a.yaml", "value: 12", "value: 13")
        document.contents(Path.cwd() / "facts/a.yaml")
        return made

    monkeypatch.setattr(run, "run", torn)
    ask()
    assert entries(tmp_path) == []


def test_what_counts_is_what_was_read_not_what_is_there_after(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = run.run

    def late(call: run.Call, *others: Any) -> Report:
        made = counted(call, *others)
        change("facts/a.yaml", "value: 12", "value: 9")
        return made

    with monkeypatch.context() as patch:
        patch.setattr(run, "run", late)
        assert ask()[1] == 1
    assert ask()[:2] == (True, 0)


def test_old_entries_are_dropped(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 3)
    for width in range(100, 105):
        monkeypatch.setenv("COLUMNS", str(width))
        ask()
        assert not ask()[0]
    assert len(entries(tmp_path)) == 3
    assert not ask()[0]


# ------------------------------------------------------------------------- nothing forgotten

WATCH = """
import os, sys
opened = set()
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        opened.add(os.path.abspath(os.fsdecode(arguments[0])))
sys.addaudithook(hook)
from checker import cache, cli, document
cache.LEAST_FILES = 1
noted = []
real = cache._keep
def keep(shelf, question, digests, made):
    noted.extend(os.path.abspath(path) for path in [*digests, *question.files])
    real(shelf, question, digests, made)
cache._keep = keep
cli.main(sys.argv[1:])
here = os.getcwd()
settings = os.path.join(here, "checker.toml")
missed = {path for path in opened if path.startswith(here + os.sep)} - set(noted) - {settings}
print("missed", sorted(missed), len(noted) > 5, file=sys.stderr)
"""


@pytest.mark.parametrize("name", ["table", "json", "sarif", "github", "junit", "markdown"])
def test_every_file_that_a_run_opens_is_noted(tmp_path: Path, name: str) -> None:
    project = folder.write(tmp_path / "project", STORY)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), cache.OFF: ""}
    arguments = ["run", "--format", name, "--coverage", "-v", "--baseline", "earlier.json"]
    done = subprocess.run(
        [sys.executable, "-c", WATCH, *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "missed [] True"
    assert len(entries(tmp_path)) == 1

"""crew.py: what several processes make is what one makes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from checker import crew, run
from checker.report import FORMATS, Options, piece

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is one process")
HOME = Path(__file__).parents[1]
HERE = os.getpid()


def _open() -> list[str]:
    return sorted(one.name for one in Path("/proc/self/fd").iterdir())


@pytest.fixture(autouse=True)
def _three(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three cores; afterwards no process is left, and no file open."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.setattr(crew, "FEW", 10)
    before = _open()
    yield
    assert _open() == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("many", [0, 1, 9, 10, 19, 20, 31, 100])
def test_all_is_made_in_order(many: int) -> None:
    assert crew.mapped(str, range(many)) == tuple(map(str, range(many)))


@pytest.mark.parametrize(("many", "hands"), [(0, 0), (19, 1), (20, 2), (29, 2), (30, 3), (1000, 3)])
def test_processes_are_as_many_as_there_is_work_for(many: int, hands: int) -> None:
    made = crew.mapped(lambda _: os.getpid(), range(many))
    assert len({*made}) == hands
    assert made[:1] == (HERE,) * min(1, many)


def test_processes_are_no_more_than_cores_and_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {*range(64)})
    assert len({*crew.mapped(lambda _: os.getpid(), range(200))}) == crew.MOST


def test_there_is_one_process_where_a_fork_may_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert {*crew.mapped(lambda _: os.getpid(), range(100))} == {HERE}


def _dies(at: int) -> int:
    if os.getpid() != HERE and at > 50:
        os._exit(0)
    return at


def _lies(at: int) -> object:
    return at if os.getpid() == HERE else lambda: at  # which cannot be sent


def _fails(at: int) -> int:
    if os.getpid() != HERE:
        raise SystemExit(3)
    return at


@pytest.mark.parametrize("work", [_dies, _lies, _fails])
def test_what_a_process_does_not_make_is_made_again(
    work: Callable[[int], object], capfd: pytest.CaptureFixture[str]
) -> None:
    sys.stdout.write("said before")
    assert crew.mapped(work, range(100)) == tuple(range(100))
    assert capfd.readouterr() == ("said before", "")


def test_an_error_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        crew.mapped(lambda at: 1 // (90 - at), range(100))


def test_there_may_be_no_more_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, left = os.fork, [1]

    def forked() -> int:
        if not left:
            raise BlockingIOError
        left.pop()
        return fork()

    monkeypatch.setattr(os, "fork", forked)
    assert len({*crew.mapped(lambda at: (os.getpid(), at)[0], range(90))}) == 2
    assert crew.mapped(str, range(90)) == tuple(map(str, range(90)))


def test_an_interrupt_ends_all_of_them() -> None:
    def work(_: int) -> int:
        if os.getpid() != HERE:
            time.sleep(3600)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crew.mapped(work, range(100))


@pytest.mark.parametrize("form", ["json", "html", "sarif"])
def test_findings_are_worded_alike(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HOME)
    call = run.Call((Path("facts"),), ("rules",), engine="plain", verbose=True, today=738_000)

    def told(few: int) -> Any:
        monkeypatch.setattr(crew, "FEW", few)
        return FORMATS[form](run.run(call), Options(verbose=True))

    forks: list[int] = []
    fork = os.fork

    def forked() -> int:
        forks.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", forked)
    alone = told(10**9)
    assert not forks
    assert told(1) == alone
    assert len(forks) == 2


@pytest.mark.parametrize("few", [1, 10**9])
def test_findings_that_are_written_where_they_are_worded_are_the_same(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(HOME)
    monkeypatch.setattr(crew, "FEW", few)
    call = run.Call((Path("facts"),), ("rules",), engine="plain", verbose=True, today=738_000)
    made = run.run(call, piece=piece(["json"]))
    assert not any(one.message for one in made.findings)
    assert FORMATS["json"](made, Options(verbose=True)) == FORMATS["json"](run.run(call), Options(verbose=True))


@pytest.mark.parametrize("names", [["table"], ["json", "table"], ["json", "json"]])
def test_findings_are_written_where_they_are_worded_for_one_format_alone(names: list[str]) -> None:
    assert piece(names) is None

"""progress.py: a line where somebody waits for it, and nothing anywhere else."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from checker.progress import SECONDS, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Timer:
    """A timer whose second is over when the test says so."""

    started: list[Timer]

    def __init__(self, seconds: float, call: Callable[[], None]) -> None:
        self.seconds, self.call, self.daemon = seconds, call, False
        self.done: list[str] = []

    def start(self) -> None:
        Timer.started.append(self)

    def cancel(self) -> None:
        self.done.append("cancelled")

    def join(self) -> None:
        self.done.append("joined")


@pytest.fixture(autouse=True)
def timer(monkeypatch: pytest.MonkeyPatch) -> None:
    Timer.started = []
    monkeypatch.setattr(threading, "Timer", Timer)


def test_what_is_quick_says_nothing() -> None:
    terminal = Terminal()
    with Progress(terminal) as progress:
        progress("reading")
        progress("matching")
    assert terminal.getvalue() == ""
    [started] = Timer.started
    assert (started.seconds, started.daemon, started.done) == (SECONDS, True, ["cancelled", "joined"])


def test_after_a_second_it_says_what_is_being_done_and_clears_it() -> None:
    terminal = Terminal()
    with Progress(terminal) as progress:
        progress("reading")
        Timer.started[0].call()
        assert terminal.getvalue() == "\r\x1b[Kreading …"
        progress("matching")
        assert terminal.getvalue().endswith("\r\x1b[Kmatching …")
    assert terminal.getvalue().endswith("…\r\x1b[K")


def test_it_is_cleared_where_something_goes_wrong() -> None:
    def interrupted(terminal: Terminal) -> None:
        with Progress(terminal) as progress:
            progress("reading")
            Timer.started[0].call()
            raise KeyboardInterrupt

    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt):
        interrupted(terminal)
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert Timer.started[0].done == ["cancelled", "joined"]


def test_where_nobody_waits_nothing_is_started() -> None:
    stream: Any = io.StringIO()
    with Progress(stream) as progress:
        progress("reading")
    assert stream.getvalue() == ""
    assert Timer.started == []


def test_of_many_facts_it_says_the_rate_and_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(second * 10**9 for second in (69, 70, 71, 72, 73))
    monkeypatch.setattr(time, "monotonic_ns", lambda: next(clock))
    terminal = Terminal()
    with Progress(terminal) as progress:
        progress("reading")
        progress("matching a", 0, 10_000_000)
        Timer.started[0].call()
        assert terminal.getvalue() == "\r\x1b[K0 of 10,000,000 facts: matching a …"
        progress("matching b", 0, 10_000_000)
        progress("matching b", 4_000_000, 10_000_000)
        expected = "4,000,000 of 10,000,000 facts, 2,000,000 a second, 3 s left: matching b …"
        assert terminal.getvalue().endswith(f"\r\x1b[K{expected}")
        progress("wording")
        assert terminal.getvalue().endswith("\r\x1b[Kwording …")


def test_no_line_is_longer_than_the_terminal_is_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    class Narrow(Terminal):
        def fileno(self) -> int:
            return 2

    monkeypatch.setattr(os, "get_terminal_size", lambda stream: os.terminal_size((stream * 10, 24)))
    terminal = Narrow()
    with Progress(terminal) as progress:
        progress("matching no-more-have-died-than-were-ill")
        Timer.started[0].call()
        assert terminal.getvalue() == "\r\x1b[Kmatching no-more-h…"
        progress("reading facts")
        assert terminal.getvalue().endswith("\r\x1b[Kreading facts …")

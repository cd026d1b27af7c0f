"""engine/begun.py: what is made in a thread is there when it is asked for, whatever comes between."""

from __future__ import annotations

import os
import signal
from threading import Event, Timer

import pytest

from checker.engine.begun import Begun


def test_what_is_made_is_there_each_time() -> None:
    going = Event()
    begun = Begun(lambda: going.wait() and 3)
    assert not begun.has_ended(0.01)
    going.set()
    assert (begun.made(), begun.made(), begun.has_ended(0)) == (3, 3, True)


def test_what_fails_fails_who_asks() -> None:
    begun = Begun(lambda: 1 // 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            begun.made()


def test_an_interrupt_of_who_waits_is_not_its_end() -> None:
    going = Event()
    begun = Begun(lambda: going.wait() and 3)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts with & ignores it
    timer = Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            begun.made()
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert not begun.has_ended(0.01)
    going.set()
    assert begun.made() == 3

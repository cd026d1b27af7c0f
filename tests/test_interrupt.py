"""interrupt.py: Ctrl-C is heard while a library works, and only then."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from checker.engine.interrupt import Interrupts


@pytest.fixture(autouse=True)
def heard() -> Iterator[list[int]]:
    """The interrupts that Python itself was told of, and does nothing about."""
    told: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: told.append(number))
    yield told
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_it_stops_what_works_again_and_again_until_that_ends() -> None:
    stopped, enough = [], Event()

    def stop() -> None:
        stopped.append(True)
        if len(stopped) == 3:
            enough.set()

    interrupts = Interrupts(stop)
    with interrupts:
        interrupt()
        assert enough.wait(10)
    assert interrupts.came
    interrupts.close()


def test_other_signals_and_what_comes_at_other_times_stop_nothing(heard: list[int]) -> None:
    stopped: list[bool] = []
    interrupts = Interrupts(lambda: stopped.append(True))
    interrupt()
    time.sleep(0.2)  # it is heard in another thread
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    with interrupts:
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.2)
    signal.signal(signal.SIGUSR1, before)
    interrupts.close()
    interrupt()
    assert not stopped
    assert not interrupts.came
    assert heard == [signal.SIGINT] * 2


def test_it_leaves_to_others_what_they_listened_with() -> None:
    mine, told = os.pipe()
    os.set_blocking(told, False)
    before = signal.set_wakeup_fd(told)
    Interrupts(lambda: None).close()
    interrupt()
    assert os.read(mine, 10) == bytes([signal.SIGINT])
    signal.set_wakeup_fd(before)
    os.close(mine)
    os.close(told)


def test_in_another_thread_than_the_main_one_it_does_nothing() -> None:
    made: list[Interrupts] = []
    thread = Thread(target=lambda: made.append(Interrupts(lambda: None)))
    thread.start()
    thread.join()
    with made[0]:
        pass
    made[0].close()

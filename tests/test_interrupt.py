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
def handler() -> Iterator[None]:
    """Python's own: what a shell starts with & has none."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def send(number: int = signal.SIGINT) -> None:
    """A signal, and the time that a thread takes to hear of it."""
    try:
        os.kill(os.getpid(), number)
        time.sleep(0.2)
    except KeyboardInterrupt:
        time.sleep(0.2)


def test_it_stops_what_works_again_and_again_until_that_ends() -> None:
    stopped, enough = [], Event()

    def stop() -> None:
        stopped.append(True)
        if len(stopped) == 3:
            enough.set()

    interrupts = Interrupts(stop)
    with interrupts:
        send()
        assert enough.wait(10)
    assert interrupts.came
    interrupts.close()
    many = len(stopped)
    send()
    assert len(stopped) == many


def test_other_signals_and_what_comes_at_other_times_stop_nothing() -> None:
    stopped: list[bool] = []
    interrupts = Interrupts(lambda: stopped.append(True))
    send()
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    with interrupts:
        send(signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, before)
    interrupts.close()
    assert not stopped
    assert not interrupts.came


def test_who_handles_it_in_a_way_of_their_own_does() -> None:
    stopped: list[bool] = []
    handled: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: handled.append(number))
    interrupts = Interrupts(lambda: stopped.append(True))
    with interrupts:
        send()
    interrupts.close()
    assert handled == [signal.SIGINT]
    assert not stopped


def test_others_who_listen_hear_of_it_meanwhile_and_later() -> None:
    mine, told = os.pipe()
    os.set_blocking(told, False)
    before = signal.set_wakeup_fd(told)
    one, other = Interrupts(lambda: None), Interrupts(lambda: None)
    with one:
        send()
    with other:
        send()
    one.close()  # in an order of their own
    send()
    other.close()
    send()
    assert os.read(mine, 10) == bytes([signal.SIGINT]) * 4
    signal.set_wakeup_fd(before)
    os.close(mine)
    os.close(told)


def test_it_ends_where_an_interrupt_kept_it_from_that() -> None:
    interrupts = Interrupts(lambda: None)
    interrupts.__enter__()
    interrupts.close()
    assert signal.set_wakeup_fd(-1) == -1


def test_who_listened_before_may_be_gone() -> None:
    mine, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told)
    interrupts = Interrupts(lambda: None)
    with interrupts:
        os.set_blocking(told, True)  # as a file may be that has its number now
    assert signal.set_wakeup_fd(-1) == -1
    interrupts.close()
    os.close(mine)
    os.close(told)


def test_in_another_thread_than_the_main_one_it_does_nothing() -> None:
    stopped: list[bool] = []
    interrupts = Interrupts(lambda: stopped.append(True))

    def work() -> None:
        with interrupts:
            time.sleep(0.5)

    thread = Thread(target=work)
    thread.start()
    send()
    thread.join()
    interrupts.close()
    assert not stopped
    assert not interrupts.came

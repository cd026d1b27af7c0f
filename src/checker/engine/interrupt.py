"""Ctrl-C while a library works: Python says it to what is written in Python, and there nothing runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

AGAIN = 0.05  # seconds; what has not begun when it is stopped goes on
NOBODY = -1


class Interrupts:
    """Calls ``stop``, from a thread of its own, where Ctrl-C comes within ``with``; ``came`` says that one did.

    Python writes to a file when a signal comes (``signal.set_wakeup_fd``), whatever its main thread does. In other
    threads, where Ctrl-C is handled in another way than Python's own, and on systems that have no such file for pipes,
    nothing is done. Who else has such a file hears of all signals, too. ``close`` ends it.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self.came = False
        self._stop = stop
        self._left = Event()
        self._left.set()
        self._before = NOBODY
        self._told: int | None = None
        if hasattr(os, "set_blocking"):  # not on Windows before Python 3.12
            ear, self._told = os.pipe()
            os.set_blocking(self._told, False)
            Thread(target=self._listen, args=(ear,), daemon=True).start()

    def __enter__(self) -> None:
        if self._told is not None:
            self._left.clear()
            try:
                self._before = signal.set_wakeup_fd(self._told, warn_on_full_buffer=False)
            except ValueError:  # not the main thread
                self._left.set()

    def __exit__(self, *_: object) -> None:
        if not self._left.is_set():
            try:
                signal.set_wakeup_fd(self._before)
            except ValueError:  # whose it was has closed it
                signal.set_wakeup_fd(NOBODY)
            self._left.set()

    def _listen(self, ear: int) -> None:
        with open(ear, "rb", buffering=0) as heard:  # it closes it
            while number := heard.read(1):
                if self._before != NOBODY:
                    with suppress(OSError):
                        os.write(self._before, number)
                if number[0] == signal.SIGINT and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                    self._interrupt()

    def _interrupt(self) -> None:
        while not self._left.is_set():
            self.came = True
            self._stop()
            self._left.wait(AGAIN)

    def close(self) -> None:
        """Listen no longer."""
        self.__exit__()  # which an interrupt may have kept from being done
        if self._told is not None:
            os.close(self._told)
            self._told = None

"""Ctrl-C while a library works: Python says it to what is written in Python, and there nothing runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Event, Thread

AGAIN = 0.05  # seconds; what has not begun when it is stopped goes on


class Interrupts:
    """Calls ``stop``, from a thread of its own, where Ctrl-C comes within ``with``.

    Python writes to a file when a signal comes (``signal.set_wakeup_fd``), whatever its main thread does.
    Outside of that, and on systems that have no such file for pipes, nothing is done. ``close`` ends it.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self.came = False
        self._stop = stop
        self._left = Event()
        self._left.set()
        self._told: int | None = None
        ear, told = os.pipe()
        try:
            os.set_blocking(told, False)
            self._before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        except (AttributeError, ValueError):  # Windows before Python 3.12; a thread that is not the main one
            os.close(ear)
            os.close(told)
        else:
            self._told = told
            Thread(target=self._listen, args=(ear,), daemon=True).start()

    def __enter__(self) -> None:
        self._left.clear()

    def __exit__(self, *_: object) -> None:
        self._left.set()

    def _listen(self, ear: int) -> None:
        with open(ear, "rb", buffering=0) as heard:  # it closes it
            while number := heard.read(1):
                if number[0] == signal.SIGINT and not self._left.is_set():
                    self.came = True
                    self._stop()
                    while not self._left.wait(AGAIN):
                        self._stop()

    def close(self) -> None:
        """Listen no longer."""
        if self._told is not None:
            signal.set_wakeup_fd(self._before)
            os.close(self._told)
            self._told = None

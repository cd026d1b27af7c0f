"""A line on standard error that says what is going on, where somebody waits for it longer than a second."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from types import TracebackType
from typing import TextIO

SECONDS = 1.0
SECOND = 10**9  # nanoseconds


class Progress:
    """Called with what is being done; shows it on a terminal once a second has passed, and clears it in the end.

    Where it is told how many facts are done of how many, it says at what rate, and what time is left.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage = ""
        self._shown = False
        self._of = 0  # how many facts there are to do, and when the first of them were begun
        self._since = 0

    def __call__(self, stage: str, done: int = 0, of: int = 0) -> None:
        """Say what is being done now, and of how many facts it has been done."""
        now = time.monotonic_ns()
        if of != self._of:
            self._of, self._since = of, now
        self._stage = f"{_pace(done, of, now - self._since)}: {stage}" if of else stage
        if self._shown:
            self._show()

    def _show(self) -> None:
        self._shown = True
        line = f"{self._stage} …"
        with suppress(OSError, ValueError):  # of what is no file, all is shown
            width = os.get_terminal_size(self._stream.fileno()).columns
            line = line if len(line) < width else f"{line[: max(0, width - 2)]}…"  # it clears no more than one line
        self._stream.write(f"\r\x1b[K{line}")
        self._stream.flush()

    def __enter__(self) -> Progress:
        if self._stream.isatty():
            import threading  # noqa: PLC0415  # only where somebody may wait

            self._timer = threading.Timer(SECONDS, self._show)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream.isatty():
            self._timer.cancel()
            self._timer.join()
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _pace(done: int, of: int, elapsed: int) -> str:
    """How far it is after so many nanoseconds.

    >>> _pace(0, 9_000_000, 5), _pace(3_000_000, 9_000_000, 1_500_000_000)
    ('0 of 9,000,000 facts', '3,000,000 of 9,000,000 facts, 2,000,000 a second, 3 s left')
    >>> _pace(10**6, 10**9, 10**9)
    '1,000,000 of 1,000,000,000 facts, 1,000,000 a second, 17 min left'
    """
    told = f"{done:,} of {of:,} facts"
    if not done or elapsed <= 0:
        return told
    left = -((done - of) * elapsed // (done * SECOND))
    time_left = f"{left} s" if left < 100 else f"{-(-left // 60)} min"
    return f"{told}, {done * SECOND // elapsed:,} a second, {time_left} left"

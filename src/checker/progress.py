"""A line on standard error that says what is going on, where somebody waits for it longer than a second."""

from __future__ import annotations

from types import TracebackType
from typing import TextIO

SECONDS = 1.0


class Progress:
    """Called with what is being done; shows it on a terminal once a second has passed, and clears it in the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage = ""
        self._shown = False

    def __call__(self, stage: str) -> None:
        """Say what is being done now."""
        self._stage = stage
        if self._shown:
            self._show()

    def _show(self) -> None:
        self._shown = True
        self._stream.write(f"\r\x1b[K{self._stage} …")
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

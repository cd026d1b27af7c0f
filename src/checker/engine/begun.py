"""Work in a thread of its own, while who began it goes on."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Generic, TypeVar

_Made = TypeVar("_Made")


class Begun(Generic[_Made]):
    """What a function makes, in time.

    An interrupt of who waits for it is not its end; ``Thread.join`` of Python 3.11 would take it for that.
    """

    def __init__(self, work: Callable[[], _Made]) -> None:
        self._work = work
        self._made: list[_Made] = []
        self._failed: Exception | None = None
        self._ended = Event()
        Thread(target=self._run).start()

    def _run(self) -> None:
        try:
            self._made.append(self._work())
        except Exception as error:  # told to whom it concerns
            self._failed = error
        finally:
            self._ended.set()

    def has_ended(self, seconds: float) -> bool:
        """Whether it ends within so many seconds."""
        return self._ended.wait(seconds)

    def made(self) -> _Made:
        """What was made; raises what it failed with."""
        self._ended.wait()
        if self._failed is not None:
            raise self._failed
        return self._made[0]

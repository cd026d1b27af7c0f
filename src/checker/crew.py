"""A pure function of many things, on all cores: Python does one thing at a time, so a part goes to processes.

They are forked, which takes some milliseconds, and have all that there is without reading it again. They write what
they made and are gone, and touch nothing else: what threads hold in the moment of a fork is held for ever in them.
Where one fails, its part is done again here.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, NoReturn, TypeVar

from checker.record import NamedTuple

FEW = 75  # things for each process: what is less is done sooner than sent (docs/performance.md)
MOST = 8  # processes

_Thing = TypeVar("_Thing")
_Made = TypeVar("_Made")


class _Hand(NamedTuple):
    """A process, and where it writes what it made."""

    pid: int
    ear: int


def mapped(work: Callable[[_Thing], _Made], things: Sequence[_Thing]) -> tuple[_Made, ...]:
    """What a function makes of each of some things, in their order; what it made can be pickled."""
    many = min(_cores(), MOST, len(things) // FEW) or 1
    cuts = [len(things) * part // many for part in range(many + 1)]
    mine, *parts = [things[start:end] for start, end in pairwise(cuts)]
    hands: list[_Hand] = []
    try:
        with suppress(OSError):  # there may be as many processes as there can be
            hands += (_sent(work, part) for part in parts)
        made = [tuple(map(work, mine))]
        for part in parts:
            told = _heard(hands[0]) if hands else None
            _dismiss(hands[:1])
            hands = hands[1:]
            made.append(tuple(map(work, part)) if told is None else told)
    finally:
        with suppress(OSError):
            for hand in hands:  # nobody waits for what they make
                os.kill(hand.pid, signal.SIGKILL)
        _dismiss(hands)
    return tuple(one for several in made for one in several)


def _cores() -> int:
    """How many processes may work at once; a fork is safe beside threads on Linux alone."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def _sent(work: Callable[[_Thing], _Made], part: Sequence[_Thing]) -> _Hand:
    import pickle  # noqa: F401, PLC0415  # before the fork: another thread may be loading what it loads

    ear, mouth = os.pipe()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that there are threads, which Python 3.12 says
            pid = os.fork()
        if not pid:
            _toil(work, part, mouth)
    except OSError:
        os.close(ear)
        raise
    finally:
        os.close(mouth)
    return _Hand(pid, ear)


def _toil(work: Callable[[_Thing], _Made], part: Sequence[_Thing], mouth: int) -> NoReturn:
    """What a process does, which then ends without what Python does in its end."""
    code = 1
    with suppress(BaseException):
        import pickle  # noqa: PLC0415

        gc.disable()  # nobody else's things end here
        told = pickle.dumps(tuple(map(work, part)), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(mouth, "wb") as written:
            written.write(told)
        code = 0
    os._exit(code)


def _heard(hand: _Hand) -> tuple[Any, ...] | None:
    """What a process made; None where it failed."""
    with os.fdopen(os.dup(hand.ear), "rb") as told:
        read = told.read()
    import pickle  # noqa: PLC0415

    with suppress(EOFError, pickle.UnpicklingError):  # it wrote nothing, or not all
        made: tuple[Any, ...] = pickle.loads(read)  # noqa: S301  # from a process of ours
        return made
    return None


def _dismiss(hands: Iterable[_Hand]) -> None:
    for hand in hands:
        with suppress(OSError):
            os.close(hand.ear)
            os.waitpid(hand.pid, 0)

"""The end of a run that hangs: SIGALRM with its default action, which no hung thread and no lock can hold up.

Never a Python handler: that runs only when the interpreter gets to it, which a run that hangs in C never does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MARK_BEFORE = 1.0
_TOLERANCE = 5.0
"""Seconds between the start of a run and the arming of its alarm."""


@contextmanager
def killed_after(seconds: float, mark: Path | None) -> Iterator[None]:
    """Arms the alarm for the block; to be entered on the main thread, after the lock was taken.

    A second before the end the modification time of `mark` (the lock file) is set, so that the next run can tell a run
    that ran out of time from one that was killed from outside.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    timer = threading.Timer(max(0.0, seconds - _MARK_BEFORE), _touch, args=(mark,))
    timer.daemon = True
    timer.start()
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        timer.cancel()


def ran_out_of_time(mark: Path | None, started_at: int, seconds: float) -> int | None:
    """`seconds` where the run begun at `started_at` was ended by the alarm set to it; None where it was not."""
    if mark is None:
        return None
    try:
        touched = mark.stat().st_mtime
    except OSError:
        return None
    return int(seconds) if abs(touched - started_at - seconds) <= _TOLERANCE else None


def _touch(mark: Path | None) -> None:
    if mark is not None:
        with contextlib.suppress(OSError):
            os.utime(mark)

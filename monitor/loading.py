"""Importing much in the middle of a short life."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading_code() -> Iterator[None]:
    """Keeps the garbage collector out of it: code that was just imported holds no garbage, and looking for some in
    it, again and again until the process ends, is a fifth of a run with nothing new and a tenth of a long one."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def collect_rarely() -> None:
    """For a process that reads much, leaves no cycles and ends soon: looking for garbage is a twentieth of its time."""
    gc.set_threshold(200_000, 20, 20)

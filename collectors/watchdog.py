"""Ends what takes too long from outside: at its deadline a socket is shut down, whatever its reader waits for.

A socket timeout bounds each single wait; a peer that sends one byte now and then never meets it. One thread watches
every request of a client instead.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType


class Watch:
    """One request under watch: `with watchdog.watch(seconds) as watch`. Made by the watchdog only.

    `expired` stays True once the deadline has passed; `reused` says the request went over a kept connection.
    """

    __slots__ = ("_dog", "_handle", "_kept", "deadline", "expired", "reused")

    def __init__(self, dog: Watchdog, deadline: float) -> None:
        self._dog = dog
        self._handle: socket.socket | None = None
        self._kept: list[socket.socket] = []
        self.deadline = deadline
        self.expired = False
        self.reused = False

    @property
    def attached(self) -> bool:
        return self._handle is not None

    def remaining(self) -> float:
        """Seconds left, never less than a millisecond (0 would make a socket non-blocking)."""
        return max(0.001, self.deadline - time.monotonic())

    def attach(self, handle: socket.socket) -> None:
        """From here on `handle` is what is shut down. A duplicate of the connection's socket, which stays valid
        while TLS replaces the Python object around it."""
        self._handle = handle
        if self.expired:  # the deadline passed in between
            self.cut()

    def keep(self, handle: socket.socket) -> bool:
        """True if `handle` is the one under watch: it is then closed with the watch instead of with its connection."""
        if handle is not self._handle:
            return False
        self._kept.append(handle)
        return True

    def cut(self) -> None:
        self.expired = True
        handle = self._handle
        if handle is not None:
            with contextlib.suppress(OSError):  # already closed by either side
                handle.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Watch:
        self._dog.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dog.discard(self)
        for handle in self._kept:
            handle.close()


class Watchdog:
    """Holds the running watches and cuts each at its deadline. Its daemon thread starts with the first watch."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watches: set[Watch] = set()
        self._wakes_at: float | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def watch(self, seconds: float) -> Watch:
        return Watch(self, time.monotonic() + seconds)

    def add(self, watch: Watch) -> None:
        with self._changed:
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="request-watchdog", daemon=True)
                self._thread.start()
            elif self._wakes_at is None or watch.deadline < self._wakes_at:
                # Requests of equal length never get here while the thread still sleeps towards an earlier one,
                # so a request does not cost a thread switch.
                self._changed.notify()

    def discard(self, watch: Watch) -> None:
        with self._changed:
            self._watches.discard(watch)

    def close(self) -> None:
        """The thread ends with the last watch that still runs."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while self._watches or not self._closed:
                now = time.monotonic()
                for watch in [watch for watch in self._watches if watch.deadline <= now]:
                    self._watches.discard(watch)
                    watch.cut()
                self._wakes_at = min((watch.deadline for watch in self._watches), default=None)
                self._changed.wait(None if self._wakes_at is None else max(0.0, self._wakes_at - now))

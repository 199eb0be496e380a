"""A call that may hang, made beside the work: its caller waits as long as it likes and not longer."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Background:
    """Begun at once, in a daemon thread: a timeout of a library bounds neither names being resolved nor bytes that
    dribble in.
    """

    def __init__(self, name: str, call: Callable[[], None]) -> None:
        self._call = call
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def failure(self, seconds: float) -> Exception | None:
        """Why it failed, waiting up to `seconds` for its end; TimeoutError where it has not ended by then."""
        self._thread.join(max(0.0, seconds))
        return TimeoutError("no answer in time") if self._thread.is_alive() else self._failure

    def _run(self) -> None:
        try:
            self._call()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for the caller to look at
            self._failure = error

"""How long a run and its parts may take."""

from __future__ import annotations

from typing import NamedTuple


class Budget(NamedTuple):
    """Seconds after the start of a run by which each of its parts has ended."""

    first_delivery: float = 10.0
    stop_reading: float = 32.0
    """No level is begun after it."""
    requests: float = 34.0
    """No request lasts longer, so that what was read can still be handed over."""
    networks: float = 35.0
    """A network that has not finished by then is left; the rest is for judging and telling."""
    delivery: float = 50.0
    alarm: float = 55.0
    """Then the process is ended, whatever hangs."""


DEFAULT = Budget()

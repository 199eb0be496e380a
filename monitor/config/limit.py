"""From how many misses a delegate's alert fires: its own figures, else those of .env, else the automatic rule."""

from __future__ import annotations

from typing import NamedTuple

from monitor.config.settings import Settings
from monitor.config.watch_list import AlertLimit, Delegate

AUTOMATIC_THRESHOLD = 10
AUTOMATIC_WINDOW = 100
"""What stands in for the missing one of an attestation's two figures; as in the automatic rule."""


class Limit(NamedTuple):
    """`threshold` misses within the last `window` blocks."""

    threshold: int
    window: int


def baking_limit(settings: Settings, delegate: Delegate | None = None) -> Limit:
    own = (delegate.alerts.baking if delegate else None) or AlertLimit()
    return Limit(
        own.threshold or settings.alert_baking_threshold,
        own.window or settings.alert_baking_block_window,
    )


def attestation_limit(settings: Settings, delegate: Delegate | None = None) -> Limit | None:
    """None: the automatic rule (5 rights in a row, or 10 of the last 100 rights).

    Where only one of the two figures is given, the other is AUTOMATIC_THRESHOLD or AUTOMATIC_WINDOW.
    """
    own = (delegate.alerts.attestation if delegate else None) or AlertLimit()
    threshold = own.threshold or settings.alert_attestation_threshold
    window = own.window or settings.alert_attestation_block_window
    if threshold is None and window is None:
        return None
    return Limit(threshold or AUTOMATIC_THRESHOLD, window or AUTOMATIC_WINDOW)

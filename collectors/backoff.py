"""How long to wait. Small functions, seconds in and out, the clock and the die given by the caller."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime

REST_FIRST = 60
REST_LONGEST = 900
"""Seconds an endpoint that keeps failing is asked after the others."""

THROTTLED_FIRST = 0.5
THROTTLED_LONGEST = 4.0

LAGGING_PAUSES = (0.2, 0.4)
"""Before the second and third try of a 404: load-balanced nodes trail one another by less than a second."""


def rest(failures: int) -> int:
    """Seconds to leave an endpoint alone after `failures` (>= 1) in a row: 60, 120, 240, 480, 900."""
    return int(min(REST_LONGEST, REST_FIRST * 2 ** min(failures - 1, 10)))


def lagging_pause(attempt: int) -> float:
    """Seconds before a 404 is asked again after `attempt` (>= 1) tries."""
    return LAGGING_PAUSES[min(attempt, len(LAGGING_PAUSES)) - 1]


def throttled_pause(rejections: int, die: Callable[[], float]) -> float:
    """Seconds before the next try after `rejections` (>= 1) answers of 429: 0.5, 1, 2, 4, each up to a quarter off.

    The spread keeps requests rejected together from coming back together. `die` gives [0, 1).
    """
    longest = min(THROTTLED_LONGEST, THROTTLED_FIRST * 2 ** min(rejections - 1, 10))
    return float(longest * (0.75 + 0.5 * die()))


def retry_after(header: str | None, now: int) -> float | None:
    """Seconds a Retry-After header asks for (RFC 9110 §10.2.3: seconds or an HTTP date); None if it says neither."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None

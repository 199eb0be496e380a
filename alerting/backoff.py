"""When to try again. Seconds; pure."""

from __future__ import annotations

STEPS_MINUTES = (1, 2, 4, 8, 15)
"""The last one repeats."""

LONGEST = STEPS_MINUTES[-1] * 60
"""No retry is further away: a longer wait in the database means that the clock jumped back."""

PROBE_SECONDS = 15 * 60
"""How often a broken channel is tried."""

LONGEST_BLOCK = 24 * 3600
"""No receiver's retry_after is believed beyond this."""

_EARLY = 15
_JITTER = 10


def delay(attempts: int, jitter: float) -> int:
    """Seconds until attempt number `attempts + 1`; `jitter` in [0, 1).

    A little less than the step: cron starts runs on the minute, and one that is due seconds after the start of a run
    would wait for the next.
    """
    step = STEPS_MINUTES[min(max(attempts, 1), len(STEPS_MINUTES)) - 1]
    return step * 60 - _EARLY - int(jitter * _JITTER)


def is_due(next_attempt_at: int, now: int) -> bool:
    return next_attempt_at <= now or next_attempt_at > now + LONGEST


def is_blocked(blocked_until: int | None, now: int) -> bool:
    return blocked_until is not None and now < blocked_until <= now + LONGEST_BLOCK

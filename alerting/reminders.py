"""When an open incident is told again. Pure; wall-clock seconds."""

from __future__ import annotations

from monitor.model import Severity

CRITICAL_AFTER = (15 * 60, 60 * 60)
"""Since the opening, for the first two reminders."""
CRITICAL_EVERY = 4 * 3600
WARNING_EVERY = 24 * 3600


def shortest_spacing(severity: Severity) -> int:
    """Seconds that always pass between a message and the reminder after it, whichever reminder it is."""
    return min(spacing(severity, ordinal) for ordinal in range(len(CRITICAL_AFTER) + 1))


def spacing(severity: Severity, ordinal: int) -> int:
    """Seconds between the message before reminder `ordinal` (from 0) and that reminder."""
    if severity is not Severity.CRITICAL:
        return WARNING_EVERY
    if ordinal >= len(CRITICAL_AFTER):
        return CRITICAL_EVERY
    return CRITICAL_AFTER[ordinal] - (CRITICAL_AFTER[ordinal - 1] if ordinal else 0)


def reminder_due(
    opened_at: int,
    severity: Severity,
    last_told_at: int | None,
    new_misses: bool | None,
    acked_until: int | None,
    ordinal: int,
    now: int,
) -> bool:
    """Whether reminder `ordinal` (the number of reminders before it) is due.

    Critical: 15 minutes and one hour after the opening, then every 4 hours; warnings every 24 hours; info never.
    Counted from the last message that was delivered (None: there was none, so its delivery comes first), so a firing
    told late is not followed by a pile of overdue reminders. `new_misses` is None for what is not a duty; a duty is
    repeated only if there were new misses since that message. A clock that jumped back makes nothing due.
    """
    if severity is Severity.INFO or last_told_at is None or new_misses is False:
        return False
    if acked_until is not None and now < acked_until:
        return False
    return now - max(last_told_at, opened_at) >= spacing(severity, ordinal)

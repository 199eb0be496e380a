"""How people write how long, and until when. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

LONGEST = 366 * 86_400
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_PART = re.compile(r"(\d{1,9})\s*(min|[smhdw])")
_WHOLE = re.compile(rf"\s*(?:{_PART.pattern}\s*)+", re.IGNORECASE)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def parse_duration(text: str) -> int:
    """Seconds of "90s", "30m", "2h", "1d", "1w" or several of them together ("1h 30m").

    Raises ValueError, in one line, for anything else, for nothing at all and for more than a year.
    """
    if not _WHOLE.fullmatch(text):
        raise ValueError(f'"{text}" is not a duration: write e.g. 30m, 2h or 1d')
    seconds = sum(int(count) * _SECONDS[unit.lower()] for count, unit in _PART.findall(text.lower()))
    if not 0 < seconds <= LONGEST:
        raise ValueError(f'"{text}" is {"nothing" if seconds == 0 else "more than a year"}: write e.g. 30m, 2h or 1d')
    return seconds


def parse_until(text: str, now: int, zone: tzinfo) -> int:
    """UTC seconds of a duration from now, of "14:30" (its next coming), or of "2026-11-21 14:30".

    Times without an offset of their own are in `zone`. Raises ValueError, in one line.
    """
    if _WHOLE.fullmatch(text):
        return now + parse_duration(text)
    clock = _CLOCK.fullmatch(text.strip())
    if clock:
        today = datetime.fromtimestamp(now, zone)
        moment = today.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        until = int(moment.timestamp())
        return until if until > now else int((moment + timedelta(days=1)).timestamp())
    try:
        moment = datetime.fromisoformat(text.strip())
        until = int((moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).timestamp())
    except (ValueError, OverflowError):
        raise ValueError(f'"{text}" is no time: write e.g. 8h, 14:30 or 2026-11-21T14:30') from None
    if until <= now:
        raise ValueError(f'"{text}" is over already')
    if until - now > LONGEST:
        raise ValueError(f'"{text}" is more than a year away')
    return until

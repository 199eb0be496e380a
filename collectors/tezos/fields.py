"""Reading single fields of a node's JSON without trusting them. None means: not there, or not what it should be.

Octez writes large numbers as decimal strings and small ones as JSON numbers, and changes its mind between protocols:
both are taken everywhere.
"""

from __future__ import annotations

from datetime import datetime

INT32_MAX = 2**31 - 1
"""Levels, rounds and cycles are int32 on the chain."""
INT64_MAX = 2**63 - 1
_DIGITS = len(str(INT64_MAX))


def natural(value: object, most: int = INT64_MAX) -> int | None:
    """A whole number from 0 to `most`, given as a number or as a decimal string."""
    if type(value) is int:
        number = value
    elif isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS:
        number = int(value)
    else:
        return None
    return number if 0 <= number <= most else None


def level(value: object) -> int | None:
    """A block level, round or cycle: JSON numbers only."""
    return value if type(value) is int and 0 <= value <= INT32_MAX else None


def text(value: object) -> str | None:
    """A string that says something."""
    return value if isinstance(value, str) and value else None


def seconds(value: object) -> int | None:
    """An RFC 3339 time with its zone, e.g. "2026-10-07T08:19:19Z", as UTC seconds."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else int(moment.timestamp())

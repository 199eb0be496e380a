"""Flapping: a polled condition that opens again and again is told once, and again when it has calmed down."""

from __future__ import annotations

WITHIN = 3600
"""Seconds over which openings are counted."""
MORE_THAN = 4
"""Openings within that time that are still told one by one."""
STABLE_FOR = 1800
"""Seconds without an opening or an end after which it is over."""


def with_opening(openings: tuple[int, ...], at: int) -> tuple[int, ...]:
    """The openings of the last hour, `at` among them; times ahead of a clock that jumped back are dropped."""
    recent = tuple(opening for opening in openings if 0 <= at - opening < WITHIN)
    return (*recent, at)[-(MORE_THAN + 1) :]


def too_often(openings: tuple[int, ...]) -> bool:
    """Whether `with_opening`'s answer is more than one wants to be told."""
    return len(openings) > MORE_THAN

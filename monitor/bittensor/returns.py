"""What stake earned, compounded over the epochs in which it did. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, fsum, log1p

YEAR_SECONDS = 365 * 86_400


def annual(returns: Iterable[float], window_seconds: float) -> float | None:
    """The yield of a year in which every window is like this one: exp(Σ ln(1 + r) · year / window) - 1.

    `returns`: of each epoch, dividends / stake; `window_seconds`: what they were earned in. None where there is none,
    or where it is beyond all numbers.
    """
    logs = [log1p(one) for one in returns]
    if not logs or window_seconds <= 0:
        return None
    try:
        return exp(fsum(logs) * YEAR_SECONDS / window_seconds) - 1
    except OverflowError:
        return None

"""When a failed delivery is tried again."""

from __future__ import annotations

import pytest

from alerting.backoff import LONGEST, delay, is_blocked, is_due


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (6, 15), (1000, 15), (0, 1)]
)
def test_a_retry_is_due_by_the_run_of_that_minute(attempts: int, minutes: int) -> None:
    for jitter in (0.0, 0.5, 0.999):
        assert (minutes - 1) * 60 < delay(attempts, jitter) <= minutes * 60 - 15


def test_a_retry_further_away_than_any_is_due_since_the_clock_jumped_back() -> None:
    assert not is_due(100 + LONGEST, now=100)
    assert is_due(101 + LONGEST, now=100)


def test_a_block_longer_than_a_day_is_not_believed() -> None:
    assert is_blocked(200, now=100)
    assert not is_blocked(100, now=100)
    assert not is_blocked(None, now=100)
    assert not is_blocked(100 + 24 * 3600 + 1, now=100)

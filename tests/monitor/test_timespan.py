"""How long, and until when, as people write it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.timespan import LONGEST, parse_duration, parse_until

NOON = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp())
BERLIN = ZoneInfo("Europe/Berlin")
UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("30 min", 1800), ("2h", 7200), ("1d", 86_400), ("1w", 604_800), ("1h 30M", 5400)],
)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", " ", "2", "h", "2 hours", "-1h", "1.5h", "0m", "367d", "99999999999s", "2h!", "٣h x"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"write e\.g\. 30m, 2h or 1d"):
        parse_duration(text)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(sorted(UNITS))), min_size=1, max_size=4))
def test_parts_add_up(parts: list[tuple[int, str]]) -> None:
    text, total = "".join(f"{count}{unit}" for count, unit in parts), sum(n * UNITS[unit] for n, unit in parts)
    if 0 < total <= LONGEST:
        assert parse_duration(text) == total
    else:
        with pytest.raises(ValueError, match=r"write e\.g\."):
            parse_duration(text)


@given(st.text(max_size=30))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    for parse in (parse_duration, lambda written: parse_until(written, NOON, UTC)):
        with suppress(ValueError):
            assert parse(text) > 0


def test_until_may_be_a_duration() -> None:
    assert parse_until("8h", NOON, UTC) == NOON + 8 * 3600


def test_a_time_of_day_is_its_next_coming_in_the_zone() -> None:
    assert parse_until("14:30", NOON, UTC) == NOON + 9000
    assert parse_until("11:30", NOON, UTC) == NOON + 84_600
    assert parse_until("14:30", NOON, BERLIN) == NOON + 5400


def test_a_date_without_an_offset_is_in_the_zone() -> None:
    assert parse_until("2026-11-22T12:00", NOON, UTC) == NOON + 86_400
    assert parse_until("2026-11-22 13:00", NOON, BERLIN) == NOON + 86_400
    assert parse_until("2026-11-22T12:00+00:00", NOON, BERLIN) == NOON + 86_400


@pytest.mark.parametrize(
    ("text", "said"),
    [("2026-11-21T11:00", "is over already"), ("2036-01-01", "more than a year"), ("tomorrow", "is no time")],
)
def test_a_moment_that_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_until(text, NOON, UTC)


@given(st.integers(60, LONGEST - 60))
def test_every_moment_within_a_year_is_taken_as_it_is_written(seconds: int) -> None:
    moment = datetime.fromtimestamp(NOON, UTC) + timedelta(seconds=seconds)
    assert parse_until(moment.isoformat(), NOON, BERLIN) == NOON + seconds

"""Halves of characters and NULs, from a node or a person, cost neither a run nor the rest of what they wrote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.cursor import load_cursor, mark_blocked, start_cursor
from monitor.database import reading, writing
from monitor.endpoints import EndpointRow, load_endpoints, store_endpoints
from monitor.model import Occurrence, Outcome, Reading
from monitor.observations import observations_between, occurrences_between
from monitor.readings import load_readings, store_reading
from monitor.schema import coverage_gap, target
from monitor.state import store_batch
from monitor.targets import sync_targets
from tests.monitor.state_values import ALICE, NETWORK, attested, batch, fresh

pytestmark = pytest.mark.usefixtures("both_databases")


def test_what_no_database_has_bytes_for_is_stored_all_the_same(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    odd, kept = "a\0b\ud800c \U0001f950", "a\ufffdb\ufffdc \U0001f950"
    fact = attested(2, Outcome.UNKNOWN, reason=odd)
    occurrence = Occurrence(NETWORK, ALICE, "drain", 3, 0, {"reason": odd})
    with writing(engine) as connection:
        store_batch(connection, replace(batch(3, 3, fact), occurrences=(occurrence,)), 1, first_look_level=0)
        store_reading(connection, Reading(NETWORK, ALICE, "delegate", 3, 1, {"alias": odd}))
        sync_targets(connection, NETWORK, {ALICE: odd}, 1, 1)
        start_cursor(connection, NETWORK, 3, 3, 1)
        mark_blocked(connection, NETWORK, 4, odd, 1, 1)
        store_endpoints(connection, NETWORK, [EndpointRow(NETWORK, "host#1", 1, None, 1, odd, None)])
        connection.execute(
            coverage_gap.insert().values(network=NETWORK, from_level=4, to_level=5, reason=odd, recorded_at=1)
        )
    with reading(engine) as connection:
        (facts,) = observations_between(connection, NETWORK, 2, 3)
        assert facts.observations[0].evidence == {"reason": odd}  # JSON has words for them
        assert occurrences_between(connection, NETWORK, 2, 3)[0].detail == {"reason": odd}
        assert load_readings(connection, NETWORK)[ALICE, "delegate"].value == {"alias": odd}
        cursor = load_cursor(connection, NETWORK)
        assert cursor is not None
        assert cursor.blocked_reason == kept
        assert load_endpoints(connection, NETWORK)["host#1"].last_error == kept
        assert connection.execute(select(target.c.name)).scalars().all() == [kept]
        assert connection.execute(select(target.c.target).where(target.c.name == odd)).scalars().all() == [ALICE]
        assert connection.execute(select(coverage_gap.c.reason)).scalars().all() == [kept]

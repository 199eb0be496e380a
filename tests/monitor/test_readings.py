"""Polled state, endpoints' health and the last valid watch list."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.database import reading, writing
from monitor.endpoints import EndpointRow, load_endpoints, store_endpoints
from monitor.model import Reading
from monitor.readings import DueRow, add_due, due_readings, load_readings, remove_due, store_reading
from monitor.watch_list import WatchListRow, load_watch_list, store_watch_list
from tests.monitor.state_values import ALICE, BOB, NETWORK, fresh

pytestmark = pytest.mark.usefixtures("both_databases")


def test_a_reading_replaces_the_one_before_it(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    first = Reading(NETWORK, ALICE, "delegate", 10, 100, {"deactivated": False})
    newer = Reading(NETWORK, ALICE, "delegate", 20, 200, {"deactivated": True, "keys": [1]})
    other = Reading(NETWORK, ALICE, "rights", 10, 100, {})
    for one in (first, newer, other, first):
        with writing(engine) as connection:
            store_reading(connection, one)
    with reading(engine) as connection:
        assert load_readings(connection, NETWORK) == {(ALICE, "delegate"): newer, (ALICE, "rights"): other}
        assert load_readings(connection, "tezos:shadownet") == {}


def test_who_waits_longest_is_read_first_and_keeps_its_reason(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        add_due(connection, NETWORK, BOB, "missed", 5)
        add_due(connection, NETWORK, ALICE, "cycle", 3)
        add_due(connection, NETWORK, BOB, "cycle", 9)
        assert due_readings(connection, NETWORK) == [
            DueRow(NETWORK, ALICE, "cycle", 3),
            DueRow(NETWORK, BOB, "missed", 5),
        ]
        remove_due(connection, NETWORK, ALICE)
        remove_due(connection, NETWORK, ALICE)
        assert [due.target for due in due_readings(connection, NETWORK)] == [BOB]


def test_the_health_of_endpoints_outlives_the_run(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    down = EndpointRow(NETWORK, "a#1", failures=3, last_failed_at=7, last_error="HTTP 429", retry_at=60)
    up = EndpointRow(NETWORK, "b#2", last_ok_at=7)
    with writing(engine) as connection:
        store_endpoints(connection, NETWORK, [down, up])
        store_endpoints(connection, "tezos:shadownet", [])
    recovered = EndpointRow(NETWORK, "a#1", last_ok_at=70, last_failed_at=7)
    with writing(engine) as connection:
        store_endpoints(connection, NETWORK, [recovered, up])
    with reading(engine) as connection:
        assert load_endpoints(connection, NETWORK) == {"a#1": recovered, "b#2": up}


def test_an_endpoint_that_is_no_longer_configured_is_forgotten(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    kept, gone = EndpointRow(NETWORK, "a#1"), EndpointRow(NETWORK, "b#2", failures=9, last_error="HTTP 500")
    with writing(engine) as connection:
        store_endpoints(connection, NETWORK, [kept, gone])
        store_endpoints(connection, NETWORK, [kept])
        assert load_endpoints(connection, NETWORK) == {"a#1": kept}


def test_the_last_valid_watch_list_is_kept(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        assert load_watch_list(connection) is None
        for content, digest, now in (("[1]", "d1", 5), ("[1]", "d1", 6)):
            store_watch_list(connection, content, digest, now)
        assert load_watch_list(connection) == WatchListRow("[1]", "d1", 5)
        store_watch_list(connection, "[2]", "d2", 7)
    with reading(engine) as connection:
        assert load_watch_list(connection) == WatchListRow("[2]", "d2", 7)

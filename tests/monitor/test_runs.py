"""The ledger of runs, and which chain a setting leads to."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.database import reading, writing
from monitor.networks import NetworkRow, pin_network, pinned
from monitor.runs import RunRow, finish_run, last_run, start_run
from tests.monitor.state_values import NETWORK, fresh

pytestmark = pytest.mark.usefixtures("both_databases")


def test_a_finished_run_tells_how_it_went(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        assert last_run(connection) is None
        number = start_run(connection, 60, "host", 4711)
    with writing(engine) as connection:
        finish_run(connection, number, 62, "partial", {"levels": 8})
    with reading(engine) as connection:
        assert last_run(connection) == RunRow(number, 60, 62, "partial", "host", 4711, {"levels": 8})


def test_a_killed_run_is_one_that_never_finished(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        killed = start_run(connection, 60, "host", 1)
    with writing(engine) as connection:
        number = start_run(connection, 120, "host", 2)
        assert last_run(connection, before=number) == RunRow(killed, 60, None, None, "host", 1, {})
        assert last_run(connection, before=killed) is None


def test_a_network_is_pinned_to_the_chain_first_seen(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    first = NetworkRow(NETWORK, "RPC_URL", "NetXdQprcVkpaWU", 5)
    with writing(engine) as connection:
        assert pinned(connection, "RPC_URL") is None
        assert pin_network(connection, NETWORK, "RPC_URL", "NetXdQprcVkpaWU", 5) == first
        assert pin_network(connection, NETWORK, "RPC_URL", "NetXother", 9) == first
    with reading(engine) as connection:
        assert pinned(connection, "RPC_URL") == first


def test_a_renamed_setting_keeps_its_chain(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    with writing(engine) as connection:
        pin_network(connection, NETWORK, "RPC_URL", "NetX", 5)
        moved = pin_network(connection, NETWORK, "RPC_URL_MAINNET", "NetX", 9)
        assert moved == NetworkRow(NETWORK, "RPC_URL_MAINNET", "NetX", 5)
        assert pinned(connection, "RPC_URL") is None

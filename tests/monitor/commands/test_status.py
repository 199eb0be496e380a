"""`main.py status`, as people and scripts read it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from alerting.errors import Broken
from monitor.commands.status import run_status
from monitor.config.configuration import load
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.plan import small_plan
from tests.alerting.stage import Scripted
from tests.running import Station
from tests.scenes import play


def test_a_node_that_never_answered_is_named_with_its_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = small_plan()
    chain = Chain(plan)
    station = Station(tmp_path, Clock(chain.timestamp(10_200)), ["http://127.0.0.1:1"], [plan.baker("alice").address])
    assert station.run().exit_code == 1
    configuration = load(tmp_path / ".env", {}, tmp_path)
    run_status(configuration, as_json=False)
    assert "was not read: 127.0.0.1#1: connection refused" in capsys.readouterr().out
    run_status(configuration, as_json=True)
    (network,) = json.loads(capsys.readouterr().out)
    assert list(network["last_run"]["not_read"].values()) == ["127.0.0.1#1: connection refused"]


def test_what_could_not_be_told_is_counted_and_the_channel_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = Scripted("phone")
    with play(small_plan(seed=7), 10_200, tmp_path) as scene:
        station = scene.station(*scene.named("alice"), channels={"phone": phone})
        station.run()
        station.watch([{"address": scene.chain.plan.baker(name).address, "name": name} for name in ("alice", "bob")])
        phone.script = [Broken("403 kicked")]
        station.minutes(1)
        (network,) = station.status()
        assert (network["undelivered"], network["dead"], network["broken_channels"]) == (1, 0, ["phone"])
        with closing(sqlite3.connect(tmp_path / "state.db")) as connection, connection:  # a day later
            connection.execute("UPDATE delivery SET state = 'dead' WHERE state = 'pending'")
        run_status(station.configuration, as_json=False)
        printed = capsys.readouterr().out
        assert "1 message was given up." in printed
        assert "Broken channels: phone" in printed

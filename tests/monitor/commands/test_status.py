"""`main.py status`, as people and scripts read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.commands.status import run_status
from monitor.config.configuration import load
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.plan import small_plan
from tests.running import Station


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

"""The operator's commands beside a run, with the state in PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.commands.backup import run_backup
from monitor.commands.doctor import run_doctor
from monitor.commands.explain import run_explain
from monitor.commands.nagios import run_nagios
from tests.monitor.commands.desk import BACK, DOWN, desk
from tests.postgres.server import Server

pytestmark = pytest.mark.usefixtures("on_postgresql")


def test_a_silence_an_ack_and_their_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        assert at.silence("alice/missed_*", "4m") == 0
        at.until(DOWN + 10)
        at.told()
        [incident] = at.station.incidents("missed_attestation")
        assert at.ack(incident["id"], "1h") == 0
        at.station.minutes(1)
        assert at.told()[0].startswith("firing: alice: attestations stopped")
        assert run_explain(at.station.configuration, incident["id"], False) == 0
        assert run_nagios(at.station.configuration, at.clock) == 2
        at.until(BACK + 20)
        assert at.told()[-1].startswith("resolved: alice attesting again")
    assert "held back" not in capsys.readouterr().err


def test_the_doctor_finds_connections_that_stay_what_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], postgres_server: Server
) -> None:
    with desk(tmp_path) as at:
        assert run_doctor(at.station.configuration, True, at.clock) in (0, 1)
        found = {row["area"]: row for row in json.loads(capsys.readouterr().out)}
    assert found["database"]["level"] == "ok"
    assert found["connections"]["text"] == "a connection stays what it is: the run lock holds"
    assert "host" not in found
    assert "disk" not in found


def test_a_backup_is_the_servers_own_affair(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        assert run_backup(at.station.configuration, tmp_path / "copy.db", False) == 2
    assert "pg_dump" in capsys.readouterr().err

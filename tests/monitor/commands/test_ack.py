"""`ack`: whoever took it over is not reminded of it."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from simulator.plan import small_plan
from tests.monitor.commands.desk import DOWN, Desk, desk

LONG = small_plan(seed=7).outage("alice", DOWN, DOWN + 1500, kinds={"attestation"})


def opened(at: Desk) -> str:
    at.until(DOWN + 30)
    assert at.told()[0].startswith("firing: alice: attestations stopped")
    [row] = at.station.incidents("missed_attestation")
    return str(row["id"])


def reminders(at: Desk) -> list[str]:
    return [
        row["state"]
        for row in at.station.rows(
            "SELECT d.state FROM delivery d JOIN event e ON e.id = d.event_id "
            "WHERE e.kind = 'reminder' AND rule = 'missed_attestation' ORDER BY e.id"
        )
    ]


def test_without_an_ack_there_is_a_reminder_after_a_quarter_of_an_hour(tmp_path: Path) -> None:
    with desk(tmp_path, LONG) as at:
        opened(at)
        at.station.minutes(16)
        assert reminders(at) == ["sent"]


def test_an_acknowledged_incident_is_not_repeated(tmp_path: Path) -> None:
    with desk(tmp_path, LONG) as at:
        name = opened(at)
        assert at.ack(f"#{name.upper()}") == 0
        at.station.minutes(16)
        assert reminders(at) == []
        assert at.told() == []


def test_when_its_time_is_over_reminders_go_on(tmp_path: Path) -> None:
    with desk(tmp_path, LONG) as at:
        name = opened(at)
        assert at.ack(name, "20m") == 0
        at.station.minutes(19)
        assert at.told() == []
        at.station.minutes(2)
        assert reminders(at) == ["sent"]
        [row] = at.station.rows("SELECT ack_until, ack_by FROM incident WHERE rule = 'missed_attestation'")
        assert (row["ack_until"], row["ack_by"]) == (None, None)


def test_it_does_not_wait_for_a_run(tmp_path: Path) -> None:
    with desk(tmp_path, LONG) as at:
        name = opened(at)
        with (tmp_path / "state.db.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            assert at.ack(name) == 0
        [row] = at.station.rows("SELECT ack_until FROM incident WHERE rule = 'missed_attestation'")
        assert row["ack_until"] > 2**35


@pytest.mark.parametrize(("name", "said"), [("a00000", "there is no incident #a00000"), ("#nope", "#nope")])
def test_an_unknown_incident_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    with desk(tmp_path) as at:
        assert at.ack(name) == 2
        assert said in capsys.readouterr().err


def test_one_that_is_over_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        name = opened(at)
        at.until(DOWN + 70)
        assert at.ack(name) == 2
        assert f"#{name} is over already" in capsys.readouterr().err


def test_a_time_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        name = opened(at)
        assert at.ack(name, "tomorrow") == 2
        assert '"tomorrow" is no time' in capsys.readouterr().err

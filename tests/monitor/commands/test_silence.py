"""`silence`, `silences`, `unsilence`, `maintenance`: what is stored, and what is told when."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest

from simulator import faults
from tests.monitor.commands.desk import BACK, DOWN, desk


def test_a_silence_is_stored_and_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        assert at.silence("alice", "2h", reason="new signer") == 0
        assert capsys.readouterr().out.startswith("Silence 1: alice is quiet until 20")
        [row] = at.stored()
        assert (row["kind"], row["pattern"], row["reason"]) == ("silence", "alice", "new signer")
        assert row["ends_at"] - row["starts_at"] == 7200
        at.station.run()
        [line] = at.told()
        assert line.startswith("notice: alice is silenced until ")
        at.station.run()
        assert at.told() == []


def test_an_outage_during_a_silence_is_told_as_missed_at_its_end(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        at.silence(at.alice, "10m")
        at.until(BACK + 20)
        assert [line.partition(" until")[0] for line in at.told()] == ["notice: alice is silenced"]
        at.station.minutes(6)
        over, missed = at.told()
        assert over == "notice: alice is no longer silenced"
        assert missed.startswith("missed-incident: alice ")
        assert missed.endswith(", now OK")
        [row] = at.stored()
        assert (row["end_reason"], row["ended_at"] >= row["ends_at"]) == ("over", True)


def test_a_group_is_silenced_as_a_whole_and_until_its_incidents_are_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk(tmp_path) as at:
        alice, bob = at.scene.named("alice", "bob")
        members = [{**alice, "group": "night"}, bob]
        at.station.watch({"groups": {"night": {"runbook": "ssh bkr1"}}, "tezos": members})
        assert at.silence("group:nobody", "2h") == 0
        assert "means nothing that is known" in capsys.readouterr().err
        at.until(DOWN + 10)
        assert at.silence("group:night/missed_attestation", None, until_resolved=True) == 0
        assert capsys.readouterr().out.splitlines()[-1].startswith("Open now: #")
        assert at.unsilence(1) == 0
        at.until(BACK + 20)
        assert at.stored()[-1]["end_reason"] == "resolved"


def test_what_is_still_bad_at_the_end_is_told_then(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        at.silence("alice", "4m")
        at.until(DOWN + 10)
        at.told()
        assert "missed_attestation" in at.station.open_rules()
        at.station.minutes(1)
        told = at.told()
        assert told[0].startswith("firing: alice: attestations stopped")
        at.until(BACK + 20)
        assert at.told()[-1].startswith("resolved: alice attesting again")


def test_until_resolved_ends_with_what_is_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        assert at.silence("alice", None, until_resolved=True) == 2
        assert "nothing that alice means is open" in capsys.readouterr().err
        at.until(DOWN + 10)
        assert at.silence("alice", None, until_resolved=True) == 0
        at.told()
        at.until(BACK + 20)
        told = at.told()
        assert any(line.startswith("resolved: alice attesting again") for line in told)
        assert any("is no longer silenced: it is resolved" in line for line in told)
        assert at.stored()[0]["end_reason"] == "resolved"


def test_unsilence_lets_the_next_run_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        at.silence("missed_attestation", "1d")
        at.until(DOWN + 10)
        at.told()
        assert at.unsilence(1) == 0
        at.station.run()
        told = at.told()
        assert told[0].startswith("firing: alice: attestations stopped")
        assert "is no longer silenced: ended by hand" in told[1]
        capsys.readouterr()
        assert at.unsilence(1) == 2
        assert capsys.readouterr().err == "sentinel: there is no silence 1; nothing is silenced\n"


def test_a_silence_without_an_end_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        assert at.silence("alice", None) == 2
        assert at.silence("alice", "soon") == 2
        assert at.silence(" ", "1h") == 2
        assert at.stored() == []
        assert "--until-resolved" in capsys.readouterr().err


def test_a_pattern_that_means_nothing_known_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        assert at.silence("alise", "1h") == 0
        assert capsys.readouterr().err == "sentinel: alise means nothing that is known so far\n"
        at.silence("missed_baking", "1h")
        at.silence("alice/missed_*", "1h")
        assert capsys.readouterr().err == ""


def test_silences_lists_what_holds_and_with_all_what_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        at.silences()
        assert capsys.readouterr().out == "Nothing is silenced.\n"
        at.silence("alice", "1m", reason="first")
        at.silence("bob", "1h", reason="second")
        at.station.minutes(2)
        capsys.readouterr()
        at.silences(as_json=True)
        [row] = json.loads(capsys.readouterr().out)
        assert (row["id"], row["pattern"], row["ended_at"]) == (2, "bob", None)
        at.silences(everything=True)
        assert "(over)" in capsys.readouterr().out


def test_a_silence_does_not_wait_for_a_run(tmp_path: Path) -> None:
    with desk(tmp_path) as at, (tmp_path / "state.db.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert at.silence("alice") == 0
        assert len(at.stored()) == 1


def test_maintenance_ends_when_the_baker_was_down_and_is_back(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        assert at.maintenance("alice", "2h", until_healthy=True) == 0
        at.until(DOWN - 1)
        assert at.stored()[0]["ended_at"] is None
        assert [line for line in at.told() if "alice is in maintenance until" in line]
        at.until(BACK - 1)
        assert at.told() == []
        at.until(BACK + 25)
        told = at.told()
        assert "notice: Maintenance of alice is over: it is healthy again" in told
        assert not [line for line in told if line.startswith("firing")]
        assert at.stored()[0]["end_reason"] == "healthy"


def test_maintenance_is_of_somebody_who_is_watched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        assert at.maintenance("carol") == 2
        assert "carol is not watched" in capsys.readouterr().err
        assert at.stored() == []


def test_maintenance_of_a_node_ends_when_it_answers_again(tmp_path: Path) -> None:
    with desk(tmp_path) as at:
        label = at.station.rows("SELECT label FROM endpoint")[0]["label"]
        assert at.maintenance(label, "2h", until_healthy=True) == 0
        at.station.minutes(1)
        assert at.stored()[0]["ended_at"] is None
        with at.scene.node.faults.during(faults.status(503)):
            at.station.minutes(2)
        at.station.minutes(5)
        assert at.stored()[0]["end_reason"] == "healthy"

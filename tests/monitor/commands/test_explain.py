"""`explain`: the evidence of an incident, from its levels to its deliveries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from alerting.errors import Ambiguous
from monitor.commands.explain import run_explain
from tests.monitor.commands.desk import BACK, DOWN, Desk, desk


def explained(at: Desk, name: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert run_explain(at.station.configuration, name, True) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def opened(at: Desk) -> str:
    at.until(DOWN + 10)
    [row] = at.station.incidents("missed_attestation")
    return str(row["id"])


def test_it_shows_the_rights_and_the_blocks_around_the_opening(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk(tmp_path) as at:
        document = explained(at, opened(at), capsys)
        assert (document["rule"], document["name"], document["target"]) == ("missed_attestation", "alice", at.alice)
        outcomes = {
            block["level"]: [right["outcome"] for right in block["rights"] if right["duty"] == "attestation"]
            for block in document["blocks"]
        }
        assert outcomes[DOWN - 1] == ["met"]
        assert outcomes[DOWN] == outcomes[DOWN + 4] == ["missed"]
        assert all(0.5 < block["share_of_committee_before"] <= 1 for block in document["blocks"])
        [missed] = [right for right in document["blocks"][4]["rights"] if right["outcome"] == "missed"][:1]
        assert missed["evidence"]["committee_power"] > 0
        assert document["totals"]["attestation"]["missed"] >= 5


def test_it_shows_who_said_so_and_who_was_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        document = explained(at, f"#{opened(at).upper()}", capsys)
        [node] = document["endpoints"]
        assert (node["endpoint"], node["failures"]) == ("127.0.0.1#1", 0)
        [event] = document["events"]
        assert (event["kind"], event["run"]) == ("firing", at.station.reports[-1].run)
        [delivery] = event["deliveries"]
        assert (delivery["channel"], delivery["state"], delivery["error"]) == ("console", "sent", None)


def test_a_delivery_that_fails_shows_its_attempts_and_its_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk(tmp_path) as at:
        at.phone.script = [Ambiguous("502 bad gateway")] * 9
        name = opened(at)
        [delivery] = explained(at, name, capsys)["events"][0]["deliveries"]
        assert (delivery["state"], delivery["error"], delivery["attempts"]) == ("pending", "502 bad gateway", 1)
        run_explain(at.station.configuration, name, False)
        assert "last error: 502 bad gateway" in capsys.readouterr().out


def test_what_is_held_back_names_what_holds_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        at.silence("alice")
        name = opened(at)
        [delivery] = explained(at, name, capsys)["events"][0]["deliveries"]
        assert (delivery["state"], delivery["held_by"], delivery["error"]) == ("suppressed", "silence 1", None)


def test_a_closed_incident_is_explained_with_its_end_and_a_long_one_is_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk(tmp_path) as at:
        name = opened(at)
        at.until(BACK + 20)
        document = explained(at, name, capsys)
        assert document["close_reason"] == "recovered"
        assert len(document["levels"]["shown"]) == 2
        assert len(document["blocks"]) <= 40
        assert [event["kind"] for event in document["events"]] == ["firing", "escalated", "resolved"]
        run_explain(at.station.configuration, name, False)
        text = capsys.readouterr().out
        assert f"#{name} missed_attestation of alice on tezos:mainnet" in text
        assert " 41 missed" in text
        assert "  …\n" in text


def test_an_acknowledged_incident_says_by_whom(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        name = opened(at)
        at.ack(name)
        assert explained(at, name, capsys)["acknowledged"]["until"] > 2**35
        run_explain(at.station.configuration, name, False)
        assert "until resolved" in capsys.readouterr().out


def test_an_incident_of_the_source_has_no_rights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        from simulator import faults

        with at.scene.node.faults.during(faults.status(503)):
            at.station.minutes(6)
        [row] = [row for row in at.station.incidents() if row["target"] == "source"][:1]
        document = explained(at, row["id"], capsys)
        assert (document["blocks"], document["totals"]) == ([], {})
        assert document["endpoints"][0]["failures"] > 0
        assert run_explain(at.station.configuration, row["id"], False) == 0


def test_an_unknown_incident_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with desk(tmp_path) as at:
        assert run_explain(at.station.configuration, "#a00000", False) == 2
        assert "there is no incident #a00000" in capsys.readouterr().err

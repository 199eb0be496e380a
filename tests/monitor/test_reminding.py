from __future__ import annotations

from io import StringIO
from itertools import pairwise
from pathlib import Path

from alerting.channels.console import Console
from simulator.plan import small_plan
from tests.running import Row, Station
from tests.scenes import play

START = 10_150
PLAN = small_plan(seed=7)


def reminders(station: Station, rule: str) -> list[Row]:
    return [row for row in station.events() if (row["kind"], row["rule"]) == ("reminder", rule)]


def minutes_of(station: Station, rule: str) -> list[int]:
    """When reminders were told, after the newest message of the incident before them."""
    told = [row for row in station.events() if row["rule"] == rule]
    return [
        (row["created_at"] - before["created_at"]) // 60 for before, row in pairwise(told) if row["kind"] == "reminder"
    ]


def test_a_critical_outage_is_told_again_after_a_quarter_and_an_hour_with_its_figures_of_then(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START + 10), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        station.minutes(15, seconds=300)
        assert minutes_of(station, "missed_attestation") == [15, 45]
        first, second = (row["payload"] for row in reminders(station, "missed_attestation"))
        assert first["missed"] == first["of"] < second["missed"] == second["of"]
        assert first["last_level"] < second["last_level"]
        assert first["bakes_lost"] < second["bakes_lost"]
        # Nothing is announced that is over by then.
        for payload in (first, second):
            assert payload.get("reward_lost_at", payload["at"] + 1) > payload["at"]
            assert payload["next_right_at"] > payload["at"]
        assert f"attestations still stopped since 14:29, {second['missed']} of {second['missed']} missed" in (
            station.console
        )


def test_a_duty_without_a_new_miss_is_not_told_again(tmp_path: Path) -> None:
    # The twentieth miss is told; the attestations after it are too few to recover.
    plan = PLAN.outage("alice", START + 10, START + 29, {"attestation"})
    with play(plan, START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"), RECOVERY_ATTESTATIONS=5000)
        station.run()
        station.minutes(8, seconds=300)
        assert station.open_rules() == ["missed_attestation"]
        assert reminders(station, "missed_attestation") == []


def test_what_is_no_duty_is_told_again_as_it_is_now(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        scene.node.stop()
        station.minutes(3)
        station.minutes(4, seconds=300)
        (reminder,) = reminders(station, "unreachable")
        assert reminder["payload"]["first_level"] == START - 1
        assert "Node 127.0.0.1#1 unreachable 17 min, no other endpoint" in station.console
        assert f"Bakers unknown since {START - 1:,}" in station.console


def test_a_silent_incident_is_told_again_without_sound(tmp_path: Path) -> None:
    with play(PLAN.paced(600), START, tmp_path) as scene:
        endpoints = f"{scene.node.url},http://localhost:1"
        station = scene.station(*scene.named("alice"), RPC_URL=endpoints, ALERT_INACTIVE_STATE_THRESHOLD=9999)
        station.run()
        station.minutes(3, seconds=600)
        assert station.open_rules() == ["endpoint_unreachable"]
        station.minutes(1, seconds=24 * 3600)
        (reminder,) = reminders(station, "endpoint_unreachable")
        assert reminder["silent"]


def test_a_broken_watch_list_is_told_again(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        station.watch("[{]")
        station.minutes(5, seconds=300)
        assert minutes_of(station, "config_invalid") == [15]
        assert len(reminders(station, "config_invalid")) == 1


class Closed(StringIO):
    """An output that nobody reads."""

    def write(self, text: str, /) -> int:
        raise ValueError("I/O operation on closed file")


def test_what_never_reached_anybody_is_not_told_again(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START + 10), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"), channels={"console": Console(Closed())})
        station.run()
        station.minutes(5, seconds=300)
        assert "missed_attestation" in station.open_rules()
        assert [row["kind"] for row in station.events() if row["kind"] == "reminder"] == []

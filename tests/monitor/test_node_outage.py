"""A node that is gone for ten minutes is one alert and one recovery, whatever the number of delegates."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import faults
from simulator.faults import Fault
from simulator.plan import small_plan
from tests.alerting.stage import Scripted
from tests.scenes import Scene, play

START = 10_200
OF_THEIR_OWN = {"judy", "tiny1", "tiny2"}
"""Have something to tell of themselves: no DAL, hardly any stake."""
NAMES = tuple(baker.name for baker in small_plan(seed=7).bakers if baker.name not in OF_THEIR_OWN)


def told(scene: Scene, fault: Fault | None, minutes: int = 10) -> list[tuple[str, str]]:
    """(kind, rule) of everything told: two good minutes, the outage, and a quarter of an hour after it."""
    phone = Scripted("console")
    station = scene.station(*scene.named(*NAMES), channels={"console": phone})
    station.run()
    station.minutes(2)
    if fault is not None:
        with scene.node.faults.during(fault):
            station.minutes(minutes)
    station.minutes(15)
    assert station.incidents(everything=False) == []
    assert station.rows("SELECT count(*) AS n FROM coverage_gap") == [{"n": 0}]
    head = scene.chain.head_at(int(scene.clock()))
    assert station.cursor() == head - 2
    return [(str(fact["kind"]), str(fact["rule"])) for message in phone.heard for fact in message.events]


def test_without_an_outage_nothing_is_told(tmp_path: Path) -> None:
    with play(small_plan(seed=7), START, tmp_path) as scene:
        assert told(scene, None) == []


@pytest.mark.parametrize(
    "fault", [faults.status(503), faults.reset(), faults.stale_head(START + 15)], ids=lambda fault: fault.kind
)
def test_ten_minutes_are_one_alert_and_one_recovery(tmp_path: Path, fault: Fault) -> None:
    with play(small_plan(seed=7), START, tmp_path) as scene:
        heard = told(scene, fault)
    assert [kind for kind, _ in heard] == ["firing", "resolved"]
    assert len({rule for _, rule in heard}) == 1


def test_two_minutes_are_nothing(tmp_path: Path) -> None:
    with play(small_plan(seed=7), START, tmp_path) as scene:
        assert told(scene, faults.status(503), minutes=2) == []

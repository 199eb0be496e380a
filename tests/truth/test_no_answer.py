"""Nobody answers, or not usefully: the cursor stays, nothing is guessed, and people hear one thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import faults
from simulator.faults import Fault
from simulator.plan import small_plan
from tests.truth.scene import FINAL, START, scene

PLAN = small_plan(seed=5)
TWELVE = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "mallory", "niaj", "tiny1")

NO_ANSWER: dict[str, Callable[..., Fault]] = {
    "503": lambda **matchers: faults.status(503, **matchers),
    "404": lambda **matchers: faults.status(404, **matchers),
    "429": lambda **matchers: faults.rate_limited(retry_after=600, **matchers),
    "a page of HTML": faults.garbage,
    "truncated": faults.truncated,
    "cut off": faults.cut,
    "no answer": faults.hang,
    "byte by byte": lambda **matchers: faults.dribble("body", 0.05, **matchers),
    "headers byte by byte": lambda **matchers: faults.dribble("headers", 0.05, **matchers),
    "reset": faults.reset,
}


@pytest.mark.parametrize("make", NO_ANSWER.values(), ids=list(NO_ANSWER))
def test_no_answer_never_moves_the_cursor(make: Callable[..., Fault], tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.outage("alice", START + 3, START + 4)) as here:
        here.station.configure(RPC_TIMEOUT=0.2)
        with here.node.faults.during(make(path="/blocks/10")):  # the head is told, its blocks are not
            report = here.station.minutes(1)
        assert report.exit_code == 1
        assert report.networks[0].error is not None
        assert here.station.cursor() == FINAL

        here.station.configure(RPC_TIMEOUT=None)  # a busy machine may well be that slow
        assert here.station.minutes(1).exit_code == 0
        assert here.station.cursor() == here.final
        for duty in ("attestation", "baking"):
            assert here.outcomes("alice", duty, FINAL, here.final - 1) == here.true_outcomes(
                "alice", duty, FINAL, here.final - 1
            )
        assert here.station.incidents() == []


def test_a_block_in_the_middle_that_nobody_has_stops_the_run_there(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN) as here:
        with here.node.faults.during(faults.missing_block(START + 3)):
            report = here.station.minutes(1)
        assert (report.exit_code, here.station.cursor()) == (1, START + 2)

        here.station.minutes(1)
        assert here.station.cursor() == here.final


def test_a_lagging_member_of_a_pool_is_asked_again_within_the_run(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN) as here:
        here.node.faults.add(faults.lagging(2))
        report = here.station.minutes(1)

        assert report.exit_code == 0
        assert here.station.cursor() == here.final
        assert here.station.incidents() == []


def test_a_node_that_says_429_slows_the_run_down_and_does_not_end_it(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN) as here:
        here.node.faults.add(faults.rate_limited(count=2))
        report = here.station.minutes(1)

        assert report.exit_code == 0
        assert here.station.cursor() == here.final


def test_ten_minutes_without_the_node_are_one_alert_and_one_recovery_for_twelve_delegates(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, TWELVE) as here:
        here.station.minutes(12)  # every delegate's state was read, the tiny one's low stake told
        here.station.told()

        here.node.stop()
        here.station.minutes(10)
        alert = here.station.told()
        here.node.start()
        here.station.minutes(10)
        recovery = here.station.told()

        assert len(_messages(alert)) == 1
        assert "unreachable 2 min, no other endpoint" in alert
        assert len(_messages(recovery)) == 1
        assert "reachable again" in recovery
        assert [row["rule"] for row in here.station.incidents() if row["rule"] != "baking_power_low"] == ["unreachable"]
        assert here.station.cursor() == here.final


def test_a_head_that_stands_still_is_one_alert_and_one_recovery(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN) as here:
        here.station.told()
        with here.node.faults.during(faults.stale_head(START + 3)):
            here.station.minutes(3)
            assert here.station.told() == ""
            here.station.minutes(6)
            assert len(_messages(alert := here.station.told())) == 1
            assert "no new block for 3 min" in alert
        here.station.minutes(3)

        assert len(_messages(recovery := here.station.told())) == 1
        assert "new blocks again" in recovery
        (incident,) = here.station.incidents()
        assert (incident["rule"], incident["target"], incident["severity"]) == ("stale_head", "source", "critical")
        assert here.station.cursor() == here.final


def test_misses_that_are_read_after_an_outage_are_told_after_it(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.outage("alice", START + 20)) as here:
        here.station.told()
        here.node.stop()
        here.station.minutes(5)
        here.node.start()
        here.station.told()
        here.station.minutes(1)
        told = here.station.told()

        assert "attestations stopped" in told
        assert "reachable again" in told
        (incident,) = here.station.incidents("missed_attestation")
        assert incident["evidence"]["first_level"] == START + 20


def _messages(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block.strip()]

"""Time and levels that went by without a run: caught up, or recorded and told."""

from __future__ import annotations

from pathlib import Path

from simulator.plan import small_plan
from tests.truth.scene import FINAL, START, scene

PLAN = small_plan(seed=5)


def test_an_hour_without_a_run_is_caught_up_and_told_with_its_levels(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.outage("alice", START + 100, START + 104)) as here:
        here.station.told()
        here.clock.advance(3600)
        here.station.run()
        told = here.station.told()

        assert f"{here.final - FINAL} levels to catch up, {FINAL + 1:,}–{here.final:,}" in told
        assert "Monitor did not run 14:38–15:38 (1 h)" in told
        assert here.station.cursor() == here.final
        for duty in ("attestation", "baking"):
            assert here.outcomes("alice", duty, FINAL, here.final - 1) == here.true_outcomes(
                "alice", duty, FINAL, here.final - 1
            )
        here.station.minutes(2)
        assert "did not run" not in here.station.told()


def test_what_broke_and_healed_meanwhile_is_told_as_missed(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.outage("alice", START + 100, START + 140)) as here:
        here.station.told()
        here.clock.advance(3600)
        here.station.run()

        told = here.station.told()
        assert "🔴" not in told
        (incident,) = here.station.incidents("missed_attestation")
        assert (incident["opened_level"], incident["missed"]) == (START + 104, 41)
        assert f"#{incident['id']}" in told


def test_further_behind_than_the_limit_is_a_gap_recorded_and_told(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, MAX_CATCHUP_BLOCKS=50) as here:
        here.station.told()
        here.go_to(START + 200)
        here.station.run()

        first, last = FINAL + 1, here.final - 50
        assert f"levels {first:,}–{last:,} were not checked" in here.station.told()
        gap = {"from": first, "to": last, "reason": "further behind than MAX_CATCHUP_BLOCKS"}
        assert here.station.status()[0]["coverage"]["gaps"] == [gap]
        assert here.station.status()[0]["coverage"]["missing"] == last - first + 1
        assert here.outcomes("alice", "attestation", first, last - 1) == {}
        assert here.outcomes("alice", "attestation", last + 1, here.final - 1) == here.true_outcomes(
            "alice", "attestation", last + 1, here.final - 1
        )
        here.station.minutes(1)
        assert here.station.told() == ""


def test_exactly_as_far_behind_as_the_limit_is_caught_up(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, MAX_CATCHUP_BLOCKS=50) as here:
        here.go_to(START + 50)
        here.station.run()

        assert here.station.cursor() == here.final == FINAL + 50
        assert here.station.status()[0]["coverage"]["missing"] == 0


def test_a_clock_that_jumped_back_changes_nothing(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN) as here:
        here.station.minutes(5)
        cursor, before = here.station.cursor(), here.station.incidents()
        here.station.told()
        here.clock.advance(-3600)
        here.station.run()

        assert (here.station.cursor(), here.station.incidents(), here.station.told()) == (cursor, before, "")

"""The watch list as its user edits it: first looks, additions, removals, thresholds, mistakes."""

from __future__ import annotations

from pathlib import Path

from simulator.plan import small_plan
from tests.truth.scene import FINAL, START, scene

PLAN = small_plan(seed=5)
LONG = small_plan(seed=5, blocks_per_cycle=4800)
"""Long cycles, so that no reward is at risk beside what is tested."""
WINDOW = 100


def test_what_was_over_before_the_first_look_ended_is_silent(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.outage("alice", START - 80, START - 50)) as here:
        assert here.station.told() == ""
        assert here.station.incidents() == []
        history = here.station.history(here.address("alice"))
        assert history[0]["level"] == FINAL - WINDOW + 1
        assert sum(row["outcome"] == "missed" and row["duty"] == "attestation" for row in history) == 31


def test_what_is_still_bad_at_the_first_look_is_told_once_as_already_so(tmp_path: Path) -> None:
    with scene(tmp_path, LONG.outage("bob", START - 40, START + 30, kinds={"attestation"})) as here:
        told = here.station.told()
        assert told.count("🔴") == 1
        assert "attestations stopped already at first look, 38 of 38 missed" in told
        (incident,) = here.station.incidents()
        assert (incident["opened_level"], incident["severity"]) == (START - 36, "critical")

        here.station.minutes(2)
        assert "attestations stopped" not in here.station.told()
        here.station.minutes(4)
        assert here.station.told().count("attesting again") == 1


def test_a_delegate_added_later_is_judged_from_the_next_level_on(tmp_path: Path) -> None:
    plan = PLAN.outage("carol", START - 60, START + 20)
    with scene(tmp_path, plan, ("alice",)) as here:
        here.station.told()
        here.station.watch([here.address("alice"), {"address": here.address("carol"), "name": "carol"}])
        here.station.minutes(2)

        told = here.station.told()
        assert told.count("Watch list: +carol\n") == 1
        assert "already at first look" not in told
        assert min(row["level"] for row in here.station.history("carol")) == FINAL + 1
        (incident,) = here.station.incidents("missed_attestation")
        assert incident["opened_level"] == FINAL + 5


def test_a_removed_delegate_ends_its_incidents_as_no_longer_monitored(tmp_path: Path) -> None:
    plan = LONG.outage("alice", START - 40, kinds={"attestation"})
    watched = ({"address": "alice", "name": "alice"}, {"address": "bob", "name": "bob"})
    with scene(tmp_path, plan, watched) as here:
        here.station.told()
        here.station.watch([{"address": here.address("bob"), "name": "bob"}])
        here.station.minutes(1)
        told = here.station.told()
        last = max(row["level"] for row in here.station.history("alice"))
        here.station.minutes(3)

        assert "Watch list: −alice" in told
        assert told.count("✅ alice: no longer monitored") == 1
        assert here.station.told() == ""
        assert [row["close_reason"] for row in here.station.incidents()] == ["removed"]
        assert max(row["level"] for row in here.station.history("alice")) == last == FINAL - 1


def test_a_delegate_that_comes_back_starts_at_the_next_level(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.outage("alice", START - 40, START + 60), ("alice", "bob")) as here:
        both = [here.address("alice"), here.address("bob")]
        here.station.watch(both[1:])
        here.station.minutes(2)
        away = here.station.cursor()
        here.station.watch(both)
        here.station.minutes(2)

        levels = [row["level"] for row in here.station.history(both[0]) if row["duty"] == "attestation"]
        assert away is not None
        assert not set(levels) & set(range(FINAL, away + 1))
        assert away + 1 in levels
        found = [row["opened_level"] for row in here.station.incidents("missed_attestation")]
        assert found == [START - 36, away + 5]
        assert len({row["id"] for row in here.station.incidents("missed_attestation")}) == 2


def test_an_accepted_edit_is_told_once(tmp_path: Path) -> None:
    watched = ({"address": "alice", "name": "alice"}, {"address": "bob", "name": "bob"})
    with scene(tmp_path, PLAN, watched) as here:
        here.station.told()
        here.station.watch(
            [
                {"address": here.address("alice"), "name": "alice"},
                {"address": here.address("carol"), "name": "carol"},
            ]
        )
        here.station.minutes(3)

        assert here.station.told().count("Watch list: +carol −bob") == 1


def test_another_recovery_applies_to_the_incident_that_is_open(tmp_path: Path) -> None:
    plan = PLAN.outage("alice", START - 40, START + 4, kinds={"attestation"})
    with scene(tmp_path, plan) as here:
        here.station.configure(RECOVERY_ATTESTATIONS=3)
        here.station.minutes(1)

        (incident,) = here.station.incidents("missed_attestation")
        assert (incident["opened_level"], incident["closed_level"]) == (START - 36, START + 7)


def test_another_threshold_judges_the_incident_that_is_open_and_opens_no_second(tmp_path: Path) -> None:
    plan = PLAN.outage("alice", START - 40, START + 24, kinds={"attestation"})
    with scene(tmp_path, plan) as here:
        here.station.told()
        (before,) = here.station.incidents("missed_attestation")
        here.station.watch(
            [{"address": here.address("alice"), "alerts": {"attestation": {"threshold": 30, "window": 50}}}]
        )
        here.station.minutes(2)
        assert "attestations stopped" not in here.station.told()
        (during,) = here.station.incidents("missed_attestation")
        assert (during["id"], during["closed_at"], during["missed"]) == (before["id"], None, 58)
        assert during["evidence"]["threshold"] == 30

        here.station.minutes(3)
        (after,) = here.station.incidents("missed_attestation")
        assert (after["id"], after["closed_level"], after["reopened"]) == (before["id"], START + 34, 0)


def test_a_lower_threshold_counts_what_was_missed_before_it(tmp_path: Path) -> None:
    plan = PLAN.outage("alice", START - 10, START - 9).outage("alice", START + 5, START + 5)
    with scene(tmp_path, plan) as here:
        here.station.configure(ALERT_ATTESTATION_THRESHOLD=3, ALERT_ATTESTATION_BLOCK_WINDOW=50)
        here.station.minutes(1)

        (incident,) = here.station.incidents("missed_attestation")
        assert (incident["opened_level"], incident["missed"]) == (START + 5, 3)


def test_misses_at_later_rounds_alert_only_where_that_is_wanted(tmp_path: Path) -> None:
    plan = PLAN
    for level in range(START + 1, START + 40):
        plan = plan.miss_bake(level, (0, 1))
    holders = [baker.name for baker in plan.bakers[:6]]
    for wanted, rounds in (("0", {0}), ("all", {0, 1})):
        with scene(tmp_path / wanted, plan, holders, ALERT_BAKING_ROUNDS=wanted) as here:
            here.station.minutes(4)
            opened = {(row["target"], row["opened_level"]) for row in here.station.incidents("missed_baking")}
            for target, level in opened:
                missed = [
                    row["round"]
                    for row in here.station.history(target, level, level)
                    if row["duty"] == "baking" and row["outcome"] == "missed"
                ]
                assert set(missed) & rounds
            facts = {
                name: [
                    fact.level
                    for fact in here.chain.truth(here.address(name), FINAL + 1, here.final)
                    if fact.duty == "baking" and fact.outcome == "missed" and fact.round in rounds
                ]
                for name in holders
            }
            first = {(here.address(name), levels[0]) for name, levels in facts.items() if levels}
            assert opened == first


def test_an_invalid_list_leaves_the_last_valid_one_in_force_and_is_told_once(tmp_path: Path) -> None:
    plan = PLAN.outage("alice", START + 15, START + 40)
    with scene(tmp_path, plan, ({"address": "alice", "name": "alice"},)) as here:
        here.station.told()
        here.station.watch('[{"address": "tz1oops"},]')
        reports = [here.station.minutes(1) for _ in range(3)]

        told = here.station.told()
        assert [report.exit_code for report in reports] == [2, 2, 2]
        assert all(report.problems for report in reports)
        assert told.count("delegates.json is invalid") == 1
        assert "alice: attestations stopped" in told
        assert here.station.cursor() == here.final
        open_ones = [(row["network"], row["target"], row["rule"]) for row in here.station.incidents(everything=False)]
        assert ("monitor", "config", "config_invalid") in open_ones

        here.station.watch([{"address": here.address("alice"), "name": "alice"}])
        assert here.station.minutes(1).exit_code == 0
        assert here.station.told().count("delegates.json is valid again") == 1
        here.station.minutes(2)
        told = here.station.told()
        assert "delegates.json" not in told
        assert "Watch list" not in told


def test_an_invalid_list_at_the_very_first_run_is_a_configuration_error(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, first_run=False) as here:
        here.station.watch("[]")
        report = here.station.run()

        assert report.exit_code == 2
        assert report.problems
        assert here.station.cursor() is None

"""Missed duties as they are judged over whole runs; the rules themselves are tested beside them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from simulator import faults
from simulator.plan import Plan, small_plan
from tests.running import Row, Station
from tests.scenes import FIRST_LOOK, Scene, play

START = 10_150
PLAN = small_plan(seed=7)
ALICE = PLAN.baker("alice").address
ATTESTING = {"attestation"}


def judged(folder: Path, plan: Plan, *cuts: int) -> tuple[list[tuple[object, ...]], list[Row]]:
    """What is told and what is open when the levels after START are read in runs that end at these heads."""
    with play(plan, START, folder) as scene:
        station = scene.station(*scene.named("alice", "bob"))
        station.run()
        for head in cuts:
            scene.at(head)
            station.run()
        duties = [row for row in station.events() if row["rule"] in ("missed_attestation", "missed_baking")]
        told = [(row["dedupe_key"], row["kind"], row["severity"], row["occurred_at"]) for row in duties]
        incidents = [row for row in station.incidents() if row["rule"] in ("missed_attestation", "missed_baking")]
        # How often it is repeated, and whether its end came before its beginning was told, is a matter of the runs.
        return [one for one in told if one[1] not in ("reminder", "missed-incident")], incidents


def test_any_cut_of_the_same_levels_gives_the_same_incidents(tmp_path: Path) -> None:
    plan = PLAN.outage("alice", START + 5, START + 40).outage("bob", START + 30, START + 36, ATTESTING)
    end = START + 90
    whole = judged(tmp_path / "whole", plan, end)
    assert {kind for _, kind, *_ in whole[0]} == {"firing", "escalated", "resolved"}
    assert judged(tmp_path / "minutes", plan, *range(START + 10, end, 10), end) == whole
    assert judged(tmp_path / "odd", plan, START + 1, START + 9, START + 44, START + 45, end) == whole


def test_what_broke_and_healed_within_one_catch_up_is_told(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START + 10, START + 30, ATTESTING), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        scene.at(START + 100)
        station.run()
        (incident,) = station.incidents("missed_attestation")
        assert (incident["missed"], incident["closed_at"] is not None) == (21, True)
        assert "alice was not attesting" in station.told()


def test_an_open_incident_shows_the_misses_of_the_newest_run(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START + 5, None, ATTESTING), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        station.minutes(1)
        seen = []
        for _ in range(4):
            station.minutes(1)
            (incident,) = station.incidents("missed_attestation")
            seen.append((incident["missed"], incident["evidence"]["last_level"]))
            cursor = station.cursor()
            assert cursor is not None
            # Attestations of the cursor's own level stand in the next block.
            assert incident["evidence"]["last_level"] == cursor - 1
            assert incident["missed"] == cursor - 1 - (START + 5) + 1
        assert all(before < after for before, after in pairwise(seen))


def test_evidence_says_whether_it_was_only_you(tmp_path: Path) -> None:
    plan = PLAN.outage("alice", START + 5, START + 15, ATTESTING)
    with play(plan, START, tmp_path / "alone") as scene:
        alone = evidence_of(scene)
    with play(plan.crowd_miss(START + 5, START + 15, 0.5), START, tmp_path / "crowd") as scene:
        crowd = evidence_of(scene)
    assert alone["share_others"] == 1.0  # her own quarter of the committee is not among the others
    assert crowd["share_others"] < 0.8


def evidence_of(scene: Scene) -> Row:
    station = scene.station(*scene.named("alice"))
    station.run()
    station.minutes(2)
    (incident,) = station.incidents("missed_attestation")
    found: Row = incident["evidence"]
    return found


def test_nobody_is_judged_by_what_came_before_it_was_watched(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START - 60, START - 2, ATTESTING), START, tmp_path) as scene:
        station = scene.station(*scene.named("bob"))
        station.run()
        station.watch(scene.named("alice", "bob"))
        station.minutes(3)
        assert station.incidents("missed_attestation") == []


def test_a_delegate_taken_off_the_list_is_not_judged_any_more(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START + 15), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice", "bob"))
        station.run()
        station.watch(scene.named("bob"))
        station.minutes(4)
        assert [row for row in station.incidents() if row["target"] == ALICE] == []


def test_an_edited_threshold_judges_what_is_open_anew(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START + 5, START + 9, ATTESTING), START, tmp_path) as scene:
        station = scene.station(
            *scene.named("alice"), ALERT_ATTESTATION_THRESHOLD=50, ALERT_ATTESTATION_BLOCK_WINDOW=100
        )
        station.run()
        station.minutes(2)
        assert station.incidents("missed_attestation") == []
        station.configure(ALERT_ATTESTATION_THRESHOLD=3)
        station.minutes(1)
        assert station.incidents("missed_attestation") == []  # a new miss opens it, an old one does not


# First look ----------------------------------------------------------------------------------------------------------


def test_what_is_bad_at_the_end_of_the_first_look_is_told_once_as_found_so(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START - 15), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        (firing,) = [row for row in station.events() if row["rule"] == "missed_attestation"]
        assert (firing["kind"], firing["payload"]["first_look"]) == ("firing", True)
        assert "already at first look" in station.told()
        station.minutes(1)
        # It grows graver as any other would.
        kinds = [row["kind"] for row in station.events() if row["rule"] == "missed_attestation"]
        assert kinds == ["firing", "escalated"]


def test_what_was_over_at_the_end_of_the_first_look_is_not_told(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START - 20, START - 14, ATTESTING), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"), BLOCK_SLIDING_WINDOW_SIZE=40)
        station.run()
        station.minutes(1)
        assert station.incidents("missed_attestation") == []
        assert station.told() == ""


def test_a_first_look_cut_short_by_the_runs_time_goes_on_in_the_next_run(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START - 15), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        with scene.node.faults.during(faults.status(503, levels=(START - 4, START - 4))):
            station.run()
        assert station.cursor() == START - 5
        assert station.told() == ""
        station.minutes(1)
        firing, *later = [row for row in station.events() if row["rule"] == "missed_attestation"]
        assert firing["payload"]["first_look"]
        assert firing["payload"]["missed"] >= FIRST_LOOK - 10
        assert [row["kind"] for row in later] == ["escalated"]


# Bakes ---------------------------------------------------------------------------------------------------------------


def baked_by_alice(scene: Scene, first: int) -> int:
    """The first level from there on at which she holds round 0."""
    return next(level for level in range(first, first + 200) if scene.chain.rights.bakers(level, 0)[0].address == ALICE)


def test_a_lone_missed_bake_is_a_silent_warning_that_ends_with_the_next(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path / "look") as scene:
        level = baked_by_alice(scene, START + 5)
    with play(PLAN.miss_bake(level), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        scene.at(level + 2)
        station.run()
        (incident,) = station.incidents("missed_baking", everything=False)
        assert (incident["severity"], incident["missed"]) == ("warning", 1)
        assert incident["evidence"]["missed_levels"] == [level]
        (firing,) = [row for row in station.events() if row["rule"] == "missed_baking"]
        assert firing["silent"]
        assert "alice missed one bake" in station.told()
        scene.at(baked_by_alice(scene, level + 1) + 2)
        station.run()
        assert station.open_rules() == []
        assert "baking again" in station.told()


def test_misses_at_later_rounds_page_only_where_that_is_wanted(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path / "look") as scene:
        rights = scene.chain.rights
        level = next(level for level in range(START + 5, START + 200) if rights.bakers(level, 1)[1].address == ALICE)
    plan = PLAN.miss_bake(level, (0, 1))
    for rounds, incidents in (("0", 0), ("all", 1)):
        with play(plan, START, tmp_path / rounds) as scene:
            station = scene.station(*scene.named("alice"), ALERT_BAKING_ROUNDS=rounds)
            station.run()
            scene.at(level + 2)
            station.run()
            assert len(station.incidents("missed_baking")) == incidents
            missed = [
                row["round"] for row in station.history(ALICE) if (row["duty"], row["outcome"]) == ("baking", "missed")
            ]
            assert missed == [1]


def test_the_history_of_the_station_is_the_truth(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START + 5, START + 12), START, tmp_path) as scene:
        station: Station = scene.station(*scene.named("alice"))
        station.run()
        station.minutes(2)
        cursor = station.cursor()
        assert cursor is not None
        found = {(row["duty"], row["level"], row["round"], row["outcome"]) for row in station.history(ALICE)}
        first = START - FIRST_LOOK - 1
        truth = {
            (fact.duty, fact.level, fact.round, fact.outcome.value)
            for fact in scene.chain.truth(ALICE, first, cursor)
            if fact.level < cursor or fact.duty == "baking"
        }
        assert found == truth


def test_a_warning_that_nobody_sees_to_becomes_critical(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START + 1, START + 18, ATTESTING), START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"), ALERT_ESCALATE_AFTER=60)
        station.run()
        scene.at(START + 21)
        station.run()
        told = [(row["kind"], row["severity"]) for row in station.events() if row["rule"] == "missed_attestation"]
        assert told == [("firing", "warning"), ("escalated", "critical")]

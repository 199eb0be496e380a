"""Levels that cannot be read: what waits, what is passed as unknown, and what people hear of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import faults
from simulator.faults import Fault
from simulator.plan import small_plan
from tests.truth.scene import FINAL, START, Scene, scene

PLAN = small_plan(seed=5)
LEVEL = START + 5

UNREADABLE: dict[str, Callable[..., Fault]] = {
    "no metadata": faults.no_metadata,
    "operations without metadata": faults.no_operation_metadata,
    "too large": faults.too_large,
    "pruned": faults.pruned,
    "another shape": lambda **matchers: faults.json_value({"no": "block"}, **matchers),
}


def _cursors(here: Scene, minutes: int) -> list[int | None]:
    found = []
    for _ in range(minutes):
        here.station.minutes(1)
        found.append(here.station.cursor())
    return found


@pytest.mark.parametrize("make", UNREADABLE.values(), ids=list(UNREADABLE))
def test_a_level_no_endpoint_can_show_waits_three_minutes_and_is_passed_as_unknown(
    make: Callable[..., Fault], tmp_path: Path
) -> None:
    with scene(tmp_path, PLAN, nodes=2) as here:
        for node in here.nodes:
            node.faults.add(make(levels=(LEVEL, LEVEL), path="/blocks/1"))

        assert _cursors(here, 3) == [LEVEL - 1] * 3
        assert _cursors(here, 1) == [here.final]

        for name in ("alice", "bob"):
            attested = here.outcomes(name, "attestation", FIRST, here.final - 1)
            assert attested == here.true_outcomes(name, "attestation", FIRST, here.final - 1) | {LEVEL - 1: "unknown"}
        gaps = here.station.rows("SELECT from_level, to_level FROM coverage_gap")
        assert gaps == [{"from_level": LEVEL, "to_level": LEVEL}]
        coverage = here.station.status()[0]["coverage"]
        assert (coverage["missing"], coverage["gaps"][0]["from"]) == (1, LEVEL)


FIRST = START - 101


def test_an_unreadable_level_is_one_incident_that_ends_when_all_can_be_read_again(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, nodes=2) as here:
        here.station.told()
        for node in here.nodes:
            node.faults.add(faults.too_large(levels=(LEVEL, LEVEL + 2)))

        here.station.minutes(2)
        assert here.station.told() == ""
        here.station.minutes(1)
        assert "level 10,255 cannot be judged" in here.station.told()
        here.station.minutes(5)
        assert here.station.told() == ""
        here.station.minutes(4)
        told = here.station.told()

        assert told.count("blocks can be judged again") == 1
        (incident,) = here.station.incidents("unreadable")
        assert (incident["severity"], incident["close_reason"]) == ("critical", "recovered")
        assert here.station.incidents() == [incident]


def test_what_is_readable_again_within_three_minutes_is_judged(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.outage("alice", LEVEL, LEVEL + 1)) as here:
        with here.node.faults.during(faults.no_metadata()):
            assert _cursors(here, 2) == [FINAL, FINAL]
        here.station.minutes(1)

        assert here.outcomes("alice", "attestation", FINAL, here.final - 1) == here.true_outcomes(
            "alice", "attestation", FINAL, here.final - 1
        )
        assert here.station.rows("SELECT * FROM coverage_gap") == []


def test_each_level_has_its_own_three_minutes(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN) as here:
        here.node.faults.add(faults.no_metadata(levels=(LEVEL, LEVEL)))
        here.station.minutes(2)
        with here.node.faults.during(faults.no_metadata()):
            here.station.minutes(2)  # the first level has waited long enough, those behind it have not
            assert here.station.cursor() == LEVEL
        here.station.minutes(1)

        unknown = [
            level
            for level, outcome in here.outcomes("alice", "attestation", FIRST, here.final).items()
            if outcome == "unknown"
        ]
        assert unknown == [LEVEL - 1]


def test_many_unreadable_levels_wait_together(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN) as here:
        here.node.faults.add(faults.pruned(levels=(LEVEL, LEVEL + 120), path="/blocks/1"))
        here.go_to(LEVEL + 130)
        here.station.run()
        assert here.station.cursor() == LEVEL - 1

        here.station.minutes(3)

        assert here.station.cursor() == here.final
        assert here.station.status()[0]["coverage"]["missing"] == 121


def test_a_level_that_one_endpoint_cannot_show_is_judged_from_another(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.outage("alice", LEVEL - 1, LEVEL - 1), nodes=2) as here:
        here.station.told()
        here.node.faults.add(faults.no_metadata(levels=(LEVEL, LEVEL + 3)))
        here.node.faults.add(faults.pruned(levels=(LEVEL + 10, LEVEL + 12), path="/blocks/1"))

        assert _cursors(here, 2) == [here.final - 10, here.final]

        for name in ("alice", "bob"):
            for duty in ("attestation", "baking"):
                assert here.outcomes(name, duty, FINAL, here.final - 1) == here.true_outcomes(
                    name, duty, FINAL, here.final - 1
                )
        assert here.station.rows("SELECT * FROM coverage_gap") == []
        assert here.station.incidents() == []
        assert here.station.told() == ""


@pytest.mark.parametrize(
    ("protocol", "absent"),
    [("seoul", "unknown"), ("ushuaia", "missed")],
    ids=["the strange one may be anybody's", "the block's own sum shows that it is nobody's"],
)
def test_attestations_that_a_block_shows_count_whatever_else_it_holds(
    protocol: str, absent: str, tmp_path: Path
) -> None:
    plan = small_plan(seed=5, protocol=protocol).outage("alice", LEVEL - 1, LEVEL - 1, kinds={"attestation"})
    with scene(tmp_path, plan, ("alice", "bob", "carol", "dave")) as here:
        here.node.faults.add(faults.unknown_operation(added=True, levels=(LEVEL, LEVEL)))
        here.station.minutes(4)

        assert here.outcomes("alice", "attestation", LEVEL - 1, LEVEL - 1) == {LEVEL - 1: absent}
        others = [here.outcomes(name, "attestation", LEVEL - 1, LEVEL - 1) for name in ("bob", "carol", "dave")]
        assert others == [{LEVEL - 1: "met"}] * 3


def test_an_attestation_of_an_earlier_level_does_not_count_for_this_one(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.outage("alice", LEVEL, LEVEL + 3)) as here:
        here.node.faults.add(faults.stray_attestation(here.address("alice")))
        here.station.minutes(2)

        attested = here.outcomes("alice", "attestation", LEVEL - 1, LEVEL + 4)
        assert attested == here.true_outcomes("alice", "attestation", LEVEL - 1, LEVEL + 4)
        assert list(attested.values()) == ["met", *["missed"] * 4, "met"]

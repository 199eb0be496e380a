"""What is wrong with a delegate beside its duties: read from the node, told once, told again when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.plan import Plan, small_plan
from tests.truth.scene import START, scene

PLAN = small_plan(seed=5)
"""Cycles of 400 levels: START lies in the middle of cycle 25, which began at 10,001."""
BOB = PLAN.baker("bob")
LONG = small_plan(seed=5, blocks_per_cycle=1200)


@dataclass(frozen=True)
class Case:
    plan: Plan
    rule: str
    severity: str
    told: str
    minutes: int = 3
    """After the first run."""
    who: str = "alice"
    beside: tuple[str, ...] = ()
    """What the same trouble opens too."""
    over: str | None = None
    """What is told when it is over, in the minutes after."""


CASES = {
    "deactivated": Case(
        PLAN.deactivate("alice", START + 5, START + 55),
        "deactivated",
        "critical",
        "deactivated 14:39",
        over="active again",
    ),
    "the grace period ends with the next cycle": Case(
        PLAN.outage("alice", 10_001, START + 20),
        "deactivation_near",
        "critical",
        "will be deactivated after cycle 26 unless it acts",
        beside=("missed_attestation", "missed_baking", "attestation_reward"),
        over="again",
    ),
    "forbidden and denounced": Case(
        PLAN.denounce("alice", START + 5),
        "forbidden",
        "critical",
        "forbidden to bake and attest",
        beside=("denounced",),
    ),
    "denounced": Case(
        PLAN.denounce("alice", START + 5, "attestation", forbids=False), "denounced", "critical", "denounced for"
    ),
    "the cycle's reward is about to be lost": Case(
        small_plan(seed=5, blocks_per_cycle=1200).outage("alice", START + 2, START + 60, kinds={"attestation"}),
        "attestation_reward",
        "critical",
        "cycle reward lost at",
        beside=("missed_attestation",),
        over="cycle reward no longer at risk",
    ),
    "attestations without DAL": Case(
        LONG.outage("alice", START - 60, START + 40, kinds={"dal"}),
        "dal_participation",
        "warning",
        "attests without DAL",
        over="DAL participation sufficient again",
    ),
    "a tz4 key without its companion": Case(
        PLAN.update_consensus_key("dave", 9_000, BOB.consensus_key),
        "companion_key_missing",
        "warning",
        "tz4 consensus key without a companion key",
        who="dave",
        beside=("dal_participation",),
    ),
    "a consensus key that is about to change": Case(
        PLAN.update_consensus_key("alice", 9_990, BOB.consensus_key).update_companion_key(
            "alice", 9_980, BOB.companion_key or ""
        ),
        "consensus_key_pending",
        "warning",
        "consensus key changes",
        minutes=2,
    ),
    "fewer rights in the next cycle": Case(
        PLAN.change_stake("alice", 9_201, 0.5), "rights_drop", "warning", "rights fall by 44 % in cycle 26"
    ),
    "hardly more stake than the minimum": Case(
        LONG, "baking_power_low", "warning", "baking power only 3.3 % above the minimum", who="tiny1"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_it_is_told_once_with_its_severity_and_so_is_its_end(case: Case, tmp_path: Path) -> None:
    with scene(tmp_path, case.plan, ({"address": case.who, "name": case.who},)) as here:
        here.station.minutes(case.minutes)
        told = here.station.told()
        here.station.minutes(1)

        (incident,) = here.station.incidents(case.rule)
        assert incident["severity"] == case.severity
        assert incident["target"] == here.address(case.who)
        assert told.count(f"{case.who}: {case.told}") == 1
        assert case.told not in here.station.told()
        assert {row["rule"] for row in here.station.incidents()} == {case.rule, *case.beside}
        if case.over is not None:
            here.station.minutes(12)
            (incident,) = here.station.incidents(case.rule)
            assert incident["close_reason"] == "recovered"
            assert case.over in here.station.told()


def test_dal_participation_that_the_node_calls_insufficient_is_told(tmp_path: Path) -> None:
    plan = PLAN
    for level in range(10_001, START + 60, 2):
        plan = plan.outage("alice", level, level, kinds={"dal"})
    with scene(tmp_path, plan) as here:
        here.station.minutes(3)

        (incident,) = here.station.incidents("dal_participation")
        assert (incident["target"], incident["severity"]) == (here.address("alice"), "warning")


def test_a_reward_that_is_lost_closes_with_the_new_cycle_and_is_not_called_recovered(tmp_path: Path) -> None:
    plan = PLAN.outage("alice", 10_001, 10_395, kinds={"attestation"})
    with scene(tmp_path, plan, head=10_380) as here:
        assert "cycle reward lost" in here.station.told()
        here.station.minutes(6)

        (incident,) = here.station.incidents("attestation_reward")
        assert incident["close_reason"] == "new-cycle"
        assert "no longer at risk" not in here.station.told()


def test_a_seed_nonce_that_is_not_revealed_is_a_warning_and_then_critical(tmp_path: Path) -> None:
    plan = PLAN
    committed = range(10_040, 10_401, 40)
    for level in committed:
        plan = plan.keep_nonce(level)
    with scene(tmp_path, plan, [baker.name for baker in plan.bakers[:9]], head=10_120) as here:
        here.go_to(10_395)
        here.station.run()
        here.station.told()
        severities = []
        while here.final < 10_505:
            here.station.minutes(1)
            severities.append({row["severity"] for row in here.station.incidents("seed_nonce", everything=False)})
        told = here.station.told()

        assert [one for place, one in enumerate(severities) if one != severities[place - 1]] != []
        assert severities.index({"warning"}) < severities.index({"critical"})
        assert severities[-1] == set()
        bakers = {here.chain.bake(level).baker.address for level in committed if level > 10_020}
        watched = {baker.address for baker in plan.bakers[:9]}
        assert {row["target"] for row in here.station.incidents("seed_nonce")} <= bakers & watched
        assert told.count("🟡") >= 1
        assert told.count("🔴") >= 1


def test_seed_nonces_that_are_revealed_are_nothing_to_tell(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, [baker.name for baker in PLAN.bakers[:9]], head=10_120) as here:
        here.go_to(10_395)
        here.station.run()
        here.station.minutes(12)
        assert here.station.incidents("seed_nonce") == []


def test_every_change_of_control_is_told_once_as_critical(tmp_path: Path) -> None:
    plan = (
        PLAN.update_consensus_key("alice", START + 3, BOB.consensus_key)
        .update_companion_key("alice", START + 4, BOB.companion_key or "")
        .set_delegate_parameters("alice", START + 5)
        .unstake("alice", START + 6)
        .unstake("alice", START + 6)
        .unstake("carol", START + 7)
        .unstake("alice", START - 20)
    )
    watched = ({"address": "alice", "name": "alice"}, {"address": "bob", "name": "bob"})
    with scene(tmp_path, plan, watched) as here:
        assert here.station.told() == ""  # what happened before the first look's end is none of its business
        here.station.minutes(3)
        told = here.station.told()

        for change in ("consensus key changed", "companion key changed", "delegate parameters changed"):
            assert told.count(f"🔴 alice: {change}") == 1
        assert told.count("🔴 alice: 1,000 ꜩ unstaked") == 2
        incidents = here.station.incidents("control_change")
        assert [(row["opened_level"], row["severity"]) for row in incidents] == [
            (START + 3, "critical"),
            (START + 4, "critical"),
            (START + 5, "critical"),
            (START + 6, "critical"),
            (START + 6, "critical"),
        ]
        assert {row["target"] for row in incidents} == {here.address("alice")}
        assert len({row["id"] for row in incidents}) == 5


def test_a_key_change_that_failed_is_not_said_to_have_happened(tmp_path: Path) -> None:
    plan = PLAN.update_consensus_key("alice", START + 3, BOB.consensus_key, applied=False)
    with scene(tmp_path, plan, ({"address": "alice", "name": "alice"},)) as here:
        here.station.minutes(3)
        assert "alice: consensus key changed" not in here.station.told()


def test_a_delegate_that_is_not_registered_yet_is_nothing_to_tell(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN.register("alice", START + 15), ("alice", "bob")) as here:
        report = here.station.minutes(6)

        assert report.exit_code == 0
        assert here.station.incidents() == []
        assert here.station.history(here.address("alice")) == []


def test_misses_of_a_deactivated_delegate_are_explained_by_its_deactivation(tmp_path: Path) -> None:
    plan = PLAN.deactivate("alice", START + 5).outage("alice", START + 5)
    with scene(tmp_path, plan, ({"address": "alice", "name": "alice"},)) as here:
        here.station.told()
        here.station.minutes(8)
        told = here.station.told()

        assert "alice: deactivated" in told
        assert "attestations stopped" not in told
        assert {"deactivated", "missed_attestation"} <= set(here.station.open_rules())

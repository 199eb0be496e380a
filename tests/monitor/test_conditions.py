"""Polled conditions as they are told: what a node says of itself, of its delegates, and what blocks name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import faults
from simulator.address import made
from simulator.plan import Plan, small_plan
from tests.running import Station
from tests.scenes import NETWORK, Scene, play

START = 10_150
PLAN = small_plan(seed=7)
SHORT = small_plan(seed=7, blocks_per_cycle=80)
"""Its cycles last eight minutes."""
ALICE = PLAN.baker("alice").address


def told_after(
    plan: Plan, folder: Path, minutes: int, *names: str, seconds: int = 60, **settings: object
) -> tuple[Station, str]:
    """The station after so many runs behind the first, and all it said."""
    with play(plan, START, folder) as scene:
        station = scene.station(*scene.named(*(names or ("alice",))))
        station.configure(ALERT_INACTIVE_STATE_THRESHOLD=9999, **settings)
        station.run()
        station.minutes(minutes, seconds=seconds)
        return station, station.console


def rows_of(station: Station, rule: str) -> list[tuple[str, str]]:
    return [(row["kind"], row["severity"]) for row in station.events() if row["rule"] == rule]


# What blocks hold ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (PLAN.unstake("alice", START + 5), "alice: 1,000 ꜩ unstaked 14:28"),
        (PLAN.set_delegate_parameters("alice", START + 5), "alice: delegate parameters changed 14:28"),
        (PLAN.update_consensus_key("alice", START + 5, made("tz1", "key")), "alice: consensus key changed 14:28"),
        (PLAN.update_companion_key("bob", START + 5, made("tz4", "key")), "bob: companion key changed 14:28"),
    ],
    ids=["unstake", "parameters", "consensus key", "companion key"],
)
def test_who_controls_a_delegate_is_told_once_and_leaves_nothing_open(plan: Plan, words: str, tmp_path: Path) -> None:
    station, told = told_after(plan, tmp_path, 2, "alice", "bob")
    assert told.count(words) == 1
    assert rows_of(station, "control_change") == [("notice", "critical")]
    (incident,) = station.incidents("control_change")
    assert (incident["close_reason"], incident["closed_at"]) == ("told once", incident["opened_at"])


def test_two_changes_in_one_block_are_two_messages(tmp_path: Path) -> None:
    plan = PLAN.unstake("alice", START + 5).unstake("alice", START + 5, 7_000_000)
    station, told = told_after(plan, tmp_path, 1)
    assert "1,000 ꜩ unstaked" in told
    assert "7 ꜩ unstaked" in told
    assert len({row["id"] for row in station.incidents("control_change")}) == 2


def test_an_operation_that_had_no_effect_is_not_told(tmp_path: Path) -> None:
    plan = PLAN.update_consensus_key("alice", START + 5, made("tz1", "key"), applied=False)
    station, told = told_after(plan, tmp_path, 1)
    assert (station.incidents(), told) == ([], "")


def test_what_happened_before_anybody_looked_is_not_told(tmp_path: Path) -> None:
    station, told = told_after(PLAN.unstake("alice", START - 10), tmp_path, 1)
    assert (station.incidents(), told) == ([], "")


def test_a_change_of_somebody_who_is_not_watched_is_not_told(tmp_path: Path) -> None:
    station, _ = told_after(PLAN.unstake("bob", START + 5), tmp_path, 1)
    assert station.incidents() == []


# What the node says of a delegate ------------------------------------------------------------------------------------


def test_a_denunciation_is_told_with_what_was_done(tmp_path: Path) -> None:
    station, told = told_after(PLAN.denounce("alice", START + 5), tmp_path, 1)
    assert "alice: denounced for double baking" in told
    assert f"For level {START + 4:,}" in told
    assert "alice: forbidden to bake and attest" in told
    assert station.open_rules() == ["denounced", "forbidden"]


def test_a_deactivation_is_told_with_its_end_and_quiets_the_misses_it_explains(tmp_path: Path) -> None:
    plan = PLAN.deactivate("alice", START + 5, START + 40).outage("alice", START + 20, START + 35, {"attestation"})
    station, told = told_after(plan, tmp_path, 9)
    assert "alice: deactivated 14:29" in told
    assert "alice active again" in told
    assert "attestations stopped" not in told
    assert "alice was not attesting" in told  # delayed, not dropped
    assert station.open_rules() == []


def test_a_pending_consensus_key_is_announced_and_its_arrival_told(tmp_path: Path) -> None:
    key = made("tz4", "new key")
    plan = SHORT.update_consensus_key("dave", START + 5, key)
    station, told = told_after(plan, tmp_path, 10, "dave", seconds=150)
    assert f"The signer needs {key[:6]}…{key[-4:]} by then" in told
    assert "dave: new consensus key required since" in told
    assert "dave: tz4 consensus key without a companion key" in told
    assert rows_of(station, "consensus_key_pending") == [("firing", "warning"), ("resolved", "warning")]


def test_falling_rights_are_told_before_their_cycle(tmp_path: Path) -> None:
    station, told = told_after(SHORT.change_stake("alice", START + 5, 0.5), tmp_path, 10, seconds=120)
    firing, over = [row["payload"] for row in station.events() if row["rule"] == "rights_drop"]
    assert over["close_reason"] == "new-cycle"
    assert 0.4 < firing["drop"] < 0.5
    assert f"alice: rights fall by {firing['drop']:.0%} in cycle {firing['cycle']}".replace("%", " %") in told


def test_attestations_without_dal_are_told_when_they_last(tmp_path: Path) -> None:
    plan = PLAN.outage("alice", START + 2, START + 75, {"dal"})
    station, told = told_after(plan, tmp_path, 9)
    assert "alice: attests without DAL since" in told
    assert "Check the DAL node" in told
    assert "alice: DAL participation sufficient again" in told
    (incident,) = station.incidents("dal_participation")
    assert 0.8 < incident["evidence"]["share_others"] <= 1


def test_a_seed_nonce_that_is_kept_is_told_while_there_is_time(tmp_path: Path) -> None:
    with play(SHORT, START, tmp_path / "look") as scene:
        level = next(level for level in range(START, START + 100) if level % SHORT.blocks_per_commitment == 0)
        baker, cycle = scene.chain.bake(level).baker.name, scene.chain.cycle(level)
    station, told = told_after(SHORT.keep_nonce(level), tmp_path, 14, baker)
    assert f"{baker}: seed nonce of cycle {cycle} not revealed" in told
    assert f"For level {level:,}" in told
    assert f"{baker}: too late to reveal the seed nonce of cycle {cycle}" in told
    (incident,) = station.incidents("seed_nonce")
    assert incident["close_reason"] == "lost"


def test_a_baking_power_near_the_minimum_is_told(tmp_path: Path) -> None:
    _, told = told_after(PLAN, tmp_path, 2, "tiny2")
    assert "tiny2: baking power only 3.3 % above the minimum" in told


def test_missed_slots_that_cost_the_reward_are_told_with_the_time_left(tmp_path: Path) -> None:
    station, told = told_after(PLAN.outage("alice", START + 5, None, {"attestation"}), tmp_path, 2)
    (firing,) = [row["payload"] for row in station.events() if row["rule"] == "attestation_reward"]
    assert firing["reward_lost_at"] > firing["at"]
    assert firing["slots_left"] > 0
    assert "alice: cycle reward lost at" in told


def test_nothing_is_said_of_a_healthy_delegate(tmp_path: Path) -> None:
    station, told = told_after(SHORT, tmp_path, 12, "alice", "bob", "carol", seconds=120)
    assert (station.incidents(), told) == ([], "")


# What nodes say of themselves ----------------------------------------------------------------------------------------


def told_during(
    fault: Callable[[Scene], object], folder: Path, minutes: int, after: int = 0, **settings: object
) -> tuple[Station, str]:
    """What is said while something is wrong with the node, and for `after` minutes behind it."""
    with play(PLAN, START, folder) as scene:
        station = scene.station(*scene.named("alice"))
        station.configure(**settings)
        station.run()
        fault(scene)
        station.minutes(minutes)
        scene.node.faults.clear()
        if after:
            station.minutes(after)
        return station, station.console


def test_a_node_that_is_gone_is_told_after_two_minutes_and_named_again_when_it_is_back(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        scene.node.stop()
        station.minutes(2)
        assert station.told() == ""
        station.minutes(1)
        assert f"Node 127.0.0.1#1 unreachable 2 min, no other endpoint\nBakers unknown since {START - 1:,}" in (
            station.told()
        )
        scene.node.start()
        station.minutes(1)
        assert "✅ Node 127.0.0.1#1 reachable again" in station.told()


def test_a_node_on_another_chain_is_told_at_once(tmp_path: Path) -> None:
    station, told = told_during(
        lambda scene: scene.node.faults.add(faults.chain_id("NetXnHfVqm9iesp")), tmp_path, 1, after=1
    )
    assert "🔴 Node 127.0.0.1#1 is on another chain than Tezos mainnet" in told
    assert "✅ Node 127.0.0.1#1 is on the right chain again" in told
    assert station.open_rules() == []


def test_a_chain_that_stands_still_is_told(tmp_path: Path) -> None:
    _, told = told_during(lambda scene: scene.node.faults.add(faults.stale_head(START + 5)), tmp_path, 4, after=1)
    assert "🔴 Tezos mainnet: no new block for 3 min" in told
    assert "✅ Tezos mainnet: new blocks again" in told


def test_few_peers_are_told_after_five_minutes(tmp_path: Path) -> None:
    _, told = told_during(lambda scene: scene.node.faults.add(faults.peers(2)), tmp_path, 8, MIN_PEERS=5)
    assert "🟡 Node 127.0.0.1#1 has 2 peers, wants 5" in told


def test_a_node_that_is_not_in_sync_is_told(tmp_path: Path) -> None:
    _, told = told_during(lambda scene: scene.node.faults.add(faults.not_bootstrapped()), tmp_path, 3, after=1)
    assert "🟡 Node 127.0.0.1#1 is not in sync since" in told
    assert "✅ Node 127.0.0.1#1 is in sync again" in told


def test_replaced_history_is_told_and_read_again(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        scene.node.follow(scene.chain.forked(START - 8))
        station.minutes(1)
        assert "🔴 Tezos mainnet: 7 finalised blocks replaced" in station.told()
        assert station.cursor() == START - 9
        station.minutes(1)
        assert "one history again" in station.told()
        assert station.cursor() == START - 2 + 20
        assert [row["level"] for row in station.history(ALICE) if row["duty"] == "attestation"] == list(
            range(START - 21, START - 2 + 20)
        )


def test_a_reorganisation_ends_the_wait_for_a_blocked_level(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"))
        station.run()
        with scene.node.faults.during(faults.no_metadata(levels=(START + 3, START + 3))):
            station.minutes(1)
            (status,) = station.status()
            assert status["blocked"]["level"] == START + 3
            scene.node.follow(scene.chain.forked(START - 8))
            station.minutes(1)
        (status,) = station.status()
        assert (status["cursor"], status["blocked"]) == (START - 9, None)
        station.minutes(1)
        assert station.cursor() == START - 2 + 30
        gaps = station.rows("SELECT * FROM coverage_gap WHERE network = :network", network=NETWORK)
        assert gaps == []


def test_levels_left_out_are_told_with_the_reason(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(*scene.named("alice"), MAX_CATCHUP_BLOCKS=50)
        station.run()
        station.minutes(1, seconds=1200)
        first, last = START - 1, START - 2 + 200 - 50
        assert f"Tezos mainnet: levels {first:,}–{last:,} were not checked" in station.told()
        (status,) = station.status()
        assert status["coverage"]["missing"] == 150
        station.minutes(1)
        assert "not checked" not in station.told()

"""A subtensor chain on which about everything goes wrong: what is told is what is true, and nothing else."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from simulator.clock import Clock
from simulator.subtensor.chain import Chain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.parameters import TAO
from simulator.subtensor.plan import Plan, small_plan
from simulator.subtensor.runtime import Release
from simulator.subtensor.truth import truth
from tests.running import Station

pytest.importorskip("bittensor_core", reason="the decoder is not installed")

QUIET = small_plan(tempo=40)
FIRST = QUIET.first_block
EVERY = 180
"""Seconds from run to run: 15 blocks."""
LATER = 45
"""Blocks within which a run sees what became bad, and has waited for what waits two minutes."""
HOUR = 300
LOOKING_BACK = frozenset({"registrations", "stake_outflow", "price", "miner_burned"})
"""They close later than what they tell of is over: after quiet hours, or never where nothing is read any more."""
VALIDATORS = ("alice", "bob", "carol", "dave", "erin", "frank")
MINERS = ("m1-1", "m1-2", "m1-3")
COLDKEYS = ("alice", "bob", "owner2")


def scripted() -> Plan:
    at = FIRST + 350
    return (
        QUIET.no_weights(1, "alice", at, at + 170)
        .lost_reveals(2, "alice", at, at + 150)
        .failing_weights(1, "bob", at + 10, at + 110)
        .set_parameter(1, at + 20, "immunity_period", 100)
        .set_parameter(1, at + 21, "min_burn", 900_000, by="root")
        .set_parameter(2, at + 22, "max_allowed_uids", 128, wrapped="batch")
        .set_parameter(2, at + 26, "weights_version", 8, wrapped="proxy")
        .less_trust(1, "carol", at + 30, at + 130)
        .less_dividends(2, "dave", at + 30, at + 100)
        .less_incentive(1, "m1-1", at + 30, at + 130)
        .set_children(1, "erin", at + 30, [("dave", 0.3)])
        .serve_axon(1, "m1-2", at + 40, "0.0.0.0")
        .serve_axon(1, "m1-2", at + 90)
        .announce_coldkey_swap("owner2", "thief", at + 50)
        .clear_coldkey_swap("owner2", at + 80)
        .collateral(1, "m1-3", at + 50, 1, 2)
        .hold_epochs(3, at + 50, at + 170)
        .change_owner(3, "buyer", at + 90)
        .set_take("erin", at + 95, 0.1)
        .swap_hotkey("frank", "frank-2", at + 100)
        .transfer("alice", "somebody", at + 105, TAO * 97 // 10)
        .price_factor(2, at + 110, factor=0.8)
        .no_emission(2, at + 120)
        .burn_miners(1, at + 120)
        .light(1, "dave", at + 120)
        .registration_burst(1, at + 150, 3)
        .sudo(at + 155, 1)
        .new_sudo_key(at + 156)
        .add_proxy("bob", "helper", at + 160)
        .remove_stake(1, "bob", at + 165, 0.3)
        .upgrade(at + 180, Release(470, moved=True, gone=("SubtensorModule.MinerBurned",)))
        .dissolve(3, at + 200)
    )


def watched(plan: Plan) -> str:
    hotkeys = [{"hotkey": plan.hotkey(name), "name": name, "netuids": [1, 2, 3]} for name in VALIDATORS]
    hotkeys += [{"hotkey": plan.hotkey(name), "name": name, "netuids": [1]} for name in MINERS]
    coldkeys = [{"coldkey": plan.coldkey(name), "name": f"wallet of {name}"} for name in COLDKEYS]
    return json.dumps(
        {"bittensor": {"hotkeys": hotkeys, "subnets": [{"netuid": one} for one in (1, 2, 3)], "coldkeys": coldkeys}}
    )


def targets(plan: Plan) -> set[str]:
    hotkeys = {plan.hotkey(name) for name in (*VALIDATORS, *MINERS)}
    neurons = {f"{netuid}/{plan.hotkey(name)}" for netuid in (1, 2, 3) for name in VALIDATORS}
    neurons |= {f"1/{plan.hotkey(name)}" for name in MINERS}
    return {*hotkeys, *neurons, *(plan.coldkey(name) for name in COLDKEYS), "1", "2", "3", "source"}


def test_what_is_told_of_a_troubled_chain_is_what_is_true_of_it(tmp_path: Path) -> None:
    plan = scripted()
    chain = Chain(plan)
    clock = Clock(chain.timestamp(FIRST + 30))
    end = FIRST + 870
    with SubtensorNode(chain, clock=clock) as node:
        station = Station(tmp_path, clock, [], BITTENSOR_RPC_URL=node.url, RPC_URL=None)
        station.watch(watched(plan))
        station.run()
        while chain.head_at(clock()) < end:
            station.minutes(1, EVERY)
        told = defaultdict(list)
        for row in station.incidents():
            told[row["rule"], row["target"]].append(row)

    true = defaultdict(list)
    for one in truth(chain, end - LATER, targets(plan)):
        true[one.rule, one.target].append(one)
    assert set(told) == set(true)
    assert len({rule for rule, _ in true}) > 30
    gone = {target: row["severity"] for (rule, target), rows in told.items() if rule == "deregistered" for row in rows}
    frank = plan.hotkey("frank")
    assert {gone[target] for target in gone if target.endswith(frank)} == {"warning"}, "his owner swapped him"
    assert {gone[target] for target in gone if not target.endswith(frank)} == {"critical"}
    for about, spans in true.items():
        opened = [row["opened_level"] for row in told[about]]
        wait = HOUR if about[0] == "emission" else 0
        assert all(any(0 <= at - one.first <= LATER + wait for at in opened) for one in spans), about
    for about, (first, *more) in true.items():
        if about[0] not in LOOKING_BACK and not more and first.last not in (first.first, None):
            (row,) = told[about]
            assert 0 <= chain.head_at(row["closed_at"]) - first.last <= LATER, about

"""A Bittensor network from its first contact on, as the checker's user sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import StateError
from simulator.clock import Clock
from simulator.subtensor.chain import Chain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.parameters import TAO
from simulator.subtensor.plan import Plan, small_plan
from tests.running import Row, Station

pytest.importorskip("bittensor_core", reason="the decoder is not installed")

NETWORK = "bittensor:finney"
PLAN = small_plan(tempo=40)
FIRST = PLAN.first_block
START = 300
"""The head at the first run, above the chain's first block."""
ALICE = PLAN.hotkey("alice")


@dataclass(frozen=True, slots=True)
class Scene:
    chain: Chain
    clock: Clock
    node: SubtensorNode
    station: Station

    @property
    def final(self) -> int:
        return self.chain.finalized_of(self.chain.head_at(self.clock()))

    def targets(self) -> list[str]:
        rows = self.station.rows(
            "SELECT target FROM target WHERE network = :n AND removed_at IS NULL ORDER BY target", n=NETWORK
        )
        return [row["target"] for row in rows]

    def notices(self) -> list[tuple[str, str]]:
        return [(row["rule"], row["target"]) for row in self.station.events() if row["kind"] == "notice"]

    def samples(self, target: str) -> list[Row]:
        return self.station.rows("SELECT * FROM sample WHERE target = :t", t=target)


def alice(*netuids: int, **more: Any) -> dict[str, Any]:
    return {"hotkeys": [{"hotkey": ALICE, "name": "alice", "netuids": list(netuids) or "all", **more}]}


@contextmanager
def play(home: Path, plan: Plan, watched: dict[str, Any], **settings: object) -> Iterator[Scene]:
    chain = Chain(plan)
    clock = Clock(chain.timestamp(plan.block_at(START)))
    with SubtensorNode(chain, clock=clock) as node:
        station = Station(home, clock, [], [])
        station.configure(RPC_URL=None, BITTENSOR_RPC_URL=node.url, **settings)
        station.watch({"bittensor": watched})
        station.run()
        yield Scene(chain, clock, node, station)


def test_the_first_look_tells_nothing_that_is_over(tmp_path: Path) -> None:
    with play(tmp_path, PLAN.set_take("alice", FIRST + START - 3, 0.1), alice(1)) as scene:
        assert scene.station.told() == ""
        assert scene.station.cursor(NETWORK) == scene.final
        assert scene.targets() == [f"1/{ALICE}", ALICE]


def test_every_block_is_read_once_and_in_order(tmp_path: Path) -> None:
    with play(tmp_path, PLAN, alice(1)) as scene:
        first = scene.final
        scene.station.minutes(4)
        levels = scene.station.rows("SELECT level FROM block WHERE network = :n ORDER BY level", n=NETWORK)
        assert [row["level"] for row in levels] == list(range(first, scene.final + 1))


def test_a_hotkey_is_found_on_every_subnet_it_is_registered_on(tmp_path: Path) -> None:
    with play(tmp_path, PLAN, alice()) as scene:
        assert [target for target in scene.targets() if target.endswith(ALICE)] == [
            *(f"{netuid}/{ALICE}" for netuid in (0, 1, 2, 3)),
            ALICE,
        ]


def test_a_change_is_told_once_with_who_made_it(tmp_path: Path) -> None:
    plan = PLAN.set_parameter(1, FIRST + START + 4, "immunity_period", 100)
    with play(tmp_path, plan, {"subnets": [{"netuid": 1, "name": "mine"}]}) as scene:
        scene.station.minutes(5)
        assert scene.notices() == [("hyperparam_changed", "1")]
        said = scene.station.told()
        assert "immunity_period 200 → 100 blocks" in said
        assert "By owner" in said


def test_thresholds_of_a_target_are_its_own(tmp_path: Path) -> None:
    plan = PLAN.no_weights(1, "alice", FIRST + START, FIRST + START + 400)
    patient = alice(1, alerts={"weights_stale": {"warning": 1_000, "critical": 2_000}})
    off = alice(1, alerts={"weights_stale": {"enabled": False}})
    opened = []
    for number, watched in enumerate((alice(1), patient, off)):
        with play(tmp_path / str(number), plan, watched) as scene:
            scene.station.minutes(25)
            opened.append("weights_stale" in scene.station.open_rules())
    assert opened == [True, False, False]


def test_who_is_no_longer_on_the_list_has_its_incidents_closed_and_its_samples_forgotten(tmp_path: Path) -> None:
    plan = PLAN.no_weights(1, "alice", FIRST + START, FIRST + START + 900)
    with play(tmp_path, plan, alice(1)) as scene:
        scene.station.minutes(25)
        assert scene.station.open_rules() == ["weights_stale"]
        scene.station.watch({"bittensor": {"subnets": [{"netuid": 2}]}})
        scene.station.minutes(1)
        assert scene.station.open_rules() == []
        (incident,) = scene.station.incidents("weights_stale")
        assert incident["close_reason"] == "removed"
        assert scene.samples(f"1/{ALICE}") == []
        assert "no longer monitored" in scene.station.told()


def test_while_no_block_comes_a_run_asks_once(tmp_path: Path) -> None:
    with play(tmp_path, PLAN, alice(1)) as scene:
        scene.station.minutes(1)
        scene.clock.advance(3)
        report = scene.station.run()
        (network,) = report.networks
        assert (network.requests, network.levels, network.error, network.behind) == (1, 0, None, 0)


def test_a_chain_that_stands_still_is_told_although_it_has_no_new_block_to_say_so(tmp_path: Path) -> None:
    with play(tmp_path, PLAN.stall(FIRST + START + 10, 1_200), alice(1)) as scene:
        scene.station.minutes(12)
        assert scene.station.open_rules() == ["chain_stalled"]
        scene.station.minutes(20)
        assert scene.station.open_rules() == []


def test_blocks_too_far_back_are_a_gap_that_is_told(tmp_path: Path) -> None:
    with play(tmp_path, PLAN, alice(1), BITTENSOR_MAX_CATCHUP_BLOCKS=20) as scene:
        read = scene.final
        scene.station.minutes(1, seconds=1_200)
        (gap,) = scene.station.rows("SELECT * FROM coverage_gap WHERE network = :n", n=NETWORK)
        assert (gap["from_level"], gap["to_level"]) == (read + 1, scene.final - 20)
        assert scene.station.cursor(NETWORK) == scene.final
        assert "coverage-gap" in {row["kind"] for row in scene.station.events()}


def test_a_commit_is_not_held_against_a_validator_when_its_reveal_was_in_blocks_nobody_read(tmp_path: Path) -> None:
    with play(tmp_path, PLAN, alice(2), BITTENSOR_MAX_CATCHUP_BLOCKS=20) as scene:
        scene.station.minutes(10)
        for _ in range(4):  # epochs are forty blocks apart: one of these stretches of twenty holds none
            scene.station.minutes(1, seconds=12 * 170)
        assert scene.station.incidents("reveal_missing") == []


def test_registrations_of_a_pause_are_a_burst_only_where_they_came_together(tmp_path: Path) -> None:
    first = FIRST + START + 10
    apart = PLAN.register(1, "one", first).register(1, "two", first + 40).register(1, "three", first + 80)
    together = apart.registration_burst(1, first + 78, 2)
    opened = []
    for number, plan in enumerate((apart, together)):
        with play(tmp_path / str(number), plan, {"subnets": [{"netuid": 1}]}) as scene:
            scene.station.minutes(1, seconds=1_200)
            opened.append("registrations" in scene.station.open_rules())
            counted = [row for row in scene.samples("1") if row["metric"] == "registrations" and row["value"]]
            assert counted[0]["level"] == first, "each at its own block"
    assert opened == [False, True]


def test_what_a_wallet_loses_while_nothing_ran_is_told(tmp_path: Path) -> None:
    plan = PLAN.transfer("owner1", "somebody", FIRST + START + 20, 2 * TAO)
    watched = {"coldkeys": [{"coldkey": plan.coldkey("owner1"), "name": "treasury"}]}
    with play(tmp_path, plan, watched) as scene:
        scene.station.minutes(1, seconds=1_200)
        assert ("unexpected_transfer", plan.coldkey("owner1")) in scene.notices()
        assert "treasury" in scene.station.told()


def test_a_run_that_ends_between_blocks_and_state_leaves_their_news_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = PLAN.transfer("owner1", "somebody", FIRST + START + 3, 2 * TAO)
    watched = {"coldkeys": [{"coldkey": plan.coldkey("owner1"), "name": "treasury"}]}
    with play(tmp_path, plan, watched) as scene:

        def ends(*_: object) -> None:
            raise StateError("the disk is full")

        with monkeypatch.context() as patched:
            patched.setattr("monitor.bittensor_judgement.Judgement._take_snapshot", ends)
            scene.station.minutes(2)
        told = ("unexpected_transfer", plan.coldkey("owner1"))
        assert (scene.station.cursor(NETWORK), scene.notices().count(told)) == (scene.final, 0)
        scene.station.minutes(3)
        assert scene.notices().count(told) == 1


def test_a_node_that_is_gone_is_told_and_nobody_is_judged_by_its_silence(tmp_path: Path) -> None:
    with play(tmp_path, PLAN, alice(1), RPC_TIMEOUT=1) as scene:
        scene.station.minutes(1)
        url = scene.node.url
        scene.station.configure(BITTENSOR_RPC_URL="http://127.0.0.1:1")
        scene.station.minutes(5)
        assert scene.station.open_rules() == ["unreachable"]
        scene.station.configure(BITTENSOR_RPC_URL=url)
        scene.station.minutes(2)
        assert scene.station.open_rules() == []
        assert scene.station.cursor(NETWORK) == scene.final

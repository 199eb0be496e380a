"""A runtime upgrade before, at and after the newest final block: each block is read by the runtime that wrote it.

The block of an upgrade is written by the runtime before, and holds the one after.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from collectors.bittensor.plan import BittensorPlan
from monitor.model import Status
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.registry import CONDITIONS
from monitor.rules.interface import NO_EPISODE
from simulator.subtensor.chain import Chain
from simulator.subtensor.plan import small_plan
from simulator.subtensor.runtime import Release
from tests.collectors.bittensor.reading import Collected, collect, plan_from
from tests.collectors.bittensor.tampering import Json, TamperedNode

HEAD = small_plan().block_at(300)
FINAL = Chain(small_plan()).finalized_of(HEAD)
GONE = "SubtensorModule.ValidatorTrust"
HYPERPARAMETERS = "SubnetInfoRuntimeApi.get_subnet_hyperparams_v3"
VERSIONS = ("get_subnet_hyperparams", "get_subnet_hyperparams_v2", "get_subnet_hyperparams_v3")
MOVED = Release(470, moved=True, gone=(GONE,), retyped=(("SubtensorModule.Tempo", "u32"),))
BEFORE, AT, AFTER = -2, 0, 1
"""Where the block of the upgrade is, from the newest final one."""


@cache
def upgraded(place: int, release: Release = MOVED) -> Chain:
    return Chain(small_plan().upgrade(FINAL + place, release))


def plan_of(chain: Chain) -> BittensorPlan:
    return plan_from(chain, FINAL - 5, chain.timestamp(HEAD), subnets=frozenset({1}))


def read(chain: Chain, folder: Path) -> Collected:
    with TamperedNode(chain, HEAD) as node:
        return collect(plan_of(chain), folder, node.url)


@pytest.mark.parametrize("place", [BEFORE, AT, AFTER])
def test_events_and_calls_are_named_by_the_runtime_that_wrote_their_block(place: int, tmp_path: Path) -> None:
    chain = upgraded(place)
    found = read(chain, tmp_path)
    assert (found.error, found.gaps, found.levels) == ("", [], list(range(FINAL - 4, FINAL + 1)))
    for facts in [facts for one in found.read for facts in one.facts]:
        made = chain.block(facts.block)
        assert facts.spec_version == chain.runtime_of(facts.block).spec_version
        assert [event.name for event in facts.events] == [".".join(event[:2]) for _, event, _ in made.records]
        outermost = [(*call.path, call.name)[0] for call in facts.calls]
        assert outermost == [".".join(extrinsic.call[:2]) for extrinsic in made.extrinsics]


@pytest.mark.parametrize(
    ("place", "spec", "gone", "trusted"), [(BEFORE, 470, (GONE,), False), (AT, 461, (), True), (AFTER, 461, (), True)]
)
def test_the_state_is_that_of_the_runtime_that_wrote_it_and_what_it_dropped_is_gone(
    place: int, spec: int, gone: tuple[str, ...], trusted: bool, tmp_path: Path
) -> None:
    chain = upgraded(place)
    snapshot = read(chain, tmp_path).snapshot
    assert (snapshot.chain.spec_version, snapshot.chain.gone, snapshot.chain.undecoded) == (spec, gone, ())
    alice = snapshot.neurons[1, chain.plan.hotkey("alice")]
    assert (alice.validator_trust is not None) == trusted
    assert (snapshot.subnets[1].vectors.validator_trust is not None) == trusted
    assert (snapshot.subnets[1].tempo, alice.uid, alice.registered) == (60, 0, True)
    assert alice.last_update == (chain.value(FINAL, "LastUpdate", 1)[0],)
    assert alice.alpha_stake == chain.value(FINAL, "TotalHotkeyAlpha", chain.plan.hotkey_bytes("alice"), 1)


def test_the_rule_of_a_vanished_item_knows_nothing_and_others_go_on(tmp_path: Path) -> None:
    chain = upgraded(BEFORE)
    snapshot = read(chain, tmp_path).snapshot
    hotkey = chain.plan.hotkey("alice")
    context = BittensorContext(
        "neuron", snapshot.chain, 0, snapshot.subnets[1], snapshot.neurons[1, hotkey], snapshot.hotkeys[hotkey]
    )
    told = {rule.card.name: rule.judge(context, NO_EPISODE).status for rule in CONDITIONS}
    assert told["vtrust_low"] is Status.UNKNOWN
    assert told["permit_lost"] is Status.OK
    assert told["inactive"] is Status.OK


def test_in_the_block_of_an_upgrade_what_the_next_runtime_computes_is_not_read_by_the_one_before(
    tmp_path: Path,
) -> None:
    chain = upgraded(AT)
    subnet = read(chain, tmp_path).snapshot.subnets[1]
    assert (subnet.hyperparameters, subnet.vectors.hotkeys, subnet.vectors.total_stake) == (None, None, None)
    assert (subnet.owner_uids, subnet.alpha_dividends_total) == (None, None)
    assert (subnet.exists, subnet.neurons) == (True, 14)


def test_a_method_that_vanished_is_asked_no_more_and_an_older_one_tells_what_it_can(tmp_path: Path) -> None:
    chain = upgraded(BEFORE, Release(471, gone=(HYPERPARAMETERS,)))
    asked: list[str] = []

    def listen(method: str, params: list[Json], result: Json) -> Json:
        asked.extend(params[:1] if method == "state_call" and params[1] == "0x0100" else ())
        return result

    with TamperedNode(chain, HEAD) as node:
        node.tell(listen)
        found = collect(plan_of(chain), tmp_path, node.url)
        del asked[:]
        collect(plan_of(chain), tmp_path, node.url)
    assert found.snapshot.chain.undecoded == ()
    assert HYPERPARAMETERS.replace(".", "_") not in asked
    assert [name for name in asked if "hyperparams" in name] == ["SubnetInfoRuntimeApi_get_subnet_hyperparams_v2"]


def test_runtime_calls_that_vanished_are_told_and_storage_tells_what_rules_need_of_them(tmp_path: Path) -> None:
    gone = tuple(f"SubnetInfoRuntimeApi.{name}" for name in (*VERSIONS, "get_selective_metagraph"))
    snapshot = read(upgraded(BEFORE, Release(472, gone=gone)), tmp_path).snapshot
    assert snapshot.chain.gone == (
        "SubnetInfoRuntimeApi.get_subnet_hyperparams",
        "SubnetInfoRuntimeApi.get_selective_metagraph",
    )
    subnet, whole = snapshot.subnets[1], read(upgraded(BEFORE, Release(473)), tmp_path).snapshot.subnets[1]
    assert (subnet.hyperparameters, subnet.vectors.total_stake) == (None, None)
    for name in ("immunity_period", "weights_rate_limit", "weights_version", "max_validators", "commit_reveal_period"):
        assert subnet.hyperparameter(name) == whole.hyperparameter(name) is not None
    assert subnet.activity_cutoff == whole.activity_cutoff is not None


@pytest.mark.parametrize("place", [BEFORE, AT, AFTER])
def test_each_runtime_is_fetched_once_at_a_block_whose_state_holds_it(place: int, tmp_path: Path) -> None:
    chain = upgraded(place)
    fetched: list[int] = []

    def listen(method: str, params: list[Json], result: Json) -> Json:
        if params[:1] == ["Metadata_metadata_at_version"]:
            block = chain.block_of(bytes.fromhex(params[2][2:]))
            assert block is not None
            fetched.append(chain.runtime_after(block).spec_version)
        return result

    with TamperedNode(chain, HEAD) as node:
        node.tell(listen)
        collect(plan_of(chain), tmp_path, node.url)
        first, fetched[:] = sorted(fetched), []
        collect(plan_of(chain), tmp_path, node.url)
    assert first == {BEFORE: [461, 470], AT: [461, 470], AFTER: [461]}[place]
    assert fetched == []


def test_the_old_runtime_is_kept_for_a_block_read_again_after_the_upgrade(tmp_path: Path) -> None:
    chain = upgraded(BEFORE)
    read(chain, tmp_path)
    assert sorted(path.name.rpartition("-")[2] for path in tmp_path.iterdir()) == ["461.bin", "470.bin"]

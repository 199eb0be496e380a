"""Everything that a script can do is seen in storage, in the block's calls and in its events."""

from __future__ import annotations

import pytest

from simulator.subtensor.parameters import FIXED, TAO, U16
from simulator.subtensor.plan import small_plan
from tests.simulator.subtensor.test_chain import MODULE, Reader

QUIET = small_plan(tempo=40)
FIRST = QUIET.first_block
SCRIPTED = (
    QUIET.remove_stake(1, "bob", FIRST + 2, 0.25)
    .set_take("bob", FIRST + 3, 0.1)
    .set_childkey_take(1, "bob", FIRST + 4, 0.05)
    .swap_hotkey("carol", "carol-2", FIRST + 5)
    .swap_hotkey("dave", "dave-2", FIRST + 6, netuid=1)
    .serve_axon(1, "m1-2", FIRST + 7, "203.0.113.9", 9000)
    .burn(1, FIRST + 8, 3 * TAO)
    .collateral(1, "m1-3", FIRST + 9, 5, 10)
    .moving_price(1, FIRST + 10, 0.001)
    .sudo(FIRST + 11)
    .sudo(FIRST + 12, 1)
    .add_proxy("alice", "helper", FIRST + 13)
    .dispute_coldkey_swap("alice", FIRST + 14)
    .announce_coldkey_swap("bob", "bob-2", FIRST + 15)
    .clear_coldkey_swap("bob", FIRST + 16)
    .new_sudo_key(FIRST + 17)
    .set_parameter(1, FIRST + 18, "mechanism_emission_split", [40_000, 25_535], by="root")
    .no_emission(3, FIRST + 20)
    .price_factor(2, FIRST + 20, factor=0.5)
    .burn_miners(2, FIRST + 1)
    .hold_epochs(1, FIRST + 10, FIRST + 45, skipped=True)
    .light(3, "alice", FIRST)
    .less_dividends(2, "bob", FIRST)
    .less_incentive(2, "m2-1", FIRST)
    .less_trust(2, "carol-2", FIRST, factor=0.5)
    .old_version(2, "erin", FIRST)
    .set_parameter(2, FIRST + 19, "weights_version", 9)
    .registration_burst(2, FIRST + 30, 3)
)
READ = Reader(SCRIPTED)
HOTKEY, COLDKEY = QUIET.hotkey, QUIET.coldkey


@pytest.fixture(scope="module", autouse=True)
def _every_block_is_read_by_the_official_decoder() -> None:
    for block in range(FIRST, FIRST + 100):
        assert len(READ.events(block)) >= len(READ.calls(block))


def test_validators_lose_stake_and_change_takes_and_keys() -> None:
    before, after = (READ.value(FIRST + at, "TotalHotkeyAlpha", HOTKEY("bob"), 1) for at in (1, 2))
    assert after == pytest.approx(0.75 * before, rel=1e-6)
    assert READ.events(FIRST + 2, "StakeRemoved")[0][:2] == (COLDKEY("bob"), HOTKEY("bob"))
    assert READ.value(FIRST + 3, "Delegates", HOTKEY("bob")) == round(0.1 * U16)
    assert READ.value(FIRST + 4, "ChildkeyTake", HOTKEY("bob"), 1) == round(0.05 * U16)
    assert READ.value(FIRST + 5, "Uids", 2, HOTKEY("carol")) is None
    assert READ.value(FIRST + 5, "Uids", 2, HOTKEY("carol-2")) == 2
    assert READ.value(FIRST + 6, "Uids", 1, HOTKEY("dave")) is None
    assert READ.value(FIRST + 6, "Uids", 2, HOTKEY("dave")) == 3


def test_miners_move_and_owe_collateral() -> None:
    axon = READ.value(FIRST + 7, "Axons", 1, HOTKEY("m1-2"))
    assert (axon["ip"], axon["port"]) == (int.from_bytes(bytes([203, 0, 113, 9]), "big"), 9000)
    state = READ.value(FIRST + 9, "MinerCollateral", 1, HOTKEY("m1-3"), COLDKEY("m1-3"))
    assert (state["locked"], state["min_locked"]) == (5, 10)
    assert READ.value(FIRST + 8, "Burn", 1) == 3 * TAO


def test_root_acts_and_is_replaced() -> None:
    assert [READ.calls(FIRST + at)[1][:2] for at in (11, 12, 17)] == [
        (COLDKEY("sudo"), "Sudo.sudo"),
        (COLDKEY("sudo"), "Sudo.sudo"),
        (COLDKEY("sudo"), "Sudo.set_key"),
    ]
    assert READ.calls(FIRST + 18)[1][0] == COLDKEY("new-root")
    assert READ.value(FIRST + 18, "MechanismEmissionSplit", 1) == [40_000, 25_535]
    assert READ.value(FIRST + 17, "Key", pallet="Sudo") == COLDKEY("new-root")


def test_wallets_get_proxies_and_announce_and_clear_swaps() -> None:
    (proxy,), _ = READ.value(FIRST + 13, "Proxies", COLDKEY("alice"), pallet="Proxy")
    assert (proxy["delegate"], proxy["proxy_type"]) == (COLDKEY("helper"), "Any")
    assert READ.value(FIRST + 14, "ColdkeySwapDisputes", COLDKEY("alice")) == FIRST + 14
    announced = [READ.value(FIRST + at, "ColdkeySwapAnnouncements", COLDKEY("bob")) for at in (14, 15, 16)]
    assert [one is not None for one in announced] == [False, True, False]


def test_subnets_lose_emission_price_and_epochs() -> None:
    assert [READ.value(FIRST + at, "SubnetTaoInEmission", 3) > 0 for at in (19, 20)] == [True, False]
    assert READ.value(FIRST + 20, "SubnetEmissionEnabled", 3) is False
    tao, alpha = (READ.value(FIRST + 30, item, 2) for item in ("SubnetTAO", "SubnetAlphaIn"))
    assert tao / alpha == pytest.approx(0.02, rel=0.02)
    assert READ.value(FIRST + 10, "SubnetMovingPrice", 1)["bits"] == round(0.001 * (1 << 32))
    skipped = [block for block in range(FIRST, FIRST + 60) if READ.events(block, "EpochSkipped")]
    assert len(skipped) == 1
    assert READ.value(FIRST + 46, "LastEpochBlock", 1) == FIRST + 46
    assert READ.value(FIRST + 60, "MinerBurned", 2)["bits"] == int(0.95 * FIXED)


def test_epochs_follow_what_is_wrong_with_a_neuron() -> None:
    at = FIRST + 90
    assert READ.value(at, "ValidatorPermit", 3)[0] is False
    assert READ.value(at, "AlphaDividendsPerSubnet", 2, HOTKEY("bob")) is None
    assert READ.value(at, "AlphaDividendsPerSubnet", 2, HOTKEY("alice")) > 0
    assert READ.value(at, "Incentive", 2)[6] == 0
    trust = READ.value(at, "ValidatorTrust", 2)
    assert trust[2] < 0.6 * trust[0]
    assert len(READ.value(at, "Emission", 2)) == READ.value(at, "SubnetworkN", 2) == 17


def test_an_old_version_key_makes_weights_fail() -> None:
    errors = [
        (signer, one.error)
        for block in range(FIRST + 19, FIRST + 60)
        for one, (signer, _, _) in zip(READ.chain.block(block).extrinsics, READ.calls(block), strict=True)
        if one.error is not None
    ]
    assert {error for error in errors if error[0] == HOTKEY("erin")} == {
        (HOTKEY("erin"), (MODULE, "IncorrectWeightVersionKey"))
    }


def test_validators_in_the_dark_set_nothing() -> None:
    read = Reader(QUIET.dark(1, FIRST, share=0.5))
    updates = read.value(FIRST + 60, "LastUpdate", 1)
    assert [block < FIRST for block in updates[:6]] == [True, True, True, False, False, False]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.subtensor.hashing import account, hashed, key_of, ss58, xxh64
from simulator.subtensor.plan import COUNCIL, COUNCILLORS, Plan
from simulator.subtensor.runtime import Release, runtime, storage_key
from tests.simulator.subtensor.oracle import decoder_library, opened

ALICE = bytes.fromhex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")
MODULE = "658faa385070e074c85bf6b568cf0555"


def test_addresses_are_those_of_format_42() -> None:
    assert ss58(ALICE) == "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
    assert key_of(ss58(ALICE)) == ALICE


@pytest.mark.parametrize("address", ["", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX", "0"])
def test_what_is_no_address_has_no_key(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        key_of(address)


@pytest.mark.parametrize(
    ("item", "parts", "key"),
    [
        ("Tempo", (1,), f"{MODULE}7641384bb339f3758acddfd7053d33170100"),
        ("NetworksAdded", (3,), f"{MODULE}0e30450fc4d507a846032a7fa65d9a430300"),
        ("Keys", (1, 0), f"{MODULE}9f99a2ce711f3a31b2fc05604c93f17901000000"),
        (
            "AlphaDividendsPerSubnet",
            (64, ALICE),
            f"{MODULE}362d401ea7c93984e89763daca2cbf3b4000de1e86a9a8c739864cf3cc5ec2bea59f{ALICE.hex()}",
        ),
    ],
)
def test_keys_are_those_of_a_real_chain(item: str, parts: tuple[object, ...], key: str) -> None:
    assert storage_key("SubtensorModule", item, parts).hex() == key


def test_a_hash_of_more_than_32_bytes_goes_through_its_four_lanes() -> None:
    assert xxh64(b"Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1


def test_a_hasher_that_no_key_of_the_chain_uses_is_refused() -> None:
    with pytest.raises(ValueError, match="Twox128"):
        hashed("Twox128", b"")


@given(who=st.integers(0, 10_000), netuid=st.integers(0, 65_535), epoch=st.integers(0, 2**64 - 1))
def test_the_official_decoder_makes_the_same_keys(who: int, netuid: int, epoch: int) -> None:
    decoder, hotkey = opened(runtime(Release())), account(who)

    for pallet, item, parts, told in (
        ("SubtensorModule", "Axons", (netuid, hotkey), [netuid, ss58(hotkey)]),
        ("SubtensorModule", "TotalHotkeyAlpha", (hotkey, netuid), [ss58(hotkey), netuid]),
        ("SubtensorModule", "TimelockedWeightCommits", (netuid, epoch), [netuid, epoch]),
        ("System", "Account", (hotkey,), [ss58(hotkey)]),
    ):
        assert storage_key(pallet, item, parts) == bytes(decoder.storage_key(pallet, item, told))


def test_the_account_of_two_is_that_of_their_multisig() -> None:
    plan, library = Plan(), decoder_library()
    members = [plan.coldkey_bytes(one) for one in COUNCILLORS]

    assert library.multisig_account_id(members, 2)[0] == plan.coldkey_bytes(COUNCIL)

from __future__ import annotations

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.address import AddressError
from monitor.config.ss58 import LENGTH, check_ss58, encode_ss58

ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
"""The well-known development account of every Substrate node."""
ALICE_ACCOUNT = bytes.fromhex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")


def fault_of(address: str) -> AddressError:
    with pytest.raises(AddressError) as caught:
        check_ss58(address)
    return caught.value


def test_a_known_address_is_valid_and_spelt_as_others_spell_it() -> None:
    check_ss58(ALICE)
    assert encode_ss58(ALICE_ACCOUNT) == ALICE


@given(st.binary(min_size=32, max_size=32))
def test_every_account_has_a_valid_address_of_48_characters_that_begins_with_5(account: bytes) -> None:
    address = encode_ss58(account)
    assert len(address) == LENGTH
    assert address.startswith("5")
    check_ss58(address)


@given(st.integers(0, LENGTH - 1), st.sampled_from("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"))
def test_one_wrong_character_is_always_noticed_or_nothing_changed(position: int, character: str) -> None:
    changed = ALICE[:position] + character + ALICE[position + 1 :]
    try:
        check_ss58(changed)
    except AddressError:
        return
    assert changed == ALICE  # two bytes of checksum: one in 65,536 would pass, and none of these does


def test_the_same_account_in_another_networks_format_is_answered_with_bittensors_spelling() -> None:
    polkadot = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"
    assert ALICE in fault_of(polkadot).fix
    assert "format of another network" in fault_of(polkadot).text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (ALICE[:-1], "is 47 characters long, an address is 48"),
        (ALICE[:-1] + "0", 'holds "0", which no address does'),
        (ALICE[:-1] + "Z", "its checksum does not fit"),
        (f" {ALICE}", "has a space before or after it"),
        ("", "is not the address of a hotkey or coldkey"),
        ("alice", "is not the address of a hotkey or coldkey"),
        ("tz1YXwZtt1KR5LZExTw6mQ9KT1qydm2S7eoE", "is not the address of a hotkey or coldkey"),
        ("5", "is 1 characters long"),
        (base58.b58encode(b"\x2a" + b"x" * 32 + b"no").decode(), "its checksum does not fit"),
    ],
)
def test_what_is_wrong_is_said(address: str, said: str) -> None:
    assert said in str(fault_of(address))


@pytest.mark.parametrize(
    "secret",
    [
        "bottom drive obey lake curtain smoke basket hold race lonely fit walk",
        "//Alice",
        "0x" + "e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a",
        "e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a",
    ],
)
def test_what_may_be_a_secret_is_not_repeated(secret: str) -> None:
    assert secret not in str(fault_of(secret))
    assert secret[:12] not in str(fault_of(secret))


@given(st.text(max_size=60))
def test_any_text_is_judged_without_another_error(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        check_ss58(text)
    assert caught.value.fix

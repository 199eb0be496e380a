from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.bittensor import ss58
from collectors.errors import Unreadable
from tests.collectors.bittensor.recordings import golden

ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"


def test_addresses_are_those_of_the_official_sdk() -> None:
    for known in golden()["ss58"]:
        account = bytes.fromhex(known["public_key_hex"][2:])
        assert ss58.encode(account) == known["address"]
        assert ss58.decode(known["address"]) == account
    assert ss58.encode(bytes(32)) == ss58.NO_ACCOUNT


@pytest.mark.parametrize(
    "address",
    ["", "5", ALICE[:-1], ALICE[:-1] + "Z", ALICE + "\n", " " + ALICE, ALICE.replace("5", "0"), "é" * 48, "1" * 10_000,
     "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"],
)  # fmt: skip
def test_what_is_no_address_of_bittensor_is_unreadable(address: str) -> None:
    with pytest.raises(Unreadable):
        ss58.decode(address)


@given(st.binary(max_size=40))
def test_an_account_has_32_bytes(account: bytes) -> None:
    if len(account) == 32:
        assert ss58.decode(ss58.encode(account)) == account
    else:
        with pytest.raises(Unreadable):
            ss58.encode(account)

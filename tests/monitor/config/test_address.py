from __future__ import annotations

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.address import ALPHABET, PREFIXES, AddressError, check_address
from tests.monitor.config.addresses import ALICE, address


@pytest.mark.parametrize(
    "real",
    [
        "tz1NNT9EERmcKekRq2vdv6e8TL3WQpY8AXSF",
        "tz2NspqNsa2dwpiujAqetv1AAwcPjanYhgsP",
        "tz3Q67aMz7gSMiQRcW729sXSfuMtkyAHYfqc",
        "tz4MvCEiLgK6vYRSkug9Nz64UNTbT4McNq8m",
    ],
)
def test_addresses_of_all_four_kinds_are_accepted(real: str) -> None:
    check_address(real)


@given(st.binary(min_size=20, max_size=20), st.sampled_from(sorted(PREFIXES)))
def test_every_key_hash_has_an_accepted_address(digest: bytes, kind: str) -> None:
    check_address(base58.b58encode_check(PREFIXES[kind] + digest).decode())


@given(st.integers(3, 35), st.sampled_from(ALPHABET), st.sampled_from(sorted(PREFIXES)))
def test_any_single_wrong_character_is_found(position: int, character: str, kind: str) -> None:
    right = address("any", kind)
    wrong = right[:position] + character + right[position + 1 :]
    if wrong == right:
        return
    with pytest.raises(AddressError, match="at least one wrong character"):
        check_address(wrong)


@given(st.text())
def test_any_other_text_is_refused_with_a_fix(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        check_address(text)
    assert caught.value.text
    assert caught.value.fix


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("KT1PWx2mnDueood7fEmfbBDKx1D9BAnnXitn", "is a contract, not a baker"),
        ("sr1Ghq66tYK9y3r8CC1Tf8i8m5nxh8nTvZEf", "is a smart rollup, not a baker"),
        ("edpkuBknW28nW72KG6RoHtYW7p12T6GKc7nAbwYX5m8Wd9sDVC9yav", "is a public key, not an address"),
        (ALICE[:-1], "is 35 characters long, an address is 36"),
        (ALICE + "x", "is 37 characters long, an address is 36"),
        (ALICE[:10] + "0" + ALICE[11:], 'holds "0", which no address does'),
        (f" {ALICE}", "has a space before or after it"),
        ("tz5" + ALICE[3:], "does not begin like the address of a baker"),
        ("", "does not begin like the address of a baker"),
    ],
)
def test_what_is_wrong_is_named(wrong: str, said: str) -> None:
    with pytest.raises(AddressError) as caught:
        check_address(wrong)
    assert said in caught.value.text


def test_a_secret_key_is_never_repeated() -> None:
    secret = "edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsh"
    with pytest.raises(AddressError) as caught:
        check_address(secret)
    assert "is a secret key" in str(caught.value)
    assert secret[:8] not in str(caught.value)

from __future__ import annotations

import base58
import pytest

from simulator import address


@pytest.mark.parametrize(
    ("kind", "begins", "length"),
    [
        ("tz1", "tz1", 36),
        ("tz2", "tz2", 36),
        ("tz3", "tz3", 36),
        ("tz4", "tz4", 36),
        ("edpk", "edpk", 54),
        ("sppk", "sppk", 55),
        ("p2pk", "p2pk", 55),
        ("BLpk", "BLpk", 76),
        ("sig", "sig", 96),
        ("BLsig", "BLsig", 142),
        ("o", "o", 51),
        ("LLo", "LLo", 53),
        ("Co", "Co", 52),
        ("vh", "vh", 52),
        ("nce", "nce", 53),
        ("Net", "Net", 15),
        ("id", "id", 30),
    ],
)
def test_every_kind_begins_as_on_the_real_network_and_passes_base58check(kind: str, begins: str, length: int) -> None:
    for seed in range(20):
        text = address.made(kind, seed)
        assert text.startswith(begins)
        assert len(text) == length
        assert base58.b58decode_check(text)


def test_the_same_seed_makes_the_same_address_and_another_seed_another() -> None:
    assert address.made("tz1", 7, "alice") == address.made("tz1", 7, "alice")
    assert len({address.made("tz1", seed) for seed in range(100)}) == 100


def test_a_block_hash_gives_its_level_back() -> None:
    text = address.block_hash(15_181_990, "seed")
    assert base58.b58decode_check(text)[:2] == bytes.fromhex("0134")
    assert address.level_of_block_hash(text) == 15_181_990


def test_a_text_with_one_letter_changed_has_no_payload() -> None:
    text = address.made("tz1", 1)
    assert address.payload_of(text, "tz1") is not None
    wrong = text[:-1] + ("a" if text[-1] != "a" else "b")
    assert address.payload_of(wrong, "tz1") is None
    assert address.payload_of(text, "tz2") is None
    assert address.payload_of("tz1 0OIl", "tz1") is None

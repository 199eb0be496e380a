from __future__ import annotations

from typing import Any

import pytest

from collectors.errors import Unreadable
from collectors.tezos.header import parse_head
from tests.collectors.tezos.shapes import BLOCK_HASH, MAINNET, PREDECESSOR, header


def test_the_round_is_read_from_the_fitness() -> None:
    head = parse_head({**header(block_round=3, payload_round=1), "hash": BLOCK_HASH, "chain_id": MAINNET})
    assert (head.round, head.payload_round) == (3, 1)
    assert (head.level, head.timestamp, head.predecessor) == (15_267_099, 1_791_361_159, PREDECESSOR)
    assert (head.hash, head.chain_id) == (BLOCK_HASH, MAINNET)


def test_a_header_without_hash_and_chain_id_is_still_a_header() -> None:
    head = parse_head(header())
    assert (head.hash, head.chain_id, head.protocol) == (None, None, None)


def test_a_seed_nonce_hash_is_seen() -> None:
    assert parse_head(header(seed_nonce_hash="nceUFoeQDgkJCmzdMWh19ZjBYqQD3N9fe6bXQ1ZsUKKvMn7iun5Z3")).seed_nonce_hash
    assert not parse_head(header()).seed_nonce_hash


@pytest.mark.parametrize(
    "change",
    [
        {"level": None},
        {"level": "15267099"},
        {"level": True},
        {"level": -1},
        {"level": 2**31},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-10-07T08:19:19"},
        {"timestamp": 1791361159},
        {"predecessor": ""},
        {"payload_round": None},
        {"payload_round": 1},
        {"fitness": ["01", "000000000000000a"]},
        {"fitness": ["02", "00e8f51c", "", "ffffffff", "00000000"]},
        {"fitness": ["02", "00e8f51b", "", "ffffffff", "-0000001"]},
        {"fitness": ["02", "00e8f51b", "", "ffffffff", "ffffffff"]},
        {"fitness": ["02", "00e8f51b", "", "ffffffff", 0]},
        {"fitness": ["02", "00e8f51b", "", "ffffffff", "roundone"]},
        {"fitness": "02"},
    ],
    ids=str,
)
def test_a_header_of_another_shape_is_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse_head({**header(), **change})

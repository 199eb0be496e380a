"""Recorded blocks, headers and metadata."""

from __future__ import annotations

import pytest

from collectors.errors import Unreadable
from collectors.tezos.block import parse_block
from collectors.tezos.facts import NamedDelegate
from collectors.tezos.header import parse_head
from tests.collectors.tezos.recordings import MASKED, expect, load, with_metadata
from tests.collectors.tezos.shapes import block, header, metadata

# Whole blocks: (level, round, payload round, timestamp, baker, cycle, cycle position, attesters, power, chain id)

BLOCKS: dict[str, tuple[int, int, int, int, str, int, int, int, int | None, str]] = {
    "pyrometer/i_block93416.json": (
        *(93416, 0, 0, 1644959305, "tz1aWXP237BLwNHJcCD4b3DutCevhqq2T1Z9", 22, 3303, 30, 6241),
        "NetXnHfVqm9iesp",
    ),
    "pyrometer/i_block93446.json": (
        *(93446, 1, 1, 1644959900, "tz1MeT8NACB8Q4uV9dPQ3YxXBmYgapbxQxQ5", 22, 3333, 29, 6055),
        "NetXnHfVqm9iesp",
    ),
    "pyrometer/i_block93516.json": (
        *(93516, 1, 1, 1644961115, "tz1TGKSrZrBpND3PELJ43nVdyadoeiM1WMzb", 22, 3403, 28, 5938),
        "NetXnHfVqm9iesp",
    ),
    "pyrometer/i_block96849.json": (
        *(96849, 0, 0, 1645018490, "tz1cXeGHP8Urj2pQRwpAkCdPGbCdqFUPsQwU", 23, 2640, 33, 6640),
        "NetXnHfVqm9iesp",
    ),
    "pyrometer/p_block66491.json": (
        *(66491, 0, 0, 1717512009, "tz3Q67aMz7gSMiQRcW729sXSfuMtkyAHYfqc", 5, 9146, 13, 6285),
        "NetXR64bNAYkP4S",
    ),
    "taquito/blockIthacanetResponse.json": (
        *(135596, 0, 0, 1645664960, "tz1aWXP237BLwNHJcCD4b3DutCevhqq2T1Z9", 33, 427, 1, 206),
        "NetXnHfVqm9iesp",
    ),
    "taquito/blockKathmandunetResponse.json": (
        *(133163, 1, 1, 1661363315, "tz1foXHgRzdYdaLgX6XhpZGxbBv42LZ6ubvE", 32, 2090, 1, 6),
        "NetXi2ZagzEsXbZ",
    ),
    "taquito/blockLimanetResponse.json": (
        *(104428, 0, 0, 1667354575, "tz1PirbogVqfmBT9XCuYJ1KnDx4bnMSYfGru", 25, 2027, 1, 316),
        "NetXizpkH94bocH",
    ),
    "taquito/blockResponse.json": (
        *(989795, 0, 0, 1725655666, "tz1fLH7NNTTshW2zycQ3rFJ8ZPjcxp9mXboX", 7732, 98, 1, 2558),
        "NetXXWAHLEvre9b",
    ),
    # Its consensus operations were cut by those who recorded it.
    "taquito/blockWeeklynetResponse.json": (
        *(8215, 0, 0, 1663189732, "tz1foXHgRzdYdaLgX6XhpZGxbBv42LZ6ubvE", 64, 22, 0, None),
        "NetXrxsLyu6hTHx",
    ),
}
NAMED: dict[str, tuple[NamedDelegate, ...]] = {
    "pyrometer/i_block96849.json": (
        NamedDelegate(
            "denounced",
            "tz3Q67aMz7gSMiQRcW729sXSfuMtkyAHYfqc",
            {"operation": "double_baking_evidence", "misbehaviour": "block", "level": 96848, "round": 0},
        ),
    ),
    "taquito/blockLimanetResponse.json": (
        NamedDelegate(
            "consensus_key_updated",
            "tz1MY8g5UqVmQtpAp7qs1cUwEof1GjZCHgVv",
            {"status": "applied", "pk": "edpkti5K5JbdLpp2dCqiTLoLQqs5wqzeVhfHVnNhsSCuoU8zdHYoY7"},
        ),
        NamedDelegate(
            "drained",
            "tz1MY8g5UqVmQtpAp7qs1cUwEof1GjZCHgVv",
            {"destination": "tz1KvJCU5cNdz5RAS3diEtdRvS9wfhRC7Cwj", "amount": 15_682_598_478},
        ),
    ),
}


@expect(*BLOCKS)
def a_real_block(name: str) -> None:
    facts = parse_block(load(name))
    head, attestations = facts.head, facts.attestations
    assert (
        head.level,
        head.round,
        head.payload_round,
        head.timestamp,
        facts.baker,
        facts.cycle,
        facts.cycle_position,
        len(attestations.by_delegate),
        attestations.power,
        head.chain_id,
    ) == BLOCKS[name]
    assert facts.proposer == facts.baker
    assert (facts.unreadable, facts.committee_power) == (None, None)
    whole = name != "taquito/blockWeeklynetResponse.json"
    assert (attestations.unreadable is None, attestations.level, attestations.due) == (whole, head.level - 1, True)
    assert facts.named == NAMED.get(name, ())


@expect("mainnet_ushuaia_2026/block_15267099_abridged.json")
def a_mainnet_block_whose_aggregate_was_cut(name: str) -> None:
    facts = parse_block(load(name))
    assert (facts.head.level, facts.head.round, facts.head.timestamp) == (15267099, 0, 1791361159)
    assert facts.baker == facts.proposer == "tz1RCFbB9GpALpsZtu6J58sb74dm8qe6XBzv"
    assert (facts.cycle, facts.cycle_position) == (1375, 12410)
    assert facts.attestations.by_delegate == {
        "tz1iS7kehbR1CKAd38HrssP38BBz8GC9Zhy4": True,
        "tz1aRoaRhSpRYvFdyvgWLL6TGyRoGF51wDjM": True,
    }
    assert (facts.attestations.power, facts.committee_power) == (6998, 7000)
    assert facts.attestations.unreadable == "an aggregate tells fewer delegates than its power"


@expect("mainnet_ushuaia_2026/ops_consensus_15181990_reduced.json")
def all_attestations_of_a_mainnet_level(name: str) -> None:
    answer = block(load(name), head=header(15181990), told=metadata(level=15181990))
    for summary, committee in ((None, None), ({"recorded_power": "6942", "total_committee_power": "7000"}, 7000)):
        if summary is not None:
            answer["metadata"]["attestations"] = summary
        facts = parse_block(answer)
        attestations = facts.attestations
        assert (len(attestations.by_delegate), attestations.level) == (141, 15181989)
        assert (attestations.power, facts.committee_power, attestations.unreadable) == (6942, committee, None)
        # 69 operations with DAL content, 7 without, and an aggregate of 65.
        assert list(attestations.by_delegate.values())[:76].count(False) == 7
        assert attestations.by_delegate["tz1RCFbB9GpALpsZtu6J58sb74dm8qe6XBzv"] is True
        assert attestations.by_delegate["tz1c7h36i4Tq6F8hWrxVzgDnabHJZdQeEHxz"] is False
    answer["metadata"]["attestations"]["recorded_power"] = "6943"
    assert parse_block(answer).attestations.unreadable is not None


HEADS = {
    "mainnet_ushuaia_2026/header_15181989.json": (15181989, 0, 0, 1790845267, None),
    "tzgo/header_ghostnet_16718489_S023.json": (16718489, 0, 0, 1764868072, "NetXnHfVqm9iesp"),
    "tzgo/header_tallinnnet_340114_T024.json": (340114, 0, 0, 1764865187, "NetXe8DbhW9A1eS"),
}


@expect(*HEADS)
def a_real_header(name: str) -> None:
    head = parse_head(load(name))
    assert (head.level, head.round, head.payload_round, head.timestamp, head.chain_id) == HEADS[name]
    assert (head.hash is None, head.seed_nonce_hash) == (head.chain_id is None, False)


# Metadata alone: (level, proposer, baker, cycle, attested power, committee's power, due)

METADATA = {
    "tzgo/metadata_reproposal_429176_T024_abaab.json": (
        *(429176, "tz1TnEtqDV9mZyts2pfMy6Jw1BTPs4LMjL8M", "tz1NNT9EERmcKekRq2vdv6e8TL3WQpY8AXSF", 1430),
        *(443005372003831, 469521635844122, True),
    ),
    "tzgo/metadata_seoul_dev_3383167_S023.json": (
        *(3383167, "tz1Zt8QQ9aBznYNk5LUBjtME9DuExomw9YRs", "tz1Zt8QQ9aBznYNk5LUBjtME9DuExomw9YRs", 11277),
        *(None, None, True),
    ),
    "octez_expected/T024_block_metadata_level2.json": (2, MASKED, MASKED, 0, 0, None, False),
    "octez_expected/U025_block_metadata_level2.json": (2, MASKED, MASKED, 0, 0, None, False),
}


@expect(*METADATA)
def metadata_of_a_block(name: str) -> None:
    facts = with_metadata(load(name))
    attestations = facts.attestations
    assert (
        facts.head.level,
        facts.proposer,
        facts.baker,
        facts.cycle,
        attestations.power,
        facts.committee_power,
        attestations.due,
    ) == METADATA[name]
    assert (facts.unreadable, facts.named) == (None, ())
    assert (attestations.unreadable is None) is not attestations.due


@expect("taquito/blockHeader.json", "taquito/blockMetadata.json")
def a_block_from_before_tenderbake(name: str) -> None:
    with pytest.raises(Unreadable):
        parse_head(load(name))
    if name == "taquito/blockMetadata.json":
        facts = with_metadata(load(name))
        assert facts.baker == "tz1aWXP237BLwNHJcCD4b3DutCevhqq2T1Z9"
        assert facts.unreadable == "the metadata does not tell the proposer"

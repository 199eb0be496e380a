"""Every recorded answer is read by the real parsers, and what they make of it is written down here.

A file without an expectation fails: a new recording is not left unread.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from collectors.errors import Unreadable
from collectors.tezos.block import parse_block
from collectors.tezos.constants import parse_constants
from collectors.tezos.delegate import not_registered, parse_delegate
from collectors.tezos.facts import BakingRight, BlockFacts, NamedDelegate
from collectors.tezos.header import parse_head
from collectors.tezos.judge import observations
from collectors.tezos.node import parse_bootstrapped, parse_chain_id, parse_connections, parse_version
from collectors.tezos.rights import parse_attestation_rights, parse_baking_rights
from monitor.model import Observation, Outcome
from monitor.tezos_model import Constants, DelegateState
from tests.collectors.tezos.shapes import block, header, metadata
from tests.recorded import FIXTURES, recorded, recorded_json

FOLDER = FIXTURES / "tezos"
PARSERS: tuple[Callable[[object], object], ...] = (
    parse_block,
    parse_head,
    parse_baking_rights,
    parse_attestation_rights,
    lambda answer: parse_delegate(answer, ""),
    lambda answer: parse_constants(answer, ""),
    parse_bootstrapped,
    parse_connections,
    parse_chain_id,
    parse_version,
)
MASKED = "[PUBLIC_KEY_HASH]"

Expectation = Callable[[str], None]
EXPECTED: dict[str, Expectation] = {}


def expect(*names: str) -> Callable[[Expectation], Expectation]:
    def note(expectation: Expectation) -> Expectation:
        for name in names:
            assert name not in EXPECTED
            EXPECTED[name] = expectation
        return expectation

    return note


def load(name: str) -> Any:
    return recorded_json(f"tezos/{name}")


def around(level: int, operations: Any) -> BlockFacts:
    """The facts of a block at `level` with the recorded operations (four passes)."""
    return parse_block({**block(head=header(level), told=metadata(level=level)), "operations": operations})


def in_pass(number: int, level: int, recorded_operation: Any) -> BlockFacts:
    passes: list[list[Any]] = [[], [], [], []]
    passes[number].append(recorded_operation)
    return around(level, passes)


def with_metadata(told: dict[str, Any]) -> BlockFacts:
    """The facts of a block without operations around recorded metadata, one round after its payload's."""
    head = header(told["level_info"]["level"], 1, 0)
    return parse_block(block(head=head, told=told))


@pytest.mark.parametrize(
    "name",
    sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*") if path.is_file()) or ["INDEX.md"],
)
def test_every_recording_is_read_as_expected(name: str) -> None:
    recorded("tezos")
    if name == "INDEX.md" or name.startswith("openapi/"):
        return
    assert name in EXPECTED, f"no expectation is written for {name}"
    EXPECTED[name](name)


def test_every_expectation_has_its_recording() -> None:
    recorded("tezos")
    assert [name for name in EXPECTED if not (FOLDER / name).is_file()] == []


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


def test_the_baker_of_a_reproposed_block_and_its_proposer_both_did_their_duty() -> None:
    facts = with_metadata(load("tzgo/metadata_reproposal_429176_T024_abaab.json"))
    proposer, baker = "tz1TnEtqDV9mZyts2pfMy6Jw1BTPs4LMjL8M", "tz1NNT9EERmcKekRq2vdv6e8TL3WQpY8AXSF"
    rights = (BakingRight(429176, proposer, 0, None), BakingRight(429176, baker, 1, None))
    found = observations(facts, rights, (), {proposer: 0, baker: 0}, "tezos:tallinnnet")
    assert [(row.target, row.round, row.outcome) for row in found] == [
        (proposer, 0, Outcome.REPROPOSED),
        (baker, 1, Outcome.MET),
    ]


@expect("taquito/blockHeader.json", "taquito/blockMetadata.json")
def a_block_from_before_tenderbake(name: str) -> None:
    with pytest.raises(Unreadable):
        parse_head(load(name))
    if name == "taquito/blockMetadata.json":
        facts = with_metadata(load(name))
        assert facts.baker == "tz1aWXP237BLwNHJcCD4b3DutCevhqq2T1Z9"
        assert facts.unreadable == "the metadata does not tell the proposer"


# Operations: (level of the block, delegates, power, with DAL content)

AGGREGATES = {
    "tzgo/operations_attestations_aggregate_109771_S023.json": (109772, 5, 4338, 3),
    "tzgo/operations_attestations_aggregate_410651_S023.json": (410652, 8, 5294, 3),
    # Edited by hand: the sum is not where protocols put it, the members are.
    "tzgo/operations_attestations_aggregate_T024_handmade.json": (109772, 5, 2079, 3),
}


@expect(*AGGREGATES)
def an_aggregate(name: str) -> None:
    level, members, power, with_dal = AGGREGATES[name]
    found = around(level, load(name)).attestations
    assert (len(found.by_delegate), found.power, found.unreadable) == (members, power, None)
    assert [*found.by_delegate.values()].count(True) == with_dal
    assert found.by_delegate["tz1LmrwzCKUDibk7xaGC5RxvTbmUbCAtCA4a"] is False
    assert around(level + 1, load(name)).attestations.by_delegate == {}


@expect("tzgo/operations_preattestations_aggregate_109772_S023.json")
def preattestations_of_a_reproposed_block(name: str) -> None:
    assert around(109772, load(name)).attestations.by_delegate == {}
    assert around(109773, load(name)).attestations.by_delegate == {}


@expect("tzgo/operations_double_consensus_operation_evidence_S023.json")
def a_denunciation_without_metadata(name: str) -> None:
    (named,) = around(150600, load(name)).named
    assert (named.kind, named.delegate) == ("denounced", None)
    assert (named.detail["misbehaviour"], named.detail["level"], named.detail["round"]) == ("attestation", 150562, 0)


@expect("tzgo/operations_dal_entrapment_evidence_R022.json")
def a_dal_denunciation_that_does_not_tell_the_offender(name: str) -> None:
    (named,) = around(13151200, load(name)).named
    assert (named.kind, named.delegate) == ("denounced", None)
    assert (named.detail["misbehaviour"], named.detail["level"]) == ("dal_entrapment", 13151123)


# Operations as they are signed and forged: without metadata, so nobody is told.

SAMPLES = ("octez_encoding_samples/alpha/", "octez_encoding_samples/s023/")
UNSIGNED = {
    "netezos/attestation_with_dal.json": 570452,
    "netezos/attestations_aggregate.json": 213813,
    **{f"{folder}operation-attestation.sample.json": 1331 for folder in SAMPLES},
    **{f"{folder}operation-attestation-with-dal.sample.json": 1331 for folder in SAMPLES},
    **{f"{folder}operation-attestations_aggregate.sample.json": 1331 for folder in SAMPLES},
}


@expect(*UNSIGNED)
def an_attestation_without_metadata(name: str) -> None:
    found = in_pass(0, UNSIGNED[name] + 1, load(name)).attestations
    assert (found.by_delegate, found.unreadable) == ({}, "an attestation has no metadata")


@expect(
    "netezos/preattestations_aggregate.json",
    *(f"{folder}operation-preattestation.sample.json" for folder in SAMPLES),
    *(f"{folder}operation-preattestations_aggregate.sample.json" for folder in SAMPLES),
)
def a_preattestation(name: str) -> None:
    found = in_pass(0, 1332, load(name)).attestations
    assert (found.by_delegate, found.unreadable) == ({}, "the block holds no attestation of the level before")


EVIDENCE: dict[str, tuple[str, str, int, int | None]] = {
    "netezos/double_consensus_evidence.json": ("double_consensus_operation_evidence", "attestation", 475140, 0),
    "netezos/double_consensus_evidence_aggregate.json": (
        *("double_consensus_operation_evidence", "attestation", 213813, 0),
    ),
    "netezos/double_consensus_evidence_with_dal.json": (
        "double_consensus_operation_evidence",
        "attestation",
        475140,
        0,
    ),
}
for _folder in SAMPLES:
    for _name, _kind, _level in (
        ("attestation", "attestation", 150562),
        ("attestation-aggregate", "attestation", 152463),
        ("preattestation", "preattestation", 1331),
        ("preattestation-aggregate", "preattestation", 152463),
    ):
        EVIDENCE[f"{_folder}operation-double-{_name}-evidence.sample.json"] = (
            *("double_consensus_operation_evidence", _kind, _level, 0),
        )
    # The headers in it have a fitness from before Tenderbake, so no round.
    EVIDENCE[f"{_folder}operation-double-baking-evidence.sample.json"] = (
        *("double_baking_evidence", "block", 1331, None),
    )


@expect(*EVIDENCE)
def evidence_without_metadata(name: str) -> None:
    (named,) = in_pass(2, 500000, load(name)).named
    operation, misbehaviour, level, at_round = EVIDENCE[name]
    detail = {"operation": operation, "misbehaviour": misbehaviour, "level": level, "round": at_round}
    assert named == NamedDelegate("denounced", None, detail)


@expect(*(f"{folder}operation-update-consensus-key.sample.json" for folder in SAMPLES))
def a_key_update_without_metadata(name: str) -> None:
    (named,) = in_pass(3, 500000, load(name)).named
    assert (named.kind, named.delegate) == ("consensus_key_updated", "tz4XsUYECWrJ5c4gktAnr1nkFC9mjDEVn3qh")
    assert named.detail["status"] == "unknown"
    assert named.detail["pk"].startswith("BLpk1xXdveUYh7YFsyf6LwGWfv5zAfLvnMG71byi")


# Rights

PARIS_NET_ROUNDS = [0, 1, 4, 5, 9, 10, 14, 18, 23, 28, 29, 31, 48]


@expect(
    "pyrometer/i_block93416rights.json",
    "pyrometer/i_block93516rights.json",
    "pyrometer/p_block66491rights.json",
)
def baking_rights(name: str) -> None:
    rights = parse_baking_rights(load(name))
    level, rounds = {
        "pyrometer/i_block93416rights.json": (93416, [0]),
        "pyrometer/i_block93516rights.json": (93516, [0, 1]),
        "pyrometer/p_block66491rights.json": (67030, PARIS_NET_ROUNDS),
    }[name]
    assert [right.round for right in rights] == rounds
    assert {right.level for right in rights} == {level}
    if level == 67030:
        assert rights[0] == BakingRight(67030, "tz1TnEtqDV9mZyts2pfMy6Jw1BTPs4LMjL8M", 0, 1717515227)
    else:
        assert rights[0].estimated_time is None


@expect("pyrometer/p_block66491erights.json")
def attestation_rights_of_paris(name: str) -> None:
    rights = parse_attestation_rights(load(name))
    assert (len(rights), sum(right.power for right in rights), {right.level for right in rights}) == (17, 7000, {67023})


def bakes(number: int, *watched: str) -> tuple[Observation, ...]:
    facts = parse_block(load(f"pyrometer/i_block{number}.json"))
    rights = parse_baking_rights(load(f"pyrometer/i_block{number}rights.json"))
    return observations(facts, rights, (), dict.fromkeys(watched, 0), "tezos:ghostnet")


def test_the_baker_of_a_recorded_block_met_its_right() -> None:
    baker = "tz1aWXP237BLwNHJcCD4b3DutCevhqq2T1Z9"
    assert bakes(93416, baker) == (Observation("tezos:ghostnet", baker, "baking", 93416, 0, Outcome.MET),)


def test_the_recorded_holder_of_round_0_missed_a_block_of_round_1() -> None:
    absent, baker = "tz1RuHDSj9P7mNNhfKxsyLGRDahTX5QD1DdP", "tz1TGKSrZrBpND3PELJ43nVdyadoeiM1WMzb"
    evidence = {"block_round": 1, "payload_round": 1, "baker": baker}
    assert bakes(93516, absent, baker) == (
        Observation("tezos:ghostnet", absent, "baking", 93516, 0, Outcome.MISSED, evidence),
        Observation("tezos:ghostnet", baker, "baking", 93516, 1, Outcome.MET),
    )


@expect("taquito/bakingRights.json")
def baking_rights_from_before_tenderbake(name: str) -> None:
    with pytest.raises(Unreadable):
        parse_baking_rights(load(name))


@expect("taquito/attestationRights.json")
def attestation_rights_of_quebec(name: str) -> None:
    (right,) = parse_attestation_rights(load(name))
    assert (right.level, right.delegate, right.power) == (151187, "tz3Q1fwk1vh3zm5LqyUV9e2wZBdaEXcovh2r", 326)


@expect("tzgo/validators_17141799_preV024.json", "tzgo/validators_766274_T024_abaab.json")
def validators_are_a_kind_of_rights(name: str) -> None:
    level, powers = {
        "tzgo/validators_17141799_preV024.json": (17141799, [11, 21]),
        "tzgo/validators_766274_T024_abaab.json": (766274, [55831337496322, 38734749288786]),
    }[name]
    rights = parse_attestation_rights(load(name))
    assert ([right.power for right in rights], {right.level for right in rights}) == (powers, {level})


# The sandbox: (best rounds of five bakers, attestation powers, tolerated inactivity)

SANDBOX: dict[str, tuple[list[int], list[int], int | None]] = {
    "Quebec_misc_protocol": ([0, 1, 2, 3, 10], [50, 47, 46, 55, 58], None),
    "R022_misc_protocol": ([0, 1, 2, 3, 10], [50, 47, 46, 55, 58], 2),
    "S023_misc_protocol": ([0, 1, 2, 3, 10], [50, 47, 46, 55, 58], 2),
    "T024_misc_protocol": ([0, 1, 2, 3, 10], [50, 47, 46, 55, 58], 2),
    "T024_misc_protocol_abaab": ([0, 1, 2, 3, 10], [55, 47, 46, 50, 58], 2),
    "U025_misc_protocol": ([0, 1, 2, 3, 6], [32, 64, 64, 32, 64], 2),
    "U025_misc_protocol_abaab": ([0, 1, 2, 3, 6], [64, 32, 64, 32, 64], 2),
}


@expect(*(f"octez_expected/{name}.json" for name in SANDBOX))
def a_sandbox_node(name: str) -> None:
    rounds, powers, tolerated = SANDBOX[name.removeprefix("octez_expected/").removesuffix(".json")]
    answers = {call["rpc"].rpartition("/")[2]: call["response"] for call in load(name)["calls"]}
    assert parse_constants(answers["constants"], "P") == Constants(
        *("P", 8, 1, 1, 256, 4, 4, 6_000_000_000, tolerated, 2, True)
    )
    baking = parse_baking_rights(answers["baking_rights"])
    assert [(right.level, right.round) for right in baking] == [(2, number) for number in rounds]
    (one,) = parse_baking_rights(answers[f"baking_rights?delegate={MASKED}"])
    assert one.round in rounds
    attesting = parse_attestation_rights(answers["attestation_rights"])
    assert [(right.level, right.power) for right in attesting] == [(1, power) for power in powers]
    assert sum(powers) == 256
    (mine,) = parse_attestation_rights(answers[f"attestation_rights?delegate={MASKED}"])
    assert mine.power in powers


PROTOCOLS = ("Quebec", "R022", "S023", "T024", "U025")


@expect(*(f"octez_expected/{protocol}_delegates.json" for protocol in PROTOCOLS))
def a_sandbox_delegate(name: str) -> None:
    quebec = "Quebec" in name
    (answer, *_) = (
        call["response"] for call in load(name)["calls"] if call["rpc"].endswith(MASKED) and "response" in call
    )
    assert parse_delegate(answer, "tz1") == DelegateState(
        delegate="tz1",
        registered=True,
        deactivated=False,
        forbidden=False,
        grace_period=5 if quebec else 4,
        baking_power=4_000_000_000_000 if quebec else 1_466_666_666_666,
        expected_cycle_activity=409,
        missed_slots=0,
        remaining_allowed_missed_slots=137,
        expected_attesting_rewards=1_065_036 if quebec else 958_287,
        dal_sufficient=None if quebec else True,
        dal_attestable_slots=None if quebec else 0,
        dal_denounced=None if quebec else False,
        denunciations=0,
        consensus_key=MASKED,
    )


DELEGATES: dict[str, DelegateState] = {
    "taquito/delegates.json": DelegateState(
        "tz1",
        registered=True,
        deactivated=False,
        grace_period=7,
        denunciations=0,
        consensus_key="tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb",
    ),
    "taquito/delegatesIthacanetResponse.json": DelegateState(
        "tz1", registered=True, deactivated=False, grace_period=37
    ),
    "taquito/delegatesKathmandunetResponse.json": DelegateState(
        "tz1", registered=True, deactivated=False, grace_period=42
    ),
    "taquito/delegatesRionetResponse.json": DelegateState(
        "tz1",
        registered=True,
        deactivated=False,
        forbidden=False,
        grace_period=484,
        baking_power=57_551_867_152_447,
        expected_cycle_activity=1_213_042,
        missed_slots=0,
        remaining_allowed_missed_slots=404_348,
        expected_attesting_rewards=55_053_911_170,
        dal_sufficient=True,
        dal_attestable_slots=2268,
        dal_denounced=False,
        denunciations=0,
        consensus_key="tz1Zt8QQ9aBznYNk5LUBjtME9DuExomw9YRs",
    ),
}


@expect(*DELEGATES)
def a_delegate(name: str) -> None:
    assert parse_delegate(load(name), "tz1") == DELEGATES[name]


@expect("taquito/constants.json")
def constants_of_quebec(name: str) -> None:
    assert parse_constants(load(name), "P") == Constants("P", 128, 7, 7, 7000, 32, 16, 6_000_000_000, None, 2, True)


# Answers to questions that are never asked, errors and streams: nothing takes them for what they are not.


@expect(
    "tzgo/all_bakers_attest_activation_level_T024.json",
    "taquito/activeStakingParametersResponse.json",
    "taquito/currentPeriod.json",
    "taquito/pendingOperationsResponse.json",
    "taquito/pendingStakingParametersResponse.json",
    "taquito/protocolActivation.json",
    "taquito/protocolActivations.json",
    "taquito/protocols.json",
    "taquito/votingInfo.json",
    "go_tezos_fixtures/network_stat.json",
    *(f"{folder}{name}.sample.json" for folder in SAMPLES for name in ("block_header", "fitness", "level")),
)
def no_answer_of_ours(name: str) -> None:
    answer = load(name)
    for parse in PARSERS:
        with pytest.raises(Unreadable):
            parse(answer)


@expect("go_tezos_fixtures/error.json", "tzgo/error_500_non_activated_feature_U025.json")
def an_error_list(name: str) -> None:
    no_answer_of_ours(name)
    ids = [error["id"] for error in load(name)]
    assert ids[0] in ("proto.002-PsYLVpVv.context.storage_error", "proto.025-PsUshuai.non_activated_feature")
    assert not not_registered(ids)


@expect("go_tezos_fixtures/empty_error.json")
def an_empty_error_list(name: str) -> None:
    answer = load(name)
    assert not not_registered(answer)
    for parse in (parse_block, parse_head, parse_bootstrapped, parse_chain_id, parse_version):
        with pytest.raises(Unreadable):
            parse(answer)


@expect("go_tezos_fixtures/malformed_error.json")
def no_json_at_all(name: str) -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        load(name)


@expect("go_tezos_fixtures/monitor_heads.chunked", "go_tezos_fixtures/monitor_bootstrapped.chunked")
def a_stream(name: str) -> None:
    documents = [line for line in recorded(f"tezos/{name}").read_text(encoding="utf-8").splitlines() if line]
    assert len(documents) == (1 if "heads" in name else 3)
    for document in documents:
        for parse in PARSERS:
            with pytest.raises(Unreadable):
                parse(json.loads(document))


@expect("go_tezos_fixtures/network_connections.json")
def connections(name: str) -> None:
    assert parse_connections(load(name)) == 2

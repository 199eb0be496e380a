"""Recorded rights, delegates, constants, errors and streams."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from collectors.errors import Unreadable
from collectors.tezos.block import parse_block
from collectors.tezos.constants import parse_constants
from collectors.tezos.delegate import not_registered, parse_delegate
from collectors.tezos.facts import BakingRight
from collectors.tezos.header import parse_head
from collectors.tezos.node import parse_bootstrapped, parse_chain_id, parse_connections, parse_version
from collectors.tezos.rights import parse_attestation_rights, parse_baking_rights
from monitor.tezos_model import Constants, DelegateState
from tests.collectors.tezos.recordings import MASKED, SAMPLES, expect, load
from tests.recorded import recorded

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

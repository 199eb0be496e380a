from __future__ import annotations

from typing import Any

import pytest

from simulator.address import made
from simulator.chain import Chain
from simulator.plan import Chances, Plan, small_plan
from tests.simulator.conftest import Reader, Serve

PLAN = small_plan(chances=Chances(attestation_missed=0.05))


def told(serve: Serve, plan: Plan, name: str, level: int) -> Any:
    chain = Chain(plan)
    return serve(chain, head=level).block(f"head/context/delegates/{plan.baker(name).address}")


@pytest.mark.parametrize("level", [10_100, 10_399, 10_401, 10_500])
def test_missed_slots_are_those_of_the_cycle_as_its_blocks_count_them(serve: Serve, level: int) -> None:
    chain, alice = Chain(PLAN), PLAN.baker("alice").address
    participation = told(serve, PLAN, "alice", level)["participation"]
    start = (level - 1) // 400 * 400 + 1
    missed = [
        right.slots
        for attested in range(max(10_001, start - 1), level)
        for right in chain.rights.attestation(attested)
        if right.baker.address == alice and alice not in chain.attestations(attested).attested
    ]
    assert participation["missed_slots"] == sum(missed)
    assert participation["missed_levels"] == len(missed)
    allowed = participation["expected_cycle_activity"] - participation["minimal_cycle_activity"]
    assert participation["remaining_allowed_missed_slots"] == allowed - sum(missed)


def test_asking_back_and_forth_gives_the_same_numbers(serve: Serve) -> None:
    reader = serve(Chain(PLAN), head=10_300)
    path = f"/context/delegates/{PLAN.baker('bob').address}/participation"
    answers = {level: reader.block(f"{level}{path}") for level in (10_050, 10_200, 10_100, 10_250)}
    assert {level: reader.block(f"{level}{path}") for level in sorted(answers)} == answers


def test_nothing_remains_once_a_third_is_missed(serve: Serve) -> None:
    plan = small_plan().outage("alice", 10_001)
    participation = told(serve, plan, "alice", 10_200)["participation"]
    assert participation["remaining_allowed_missed_slots"] == 0
    assert participation["expected_attesting_rewards"] == "0"


def test_under_all_bakers_attest_levels_are_counted(serve: Serve) -> None:
    plan = small_plan(all_bakers_attest_from=10_001).outage("alice", 10_011, 10_020)
    participation = told(serve, plan, "alice", 10_100)["participation"]
    assert participation["missed_levels"] == 10
    assert participation["remaining_allowed_missed_slots"] == 400 // 3 - 10


def test_a_healthy_baker_is_active_with_its_keys(serve: Serve) -> None:
    bob = PLAN.baker("bob")
    value = told(serve, PLAN, "bob", 10_100)
    assert (value["deactivated"], value["is_forbidden"], value["denunciations"]) == (False, False, [])
    assert value["grace_period"] == 27
    assert value["baking_power"] == str(bob.stake)
    assert value["consensus_key"]["active"]["pkh"] == bob.consensus_key
    assert value["companion_key"]["active"]["pkh"] == bob.companion_key
    assert value["dal_participation"]["sufficient_dal_participation"] is True


def test_a_baker_without_a_companion_key_has_none_active(serve: Serve) -> None:
    assert told(serve, PLAN, "carol", 10_100)["companion_key"] == {"active": None}


def test_the_grace_period_of_a_silent_baker_stands_still(serve: Serve) -> None:
    value = told(serve, small_plan().outage("alice", 10_300), "alice", 11_000)
    assert value["grace_period"] == 27


def test_a_deactivation_is_told_by_the_block_and_by_the_delegate(serve: Serve) -> None:
    plan = small_plan().deactivate("alice", 10_100)
    reader = serve(Chain(plan), head=10_200)
    alice = plan.baker("alice").address
    assert reader.block("10100/metadata")["deactivated"] == [alice]
    assert reader.block("10099/metadata")["deactivated"] == []
    states = [reader.block(f"{level}/context/delegates/{alice}/deactivated") for level in (10_099, 10_100)]
    assert states == [False, True]


def test_a_denunciation_is_an_operation_and_pending_until_the_next_cycle_ends(serve: Serve) -> None:
    plan = small_plan().denounce("alice", 10_100).denounce("bob", 10_101, "attestation", forbids=False)
    reader, alice = serve(Chain(plan), head=10_900), plan.baker("alice").address
    (operation,) = reader.block("10100/operations/2")
    (content,) = operation["contents"]
    assert content["kind"] == "double_baking_evidence"
    assert content["metadata"]["punished_delegate"] == alice
    path = f"/context/delegates/{alice}"
    (pending,) = reader.block(f"10100{path}/denunciations")
    assert pending["operation_hash"] == operation["hash"]
    assert pending["misbehaviour"] == content["metadata"]["misbehaviour"]
    levels = (10_099, 10_100, 10_800, 10_801)
    assert [reader.block(f"{level}{path}/is_forbidden") for level in levels] == [False, True, True, False]
    (other,) = reader.block("10101/operations/2")
    assert other["contents"][0]["kind"] == "double_consensus_operation_evidence"
    assert reader.block(f"10101/context/delegates/{plan.baker('bob').address}/is_forbidden") is False


def test_a_key_update_is_an_operation_and_pending_until_it_is_active(serve: Serve) -> None:
    key = made("tz4", "next")
    plan = small_plan().update_consensus_key("alice", 10_100, key).update_companion_key("bob", 10_100, key)
    reader, alice = serve(Chain(plan), head=11_300), plan.baker("alice")
    kinds = [operation["contents"][0]["kind"] for operation in reader.block("10100/operations/3")]
    assert kinds[:2] == ["update_consensus_key", "update_companion_key"]
    path = f"/context/delegates/{alice.address}/consensus_key"
    pending = reader.block(f"10100{path}")
    assert pending["active"]["pkh"] == alice.consensus_key
    assert [(one["cycle"], one["pkh"]) for one in pending["pendings"]] == [(28, key)]
    assert reader.block(f"11201{path}")["active"]["pkh"] == key
    assert "pendings" not in reader.block(f"11201{path}")


def test_managers_change_parameters_and_unstake_by_transactions_to_themselves(serve: Serve) -> None:
    plan = small_plan().set_delegate_parameters("alice", 10_100).unstake("alice", 10_100)
    operations = serve(Chain(plan), head=10_200).block("10100/operations/3")
    alice = plan.baker("alice").address
    contents = [operation["contents"][0] for operation in operations[:2]]
    assert [content["parameters"]["entrypoint"] for content in contents] == ["set_delegate_parameters", "unstake"]
    assert all(content["source"] == content["destination"] == alice for content in contents)


def test_dal_is_insufficient_where_others_attest_it(serve: Serve) -> None:
    plan = small_plan().outage("alice", 10_001, kinds={"dal"})
    reader = serve(Chain(plan), head=10_100)
    path = f"head/context/delegates/{plan.baker('alice').address}/dal_participation"
    assert reader.block(path)["sufficient_dal_participation"] is False
    kinds = {
        content["metadata"]["delegate"]: content["kind"]
        for operation in reader.block("head/operations/0")
        for content in operation["contents"]
        if "delegate" in content["metadata"]
    }
    assert kinds[plan.baker("alice").address] == "attestation"
    assert kinds[plan.baker("carol").address] == "attestation_with_dal"


@pytest.mark.parametrize("level", [10_200])
def test_who_is_no_delegate_is_a_list_of_errors(serve: Serve, level: int) -> None:
    plan = small_plan().register("alice", level + 1)
    reader = serve(Chain(plan), head=level + 1)
    for who in (made("tz1", "nobody"), plan.baker("alice").address):
        response = reader.response(f"/chains/main/blocks/{level}/context/delegates/{who}")
        assert response.status_code == 500
        assert response.json()[0]["id"] == "proto.025-PsUshuai.delegate.not_registered"
    assert reader.block(f"{level + 1}/context/delegates/{plan.baker('alice').address}")["deactivated"] is False


def test_what_is_no_address_is_400(reader_of_small_chain: Reader) -> None:
    wrong = made("tz1", 1)[:-1] + "0"
    assert reader_of_small_chain.response(f"/chains/main/blocks/head/context/delegates/{wrong}").status_code == 400


@pytest.fixture
def reader_of_small_chain(serve: Serve) -> Reader:
    return serve(Chain(small_plan()), head=10_100)


def test_a_seed_nonce_is_committed_and_revealed_in_the_next_cycle_or_kept(serve: Serve) -> None:
    plan = small_plan().keep_nonce(10_080)
    reader = serve(Chain(plan), head=10_900)
    committed = [level for level in range(10_001, 10_401) if "seed_nonce_hash" in reader.block(f"{level}/header")]
    assert committed == list(range(10_040, 10_401, 40))
    revealed = {
        content["level"]: (level, content["nonce"])
        for level in range(10_401, 10_501)
        for operation in reader.block(f"{level}/operations/2")
        for content in operation["contents"]
    }
    assert sorted(revealed) == [level for level in committed if level != 10_080]
    level, nonce = revealed[10_040]
    hidden = {"hash": reader.block("10040/header")["seed_nonce_hash"]}
    assert reader.block(f"{level - 1}/context/nonces/10040") == hidden
    assert reader.block(f"{level}/context/nonces/10040") == {"nonce": nonce}
    assert "hash" in reader.block("10800/context/nonces/10080")
    assert reader.block("10801/context/nonces/10080") == {}
    assert reader.block("10500/context/nonces/10041") == {}

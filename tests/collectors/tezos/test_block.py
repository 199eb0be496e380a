from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.errors import Unreadable
from collectors.tezos.block import parse_block
from collectors.tezos.constants import parse_constants
from collectors.tezos.delegate import parse_delegate
from collectors.tezos.facts import AttestationRight, BakingRight
from collectors.tezos.header import parse_head
from collectors.tezos.judge import observations
from collectors.tezos.node import parse_bootstrapped, parse_chain_id, parse_connections, parse_version
from collectors.tezos.rights import parse_attestation_rights, parse_baking_rights
from monitor.model import Outcome
from tests.collectors.tezos import test_constants, test_delegate
from tests.collectors.tezos.shapes import (
    ALICE,
    BLOCK_HASH,
    BOB,
    CAROL,
    DAVE,
    LEVEL,
    MAINNET,
    block,
    header,
    metadata,
    operation,
    usual_block,
)

PARSERS: dict[str, Callable[[object], object]] = {
    "block": parse_block,
    "head": parse_head,
    "baking rights": parse_baking_rights,
    "attestation rights": parse_attestation_rights,
    "delegate": lambda answer: parse_delegate(answer, ALICE),
    "constants": lambda answer: parse_constants(answer, "PsUshuai"),
    "bootstrapped": parse_bootstrapped,
    "connections": parse_connections,
    "chain id": parse_chain_id,
    "version": parse_version,
}


def test_a_block_is_read_whole() -> None:
    facts = parse_block(usual_block())
    assert (facts.head.level, facts.head.hash, facts.head.chain_id) == (LEVEL, BLOCK_HASH, MAINNET)
    assert (facts.proposer, facts.baker, facts.cycle, facts.cycle_position) == (ALICE, ALICE, 1375, 12410)
    assert facts.next_protocol == facts.head.protocol == "PsUshuai9QapM5TGj1JpuVGkdxz5GykdnEvS6Rh8SUVrARvZLCY"
    assert facts.attestations.level == LEVEL - 1
    assert facts.attestations.by_delegate == {ALICE: True, BOB: False, CAROL: True, DAVE: False}
    assert (facts.attestations.power, facts.committee_power) == (1441, 7000)
    assert (facts.attestations.unreadable, facts.unreadable, facts.named) == (None, None, ())


def test_a_block_without_metadata_still_tells_its_header_and_attestations() -> None:
    answer = usual_block()
    del answer["metadata"]
    facts = parse_block(answer)
    assert facts.unreadable == "the block has no metadata"
    assert (facts.baker, facts.cycle, facts.committee_power) == (None, None, None)
    assert set(facts.attestations.by_delegate) == {ALICE, BOB, CAROL, DAVE}


@pytest.mark.parametrize(("lost", "reason"), [("baker", "baker"), ("proposer", "proposer")])
def test_a_block_that_does_not_tell_who_made_it_is_marked(lost: str, reason: str) -> None:
    told = metadata()
    del told[lost]
    assert parse_block(block(told=told)).unreadable == f"the metadata does not tell the {reason}"


@pytest.mark.parametrize(
    ("operations", "reason"),
    [
        (None, "the block has no operations"),
        ([], "the block has no operations"),
        ("pruned", "the block's operations are of an unknown shape"),
        ([[], []], "the block's operations are of an unknown shape"),
        ([None, [], [], []], "the block has no consensus operations"),
    ],
    ids=str,
)
def test_a_block_without_operations_tells_nothing_of_attestations(operations: Any, reason: str) -> None:
    facts = parse_block({**usual_block(), "operations": operations})
    assert (facts.attestations.unreadable, facts.unreadable) == (reason, None)
    assert facts.attestations.by_delegate == {}


@pytest.mark.parametrize(
    "answer", [None, [], "block", {}, {**usual_block(), "hash": None}, {**usual_block(), "header": None}], ids=str
)
def test_a_block_without_hash_or_header_is_unreadable(answer: Any) -> None:
    with pytest.raises(Unreadable):
        parse_block(answer)


# What a node may send: any JSON, and real answers with something missing or wrong in them.

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
JUNK: tuple[Any, ...] = (None, [], {}, "", -1, True, 1.5, [[]], [None], {"": None}, 2**64)


def richest_block() -> dict[str, Any]:
    """Everything the parsers look at, at rounds 0 to 2: Alice missed 0, Bob's payload of 1, Carol baked."""
    answer = usual_block()
    answer["header"] = header(LEVEL, 2, 1, seed_nonce_hash="nceUFoeQDgkJCmzdMWh19ZjBYqQD3N9fe6bXQ1ZsUKKvMn7iun5Z3")
    answer["metadata"].update(proposer=BOB, baker=CAROL, deactivated=[DAVE])
    updates = [{"kind": "freezer", "category": "deposits", "staker": {"baker_own_stake": DAVE}, "change": "-5"}]
    fitness = ["02", "00000007", "", "ffffffff", "00000000"]
    answer["operations"][2] = [
        operation(
            {
                "kind": "double_baking_evidence",
                "bh1": {"level": 7, "fitness": fitness},
                "metadata": {"balance_updates": updates, "misbehaviour": {"level": 7, "round": 0, "kind": "block"}},
            }
        ),
        operation(
            {
                "kind": "double_consensus_operation_evidence",
                "op1": {"operations": {"kind": "attestation", "level": 7, "round": 0}},
                "metadata": {"punished_delegate": DAVE},
            }
        ),
        operation({"kind": "seed_nonce_revelation", "level": 7}),
    ]
    applied = {"operation_result": {"status": "applied"}}
    value = {"prim": "Pair", "args": [{"int": "5"}, {"prim": "Pair", "args": [{"int": "6"}, {"prim": "Unit"}]}]}
    answer["operations"][3] = [
        operation({"kind": "update_consensus_key", "source": DAVE, "pk": "edpk", "metadata": applied}),
        operation(
            {
                "kind": "transaction",
                "source": DAVE,
                "destination": DAVE,
                "amount": "3",
                "parameters": {"entrypoint": "set_delegate_parameters", "value": value},
                "metadata": applied,
            }
        ),
    ]
    return answer


REAL: dict[str, Any] = {
    "block": richest_block(),
    "head": header(block_round=2, payload_round=1),
    "baking rights": [{"level": 7, "delegate": ALICE, "round": 2, "estimated_time": "2026-10-07T08:19:19Z"}],
    "attestation rights": [{"level": 7, "delegates": [{"delegate": ALICE, "first_slot": 3, "attesting_power": 12}]}],
    "delegate": test_delegate.ANSWER,
    "constants": test_constants.ANSWER,
    "bootstrapped": {"bootstrapped": True, "sync_state": "synced"},
    "connections": [{"peer_id": "idt5"}],
    "chain id": MAINNET,
    "version": {"version": {"major": 25, "minor": 1, "additional_info": {"rc": 1}}},
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every node below the root."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def changed(value: Any, path: tuple[Any, ...], put: Any = None, *, drop: bool = False) -> Any:
    copy = deepcopy(value)
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    if drop:
        del parent[path[-1]]
    else:
        parent[path[-1]] = put
    return copy


def never_anything_but_unreadable(parse: Callable[[object], object], answer: object) -> None:
    with suppress(Unreadable):
        assert parse(answer) is not None


@pytest.mark.parametrize("name", PARSERS)
@settings(deadline=None)
@given(answer=json_values)
def test_any_json_gives_facts_or_unreadable(name: str, answer: Any) -> None:
    never_anything_but_unreadable(PARSERS[name], answer)


@pytest.mark.parametrize("name", PARSERS)
@settings(deadline=None)
@given(data=st.data())
def test_any_json_inside_a_real_answer_gives_facts_or_unreadable(name: str, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([*places(REAL[name]), ()]))
    put = data.draw(json_values)
    never_anything_but_unreadable(PARSERS[name], changed(REAL[name], path, put) if path else put)


@pytest.mark.parametrize("name", PARSERS)
def test_every_part_of_a_real_answer_may_be_missing_or_junk(name: str) -> None:
    for path in places(REAL[name]):
        never_anything_but_unreadable(PARSERS[name], changed(REAL[name], path, drop=True))
        for junk in JUNK:
            never_anything_but_unreadable(PARSERS[name], changed(REAL[name], path, junk))


def damaged_blocks() -> Iterator[Any]:
    """The richest block with one node dropped or replaced by junk, wherever that node is."""
    whole = richest_block()
    for path in places(whole):
        yield changed(whole, path, drop=True)
        for junk in JUNK:
            yield changed(whole, path, junk)


def test_damage_never_makes_a_miss() -> None:
    """Everybody attested and only Alice's round 0 failed: no damaged answer may say anything worse."""
    rights = (
        BakingRight(LEVEL, ALICE, 0, None),
        BakingRight(LEVEL, BOB, 1, None),
        BakingRight(LEVEL, CAROL, 2, None),
        BakingRight(LEVEL, DAVE, 3, None),
    )
    attesting = tuple(AttestationRight(LEVEL - 1, delegate, 1) for delegate in (ALICE, BOB, CAROL, DAVE))
    watched = dict.fromkeys((ALICE, BOB, CAROL, DAVE), 0)
    unknown = 0
    for answer in damaged_blocks():
        try:
            facts = parse_block(answer)
        except Unreadable:
            continue
        found = observations(facts, rights, attesting, watched, "tezos:mainnet")
        missed = {(row.target, row.duty, row.round) for row in found if row.outcome is Outcome.MISSED}
        assert missed <= {(ALICE, "baking", 0)}, answer
        assert {row.duty for row in found} == {"attestation", "baking"}
        unknown += any(row.outcome is Outcome.UNKNOWN for row in found)
    assert unknown > 100

from __future__ import annotations

from typing import Any

import pytest

from collectors.tezos.block import parse_block
from collectors.tezos.facts import NamedDelegate
from tests.collectors.tezos.shapes import ALICE, BOB, LEVEL, block, header, metadata, operation

APPLIED = {"metadata": {"operation_result": {"status": "applied"}}}
KEY = "BLpk1xXdveUYh7YFsyf6LwGWfv5zAfLvnMG71byiMFDZc4CkXzZPVko3Dz4sD43Ln5uFNvdjiQJY"


def anonymous(content: dict[str, Any]) -> tuple[NamedDelegate, ...]:
    return parse_block(block(anonymous=[operation(content)])).named


def manager(content: dict[str, Any]) -> tuple[NamedDelegate, ...]:
    return parse_block(block(managers=[operation({"kind": "reveal", "source": ALICE}, content)])).named


def call(entrypoint: str, **more: Any) -> dict[str, Any]:
    parameters = {"entrypoint": entrypoint, "value": more.pop("value", {"prim": "Unit"})}
    return {"kind": "transaction", "source": ALICE, "destination": ALICE, "parameters": parameters, **APPLIED, **more}


def test_deactivated_delegates_are_named() -> None:
    facts = parse_block(block(told=metadata(deactivated=[ALICE, BOB])))
    assert [(named.kind, named.delegate) for named in facts.named] == [("deactivated", ALICE), ("deactivated", BOB)]


def test_a_nonce_is_committed_by_the_baker_not_the_proposer() -> None:
    head = header(
        block_round=1, payload_round=0, seed_nonce_hash="nceUFoeQDgkJCmzdMWh19ZjBYqQD3N9fe6bXQ1ZsUKKvMn7iun5Z3"
    )
    facts = parse_block(block(head=head, told=metadata(proposer=ALICE, baker=BOB)))
    assert facts.named == (NamedDelegate("nonce_committed", BOB, {"level": LEVEL, "cycle": 1375}),)


def test_a_revealed_nonce_tells_the_level_of_its_commitment() -> None:
    assert anonymous({"kind": "seed_nonce_revelation", "level": 15_250_000, "nonce": "00"}) == (
        NamedDelegate("nonce_revealed", None, {"level": 15_250_000}),
    )


def drain(*updates: object, **more: Any) -> dict[str, Any]:
    return {
        "kind": "drain_delegate",
        "delegate": ALICE,
        "destination": BOB,
        "metadata": {"balance_updates": [*updates]},
    } | more


def test_a_drain_tells_how_much_went_where_fees_included() -> None:
    sent, fee = ({"kind": "contract", "contract": ALICE, "change": change} for change in ("-990", "-10"))
    got = {"kind": "contract", "contract": BOB, "change": "990"}
    detail = {"destination": BOB, "amount": 1000}
    assert manager(drain(sent, got, fee)) == (NamedDelegate("drained", ALICE, detail),)


@pytest.mark.parametrize("updates", [(), ("odd",), ({"contract": ALICE, "change": "-much"},)])
def test_a_drain_of_unknown_size_is_told_all_the_same(updates: tuple[object, ...]) -> None:
    assert manager(drain(*updates)) == (NamedDelegate("drained", ALICE, {"destination": BOB, "amount": None}),)
    assert manager(drain(*updates, delegate=None)) == ()


def test_a_denunciation_names_the_punished_delegate() -> None:
    misbehaviour = {"level": 475_140, "round": 2, "kind": "preattestation"}
    found = anonymous(
        {
            "kind": "double_consensus_operation_evidence",
            "slot": 83,
            "metadata": {"punished_delegate": ALICE, "rewarded_delegate": BOB, "misbehaviour": misbehaviour},
        }
    )
    detail = {**misbehaviour, "misbehaviour": "preattestation", "operation": "double_consensus_operation_evidence"}
    del detail["kind"]
    assert found == (NamedDelegate("denounced", ALICE, detail),)


def test_a_forbidden_delegate_is_the_offender() -> None:
    (found,) = anonymous({"kind": "double_attestation_evidence", "metadata": {"forbidden_delegate": ALICE}})
    assert found.delegate == ALICE
    assert found.detail["misbehaviour"] == "attestation"


@pytest.mark.parametrize(
    "holder", [{"delegate": ALICE}, {"staker": {"baker_own_stake": ALICE}}, {"staker": {"baker": ALICE}}], ids=str
)
def test_the_offender_is_whose_deposits_were_taken(holder: dict[str, Any]) -> None:
    updates = [
        {"kind": "contract", "contract": BOB, "change": "320000000"},
        {"kind": "freezer", "category": "deposits", "delegate": BOB, "change": "5"},
        {"kind": "freezer", "category": "deposits", "change": "-640000000", **holder},
    ]
    (found,) = anonymous({"kind": "double_baking_evidence", "metadata": {"balance_updates": updates}})
    assert (found.kind, found.delegate) == ("denounced", ALICE)


def test_an_offender_that_is_not_told_stays_unnamed() -> None:
    evidence = {"operations": {"kind": "attestation_with_dal", "level": 13_151_123, "round": 0}}
    assert anonymous({"kind": "dal_entrapment_evidence", "attestation": evidence, "metadata": {}}) == (
        NamedDelegate(
            "denounced",
            None,
            {
                "operation": "dal_entrapment_evidence",
                "misbehaviour": "dal_entrapment",
                "level": 13_151_123,
                "round": 0,
            },
        ),
    )


@pytest.mark.parametrize(
    ("kind", "named"),
    [("update_consensus_key", "consensus_key_updated"), ("update_companion_key", "companion_key_updated")],
)
def test_a_key_update_is_named(kind: str, named: str) -> None:
    assert manager({"kind": kind, "source": ALICE, "pk": KEY, **APPLIED}) == (
        NamedDelegate(named, ALICE, {"status": "applied", "pk": KEY}),
    )


@pytest.mark.parametrize("status", ["failed", "backtracked", "skipped"])
def test_what_had_no_effect_is_not_named(status: str) -> None:
    failed = {"metadata": {"operation_result": {"status": status}}}
    assert manager({"kind": "update_consensus_key", "source": ALICE, "pk": KEY, **failed}) == ()
    assert manager({**call("unstake"), **failed}) == ()


@pytest.mark.parametrize("told", [None, "too large", {}, {"operation_result": None}])
def test_an_effect_that_is_not_told_is_named_as_unknown(told: Any) -> None:
    (found,) = manager({"kind": "update_consensus_key", "source": ALICE, "pk": KEY, "metadata": told})
    assert found.detail["status"] == "unknown"


def test_an_unstake_tells_its_amount_in_mutez() -> None:
    assert manager(call("unstake", amount="5000000000")) == (
        NamedDelegate("unstaked", ALICE, {"status": "applied", "amount": 5_000_000_000}),
    )


NUMBERS = [{"int": "5000000"}, {"int": "150000000"}, {"prim": "Unit"}]


@pytest.mark.parametrize(
    "value",
    [
        {"prim": "Pair", "args": [NUMBERS[0], {"prim": "Pair", "args": NUMBERS[1:]}]},
        {"prim": "Pair", "args": NUMBERS},
        NUMBERS,
    ],
    ids=["pairs", "comb", "sequence"],
)
def test_delegate_parameters_are_told(value: Any) -> None:
    (found,) = manager(call("set_delegate_parameters", value=value))
    assert (found.kind, found.delegate) == ("delegate_parameters_set", ALICE)
    assert found.detail == {
        "status": "applied",
        "limit_of_staking_over_baking_millionth": 5_000_000,
        "edge_of_baking_over_staking_billionth": 150_000_000,
    }


@pytest.mark.parametrize("value", [None, {"bytes": "00"}, {"args": []}, [[]], [{"int": None}], {"args": {"args": []}}])
def test_delegate_parameters_of_an_unknown_shape_are_named_all_the_same(value: Any) -> None:
    (found,) = manager(call("set_delegate_parameters", value=value))
    assert found.kind == "delegate_parameters_set"
    assert found.detail["limit_of_staking_over_baking_millionth"] is None


@pytest.mark.parametrize(
    "other",
    [
        call("unstake", destination=BOB),
        call("stake"),
        {"kind": "transaction", "source": ALICE, "destination": ALICE, **APPLIED},
        {"kind": "delegation", "source": ALICE, "delegate": BOB, **APPLIED},
    ],
)
def test_other_manager_operations_name_nobody(other: dict[str, Any]) -> None:
    assert manager(other) == ()

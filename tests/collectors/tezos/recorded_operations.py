"""Recorded operations, put into a block of their level."""

from __future__ import annotations

from collectors.tezos.facts import NamedDelegate
from tests.collectors.tezos.recordings import SAMPLES, around, expect, in_pass, load

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

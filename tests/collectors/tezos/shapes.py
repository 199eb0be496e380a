"""Answers built by hand in the shapes of real ones, for what no recording shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collectors.tezos.consensus import ABSENT

LEVEL = 15_267_099
ALICE = "tz1RCFbB9GpALpsZtu6J58sb74dm8qe6XBzv"
BOB = "tz1c7h36i4Tq6F8hWrxVzgDnabHJZdQeEHxz"
CAROL = "tz1aRoaRhSpRYvFdyvgWLL6TGyRoGF51wDjM"
DAVE = "tz3Q67aMz7gSMiQRcW729sXSfuMtkyAHYfqc"
CONSENSUS_KEY = "tz4LDetQVRvHihaVVpX7YG4mAu7EbYz4HMm4"
BLOCK_HASH = "BL6eya89cPvUAZm7s9GvVcd91Vov3S3ajSJBLc6sbA2EBaWpPyg"
PREDECESSOR = "BL3VYmBvHWyCBrdeNDMR5TVEec3iV4aPetrELbi4BqcZdNv5MiY"
MAINNET = "NetXdQprcVkpaWU"


def header(level: int = LEVEL, block_round: int = 0, payload_round: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "level": level,
        "predecessor": PREDECESSOR,
        "timestamp": "2026-10-07T08:19:19Z",
        "fitness": ["02", f"{level:08x}", "", "ffffffff", f"{block_round:08x}"],
        "payload_round": block_round if payload_round is None else payload_round,
        **more,
    }


def metadata(
    proposer: str = ALICE, baker: str = ALICE, level: int = LEVEL, attestations: Any = ABSENT, **more: Any
) -> dict[str, Any]:
    told = {
        "protocol": "PsUshuai9QapM5TGj1JpuVGkdxz5GykdnEvS6Rh8SUVrARvZLCY",
        "next_protocol": "PsUshuai9QapM5TGj1JpuVGkdxz5GykdnEvS6Rh8SUVrARvZLCY",
        "proposer": proposer,
        "baker": baker,
        "level_info": {"level": level, "cycle": 1375, "cycle_position": 12410},
        "deactivated": [],
        **more,
    }
    if attestations is not ABSENT:
        told["attestations"] = attestations
    return told


def recorded_power(recorded: int, committee: int = 7000) -> dict[str, str]:
    """`metadata.attestations` since Tallinn."""
    return {
        "total_committee_power": str(committee),
        "threshold": str(committee * 2 // 3 + 1),
        "recorded_power": str(recorded),
    }


def operation(*contents: Any, **more: Any) -> dict[str, Any]:
    return {"branch": PREDECESSOR, "contents": list(contents), **more}


def attestation(
    delegate: str, slots: int = 100, *, level: int = LEVEL - 1, dal: bool = False, stake: int | None = None
) -> dict[str, Any]:
    """One operation as it is since Tallinn."""
    content: dict[str, Any] = {
        "kind": "attestation_with_dal" if dal else "attestation",
        "slot": 1,
        "level": level,
        "round": 0,
        "metadata": {
            "delegate": delegate,
            "consensus_power": {"slots": slots, "baking_power": None if stake is None else str(stake)},
            "consensus_key": CONSENSUS_KEY,
        },
    }
    if dal:
        content["dal_attestation"] = "0"
    return operation(content)


def aggregate(members: Sequence[tuple[str, int, bool]], *, level: int = LEVEL - 1) -> dict[str, Any]:
    """members: (delegate, slots, with DAL content)."""
    return operation(
        {
            "kind": "attestations_aggregate",
            "consensus_content": {"level": level, "round": 0},
            "committee": [
                {"slot": slot, "dal_attestation": "0"} if dal else {"slot": slot}
                for slot, (_, _, dal) in enumerate(members)
            ],
            "metadata": {
                "committee": [
                    {
                        "delegate": delegate,
                        "consensus_pkh": CONSENSUS_KEY,
                        "consensus_power": {"slots": slots, "baking_power": None},
                    }
                    for delegate, slots, _ in members
                ],
                "total_consensus_power": {"slots": sum(slots for _, slots, _ in members), "baking_power": None},
            },
        }
    )


def block(
    consensus: Sequence[Any] = (),
    *,
    anonymous: Sequence[Any] = (),
    managers: Sequence[Any] = (),
    head: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "protocol": "PsUshuai9QapM5TGj1JpuVGkdxz5GykdnEvS6Rh8SUVrARvZLCY",
        "chain_id": MAINNET,
        "hash": BLOCK_HASH,
        "header": header() if head is None else head,
        "metadata": metadata() if told is None else told,
        "operations": [list(consensus), [], list(anonymous), list(managers)],
    }


def usual_block() -> dict[str, Any]:
    """Alice, Bob (plain) and Carol (aggregate, with Dave) attest; the block records their sum."""
    return block(
        [
            attestation(ALICE, 900, dal=True),
            attestation(BOB, 60),
            aggregate([(CAROL, 451, True), (DAVE, 30, False)]),
        ],
        told=metadata(attestations=recorded_power(1441)),
    )

"""operations[0] of a block: the attestations of the level before, and the preattestations of a re-proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator import address
from simulator.chain import Chain
from simulator.rights import AttestationRight

Json = Any


def consensus_operations(chain: Chain, level: int) -> list[Json]:
    """Delegates with a tz4 consensus key stand together in one aggregate, all others in operations of their own."""
    operations = []
    bake = chain.bake(level)
    if bake.payload_round < bake.round:
        content = {
            "level": level,
            "round": bake.payload_round,
            "block_payload_hash": payload_hash(chain, level),
        }
        # Everybody who attests the level has seen its payload, and so preattested it.
        operations += _signed(chain, level, "preattestation", content, chain.attestations(level).made)
    if level > chain.plan.first_level:
        content = {
            "level": level - 1,
            "round": chain.bake(level - 1).round,
            "block_payload_hash": payload_hash(chain, level - 1),
        }
        operations += _signed(chain, level, "attestation", content, chain.attestations(level - 1).made)
    return operations


def payload_hash(chain: Chain, level: int) -> str:
    return address.made("vh", chain.plan.seed, chain.salt(level), level, chain.bake(level).payload_round)


def power(chain: Chain, level: int, rights: Sequence[AttestationRight], carrier: int) -> Json:
    """Consensus power as the protocol of the carrying block writes it."""
    slots = sum(right.slots for right in rights)
    if not chain.protocol(carrier).power_is_object:
        return slots
    stake = str(stake_of(chain, level, rights)) if chain.rights.all_attest(level) else None
    return {"slots": slots, "baking_power": stake}


def stake_of(chain: Chain, level: int, rights: Sequence[AttestationRight]) -> int:
    """Sum of the stakes behind the rights, as drawn for the cycle of the level."""
    drawn = chain.rights.drawn(chain.cycle(level))
    return sum(drawn[right.baker.address] for right in rights)


def envelope(chain: Chain, level: int, branch: int, contents: list[Json], *seed: object) -> Json:
    """What surrounds the contents of any operation of a block."""
    return {
        "protocol": chain.protocol(level).hash,
        "chain_id": chain.plan.chain_id,
        "hash": address.made("o", chain.plan.seed, chain.salt(level), level, *seed),
        "branch": chain.hash(max(branch, chain.plan.first_level)),
        "contents": contents,
    }


def _signed(
    chain: Chain, level: int, kind: str, content: dict[str, Json], rights: Sequence[AttestationRight]
) -> list[Json]:
    attested: int = content["level"]
    operations, aggregated = [], []
    for right in rights:
        key = chain.consensus_key(right.baker, attested)
        if key.startswith("tz4"):
            aggregated.append((right, key))
            continue
        entry = {"kind": kind, "slot": right.first_slot, **content}
        if kind == "attestation" and chain.attests_dal(right.baker, attested):
            entry["kind"] = "attestation_with_dal"
            entry["dal_attestation"] = "1"
        entry["metadata"] = {
            "delegate": right.baker.address,
            "consensus_power": power(chain, attested, (right,), level),
            "consensus_key": key,
        }
        operation = envelope(chain, level, attested - 1, [entry], kind, right.first_slot)
        operations.append({**operation, "signature": address.signature(key)})
    if aggregated:
        operations.append(_aggregate(chain, level, kind, content, aggregated))
    return operations


def _aggregate(
    chain: Chain, level: int, kind: str, content: dict[str, Json], members: list[tuple[AttestationRight, str]]
) -> Json:
    attested: int = content["level"]
    committee: list[Json]
    if kind == "preattestation":
        committee = [right.first_slot for right, _ in members]
    else:
        committee = [
            {"slot": right.first_slot} | ({"dal_attestation": "1"} if chain.attests_dal(right.baker, attested) else {})
            for right, _ in members
        ]
    entry = {
        "kind": f"{kind}s_aggregate",
        "consensus_content": content,
        "committee": committee,
        "metadata": {
            "committee": [
                {
                    "delegate": right.baker.address,
                    "consensus_pkh": key,
                    "consensus_power": power(chain, attested, (right,), level),
                }
                for right, key in members
            ],
            "total_consensus_power": power(chain, attested, [right for right, _ in members], level),
        },
    }
    operation = envelope(chain, level, attested - 1, [entry], kind, "aggregate")
    return {**operation, "signature": address.signature(members[0][1])}

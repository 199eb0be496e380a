"""A block as a node tells it, and its metadata."""

from __future__ import annotations

from typing import Any

from simulator.chain import Chain
from simulator.consensus import consensus_operations, stake_of
from simulator.header import protocol_header
from simulator.manager import anonymous_operations, manager_operations
from simulator.nonces import commits, nonce_hash

Json = Any

_OPERATION_LISTS = [
    {"max_size": 4194304, "max_op": 2048},
    {"max_size": 32768},
    {"max_size": 135168, "max_op": 132},
    {"max_size": 524288},
]


def block(chain: Chain, level: int) -> dict[str, Json]:
    """`/chains/main/blocks/<b>`."""
    protocol = chain.protocol(level)
    return {
        "protocol": protocol.hash,
        "chain_id": chain.plan.chain_id,
        "hash": chain.hash(level),
        "header": protocol_header(chain, level),
        "metadata": metadata(chain, level),
        "operations": operations(chain, level),
    }


def operations(chain: Chain, level: int) -> list[list[Json]]:
    """`/operations`: consensus, votes, anonymous, manager."""
    return [
        consensus_operations(chain, level),
        [],
        anonymous_operations(chain, level),
        manager_operations(chain, level),
    ]


def level_info(chain: Chain, level: int) -> dict[str, Json]:
    return {
        "level": level,
        "level_position": level - 1,
        "cycle": chain.cycle(level),
        "cycle_position": (level - 1) % chain.plan.blocks_per_cycle,
        "expected_commitment": commits(chain, level),
    }


def metadata(chain: Chain, level: int) -> dict[str, Json]:
    """`/metadata`."""
    bake, protocol = chain.bake(level), chain.protocol(level)
    result: dict[str, Json] = {
        "protocol": protocol.hash,
        "next_protocol": chain.protocol(level + 1).hash,
        "test_chain_status": {"status": "not_running"},
        "max_operations_ttl": 600,
        "max_operation_data_length": 32768,
        "max_block_header_length": 289,
        "max_operation_list_length": _OPERATION_LISTS,
        "proposer": bake.proposer.address,
        "baker": bake.baker.address,
        "level_info": level_info(chain, level),
        "voting_period_info": {
            "voting_period": {"index": 0, "kind": "proposal", "start_position": 0},
            "position": level - 1,
            "remaining": 201598,
        },
        "nonce_hash": nonce_hash(chain, level) if commits(chain, level) else None,
        "deactivated": chain.index.deactivated_at.get(level, []),
        "balance_updates": _balance_updates(bake.proposer.address, bake.baker.address),
        "liquidity_baking_toggle_ema": 1444916504,
    }
    if protocol.votes_adaptive_issuance:
        result |= {"adaptive_issuance_vote_ema": 0, "adaptive_issuance_activation_cycle": 0}
    result |= {
        "implicit_operations_results": [],
        "proposer_consensus_key": chain.consensus_key(bake.proposer, level),
        "baker_consensus_key": chain.consensus_key(bake.baker, level),
        "consumed_milligas": "593000",
        "dal_attestation": "0",
    }
    if protocol.tells_committee:
        result["all_bakers_attest_activation_level"] = activation_level(chain, level)
        result["attestations"] = _committee(chain, level - 1) if level > chain.plan.first_level else None
        result["preattestations"] = _committee(chain, level) if bake.payload_round < bake.round else None
    return result


def activation_level(chain: Chain, level: int) -> Json:
    """Where All Bakers Attest begins, once the chain knows: a cycle before."""
    start = chain.plan.all_bakers_attest_from
    return level_info(chain, start) if start is not None and level >= start - chain.plan.blocks_per_cycle else None


def _committee(chain: Chain, attested: int) -> Json:
    """Powers of the (pre)attestations of a level. Under All Bakers Attest they are stake, before that slots."""
    attestations = chain.attestations(attested)
    if chain.rights.all_attest(attested):
        total = stake_of(chain, attested, attestations.rights)
        recorded = stake_of(chain, attested, attestations.made)
    else:
        total = chain.plan.committee_size
        recorded = sum(right.slots for right in attestations.made)
    return {
        "total_committee_power": str(total),
        "threshold": str(total * 2 // 3 + 1),
        "recorded_power": str(recorded),
    }


def _balance_updates(proposer: str, baker: str) -> list[Json]:
    updates: list[Json] = []
    for category, amount, who in (("baking rewards", "1350045", proposer), ("baking bonuses", "1344000", baker)):
        updates.append({"kind": "minted", "category": category, "change": f"-{amount}", "origin": "block"})
        updates.append({"kind": "contract", "contract": who, "change": amount, "origin": "block"})
    return updates

"""A block's header: where and when it was made, and at which round."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator import address
from simulator.chain import Chain
from simulator.consensus import payload_hash
from simulator.nonces import commits, nonce_hash

Json = Any


def header(chain: Chain, level: int) -> dict[str, Json]:
    """`/header`."""
    own = {
        "protocol": chain.protocol(level).hash,
        "chain_id": chain.plan.chain_id,
        "hash": chain.hash(level),
    }
    return own | protocol_header(chain, level)


def instant(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fitness(chain: Chain, level: int) -> list[str]:
    """["02", level, locked round or "", −(predecessor's round) − 1, round], the numbers as 32 bits in hex."""
    bake = chain.bake(level)
    before = chain.bake(level - 1).round if level > chain.plan.first_level else 0
    locked = f"{bake.payload_round:08x}" if bake.payload_round < bake.round else ""
    return ["02", f"{level:08x}", locked, f"{0xFFFFFFFF - before:08x}", f"{bake.round:08x}"]


def protocol_header(chain: Chain, level: int, twin: str = "") -> dict[str, Json]:
    """The header inside a block. `twin` makes another block of the same level, as a double baker would."""
    bake, protocol, seed = chain.bake(level), chain.protocol(level), (chain.plan.seed, chain.salt(level), level, twin)
    result: dict[str, Json] = {
        "level": level,
        "proto": protocol.number,
        "predecessor": chain.hash(level - 1),
        "timestamp": instant(chain.timestamp(level)),
        "validation_pass": 4,
        "operations_hash": address.made("LLo", *seed),
        "fitness": fitness(chain, level),
        "context": address.made("Co", *seed),
        "payload_hash": address.made("vh", *seed) if twin else payload_hash(chain, level),
        "payload_round": bake.payload_round,
        "proof_of_work_nonce": "f60628535b780200",
    }
    if commits(chain, level):
        result["seed_nonce_hash"] = nonce_hash(chain, level)
    result["liquidity_baking_toggle_vote"] = "pass"
    if protocol.votes_adaptive_issuance:
        result["adaptive_issuance_vote"] = "pass"
    result["signature"] = address.signature(chain.consensus_key(bake.baker, level))
    return result

"""Seed nonces: committed to in a block, revealed in the next cycle or never."""

from __future__ import annotations

from simulator import address
from simulator.chain import Chain


def commits(chain: Chain, level: int) -> bool:
    """Whether the block has to commit to a seed nonce: the last level of every commitment period."""
    period = chain.plan.blocks_per_commitment
    return (level - 1) % chain.plan.blocks_per_cycle % period == period - 1


def nonce(chain: Chain, level: int) -> str:
    return address.digest("nonce", chain.plan.seed, level).hex()


def nonce_hash(chain: Chain, level: int) -> str:
    return address.made("nce", chain.plan.seed, level)


def revelation_level(chain: Chain, committed: int) -> int | None:
    """The level that reveals the nonce committed there, in the first quarter of what the next cycle allows."""
    if not commits(chain, committed) or committed in chain.index.kept_nonces:
        return None
    plan = chain.plan
    place = (committed - 1) % plan.blocks_per_cycle // plan.blocks_per_commitment
    allowed = max(1, plan.nonce_revelation_threshold // 4)
    return chain.rights.first_level_of(chain.cycle(committed) + 1) + place % allowed


def revealed_at(chain: Chain, level: int) -> list[int]:
    """The levels whose nonces this block reveals."""
    plan = chain.plan
    position = (level - 1) % plan.blocks_per_cycle
    if position >= plan.nonce_revelation_threshold:
        return []
    start = chain.rights.first_level_of(chain.cycle(level) - 1)
    ends = range(start + plan.blocks_per_commitment - 1, start + plan.blocks_per_cycle, plan.blocks_per_commitment)
    return [one for one in ends if one >= plan.first_level and revelation_level(chain, one) == level]

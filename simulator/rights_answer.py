"""`/helpers/baking_rights` and `/helpers/attestation_rights`."""

from __future__ import annotations

from typing import Any

from simulator.alteration import Refusal
from simulator.chain import Chain
from simulator.header import instant

Json = Any
Query = dict[str, list[str]]


def baking_rights(chain: Chain, at: int, query: Query) -> Json | Refusal:
    """Asked at block `at`. Default level: the next one. Without `all` only the best round of each delegate."""
    levels = _levels(chain, at, query, default=at + 1)
    if isinstance(levels, Refusal):
        return levels
    max_round = int(query.get("max_round", ["64"])[0])
    every = query.get("all", ["false"])[0] != "false"
    delegates, keys = set(query.get("delegate", ())), set(query.get("consensus_key", ()))
    result = []
    for level in levels:
        seen = set()
        for round_, baker in enumerate(chain.rights.bakers(level, max_round)):
            if (delegates and baker.address not in delegates) or (not every and baker.address in seen):
                continue
            key = chain.consensus_key(baker, level)
            if keys and key not in keys:
                continue
            seen.add(baker.address)
            item: dict[str, Json] = {"level": level, "delegate": baker.address, "round": round_}
            if level > at:
                item["estimated_time"] = instant(_estimate(chain, at, level, round_))
            item["consensus_key"] = key
            result.append(item)
    return result


def attestation_rights(chain: Chain, at: int, query: Query) -> Json | Refusal:
    """Asked at block `at`. Default level: its own. Levels at which nobody asked for has a right are left out."""
    levels = _levels(chain, at, query, default=at)
    if isinstance(levels, Refusal):
        return levels
    field = chain.protocol(at + 1).power_field
    delegates, keys = set(query.get("delegate", ())), set(query.get("consensus_key", ()))
    result = []
    for level in levels:
        items = []
        for right in reversed(chain.rights.attestation(level)):
            if delegates and right.baker.address not in delegates:
                continue
            key = chain.consensus_key(right.baker, level)
            if not keys or key in keys:
                items.append(
                    {
                        "delegate": right.baker.address,
                        "first_slot": right.first_slot,
                        field: right.slots,
                        "consensus_key": key,
                    }
                )
        if items:
            entry: dict[str, Json] = {"level": level, "delegates": items}
            if level > at:
                entry["estimated_time"] = instant(_estimate(chain, at, level, 0))
            result.append(entry)
    return result


def _levels(chain: Chain, at: int, query: Query, *, default: int) -> list[int] | Refusal:
    try:
        levels = {int(level) for level in query.get("level", ())}
        cycles = [int(cycle) for cycle in query.get("cycle", ())]
    except ValueError:
        return Refusal(400, "Failed to parse the query string: not a number")
    for cycle in cycles:
        start = chain.rights.first_level_of(cycle)
        levels.update(range(start, start + chain.plan.blocks_per_cycle))
    current, delay = chain.cycle(at), chain.plan.rights_delay
    for level in levels:
        if not current - 1 <= chain.cycle(level) <= current + delay:
            error = {
                "kind": "permanent",
                "id": f"proto.{chain.protocol(at + 1).prefix}.seed.unknown_seed",
                "oldest": current - 1,
                "requested": chain.cycle(level),
                "latest": current + delay,
            }
            return Refusal(500, [error])
    return sorted(levels) or [default]


def _estimate(chain: Chain, at: int, level: int, round_: int) -> int:
    """When that round would begin if every block before it came at round 0."""
    delay, increment = chain.plan.block_delay, chain.plan.delay_increment_per_round
    return chain.timestamp(at) + (level - at) * delay + round_ * delay + increment * round_ * (round_ - 1) // 2

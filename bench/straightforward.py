"""What a plain and honest script does: one question after the other, each in a session of its own.

Level by level it asks for the whole block, and delegate by delegate for the rights. What it concludes is the same as
the checker's; the benchmark holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import requests

ATTESTATIONS = ("attestation", "attestation_with_dal")


def observe(url: str, levels: range, delegates: Sequence[str]) -> set[tuple[str, str, int, int, str]]:
    """(delegate, duty, level, round, outcome): bakes of `levels`, and the attestations that these blocks carry."""
    found = set()
    for level in levels:
        block = _get(f"{url}/chains/main/blocks/{level}")
        attesters = _attesters(block["operations"][0])
        block_round = _round(block)
        for delegate in delegates:
            path = f"{url}/chains/main/blocks/{level}/helpers"
            query = f"level={level}&delegate={delegate}&all=true&max_round={block_round}"
            for right in _get(f"{path}/baking_rights?{query}"):
                outcome = _baked(block, delegate, right["round"], block_round)
                found.add((delegate, "baking", level, right["round"], outcome))
            for _ in _get(f"{path}/attestation_rights?level={level - 1}&delegate={delegate}"):
                outcome = "met" if delegate in attesters else "missed"
                found.add((delegate, "attestation", level - 1, 0, outcome))
    return found


def _get(url: str) -> Any:
    with requests.Session() as session:
        return session.get(url, timeout=10).json()


def _attesters(operations: list[dict[str, Any]]) -> set[str]:
    found = set()
    for operation in operations:
        for content in operation["contents"]:
            if content["kind"] in ATTESTATIONS:
                found.add(content["metadata"]["delegate"])
            elif content["kind"] == "attestations_aggregate":
                found |= {member["delegate"] for member in content["metadata"]["committee"]}
    return found


def _round(block: dict[str, Any]) -> int:
    """The last element of the fitness, hexadecimal."""
    return int(block["header"]["fitness"][-1], 16)


def _baked(block: dict[str, Any], delegate: str, at_round: int, block_round: int) -> str:
    metadata = block["metadata"]
    if at_round == block_round:
        return "met" if metadata["baker"] == delegate else "unknown"
    reproposed = at_round == block["header"]["payload_round"] and metadata["proposer"] == delegate
    return "reproposed" if reproposed else "missed"

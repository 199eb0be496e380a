"""Which endpoints answer, on which chain, and what each holds for final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from collectors.bittensor.batch import RpcCall
from collectors.bittensor.block_facts import header_of
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.plan import BittensorPlan
from collectors.endpoint import Endpoint
from collectors.errors import SourceError
from monitor.source_model import EndpointReading

AHEAD = 40
"""Blocks whose hashes are asked for with the head: those of eight minutes."""


@dataclass(frozen=True, slots=True)
class Head:
    """What one endpoint says."""

    endpoint: str
    genesis: str
    finalised: str
    """The hash of its newest finalised block."""
    best: int
    first: int
    hashes: tuple[str | None, ...]
    """Of the blocks from `first` on, the one after the cursor, as far as it has them."""


@dataclass(frozen=True, slots=True)
class Probe:
    readings: tuple[EndpointReading, ...]
    heads: tuple[Head, ...]
    """Of the right chain, the one to ask first in front."""
    genesis: str | None
    error: str | None


def probe(rpc: JsonRpc, plan: BittensorPlan, endpoints: Sequence[Endpoint], preferred: Sequence[str]) -> Probe:
    """One request to each endpoint. `preferred`: their labels in the order in which they would be asked now."""
    readings = {endpoint.label: EndpointReading(endpoint.label, endpoint.kind, None) for endpoint in endpoints}
    heads: list[Head] = []
    genesis, error = plan.expected_chain_id, None
    for label in preferred:
        try:
            head = _ask(rpc, plan, label)
        except SourceError as failure:
            readings[label] = replace(readings[label], answered=False, error=failure.detail)
            error = f"{label}: {failure.detail}"
            continue
        readings[label] = replace(
            readings[label],
            answered=True,
            chain_id=head.genesis,
            head_level=head.best,
            head_hash=head.finalised,
        )
        genesis = genesis or head.genesis
        if head.genesis == genesis:
            heads.append(head)
        else:
            error = f"{label}: on another chain than the one pinned"
    best = max((head.best for head in heads), default=0)
    heads.sort(key=lambda head: best - head.best > AHEAD)  # stable: only who lags far behind is asked last
    return Probe(tuple(readings.values()), tuple(heads), genesis, error if not heads else None)


def _ask(rpc: JsonRpc, plan: BittensorPlan, label: str) -> Head:
    first = plan.cursor.level + 1 if plan.cursor else None
    numbers = [] if first is None else list(range(first, first + AHEAD))
    calls = [RpcCall("chain_getFinalizedHead"), RpcCall("chain_getHeader"), RpcCall("chain_getBlockHash", (0,))]
    if numbers:
        calls.append(RpcCall("chain_getBlockHash", (numbers,)))
    replies = rpc.ask(calls, endpoint=label).replies
    finalised, genesis = (_hash(replies[position].result()) for position in (0, 2))
    hashes = replies[3].result() if numbers else []
    return Head(
        label,
        genesis,
        finalised,
        header_of(replies[1].result()).number,
        first or 0,
        tuple(one if isinstance(one, str) else None for one in hashes) if isinstance(hashes, list) else (),
    )


def _hash(value: object) -> str:
    if not isinstance(value, str) or len(value) != 66 or not value.startswith("0x"):
        from collectors.errors import Unreadable

        raise Unreadable("not a block's hash")
    return value

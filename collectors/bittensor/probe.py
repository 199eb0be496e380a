"""Which endpoints answer, on which chain, and what each holds for final."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from collectors.bittensor.batch import RpcCall
from collectors.bittensor.block_facts import header_of
from collectors.bittensor.hexadecimal import to_hash
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.plan import BittensorPlan
from collectors.endpoint import Endpoint
from collectors.errors import SourceError, Unreadable
from monitor.bittensor.units import BLOCK_SECONDS
from monitor.source_model import EndpointReading

AHEAD = 40
"""Blocks whose hashes are asked for with the head: those of eight minutes."""


LATE = 5
"""Blocks by which endpoints differ from one moment to the next."""


class Head(NamedTuple):
    """What one endpoint says."""

    endpoint: str
    genesis: str
    finalised: str
    """The hash of its newest finalised block."""
    best: int
    first: int
    hashes: tuple[str | None, ...]
    """Of the blocks from `first` on, the one after the cursor, as far as it has them."""
    final: int | None = None
    """The height of `finalised`, as far as the hashes tell it: at most the cursor's, or at least the last hash's."""


class Probe(NamedTuple):
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
            readings[label] = readings[label]._replace(answered=False, error=failure.detail)
            error = f"{label}: {failure.detail}"
            continue
        readings[label] = readings[label]._replace(
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
    late = _late(heads, max(LATE, plan.stale_after // BLOCK_SECONDS))
    heads.sort(key=lambda head: head.endpoint in late)  # stable: only who lags far behind is asked last
    for head in heads:
        if head.endpoint in late and head.final is not None:
            readings[head.endpoint] = readings[head.endpoint]._replace(head_level=head.final)
    return Probe(tuple(readings.values()), tuple(heads), genesis, error if not heads else None)


def _late(heads: Sequence[Head], blocks: int) -> set[str]:
    """Endpoints whose head, or whose finalised one, is more than so many blocks behind another one's."""
    best = max((head.best for head in heads), default=0)
    final = max((head.final for head in heads if head.final is not None), default=0)
    return {
        head.endpoint
        for head in heads
        if best - head.best > blocks or (head.final is not None and final - head.final > blocks)
    }


def _ask(rpc: JsonRpc, plan: BittensorPlan, label: str) -> Head:
    first = plan.cursor.level + 1 if plan.cursor else None
    numbers = [] if first is None else list(range(first, first + AHEAD))
    calls = [RpcCall("chain_getFinalizedHead"), RpcCall("chain_getHeader"), RpcCall("chain_getBlockHash", (0,))]
    if numbers:
        calls.append(RpcCall("chain_getBlockHash", (numbers,)))
    replies = rpc.ask(calls, endpoint=label).replies
    finalised, genesis = (to_hash(replies[position].result()) for position in (0, 2))
    best = header_of(replies[1].result()).number
    told = replies[3].result() if numbers else []
    hashes = tuple(map(_known_hash, told)) if isinstance(told, list) else ()
    final = None
    if plan.cursor is not None:
        if finalised in hashes:
            final = plan.cursor.level + 1 + hashes.index(finalised)
        else:
            beyond = len(hashes) == AHEAD and None not in hashes and finalised != plan.cursor.hash
            final = plan.cursor.level + (AHEAD if beyond else 0)
    return Head(label, genesis, finalised, best, first or 0, hashes, final)


def _known_hash(told: object) -> str | None:
    """None for a block that the endpoint does not have; also for what is no hash, so that it is asked again."""
    try:
        return to_hash(told)
    except Unreadable:
        return None

"""Which endpoints answer, on which chain, how far they are, and whether two of them agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from collectors.endpoint import Endpoint
from collectors.errors import SourceError
from collectors.interface import Plan
from collectors.rpc import RpcClient
from collectors.tezos import paths
from collectors.tezos.facts import Head
from collectors.tezos.header import parse_head
from collectors.tezos.node import parse_bootstrapped, parse_connections
from monitor.source_model import Disagreement, EndpointReading

FINALITY = 2
"""A Tenderbake block is final with two blocks on top of it."""


class Probe(NamedTuple):
    """What the endpoints said at the start of a run."""

    readings: tuple[EndpointReading, ...]
    head: Head | None
    """The best head on the right chain; None when no endpoint gave one."""
    endpoint: str | None
    """Who gave it."""
    chain_id: str | None
    excluded: tuple[str, ...]
    """Endpoints that must not be asked in this run: on another chain."""
    error: str | None
    witness: Witness | None


class Witness(NamedTuple):
    """Hashes of finalised levels as another endpoint knows them."""

    endpoint: str
    hashes: tuple[tuple[int, str], ...]

    def contradicts(self, level: int, block_hash: str) -> bool:
        return any(known == level and other != block_hash for known, other in self.hashes)

    def disagreement(self, level: int, reader: str) -> Disagreement:
        return Disagreement(level, (reader, self.endpoint))


def probe(client: RpcClient, plan: Plan, endpoints: Sequence[Endpoint]) -> Probe:
    """Asks for heads until a fresh one on the right chain is found; every own node is asked in any case."""
    readings = {endpoint.label: EndpointReading(endpoint.label, endpoint.kind, None) for endpoint in endpoints}
    heads: dict[str, Head] = {}
    expected = plan.expected_chain_id
    chosen: str | None = None
    error: str | None = None
    for label in client.preferred():
        own = readings[label].kind == "own"
        if chosen is not None and not own:
            continue
        reading, head, failure = _ask_head(client, readings[label])
        readings[label] = reading
        if head is None:
            error = f"{label}: {failure}"
            continue
        if expected is None:
            expected = head.chain_id
        if head.chain_id != expected:
            error = f"{label}: on chain {head.chain_id}, not {expected}"
            continue
        heads[label] = head
        if plan.now - head.timestamp <= plan.stale_after and chosen is None:
            chosen = label
    if chosen is None and heads:
        chosen = max(heads, key=lambda label: heads[label].level)
    excluded = tuple(
        label for label, reading in readings.items() if reading.chain_id is not None and reading.chain_id != expected
    )
    witness = None
    if chosen is not None:
        witness, readings = _ask_witness(client, plan, readings, chosen, excluded, heads[chosen])
        readings[chosen] = _ask_state(client, plan, readings[chosen])
        error = None
    return Probe(
        tuple(readings.values()), heads.get(chosen) if chosen else None, chosen, expected, excluded, error, witness
    )


def _ask_head(client: RpcClient, reading: EndpointReading) -> tuple[EndpointReading, Head | None, str | None]:
    try:
        head = parse_head(client.get(paths.header("head"), endpoint=reading.label).value)
    except SourceError as error:
        return reading._replace(answered=False, error=error.detail), None, error.detail
    told = reading._replace(
        answered=True,
        chain_id=head.chain_id,
        head_level=head.level,
        head_hash=head.hash,
        head_timestamp=head.timestamp,
    )
    if head.chain_id is None or head.hash is None:
        return told, None, "a header without chain id or hash"
    return told, head, None


def _ask_witness(
    client: RpcClient,
    plan: Plan,
    readings: dict[str, EndpointReading],
    chosen: str,
    excluded: Sequence[str],
    head: Head,
) -> tuple[Witness | None, dict[str, EndpointReading]]:
    """Ruling: once per run another endpoint is asked for the hash at head~2.

    Its answer tells two hashes (its own head~2 and that block's predecessor), so it still speaks about our level when
    it is one block ahead. A level that was in dispute in the last run is asked again.
    """
    others = [
        label
        for label, reading in readings.items()
        if label != chosen and label not in excluded and reading.answered is not False
    ]
    if not others:
        return None, readings
    label = others[plan.now // 60 % len(others)]
    levels: list[str | int] = [f"head~{FINALITY}"]
    blocked = plan.cursor.blocked_level if plan.cursor else None
    if blocked is not None and blocked <= head.level - FINALITY:
        levels.append(blocked)
    hashes: list[tuple[int, str]] = []
    for block_id in levels:
        try:
            other = parse_head(client.get(paths.header(block_id), endpoint=label).value)
        except SourceError as error:
            if readings[label].answered is None:
                readings[label] = readings[label]._replace(answered=False, error=error.detail)
            break
        if other.chain_id is not None and other.chain_id != head.chain_id:
            readings[label] = readings[label]._replace(answered=True, chain_id=other.chain_id)
            break
        if other.hash is not None:
            hashes.append((other.level, other.hash))
        hashes.append((other.level - 1, other.predecessor))
        if readings[label].head_level is None:
            readings[label] = readings[label]._replace(
                answered=True, chain_id=other.chain_id, head_level=other.level + FINALITY
            )
    return (Witness(label, tuple(hashes)) if hashes else None), readings


def _ask_state(client: RpcClient, plan: Plan, reading: EndpointReading) -> EndpointReading:
    """One question about the node itself per run, in turn: is it bootstrapped, how many peers has it."""
    try:
        if plan.want_peers and plan.now // 60 % 2:
            answer = client.get("/network/connections", endpoint=reading.label, optional=True)
            return reading._replace(peers=parse_connections(answer.value))
        answer = client.get(f"{paths.CHAIN}/is_bootstrapped", endpoint=reading.label, optional=True)
        bootstrapped, sync_state = parse_bootstrapped(answer.value)
        return reading._replace(bootstrapped=bootstrapped, sync_state=sync_state)
    except SourceError:
        return reading  # public nodes commonly refuse both: not told is not a fault

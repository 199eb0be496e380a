"""The nodes: do they answer, on the right chain, in sync; and does this machine's clock agree with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collectors.endpoint import Endpoint
from collectors.errors import SourceError
from collectors.rpc import RpcClient
from collectors.tezos import paths
from collectors.tezos.facts import Head
from collectors.tezos.header import parse_head
from collectors.tezos.networks import network_name
from collectors.tezos.node import parse_bootstrapped
from monitor.clock import Clock
from monitor.doctor.finding import Finding, failed, warning, well

TIMEOUT = 8.0
AHEAD = 5
"""Seconds a head may come from the future: half the time between two blocks is nothing to speak of."""
BEHIND = 120
AGREE = 60


@dataclass(frozen=True, slots=True)
class Answered:
    """One endpoint's head."""

    label: str
    timestamp: int
    """UTC seconds."""


def examine_nodes(
    endpoints: Sequence[Endpoint],
    setting: str,
    name_override: str | None,
    expected: str | None,
    stale_after: int,
    clock: Clock,
) -> Iterator[Finding | Answered]:
    """Every endpoint of one network in turn. `expected`: the chain id that `setting` led to at first."""
    with RpcClient(
        endpoints,
        timeout=TIMEOUT,
        max_connections=2,
        max_body=1 << 20,
        deadline=clock.monotonic() + 4 * TIMEOUT + 2 * len(endpoints),
        health={},
        now=clock.now,
        monotonic=clock.monotonic,
    ) as client:
        for endpoint in endpoints:
            area = f"node {endpoint.label}"
            try:
                answer = client.get(paths.header("head"), endpoint=endpoint.label, tries=1)
                head = parse_head(answer.value)
            except SourceError as error:
                yield failed(area, error.detail, f"is it running and reachable from here? see {setting}")
                continue
            yield Answered(endpoint.label, head.timestamp)
            chain = _chain(area, head, setting, name_override, expected)
            if chain is not None:
                yield chain
                continue
            expected = head.chain_id
            yield _head(area, client, endpoint, head, stale_after, clock.now())


def examine_clock(answers: Sequence[Answered], now: int) -> Finding:
    """This machine's clock against the newest heads."""
    if not answers:
        return warning("clock", "no node answered, so there is nothing to compare it with", "see the nodes")
    times = sorted((answer.timestamp for answer in answers), reverse=True)
    age = now - times[0]
    if age < -AHEAD:
        return failed("clock", f"is {-age} s behind the newest block", "set the clock: timedatectl set-ntp true")
    if age <= BEHIND:
        return well("clock", f"agrees with the newest block, {max(0, age)} s old")
    together = len(times) > 1 and times[0] - times[1] <= AGREE
    if together:
        text = f"{len(times)} nodes agree on a newest block {age} s old: the clock is ahead, or the chain stands still"
        return warning("clock", text, "set the clock: timedatectl set-ntp true")
    return warning("clock", f"the only head to compare it with is {age} s old", "see the node, or add another")


def _chain(area: str, head: Head, setting: str, name_override: str | None, expected: str | None) -> Finding | None:
    """What is wrong with the chain it is on."""
    if head.chain_id is None:
        return failed(area, "does not tell its chain id", f"see {setting}: is it a Tezos node?")
    try:
        network_name(head.chain_id, name_override)
    except ValueError as error:
        return failed(area, str(error), f"correct {setting} or TEZOS_NETWORK")
    if expected is not None and expected != head.chain_id:
        return failed(area, f"is on chain {head.chain_id}; {setting} leads to {expected}", f"correct {setting}")
    return None


def _head(area: str, client: RpcClient, endpoint: Endpoint, head: Head, stale_after: int, now: int) -> Finding:
    at = f"head {head.level:,}, {max(0, now - head.timestamp)} s old"
    if now - head.timestamp > stale_after:
        return failed(area, f"{at}: it has no new blocks", "is it in sync? see its log and its peers")
    try:
        answer = client.get(f"{paths.CHAIN}/is_bootstrapped", endpoint=endpoint.label, optional=True, tries=1)
        sync = parse_bootstrapped(answer.value)
    except SourceError:
        return well(area, f"{at}, chain {head.chain_id}; it does not tell whether it is in sync")
    if not sync.bootstrapped or sync.sync_state not in (None, "synced"):
        state = "not bootstrapped" if not sync.bootstrapped else str(sync.sync_state)
        return failed(area, f"{at}: {state}", "let it catch up; see its log and its peers")
    return well(area, f"{at}, chain {head.chain_id}, in sync")

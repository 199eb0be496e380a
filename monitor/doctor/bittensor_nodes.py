"""The nodes of Bittensor: do they answer, on the right chain, in sync; and can what they answer be decoded here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collectors.bittensor.health import NodeHealth, keeps_old_state, node_health
from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.library import REQUIREMENTS, missing
from collectors.bittensor.networks import network_name
from collectors.endpoint import Endpoint
from collectors.errors import SourceError
from collectors.rpc import RpcClient
from monitor.clock import Clock
from monitor.config.names import BITTENSOR_RPC_URL
from monitor.doctor.finding import Finding, failed, warning, well
from monitor.doctor.nodes import TIMEOUT, Answered
from monitor.watched import WatchedBittensor

ARCHIVE = "BITTENSOR_ARCHIVE_NETWORK"


def examine_bittensor(
    watched: WatchedBittensor, expected: str | None, stale_after: int, clock: Clock
) -> Iterator[Finding | Answered]:
    """The decoder, and every endpoint in turn. `expected`: the genesis that BITTENSOR_RPC_URL led to at first."""
    lacking = missing()
    if lacking is not None:
        yield failed("bittensor-core", "cannot be imported: nothing of Bittensor is read", _install())
    else:
        yield well("bittensor-core", "can be imported")
    for endpoints, setting in ((watched.endpoints, BITTENSOR_RPC_URL), (watched.archive, ARCHIVE)):
        for item in _endpoints(endpoints, setting, watched.name_override, expected, stale_after, clock):
            if isinstance(item, NodeHealth):
                expected = expected or item.genesis
            else:
                yield item


def _install() -> str:
    return f".venv/bin/python -m pip install -r {REQUIREMENTS} (wheels: Linux with glibc, macOS)"


def _endpoints(
    endpoints: Sequence[Endpoint],
    setting: str,
    name_override: str | None,
    expected: str | None,
    stale_after: int,
    clock: Clock,
) -> Iterator[Finding | Answered | NodeHealth]:
    """Gives the health of a node that is on the right chain, for the next ones to be compared with."""
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
        rpc = JsonRpc(client)
        for endpoint in endpoints:
            area = f"node {endpoint.label}"
            try:
                health = node_health(rpc, endpoint.label)
                keeps = None if setting != ARCHIVE else keeps_old_state(rpc, endpoint.label, health.best)
            except SourceError as error:
                yield failed(area, error.detail, f"is it running and reachable from here? see {setting}")
                continue
            yield Answered(endpoint.label, health.timestamp)
            chain = _chain(area, health.genesis, setting, name_override, expected)
            if chain is not None:
                yield chain
                continue
            expected = health.genesis
            yield health
            yield _head(area, health, keeps, network_name(health.genesis, name_override), stale_after, clock.now())


def _chain(area: str, genesis: str, setting: str, name_override: str | None, expected: str | None) -> Finding | None:
    """What is wrong with the chain it is on."""
    try:
        network_name(genesis, name_override)
    except ValueError as error:
        return failed(area, str(error), f"correct {setting} or BITTENSOR_NETWORK")
    if expected is not None and expected != genesis:
        text = f"is on the chain of genesis {genesis[:10]}…; {BITTENSOR_RPC_URL} leads to {expected[:10]}…"
        return failed(area, text, f"correct {setting}")
    return None


def _head(area: str, health: NodeHealth, keeps: bool | None, network: str, stale_after: int, now: int) -> Finding:
    age = now - health.timestamp
    at = f"head {health.best:,}, {max(0, age)} s old"
    if age > stale_after:
        return failed(area, f"{at}: it has no new blocks", "is it in sync? see its log and its peers")
    if health.syncing:
        return failed(area, f"{at}: it is syncing", "let it catch up; see its log and its peers")
    if keeps is False:
        fix = f"set {ARCHIVE} to an archive node (--pruning archive), e.g. archive"
        return warning(area, f"{at}: it has dropped the state of old blocks", fix)
    peers = "it does not tell its peers" if health.peers is None else f"{health.peers} peers"
    return well(area, f"{at}, {network}, {peers}")

"""Plans and clients for tests of the collector against a simulated node."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from collectors.endpoint import Endpoint, EndpointHealth, parse_endpoints
from collectors.interface import Blocked, Finished, Item, Plan, Probed, Reorganised
from collectors.rpc import RpcClient
from collectors.tezos.collector import TezosCollector
from monitor.model import Batch, Cursor, Observation, Reading
from simulator.chain import Chain

NETWORK = "tezos:mainnet"
CHAIN_ID = "NetXdQprcVkpaWU"


def cursor_at(chain: Chain, level: int, **more: Any) -> Cursor:
    return Cursor(NETWORK, level, chain.hash(level), level, level - 50, **more)


def make_plan(chain: Chain, now: int, watched: Mapping[str, int | None], cursor: Cursor | None, **changes: Any) -> Plan:
    """What an earlier run left of `chain`: its hashes up to the cursor, nothing read yet."""
    known = range(max(chain.plan.first_level, cursor.level - 100), cursor.level + 1) if cursor else range(0)
    values: dict[str, Any] = {
        "network": NETWORK if cursor else None,
        "name_override": None,
        "expected_chain_id": CHAIN_ID if cursor else None,
        "cursor": cursor,
        "hashes": {level: chain.hash(level) for level in known},
        "watched": watched,
        "readings": {},
        "due": (),
        "cycle": chain.cycle(cursor.level) if cursor else None,
        "unrevealed": {},
        "first_look": 50,
        "max_catchup": 1000,
        "stale_after": 180,
        "want_peers": False,
        "now": now,
    }
    return Plan(**{**values, **changes})


def read_readings(*readings: Reading) -> dict[tuple[str, str], Reading]:
    return {(reading.target, reading.kind): reading for reading in readings}


def endpoints_of(*urls: str) -> tuple[Endpoint, ...]:
    """Written as in RPC_URL, own= and public= included."""
    return parse_endpoints(",".join(urls), "RPC_URL")


@contextmanager
def client_of(
    endpoints: Sequence[Endpoint], now: int, seconds: float = 20, health: Mapping[str, EndpointHealth] | None = None
) -> Iterator[RpcClient]:
    with RpcClient(
        endpoints,
        timeout=2,
        max_connections=4,
        max_body=64 << 20,
        deadline=time.monotonic() + seconds,
        health=health or {},
        now=lambda: now,
        sleep=lambda seconds: time.sleep(min(seconds, 0.01)),
    ) as client:
        yield client


class Collected:
    """Everything one collection handed over."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.batches = [item for item in items if isinstance(item, Batch)]
        self.probed = next((item for item in items if isinstance(item, Probed)), None)
        self.blocked = next((item for item in items if isinstance(item, Blocked)), None)
        self.reorganised = next((item for item in items if isinstance(item, Reorganised)), None)
        finished = items[-1]
        assert isinstance(finished, Finished)
        self.finished = finished

    @property
    def levels(self) -> list[int]:
        return [block.level for batch in self.batches for block in batch.blocks]

    @property
    def observations(self) -> list[Observation]:
        return [observation for batch in self.batches for observation in batch.observations]

    @property
    def readings(self) -> dict[tuple[str, str], Reading]:
        """The newest of each target and kind, those of batches first."""
        return read_readings(
            *(reading for batch in self.batches for reading in batch.readings), *self.finished.readings
        )


def collect(plan: Plan, *urls: str, stop_after: float = 20, connections: int = 4) -> Collected:
    """One whole collection from these endpoints."""
    endpoints = endpoints_of(*urls)
    with client_of(endpoints, plan.now) as client:
        collector = TezosCollector(client, endpoints, connections, time.monotonic() + stop_after)
        return Collected(list(collector.collect(plan)))

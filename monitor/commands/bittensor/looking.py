"""What every `main.py bittensor` command begins and ends with: a block to look at, and errors as one line."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import tzinfo
from typing import NamedTuple

from collectors.bittensor.at_block import AtBlock
from collectors.bittensor.block_opener import BlockOpener, NoArchive, NoSuchBlock
from collectors.bittensor.library import LibraryMissing
from collectors.bittensor.views.errors import NoSuchNeuron, NoSuchSubnet
from collectors.endpoint import Endpoint, parse_endpoints
from collectors.errors import SourceError
from collectors.rpc import RpcClient
from monitor.config.bittensor_nodes import PORT, http_addresses
from monitor.config.chain_settings import BITTENSOR_ARCHIVE_NETWORK, ChainSettings
from monitor.config.names import BITTENSOR_RPC_URL

LONGEST = 300
"""Seconds that a command may ask for."""


class Look(NamedTuple):
    """What was asked for, and where it is read."""

    opener: BlockOpener
    block: AtBlock
    """The one of --block, else the newest finalised one."""
    zone: tzinfo
    as_json: bool


class WrongWord(Exception):
    """An option's value cannot be used; one line."""


def look(
    settings: ChainSettings, network: str | None, block: int | None, as_json: bool, show: Callable[[Look], None]
) -> int:
    """Runs `show`; 1 where the chain cannot be read, 2 where a word or a setting is wrong, each with one line."""
    first: SourceError | None = None
    try:
        endpoints, archive = _endpoints(settings, network)
        while endpoints:
            with ExitStack() as stack:
                client = stack.enter_context(_client(settings, endpoints))
                keeper = stack.enter_context(_client(settings, archive)) if archive else None
                name = settings.network if network is None else None
                opener = BlockOpener(client, keeper, settings.metadata_cache, name)
                try:
                    show(Look(opener, opener.open(block), settings.zone, as_json))
                    return 0
                except (NoSuchSubnet, NoSuchNeuron, LibraryMissing):
                    raise
                except SourceError as error:  # nothing is printed before all is read: the next node may tell it
                    first = first or error
                    endpoints = _after(endpoints, opener.endpoint)
        assert first is not None
        raise first
    except (WrongWord, NoSuchBlock, NoSuchSubnet, NoSuchNeuron, NoArchive, LibraryMissing) as error:
        print(f"sentinel: {error}", file=sys.stderr)
        return 2
    except SourceError as error:
        print(f"sentinel: {error}", file=sys.stderr)
        return 1


def _after(endpoints: Sequence[Endpoint], label: str | None) -> Sequence[Endpoint]:
    """Those that were not asked yet; none where no endpoint answered at all."""
    labels = [endpoint.label for endpoint in endpoints]
    return endpoints[labels.index(label) + 1 :] if label in labels else ()


def nodes_of(network: str) -> str:
    """The addresses that --network stands for. Raises EndpointError, which quotes nothing of them."""
    return http_addresses(network, "--network")


def _endpoints(settings: ChainSettings, network: str | None) -> tuple[Sequence[Endpoint], Sequence[Endpoint]]:
    """(whom to ask, whom to ask for dropped state)."""
    if network is not None:
        endpoints = parse_endpoints(nodes_of(network), "--network", PORT)
    elif settings.rpc_url is not None:
        endpoints = parse_endpoints(settings.rpc_url, BITTENSOR_RPC_URL, PORT)
    else:
        raise WrongWord(f"{BITTENSOR_RPC_URL} is not set: write the address of a node, or give --network finney")
    archive = settings.archive
    keepers = () if archive is None else parse_endpoints(archive, BITTENSOR_ARCHIVE_NETWORK, PORT)
    return endpoints, [endpoint._replace(label=f"archive:{endpoint.label}") for endpoint in keepers]


def _client(settings: ChainSettings, endpoints: Sequence[Endpoint]) -> RpcClient:
    return RpcClient(
        endpoints,
        timeout=settings.timeout,
        max_connections=settings.max_connections,
        max_body=settings.max_body,
        deadline=time.monotonic() + LONGEST,
        health={},
        now=lambda: int(time.time()),
    )

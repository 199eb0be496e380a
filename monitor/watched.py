"""What a run watches, network by network: the watch list joined with the endpoints that serve it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from collectors.endpoint import Endpoint, parse_endpoints
from monitor.config.bittensor import Bittensor
from monitor.config.names import BITTENSOR_RPC_URL
from monitor.config.settings import Settings, setting_of
from monitor.config.watch_list import Delegate, WatchList


class WatchedNetwork(NamedTuple):
    """One Tezos network and its delegates."""

    endpoints_key: str
    """The setting it is reached by: RPC_URL, RPC_URL_SHADOWNET."""
    name_override: str | None
    """What the user calls it: TEZOS_NETWORK, or the delegates' "network"."""
    endpoints: tuple[Endpoint, ...]
    delegates: Mapping[str, Delegate]
    """By address, in the order of the list."""

    @property
    def unnamed(self) -> str:
        """What it is called before the first contact told its chain."""
        return f"tezos:{self.name_override or 'unknown'}"


def watched_networks(settings: Settings, watch_list: WatchList) -> tuple[WatchedNetwork, ...]:
    """One entry per setting of endpoints that serves somebody on the list."""
    found = []
    for key, delegates in settings.by_endpoints(watch_list.tezos).items():
        name = setting_of(key)
        endpoints = parse_endpoints(settings.rpc_urls[key].get_secret_value(), name)
        override = key or settings.tezos_network
        found.append(WatchedNetwork(name, override, endpoints, {delegate.address: delegate for delegate in delegates}))
    return tuple(found)


class WatchedBittensor(NamedTuple):
    """The Bittensor network and what is watched on it."""

    endpoints: tuple[Endpoint, ...]
    archive: tuple[Endpoint, ...]
    """Asked for what `endpoints` have dropped; empty where there is none. Labels begin with "archive:"."""
    name_override: str | None
    """BITTENSOR_NETWORK."""
    targets: Bittensor
    endpoints_key: str = BITTENSOR_RPC_URL

    @property
    def unnamed(self) -> str:
        """What it is called before the first contact told its chain."""
        return f"bittensor:{self.name_override or 'unknown'}"


def watched_bittensor(settings: Settings, watch_list: WatchList) -> WatchedBittensor | None:
    """None where nothing of Bittensor is on the list, or no node is set."""
    if watch_list.bittensor is None or settings.bittensor_rpc_url is None:
        return None
    endpoints = parse_endpoints(settings.bittensor_rpc_url.get_secret_value(), BITTENSOR_RPC_URL)
    name = "BITTENSOR_ARCHIVE_NETWORK"
    archive = settings.bittensor_archive_network
    found = () if archive is None else parse_endpoints(archive.get_secret_value(), name)
    found = tuple(endpoint._replace(label=f"archive:{endpoint.label}") for endpoint in found)
    return WatchedBittensor(endpoints, found, settings.bittensor_network, watch_list.bittensor)

"""What a run watches, network by network: the watch list joined with the endpoints that serve it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collectors.endpoint import Endpoint, parse_endpoints
from monitor.config.settings import Settings, setting_of
from monitor.config.watch_list import Delegate, WatchList


@dataclass(frozen=True, slots=True)
class WatchedNetwork:
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

"""What is right in a watch list by itself, but not with the settings it is read with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from monitor.config.channel_names import channel_names
from monitor.config.cross_check import KINDS, Fault
from monitor.config.fields import Target
from monitor.config.limit import attestation_limit, baking_limit
from monitor.config.names import BITTENSOR_RPC_URL, RPC_URL
from monitor.config.problem import Place
from monitor.config.settings import Settings, setting_of
from monitor.config.watch_list import Delegate, WatchList

REQUIREMENTS = Path(__file__).parents[2] / "requirements-bittensor.txt"


def misfits(settings: Settings, watch_list: WatchList) -> Iterator[Fault]:
    channels = channel_names(settings)
    for position, delegate in enumerate(watch_list.tezos):
        place: Place = ("tezos", position)
        yield from _unserved(settings, delegate, place)
        yield from _channels(watch_list, delegate, place, channels)
        yield from _limits(settings, delegate, place)
    if watch_list.bittensor is not None:
        yield from _bittensor(settings)
        for where, targets in zip(KINDS.values(), watch_list.bittensor.lists(), strict=True):
            for position, target in enumerate(targets):
                yield from _channels(watch_list, target, (*where, position), channels)
    for name, group in watch_list.groups.items():
        yield from _unknown_channels(group.channels, ("groups", name), channels)


def _unserved(settings: Settings, delegate: Delegate, place: Place) -> Iterator[Fault]:
    if settings.endpoints_key(delegate.network) is not None:
        return
    if delegate.network is not None:
        missing = setting_of(delegate.network)
        fix = f'set {missing} in .env, or remove "network" if it is {RPC_URL}\'s'
        yield (*place, "network"), f"no node is known for it: {missing} is not set", fix
        return
    known = ", ".join(f'"{key}"' for key in settings.rpc_urls)
    fix = f'add "network": {known}, or set {RPC_URL}' if known else f"set {RPC_URL} in .env to a node's address"
    yield place, f"has no network, and {RPC_URL} is not set", fix


def _limits(settings: Settings, delegate: Delegate, place: Place) -> Iterator[Fault]:
    limits = {"baking": baking_limit(settings, delegate), "attestation": attestation_limit(settings, delegate)}
    for duty, limit in limits.items():
        if limit and limit.window < limit.threshold and getattr(delegate.alerts, duty):
            text = f"{limit.threshold} misses never fit into a window of {limit.window} blocks"
            yield (*place, "alerts", duty), text, 'set "threshold" and "window" together'


def _bittensor(settings: Settings) -> Iterator[Fault]:
    if settings.bittensor_rpc_url is None:
        fix = f"set {BITTENSOR_RPC_URL} in .env, to a node's address or to finney"
        yield ("bittensor",), f"no node is known for it: {BITTENSOR_RPC_URL} is not set", fix
    if find_spec("bittensor_core") is None:
        command = f"{sys.executable} -m pip install -r {REQUIREMENTS}"
        yield ("bittensor",), "needs bittensor-core, which is not installed", f"run {command}"


def _channels(watch_list: WatchList, target: Target, place: Place, known: tuple[str, ...]) -> Iterator[Fault]:
    """Those it names itself; those of its group are told there."""
    group = watch_list.groups.get(target.group or "")
    if group is None or target.channels != group.channels:
        yield from _unknown_channels(target.channels, place, known)


def _unknown_channels(named: tuple[str, ...] | None, place: Place, known: tuple[str, ...]) -> Iterator[Fault]:
    for ordinal, channel in enumerate(named or ()):
        if channel not in known:
            fix = f"write one of {', '.join(known)}, or switch it on in .env" if known else "switch one on"
            yield (*place, "channels", ordinal), f'no channel is called "{channel}"', fix

"""Everybody who is watched on Bittensor, as targets: who in the list each is, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from monitor.config.bittensor import Bittensor, WatchedColdkey, WatchedHotkey, WatchedSubnet
from monitor.rules.bittensor.watched import Watched, neuron_target

Entry = WatchedHotkey | WatchedSubnet | WatchedColdkey


class BittensorTargets(NamedTuple):
    on: Bittensor

    @property
    def everywhere(self) -> frozenset[str]:
        """Hotkeys that are watched on whatever subnet they are registered."""
        return frozenset(entry.hotkey for entry in self.on.hotkeys if entry.netuids is None)

    def names(self) -> dict[str, str | None]:
        """Target -> name of everybody the list itself names."""
        found: dict[str, str | None] = {}
        for hotkey in self.on.hotkeys:
            found[hotkey.hotkey] = hotkey.name
            found |= {neuron_target(netuid, hotkey.hotkey): hotkey.name for netuid in hotkey.netuids or ()}
        found |= {str(subnet.netuid): subnet.name for subnet in self.on.subnets}
        return found | {coldkey.coldkey: coldkey.name for coldkey in self.on.coldkeys}

    def entry(self, target: str) -> Entry | None:
        """Who in the list a target is."""
        netuid, slash, hotkey = target.partition("/")
        if slash:
            return self.on.neuron(int(netuid), hotkey)
        if target.isdecimal():
            return next((one for one in self.on.subnets if str(one.netuid) == target), None)
        hotkeys: tuple[Entry, ...] = tuple(one for one in self.on.hotkeys if one.hotkey == target)
        return next(iter((*hotkeys, *(one for one in self.on.coldkeys if one.coldkey == target))), None)

    def everyone(self, found: Mapping[str, tuple[int, ...]]) -> Watched:
        """`found`: hotkey -> the subnets it is known on."""
        return Watched(
            hotkeys={entry.hotkey: found.get(entry.hotkey, ()) for entry in self.on.hotkeys},
            subnets=frozenset(subnet.netuid for subnet in self.on.subnets),
            coldkeys=frozenset(coldkey.coldkey for coldkey in self.on.coldkeys),
        )

    def channels(self, targets: Mapping[str, str | None]) -> dict[str, frozenset[str]]:
        """Target -> names of its channels, for those that name any."""
        entries = {target: self.entry(target) for target in targets}
        return {target: frozenset(entry.channels) for target, entry in entries.items() if entry and entry.channels}

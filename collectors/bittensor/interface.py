"""What the Bittensor collector hands back beside the items that every network has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.bittensor.block import BlockFacts
from monitor.bittensor.chain import ChainState
from monitor.bittensor.coldkey import ColdkeyState
from monitor.bittensor.neuron import HotkeyState, Neuron
from monitor.bittensor.subnet import SubnetState
from monitor.model import Block, CoverageGap


@dataclass(frozen=True, slots=True)
class BlocksRead:
    """Consecutive finalised blocks, oldest first: each in `blocks` and in `facts`, or passed in a gap."""

    network: str
    blocks: tuple[Block, ...]
    facts: tuple[BlockFacts, ...]
    gaps: tuple[CoverageGap, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of everything that is watched, at one finalised block."""

    chain: ChainState
    subnets: Mapping[int, SubnetState]
    neurons: Mapping[tuple[int, str], Neuron]
    """(netuid, hotkey) -> neuron; a hotkey that holds no uid has one that says so."""
    hotkeys: Mapping[str, HotkeyState]
    coldkeys: Mapping[str, ColdkeyState]
    """The watched ones, and owners of watched subnets."""
    discovered: bool = False
    """Whether the hotkeys that are watched everywhere were looked for on every subnet."""

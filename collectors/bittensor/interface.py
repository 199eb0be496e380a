"""What the Bittensor collector is told, and what it hands back beside the items that every network has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.bittensor.block import BlockFacts
from monitor.bittensor.chain import ChainState
from monitor.bittensor.coldkey import ColdkeyState
from monitor.bittensor.neuron import HotkeyState, Neuron
from monitor.bittensor.subnet import SubnetState
from monitor.model import Block, CoverageGap, Cursor


@dataclass(frozen=True, slots=True)
class BittensorPlan:
    """One network, as the last run left it."""

    network: str | None
    """The pinned name, e.g. "bittensor:finney"; None before the first contact."""
    expected_chain_id: str | None
    """The genesis hash, pinned with the name."""
    cursor: Cursor | None
    hotkeys: Mapping[str, tuple[int, ...]]
    """Watched hotkey -> the subnets it is watched on, as far as they are known."""
    everywhere: frozenset[str]
    """Hotkeys that are watched on whatever subnet they are registered: looked for where `discover` says so."""
    subnets: frozenset[int]
    """Watched for themselves; those of hotkeys are read as well."""
    coldkeys: frozenset[str]
    discover: bool
    """Whether it is time to ask on which subnets the hotkeys of `everywhere` are."""
    spec_version: int | None
    """Of the runtime that wrote the last state read."""
    max_catchup: int
    """Blocks; further behind becomes a coverage gap."""
    stale_after: int
    """Seconds after which a head is too old to be preferred to another endpoint's."""
    now: int
    """Wall clock of the run, UTC seconds."""
    first_look: int = 1
    """Blocks that are read at the first contact."""


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

"""The chain as a whole: its runtime, its finality, and what decides which subnet goes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubnetStanding:
    """What `get_network_to_prune` compares subnets by."""

    moving_price: float
    """SubnetMovingPrice, τ per alpha."""
    registered_at: int
    """NetworkRegisteredAt."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """One finalised block."""

    network: str
    """bittensor:finney"""
    block: int
    hash: str
    timestamp: int
    """`Timestamp.Now` of the block, in UTC seconds."""
    spec_version: int
    """Of the runtime that wrote the block (`System.LastRuntimeUpgrade`)."""
    head: int | None = None
    """The best block, which is not final yet."""
    previous_spec_version: int | None = None
    """Of the run before; None on the first."""
    subnet_limit: int | None = None
    total_networks: int | None = None
    """TotalNetworks, the root network included."""
    subnet_to_prune: int | None = None
    """`get_subnet_to_prune`: who goes when the next one registers. None also where the runtime has nobody to name."""
    network_immunity_period: int | None = None
    stake_threshold: int | None = None
    """Stake weight below which a validator counts as nothing."""
    coldkey_swap_delay: int | None = None
    """ColdkeySwapAnnouncementDelay, in blocks."""
    sudo_key: str | None = None
    standings: Mapping[int, SubnetStanding] | None = None
    """By netuid, every subnet but root."""
    dissolving: tuple[int, ...] | None = None
    """DissolveCleanupQueue."""
    gone: tuple[str, ...] = ()
    """Watched items that this runtime has no more ("SubtensorModule.ValidatorTrust"), runtime calls included."""
    changed: tuple[str, ...] = ()
    """Watched items whose type is another one than it was in the runtime before."""
    undecoded: tuple[str, ...] = ()
    """What was answered and could not be decoded, or contradicts itself (System.Number, Timestamp.Now of 0)."""

    @property
    def free_subnets(self) -> int | None:
        """New subnets before one is pruned; None where that was not read. Root takes no place, and one that is being
        cleaned up, which TotalNetworks holds no more, keeps its own until it is gone."""
        if self.subnet_limit is None or self.total_networks is None:
            return None
        return max(0, self.subnet_limit - (self.total_networks - 1) - len(self.dissolving or ()))

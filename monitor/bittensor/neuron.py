"""A hotkey: on one subnet (a neuron) and everywhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axon:
    """Where a miner says it serves."""

    ip: str
    port: int

    @property
    def served(self) -> bool:
        return self.ip not in ("", "0.0.0.0", "::") and self.port > 0

    def __str__(self) -> str:
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


NOT_SERVED = Axon("", 0)


@dataclass(frozen=True, slots=True)
class Relative:
    """A child to which, or a parent from which, a share of stake is lent."""

    hotkey: str
    share: float


@dataclass(frozen=True, slots=True)
class PendingChildren:
    """PendingChildKeys: the children that take the place of the present ones at `block`."""

    children: tuple[Relative, ...]
    block: int
    """0 where nothing is pending."""

    @property
    def pending(self) -> bool:
        return self.block > 0


NONE_PENDING = PendingChildren((), 0)


@dataclass(frozen=True, slots=True)
class Lender:
    """A parent, and what it is about to do with what it lends."""

    hotkey: str
    share: float
    """Of its stake, lent to this neuron now."""
    stake: int
    """Its own, alpha rao (TotalHotkeyAlpha)."""
    pending: PendingChildren


@dataclass(frozen=True, slots=True)
class Commit:
    """Weights committed and not revealed yet (TimelockedWeightCommits)."""

    mechanism: int
    epoch: int
    """SubnetEpochIndex at the commit."""
    block: int


@dataclass(frozen=True, slots=True)
class Collateral:
    """MinerCollateral, alpha rao."""

    locked: int
    minimum: int


@dataclass(frozen=True, slots=True)
class Neuron:
    """`hotkey` on `netuid`."""

    netuid: int
    hotkey: str
    registered: bool | None = None
    uid: int | None = None
    permit: bool | None = None
    active: bool | None = None
    validator_trust: float | None = None
    dividends: float | None = None
    """Dividends[uid], of the subnet's largest."""
    incentive: tuple[float | None, ...] = ()
    """By mechanism."""
    last_update: tuple[int | None, ...] = ()
    """By mechanism: the block of the last weights set or committed."""
    emission: int | None = None
    """Alpha rao per epoch."""
    registered_at: int | None = None
    axon: Axon | None = None
    alpha_stake: int | None = None
    """TotalHotkeyAlpha"""
    total_stake: int | None = None
    """Stake weight, rao."""
    alpha_dividends: int | None = None
    """Of the last epoch, alpha rao; 0 where the map has no entry."""
    root_alpha_dividends: int | None = None
    """The root stakers' part, alpha rao; τ rao before runtime 334 (TaoDividendsPerSubnet)."""
    childkey_take: float | None = None
    children: tuple[Relative, ...] | None = None
    parents: tuple[Relative, ...] | None = None
    pending_children: PendingChildren | None = None
    lenders: tuple[Lender, ...] | None = None
    """Its parents with their PendingChildKeys."""
    commits: tuple[Commit, ...] | None = None
    collateral: Collateral | None = None

    @property
    def lends_everything(self) -> bool:
        """A parent whose whole stake works for its children: nothing of its own is left to judge."""
        return bool(self.children) and sum(child.share for child in self.children or ()) > 0.999


@dataclass(frozen=True, slots=True)
class HotkeyState:
    """`hotkey`, whatever the subnet."""

    hotkey: str
    owner: str | None = None
    """The coldkey; NO_ACCOUNT where nobody owns it."""
    take: float | None = None

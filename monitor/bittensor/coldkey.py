"""A wallet: what it holds and who may act for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColdkeySwap:
    """ColdkeySwapAnnouncements and ColdkeySwapDisputes of one coldkey."""

    executable_at: int
    """The block from which the swap may be done, as the runtime stores it: the announcement's plus
    ColdkeySwapAnnouncementDelay. 0 where none is announced."""
    disputed_at: int = 0
    """0 where nobody disputes it."""

    @property
    def announced(self) -> bool:
        return self.executable_at > 0


NO_SWAP = ColdkeySwap(0)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Another account that may act for this one (`Proxy.Proxies`)."""

    delegate: str
    kind: str
    """Any, Owner, Staking, Transfer, …"""
    delay: int
    """Blocks between announcing a call and making it."""


@dataclass(frozen=True, slots=True)
class ColdkeyState:
    coldkey: str
    free: int | None = None
    """`System.Account(…).data.free`"""
    swap: ColdkeySwap | None = None
    proxies: tuple[Proxy, ...] | None = None

"""What is asked for and is not on the chain."""

from __future__ import annotations

from collectors.errors import SourceError, Unreadable


class NoSuchSubnet(SourceError):
    """The network has no subnet of this netuid at the block."""

    def __init__(self, netuid: int, block: int) -> None:
        super().__init__(f"there is no subnet {netuid} at block {block}")


class NoSuchNeuron(SourceError):
    """Nobody holds the uid."""

    def __init__(self, netuid: int, uid: int, block: int) -> None:
        super().__init__(f"nobody holds uid {uid} of subnet {netuid} at block {block}")


class Untold(Unreadable):
    """The runtime of the block has no such thing to tell."""

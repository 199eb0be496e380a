"""What a chain's script should make a monitor say, and from when to when."""

from __future__ import annotations

from typing import NamedTuple

from simulator.subtensor.chain import Chain


class Truth(NamedTuple):
    """`rule` should be bad for `target` from block `first` to block `last`, both inclusive (None: until further)."""

    rule: str
    target: str
    first: int
    last: int | None


def truth(chain: Chain, until: int) -> list[Truth]:
    return []

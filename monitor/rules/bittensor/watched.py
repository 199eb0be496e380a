"""Who is watched on a Bittensor network, as far as blocks and baselines are asked about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

CHAIN = "source"
"""The target of what concerns the whole chain, as of the source's incidents."""


class Watched(NamedTuple):
    hotkeys: Mapping[str, tuple[int, ...]] = {}
    """Hotkey -> the subnets it is watched on."""
    subnets: frozenset[int] = frozenset()
    coldkeys: frozenset[str] = frozenset()


def neuron_target(netuid: int, hotkey: str) -> str:
    """As in `CheckKey.target`: "18/5F…"."""
    return f"{netuid}/{hotkey}"

"""What happened in one block: its calls out of their wrappers, its events, and what setters changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collectors.bittensor.at_block import AtBlock
from collectors.bittensor.block_opener import BlockOpener
from collectors.bittensor.views.errors import NoSuchSubnet
from collectors.bittensor.views.subnet import read_subnet
from collectors.errors import SourceError, Unreadable
from monitor.bittensor.block import BlockFacts
from monitor.bittensor.subnet import Hyperparameters


@dataclass(frozen=True, slots=True)
class BlockView:
    facts: BlockFacts
    undecided: tuple[str, ...]
    """Calls whose fate the events do not tell, and extrinsics that cannot be decoded."""


def read_block(block: AtBlock) -> BlockView:
    """Raises SourceError."""
    read = block.block()
    if read.facts is None:
        raise Unreadable(f"block {block.number}: {read.gap.reason if read.gap else 'it was not told'}")
    return BlockView(read.facts, read.undecided)


def hyperparameters_around(
    opener: BlockOpener, block: AtBlock, netuids: Iterable[int]
) -> Mapping[int, tuple[Hyperparameters | None, Hyperparameters | None]]:
    """Netuid -> (after the block before, after this one); None where that cannot be read."""
    wanted = sorted(set(netuids))
    if not wanted:
        return {}
    try:
        before = opener.open(block.number - 1)
    except SourceError:
        return {netuid: (None, _hyperparameters(block, netuid)) for netuid in wanted}
    return {netuid: (_hyperparameters(before, netuid), _hyperparameters(block, netuid)) for netuid in wanted}


def _hyperparameters(block: AtBlock, netuid: int) -> Hyperparameters | None:
    try:
        return read_subnet(block, netuid).state.hyperparameters
    except NoSuchSubnet:
        return None

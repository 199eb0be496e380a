"""A subnet's epochs, from the newest one back through the chain: what each paid to a hotkey, on what stake.

The block before an epoch tells three things at once: which epoch was before it, what that one paid (the map is written
anew at each), and the stake on which the next one pays. So n epochs take n + 1 blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collectors.bittensor.at_block import AtBlock
from collectors.bittensor.block_opener import BlockOpener
from collectors.bittensor.subnets import subnet_of
from collectors.bittensor.views.dividends import ALPHA
from collectors.bittensor.views.errors import NoSuchSubnet
from collectors.errors import SourceError, Unreadable


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch: alpha rao by hotkey. Hotkeys without an entry got nothing, or had nothing."""

    block: int
    before: int
    """The block of the epoch before it: what it paid was earned since then."""
    paid: Mapping[str, int]
    """AlphaDividendsPerSubnet: to those who staked on the subnet, after the validator's take."""
    stake: Mapping[str, int]
    """TotalHotkeyAlpha at the block before."""


@dataclass(frozen=True, slots=True)
class Epochs:
    read: tuple[Epoch, ...]
    """The newest first, without a hole."""
    block_seconds: float
    """Measured over the blocks that were read."""
    stopped: str | None
    """Why it ends before as many were read as were asked for; None where it does not."""


def read_epochs(opener: BlockOpener, newest: AtBlock, netuid: int, hotkeys: Sequence[str], most: int) -> Epochs:
    """`hotkeys`: whose; none given: all who were paid in the newest epoch. `most`: from 1 on. Raises SourceError where
    not even the newest epoch can be read, among them NoSuchSubnet and NoArchive."""
    epoch, paid = _last_epoch(newest, netuid, hotkeys)
    whose = tuple(hotkeys) or tuple(sorted(paid))
    found: list[Epoch] = []
    oldest, stopped = newest, None
    while len(found) < most:
        try:
            block = opener.open(epoch - 1)
            for hotkey in whose:
                block.state.want("TotalHotkeyAlpha", hotkey, netuid)
            before, paid_before = _last_epoch(block, netuid, whose)
        except SourceError as error:
            if not found:
                raise
            stopped = str(error)
            break
        stake = {hotkey: block.state.number("TotalHotkeyAlpha", hotkey, netuid) or 0 for hotkey in whose}
        found.append(Epoch(epoch, before, paid, stake))
        oldest, epoch, paid = block, before, paid_before
    seconds = (newest.timestamp - oldest.timestamp) / (newest.number - oldest.number)
    return Epochs(tuple(found), seconds, stopped)


def _last_epoch(block: AtBlock, netuid: int, hotkeys: Sequence[str]) -> tuple[int, Mapping[str, int]]:
    """(its block, what it paid); all who were paid where no hotkeys are given."""
    state = block.state
    for item in ("NetworksAdded", "Tempo", "LastEpochBlock"):
        state.want(item, netuid)
    for hotkey in hotkeys:
        state.want(ALPHA, netuid, hotkey)
    block.read()
    if not state.flag("NetworksAdded", netuid):
        raise NoSuchSubnet(netuid, block.number)
    if not state.has(ALPHA):
        raise Unreadable(f"runtime {block.runtime.spec_version} keeps no dividends (they begin with runtime 224)")
    epoch = subnet_of(state, netuid, block.number, None, None, None).last_epoch_block
    if not epoch or epoch > block.number:
        raise Unreadable(f"subnet {netuid} has had no epoch at block {block.number}")
    if hotkeys:
        return epoch, {hotkey: state.number(ALPHA, netuid, hotkey) or 0 for hotkey in hotkeys}
    return epoch, {hotkey: amount for (_, hotkey), amount in block.map(ALPHA, netuid).items() if amount}

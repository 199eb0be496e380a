"""The dividends of a subnet's last epoch, as the runtime of the block keeps them.

Since dTAO (runtime 224) `AlphaDividendsPerSubnet` holds what a hotkey's stakers on the subnet got, in alpha. What its
stakers on root got was τ until runtime 333 (`TaoDividendsPerSubnet`), was kept nowhere until 364, and is alpha from 365
on (`RootAlphaDividendsPerSubnet`). Each map is cleared and written anew at every epoch of the subnet.
"""

from __future__ import annotations

from typing import NamedTuple

from collectors.bittensor.at_block import AtBlock
from collectors.bittensor.runtime_calls import SWAP
from collectors.bittensor.subnets import subnet_of
from collectors.bittensor.views.errors import NoSuchSubnet, Untold
from monitor.bittensor.units import RAO

ALPHA, ROOT_ALPHA, TAO = "AlphaDividendsPerSubnet", "RootAlphaDividendsPerSubnet", "TaoDividendsPerSubnet"


class Dividend(NamedTuple):
    """One hotkey's stakers' part. Rao; None where the runtime keeps no such amount."""

    hotkey: str
    uid: int | None
    """None where it is not registered any more."""
    alpha: int
    """Alpha of the subnet, to those who staked on it."""
    root_alpha: int | None
    """Alpha of the subnet, to those who staked on root."""
    root_tao: int | None
    """τ, to those who staked on root."""
    value: int | None
    """All of it in τ at the block's price; None where the price was not read."""


class Dividends(NamedTuple):
    netuid: int
    maps: tuple[str, ...]
    """Those that the runtime has."""
    price: int | None
    """Rao of τ for one alpha."""
    last_epoch: int | None
    paid: tuple[Dividend, ...]
    """The largest first."""


def read_dividends(block: AtBlock, netuid: int) -> Dividends:
    """Raises SourceError: NoSuchSubnet, and Untold for runtimes before dividends were kept."""
    state = block.state
    for item in ("NetworksAdded", "Tempo", "LastEpochBlock", "SubnetTAO", "SubnetAlphaIn"):
        state.want(item, netuid)
    block.read((SWAP, "current_alpha_price", (netuid,)))
    if not state.flag("NetworksAdded", netuid):
        raise NoSuchSubnet(netuid, block.number)
    names = tuple(name for name in (ALPHA, ROOT_ALPHA, TAO) if state.has(name))
    if ALPHA not in names:
        raise Untold(f"runtime {block.runtime.spec_version} keeps no dividends (they begin with runtime 224)")
    told = block.maps(names, netuid)
    maps = {name: {hotkey: amount for (_, hotkey), amount in entries.items()} for name, entries in told.items()}
    subnet = subnet_of(state, netuid, block.number, None, None, block.result(SWAP, "current_alpha_price", netuid))
    hotkeys = sorted({hotkey for found in maps.values() for hotkey, amount in found.items() if amount})
    for hotkey in hotkeys:
        state.want("Uids", netuid, hotkey)
    block.read()
    paid = [_dividend(hotkey, state.number("Uids", netuid, hotkey), maps, subnet.alpha_price) for hotkey in hotkeys]
    paid.sort(key=lambda one: (-(one.value or 0), -one.alpha, one.hotkey))
    return Dividends(netuid, names, subnet.alpha_price, subnet.last_epoch_block, tuple(paid))


def _dividend(hotkey: str, uid: int | None, maps: dict[str, dict[str, int]], price: int | None) -> Dividend:
    alpha, root_alpha, tao = (maps[name].get(hotkey, 0) if name in maps else None for name in (ALPHA, ROOT_ALPHA, TAO))
    alpha = alpha or 0
    value = None if price is None else (alpha + (root_alpha or 0)) * price // RAO + (tao or 0)
    return Dividend(hotkey, uid, alpha, root_alpha, tao, value)

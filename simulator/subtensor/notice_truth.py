"""What is told once: control that changed hands, money that left, the hand of root. See `truth`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from simulator.subtensor.hashing import ss58
from simulator.subtensor.ledger import Ledger, neuron_target
from simulator.subtensor.parameters import PARAMETERS, TAO
from simulator.subtensor.world import MODULE

Told = tuple[str, str, int]
"""(rule, target, block)"""

_UNTOLD: Final = frozenset({"difficulty", "rho", "subnet_is_active", "immune_owner_uids_limit"})
_BY_HOTKEY: Final = {"increase_take", "decrease_take", "set_childkey_take", "set_children", "swap_hotkey"}


def notices(ledger: Ledger) -> Iterator[Told]:
    yield from _subnets(ledger)
    yield from _hotkeys(ledger)
    yield from _events(ledger)
    yield from _calls(ledger)


def _moves(ledger: Ledger, item: str, *parts: Any, from_nothing: bool = False) -> Iterator[int]:
    """Blocks from which another value is stored than the one before. `from_nothing`: nothing is a value too."""
    changes = ledger.changes(item, *parts)
    if from_nothing and changes and changes[0][0] >= ledger.first:
        yield changes[0][0]
    for (_, before), (block, after) in pairwise(changes):
        if from_nothing or (before is not None and after is not None):
            yield block


def _subnets(ledger: Ledger) -> Iterator[Told]:
    for netuid in ledger.netuids:
        for name, row in PARAMETERS.items():
            if row.item and name not in _UNTOLD:
                yield from (("hyperparam_changed", str(netuid), at) for at in _moves(ledger, row.item, netuid))
        for item in ("SubnetOwner", "SubnetOwnerHotkey"):
            yield from (("owner_changed", str(netuid), at) for at in _moves(ledger, item, netuid))


def _hotkeys(ledger: Ledger) -> Iterator[Told]:
    for hotkey in sorted({hotkey for _, hotkey in ledger.neurons}):
        yield from (("take_changed", ss58(hotkey), at) for at in _moves(ledger, "Delegates", hotkey))
        yield from (("identity", ss58(hotkey), at) for at in _moves(ledger, "Owner", hotkey))
    for netuid, hotkey in ledger.neurons:
        target = neuron_target(netuid, hotkey)
        takes = _moves(ledger, "ChildkeyTake", hotkey, netuid, from_nothing=True)
        yield from (("take_changed", target, at) for at in takes)
        for item in ("ChildKeys", "ParentKeys"):
            moves = _moves(ledger, item, hotkey, netuid, from_nothing=True)
            yield from (("childkeys", target, at) for at in moves if ledger.exists(at, netuid))


def _events(ledger: Ledger) -> Iterator[Told]:
    """Each by the account that its first fields name."""
    for name, rule, place, amount in (
        (f"{MODULE}.HotkeySwapped", "identity", 1, None),
        (f"{MODULE}.HotkeySwappedOnSubnet", "identity", 1, None),
        (f"{MODULE}.ColdkeySwapAnnounced", "wallet_control", 0, None),
        (f"{MODULE}.ColdkeySwapped", "wallet_control", 0, None),
        ("Proxy.ProxyAdded", "wallet_control", 0, None),
        ("Balances.Transfer", "unexpected_transfer", 0, 2),
        (f"{MODULE}.StakeRemoved", "unexpected_transfer", 0, 2),
    ):
        for block, fields in ledger.events.get(name, ()):
            if amount is None or fields[amount] >= TAO:
                yield rule, ss58(fields[place]), block
    for block, _ in ledger.events.get("Sudo.KeyChanged", ()):
        yield "sudo", "source", block


def _calls(ledger: Ledger) -> Iterator[Told]:
    """Root's, but of hyperparameters; and those by which a coldkey changes what its hotkeys are."""
    setters = {row.setter for row in PARAMETERS.values()}
    for block in range(ledger.first, ledger.until + 1):
        for one in ledger.chain.block(block).extrinsics:
            pallet, name, arguments = one.call if len(one.call) == 3 else (*one.call, {})
            if one.error is not None or one.signer is None:
                continue
            if pallet == "Sudo" and "call" in arguments:
                called = arguments["call"]
                if called[1] not in setters:
                    netuid = called[2].get("netuid")
                    yield "sudo", "source" if netuid is None else str(netuid), block
            elif name in _BY_HOTKEY:
                yield "wallet_control", ss58(one.signer), block

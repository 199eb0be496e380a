"""What blocks tell of watched targets, as occurrences: once per block, to be stored with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.bittensor.block import BlockFacts, ChainCall, ChainEvent
from monitor.bittensor.units import mechanism_of
from monitor.model import Occurrence
from monitor.rules.bittensor.baseline import parameter_of
from monitor.rules.bittensor.reveal_missing import COMMITTED, REVEALED
from monitor.rules.bittensor.subnet_removed import DISSOLVE_SCHEDULED
from monitor.rules.bittensor.watched import CHAIN, Watched, neuron_target

PALLET = "SubtensorModule."
WEIGHT_CALLS = frozenset(
    PALLET + name
    for name in (
        "set_weights",
        "set_mechanism_weights",
        "batch_set_weights",
        "commit_weights",
        "commit_mechanism_weights",
        "batch_commit_weights",
        "commit_crv3_weights",
        "commit_crv3_mechanism_weights",
        "commit_timelocked_weights",
        "commit_timelocked_mechanism_weights",
        "reveal_weights",
        "reveal_mechanism_weights",
        "batch_reveal_weights",
    )
)
COMMITS = {"TimelockedWeightsCommitted": (0, 1), "CRV3WeightsCommitted": (0, 1), "WeightsCommitted": (0, 1)}
REVEALS = {"TimelockedWeightsRevealed": (1, 0), "CRV3WeightsRevealed": (1, 0), "WeightsRevealed": (0, 1)}
"""Event -> where its hotkey and its storage index stand."""
CONTROL_CALLS = {
    "swap_hotkey": "hotkey_swapped_by",
    "swap_hotkey_v2": "hotkey_swapped_by",
    "increase_take": "take_set",
    "decrease_take": "take_set",
    "set_childkey_take": "take_set",
    "set_children": "children_set",
}
SWAPPED_AWAY = "swapped_away"
"""A neuron's uid belongs to another hotkey of the same owner from now on."""
_WALLET_EVENTS = {
    "ColdkeySwapAnnounced": ("who", ""),
    "ColdkeySwapped": ("old_coldkey", "new_coldkey"),
    "Proxy.ProxyAdded": ("delegator", "delegatee"),
    "Balances.Transfer": ("from", "to"),
    "StakeTransferred": ("origin_coldkey", "destination_coldkey"),
    "StakeRemoved": ("coldkey", ""),
}
"""Event -> the names of its first two fields, where it has names."""
_Found = tuple[str, str, dict[str, Any]]
"""Target, kind, detail."""


def occurrences_of(facts: BlockFacts, watched: Watched, network: str) -> tuple[Occurrence, ...]:
    """Everything in the block that a rule of a watched target looks at. Positions count per target and kind, from 0."""
    ordinals: Counter[tuple[str, str]] = Counter()
    found = []
    for target, kind, detail in (*_events(facts, watched), *_calls(facts, watched)):
        ordinal = ordinals[target, kind]
        ordinals[target, kind] += 1
        found.append(Occurrence(network, target, kind, facts.block, ordinal, detail))
    return tuple(found)


def registrations_of(facts: BlockFacts) -> Mapping[int, int]:
    """Netuid -> how many registered in the block: the metric "registrations"."""
    registered = (event.number("netuid", 0) for event in facts.events if event.name == PALLET + "NeuronRegistered")
    return Counter(netuid for netuid in registered if netuid is not None)


def _events(facts: BlockFacts, watched: Watched) -> Iterator[_Found]:
    staked = _staked(facts, watched)
    for event in facts.events:
        name = event.name.removeprefix(PALLET)
        if name in COMMITS:
            yield from _weights(event, COMMITS[name], watched, COMMITTED)
        elif name in REVEALS:
            yield from _weights(event, REVEALS[name], watched, REVEALED)
        elif name == "EpochSkipped":
            netuid = event.number("netuid", 0)
            if netuid in watched.subnets:
                yield str(netuid), "epoch_skipped", {}
        elif name == "DissolveNetworkScheduled":
            netuid = event.number("netuid", 1)
            if netuid in watched.subnets:
                yield str(netuid), DISSOLVE_SCHEDULED, {"at_block": event.number("execution_block", 2)}
        elif event.name == "Sudo.KeyChanged":
            yield CHAIN, "sudo_key_changed", {}
        elif name in ("HotkeySwapped", "HotkeySwappedOnSubnet"):
            old = event.text("old_hotkey", 1)
            if old in watched.hotkeys:
                new, netuid = event.text("new_hotkey", 2), event.number("netuid", 3)
                yield str(old), "hotkey_swapped", {"old": old, "new": new, "netuid": netuid}
                for place in watched.hotkeys[str(old)]:
                    if netuid in (None, place):
                        yield neuron_target(place, str(old)), SWAPPED_AWAY, {"new": new}
        elif name != "Balances.Transfer" or not _pays_for_stake(event, staked):
            yield from _wallet(event, name, watched)


def _weights(event: ChainEvent, where: tuple[int, int], watched: Watched, kind: str) -> Iterator[_Found]:
    hotkey, index = event.text("hotkey", where[0]), event.number("netuid", where[1])
    if hotkey is None or index is None:
        return
    netuid, mechanism = mechanism_of(index)
    if netuid in watched.hotkeys.get(hotkey, ()):
        yield neuron_target(netuid, hotkey), kind, {"mechanism": mechanism}


def _staked(facts: BlockFacts, watched: Watched) -> list[tuple[int | None, str | None, int, int]]:
    """(extrinsic, coldkey, τ, fee) of each stake that a watched coldkey added."""
    found = (event for event in facts.events if event.name == PALLET + "StakeAdded")
    mine = [one for one in found if one.text("coldkey", 0) in watched.coldkeys]
    return [
        (one.extrinsic, one.text("coldkey", 0), one.number("tao", 2) or 0, one.number("fee", 5) or 0) for one in mine
    ]


def _pays_for_stake(event: ChainEvent, staked: list[tuple[int | None, str | None, int, int]]) -> bool:
    """Whether it moves τ into stake of the same wallet, which leaves nobody's hands: runtimes of today do that by a
    transfer to the subnet's account. Each stake added answers for one transfer of its own amount, fee included or
    not, so that another one in the same batch is told."""
    who, amount = event.text("from", 0), event.number("amount", 2)
    for one in staked:
        extrinsic, coldkey, tao, fee = one
        if extrinsic == event.extrinsic and coldkey == who and amount in (tao, tao + fee):
            staked.remove(one)
            return True
    return False


def _wallet(event: ChainEvent, name: str, watched: Watched) -> Iterator[_Found]:
    """What a coldkey did or was made to do. Between watched coldkeys nothing is lost."""
    first, second = _WALLET_EVENTS.get(name, ("", ""))
    who = event.text(first, 0) if first else None
    if who is None or who not in watched.coldkeys:
        return
    other = event.text(second, 1) if second else None
    if name == "ColdkeySwapAnnounced":
        yield who, "coldkey_swap_announced", {}
    elif name == "ColdkeySwapped":
        yield who, "coldkey_swapped", {"new": other}
    elif name == "Proxy.ProxyAdded":
        kind = event.value("proxy_type", 2)
        yield who, "proxy_added", {"new": other, "proxy": None if kind is None else str(kind)}
    elif name == "StakeRemoved":
        yield who, "stake_removed", {"amount": event.number("tao", 2), "netuid": event.number("netuid", 4)}
    elif name == "Balances.Transfer" and other not in watched.coldkeys:
        yield who, "transfer", {"amount": event.number("amount", 2), "to": other}
    elif name == "StakeTransferred" and other not in watched.coldkeys:
        amount, netuid = event.number("amount", 5), event.number("origin_netuid", 3)
        yield who, "stake_transferred", {"amount": amount, "to": other, "netuid": netuid}


def _calls(facts: BlockFacts, watched: Watched) -> Iterator[_Found]:
    for call in facts.calls:
        if call.name in WEIGHT_CALLS:
            yield from _weight_call(call, watched)
        elif call.success and call.path and any(step.startswith("Sudo.") for step in call.path):
            yield from _sudo_call(call, watched)
        elif call.success and (who := call.origin or call.signer) in watched.coldkeys:
            kind = CONTROL_CALLS.get(call.name.removeprefix(PALLET))
            hotkey = str(call.arguments.get("hotkey"))
            if kind is not None and who is not None and hotkey not in watched.hotkeys:
                yield who, kind, {"hotkey": hotkey, "netuid": call.arguments.get("netuid")}


def _weight_call(call: ChainCall, watched: Watched) -> Iterator[_Found]:
    """Of the hotkey that signed it, on each subnet it names."""
    hotkey = call.origin or call.signer
    if hotkey is None or hotkey not in watched.hotkeys:
        return
    named = call.arguments.get("netuids", call.arguments.get("netuid"))
    netuids = named if isinstance(named, list | tuple) else (named,)
    for netuid in netuids:
        if netuid in watched.hotkeys[hotkey]:
            detail = {} if call.success else {"error": call.error}
            yield neuron_target(netuid, hotkey), "weights_called" if call.success else "weights_failed", detail


def _sudo_call(call: ChainCall, watched: Watched) -> Iterator[_Found]:
    """What names another subnet is no business of ours; what changes a hyperparameter is told as that, and what is
    wrapped as itself."""
    if call.name.partition(".")[0] in ("Sudo", "Utility", "Proxy", "Multisig"):
        return
    netuid = call.arguments.get("netuid")
    if netuid is None:
        yield CHAIN, "sudo", {"call": call.name}
    elif netuid in watched.subnets and parameter_of(call.name) is None:
        yield str(netuid), "sudo", {"call": call.name, "netuid": netuid}

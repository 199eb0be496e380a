"""From storage and runtime calls to the values that rules look at. What is not known stays None."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from collectors.bittensor.state import State, whole
from collectors.bittensor.wanted import commit_keys
from monitor.bittensor.coldkey import NO_SWAP, ColdkeyState, ColdkeySwap, Proxy
from monitor.bittensor.neuron import (
    NONE_PENDING,
    NOT_SERVED,
    Axon,
    Collateral,
    Commit,
    HotkeyState,
    Lender,
    Neuron,
    PendingChildren,
    Relative,
)
from monitor.bittensor.subnet import SubnetState, of_uid
from monitor.bittensor.units import U16_MAX, U64_MAX, storage_index

IPV4 = 4
"""AxonInfo.ip_type: the u128 is then an IPv4 address."""


def neuron_of(state: State, subnet: SubnetState, netuid: int, hotkey: str) -> Neuron:
    """The hotkey on the subnet; the uid is never remembered, since uids are dealt anew."""
    uid = state.number("Uids", netuid, hotkey)
    known = uid is not None or state.value("Uids", netuid, hotkey) is None
    by_uid = {} if uid is None else of_uid(subnet.vectors, uid)
    root = state.number("RootAlphaDividendsPerSubnet", netuid, hotkey)
    parents = state.read(_relatives, "ParentKeys", hotkey, netuid)
    return Neuron(
        netuid,
        hotkey,
        uid is not None if known else None,
        uid,
        axon=state.read(_axon, "Axons", netuid, hotkey),
        alpha_stake=state.number("TotalHotkeyAlpha", hotkey, netuid),
        alpha_dividends=state.number("AlphaDividendsPerSubnet", netuid, hotkey),
        root_alpha_dividends=state.number("TaoDividendsPerSubnet", netuid, hotkey) if root is None else root,
        childkey_take=_share16(state.number("ChildkeyTake", hotkey, netuid)),
        children=state.read(_relatives, "ChildKeys", hotkey, netuid),
        parents=parents,
        pending_children=state.read(_pending, "PendingChildKeys", netuid, hotkey),
        lenders=_lenders(state, netuid, parents),
        commits=_commits(state, subnet, hotkey),
        collateral=_collateral(state, netuid, hotkey),
        **by_uid,
    )


def hotkey_of(state: State, hotkey: str) -> HotkeyState:
    return HotkeyState(hotkey, state.text("Owner", hotkey), _share16(state.number("Delegates", hotkey)))


def coldkey_of(state: State, coldkey: str) -> ColdkeyState:
    free = state.read(lambda account: whole(account["data"]["free"]), "System.Account", coldkey)
    return ColdkeyState(coldkey, free, _swap(state, coldkey), state.read(_proxies, "Proxy.Proxies", coldkey))


# Each raises one of MISSHAPEN for a shape it does not know ----------------------------------------------------------


def _address(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _axon(value: Any) -> Axon | None:
    if value is None:
        return NOT_SERVED
    ip, port = whole(value["ip"]), whole(value["port"])
    try:
        address = ip_address(ip.to_bytes(4 if value["ip_type"] == IPV4 else 16, "big"))
    except OverflowError:  # understood, but no address: hotkeys write what they like
        return None
    return Axon(str(address), port) if ip and port else NOT_SERVED


def _relatives(value: Any) -> tuple[Relative, ...]:
    return tuple(Relative(_address(hotkey), whole(share) / U64_MAX) for share, hotkey in value)


def _pending(value: Any) -> PendingChildren:
    children, block = _relatives(value[0]), whole(value[1])
    return PendingChildren(children, block) if block else NONE_PENDING


def _proxies(value: Any) -> tuple[Proxy, ...]:
    proxies, _ = value
    return tuple(Proxy(_address(one["delegate"]), str(one["proxy_type"]), whole(one["delay"])) for one in proxies)


def _waiting(value: Any) -> tuple[tuple[str, int], ...]:
    """(hotkey, block of the commit)"""
    return tuple((_address(hotkey), whole(block)) for hotkey, block, *_ in value)


def _locked(value: Any) -> Collateral:
    return Collateral(0, 0) if value is None else Collateral(whole(value["locked"]), whole(value["min_locked"]))


# Of several items ---------------------------------------------------------------------------------------------------


def _share16(value: int | None) -> float | None:
    return None if value is None else value / U16_MAX


def _lenders(state: State, netuid: int, parents: Iterable[Relative] | None) -> tuple[Lender, ...] | None:
    """None where a parent's own stake or plans were not read."""
    if parents is None:
        return None
    found = []
    for parent in parents:
        stake = state.number("TotalHotkeyAlpha", parent.hotkey, netuid)
        pending = state.read(_pending, "PendingChildKeys", netuid, parent.hotkey)
        if stake is None or pending is None:
            return None
        found.append(Lender(parent.hotkey, parent.share, stake, pending))
    return tuple(found)


def _commits(state: State, subnet: SubnetState, hotkey: str) -> tuple[Commit, ...] | None:
    """Commits that wait for their reveal, of the newest epochs; None where that was not read."""
    keys = commit_keys(state, subnet.netuid)
    if keys is None or not state.has("TimelockedWeightCommits"):
        return None
    found: list[Commit] = []
    for mechanism, epoch in keys:
        waiting = state.read(_waiting, "TimelockedWeightCommits", storage_index(subnet.netuid, mechanism), epoch)
        if waiting is None:
            return None
        found += [Commit(mechanism, epoch, block) for who, block in waiting if who == hotkey]
    return tuple(found)


def _collateral(state: State, netuid: int, hotkey: str) -> Collateral | None:
    owner = state.text("Owner", hotkey)
    return None if owner is None else state.read(_locked, "MinerCollateral", netuid, hotkey, owner)


def _swap(state: State, coldkey: str) -> ColdkeySwap | None:
    """None also where nobody can tell whether what is announced is disputed."""
    announced, disputed = (state.value(item, coldkey) for item in ("ColdkeySwapAnnouncements", "ColdkeySwapDisputes"))
    if announced is None:
        return NO_SWAP
    executable_at = state.read(lambda value: whole(value[0]), "ColdkeySwapAnnouncements", coldkey)
    disputed_at = state.number("ColdkeySwapDisputes", coldkey)
    if executable_at is None:
        return None
    if state.has("ColdkeySwapDisputes") and disputed_at is None and disputed is not None:
        return None
    return ColdkeySwap(executable_at, disputed_at or 0)

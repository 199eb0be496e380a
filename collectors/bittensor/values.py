"""From storage and runtime calls to the values that rules look at. What is not known stays None."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from collectors.bittensor.state import UNREAD, State
from collectors.bittensor.wanted import COMMIT_EPOCHS
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
    of_uid,
)
from monitor.bittensor.subnet import SubnetState
from monitor.bittensor.units import U16_MAX, U64_MAX, storage_index

IPV4 = 4
"""AxonInfo.ip_type: the u128 is then an IPv4 address."""


def neuron_of(state: State, subnet: SubnetState, netuid: int, hotkey: str) -> Neuron:
    """The hotkey on the subnet; the uid is never remembered, since uids are dealt anew."""
    uid = state.value("Uids", netuid, hotkey)
    known = uid is not UNREAD
    registered = isinstance(uid, int) if known else None
    by_uid = of_uid(subnet.vectors, uid) if isinstance(uid, int) else {}
    root = state.number("RootAlphaDividendsPerSubnet", netuid, hotkey)
    return Neuron(
        netuid,
        hotkey,
        registered,
        uid if isinstance(uid, int) else None,
        axon=_axon(state.value("Axons", netuid, hotkey)),
        alpha_stake=state.number("TotalHotkeyAlpha", hotkey, netuid),
        alpha_dividends=state.number("AlphaDividendsPerSubnet", netuid, hotkey),
        root_alpha_dividends=state.number("TaoDividendsPerSubnet", netuid, hotkey) if root is None else root,
        childkey_take=_share16(state.number("ChildkeyTake", hotkey, netuid)),
        children=_relatives(state.value("ChildKeys", hotkey, netuid)),
        parents=_relatives(state.value("ParentKeys", hotkey, netuid)),
        pending_children=_pending(state.value("PendingChildKeys", netuid, hotkey)),
        lenders=_lenders(state, netuid, hotkey),
        commits=_commits(state, subnet, hotkey),
        collateral=_collateral(state, netuid, hotkey),
        **by_uid,
    )


def hotkey_of(state: State, hotkey: str) -> HotkeyState:
    return HotkeyState(hotkey, state.text("Owner", hotkey), _share16(state.number("Delegates", hotkey)))


def coldkey_of(state: State, coldkey: str) -> ColdkeyState:
    account = state.value("System.Account", coldkey)
    data = account.get("data") if isinstance(account, Mapping) else None
    free = data.get("free") if isinstance(data, Mapping) else None
    return ColdkeyState(
        coldkey, free if isinstance(free, int) else None, _swap(state, coldkey), _proxies(state, coldkey)
    )


def _axon(value: Any) -> Axon | None:
    if value is None:
        return NOT_SERVED
    if not isinstance(value, Mapping):
        return None
    ip, port = value.get("ip"), value.get("port")
    if not isinstance(ip, int) or not isinstance(port, int):
        return None
    try:
        address = ip_address(ip.to_bytes(4 if value.get("ip_type") == IPV4 else 16, "big"))
    except (OverflowError, ValueError):
        return None
    return Axon(str(address), port) if ip and port else NOT_SERVED


def _share16(value: int | None) -> float | None:
    return None if value is None else value / U16_MAX


def _relatives(value: Any) -> tuple[Relative, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    return tuple(Relative(hotkey, share / U64_MAX) for share, hotkey in value)


def _pending(value: Any) -> PendingChildren | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    children, block = value
    return PendingChildren(_relatives(children) or (), block) if block else NONE_PENDING


def _lenders(state: State, netuid: int, hotkey: str) -> tuple[Lender, ...] | None:
    """None where a parent's own stake or plans were not read."""
    found = []
    for parent in _relatives(state.value("ParentKeys", hotkey, netuid)) or ():
        stake = state.number("TotalHotkeyAlpha", parent.hotkey, netuid)
        pending = _pending(state.value("PendingChildKeys", netuid, parent.hotkey))
        if stake is None or pending is None:
            return None
        found.append(Lender(parent.hotkey, parent.share, stake, pending))
    return tuple(found)


def _commits(state: State, subnet: SubnetState, hotkey: str) -> tuple[Commit, ...] | None:
    """Commits that wait for their reveal, of the newest epochs; None where that was not read."""
    epoch = subnet.epoch_index
    if epoch is None or not state.has("TimelockedWeightCommits"):
        return None
    oldest = epoch - (state.number("RevealPeriodEpochs", subnet.netuid) or 1) - COMMIT_EPOCHS
    found: list[Commit] = []
    for mechanism in range(subnet.mechanisms or 1):
        for number in range(max(0, oldest), epoch + 1):
            waiting = state.value("TimelockedWeightCommits", storage_index(subnet.netuid, mechanism), number)
            if not isinstance(waiting, list | tuple):
                return None
            found += [Commit(mechanism, number, entry[1]) for entry in waiting if entry[0] == hotkey]
    return tuple(found)


def _collateral(state: State, netuid: int, hotkey: str) -> Collateral | None:
    owner = state.text("Owner", hotkey)
    value = UNREAD if owner is None else state.value("MinerCollateral", netuid, hotkey, owner)
    if value is None:
        return Collateral(0, 0)
    if not isinstance(value, Mapping):
        return None
    return Collateral(value.get("locked", 0), value.get("min_locked", 0))


def _swap(state: State, coldkey: str) -> ColdkeySwap | None:
    announced = state.value("ColdkeySwapAnnouncements", coldkey)
    disputed = state.value("ColdkeySwapDisputes", coldkey)
    if announced is None:
        return NO_SWAP
    if not isinstance(announced, list | tuple) or not isinstance(announced[0], int):
        return None
    return ColdkeySwap(announced[0], disputed if isinstance(disputed, int) else 0)


def _proxies(state: State, coldkey: str) -> tuple[Proxy, ...] | None:
    value = state.value("Proxy.Proxies", coldkey)
    if not isinstance(value, list | tuple) or len(value) != 2 or not isinstance(value[0], list | tuple):
        return None
    return tuple(
        Proxy(str(one.get("delegate")), str(one.get("proxy_type")), int(one.get("delay") or 0))
        for one in value[0]
        if isinstance(one, Mapping)
    )

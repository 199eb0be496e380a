"""Which storage items are read for whom. Items that a runtime does not have are left out by `State.want`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from collectors.bittensor.state import State, vector_of
from monitor.bittensor.units import storage_index

MECHANISMS = 2
"""The most a subnet has (MaxMechanismCount)."""
HIGHEST_NETUID = 160
"""Beyond SubnetLimit (128): netuids of removed subnets are used again."""
COMMIT_EPOCHS = 4
"""Epochs before the present one whose commits are looked at, beside the reveal period."""
MOST_COMMIT_KEYS = 1_000
"""Of one subnet. A reveal period is at most 100 epochs."""

CHAIN = (
    "System.Number",
    "Timestamp.Now",
    "System.LastRuntimeUpgrade",
    "SubnetLimit",
    "TotalNetworks",
    "NetworkImmunityPeriod",
    "StakeThreshold",
    "ColdkeySwapAnnouncementDelay",
    "Sudo.Key",
    "DissolveCleanupQueue",
)
SUBNET = (
    "NetworksAdded",
    "Tempo",
    "LastEpochBlock",
    "SubnetEpochIndex",
    "PendingEpochAt",
    "BlocksSinceLastStep",
    "SubnetOwner",
    "SubnetOwnerHotkey",
    "SubnetEpochConsensus",
    "SubnetMovingPrice",
    "SubnetTAO",
    "SubnetAlphaIn",
    "SubnetTaoInEmission",
    "SubnetEmissionEnabled",
    "NetworkRegisteredAt",
    "SubnetworkN",
    "MaxAllowedUids",
    "MinNonImmuneUids",
    "ImmunityPeriod",
    "WeightsSetRateLimit",
    "WeightsVersionKey",
    "MaxAllowedValidators",
    "ActivityCutoffFactorMilli",
    "NetworkRegistrationAllowed",
    "Burn",
    "MechanismCountCurrent",
    "MechanismEmissionSplit",
    "MinerBurned",
    "RecycleOrBurn",
    "RevealPeriodEpochs",
    "Active",
    "ValidatorPermit",
    "ValidatorTrust",
    "Dividends",
    "Consensus",
    "Emission",
)
"""By netuid."""
MECHANISM = ("LastUpdate", "Incentive")
"""By the index of a subnet's mechanism."""
OF_SUBNET_AND_HOTKEY = (
    "Uids",
    "Axons",
    "AlphaDividendsPerSubnet",
    "RootAlphaDividendsPerSubnet",
    "TaoDividendsPerSubnet",
    "PendingChildKeys",
)
OF_HOTKEY_AND_SUBNET = ("TotalHotkeyAlpha", "ChildkeyTake", "ChildKeys", "ParentKeys")
HOTKEY = ("Owner", "Delegates")
COLDKEY = ("System.Account", "Proxy.Proxies")
SWAP = ("ColdkeySwapAnnouncements", "ColdkeySwapDisputes")
STANDING = ("NetworksAdded", "SubnetMovingPrice", "NetworkRegisteredAt")


def want_chain(state: State, *, standings: bool) -> None:
    """`standings`: what subnets are compared by when one has to go."""
    for item in CHAIN:
        state.want(item)
    if standings:
        for netuid in range(1, HIGHEST_NETUID + 1):
            for item in STANDING:
                state.want(item, netuid)


def want_subnet(state: State, netuid: int) -> None:
    for item in SUBNET:
        state.want(item, netuid)
    for mechanism in range(MECHANISMS):
        for item in MECHANISM:
            state.want(item, storage_index(netuid, mechanism))


def want_neuron(state: State, netuid: int, hotkey: str) -> None:
    for item in OF_SUBNET_AND_HOTKEY:
        state.want(item, netuid, hotkey)
    for item in OF_HOTKEY_AND_SUBNET:
        state.want(item, hotkey, netuid)


def want_hotkey(state: State, hotkey: str) -> None:
    for item in HOTKEY:
        state.want(item, hotkey)


def want_membership(state: State, hotkey: str) -> None:
    """On which subnets a hotkey holds a uid."""
    for netuid in range(HIGHEST_NETUID + 1):
        state.want("Uids", netuid, hotkey)


def want_coldkey(state: State, coldkey: str) -> None:
    for item in (*COLDKEY, *SWAP):
        state.want(item, coldkey)


def want_what_follows(
    state: State, neurons: Iterable[tuple[int, str]], subnets: Iterable[int], owners: Iterable[int]
) -> None:
    """What can only be named once the first answer is there. `owners`: subnets whose owner's coldkey is looked at."""
    for netuid, hotkey in neurons:
        owner = state.text("Owner", hotkey)
        if owner is not None:
            state.want("MinerCollateral", netuid, hotkey, owner)
        for parent in state.read(_addresses, "ParentKeys", hotkey, netuid) or ():
            state.want("TotalHotkeyAlpha", parent, netuid)
            state.want("PendingChildKeys", netuid, parent)
    for netuid in subnets:
        for mechanism, epoch in commit_keys(state, netuid) or ():
            state.want("TimelockedWeightCommits", storage_index(netuid, mechanism), epoch)
    for netuid in owners:
        owner = state.text("SubnetOwner", netuid)
        if owner is not None:
            for item in SWAP:
                state.want(item, owner)


def commit_keys(state: State, netuid: int) -> list[tuple[int, int]] | None:
    """(mechanism, epoch) whose commits are looked at; None where that is not known."""
    epoch, reveal = state.number("SubnetEpochIndex", netuid), state.number("RevealPeriodEpochs", netuid)
    mechanisms = state.number("MechanismCountCurrent", netuid) if state.has("MechanismCountCurrent") else 1
    if epoch is None or reveal is None or mechanisms is None:
        return None
    oldest = max(0, epoch - reveal - COMMIT_EPOCHS)
    if (epoch + 1 - oldest) * mechanisms > MOST_COMMIT_KEYS:
        return None
    return [(mechanism, number) for mechanism in range(mechanisms) for number in range(oldest, epoch + 1)]


def _addresses(parents: Any) -> tuple[str, ...]:
    return vector_of(str, [hotkey for _, hotkey in parents])

"""The storage items and runtime calls that are watched, and which rules say nothing without them.

Read from the metadata of runtimes 101 to 461. What a runtime does not have makes its rules unknown, never good or bad.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from collectors.bittensor.codec import Runtime
from collectors.bittensor.runtime_calls import HYPERPARAMETERS, INFO, SWAP, describes_methods, has_method

PALLET = "SubtensorModule"


class WatchedItem(NamedTuple):
    pallet: str
    name: str
    rules: tuple[str, ...]
    """Names of the rules that need it; empty for what is only shown."""
    instead: str | None = None
    """What is read where a runtime does not have the item: its absence takes nothing away."""

    def __str__(self) -> str:
        return f"{self.pallet}.{self.name}"


_RULES: Mapping[str, str] = {
    # by uid
    "LastUpdate": "weights_stale inactive validators_dark",
    "Active": "inactive",
    "ValidatorPermit": "permit_lost permit_margin vtrust_low weights_stale validators_dark dividends_drop",
    "ValidatorTrust": "vtrust_low",
    "Dividends": "dividends_drop",
    "Incentive": "incentive_drop",
    "Consensus": "",
    "Emission": "dereg_risk immunity_ending",
    # of a neuron
    "AlphaDividendsPerSubnet": "dividends_drop dividends_zero",
    "RootAlphaDividendsPerSubnet": "root_dividends_drop dividends_zero",
    "Uids": "deregistered",
    "Keys": "dereg_risk",
    "SubnetworkN": "dereg_risk registrations",
    "MaxAllowedUids": "dereg_risk registrations hyperparam_changed",
    "MinNonImmuneUids": "dereg_risk hyperparam_changed",
    "BlockAtRegistration": "dereg_risk immunity_ending",
    "ImmunityPeriod": "dereg_risk immunity_ending",
    "ImmuneOwnerUidsLimit": "",
    "IsNetworkMember": "",
    "Axons": "axon",
    "Prometheus": "",
    "Owner": "identity",
    "OwnedHotkeys": "",
    "StakingHotkeys": "",
    "Delegates": "take_changed",
    "ChildkeyTake": "take_changed",
    "PendingChildKeys": "childkeys_pending",
    "ChildKeys": "childkeys childkeys_pending",
    "ParentKeys": "childkeys",
    "TotalHotkeyAlpha": "stake_outflow",
    "TotalHotkeyAlphaLastEpoch": "",
    "AlphaV2": "",
    "TotalHotkeySharesV2": "",
    "TotalStake": "",
    "TotalIssuance": "",
    "TaoWeight": "",
    "StakeThreshold": "permit_margin",
    # economy of a subnet
    "SubnetTAO": "",
    "SubnetAlphaIn": "",
    "SubnetAlphaOut": "",
    "SubnetVolume": "",
    "SubnetMovingPrice": "prune_risk",
    "SubnetFastMovingPrice": "",
    "SubnetTaoInEmission": "emission",
    "SubnetAlphaInEmission": "",
    "SubnetAlphaOutEmission": "",
    "SubnetEmissionEnabled": "emission hyperparam_changed",
    "SubnetTaoFlow": "",
    "SubnetEmaTaoFlow": "",
    "PendingServerEmission": "",
    "PendingValidatorEmission": "",
    "PendingRootAlphaDivs": "",
    "PendingOwnerCut": "",
    "SubnetOwnerCut": "",
    "Burn": "burn_price",
    "MinBurn": "",
    "MaxBurn": "",
    "BurnHalfLife": "",
    "BurnIncreaseMult": "",
    "RegistrationsThisBlock": "",
    "NetworkRegistrationAllowed": "registrations dereg_risk",
    "MinerBurned": "miner_burned",
    "MinerCollateral": "collateral",
    # which subnets there are
    "NetworksAdded": "subnet_removed",
    "TotalNetworks": "prune_risk",
    "SubnetLimit": "prune_risk",
    "NetworkRegisteredAt": "prune_risk",
    "NetworkImmunityPeriod": "prune_risk",
    "NetworkMinLockCost": "",
    "NetworkLastLockCost": "",
    "SubnetLocked": "",
    "SubnetOwner": "owner_changed",
    "SubnetOwnerHotkey": "owner_changed",
    "SubtokenEnabled": "",
    "FirstEmissionBlockNumber": "",
    "DissolveCleanupQueue": "subnet_removed prune_risk",
    "TransferToggle": "",
    "IdentitiesV2": "",
    "SubnetIdentitiesV3": "",
    "TokenSymbol": "",
    # epochs
    "Tempo": "epoch_late weights_stale validators_dark",
    "LastEpochBlock": "epoch_late",
    "PendingEpochAt": "epoch_late",
    "SubnetEpochIndex": "reveal_missing",
    "BlocksSinceLastStep": "",
    "LastMechansimStepBlock": "",  # spelled so by the runtime
    "ActivityCutoffFactorMilli": "inactive weights_stale",
    # weights
    "WeightsSetRateLimit": "weights_stale",
    "WeightsVersionKey": "version_key",
    "MaxAllowedValidators": "permit_margin",
    "MinAllowedWeights": "",
    "Kappa": "",
    "CommitRevealWeightsEnabled": "reveal_missing weights_stale",
    "CommitRevealWeightsVersion": "",
    "RevealPeriodEpochs": "reveal_missing",
    "WeightCommits": "",
    "TimelockedWeightCommits": "reveal_missing",
    "Weights": "",
    "Bonds": "",
    "MechanismCountCurrent": "weights_stale incentive_drop hyperparam_changed",
    "MechanismEmissionSplit": "hyperparam_changed",
    "RecycleOrBurn": "hyperparam_changed",
    # of a coldkey
    "ColdkeySwapAnnouncements": "coldkey_swap",
    "ColdkeySwapDisputes": "coldkey_swap",
    "ColdkeySwapAnnouncementDelay": "coldkey_swap",
    "LastHotkeySwapOnNetuid": "",
    "Lock": "",
    # of owners
    "AdminFreezeWindow": "",
    "OwnerHyperparamRateLimit": "",
}

_INSTEAD: Mapping[str, str] = {
    "RootAlphaDividendsPerSubnet": "TaoDividendsPerSubnet",  # to runtime 333
    "LastEpochBlock": "the modular rule",  # before runtime 423 an epoch is a function of block, netuid and tempo
    "PendingEpochAt": "the modular rule",
    "ActivityCutoffFactorMilli": "the hyperparameter activity_cutoff",
    "MechanismCountCurrent": "one mechanism",
    "MechanismEmissionSplit": "one mechanism",
    "MinNonImmuneUids": "none: immune uids were never pruned",
    "SubnetEmissionEnabled": "every subnet had emission",
}

_OTHERS: tuple[WatchedItem, ...] = (
    WatchedItem("System", "Number", ("decode_failed",)),
    WatchedItem("System", "LastRuntimeUpgrade", ("runtime_upgraded",)),
    WatchedItem("System", "Account", ("balance_low",)),
    WatchedItem("System", "Events", ("sudo", "identity", "unexpected_transfer", "wallet_control", "registrations")),
    WatchedItem("Timestamp", "Now", ("chain_stalled", "decode_failed")),
    WatchedItem("Balances", "TotalIssuance", ()),
    WatchedItem("Sudo", "Key", ("sudo",)),
    WatchedItem("Proxy", "Proxies", ("wallet_control",)),
)

WATCHED: tuple[WatchedItem, ...] = (
    *_OTHERS,
    *(WatchedItem(PALLET, name, tuple(rules.split()), _INSTEAD.get(name)) for name, rules in _RULES.items()),
)
CALLS: tuple[tuple[WatchedItem, tuple[str, ...]], ...] = (
    (WatchedItem(INFO, "get_subnet_hyperparams", ("hyperparam_changed",)), HYPERPARAMETERS),
    (
        WatchedItem(
            INFO,
            "get_selective_metagraph",
            ("permit_margin", "dereg_risk", "immunity_ending", "validators_dark", "childkeys_pending"),
        ),
        ("get_selective_metagraph",),
    ),
    (WatchedItem(INFO, "get_subnet_to_prune", ("prune_risk",), "the order of prices"), ("get_subnet_to_prune",)),
    (WatchedItem(SWAP, "current_alpha_price", ("price",), "the pool's τ ÷ α"), ("current_alpha_price",)),
)
"""Runtime calls, each with the names that it goes by, any of which will do."""
BY_NAME: Mapping[str, WatchedItem] = {str(item): item for item in WATCHED}


def vanished(runtime: Runtime) -> tuple[WatchedItem, ...]:
    """Watched items and calls that this runtime does not have, in the order of `WATCHED` and `CALLS`.

    Metadata of version 14 describe no calls: none of them is told to be gone.
    """
    items = [item for item in WATCHED if not runtime.has_item(item.pallet, item.name)]
    if describes_methods(runtime):
        items += [call for call, names in CALLS if not any(has_method(runtime, call.pallet, name) for name in names)]
    return tuple(items)


def missed(runtime: Runtime) -> tuple[WatchedItem, ...]:
    """Those of `vanished` without which a rule says nothing."""
    return tuple(item for item in vanished(runtime) if item.rules and item.instead is None)


def reshaped(before: Runtime, now: Runtime) -> tuple[WatchedItem, ...]:
    """Watched items that both runtimes have, with a value or a key of another shape."""
    return tuple(
        item
        for item in WATCHED
        if before.has_item(item.pallet, item.name)
        and now.has_item(item.pallet, item.name)
        and before.item(item.pallet, item.name).wire != now.item(item.pallet, item.name).wire
    )

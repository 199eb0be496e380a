"""Hyperparameters of a subnet: where each is stored, how `get_subnet_hyperparams_v3` tells it, and who sets it how."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

TAO: Final = 1_000_000_000
U16: Final = 65_535
FIXED: Final = 1 << 64
"""One, as a FixedU128 with 64 bits behind the point."""


class Parameter(NamedTuple):
    name: str
    """As v3 tells it; of those it does not tell, the storage item in lower case."""
    kind: str
    """A variant of HyperparamValue; "" where v3 does not tell it."""
    item: str
    """Of SubtensorModule; "" where it is made of others."""
    default: Any
    setter: str = ""
    """Of AdminUtils; "" where there is none."""
    event: str = ""
    """Of SubtensorModule; "" where the setter emits none."""


_ROWS: Final = (
    Parameter("kappa", "U16", "Kappa", 32_767, "sudo_set_kappa", "KappaSet"),
    Parameter("immunity_period", "U16", "ImmunityPeriod", 4096, "sudo_set_immunity_period", "ImmunityPeriodSet"),
    Parameter("min_allowed_weights", "U16", "MinAllowedWeights", 1, "sudo_set_min_allowed_weights"),
    Parameter("max_weights_limit", "U16", "MaxWeightsLimit", U16),
    Parameter("tempo", "U16", "Tempo", 360, "sudo_set_tempo", "TempoSet"),
    Parameter("weights_version", "U64", "WeightsVersionKey", 7, "sudo_set_weights_version_key", "WeightsVersionKeySet"),
    Parameter("weights_rate_limit", "U64", "WeightsSetRateLimit", 20, "sudo_set_weights_set_rate_limit"),
    Parameter("activity_cutoff", "U64", "", None),
    Parameter("activity_cutoff_factor", "U32", "ActivityCutoffFactorMilli", 13_889, "sudo_set_activity_cutoff_factor"),
    Parameter(
        "registration_allowed",
        "Bool",
        "NetworkRegistrationAllowed",
        True,
        "sudo_set_network_registration_allowed",
        "RegistrationAllowed",
    ),
    Parameter("target_regs_per_interval", "U16", "TargetRegistrationsPerInterval", 2),
    Parameter("min_burn", "TaoBalance", "MinBurn", 500_000, "sudo_set_min_burn", "MinBurnSet"),
    Parameter("max_burn", "TaoBalance", "MaxBurn", 100 * TAO, "sudo_set_max_burn", "MaxBurnSet"),
    Parameter("burn_half_life", "U16", "BurnHalfLife", 360, "sudo_set_burn_half_life", "BurnHalfLifeSet"),
    Parameter("burn_increase_mult", "U64F64", "BurnIncreaseMult", FIXED * 126 // 100, "sudo_set_burn_increase_mult"),
    Parameter("bonds_moving_avg", "U64", "BondsMovingAverage", 900_000, "sudo_set_bonds_moving_average"),
    Parameter("max_regs_per_block", "U16", "MaxRegistrationsPerBlock", 1),
    Parameter("serving_rate_limit", "U64", "ServingRateLimit", 50, "sudo_set_serving_rate_limit"),
    Parameter("max_validators", "U16", "MaxAllowedValidators", 64, "sudo_set_max_allowed_validators"),
    Parameter("commit_reveal_period", "U64", "RevealPeriodEpochs", 1, "sudo_set_commit_reveal_weights_interval"),
    Parameter(
        "commit_reveal_weights_enabled",
        "Bool",
        "CommitRevealWeightsEnabled",
        False,
        "sudo_set_commit_reveal_weights_enabled",
        "CommitRevealEnabled",
    ),
    Parameter("alpha_high", "U16", "", None),
    Parameter("alpha_low", "U16", "", None),
    Parameter("liquid_alpha_enabled", "Bool", "LiquidAlphaOn", False, "sudo_set_liquid_alpha_enabled"),
    Parameter("alpha_sigmoid_steepness", "I32F32", "AlphaSigmoidSteepness", 1000),
    Parameter("yuma_version", "U16", "", None),
    Parameter("subnet_is_active", "Bool", "SubtokenEnabled", True, "sudo_set_subtoken_enabled"),
    Parameter("transfers_enabled", "Bool", "TransferToggle", True, "sudo_set_toggle_transfer", "TransferToggle"),
    Parameter("bonds_reset_enabled", "Bool", "BondsResetOn", False, "sudo_set_bonds_reset_enabled"),
    Parameter("user_liquidity_enabled", "Bool", "", None),
    Parameter("owner_cut_enabled", "Bool", "OwnerCutEnabled", True, "sudo_set_owner_cut_enabled"),
    Parameter("owner_cut_auto_lock_enabled", "Bool", "OwnerCutAutoLockEnabled", False),
    Parameter("min_childkey_take", "U16", "MinChildkeyTakePerSubnet", 0, "sudo_set_min_childkey_take_per_subnet"),
    Parameter("collateral_lock_share", "U16", "CollateralLockShare", 0, "sudo_set_collateral_lock_share"),
    Parameter("collateral_drain_ratio", "U64F64", "CollateralDrainRatio", FIXED, "sudo_set_collateral_drain_ratio"),
    Parameter("max_allowed_uids", "", "MaxAllowedUids", 256, "sudo_set_max_allowed_uids", "MaxAllowedUidsSet"),
    Parameter("min_non_immune_uids", "", "MinNonImmuneUids", 10, "sudo_set_min_non_immune_uids", "MinNonImmuneUidsSet"),
    Parameter("mechanism_count", "", "MechanismCountCurrent", 1, "sudo_set_mechanism_count"),
    Parameter("mechanism_emission_split", "", "MechanismEmissionSplit", None, "sudo_set_mechanism_emission_split"),
    Parameter("recycle_or_burn", "", "RecycleOrBurn", "Burn", "sudo_set_recycle_or_burn"),
    Parameter("subnet_emission_enabled", "", "SubnetEmissionEnabled", True, "sudo_set_subnet_emission_enabled"),
    Parameter("immune_owner_uids_limit", "", "ImmuneOwnerUidsLimit", 1, "sudo_set_owner_immune_neuron_limit"),
    Parameter("rho", "", "Rho", 10, "sudo_set_rho", "RhoSet"),
    Parameter("difficulty", "", "Difficulty", 10_000_000, "sudo_set_difficulty", "DifficultySet"),
)
PARAMETERS: Final = {row.name: row for row in _ROWS}

"""`/context/constants`: the plan's numbers among mainnet's others."""

from __future__ import annotations

from typing import Any

from simulator.chain import Chain

Json = Any


def _ratio(numerator: int, denominator: int) -> dict[str, str]:
    return {"numerator": str(numerator), "denominator": str(denominator)}


_ADAPTIVE_REWARDS = {
    "issuance_ratio_final_min": _ratio(1, 400),
    "issuance_ratio_final_max": _ratio(1, 10),
    "issuance_ratio_initial_min": _ratio(9, 200),
    "issuance_ratio_initial_max": _ratio(11, 200),
    "initial_period": 10,
    "transition_period": 50,
    "max_bonus": "50000000000000",
    "growth_rate": _ratio(1, 100),
    "center_dz": _ratio(1, 2),
    "radius_dz": _ratio(1, 50),
}
_ISSUANCE_WEIGHTS = {
    "base_total_issued_per_minute": "80007812",
    "baking_reward_fixed_portion_weight": 5120,
    "baking_reward_bonus_weight": 5120,
    "attesting_reward_weight": 10240,
    "seed_nonce_revelation_tip_weight": 1,
    "vdf_revelation_tip_weight": 1,
    "dal_rewards_weight": 2275,
}
_COMMON: dict[str, Json] = {
    "proof_of_work_nonce_size": 8,
    "nonce_length": 32,
    "max_anon_ops_per_block": 132,
    "max_operation_data_length": 32768,
    "max_proposals_per_delegate": 20,
    "max_micheline_node_count": 50000,
    "max_micheline_bytes_limit": 50000,
    "max_allowed_global_constants_depth": 10000,
    "cache_layout_size": 3,
    "michelson_maximum_type_size": 2001,
    "denunciation_period": 1,
    "slashing_delay": 1,
    "smart_rollup_max_wrapped_proof_binary_size": 30000,
    "smart_rollup_message_size_limit": 4096,
    "smart_rollup_max_number_of_messages_per_level": "1000000",
    "blocks_preservation_cycles": 1,
    "tolerated_inactivity_period": 2,
    "cycles_per_voting_period": 14,
    "hard_gas_limit_per_operation": "1040000",
    "hard_gas_limit_per_block": "1040000",
    "proof_of_work_threshold": "281474976710655",
    "minimal_frozen_stake": "600000000",
    "vdf_difficulty": "8000000000",
    "origination_size": 257,
    "issuance_weights": _ISSUANCE_WEIGHTS,
    "cost_per_byte": "250",
    "hard_storage_limit_per_operation": "60000",
    "quorum_min": 2000,
    "quorum_max": 7000,
    "min_proposal_quorum": 500,
    "liquidity_baking_subsidy": "5000000",
    "liquidity_baking_toggle_ema_threshold": 1000000000,
    "max_operations_time_to_live": 600,
    "minimal_participation_ratio": {"numerator": 2, "denominator": 3},
    "limit_of_delegation_over_baking": 9,
    "percentage_of_frozen_deposits_slashed_per_double_baking": 500,
    "max_slashing_per_block": 10000,
    "max_slashing_threshold": {"numerator": 1, "denominator": 3},
    "cache_script_size": 100000000,
    "cache_stake_distribution_cycles": 5,
    "cache_sampler_state_cycles": 5,
    "smart_rollup_arith_pvm_enable": False,
    "smart_rollup_origination_size": 6314,
    "smart_rollup_challenge_window_in_blocks": 201600,
    "smart_rollup_stake_amount": "10000000000",
    "smart_rollup_commitment_period_in_blocks": 150,
    "smart_rollup_max_lookahead_in_blocks": 432000,
    "smart_rollup_max_active_outbox_levels": 151200,
    "smart_rollup_max_outbox_messages_per_level": 100,
    "smart_rollup_number_of_sections_in_dissection": 32,
    "smart_rollup_timeout_period_in_blocks": 100800,
    "smart_rollup_max_number_of_cemented_commitments": 5,
    "smart_rollup_max_number_of_parallel_games": 32,
    "smart_rollup_reveal_activation_level": {
        "raw_data": {"Blake2B": 0},
        "metadata": 0,
        "dal_page": 1,
        "dal_parameters": 1,
        "dal_attested_slots_validity_lag": 241920,
    },
    "smart_rollup_private_enable": True,
    "smart_rollup_riscv_pvm_enable": False,
    "zk_rollup_enable": False,
    "zk_rollup_origination_size": 4000,
    "zk_rollup_min_pending_to_process": 10,
    "zk_rollup_max_ticket_payload_size": 2048,
    "global_limit_of_staking_over_baking": 9,
    "edge_of_staking_over_delegation": 3,
    "adaptive_rewards_params": _ADAPTIVE_REWARDS,
    "direct_ticket_spending_enable": False,
    "aggregate_attestation": True,
    "allow_tz4_delegate_enable": True,
    "issuance_modification_delay": 2,
    "unstake_finalization_delay": 3,
}
_DAL: dict[str, Json] = {
    "feature_enable": True,
    "incentives_enable": True,
    "number_of_slots": 32,
    "attestation_lag": 8,
    "attestation_threshold": 66,
    "minimal_participation_ratio": _ratio(16, 25),
    "rewards_ratio": _ratio(1, 10),
    "traps_fraction": _ratio(1, 2000),
    "redundancy_factor": 8,
    "page_size": 3967,
    "slot_size": 126944,
    "number_of_shards": 512,
}
_SINCE_TALLINN: dict[str, Json] = {"all_bakers_attest_activation_threshold": {"numerator": 1, "denominator": 2}}
_SINCE_USHUAIA: dict[str, Json] = {
    "cache_layout_size": 5,
    "cache_stake_info_cycles": 5,
    "cache_swrr_selected_distribution_cycles": 5,
    "native_contracts_enable": True,
    "swrr_new_baker_lottery_enable": False,
    "tz5_account_enable": True,
    "dal_parametric": _DAL
    | {"dynamic_lag_enable": True, "attestation_lag": 5, "attestation_lags": [1, 2, 3, 4, 5], "slot_size": 380832},
}


def constants(chain: Chain, level: int) -> dict[str, Json]:
    """As the context of block `level` has them."""
    plan, protocol = chain.plan, chain.protocol(level + 1)
    own = {
        "consensus_rights_delay": plan.rights_delay,
        "delegate_parameters_activation_delay": plan.rights_delay,
        "consensus_key_activation_delay": plan.rights_delay,
        "blocks_per_cycle": plan.blocks_per_cycle,
        "blocks_per_commitment": plan.blocks_per_commitment,
        "nonce_revelation_threshold": plan.nonce_revelation_threshold,
        "minimal_stake": str(plan.minimal_stake),
        "minimal_block_delay": str(plan.block_delay),
        "delay_increment_per_round": str(plan.delay_increment_per_round),
        "consensus_committee_size": plan.committee_size,
        "consensus_threshold_size": plan.committee_size * 2 // 3 + 1,
    }
    result = _COMMON | {"dal_parametric": _DAL} | own
    if protocol.number >= 24:
        return result | _SINCE_TALLINN | (_SINCE_USHUAIA if protocol.number >= 25 else {})
    start = plan.all_bakers_attest_from
    return result | {"all_bakers_attest_activation_level": start}

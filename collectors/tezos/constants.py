"""A protocol's parameters: `/context/constants`."""

from __future__ import annotations

from typing import Any

from collectors.errors import Unreadable
from collectors.tezos.fields import INT32_MAX, natural
from monitor.tezos_model import Constants


def parse_constants(answer: object, protocol: str) -> Constants:
    """Delays in whole seconds, amounts in mutez; what older protocols do not have is None. Raises Unreadable."""
    if not isinstance(answer, dict):
        raise Unreadable("the constants are not an object")
    dal = answer.get("dal_parametric")
    return Constants(
        protocol=protocol,
        blocks_per_cycle=_positive(answer, "blocks_per_cycle"),
        minimal_block_delay=_positive(answer, "minimal_block_delay"),
        delay_increment_per_round=_positive(answer, "delay_increment_per_round"),
        consensus_committee_size=_positive(answer, "consensus_committee_size"),
        nonce_revelation_threshold=_optional(answer, "nonce_revelation_threshold"),
        blocks_per_commitment=_optional(answer, "blocks_per_commitment"),
        minimal_stake=_optional(answer, "minimal_stake"),
        tolerated_inactivity_period=_optional(answer, "tolerated_inactivity_period"),
        consensus_rights_delay=_optional(answer, "consensus_rights_delay"),
        dal_enabled=isinstance(dal, dict) and dal.get("feature_enable") is True,
    )


def _positive(answer: dict[str, Any], name: str) -> int:
    value = natural(answer.get(name), INT32_MAX)
    if not value:
        raise Unreadable(f"the constant {name} is not a positive number")
    return value


def _optional(answer: dict[str, Any], name: str) -> int | None:
    value = answer.get(name)
    if value is None:
        return None
    number = natural(value)
    if number is None:
        raise Unreadable(f"the constant {name} is not a number")
    return number

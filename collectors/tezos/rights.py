"""Rights: `/helpers/baking_rights` and `/helpers/attestation_rights`.

An item that cannot be read makes the whole answer unreadable: a right that is overlooked would be a duty that is
never judged.
"""

from __future__ import annotations

from typing import Any

from collectors.errors import Unreadable
from collectors.tezos.facts import AttestationRight, BakingRight
from collectors.tezos.fields import level, natural, seconds, text

_POWERS = ("attesting_power", "attestation_power", "endorsing_power")
"""Since Tallinn, Paris to Seoul, and to Nairobi."""


def parse_baking_rights(answer: object) -> tuple[BakingRight, ...]:
    """`[{level, delegate, round, estimated_time?, consensus_key?}]`; the time is absent for levels of the past."""
    rights = []
    for item in _items(answer, "baking rights"):
        at_level, at_round, delegate = level(item.get("level")), level(item.get("round")), text(item.get("delegate"))
        if at_level is None or at_round is None or delegate is None:
            raise Unreadable("a baking right does not tell its level, round and delegate")
        rights.append(BakingRight(at_level, delegate, at_round, seconds(item.get("estimated_time"))))
    return tuple(rights)


def parse_attestation_rights(answer: object) -> tuple[AttestationRight, ...]:
    """`[{level, delegates: [{delegate, first_slot, <power>}], estimated_time?}]`, or flat with `slots` before Ithaca.

    Levels at which no delegate that was asked for has a right are left out of the answer.
    """
    rights = []
    for item in _items(answer, "attestation rights"):
        at_level = level(item.get("level"))
        if at_level is None:
            raise Unreadable("an attestation right does not tell its level")
        if "delegates" not in item:
            rights.append(_right(at_level, item))
            continue
        rights += [
            _right(at_level, holder) for holder in _items(item["delegates"], "the holders of attestation rights")
        ]
    return tuple(rights)


def _right(at_level: int, holder: dict[str, Any]) -> AttestationRight:
    delegate = text(holder.get("delegate"))
    power = next((natural(holder[name]) for name in _POWERS if name in holder), None)
    if power is None and isinstance(holder.get("slots"), list):
        power = len(holder["slots"])
    if delegate is None or power is None:
        raise Unreadable("an attestation right does not tell its delegate and power")
    return AttestationRight(at_level, delegate, power)


def _items(answer: object, what: str) -> list[dict[str, Any]]:
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        raise Unreadable(f"{what} are not a list of objects")
    return answer

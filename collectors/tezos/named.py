"""Delegates that a block names beside its duties: deactivated, denounced, drained, keys or parameters changed, nonces.

The anonymous pass holds denunciations and nonce revelations, the managers' pass what delegates do themselves or is done
with their keys. Only operations that were applied count; one without metadata is told with the status "unknown".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from collectors.errors import Unreadable
from collectors.tezos.facts import Head, NamedDelegate
from collectors.tezos.fields import level, natural, text
from collectors.tezos.header import read_round

EVIDENCE: Final = {
    "double_baking_evidence": "block",
    "double_attestation_evidence": "attestation",
    "double_endorsement_evidence": "attestation",
    "double_preattestation_evidence": "preattestation",
    "double_preendorsement_evidence": "preattestation",
    "double_consensus_operation_evidence": "attestation",
    "dal_entrapment_evidence": "dal_entrapment",
}
"""Denunciations -> the misbehaviour where the metadata does not tell it (since Seoul it does)."""
KEY_UPDATES: Final = {
    "update_consensus_key": "consensus_key_updated",
    "update_companion_key": "companion_key_updated",
}
CALLS: Final = {"set_delegate_parameters": "delegate_parameters_set", "unstake": "unstaked"}
"""Entrypoints of the delegate's own account."""


def read_named(
    head: Head,
    metadata: dict[str, Any],
    baker: str | None,
    cycle: int | None,
    operations: tuple[list[Any], list[Any]],
) -> tuple[NamedDelegate, ...]:
    """operations: the anonymous and the managers' pass. Never raises; what has no known shape names nobody."""
    anonymous, managers = operations
    named: list[NamedDelegate] = []
    deactivated = metadata.get("deactivated")
    if isinstance(deactivated, list):
        named += [
            NamedDelegate("deactivated", delegate, {"cycle": cycle})
            for delegate in deactivated
            if isinstance(delegate, str) and delegate
        ]
    if head.seed_nonce_hash and baker is not None:
        # Octez apply.ml records the hash for the block's producer, not for the payload's.
        named.append(NamedDelegate("nonce_committed", baker, {"level": head.level, "cycle": cycle}))
    for content in _contents(anonymous):
        kind = content.get("kind")
        if kind == "seed_nonce_revelation":
            committed = level(content.get("level"))
            if committed is not None:
                named.append(NamedDelegate("nonce_revealed", None, {"level": committed}))
        elif isinstance(kind, str) and kind in EVIDENCE:
            named.append(_denounced(kind, content))
    for content in _contents(managers):
        kind = content.get("kind")
        if kind == "transaction":
            if "parameters" in content:
                _add(named, _call(content))
        elif kind == "drain_delegate":
            _add(named, _drained(content))
        elif isinstance(kind, str) and kind in KEY_UPDATES:
            _add(named, _key_update(KEY_UPDATES[kind], content))
    return tuple(named)


def _contents(operations: list[Any]) -> Iterator[dict[str, Any]]:
    for operation in operations:
        contents = operation.get("contents") if isinstance(operation, dict) else None
        if isinstance(contents, list):
            for content in contents:
                if isinstance(content, dict):
                    yield content


def _add(named: list[NamedDelegate], found: NamedDelegate | None) -> None:
    if found is not None:
        named.append(found)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _denounced(kind: str, content: dict[str, Any]) -> NamedDelegate:
    metadata = _object(content.get("metadata"))
    forbidden = text(metadata.get("forbidden_delegate"))
    offender = text(metadata.get("punished_delegate")) or forbidden or _debited(metadata.get("balance_updates"))
    told = _object(metadata.get("misbehaviour"))
    told_level, told_round, misbehaviour = _evidence(kind, content)
    at_level = level(told.get("level"))
    at_round = level(told.get("round"))
    return NamedDelegate(
        "denounced",
        offender,
        {
            "operation": kind,
            "misbehaviour": text(told.get("kind")) or misbehaviour,
            "level": told_level if at_level is None else at_level,
            "round": told_round if at_round is None else at_round,
        },
    )


def _evidence(kind: str, content: dict[str, Any]) -> tuple[int | None, int | None, str]:
    """Level, round and misbehaviour as the evidence itself tells them."""
    header = content.get("bh1")
    if isinstance(header, dict):
        at_level = level(header.get("level"))
        try:
            at_round = None if at_level is None else read_round(header.get("fitness"), at_level)
        except Unreadable:
            at_round = None
        return at_level, at_round, EVIDENCE[kind]
    inlined = _object(content.get("op1")) or _object(content.get("attestation"))
    operation = _object(inlined.get("operations"))
    consensus = _object(operation.get("consensus_content")) or operation
    inner = operation.get("kind")
    preattested = isinstance(inner, str) and inner.startswith("pre")
    return (
        level(consensus.get("level")),
        level(consensus.get("round")),
        "preattestation" if preattested else EVIDENCE[kind],
    )


def _debited(balance_updates: object) -> str | None:
    """Whose deposits were taken: how denunciations tell the offender where slashing is immediate (to Oxford)."""
    if not isinstance(balance_updates, list):
        return None
    for update in balance_updates:
        if (
            isinstance(update, dict)
            and update.get("kind") == "freezer"
            and update.get("category") == "deposits"
            and str(update.get("change")).startswith("-")
        ):
            staker = _object(update.get("staker"))
            told = (update.get("delegate"), staker.get("baker_own_stake"), staker.get("baker"), staker.get("delegate"))
            offender = next((found for found in told if isinstance(found, str) and found), None)
            if offender is not None:
                return offender
    return None


def _drained(content: dict[str, Any]) -> NamedDelegate | None:
    """Whoever holds the consensus key took all that the delegate could spend (apply.ml: an operation of
    the managers' pass, that is in no block unless it was applied)."""
    delegate, destination = text(content.get("delegate")), text(content.get("destination"))
    if delegate is None:
        return None
    updates = _object(content.get("metadata")).get("balance_updates")
    told = [update for update in updates if isinstance(update, dict)] if isinstance(updates, list) else []
    mine = [str(update.get("change")) for update in told if update.get("contract") == delegate]
    amounts = [natural(change[1:]) for change in mine if change.startswith("-")]
    amount = None if not amounts or None in amounts else sum(one for one in amounts if one is not None)
    return NamedDelegate("drained", delegate, {"destination": destination, "amount": amount})


def _status(content: dict[str, Any]) -> str | None:
    """ "applied", or "unknown" where it is not told; None where the operation had no effect."""
    result = _object(_object(content.get("metadata")).get("operation_result"))
    status = text(result.get("status"))
    if status is None:
        return "unknown"
    return status if status == "applied" else None


def _key_update(kind: str, content: dict[str, Any]) -> NamedDelegate | None:
    delegate, status = text(content.get("source")), _status(content)
    if delegate is None or status is None:
        return None
    return NamedDelegate(kind, delegate, {"status": status, "pk": text(content.get("pk"))})


def _call(content: dict[str, Any]) -> NamedDelegate | None:
    parameters = _object(content.get("parameters"))
    entrypoint, delegate = parameters.get("entrypoint"), text(content.get("source"))
    if not isinstance(entrypoint, str) or entrypoint not in CALLS or delegate != content.get("destination"):
        return None
    status = _status(content)
    if delegate is None or status is None:
        return None
    if entrypoint == "unstake":
        return NamedDelegate("unstaked", delegate, {"status": status, "amount": natural(content.get("amount"))})
    limit, edge = _parameters(parameters.get("value"))
    detail = {
        "status": status,
        "limit_of_staking_over_baking_millionth": limit,
        "edge_of_baking_over_staking_billionth": edge,
    }
    return NamedDelegate("delegate_parameters_set", delegate, detail)


def _parameters(value: object) -> tuple[int | None, int | None]:
    """The two numbers of `Pair limit (Pair edge Unit)`, also written as one comb or as a sequence."""
    numbers: list[int | None] = []
    rest = value
    for _ in range(3):
        if isinstance(rest, dict):
            rest = rest.get("args")
        if not isinstance(rest, list) or not rest:
            break
        if not isinstance(rest[0], dict) or "int" not in rest[0]:
            break
        numbers.append(natural(rest[0]["int"]))
        rest = rest[1] if len(rest) == 2 else rest[1:]
    limit, edge = (*numbers, None, None)[:2]
    return limit, edge

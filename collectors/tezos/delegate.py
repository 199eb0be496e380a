"""A delegate's state: `/context/delegates/<pkh>`.

What a protocol does not have is None; what it has but in a shape we do not know makes the answer unreadable.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from collectors.errors import Unreadable
from collectors.tezos.fields import INT32_MAX, natural, text
from monitor.tezos_model import DelegateState, PendingKey

_Object = dict[str, Any]


def not_registered(ids: Iterable[str]) -> bool:
    """Whether a node's errors (the `id` of each) say that the address is not a delegate.

    Octez answers HTTP 500 with `proto.<protocol>.delegate.not_registered` for an account that never was one.
    """
    return any(isinstance(name, str) and name.endswith("delegate.not_registered") for name in ids)


def parse_delegate(answer: object, address: str) -> DelegateState:
    """Amounts in mutez, powers in slots. Raises Unreadable."""
    if not isinstance(answer, dict):
        raise Unreadable("the delegate is not an object")
    deactivated = _flag(answer, "deactivated")
    if deactivated is None:
        raise Unreadable("the delegate does not tell whether it is deactivated")
    participation = _section(answer, "participation")
    dal = _section(answer, "dal_participation")
    consensus, pending_consensus = _keys(answer, "consensus_key")
    companion, pending_companion = _keys(answer, "companion_key")
    rewards = "expected_attesting_rewards"
    if rewards not in participation:
        rewards = "expected_endorsing_rewards"
    return DelegateState(
        delegate=address,
        registered=True,
        deactivated=deactivated,
        forbidden=_flag(answer, "is_forbidden"),
        grace_period=_amount(answer, "grace_period"),
        baking_power=_amount(answer, "baking_power"),
        expected_cycle_activity=_amount(participation, "expected_cycle_activity"),
        missed_slots=_amount(participation, "missed_slots"),
        remaining_allowed_missed_slots=_amount(participation, "remaining_allowed_missed_slots"),
        expected_attesting_rewards=_amount(participation, rewards),
        dal_sufficient=_flag(dal, "sufficient_dal_participation"),
        dal_attestable_slots=_amount(dal, "delegate_attestable_dal_slots"),
        dal_denounced=_flag(dal, "denounced"),
        denunciations=_denunciations(answer),
        consensus_key=consensus,
        pending_consensus_keys=pending_consensus,
        companion_key=companion,
        pending_companion_keys=pending_companion,
    )


def _section(answer: _Object, name: str) -> _Object:
    value = answer.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"the delegate's {name} is not an object")
    return value


def _flag(section: _Object, name: str) -> bool | None:
    value = section.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise Unreadable(f"the delegate's {name} is not true or false")


def _amount(section: _Object, name: str) -> int | None:
    value = section.get(name)
    if value is None:
        return None
    amount = natural(value)
    if amount is None:
        raise Unreadable(f"the delegate's {name} is not a number")
    return amount


def _denunciations(answer: _Object) -> int | None:
    """How many are pending: a list since Quebec, before that only whether there are any."""
    listed = answer.get("denunciations")
    if listed is None:
        pending = _flag(answer, "pending_denunciations")
        return None if pending is None else int(pending)
    if not isinstance(listed, list):
        raise Unreadable("the delegate's denunciations are not a list")
    return len(listed)


def _keys(answer: _Object, name: str) -> tuple[str | None, tuple[PendingKey, ...]]:
    """`<name>: {active: {pkh, pk} | null, pendings?}`; before Quebec `active_<name>` and `pending_<name>s`."""
    if name in answer:
        section = _section(answer, name)
        active, pendings = section.get("active"), section.get("pendings")
        if isinstance(active, dict):
            active = active.get("pkh")
            if active is None:
                raise Unreadable(f"the delegate's {name} does not tell its hash")
    else:
        active, pendings = answer.get(f"active_{name}"), answer.get(f"pending_{name}s")
    if active is not None and text(active) is None:
        raise Unreadable(f"the delegate's {name} is of an unknown shape")
    return text(active), _pending(pendings, name)


def _pending(pendings: object, name: str) -> tuple[PendingKey, ...]:
    if pendings is None:
        return ()
    if not isinstance(pendings, list):
        raise Unreadable(f"the delegate's pending {name}s are not a list")
    found = []
    for item in pendings:
        cycle = natural(item.get("cycle"), INT32_MAX) if isinstance(item, dict) else None
        pkh = text(item.get("pkh")) if isinstance(item, dict) else None
        if cycle is None or pkh is None:
            raise Unreadable(f"a pending {name} does not tell its cycle and hash")
        found.append(PendingKey(cycle, pkh))
    return tuple(found)

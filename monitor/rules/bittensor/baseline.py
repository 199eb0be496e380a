"""What the next run compares with: the state whose every change is told once, and the changes themselves.

Stored as the reading of kind "baseline" of each target, in the transaction that stores the occurrences made of what
differs, so that a kill between loses neither. Where nothing was stored yet, nothing differs. What could not be read
keeps its old value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from monitor.bittensor.block import BlockFacts, ChainCall
from monitor.bittensor.neuron import Relative
from monitor.bittensor.units import NO_ACCOUNT
from monitor.model import Occurrence
from monitor.rules.bittensor.childkeys_pending import lent
from monitor.rules.bittensor.context import BittensorContext, Expected
from monitor.rules.bittensor.hyperparam_changed import UNTOLD

KIND = "baseline"
_SETTERS = {
    "weights_version_key": "weights_version",
    "weights_set_rate_limit": "weights_rate_limit",
    "max_weight_limit": "max_weights_limit",
    "max_allowed_validators": "max_validators",
    "network_registration_allowed": "registration_allowed",
    "target_registrations_per_interval": "target_regs_per_interval",
    "bonds_moving_average": "bonds_moving_avg",
    "max_registrations_per_block": "max_regs_per_block",
    "commit_reveal_weights_interval": "commit_reveal_period",
    "alpha_values": "alpha_high",
    "yuma3_enabled": "yuma_version",
    "toggle_transfer": "transfers_enabled",
    "min_childkey_take_per_subnet": "min_childkey_take",
    "activity_cutoff_factor_milli": "activity_cutoff_factor",
}
"""How a setter is called -> how the runtime call names what it sets. The others are called alike."""
_SAME_SETTER = {"alpha_low": "alpha_high"}


def baseline_of(context: BittensorContext, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """JSON-able: what is known now, over what was known before."""
    now: dict[str, Any] = {}
    if context.scope == "subnet" and context.subnet is not None and context.subnet.exists is not False:
        subnet = context.subnet
        parameters = subnet.hyperparameters
        now = {
            "hyperparameters": None if parameters is None else {name: _json(v) for name, v in parameters.items()},
            "owner": subnet.owner,
            "owner_hotkey": subnet.owner_hotkey,
        }
    elif context.scope == "neuron" and context.neuron is not None:
        neuron = context.neuron
        now = {
            "children": _relatives(neuron.children),
            "parents": _relatives(neuron.parents),
            "childkey_take": neuron.childkey_take,
            "uid": neuron.uid if neuron.registered else None,
        }
    elif context.scope == "hotkey" and context.hotkey is not None:
        owner = context.hotkey.owner  # nobody's before its first registration, and after a swap
        now = {"take": context.hotkey.take, "owner": None if owner == NO_ACCOUNT else owner}
    known = {name: value for name, value in now.items() if value is not None}
    return {**(before or {}), **known}


def changes(
    target: str,
    context: BittensorContext,
    before: Mapping[str, Any] | None,
    facts: Sequence[BlockFacts] = (),
    mine: Mapping[str, int] | None = None,
) -> tuple[Occurrence, ...]:
    """What differs between the stored baseline and now, as occurrences of the present block.

    `facts`: the blocks since the baseline, which tell who did it. `mine`: name -> block of registration of the watched
    neurons of a subnet, to say whom a shorter immunity leaves unprotected.
    """
    if before is None:
        return ()
    now = baseline_of(context)
    found: list[tuple[str, dict[str, Any]]] = []
    if context.scope == "subnet":
        found += _hyperparameters(context, before, now, facts, mine or {})
        for name, kind in (("owner", "subnet_owner_changed"), ("owner_hotkey", "subnet_owner_hotkey_changed")):
            found += _changed(before, now, name, kind)
    elif context.scope == "neuron":
        expected = context.expected
        found += _changed(before, now, "childkey_take", "childkey_take_changed")
        found += _lending(before, now, "children", expected)
        found += _lending(before, now, "parents", expected)
    elif context.scope == "hotkey":
        found += _changed(before, now, "take", "take_changed", context.expected.take)
        found += _changed(before, now, "owner", "hotkey_owner_changed")
    ordinals: dict[str, int] = {}
    occurrences = []
    for kind, detail in found:
        ordinal = ordinals.get(kind, 0)
        ordinals[kind] = ordinal + 1
        occurrences.append(Occurrence(context.chain.network, target, kind, context.block, ordinal, detail))
    return tuple(occurrences)


def parameter_of(call: str) -> str | None:
    """The hyperparameter that a call sets: "AdminUtils.sudo_set_tempo" -> "tempo"; None where it sets none."""
    pallet, _, name = call.partition(".")
    if pallet != "AdminUtils" or not name.startswith("sudo_"):
        return None
    setter = name.removeprefix("sudo_").removeprefix("set_")
    return _SETTERS.get(setter, setter)


def who_set(parameter: str, netuid: int, owner: str | None, facts: Iterable[BlockFacts]) -> str | None:
    """Who set it: "owner", "root", or an address; the last call that did. None where no call tells."""
    setter = _SAME_SETTER.get(parameter, parameter)
    for block in reversed(tuple(facts)):
        for call in reversed(block.calls):
            if call.success and call.arguments.get("netuid") == netuid and parameter_of(call.name) == setter:
                return _named(call, owner)
    return None


def _named(call: ChainCall, owner: str | None) -> str | None:
    who = call.origin or call.signer
    if who == "root" or any(step.startswith("Sudo.") for step in call.path):
        return "root"
    return "owner" if owner is not None and who == owner else who


def _hyperparameters(
    context: BittensorContext,
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    facts: Sequence[BlockFacts],
    mine: Mapping[str, int],
) -> list[tuple[str, dict[str, Any]]]:
    assert context.subnet is not None
    old, new = before.get("hyperparameters"), now.get("hyperparameters")
    if old is None or new is None:
        return []
    found = []
    for name in sorted(old.keys() & new.keys() - UNTOLD):
        if old[name] == new[name]:
            continue
        detail: dict[str, Any] = {"parameter": name, "old": old[name], "new": new[name]}
        by = who_set(name, context.subnet.netuid, before.get("owner"), facts)
        if by is not None:
            detail["by"] = by
        if name == "immunity_period" and isinstance(old[name], int) and isinstance(new[name], int):
            bare = sorted(one for one, since in mine.items() if new[name] <= context.block - since < old[name])
            if bare:
                detail["unprotected"] = bare
        found.append(("hyperparam_changed", detail))
    return found


def _changed(
    before: Mapping[str, Any], now: Mapping[str, Any], name: str, kind: str, expected: Any = None
) -> list[tuple[str, dict[str, Any]]]:
    old, new = before.get(name), now.get(name)
    if old is None or new is None or _near(old, new):
        return []
    detail: dict[str, Any] = {"old": old, "new": new}
    if expected is not None and _near(new, expected):
        detail["expected"] = True
    return [(kind, detail)]


def _lending(
    before: Mapping[str, Any], now: Mapping[str, Any], side: str, expected: Expected
) -> list[tuple[str, dict[str, Any]]]:
    old, new = before.get(side), now.get(side)
    if old is None or new is None or _alike(old, new):
        return []
    detail: dict[str, Any] = {
        "old_share": lent(Relative(hotkey, share) for hotkey, share in old.items()),
        "new_share": lent(Relative(hotkey, share) for hotkey, share in new.items()),
        "added": sorted(new.keys() - old.keys()),
        "removed": sorted(old.keys() - new.keys()),
    }
    if side == "children" and expected.children is not None:
        detail["expected"] = _alike(new, {child.hotkey: child.share for child in expected.children})
    return [(f"{side}_changed", detail)]


def _alike(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return one.keys() == other.keys() and all(_near(one[hotkey], other[hotkey]) for hotkey in one)


def _near(one: Any, other: Any) -> bool:
    """Equal; shares to a ten-thousandth, below which storage of 16 bits cannot tell."""
    if isinstance(one, float) and isinstance(other, float | int):
        return abs(one - other) < 0.0001
    return bool(one == other)


def _relatives(relatives: Iterable[Relative] | None) -> dict[str, float] | None:
    return None if relatives is None else {relative.hotkey: relative.share for relative in relatives}


def _json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value

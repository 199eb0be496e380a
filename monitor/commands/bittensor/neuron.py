"""`main.py bittensor neuron`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collectors.bittensor.views.dividends import ROOT_ALPHA, TAO
from collectors.bittensor.views.neuron import NeuronView, read_neuron
from monitor.bittensor.neuron import Neuron, PendingChildren, Relative
from monitor.commands.bittensor.looking import Look
from monitor.commands.bittensor.metagraph import neuron_row
from monitor.commands.bittensor.page import NONE, ago, coins, count, flag, print_rows, share


def show_neuron(look: Look, netuid: int, hotkey: str | None, uid: int | None) -> None:
    """What is known of one, a line for each thing."""
    view = read_neuron(look.block, netuid, hotkey, uid)
    state = look.block.state
    root_unit = "α" if state.has(ROOT_ALPHA) else "τ" if state.has(TAO) else None
    row = _row(view, look.block.number, root_unit)
    print_rows(look, [row], ("what", "value"), _lines(view, row, look.block.number), netuid=netuid)


def _row(view: NeuronView, block: int, root_unit: str | None) -> dict[str, Any]:
    neuron = view.neuron
    by_uid: dict[str, Any] = {"uid": None, "hotkey": neuron.hotkey, "coldkey": view.hotkey.owner}
    if neuron.uid is not None and neuron.uid < len(view.subnet.hotkeys):
        by_uid = neuron_row(view.subnet, neuron.uid, block)
    return {
        **by_uid,
        "registered": neuron.registered,
        "stake_alpha_rao": neuron.alpha_stake,
        "take": view.hotkey.take,
        "childkey_take": neuron.childkey_take,
        "axon": None if neuron.axon is None else str(neuron.axon) if neuron.axon.served else "",
        "paid_alpha_rao": neuron.alpha_dividends,
        "paid_root_rao": neuron.root_alpha_dividends if root_unit else None,
        "paid_root_unit": root_unit,
        "children": _relatives(neuron.children),
        "parents": _relatives(neuron.parents),
        "pending_children": _pending(neuron.pending_children),
        "commits_waiting": None if neuron.commits is None else [one.block for one in neuron.commits],
        "collateral_locked_rao": None if neuron.collateral is None else neuron.collateral.locked,
        "collateral_minimum_rao": None if neuron.collateral is None else neuron.collateral.minimum,
    }


def _relatives(relatives: Sequence[Relative] | None) -> list[dict[str, Any]] | None:
    return None if relatives is None else [{"hotkey": one.hotkey, "share": one.share} for one in relatives]


def _pending(pending: PendingChildren | None) -> dict[str, Any] | None:
    """None where nothing is pending, or it was not read."""
    if pending is None or not pending.pending:
        return None
    return {"block": pending.block, "children": _relatives(pending.children)}


def _lines(view: NeuronView, row: dict[str, Any], block: int) -> list[tuple[str, str]]:
    neuron = view.neuron
    lines = [("hotkey", neuron.hotkey), ("coldkey", view.hotkey.owner or NONE), ("registered", _registered(row, block))]
    if neuron.registered:
        lines += _of_uid(row, block)
    lines += [
        ("take", share(view.hotkey.take)),
        ("stake on the subnet", coins(neuron.alpha_stake, "α")),
        ("to stakers, last epoch", coins(neuron.alpha_dividends, "α")),
        ("to root stakers", coins(row["paid_root_rao"], row["paid_root_unit"] or "")),
        ("axon", NONE if neuron.axon is None else str(neuron.axon) if neuron.axon.served else "none"),
        ("children", _listed(neuron.children)),
        ("parents", _listed(neuron.parents)),
        ("children to come", _to_come(neuron, block)),
        ("childkey take", share(neuron.childkey_take)),
    ]
    if neuron.commits is not None:
        waiting = ", ".join(f"block {count(one.block)}" for one in neuron.commits)
        lines.append(("commits not revealed yet", waiting or "none"))
    if neuron.collateral is not None and neuron.collateral.locked:
        lines.append(("collateral", coins(neuron.collateral.locked, "α")))
    return lines


def _registered(row: dict[str, Any], block: int) -> str:
    if not row["registered"]:
        return flag(row["registered"])
    until = row.get("immune_until")
    immune = "" if until is None or until <= block else f", immune for {ago(block, until)} more"
    return f"uid {row['uid']}, at block {count(row.get('registered_at'))}{immune}"


def _of_uid(row: dict[str, Any], block: int) -> list[tuple[str, str]]:
    return [
        ("validator permit", flag(row.get("validator_permit"))),
        ("active", flag(row.get("active"))),
        ("validator trust", share(row.get("validator_trust"))),
        ("dividends", share(row.get("dividends"))),
        ("incentive", "/".join(share(one) for one in row.get("incentive", ())) or NONE),
        ("consensus", share(row.get("consensus"))),
        ("emission, an epoch", coins(row.get("emission_alpha_rao"), "α")),
        ("stake that counts", coins(row.get("total_stake_rao"), "α")),
        ("weights, blocks ago", "/".join(ago(one, block) for one in row.get("last_update", ())) or NONE),
    ]


def _listed(relatives: Sequence[Relative] | None) -> str:
    if relatives is None:
        return NONE
    return ", ".join(f"{one.hotkey} {share(one.share)}" for one in relatives) or "none"


def _to_come(neuron: Neuron, block: int) -> str:
    pending = neuron.pending_children
    if pending is None:
        return NONE
    if not pending.pending:
        return "none"
    return f"{_listed(pending.children)}, at block {count(pending.block)}, in {ago(block, pending.block)}"

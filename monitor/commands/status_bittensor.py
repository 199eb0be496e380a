"""A Bittensor network in `main.py status`: neurons by subnet with what was last seen of them, then subnets and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerting.render.figures import called, duration, percent, plural
from monitor.bittensor.units import BLOCK_SECONDS
from monitor.commands.table import columns
from monitor.model import CheckKey


def target_lines(network: Mapping[str, Any]) -> list[str]:
    """The table. A hotkey that is shown on its subnets is shown alone only with an incident of its own."""
    shown = {one["target"].partition("/")[2] for one in network["targets"] if "/" in one["target"]}
    rows = []
    for one in sorted(network["targets"], key=_place):
        target = one["target"]
        incidents = " ".join(f"#{each['id']}" for each in network["incidents"] if each["target"] == target)
        if target in shown and not incidents:
            continue
        name = called(CheckKey(network["network"], target, ""), one["name"])
        rows.append((name, _uid(one["values"]), _state(one, network["cursor"]), incidents))
    return columns(("TARGET", "UID", "LAST SEEN", "INCIDENTS"), rows)


def _place(one: Mapping[str, Any]) -> tuple[int, bool, str]:
    """By subnet, the subnet itself before its neurons; keys last."""
    netuid, slash, _ = one["target"].partition("/")
    return int(netuid) if netuid.isdecimal() else 1 << 16, bool(slash), one["name"] or one["target"]


def _uid(values: Mapping[str, Any]) -> str:
    uid = values.get("uid")
    if uid is None:
        return ""
    return "none" if uid["value"] < 0 else f"{uid['value']:.0f}"


def _state(one: Mapping[str, Any], cursor: int) -> str:
    target, found = one["target"], one["values"]
    values = {name: each["value"] for name, each in found.items()}
    if not target.partition("/")[0].isdecimal():
        return ""
    if "/" not in target:
        price = values.get("alpha_price")
        return "" if price is None else f"1 α = {price / 1e9:,.4f} τ"
    if values.get("uid", 0) < 0:
        return "not registered"
    parts = []
    if values.get("permit"):
        parts.append("validator")
        if (at := values.get("last_update")) is not None:
            parts.append(f"weights {duration(max(0, cursor - round(at)) * BLOCK_SECONDS)} old")
        if (trust := values.get("validator_trust")) is not None:
            parts.append(f"trust {trust:.2f}")
    elif "uid" in values:
        parts.append("miner")
        if (incentive := values.get("incentive")) is not None:
            parts.append(f"incentive {percent(incentive)}")
        if (rank := values.get("prune_rank", -1)) >= 0:
            parts.append(f"{plural(round(rank), 'UID')} before it")
    return ", ".join(parts)

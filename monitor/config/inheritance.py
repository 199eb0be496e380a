"""Putting what is set for a group, or for all of Bittensor, into the targets that do not set it themselves."""

from __future__ import annotations

from typing import Any

from monitor.config.bittensor import Bittensor, RuleAlerts, WatchedColdkey, WatchedHotkey, WatchedSubnet
from monitor.config.watch_list import Delegate, DelegateAlerts, Group, WatchList


def inherited(watch_list: WatchList) -> WatchList:
    """The same list with every target complete; doing it again changes nothing.

    A target's own value wins over its group's, and that over the section's. Of `alerts`, each duty and each rule is
    one value: a target that sets a threshold of a rule sets the rule.
    """
    section = watch_list.bittensor
    if not watch_list.groups and not (section and section.alerts):
        return watch_list
    groups = watch_list.groups
    tezos = tuple(_delegate(one, groups.get(one.group or "")) for one in watch_list.tezos)
    return watch_list.model_copy(update={"tezos": tezos, "bittensor": section and _section(section, groups)})


def _delegate(delegate: Delegate, group: Group | None) -> Delegate:
    if group is None:
        return delegate
    own, theirs = delegate.alerts, group.alerts
    alerts = DelegateAlerts(
        baking=theirs.baking if own.baking is None else own.baking,
        attestation=theirs.attestation if own.attestation is None else own.attestation,
    )
    return delegate.model_copy(update={**_shared(delegate, group), "alerts": alerts})


def _section(section: Bittensor, groups: Any) -> Bittensor:
    def complete(target: Any, kind: str) -> Any:
        group = groups.get(target.group or "")
        inherited = {**section.alerts, **((group.alerts.__pydantic_extra__ or {}) if group else {})}
        alerts = {**_of_kind(inherited, kind), **target.alerts}
        return target.model_copy(update={**_shared(target, group), "alerts": alerts})

    hotkeys: tuple[WatchedHotkey, ...] = tuple(complete(one, "hotkey") for one in section.hotkeys)
    subnets: tuple[WatchedSubnet, ...] = tuple(complete(one, "netuid") for one in section.subnets)
    coldkeys: tuple[WatchedColdkey, ...] = tuple(complete(one, "coldkey") for one in section.coldkeys)
    return section.model_copy(update={"hotkeys": hotkeys, "subnets": subnets, "coldkeys": coldkeys})


def _shared(target: Any, group: Group | None) -> dict[str, Any]:
    if group is None:
        return {}
    return {
        "runbook": group.runbook if target.runbook is None else target.runbook,
        "channels": group.channels if target.channels is None else target.channels,
    }


def _of_kind(alerts: dict[str, RuleAlerts], kind: str) -> dict[str, RuleAlerts]:
    if not alerts:
        return {}
    from monitor.config.rule_names import rules_of

    known = rules_of((kind,))
    return {rule: figures for rule, figures in alerts.items() if rule in known}

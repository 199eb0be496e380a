"""What is wrong in a delegates.json though each value by itself is right: found in the raw value, where other entries
may be invalid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from monitor.config.bittensor import ENABLED
from monitor.config.fields import whole
from monitor.config.problem import Place, shown

Fault = tuple[Place, str, str]
"""Path in the object form, text, fix."""

TEZOS: Place = ("tezos",)
KINDS: dict[str, Place] = {
    "hotkey": ("bittensor", "hotkeys"),
    "netuid": ("bittensor", "subnets"),
    "coldkey": ("bittensor", "coldkeys"),
}
"""Where Bittensor's targets are listed, by the key that says which one is meant."""
DUTIES = ("baking", "attestation")
_GROUP = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}"


def duplicates(value: Any) -> list[tuple[Place, Place]]:
    """(earlier, later) places of what is on the list already."""
    found = []
    seen: dict[Any, Place] = {}
    for place, entry in _entries(value, TEZOS):
        if isinstance(entry.get("address"), str):
            network = entry.get("network")
            key = (entry["address"], network if isinstance(network, str) else None)
            first = seen.setdefault(key, place)
            if first != place:
                found.append(((*first, "address"), (*place, "address")))
    for name, where in KINDS.items():
        listed: dict[Any, list[tuple[Place, frozenset[Any] | None]]] = {}
        for place, entry in _entries(value, where):
            this = whole(entry.get(name))
            if not isinstance(this, str if name != "netuid" else int) or isinstance(this, bool):
                continue
            netuids = _netuids(entry) if name == "hotkey" else None
            others = listed.setdefault(this, [])
            clash = next((other for other, its in others if netuids is None or its is None or netuids & its), None)
            if clash is not None:
                found.append(((*clash, name), (*place, name)))
            others.append((place, netuids))
    return found


def _netuids(entry: dict[str, Any]) -> frozenset[Any] | None:
    """None: all of them. One hotkey may be on the list several times, for different subnets."""
    netuids = entry.get("netuids")
    return frozenset(one for one in netuids if isinstance(one, int | float)) if isinstance(netuids, list) else None


def misnamed(value: Any) -> list[Fault]:
    """Groups that are not there; rules and thresholds that are not there, or not for such a target."""
    found = list(_groups(value))
    for place, alerts, kinds in _alerts(value):
        for rule, figures in alerts.items():
            found += _rule_faults((*place, rule), rule, figures, kinds)
    return found


def _groups(value: Any) -> Iterator[Fault]:
    names = _group_names(value)
    for name in names:
        if not re.fullmatch(_GROUP, name):
            yield ("groups", name), "is not a name for a group", "write letters, digits and . - _, 32 at most"
    for place, entry in _targets(value):
        group = entry.get("group")
        if isinstance(group, str) and group not in names:
            fix = _instead(group, names, 'add it to "groups", or remove it here')
            yield (*place, "group"), f"no group is called {shown(group)}", fix


def _group_names(value: Any) -> tuple[str, ...]:
    groups = value.get("groups") if isinstance(value, dict) else None
    return tuple(groups) if isinstance(groups, dict) else ()


def _targets(value: Any) -> Iterator[tuple[Place, dict[str, Any]]]:
    for where in (TEZOS, *KINDS.values()):
        yield from _entries(value, where)


def _entries(value: Any, where: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    for step in where:
        value = value.get(step) if isinstance(value, dict) else None
    for position, entry in enumerate(value if isinstance(value, list) else ()):
        if isinstance(entry, dict):
            yield (*where, position), entry


def _alerts(value: Any) -> Iterator[tuple[Place, dict[str, Any], tuple[str, ...]]]:
    """(place, alerts, kinds of target they are for) of everything that may hold Bittensor's rules."""
    if not isinstance(value, dict):
        return
    section = value.get("bittensor")
    if isinstance(section, dict) and isinstance(section.get("alerts"), dict):
        yield ("bittensor", "alerts"), section["alerts"], (*KINDS, "chain")
    for kind, where in KINDS.items():
        for place, entry in _entries(value, where):
            if isinstance(entry.get("alerts"), dict):
                yield (*place, "alerts"), entry["alerts"], (kind,)
    groups = value.get("groups")
    for name, group in groups.items() if isinstance(groups, dict) else ():
        if isinstance(group, dict) and isinstance(group.get("alerts"), dict):
            own = {rule: figures for rule, figures in group["alerts"].items() if rule not in DUTIES}
            yield ("groups", name, "alerts"), own, tuple(KINDS)


def _rule_faults(place: Place, rule: str, figures: Any, kinds: Iterable[str]) -> Iterator[Fault]:
    from monitor.config.rule_names import rules_of, thresholds_of

    known = rules_of(kinds)
    if rule not in known:
        elsewhere = [kind for kind in (*KINDS, "chain") if rule in rules_of((kind,))]
        if elsewhere:
            yield place, "is not a rule of such a target", f"write it in {_PLACES[elsewhere[0]]}"
            return
        yield place, "is not a rule", _instead(rule, known, "write one of docs/rules.md, or remove it")
        return
    names = (*thresholds_of(rule), ENABLED)
    for name, figure in figures.items() if isinstance(figures, dict) else ():
        if name not in names:
            yield (*place, name), "is not a known key", _instead(name, names, f"remove it (known: {', '.join(names)})")
        elif isinstance(figure, bool) and name != ENABLED:
            yield (*place, name), f"{shown(figure)} is not a number", "write e.g. 3"
        elif not isinstance(figure, bool) and name == ENABLED and isinstance(figure, int | float):
            yield (*place, name), f"{shown(figure)} is neither true nor false", "write false to switch the rule off"


def _instead(name: str, names: Iterable[str], otherwise: str) -> str:
    import difflib

    close = difflib.get_close_matches(name, tuple(names), 1)
    return f'write "{close[0]}"' if close else otherwise


_PLACES = {
    "hotkey": 'the "alerts" of a hotkey',
    "netuid": 'the "alerts" of a subnet',
    "coldkey": 'the "alerts" of a coldkey',
    "chain": 'the "alerts" of "bittensor"',
}

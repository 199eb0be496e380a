"""What an edit of the watch list changed, so that it can be told: "+carol −bob"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from monitor.config.bittensor import ENABLED, RuleAlerts, WatchedColdkey, WatchedHotkey, WatchedSubnet
from monitor.config.watch_list import AlertLimit, Delegate, WatchList

_Target = Delegate | WatchedHotkey | WatchedSubnet | WatchedColdkey
_Key = tuple[object, ...]


class Difference(NamedTuple):
    """By label. ``str()`` is one line: ``+carol −bob, alice: baking threshold 1 → 2``."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __str__(self) -> str:
        moved = " ".join((*(f"+{name}" for name in self.added), *(f"−{name}" for name in self.removed)))
        return ", ".join(filter(None, (moved, *self.changed)))


def difference(old: WatchList, new: WatchList) -> Difference | None:
    """None if nothing that matters changed (order, spelling, how a group is called)."""
    before, after = dict(_targets(old)), dict(_targets(new))
    found = Difference(
        tuple(_called(target) for key, target in after.items() if key not in before),
        tuple(_called(target) for key, target in before.items() if key not in after),
        (
            *(
                f"{after[key].label}: {change}"
                for key, target in before.items()
                if key in after
                for change in _changes(target, after[key])
            ),
            *(f"Bittensor: {change}" for change in _section_changes(old, new)),
        ),
    )
    return found if found.added or found.removed or found.changed else None


def _targets(watch_list: WatchList) -> Iterator[tuple[_Key, _Target]]:
    for delegate in watch_list.tezos:
        yield (delegate.address, delegate.network), delegate
    section = watch_list.bittensor
    if section is None:
        return
    entries: dict[str, int] = {}
    for hotkey in section.hotkeys:
        entries[hotkey.hotkey] = entry = entries.get(hotkey.hotkey, 0) + 1
        yield ("hotkey", hotkey.hotkey, entry), hotkey
    for subnet in section.subnets:
        yield ("subnet", subnet.netuid), subnet
    for coldkey in section.coldkeys:
        yield ("coldkey", coldkey.coldkey), coldkey


def _called(target: _Target) -> str:
    if isinstance(target, Delegate) and target.network:
        return f"{target.label} ({target.network})"
    return target.label


def _changes(old: _Target, new: _Target) -> Iterator[str]:
    if old.label != new.label:
        yield f"was called {old.label}"
    if isinstance(old, Delegate) and isinstance(new, Delegate):
        yield from _limit_changes(old, new)
    elif not isinstance(old, Delegate) and not isinstance(new, Delegate):
        yield from _rule_changes(old.alerts, new.alerts)
    if isinstance(old, WatchedHotkey) and isinstance(new, WatchedHotkey):
        yield from _hotkey_changes(old, new)
    if old.runbook != new.runbook:
        yield f"runbook {_edited(old.runbook, new.runbook)}"
    if set(old.channels or ()) != set(new.channels or ()):
        yield f"told on {_listed(old.channels)} → {_listed(new.channels)}"


def _limit_changes(old: Delegate, new: Delegate) -> Iterator[str]:
    for duty in ("baking", "attestation"):
        before = getattr(old.alerts, duty) or AlertLimit()
        after = getattr(new.alerts, duty) or AlertLimit()
        for figure in ("threshold", "window"):
            if getattr(before, figure) != getattr(after, figure):
                yield f"{duty} {figure} {_figure(getattr(before, figure))} → {_figure(getattr(after, figure))}"


def _section_changes(old: WatchList, new: WatchList) -> Iterator[str]:
    if old.bittensor is not None and new.bittensor is not None:
        yield from _rule_changes(old.bittensor.alerts, new.bittensor.alerts)


def _rule_changes(old: Mapping[str, RuleAlerts], new: Mapping[str, RuleAlerts]) -> Iterator[str]:
    for rule in (*old, *(rule for rule in new if rule not in old)):
        before, after = old.get(rule, {}), new.get(rule, {})
        if before.get(ENABLED, True) != after.get(ENABLED, True):
            yield f"{rule} {'on' if after.get(ENABLED, True) else 'off'}"
        for name in (*before, *(name for name in after if name not in before)):
            if name != ENABLED and before.get(name) != after.get(name):
                yield f"{rule} {name} {_figure(before.get(name))} → {_figure(after.get(name))}"


def _hotkey_changes(old: WatchedHotkey, new: WatchedHotkey) -> Iterator[str]:
    if set(old.netuids or ()) != set(new.netuids or ()):
        yield f"{_subnets(old.netuids)} → {_subnets(new.netuids)}"
    if old.role != new.role:
        yield f"role {old.role} → {new.role}"
    for name in type(old.expected).model_fields:
        before, after = getattr(old.expected, name), getattr(new.expected, name)
        if _unordered(before) != _unordered(after):
            yield f"expected {name.replace('_', ' ')} {_edited(before, after)}"


def _unordered(value: object) -> object:
    return frozenset(value) if isinstance(value, tuple) else value


def _edited(old: object, new: object) -> str:
    return "added" if old is None else "removed" if new is None else "changed"


def _subnets(netuids: tuple[int, ...] | None) -> str:
    return "every subnet" if netuids is None else " ".join(f"sn{netuid}" for netuid in sorted(netuids))


def _listed(channels: tuple[str, ...] | None) -> str:
    return ", ".join(channels) if channels else "every channel"


def _figure(value: float | None) -> str:
    return "default" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

"""What an edit of the watch list changed, so that it can be told: "+carol −bob"."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.config.watch_list import AlertLimit, Delegate, WatchList

_Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """By label. ``str()`` is one line: ``+carol −bob, alice: baking threshold 1 → 2``."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __str__(self) -> str:
        moved = " ".join((*(f"+{name}" for name in self.added), *(f"−{name}" for name in self.removed)))
        return ", ".join(filter(None, (moved, *self.changed)))


def difference(old: WatchList, new: WatchList) -> Difference | None:
    """None if nothing that matters changed (order, spelling)."""
    before, after = _by_key(old), _by_key(new)
    found = Difference(
        tuple(_called(delegate) for key, delegate in after.items() if key not in before),
        tuple(_called(delegate) for key, delegate in before.items() if key not in after),
        tuple(
            f"{after[key].label}: {change}"
            for key, delegate in before.items()
            if key in after
            for change in _changes(delegate, after[key])
        ),
    )
    return found if found.added or found.removed or found.changed else None


def _by_key(watch_list: WatchList) -> dict[_Key, Delegate]:
    return {(delegate.address, delegate.network): delegate for delegate in watch_list.tezos}


def _called(delegate: Delegate) -> str:
    return f"{delegate.label} ({delegate.network})" if delegate.network else delegate.label


def _changes(old: Delegate, new: Delegate) -> list[str]:
    found = []
    if old.label != new.label:
        found.append(f"was called {old.label}")
    for duty in ("baking", "attestation"):
        before = getattr(old.alerts, duty) or AlertLimit()
        after = getattr(new.alerts, duty) or AlertLimit()
        for figure in ("threshold", "window"):
            if getattr(before, figure) != getattr(after, figure):
                found.append(f"{duty} {figure} {_figure(getattr(before, figure))} → {_figure(getattr(after, figure))}")
    if old.runbook != new.runbook:
        found.append(f"runbook {'added' if not old.runbook else 'changed' if new.runbook else 'removed'}")
    if set(old.channels or ()) != set(new.channels or ()):
        found.append(f"told on {_listed(old.channels)} → {_listed(new.channels)}")
    return found


def _listed(channels: tuple[str, ...] | None) -> str:
    return ", ".join(channels) if channels else "every channel"


def _figure(value: int | None) -> str:
    return "default" if value is None else str(value)

"""What an edit of the watch list changed, in one line that can be told: "+carol −bob"."""

from __future__ import annotations

from monitor.config.watch_list import AlertLimit, Delegate, WatchList

_Key = tuple[str, str | None]


def difference(old: WatchList, new: WatchList) -> str | None:
    """E.g. ``+carol −bob, alice: baking threshold 1 → 2``; None if nothing that matters changed (order, spelling)."""
    before, after = _by_key(old), _by_key(new)
    came = [f"+{_called(delegate)}" for key, delegate in after.items() if key not in before]
    left = [f"−{_called(delegate)}" for key, delegate in before.items() if key not in after]
    changed = [
        f"{after[key].label}: {change}"
        for key, delegate in before.items()
        if key in after
        for change in _changes(delegate, after[key])
    ]
    return ", ".join(filter(None, [" ".join(came + left), *changed])) or None


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
        found.append(
            "runbook changed" if old.runbook and new.runbook else "runbook added" if new.runbook else "runbook removed"
        )
    return found


def _figure(value: int | None) -> str:
    return "default" if value is None else str(value)

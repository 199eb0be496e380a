"""A hyperparameter's change, with its unit and what it means in time."""

from __future__ import annotations

from alerting.render.bittensor.facts import blocks_last, text, texts
from alerting.render.bittensor.shown_value import BLOCKS, EPOCHS, shown_value
from alerting.render.figures import Times, one_line, short
from alerting.render.item import Item, Wording
from alerting.render.phrases import details, runbook
from alerting.render.standing import ended
from monitor.model import ENDED

_NAMED = {"owner": "By owner", "root": "By root"}


def hyperparam_changed(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": hyperparameter change seen", "had a hyperparameter changed")
    facts = item.payload.facts or {}
    name = one_line(text(item, "parameter") or "hyperparameter")
    by = text(item, "by")
    bare = texts(item, "unprotected")
    who = None if by is None else _NAMED.get(by, f"By {short(by)}")
    hit = None if not bare else f"Your {_listed(bare)} unprotected now"
    if "old" not in facts or "new" not in facts:
        return Wording(f": {name} changed {times.at(item.at)}", details(who, hit, runbook(item)))
    return Wording(f" {name} {_change(name, facts['old'], facts['new'])}", details(who, hit, runbook(item)))


def _change(name: str, old: object, new: object) -> str:
    """As "4,032 → 100 blocks (13 h 26 min → 20 min)"."""
    shown = f"{shown_value(name, old)} → {shown_value(name, new)}"
    if name in BLOCKS and _count(old) and _count(new):
        return f"{shown} blocks ({blocks_last(_number(old))} → {blocks_last(_number(new))})"
    if name in EPOCHS:
        return f"{shown} epochs"
    return shown


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _listed(names: tuple[str, ...]) -> str:
    """As "miner-1 and miner-2", "miner-1, miner-2 and 3 more"."""
    shown = [one_line(name) for name in names[:3]]
    if len(names) > 3:
        return f"{', '.join(shown)} and {len(names) - 3} more"
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else shown[0]

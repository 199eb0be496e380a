"""What epochs make bad: quantities beside what they usually are, epoch after epoch. See `truth`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final, NamedTuple

from simulator.subtensor.ledger import Ledger
from simulator.subtensor.running import storage_index

_WINDOW: Final = 20
_LEAST: Final = 5
_HELD: Final = 3
"""Epochs with a permit without which none was lost."""


class EpochFact(NamedTuple):
    """Rules that are bad for a neuron from block `first` until the next fact."""

    first: int
    bad: frozenset[str]


class _Epoch(NamedTuple):
    block: int
    permit: bool
    trust: float
    share: float
    incentive: float
    paid: bool


def epoch_facts(ledger: Ledger, netuid: int, hotkey: bytes, upto: int) -> Iterator[EpochFact]:
    """One for each epoch at which the hotkey held a uid, oldest first."""
    seen: list[_Epoch] = []
    open_at: dict[str, int] = {}
    """Rule -> how many epochs there were when it became bad."""
    for block in ledger.epochs(netuid):
        one = _read(ledger, netuid, hotkey, max(block, ledger.first))
        if block > upto or one is None:
            seen.clear()
            open_at.clear()
            continue
        seen.append(one)
        validates = any(epoch.permit for epoch in seen)
        works = one.permit and _held(seen)
        _judge(open_at, "permit_lost", seen, _permit_lost(seen, "permit_lost" in open_at))
        _judge(open_at, "dividends_zero", seen, works and not one.paid)
        for rule, applies, name, limit, calm in (
            ("vtrust_low", works, "trust", 0.85, 0.95),
            ("dividends_drop", works, "share", 0.7, 0.85),
            ("incentive_drop", not validates, "incentive", 0.6, 0.8),
        ):
            values = [float(getattr(epoch, name)) for epoch in seen]
            _judge(open_at, rule, seen, applies and _dropped(values, open_at.get(rule), limit, calm))
        yield EpochFact(max(block, ledger.first), frozenset(open_at))


def _judge(open_at: dict[str, int], rule: str, seen: Sequence[_Epoch], bad: bool) -> None:
    if bad:
        open_at.setdefault(rule, len(seen))
    else:
        open_at.pop(rule, None)


def _read(ledger: Ledger, netuid: int, hotkey: bytes, block: int) -> _Epoch | None:
    uid = ledger.value(block, "Uids", netuid, hotkey)
    if uid is None or not ledger.exists(block, netuid):
        return None
    paid = ledger.value(block, "AlphaDividendsPerSubnet", netuid, hotkey, default=0)
    everybody = [other for at, other in ledger.neurons if at == netuid]
    total = sum(ledger.value(block, "AlphaDividendsPerSubnet", netuid, other, default=0) for other in everybody)
    root = ledger.value(block, "RootAlphaDividendsPerSubnet", netuid, hotkey, default=0)
    indices = [storage_index(netuid, one) for one in range(ledger.parameter(block, netuid, "mechanism_count"))]
    return _Epoch(
        block,
        bool(ledger.element(block, "ValidatorPermit", netuid, uid)),
        ledger.element(block, "ValidatorTrust", netuid, uid),
        paid / total if total else 0.0,
        sum(ledger.element(block, "Incentive", index, uid) for index in indices),
        bool(paid or root),
    )


def _held(seen: Sequence[_Epoch]) -> bool:
    """Whether the permit is no new one: it had it in each of the newest three epochs, as far as they are known."""
    return all(epoch.permit for epoch in seen[-_HELD:])


def _permit_lost(seen: Sequence[_Epoch], already: bool) -> bool:
    """Gone after three epochs in a row; back after two."""
    if already:
        return not all(epoch.permit for epoch in seen[-2:])
    before = seen[-_HELD - 1 : -1]
    return not seen[-1].permit and len(before) == _HELD and all(epoch.permit for epoch in before)


def _dropped(values: Sequence[float], since: int | None, limit: float, calm: float) -> bool:
    """Two epochs in a row below `limit` of the median of up to 20 before; over after two at `calm` of it."""
    if len(values) < 2:
        return False
    before = (values[:-2] if since is None else values[: min(since, len(values)) - 2])[-_WINDOW:]
    usual = median(before) if len(before) >= _LEAST else 0.0
    if not usual:
        return False
    newest = [value / usual for value in values[-2:]]
    return max(newest) < limit or (since is not None and min(newest) < calm)

"""What a delegate has to do in this cycle and the next: its attesting power, and the levels it bakes at round 0.

Asked once per cycle. A node may refuse questions about a whole cycle; it is then asked again after an hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from collectors.errors import SourceError
from collectors.interface import Plan
from collectors.rpc import RpcClient
from collectors.tezos import paths
from collectors.tezos.ledger import Ledger
from collectors.tezos.rights import parse_attestation_rights, parse_baking_rights
from monitor.model import Reading

BAKES, POWER = "cycle_bakes", "cycle_power"
TIMEOUT = 20.0
"""Seconds: the node computes a whole cycle's rights anew."""
ASK_AGAIN = 3600
"""Seconds after an answer that did not come."""


def bakes_wanted(plan: Plan, ledger: Ledger) -> Iterator[tuple[str, ...]]:
    """Groups of delegates whose baking levels of the current cycle are not known."""
    missing = [target for target in ledger.watched if _outdated(plan, ledger, target, BAKES)]
    size = paths.MAX_FILTERED_DELEGATES
    for start in range(0, len(missing), size):
        yield tuple(missing[start : start + size])


def power_wanted(plan: Plan, ledger: Ledger) -> Iterator[str]:
    """Delegates whose attesting power of the current or the next cycle is not known."""
    if ledger.cycle is None:
        return
    for target in ledger.watched:
        if _outdated(plan, ledger, target, POWER):
            yield target
            continue
        reading = plan.readings[target, POWER]
        if None in (reading.value["power"], reading.value["next_power"]) and plan.now >= reading.value["ask_at"]:
            yield target


def _outdated(plan: Plan, ledger: Ledger, target: str, kind: str) -> bool:
    reading = plan.readings.get((target, kind))
    return ledger.cycle is not None and (reading is None or reading.value["cycle"] != ledger.cycle)


def read_bakes(
    client: RpcClient, plan: Plan, ledger: Ledger, final: int, exclude: Sequence[str], targets: Sequence[str]
) -> list[Reading]:
    """One request for the round-0 rights of all `targets` in the current cycle."""
    cycle = ledger.cycle
    assert cycle is not None
    path, params = paths.cycle_baking_rights(final, cycle, targets)
    levels: dict[str, list[int]] = {target: [] for target in targets}
    try:
        answer = client.get(path, params, exclude=exclude, timeout=TIMEOUT, optional=True)
        for right in parse_baking_rights(answer.value):
            if right.delegate in levels and right.round == 0:
                levels[right.delegate].append(right.level)
    except SourceError:
        # Only the "next right" of messages hangs on this: an empty answer for this cycle is enough.
        levels = {target: [] for target in targets}
    return [
        Reading(ledger.network, target, BAKES, final, plan.now, {"cycle": cycle, "levels": sorted(found)})
        for target, found in levels.items()
    ]


def read_power(
    client: RpcClient, plan: Plan, ledger: Ledger, final: int, exclude: Sequence[str], target: str
) -> list[Reading]:
    """One request: the power of the next cycle, or of this one where the last cycle's reading does not tell it."""
    cycle = ledger.cycle
    assert cycle is not None
    before = plan.readings.get((target, POWER))
    power, next_power = None, None
    if before is not None and before.value["cycle"] == cycle:
        power, next_power = before.value["power"], before.value["next_power"]
    elif before is not None and before.value["cycle"] == cycle - 1:
        power = before.value["next_power"]
    asked = cycle if power is None else cycle + 1
    path, params = paths.cycle_attestation_rights(final, asked, target)
    found: int | None = None
    try:
        answer = client.get(path, params, exclude=exclude, timeout=TIMEOUT, optional=True)
        found = sum(right.power for right in parse_attestation_rights(answer.value) if right.delegate == target)
    except SourceError:
        found = None
    if asked == cycle:
        power = found
    else:
        next_power = found
    ask_at = plan.now if found is not None else plan.now + ASK_AGAIN
    return [
        Reading(
            ledger.network,
            target,
            POWER,
            final,
            plan.now,
            {"cycle": cycle, "power": power, "next_power": next_power, "ask_at": ask_at},
        )
    ]

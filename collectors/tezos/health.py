"""The state of delegates, a little in every run: at most two requests, none when the head has not moved.

First the constants where they are missing; then, side by side, what an event asks for (a miss, a denunciation, a key
change, a new cycle, a delegate never read) and the rights of this cycle and the next; and when nothing asks, the
delegate whose state is oldest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from collectors.errors import Lagging, NodeError, OutOfTime, SourceError
from collectors.interface import READ_FAILED, Plan
from collectors.rpc import RpcClient
from collectors.tezos import paths
from collectors.tezos.constants import parse_constants
from collectors.tezos.cycle_rights import bakes_wanted, power_wanted, read_bakes, read_power
from collectors.tezos.delegate import not_registered, parse_delegate
from collectors.tezos.ledger import Ledger
from monitor.model import Reading
from monitor.tezos_model import DelegateState

MAX_REQUESTS = 2
DELEGATE, CONSTANTS = "delegate", "constants"


@dataclass(frozen=True, slots=True)
class Health:
    readings: tuple[Reading, ...] = ()
    read_targets: tuple[str, ...] = ()
    """Delegates whose state was read: no longer due."""
    failed_targets: tuple[str, ...] = ()
    """Delegates whose state was asked and not told."""
    skipped: tuple[str, ...] = ()
    """What was wanted and not answered, and why."""


@dataclass(frozen=True, slots=True)
class _Wish:
    kind: str
    targets: tuple[str, ...]


def read_health(client: RpcClient, plan: Plan, ledger: Ledger, final: int, exclude: Sequence[str]) -> Health:
    """Reads at the newest finalised block; `ledger` tells the cycle, and whom this run's blocks named. Never raises."""
    if not ledger.advanced or not ledger.watched:
        return Health()
    readings: list[Reading] = []
    read_targets: list[str] = []
    failed_targets: list[str] = []
    skipped: list[str] = []
    for wish in islice(_wishes(plan, ledger), MAX_REQUESTS):
        try:
            readings += _read(client, plan, ledger, final, exclude, wish)
        except SourceError as error:
            skipped.append(f"{wish.kind} {', '.join(wish.targets)}: {error}")
            if wish.kind == DELEGATE and not isinstance(error, OutOfTime):
                failed_targets += wish.targets
        else:
            if wish.kind == DELEGATE:
                read_targets += wish.targets
    return Health(tuple(readings), tuple(read_targets), tuple(failed_targets), tuple(skipped))


def _wishes(plan: Plan, ledger: Ledger) -> Iterator[_Wish]:
    if ledger.protocol is not None and (ledger.protocol, CONSTANTS) not in plan.readings:
        yield _Wish(CONSTANTS, (ledger.protocol,))
    asked_for = [_Wish(DELEGATE, (target,)) for target in _asked_for(plan, ledger)]
    rights = chain(
        (_Wish("bakes", targets) for targets in bakes_wanted(plan, ledger)),
        (_Wish("power", (target,)) for target in power_wanted(plan, ledger)),
    )
    wishes = [wish for pair in zip_longest(asked_for, rights) for wish in pair if wish is not None]
    yield from wishes
    read = [target for target in ledger.watched if (target, DELEGATE) in plan.readings]
    if not wishes and read:
        yield _Wish(DELEGATE, (min(read, key=lambda target: plan.readings[target, DELEGATE].read_at),))
    # Last, so that one that is never told keeps nobody else from being read.
    yield from (_Wish(DELEGATE, (target,)) for target in _failed(plan) if target in ledger.watched)


def _asked_for(plan: Plan, ledger: Ledger) -> Iterable[str]:
    """Due delegates, those that waited longest first; then those that were never read."""
    never = (target for target in ledger.watched if (target, DELEGATE) not in plan.readings)
    due, failed = (target for target, _ in plan.due), _failed(plan)
    wanted = dict.fromkeys(chain(due, ledger.new_due, never))
    return (target for target in wanted if target in ledger.watched and target not in failed)


def _failed(plan: Plan) -> tuple[str, ...]:
    return tuple(target for target, reason in plan.due if reason == READ_FAILED)


def _read(
    client: RpcClient, plan: Plan, ledger: Ledger, final: int, exclude: Sequence[str], wish: _Wish
) -> list[Reading]:
    if wish.kind == "bakes":
        return read_bakes(client, plan, ledger, final, exclude, wish.targets)
    if wish.kind == "power":
        return read_power(client, plan, ledger, final, exclude, wish.targets[0])
    (target,) = wish.targets
    if wish.kind == CONSTANTS:
        answer = client.get(paths.constants(final), exclude=exclude)
        value = parse_constants(answer.value, target).to_value()
    else:
        value = _read_delegate(client, final, exclude, target).to_value()
    return [Reading(ledger.network, target, wish.kind, final, plan.now, value)]


def _read_delegate(client: RpcClient, final: int, exclude: Sequence[str], target: str) -> DelegateState:
    try:
        # Once: that an address is no delegate is "temporary" in Octez' words, and asking again does not change it.
        answer = client.get(paths.delegate(final, target), exclude=exclude, tries=1)
    except (NodeError, Lagging) as error:
        if not_registered(error.ids):
            return DelegateState(target, registered=False)
        raise
    return parse_delegate(answer.value, target)

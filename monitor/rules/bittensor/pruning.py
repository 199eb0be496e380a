"""Whose place a new registration takes: the order of `get_neuron_to_prune`."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.bittensor.subnet import SubnetState


@dataclass(frozen=True, slots=True)
class Rank:
    """How many registrations away a uid's end is."""

    before: int
    """UIDs that are deregistered before it; 0: it is the next one."""
    immune: bool


def prune_rank(subnet: SubnetState, uid: int, block: int) -> Rank | None:
    """Lowest emission first, then the older registration, then the lower uid; those in immunity after all others.

    While `min_non_immune` or fewer are not immune, immune ones go instead (the chain keeps that many out of reach).
    The owner's are never pruned: None, as where a part was not read.
    """
    vectors, immunity = subnet.vectors, subnet.hyperparameter("immunity_period")
    emission, registered = vectors.emission, vectors.registered_at
    if emission is None or registered is None or immunity is None or uid >= min(len(emission), len(registered)):
        return None
    safe = frozenset(subnet.owner_uids or ())
    if uid in safe:
        return None
    order = sorted(
        (emission[other], registered[other], other)
        for other in range(min(len(emission), len(registered)))
        if other not in safe
    )
    immune = {other for _, since, other in order if block - since < immunity}
    mortal = [other for _, _, other in order if other not in immune]
    young = [other for _, _, other in order if other in immune]
    takeable = max(0, len(mortal) - (subnet.min_non_immune or 0))
    first, kept = mortal[:takeable], mortal[takeable:]
    queue = [*first, *young, *kept]
    return Rank(queue.index(uid), uid in immune)


def is_full(subnet: SubnetState) -> bool | None:
    """Whether a registration takes somebody's place; None where that was not read."""
    if subnet.neurons is None or subnet.max_uids is None:
        return None
    return subnet.neurons >= subnet.max_uids

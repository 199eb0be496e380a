"""How far a validator's stake is from losing its permit."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.rules.bittensor.context import BittensorContext


@dataclass(frozen=True, slots=True)
class Margin:
    """Stake weights, rao."""

    own: int
    needed: int
    """What it must have: the stake of the one who would take its place, or StakeThreshold where that is more."""

    @property
    def ratio(self) -> float:
        return self.own / self.needed if self.needed else float("inf")


def margin(context: BittensorContext, leaving: float = 0.0) -> Margin | None:
    """Beside the K-th stake of the *others*, K being the number of permits: with more than that, fewer than K stand
    before it. `leaving`: the share of its stake that is about to go. None where a part was not read."""
    subnet, neuron, threshold = context.subnet, context.neuron, context.chain.stake_threshold
    if subnet is None or neuron is None or neuron.uid is None or threshold is None:
        return None
    permits = subnet.hyperparameter("max_validators")
    stakes = subnet.vectors.total_stake
    if not permits or stakes is None or neuron.uid >= len(stakes):
        return None
    others = sorted((stake for uid, stake in enumerate(stakes) if uid != neuron.uid), reverse=True)
    rival = others[permits - 1] if len(others) >= permits else 0
    return Margin(round(stakes[neuron.uid] * (1 - leaving)), max(rival, threshold))

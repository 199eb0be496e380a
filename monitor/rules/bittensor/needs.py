"""What makes a rule meaningful for a target. Each answers why it does not, or None."""

from __future__ import annotations

from monitor.bittensor.units import ROOT
from monitor.rules.bittensor.context import BittensorContext


def registration(context: BittensorContext) -> str | None:
    """A hotkey that holds a uid on the subnet."""
    return "not-registered" if context.neuron is not None and context.neuron.registered is False else None


def subnet(context: BittensorContext) -> str | None:
    return "subnet-removed" if context.subnet is not None and context.subnet.exists is False else None


def mining_subnet(context: BittensorContext) -> str | None:
    """Not the root network, which has no weights and no miners."""
    return "root-network" if context.subnet is not None and context.subnet.netuid == ROOT else None


def yuma(context: BittensorContext) -> str | None:
    """A consensus that gives trust and dividends."""
    return "null-consensus" if context.subnet is not None and context.subnet.consensus == "null" else None


def validator(context: BittensorContext) -> str | None:
    return None if context.validates else "no-validator"


def miner(context: BittensorContext) -> str | None:
    return "no-miner" if context.validates else None


def permit(context: BittensorContext) -> str | None:
    return "no-permit" if context.neuron is not None and context.neuron.permit is False else None


def established_permit(context: BittensorContext) -> str | None:
    """A permit that is older than its first three epochs."""
    return permit(context) or ("new-permit" if context.new_permit else None)


def own_stake(context: BittensorContext) -> str | None:
    """Not a parent whose whole stake works for its children."""
    return "stake-lent" if context.neuron is not None and context.neuron.lends_everything else None


def prunable(context: BittensorContext) -> str | None:
    """A uid that a registration can take: the owner's is out of reach."""
    owners = () if context.subnet is None else context.subnet.owner_uids or ()
    return "owner-immune" if context.neuron is not None and context.neuron.uid in owners else None


NEURON = (subnet, registration)
VALIDATOR = (*NEURON, mining_subnet, validator, own_stake)
WORKING_VALIDATOR = (*VALIDATOR, established_permit)
EARNING_VALIDATOR = (*WORKING_VALIDATOR, yuma)
MINER = (*NEURON, mining_subnet, miner)
"""In the order in which the reasons are told."""

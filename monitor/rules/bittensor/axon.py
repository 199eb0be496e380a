"""axon: a miner does not say where it serves, or says another place than it should.

Severity: warning; critical where it differs from the expected address. Closes when it is served, and as expected.
"""

from __future__ import annotations

from monitor.bittensor.neuron import Axon
from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, bad
from monitor.rules.interface import ok


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    neuron = context.neuron
    if neuron is None or neuron.axon is None:
        return NOT_READ
    axon, expected = neuron.axon, context.expected.axon
    if not axon.served:
        return bad(Severity.WARNING, "not-served", {"expected": expected})
    if expected is not None and not _same(axon, expected):
        return bad(Severity.CRITICAL, "differs", {"axon": str(axon), "expected": expected})
    return ok("", axon=str(axon))


def _same(axon: Axon, expected: str) -> bool:
    return expected in (str(axon), axon.ip)


def _wanted(context: BittensorContext) -> str | None:
    """A validator serves nothing, unless somebody says it should."""
    return None if context.expected.axon is not None else needs.miner(context)


RULE = Condition(
    id="M5",
    card=Card(
        name="axon",
        title="Axon not served",
        kind="miner",
        default="for two minutes it serves no axon, or another one than `expected.axon`",
        severity="warning; critical where it is not the expected one",
        recovery="served, and as expected",
    ),
    about="A miner does not say where it serves, or says another place than it should.",
    read="`Axons`; what the chain says, no connection is made",
    scopes=("neuron",),
    assess=assess,
    needs=(*needs.NEURON, needs.mining_subnet, _wanted),
    policy=Policy(fire_after=120, flapping=True),
)

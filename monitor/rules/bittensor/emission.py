"""emission: a subnet gets less τ than it did, or none.

Severity: warning; critical when it is switched off or zero. Both for an hour. Closes at 80 % of the day's median.
"""

from __future__ import annotations

from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, Threshold, bad
from monitor.rules.bittensor.pace import day_median
from monitor.rules.interface import ok, unknown


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet = context.subnet
    if subnet is None or (subnet.tao_in_emission is None and subnet.emission_enabled is None):
        return NOT_READ
    usual = day_median(context.samples("tao_in_emission"), context.block)
    had = _had_emission(context)
    if subnet.emission_enabled is False:
        return bad(Severity.CRITICAL, "disabled") if had or episode.open else unknown("no-emission")
    if subnet.tao_in_emission is None:
        return NOT_READ
    if subnet.tao_in_emission == 0:
        return bad(Severity.CRITICAL, "zero") if had or episode.open else unknown("no-emission")
    if not usual:
        return ok() if episode.open else unknown("few-samples")
    share = subnet.tao_in_emission / usual
    evidence = {"value": subnet.tao_in_emission, "usual": usual, "drop": max(0.0, 1 - share)}
    if share < limits["warning"] or (episode.open and share < limits["recovery"]):
        return bad(Severity.WARNING, "lower", evidence)
    return ok("", **evidence)


def _had_emission(context: BittensorContext) -> bool:
    """A subnet that never had any loses nothing."""
    return any(sample.value for sample in context.samples("tao_in_emission").values)


RULE = Condition(
    id="S6",
    card=Card(
        name="emission",
        title="Subnet emission drop",
        kind="subnet",
        default="τ emission 30 % below its median of a day, for an hour",
        severity="warning; critical at none, or switched off",
        recovery="80 % of its median of a day",
    ),
    about="A subnet gets less τ than it did, or none.",
    read="`SubnetTaoInEmission`, `SubnetEmissionEnabled`",
    scopes=("subnet",),
    assess=assess,
    thresholds=(
        Threshold("warning", 0.7, "of the day's median", "emission"),
        Threshold("recovery", 0.8, "of the day's median", "emission"),
    ),
    needs=(needs.subnet, needs.mining_subnet),
    policy=Policy(fire_after=3600, flapping=True),
)

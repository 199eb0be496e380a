"""weights_stale: a validator has not set or committed weights for longer than it usually does.

Severity: warning; critical when 70 % of the activity cutoff are gone. Closes with fresh weights. On a subnet that
commits and reveals, LastUpdate tells of commits: whether they were revealed is `reveal_missing`'s to say. Judged per
mechanism, told once per subnet, of the mechanism that is worst.
"""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from monitor.bittensor.subnet import SubnetState
from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, Threshold, bad
from monitor.rules.interface import ok

INTERVALS = 20
LEAST_INTERVALS = 4
"""Four intervals are five times that weights were seen to be set."""


def warning_age(context: BittensorContext, mechanism: int = 0) -> int | None:
    """Blocks from which weights are stale: max(2.5 x the own median interval, 1.5 x tempo, 2 x the rate limit), at most
    half of the activity cutoff."""
    subnet = context.subnet
    if subnet is None or not subnet.tempo:
        return None
    usual = usual_interval(context, mechanism)
    rate_limit = subnet.hyperparameter("weights_rate_limit") or 0
    age = max(2.5 * (usual or 0), 1.5 * subnet.tempo, 2 * rate_limit)
    cutoff = subnet.activity_cutoff
    return round(min(age, 0.5 * cutoff) if cutoff else age)


def usual_interval(context: BittensorContext, mechanism: int = 0) -> float | None:
    """Median of blocks between its own weights; None before five were seen."""
    values = context.samples("last_update" if mechanism == 0 else f"last_update_{mechanism}").values
    seen = [sample.value for sample in values][-INTERVALS - 1 :]
    gaps = [later - earlier for earlier, later in pairwise(seen) if later > earlier]
    return median(gaps) if len(gaps) >= LEAST_INTERVALS else None


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet, neuron = context.subnet, context.neuron
    ages = context.ages()
    if subnet is None or neuron is None or neuron.permit is None or not ages or None in ages or not subnet.tempo:
        return NOT_READ
    cutoff = subnet.activity_cutoff
    worst: Verdict | None = None
    for mechanism, age in enumerate(ages):
        assert age is not None
        warn = limits.get("warning", warning_age(context, mechanism))
        critical = limits.get("critical", 0.7 * cutoff if cutoff else None)
        assert warn is not None
        calm = limits.get("recovery", min(1.5 * subnet.tempo, 0.8 * warn))
        severity = Severity.CRITICAL if critical is not None and age > critical else Severity.WARNING
        if not (age > warn or severity is Severity.CRITICAL or (episode.open and age > calm)):
            continue
        evidence = _evidence(context, subnet, mechanism, age, round(warn))
        if worst is None or severity.rank > worst.severity.rank or age > worst.evidence["age"]:
            worst = bad(severity, "stale", evidence)
    return worst or ok("", age=max(age for age in ages if age is not None))


def _evidence(context: BittensorContext, subnet: SubnetState, mechanism: int, age: int, warn: int) -> dict[str, object]:
    fresh, others = _others(context, mechanism, warn)
    cutoff = subnet.activity_cutoff
    return {
        "age": age,
        "usual": usual_interval(context, mechanism),
        "mechanism": mechanism if len(context.ages()) > 1 else None,
        "blocks_left": None if cutoff is None else max(0, cutoff - age),
        "fresh": fresh,
        "others": others,
        "commits": subnet.commits_and_reveals or None,
    }


def _others(context: BittensorContext, mechanism: int, warn: int) -> tuple[int | None, int | None]:
    """How many of the other permit holders have weights younger than `warn` blocks."""
    subnet, neuron = context.subnet, context.neuron
    assert subnet is not None
    assert neuron is not None
    permits, updates = subnet.vectors.validator_permit, subnet.vectors.last_update
    vector = updates[mechanism] if mechanism < len(updates) else None
    if permits is None or vector is None:
        return None, None
    ages = [
        context.block - update
        for uid, (permit, update) in enumerate(zip(permits, vector, strict=False))
        if permit and uid != neuron.uid
    ]
    return sum(age <= warn for age in ages), len(ages)


RULE = Condition(
    id="V1",
    card=Card(
        name="weights_stale",
        title="Weights stale",
        kind="validator",
        default="no weights for max(2.5 × its own median interval, 1.5 × tempo, 2 × rate limit) blocks, at most half "
        "of the activity cutoff",
        severity="warning; critical from 70 % of the activity cutoff",
        recovery="weights younger than 1.5 × tempo",
    ),
    about="A validator has not set (or committed) weights for longer than it usually does.",
    read="`LastUpdate`, per mechanism; how often it moved before",
    scopes=("neuron",),
    assess=assess,
    thresholds=(
        Threshold("warning", None, "blocks", "age of the weights; as above"),
        Threshold("critical", None, "blocks", "age of the weights; 70 % of the activity cutoff"),
        Threshold("recovery", None, "blocks", "age of the weights; the smaller of 1.5 × tempo and 80 % of warning"),
    ),
    needs=needs.WORKING_VALIDATOR,
    policy=Policy(flapping=True),
)

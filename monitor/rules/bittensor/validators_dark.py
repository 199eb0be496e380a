"""validators_dark: many of a subnet's validators set no weights, so that few decide over all emission.

Severity: warning; critical from half of the stake. Closes below 15 %.
"""

from __future__ import annotations

from monitor.bittensor.subnet import SubnetState
from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Threshold, bad
from monitor.rules.interface import ok

DARK_TEMPOS = 3


def dark_share(subnet: SubnetState, block: int) -> float | None:
    """The share of stake with a permit whose newest weights, of any mechanism, are older than three tempos. None where
    a part was not read or nobody has a permit."""
    vectors, tempo = subnet.vectors, subnet.tempo
    updates = [vector for vector in vectors.last_update if vector is not None]
    if vectors.validator_permit is None or vectors.total_stake is None or not updates or not tempo:
        return None
    total = dark = 0
    for uid, (permit, stake) in enumerate(zip(vectors.validator_permit, vectors.total_stake, strict=False)):
        if not permit:
            continue
        newest = max((vector[uid] for vector in updates if uid < len(vector)), default=0)
        total += stake
        dark += stake if block - newest > DARK_TEMPOS * tempo else 0
    return dark / total if total else None


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet = context.subnet
    now = None if subnet is None else dark_share(subnet, context.block)
    if subnet is None or now is None or subnet.last_epoch_block is None:
        return NOT_READ
    epochs = max(1, round(limits["epochs"]))
    newest = (*context.samples("validators_dark").before(subnet.last_epoch_block).last(epochs - 1), now)
    evidence = {"share": now}
    enough = len(newest) >= epochs
    if min(newest) > limits["critical"]:
        return bad(Severity.CRITICAL, "dark", evidence, reached=enough)
    if min(newest) > limits["warning"]:
        return bad(Severity.WARNING, "dark", evidence, reached=enough)
    if now > limits["warning"] or (episode.open and now >= limits["recovery"]):
        return bad(Severity.WARNING, "dark", evidence, reached=episode.open)
    return ok("", **evidence)


RULE = Condition(
    id="S9",
    card=Card(
        name="validators_dark",
        title="Validators dark",
        kind="subnet",
        default="more than 20 % of the stake with a permit set no weights for 3 tempos, for two epochs",
        severity="warning; critical from half of the stake",
        recovery="below 15 %",
    ),
    about="Many of a subnet's validators set no weights, so that few decide over all emission.",
    read="`LastUpdate`, `ValidatorPermit` and stake weights of all uids",
    scopes=("subnet",),
    assess=assess,
    thresholds=(
        Threshold("warning", 0.20, "share", "of the stake with a permit"),
        Threshold("critical", 0.50, "share", "of the stake with a permit"),
        Threshold("recovery", 0.15, "share", "of the stake with a permit"),
        Threshold("epochs", 2, "epochs", "in a row"),
    ),
    needs=(needs.subnet, needs.mining_subnet, needs.yuma),
)

"""prune_risk: a subnet is among those that make room for the next one.

Severity: warning; critical where it is the very next, and there is no room. Closes after an hour above rank 8.
"""

from __future__ import annotations

from monitor.bittensor.chain import ChainState
from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import NOT_READ, Card, Condition, Episode, Limits, Policy, Threshold, bad
from monitor.rules.interface import ok


def rank(chain: ChainState, netuid: int) -> int | None:
    """1 for the subnet that goes first: lowest moving price, then oldest. None where a part was not read; 0 while it is
    immune."""
    standings, immunity = chain.standings, chain.network_immunity_period
    if standings is None or immunity is None or netuid not in standings:
        return None
    mortal = sorted(
        (standing.moving_price, standing.registered_at, other)
        for other, standing in standings.items()
        if chain.block >= standing.registered_at + immunity
    )
    places = [other for _, _, other in mortal]
    return places.index(netuid) + 1 if netuid in places else 0


def assess(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    subnet, chain = context.subnet, context.chain
    place = None if subnet is None else rank(chain, subnet.netuid)
    free = chain.free_subnets
    if subnet is None or place is None or free is None:
        return NOT_READ
    assert chain.standings is not None
    evidence = {"rank": place, "free": free, "price": chain.standings[subnet.netuid].moving_price}
    if place == 0:
        return ok("immune", **evidence)
    if free == 0 and (chain.subnet_to_prune == subnet.netuid if chain.subnet_to_prune is not None else place == 1):
        return bad(Severity.CRITICAL, "next", evidence)
    if place <= limits["warning"] or (episode.open and place <= limits["recovery"]):
        return bad(Severity.WARNING, "near", evidence)
    return ok("", **evidence)


RULE = Condition(
    id="S4",
    card=Card(
        name="prune_risk",
        title="Subnet may be pruned",
        kind="subnet",
        default="among the 5 subnets with the lowest moving price that are not immune, for 9 minutes",
        severity="warning; critical where the next new subnet takes its place",
        recovery="above rank 8 for an hour",
    ),
    about="A subnet is among those that make room for the next one.",
    read="`SubnetMovingPrice` and `NetworkRegisteredAt` of all subnets, `get_subnet_to_prune`, `SubnetLimit`, "
    "`TotalNetworks`, `DissolveCleanupQueue`",
    scopes=("subnet",),
    assess=assess,
    thresholds=(
        Threshold("warning", 5, "rank", "1 goes first"),
        Threshold("recovery", 8, "rank", "that must be passed"),
    ),
    needs=(needs.subnet, needs.mining_subnet),
    policy=Policy(fire_after=540, resolve_after=3600, flapping=True),
)

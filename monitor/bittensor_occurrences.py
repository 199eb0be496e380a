"""What blocks told of the watched targets, as far back as rules look: all of the last day, and some of it longer.

Forgetting is not the same as being over: a commit out of sight would look like one that was revealed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection

from collectors.bittensor.interface import Snapshot
from monitor.bittensor.units import BLOCKS_PER_DAY
from monitor.checks import Checks
from monitor.model import Occurrence
from monitor.observations import newest_occurrences, occurrences_between
from monitor.rules.bittensor import reveal_missing
from monitor.rules.bittensor.occurrences import SWAPPED_AWAY
from monitor.rules.bittensor.reveal_missing import COMMITTED, REVEALED, looks_back
from monitor.rules.bittensor.subnet_removed import DISSOLVE_SCHEDULED
from monitor.rules.bittensor.watched import neuron_target
from monitor.state import newest_gap
from monitor.targets import targets

Occurrences = Mapping[str, Mapping[str, tuple[Occurrence, ...]]]
"""Target -> kind -> what occurred, oldest first."""
NEWEST = (SWAPPED_AWAY, DISSOLVE_SCHEDULED)
"""Kinds of which the newest is remembered however old it is."""


def known_occurrences(connection: Connection, snapshot: Snapshot, checks: Checks) -> Occurrences:
    network, block = checks.network, snapshot.chain.block
    yesterday = block - BLOCKS_PER_DAY
    further = {target: first for target, first in _commits_since(snapshot, checks).items() if first < yesterday}
    found: defaultdict[str, defaultdict[str, list[Occurrence]]] = defaultdict(lambda: defaultdict(list))
    if further:
        first = min(further.values())
        kinds = (COMMITTED, REVEALED)
        for one in occurrences_between(connection, network, first, yesterday, targets=further, kinds=kinds):
            if one.level > further[one.target]:
                found[one.target][one.kind].append(one)
    for one in occurrences_between(connection, network, yesterday, block):
        found[one.target][one.kind].append(one)
    for target, kinds_of in newest_occurrences(connection, network, NEWEST).items():
        found[target].update({kind: [one] for kind, one in kinds_of.items() if kind not in found[target]})
    return {target: {kind: tuple(those) for kind, those in kinds.items()} for target, kinds in found.items()}


def read_since(connection: Connection, network: str) -> dict[str, int]:
    """Target -> the first block from which on every block was read for it: after the newest gap, and since it is on
    the watch list."""
    first = newest_gap(connection, network) + 1
    return {name: max(first, row.since_level) for name, row in targets(connection, network).items()}


def _commits_since(snapshot: Snapshot, checks: Checks) -> dict[str, int]:
    """Neuron -> the block after which its commits still matter: where an incident is open, as seen from its opening."""
    since = {}
    for netuid, hotkey in snapshot.neurons:
        subnet = snapshot.subnets.get(netuid)
        if subnet is not None:
            target = neuron_target(netuid, hotkey)
            opened = checks.get(target, reveal_missing.RULE.card.name).state.episode.opened_level
            back = max(BLOCKS_PER_DAY, looks_back(subnet))
            since[target] = (snapshot.chain.block if opened is None else opened) - back
    return since

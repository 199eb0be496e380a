"""What a monitor should say of a chain, by its rules' names: from which block to which, for which target.

Judged anew from what the chain holds, block after block, by the documented defaults, with all of its history known.
A rule that waits before it tells (or before it closes) does so later than is said here; one that looks back on more
than was read knows less. Not said: `permit_margin`, `root_dividends_drop`, `burn_price` and `version_key` (they hang on
settings or on what else is read); `dereg_risk` only where fewer than 3 uids go before, which is critical in any case.
For the target "source" blocks are heads, else finalised blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import NamedTuple

from simulator.subtensor.chain import Chain
from simulator.subtensor.hashing import ss58
from simulator.subtensor.ledger import Ledger, neuron_target
from simulator.subtensor.neuron_truth import NeuronTruth
from simulator.subtensor.notice_truth import notices
from simulator.subtensor.subnet_truth import SubnetTruth, coldkey_bad

SOURCE = "source"
Judge = Callable[[int, frozenset[str]], Iterable[str]]
"""(block, the rules that were bad in the block before) -> the rules that are bad."""


class Truth(NamedTuple):
    """`rule` should be bad for `target` from block `first` to block `last`, both inclusive (None: still at the end).

    What is told once has the block it happened in as both.
    """

    rule: str
    target: str
    first: int
    last: int | None


def truth(chain: Chain, until: int, targets: Collection[str] = ()) -> list[Truth]:
    """Up to block `until`, by first block. `targets`: "netuid/hotkey", "netuid", addresses, "source"; none: all.

    Takes about 1 ms for a block and 20 neurons: name targets where there are many.
    """
    ledger = Ledger(chain, until)
    runs = _Runs(targets)
    for netuid, hotkey in ledger.neurons:
        if runs.wants(target := neuron_target(netuid, hotkey)):
            neuron = NeuronTruth(ledger, netuid, hotkey)
            runs.fill(target, ledger, neuron.bad)
    for netuid in ledger.netuids:
        if runs.wants(str(netuid)):
            runs.fill(str(netuid), ledger, SubnetTruth(ledger, netuid).bad)
    for coldkey in sorted({place.parts[0] for place in chain.state.places("System", "Account")}):
        if runs.wants(target := ss58(coldkey)):
            runs.fill(target, ledger, partial(coldkey_bad, ledger, coldkey))
    if runs.wants(SOURCE):
        runs.fill(SOURCE, ledger, lambda block, known: _chain_bad(ledger, block))
    once = (Truth(rule, target, block, block) for rule, target, block in notices(ledger) if runs.wants(target))
    return sorted({*runs.found(), *once}, key=lambda one: (one.first, one.rule, one.target))


def _chain_bad(ledger: Ledger, head: int) -> Iterable[str]:
    chain = ledger.chain
    final = chain.finalized_of(head)
    if chain.timestamp(head + 1) - chain.timestamp(final) > 120:
        yield "chain_stalled"
    if head - final > 10:
        yield "finality_lag"
    release = chain.runtime_of(head).release
    if release.gone or release.retyped:
        yield "runtime_upgraded"


class _Runs:
    """Stretches of blocks in which something is bad."""

    def __init__(self, targets: Collection[str]) -> None:
        self._targets = frozenset(targets)
        self._found: list[Truth] = []

    def wants(self, target: str) -> bool:
        return not self._targets or target in self._targets

    def fill(self, target: str, ledger: Ledger, bad: Judge) -> None:
        since: dict[str, int] = {}
        for block in range(ledger.first, ledger.until + 1):
            now = frozenset(bad(block, frozenset(since)))
            for rule in since.keys() - now:
                self._found.append(Truth(rule, target, since.pop(rule), block - 1))
            for rule in now - since.keys():
                since[rule] = block
        self._found += [Truth(rule, target, first, None) for rule, first in since.items()]

    def found(self) -> list[Truth]:
        return self._found

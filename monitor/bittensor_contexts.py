"""What each rule of Bittensor is given: a snapshot joined with the watch list, history and what blocks told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from collectors.bittensor.interface import Snapshot
from monitor.bittensor.history import History, Sample
from monitor.bittensor.neuron import Neuron, Relative
from monitor.bittensor_targets import BittensorTargets, Entry
from monitor.config.bittensor import Expected as WantedState
from monitor.model import Occurrence
from monitor.rules.bittensor.context import BittensorContext, Expected
from monitor.rules.bittensor.sampling import neuron_samples, root_dividends_value, subnet_samples
from monitor.rules.bittensor.watched import CHAIN, neuron_target

REGISTRATIONS = "registrations"


@dataclass(frozen=True, slots=True)
class Contexts:
    snapshot: Snapshot
    watched: BittensorTargets
    now: int
    history: Mapping[str, History] = field(default_factory=dict)
    """By target."""
    occurrences: Mapping[str, Mapping[str, tuple[Occurrence, ...]]] = field(default_factory=dict)
    """By target and kind."""
    read_since: Mapping[str, int] = field(default_factory=dict)
    """By target: the first block from which on every block was read for it."""
    baselines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By target: what the run before knew of it (`rules.bittensor.baseline`)."""

    def __iter__(self) -> Iterator[tuple[str, BittensorContext]]:
        """Every target with what is known of it, the chain last."""
        for netuid, hotkey in self.snapshot.neurons:
            target = neuron_target(netuid, hotkey)
            yield target, self._neuron(target, self.snapshot.neurons[netuid, hotkey])
        for hotkey, state in self.snapshot.hotkeys.items():
            yield hotkey, self._context(hotkey, scope="hotkey", hotkey=state)
        for subnet in self.watched.on.subnets:
            state_of = self.snapshot.subnets.get(subnet.netuid)
            if state_of is not None:
                owner = self.snapshot.coldkeys.get(state_of.owner or "")
                yield (
                    str(subnet.netuid),
                    self._context(str(subnet.netuid), scope="subnet", subnet=state_of, coldkey=owner),
                )
        for entry in self.watched.on.coldkeys:
            wallet = self.snapshot.coldkeys.get(entry.coldkey)
            if wallet is not None:
                yield entry.coldkey, self._context(entry.coldkey, scope="coldkey", coldkey=wallet)
        yield CHAIN, self._context(CHAIN, scope="chain")

    def _neuron(self, target: str, neuron: Neuron) -> BittensorContext:
        history = dict(self.history.get(target, {}))
        registrations = self.history.get(str(neuron.netuid), {}).get(REGISTRATIONS)
        if registrations is not None:
            history[REGISTRATIONS] = registrations
        return self._context(
            target,
            scope="neuron",
            neuron=neuron,
            subnet=self.snapshot.subnets.get(neuron.netuid),
            hotkey=self.snapshot.hotkeys.get(neuron.hotkey),
            history=history,
            last_uid=self.baselines.get(target, {}).get("uid"),
        )

    def _context(self, target: str, **known: Any) -> BittensorContext:
        entry = self.watched.entry(target)
        known.setdefault("history", self.history.get(target, {}))
        says = entry or self.watched.on  # an entry holds what its group and the section say already
        return BittensorContext(
            chain=self.snapshot.chain,
            now=self.now,
            occurrences=self.occurrences.get(target, {}),
            read_since=self.read_since.get(target, 0),
            alerts=says.overrides,
            off=says.off,
            **_said(entry),
            **known,
        )


def samples_of(snapshot: Snapshot) -> dict[tuple[str, str], Sample]:
    """(target, metric) -> what the snapshot adds to history."""
    block = snapshot.chain.block
    taken: dict[tuple[str, str], Sample] = {}
    for netuid, subnet in snapshot.subnets.items():
        taken |= {(str(netuid), metric): sample for metric, sample in subnet_samples(subnet, block).items()}
    for (netuid, hotkey), neuron in snapshot.neurons.items():
        if netuid in snapshot.subnets:
            found = neuron_samples(snapshot.subnets[netuid], neuron, block)
            taken |= {(neuron_target(netuid, hotkey), metric): sample for metric, sample in found.items()}
    for hotkey in snapshot.hotkeys:
        earned = [
            (neuron, snapshot.subnets[netuid])
            for (netuid, owner), neuron in snapshot.neurons.items()
            if owner == hotkey and neuron.registered and netuid in snapshot.subnets
        ]
        value = root_dividends_value(earned, block) if earned else None
        if value is not None:
            taken[hotkey, "root_dividends_value"] = value
    return taken


def _said(entry: Entry | None) -> dict[str, Any]:
    """What the list says of a hotkey beside its alerts."""
    role = getattr(entry, "role", None)
    wanted: WantedState | None = getattr(entry, "expected", None)
    said: dict[str, Any] = {"role": role or "auto"}
    if wanted is not None:
        children = wanted.children
        said["expected"] = Expected(
            axon=wanted.axon,
            take=wanted.take,
            children=None if children is None else tuple(Relative(child.hotkey, child.share) for child in children),
            version_key=wanted.version_key,
        )
        said["explicit"] = getattr(entry, "netuids", None) is not None
    return said

"""`main.py test-alert`: takes the run lock, since it sends."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, select

from alerting.channels.console import Console
from alerting.pattern import names_of
from monitor.channels import channels_of
from monitor.clock import Clock, SystemClock
from monitor.commands.author import author
from monitor.config.bittensor import WatchedColdkey, WatchedHotkey, WatchedSubnet
from monitor.config.configuration import Configuration
from monitor.config.fields import Target
from monitor.config.watch_list import Delegate, WatchList
from monitor.database import fenced, open_database, reading
from monitor.lock import Lock, lock_of
from monitor.model import Event
from monitor.rehearsal import plain_test, rehearse, routed, rule_test, samples
from monitor.routes import routes_of
from monitor.rules.bittensor.watched import neuron_target
from monitor.schema import target as targets
from monitor.schema_version import verify

LONGEST_WAIT = 60.0
_USUAL: dict[type[Target], str] = {
    Delegate: "missed_attestation",
    WatchedHotkey: "weights_stale",
    WatchedSubnet: "hyperparam_changed",
    WatchedColdkey: "balance_low",
}
"""The rule that is tested where only a target is named."""
_KINDS: dict[type[Target], str] = {WatchedHotkey: "hotkey", WatchedSubnet: "netuid", WatchedColdkey: "coldkey"}
_Watched = tuple[str, Target]
"""(as it is a target, as it is on the list)."""


def run_test_alert(
    configuration: Configuration, channel: str | None, rule: str | None, target: str | None, clock: Clock | None = None
) -> int:
    """0 where every channel took it, 1 where one did not, 2 for a word that means nothing."""
    settings, clock = configuration.settings, clock or SystemClock()
    channels = dict(channels_of(settings, Console(sys.stdout)))
    if channel is not None and channel not in channels:
        return _refused(f"{channel} is not switched on; there is: {', '.join(channels) or 'no channel at all'}")
    if not channels:
        return _refused("no channel is switched on: SEND_TO_CONSOLE, SEND_TO_TELEGRAM, SEND_TO_CLOUDWATCH, NOTIFY_URLS")
    watched = _watched(configuration, rule, target)
    if rule is not None and rule not in samples():
        return _refused(f"{rule} is no rule; there is: {', '.join(sorted(samples()))}")
    if target is not None and watched is None and "#" not in target and target != "source":
        return _refused(f"{target} is not on the list")
    if rule is not None and watched is not None and not _may_be_of(rule, watched):
        return _refused(f"{rule} is not told of such a target as {target}")
    engine = open_database(settings.database_url.get_secret_value())
    verify(engine)
    event = _event(engine, configuration, watched, rule, target, clock.now())
    chosen = channels
    if channel is not None:
        chosen = {channel: channels[channel]}
    elif rule is not None or target is not None:
        chosen = routed(channels, routes_of(settings, channels), watched[1] if watched else None, event.severity)
        for name in channels.keys() - chosen.keys():
            print(f"{name}: not told of this ({event.severity.value})", file=sys.stderr)
    lock = lock_of(engine)
    if not _acquired(lock):
        print(f"sentinel: a run has been busy for {LONGEST_WAIT:.0f} s; nothing was sent", file=sys.stderr)
        return 1
    try:
        outcomes = rehearse(fenced(engine, lock.fence), chosen, event, settings, clock)
    finally:
        lock.release()
    for outcome in outcomes:
        said = "delivered" if outcome.delivered else f"not delivered: {outcome.error or 'no time was left'}"
        print(f"{outcome.channel}: {said}", file=sys.stderr)
    return 0 if outcomes and all(outcome.delivered for outcome in outcomes) else 1


def _acquired(lock: Lock) -> bool:
    """Waits for a run that is under way, and says so."""
    if lock.acquire():
        return True
    print(f"sentinel: a run is under way; waiting up to {LONGEST_WAIT:.0f} s for it", file=sys.stderr, flush=True)
    end = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end:
        time.sleep(0.2)
        if lock.acquire():
            return True
    return False


def _watched(configuration: Configuration, rule: str | None, target: str | None) -> _Watched | None:
    """Who is meant: by name or address, or the first on the list where only a rule about such a target is given."""
    if configuration.watch_list is None:
        return None
    found = [
        one
        for one in _everybody(configuration.watch_list, target)
        if target is None or target in names_of(one[0], one[1].name)
    ]
    alike = [one for one in found if rule is not None and rule in samples() and _speaks_of(rule, one)]
    return next(iter(alike if target is None else (*alike, *found)), None)


def _speaks_of(rule: str, watched: _Watched) -> bool:
    """Whether it is a rule about such targets."""
    from monitor.config.rule_names import KINDS

    target, entry = watched
    if rule in KINDS and _KINDS.get(type(entry)) not in KINDS[rule]:
        return False
    return _shape(target) == _shape(samples()[rule].target)


def _may_be_of(rule: str, watched: _Watched) -> bool:
    """False for a rule about targets of another kind: a subnet sets no weights, a baker neither."""
    from monitor.config.rule_names import KINDS

    kind = _KINDS.get(type(watched[1]))
    if rule in KINDS:
        return kind in KINDS[rule]
    return kind is None or _shape(samples()[rule].target) != "delegate"


def _everybody(watch_list: WatchList, target: str | None) -> Iterator[_Watched]:
    """With a hotkey that is watched everywhere on the subnet that `target` names, if it names one ("sn18 val-A")."""
    for delegate in watch_list.tezos:
        yield delegate.address, delegate
    section = watch_list.bittensor
    if section is None:
        return
    subnet = re.match(r"(?:sn)?(\d{1,5})[/ ]", target or "")
    for hotkey in section.hotkeys:
        named = () if subnet is None else (int(subnet[1]),)
        netuids = named if hotkey.netuids is None else hotkey.netuids
        yield from ((neuron_target(netuid, hotkey.hotkey), hotkey) for netuid in netuids)
        yield hotkey.hotkey, hotkey
    yield from ((str(subnet.netuid), subnet) for subnet in section.subnets)
    yield from ((coldkey.coldkey, coldkey) for coldkey in section.coldkeys)


def _shape(target: str) -> str:
    """A delegate, a hotkey on a subnet, a subnet, a key; or what is no target of the list."""
    if target.startswith("tz"):
        return "delegate"
    if target.partition("/")[0].isdecimal():
        return "neuron" if "/" in target else "subnet"
    return "key" if target.startswith("5") else ""


def _event(
    engine: Engine,
    configuration: Configuration,
    watched: _Watched | None,
    rule: str | None,
    target: str | None,
    now: int,
) -> Event:
    if rule is None and target is None:
        return plain_test(now, author(os.environ) or None)
    address, entry = watched if watched is not None else (target, None)
    rule = rule or (_USUAL[type(entry)] if entry is not None else "unreachable")
    with reading(engine) as connection:
        query = select(targets.c.network).where(targets.c.removed_at.is_(None))
        if entry is not None:
            query = query.where(targets.c.target == address)
        network = connection.execute(query.limit(1)).scalar()
        if isinstance(entry, WatchedHotkey) and address == entry.hotkey and _shape(samples()[rule].target) == "neuron":
            address = _on_a_subnet(connection, address) or address
    if network is None:
        name = configuration.settings.bittensor_network or "unknown"
        of_bittensor = entry is not None and not isinstance(entry, Delegate)
        network = f"bittensor:{name}" if of_bittensor else "tezos:unknown"
    return rule_test(rule, network, address, entry, now)


def _on_a_subnet(connection: Connection, hotkey: str) -> str | None:
    """The first subnet a hotkey was found on, as a target: one that is watched everywhere has none in the list."""
    query = select(targets.c.target).where(targets.c.removed_at.is_(None), targets.c.target.endswith(f"/{hotkey}"))
    found = connection.execute(query).scalars().all()
    return min(found, key=lambda target: int(target.partition("/")[0]) or 1 << 16, default=None)


def _refused(text: str) -> int:
    print(f"sentinel: {text}", file=sys.stderr)
    return 2

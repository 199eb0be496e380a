"""`main.py test-alert`: takes the run lock, since it sends."""

from __future__ import annotations

import os
import sys
import time

from sqlalchemy import Engine, select

from alerting.channels.console import Console
from monitor.channels import channels_of
from monitor.clock import Clock, SystemClock
from monitor.commands.author import author
from monitor.config.configuration import Configuration
from monitor.config.watch_list import Delegate
from monitor.database import fenced, open_database, reading
from monitor.lock import Lock, lock_of
from monitor.model import Event
from monitor.rehearsal import plain_test, rehearse, routed, rule_test, samples
from monitor.routes import routes_of
from monitor.schema import target as targets
from monitor.schema_version import verify

LONGEST_WAIT = 60.0
DELEGATE_RULE = "missed_attestation"


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
    delegate = _delegate(configuration, rule, target)
    if rule is not None and rule not in samples():
        return _refused(f"{rule} is no rule; there is: {', '.join(sorted(samples()))}")
    if target is not None and delegate is None and "#" not in target and target != "source":
        return _refused(f"{target} is not on the list of delegates")
    engine = open_database(settings.database_url.get_secret_value())
    verify(engine)
    event = _event(engine, delegate, rule, target, clock.now())
    chosen = channels
    if channel is not None:
        chosen = {channel: channels[channel]}
    elif rule is not None or target is not None:
        chosen = routed(channels, routes_of(settings, channels), delegate, event.severity)
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


def _delegate(configuration: Configuration, rule: str | None, target: str | None) -> Delegate | None:
    """Who is meant: by name or address, or the first on the list where only a rule of delegates is given."""
    listed = configuration.watch_list.tezos if configuration.watch_list else ()
    if target is not None:
        return next((one for one in listed if target in (one.address, one.name)), None)
    if rule is None or rule not in samples() or not samples()[rule].target.startswith("tz"):
        return None
    return next(iter(listed), None)


def _event(engine: Engine, delegate: Delegate | None, rule: str | None, target: str | None, now: int) -> Event:
    if rule is None and target is None:
        return plain_test(now, author(os.environ) or None)
    address = delegate.address if delegate is not None else target
    rule = rule or (DELEGATE_RULE if delegate is not None else "unreachable")
    with reading(engine) as connection:
        query = select(targets.c.network).where(targets.c.removed_at.is_(None))
        if delegate is not None:
            query = query.where(targets.c.target == delegate.address)
        network = connection.execute(query.limit(1)).scalar() or "tezos:unknown"
    return rule_test(rule, network, address, delegate, now)


def _refused(text: str) -> int:
    print(f"sentinel: {text}", file=sys.stderr)
    return 2

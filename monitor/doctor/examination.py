"""The order of an examination: files, state, what runs left behind, nodes, clock, channels."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from sqlalchemy import Engine, select

from alerting.channels.console import Console
from monitor.channels import channels_of
from monitor.clock import Clock
from monitor.config.channel_names import channel_names
from monitor.config.configuration import Configuration
from monitor.config.problem import ConfigError
from monitor.config.settings import Settings
from monitor.config.watch_list import WatchList
from monitor.database import open_database, reading
from monitor.doctor.configuration import examine_configuration
from monitor.doctor.database import examine_database
from monitor.doctor.finding import Finding
from monitor.doctor.ledger import examine_ledger
from monitor.doctor.nodes import Answered, examine_clock, examine_nodes
from monitor.doctor.receivers import examine_channels
from monitor.errors import StateError
from monitor.schema import network as networks
from monitor.schema_version import verify
from monitor.self_check import watch_list_in_force
from monitor.watched import watched_bittensor, watched_networks


def examine(configuration: Configuration, clock: Clock) -> Iterator[Finding]:
    """Finding after finding, as they come. Changes nothing but for a line in CloudWatch. Raises nothing of ours."""
    settings = configuration.settings
    yield from examine_configuration(configuration)
    yield from examine_database(configuration)
    engine = open_database(settings.database_url.get_secret_value())
    try:
        usable = _usable(engine)
        if usable:
            stale_after = settings.alert_inactive_state_threshold
            with reading(engine) as connection:
                found = list(examine_ledger(connection, frozenset(channel_names(settings)), stale_after, clock.now()))
            yield from found
        yield from _nodes(configuration, engine if usable else None, clock)
    finally:
        engine.dispose()
    yield from examine_channels(channels_of(settings, Console(io.StringIO())), settings, clock.now())


def _usable(engine: Engine) -> bool:
    try:
        verify(engine)
    except StateError:
        return False
    return True


def _nodes(configuration: Configuration, engine: Engine | None, clock: Clock) -> Iterator[Finding]:
    settings = configuration.settings
    pins: dict[str, str] = {}
    watch_list: WatchList | None = configuration.watch_list
    if engine is not None:
        with reading(engine) as connection:
            pins = {
                row.endpoints_key: row.chain_id
                for row in connection.execute(select(networks).order_by(networks.c.pinned_at))
            }
            if watch_list is None:
                try:
                    watch_list = watch_list_in_force(connection, configuration)
                except ConfigError:
                    watch_list = None
    if watch_list is None:
        return
    answers: list[Answered] = []
    for item in _every_node(settings, watch_list, pins, clock):
        if isinstance(item, Answered):
            answers.append(item)
        else:
            yield item
    yield examine_clock(answers, clock.now())


def _every_node(
    settings: Settings, watch_list: WatchList, pins: Mapping[str, str], clock: Clock
) -> Iterator[Finding | Answered]:
    """`pins`: setting of endpoints -> the chain it led to at first."""
    stale_after = settings.alert_inactive_state_threshold
    for watched in watched_networks(settings, watch_list):
        key = watched.endpoints_key
        yield from examine_nodes(watched.endpoints, key, watched.name_override, pins.get(key), stale_after, clock)
    bittensor = watched_bittensor(settings, watch_list)
    if bittensor is not None:
        from monitor.doctor.bittensor_nodes import examine_bittensor

        yield from examine_bittensor(bittensor, pins.get(bittensor.endpoints_key), stale_after, clock)

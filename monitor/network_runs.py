"""The networks of a run, each with the endpoints that serve it and whoever is watched on it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from monitor.config.settings import Settings
from monitor.config.watch_list import WatchList
from monitor.network_run import NetworkRun
from monitor.recording import Recorder
from monitor.tezos_run import TezosRun
from monitor.watched import watched_bittensor, watched_networks


def network_runs(engine: Engine, settings: Settings, watch_list: WatchList, recorder: Recorder) -> list[NetworkRun]:
    """One for each setting of endpoints that serves somebody on the list. Bittensor is imported where it is watched."""
    tezos = watched_networks(settings, watch_list)
    bittensor = watched_bittensor(settings, watch_list)
    keys = frozenset(network.endpoints_key for network in (*tezos, *([bittensor] if bittensor else ())))
    runs: list[NetworkRun] = [
        TezosRun(engine, settings, recorder, keys - {network.endpoints_key}, watched=network) for network in tezos
    ]
    if bittensor is not None:
        from monitor.bittensor_run import BittensorRun

        cache = Path(settings.bittensor_metadata_cache)
        others = keys - {bittensor.endpoints_key}
        runs.append(BittensorRun(engine, settings, recorder, others, network_watched=bittensor, cache=cache))
    return runs

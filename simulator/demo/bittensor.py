"""The second chapter: stale weights, a miner two places from deregistration, a hyperparameter that changes."""

from __future__ import annotations

import time
from pathlib import Path

from simulator.clock import Clock
from simulator.demo.bittensor_scene import STEP, BittensorScene
from simulator.demo.home import Home
from simulator.demo.narrator import Narrator
from simulator.subtensor.node import SubtensorNode

PAUSE = 1.0
"""Seconds after a tick, so that it can be read."""


def decoder_missing() -> bool:
    """Whether this machine has no bittensor-core, without which main.py reads no Bittensor."""
    try:
        import bittensor_core
    except ImportError:
        return True
    return bittensor_core is None


def play_bittensor(folder: Path, narrator: Narrator) -> str | None:
    """What was not told; None if all of it was, or if there is no decoder here."""
    if decoder_missing():
        narrator.left_out("Bittensor", "bittensor-core is not installed (requirements-bittensor.txt)")
        return None
    scene = BittensorScene.ending(int(time.time()))
    clock = Clock(0)
    with SubtensorNode(scene.chain, clock=clock) as node:
        home = Home(folder, {"BITTENSOR_RPC_URL": node.url}, scene.watched())
        narrator.bittensor(node.url, STEP, tuple(one["name"] for one in scene.watched()["bittensor"]["hotkeys"]))
        moments = list(scene.moments)
        told = ""
        for number, at in enumerate(scene.ticks(), start=1):
            while moments and moments[0][0] <= at:
                narrator.happens(*moments.pop(0))
            clock.set(at)
            ran = home.run("check")
            narrator.tick(at, number, ran.output, ran.complaints)
            told += ran.output
            time.sleep(PAUSE)
        narrator.command("status", home.run("status").output)
        return _untold(scene, home, told)


def _untold(scene: BittensorScene, home: Home, told: str) -> str | None:
    """The first thing that should have been told and was not. Asks `incidents`: words may change."""
    incidents = {(one["rule"], one["target"]): one for one in home.incidents()}
    for words, about in scene.expected().items():
        incident = incidents.get(about)
        if incident is None or f"#{incident['id']}" not in told:
            return f"no {words}"
    stale = incidents[scene.expected()["stale weights"]]
    return None if stale["closed_at"] is not None else "no recovery of the weights"

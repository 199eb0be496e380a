"""The first chapter: a baker stops, the alert comes, it is back, the recovery comes."""

from __future__ import annotations

import time
from pathlib import Path

from simulator.demo.home import Home
from simulator.demo.narrator import Narrator
from simulator.demo.tezos_scene import TezosScene
from simulator.node import Node

INTERVAL = 5
"""Seconds from tick to tick."""
LONGEST = 100
"""Seconds after which the chapter gives up. The recovery is due after 35; a busy machine may need longer."""
RULE = "missed_attestation"


def play_tezos(folder: Path, narrator: Narrator) -> str | None:
    """What was not told; None if all of it was."""
    scene = TezosScene.starting(int(time.time()))
    bakers = (scene.stopping, scene.healthy)
    with Node(scene.chain) as node:
        home = Home(
            folder,
            {"RPC_URL": node.url},
            [{"address": baker.address, "name": baker.name, "runbook": "ssh bkr1"} for baker in bakers],
        )
        narrator.tezos(node.url, INTERVAL, tuple(baker.name for baker in bakers))
        alert, recovery = _ticks(scene, home, narrator)
        for command in (("status",), ("incidents", "--all")):
            narrator.command(" ".join(command), home.run(*command).output)
    if alert and recovery:
        return None
    return "no recovery" if alert else "no alert"


def _ticks(scene: TezosScene, home: Home, narrator: Narrator) -> tuple[bool, bool]:
    """Whether the alert was told, and its recovery. Asks `incidents` what a text was about: words may change."""
    start = time.time()
    name = scene.stopping.name
    moments = [
        (scene.stops_at, f"{name}'s baker stops: it neither bakes nor attests"),
        (scene.back_at, f"{name}'s baker is back"),
    ]
    alert = recovery = False
    number = 0
    while not recovery and time.time() < start + LONGEST:
        due = max(start + number * INTERVAL, time.time())  # a run that took too long delays the next, as under cron
        while moments and moments[0][0] <= due:
            at, what = moments.pop(0)
            _sleep_until(at)
            narrator.happens(at, what)
        _sleep_until(due)
        number += 1
        began = time.time()
        ran = home.run("check")
        narrator.tick(began, number, ran.output, ran.complaints)
        for incident in home.incidents() if ran.output.strip() else []:
            about = (incident["target"], incident["rule"]) == (scene.stopping.address, RULE)
            if about and f"#{incident['id']}" in ran.output:
                alert = alert or incident["closed_at"] is None
                recovery = alert and incident["closed_at"] is not None
    return alert, recovery


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))

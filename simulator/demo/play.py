"""The demo from its first tick to what to do next."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from pathlib import Path

from simulator.demo.home import Home
from simulator.demo.narrator import Narrator
from simulator.demo.scene import Scene
from simulator.node import Node

INTERVAL = 5
"""Seconds from tick to tick."""
LONGEST = 100
"""Seconds after which the demo gives up. The recovery is due after 35; a busy machine may need longer."""
INTERRUPTED = 130


def play() -> int:
    """The exit code: 0 if both the alert and the recovery were told, 1 if not, 130 if it was interrupted."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)  # a shell may have started us with them ignored
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no emoji shows ? in their place
    narrator = Narrator(sys.stdout)
    try:
        scene = Scene.starting(int(time.time()))
        with tempfile.TemporaryDirectory(prefix="sentinel-demo-") as folder, Node(scene.chain) as node:
            home = Home(Path(folder), node.url, (scene.stopping, scene.healthy))
            narrator.opening(node.url, INTERVAL, (scene.stopping.name, scene.healthy.name))
            alert, recovery = _ticks(scene, home, narrator)
            for command in (("status",), ("incidents", "--all")):
                narrator.command(" ".join(command), home.run(*command).output)
    except KeyboardInterrupt:
        narrator.interrupted()
        return INTERRUPTED
    narrator.closing(alert=alert, recovery=recovery)
    return 0 if alert and recovery else 1


def _ticks(scene: Scene, home: Home, narrator: Narrator) -> tuple[bool, bool]:
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
        incident = home.incident(scene.stopping.address) if ran.output.strip() else None
        if incident is not None and f"#{incident['id']}" in ran.output:
            alert = alert or incident["closed_at"] is None
            recovery = alert and incident["closed_at"] is not None
    return alert, recovery


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))

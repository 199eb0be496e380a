"""The demo from its first tick to what to do next."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

from simulator.demo.bittensor import play_bittensor
from simulator.demo.narrator import Narrator
from simulator.demo.tezos import play_tezos

INTERRUPTED = 130


def play() -> int:
    """The exit code: 0 if every chapter told what it should, 1 if not, 130 if it was interrupted."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)  # a shell may have started us with them ignored
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no emoji shows ? in their place
    narrator = Narrator(sys.stdout)
    narrator.opening()
    try:
        for chapter in (play_tezos, play_bittensor):
            with tempfile.TemporaryDirectory(prefix="sentinel-demo-") as folder:
                untold = chapter(Path(folder), narrator)
            if untold is not None:
                narrator.failed(untold)
                return 1
    except KeyboardInterrupt:
        narrator.interrupted()
        return INTERRUPTED
    narrator.closing()
    return 0

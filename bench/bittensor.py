"""How often a node of Bittensor is asked in a minute of five blocks, with and without an epoch in it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from bench.checker import Checker
from bench.figure import Figure, Size, at_most
from bench.node import BenchNode
from bench.process import ROOT
from simulator.subtensor.plan import large_plan
from simulator.subtensor.runtime import storage_key

WITHOUT_EPOCH, WITH_EPOCH = 4, 8
HOTKEYS = (1, 20)
SUBNETS = (1, 2, 3)
TEMPO = 60
"""Blocks: each subnet has an epoch every twelve minutes."""
MINUTES = 15
NEURONS = 256
BLOCKS = 40
"""That exist at the start."""


class SubtensorBenchNode(BenchNode):
    """`python -m simulator subtensor`: three subnets, each with every uid taken."""

    def __init__(self, *, neurons: int) -> None:
        arguments = ["--levels", str(BLOCKS), "--neurons", str(neurons), "--tempo", str(TEMPO), "--frozen"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "simulator", "subtensor", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError("the simulated node did not start")
        plan = large_plan(neurons=neurons, tempo=TEMPO)
        self.addresses = [plan.hotkey(one.name) for one in plan.subnet(1).neurons]
        self.block_delay = plan.block_time

    def last_epochs(self) -> list[str]:
        """LastEpochBlock of each subnet at the newest final block, as it is stored."""
        keys = [f"0x{storage_key('SubtensorModule', 'LastEpochBlock', (netuid,)).hex()}" for netuid in SUBNETS]
        (told,) = self._call("state_queryStorageAt", keys, self._call("chain_getFinalizedHead"))
        return [value for _, value in told["changes"]]

    def _call(self, method: str, *params: object) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["result"]


class SubtensorChecker(Checker):
    """Hotkeys that are watched on all three subnets, and the subnets themselves."""

    def __init__(self, url: str, hotkeys: list[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.home = Path(self._folder.name)
        lines = {"BITTENSOR_RPC_URL": url, "ALERT_INACTIVE_STATE_THRESHOLD": 10**6}
        (self.home / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        watched = {
            "hotkeys": [{"hotkey": hotkey, "netuids": list(SUBNETS)} for hotkey in hotkeys],
            "subnets": [{"netuid": netuid} for netuid in SUBNETS],
        }
        (self.home / "delegates.json").write_text(json.dumps({"bittensor": watched}))


def figures(size: Size) -> list[Figure]:
    """Counted by the node: the costliest of the minutes of each kind, after the runtime's metadata were fetched."""
    found = []
    for number in HOTKEYS:
        with (
            SubtensorBenchNode(neurons=NEURONS) as node,
            SubtensorChecker(node.url, node.addresses[:number]) as checker,
        ):
            checker.check()
            costliest: dict[bool, int] = {}
            for _ in range(size.of(MINUTES, least=1)):
                before = node.last_epochs()
                node.advance(5 * node.block_delay)
                epoch = node.last_epochs() != before
                node.reset()
                minute = checker.check()
                if minute.behind or not minute.levels:
                    raise RuntimeError(f"{minute.levels} blocks were read, and {minute.behind} were not")
                costliest[epoch] = max(costliest.get(epoch, 0), node.requests()["count"])
            label = f"{number} hotkey{'s' if number > 1 else ''} on 3 subnets"
            if False in costliest:
                found.append(at_most(f"requests, minute of 5 blocks, {label}", costliest[False], WITHOUT_EPOCH))
            if True in costliest:
                found.append(at_most(f"requests, minute with an epoch, {label}", costliest[True], WITH_EPOCH))
    return found

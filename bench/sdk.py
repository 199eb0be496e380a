"""Against the Bittensor SDK, in real processes, in turn: a whole run against importing it, and reading one subnet."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.bittensor import NEURONS, SubtensorBenchNode
from bench.checker import Checker
from bench.figure import Figure, NotMeasured, Size, at_least, at_most
from bench.node import BenchNode
from bench.process import ROOT, Done, run
from bench.sdk_environment import sdk_python

RUN_OVER_IMPORT = 1.0
TIMES_AS_FAST = 3.0
RUNS = 25
NETUID = 1
READS = ("metagraph", "hyperparameters", "dividends")
IMPORT = "import bittensor"
# Without commitments, which `main.py bittensor subnet` does not read either; printed as its --json is.
SDK_READS = """
import dataclasses, json, sys
import bittensor
from bittensor import storage
chain, netuid = bittensor.Subtensor(sys.argv[1]), int(sys.argv[2])
graph = chain.subnets.metagraph(netuid, commitments=False)
print(json.dumps([[one.uid, one.hotkey, one.total_stake.rao, one.dividends] for one in graph.neurons]))
print(json.dumps(chain.read("subnet_hyperparameters", netuid=netuid)))
items = storage.SubtensorModule
maps = [chain.query_map(item, [netuid]) for item in (items.AlphaDividendsPerSubnet, items.RootAlphaDividendsPerSubnet)]
print(json.dumps(maps))
"""
_CACHE = "BITTENSOR_RUNTIME_CACHE_DIR"
"""Where the SDK keeps metadata."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is run again and again, and the folder to be emptied before."""

    arguments: list[str]
    python: Path | None = None
    forgotten: Path | None = None
    variables: Mapping[str, str] | None = None

    def run(self) -> Done:
        if self.forgotten is not None:
            shutil.rmtree(self.forgotten, ignore_errors=True)
        variables = self.variables or {}
        done = run(self.arguments, python=self.python, **variables) if self.python else run(self.arguments, **variables)
        if done.code != 0:
            raise RuntimeError(f"{self.arguments[:3]} ended with {done.code}: {done.errors or done.output}")
        return done


def figures(size: Size) -> list[Figure]:
    """Raises NotMeasured where the SDK cannot be had."""
    python = sdk_python()
    runs = size.of(RUNS, least=2)
    return [*_whole_run(python, runs), *_one_subnet(python, runs)]


def _whole_run(python: Path, runs: int) -> list[Figure]:
    with (
        BenchNode(levels=120) as tezos,
        SubtensorBenchNode(neurons=NEURONS) as subtensor,
        Checker(tezos.url, tezos.addresses[:1], BITTENSOR_RPC_URL=subtensor.url) as checker,
    ):
        watched = {
            "tezos": [{"address": tezos.addresses[0]}],
            "bittensor": {"hotkeys": [{"hotkey": subtensor.addresses[0], "netuids": [NETUID]}]},
        }
        (checker.home / "delegates.json").write_text(json.dumps(watched))
        _settle(checker)
        commands = {"check": Command(checker.command), "import": Command(["-P", "-c", IMPORT], python)}
        done = _in_turn(commands, runs)
    if any(one.output for one in done["check"]):
        raise RuntimeError(f"the runs were not quiet: {done['check'][0].output}")
    check, imported = (median(one.seconds for one in done[name]) for name in ("check", "import"))
    cpu, imported_cpu = (median(one.cpu for one in done[name]) for name in ("check", "import"))
    return [
        at_most("nothing new on both networks over importing the SDK", check / imported, RUN_OVER_IMPORT, "x"),
        Figure("nothing new on both networks over importing the SDK, CPU time", cpu / imported_cpu, "x"),
        Figure("a run with nothing new on both networks", check * 1000, "ms"),
        Figure("a process that imports the SDK", imported * 1000, "ms"),
    ]


def _settle(checker: Checker) -> None:
    """Runs until a run reads no block of either network."""
    for _ in range(10):
        done = run([*checker.command, "--json"])
        if done.code != 0:
            raise RuntimeError(f"the checker ended with {done.code}: {done.errors or done.output}")
        networks = json.loads(done.output)["networks"]
        if len(networks) == 2 and not any(one["levels"] or one["behind"] for one in networks):
            return
    raise RuntimeError(f"there is always something new: {networks}")


def _one_subnet(python: Path, runs: int) -> list[Figure]:
    with ExitStack() as stack:
        node = stack.enter_context(SubtensorBenchNode(neurons=NEURONS))
        bridge = stack.enter_context(_bridge(python, node.url))
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        env_file, ours, theirs = home / ".env", home / ".bittensor-metadata", home / "sdk"
        env_file.write_text(f"BITTENSOR_RPC_URL={node.url}\n")
        sdk = ["-P", "-c", SDK_READS, bridge, str(NETUID)]
        variables = {_CACHE: str(theirs)}
        options = ["--netuid", str(NETUID), "--env-file", str(env_file), "--json"]
        whole = ["main.py", "bittensor", "subnet", *options]
        commands = {
            "ours": Command(whole, forgotten=ours),
            "sdk": Command(sdk, python, forgotten=theirs, variables=variables),
            **{name: Command(["main.py", "bittensor", name, *options], forgotten=ours) for name in READS},
        }
        kept = {"ours kept": Command(whole), "sdk kept": Command(sdk, python, variables=variables)}
        compare(commands["ours"].run(), commands["sdk"].run())
        done = _in_turn(commands, runs) | _in_turn(kept, runs)
    took = {name: median(one.seconds for one in found) for name, found in done.items()}
    cpu = {name: median(one.cpu for one in found) for name, found in done.items()}
    commands_took = sum(took[name] for name in READS)
    return [
        at_least(
            "reading a subnet of 256, times as fast as the SDK",
            took["sdk"] / took["ours"],
            TIMES_AS_FAST,
        ),
        Figure("reading it by a command for each part, times as fast", took["sdk"] / commands_took),
        Figure("reading it with metadata kept from before, times as fast", took["sdk kept"] / took["ours kept"]),
        Figure("reading a subnet over the SDK, CPU time", cpu["ours"] / cpu["sdk"], "x"),
        Figure("reading a subnet", took["ours"] * 1000, "ms"),
        Figure("reading a subnet by a command for each part", commands_took * 1000, "ms"),
        Figure("reading a subnet with the SDK", took["sdk"] * 1000, "ms"),
    ]


def compare(ours: Done, theirs: Done, *, neurons: int = NEURONS) -> None:
    """Both must have read the same subnet, or the figures mean nothing."""
    (subnet,) = json.loads(ours.output)
    told_neurons, parameters, paid = (subnet[name] for name in READS)
    graph, told, maps = (json.loads(line) for line in theirs.output.splitlines())
    same = (
        [one["hotkey"] for one in told_neurons] == [hotkey for _, hotkey, *_ in graph] and len(graph) == neurons,
        _agree({one["name"]: one["value"] for one in parameters}, told),
        {one["hotkey"]: one["alpha_rao"] for one in paid if one["alpha_rao"]} == dict(maps[0]) and len(maps[0]) > 0,
    )
    if not all(same):
        raise RuntimeError(f"the SDK and the commands did not read the same: {dict(zip(READS, same, strict=True))}")


def _agree(ours: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """The commands tell more of them, and fixed-point numbers as fractions."""
    whole = [name for name in told if isinstance(told[name], int) and isinstance(ours.get(name), int)]
    return len(whole) > 20 and set(told) <= set(ours) and all(told[name] == ours[name] for name in whole)


def _in_turn(commands: Mapping[str, Command], runs: int) -> dict[str, list[Done]]:
    """One of each, then the next of each, so that what else the machine does falls on all alike."""
    for command in commands.values():
        command.run()
    done: dict[str, list[Done]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            done[name].append(command.run())
    return done


@contextmanager
def _bridge(python: Path, url: str) -> Iterator[str]:
    """The node's address for the SDK."""
    process = subprocess.Popen([python, "-P", "bench/sdk_bridge.py", url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address:
            raise NotMeasured("the bridge from WebSocket to the simulated node did not start")
        yield address
    finally:
        process.terminate()
        process.communicate()

"""A simulated node in a process of its own, so that it does not share an interpreter with what is measured."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from bench.process import ROOT
from simulator.plan import mainnet_sized_plan

Fact = tuple[str, int, int, str]
"""(duty, level, round, outcome) of a right that came due."""

MAINNET_BAKERS = 140
"""With their operations a block is about 120 KB, as on mainnet."""
MANY_BAKERS = 340
"""Enough for 300 that can be watched."""


class BenchNode:
    """`python -m simulator bench`. Its clock stands still: blocks come by `advance`."""

    def __init__(self, *, levels: int, latency: float = 0.0, bakers: int = MAINNET_BAKERS) -> None:
        arguments = ["--levels", str(levels), "--latency", str(latency), "--bakers", str(bakers), "--frozen"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "simulator", "bench", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError("the simulated node did not start")
        plan = mainnet_sized_plan(bakers=bakers)
        # Those that always attest without DAL are an incident each, and there is one in ten of them.
        self.addresses = [baker.address for baker in plan.bakers if baker.attests_dal]
        self.block_delay = plan.block_delay

    def requests(self) -> dict[str, Any]:
        """Counts since the last `reset`: count, statuses, max_concurrent, max_connections, …"""
        counts: dict[str, Any] = self._control("requests")
        return counts

    def reset(self) -> None:
        self._control("requests", {"reset": True})

    def advance(self, seconds: float) -> None:
        self._control("clock", {"advance": seconds})

    def trouble(self, faults: Sequence[dict[str, Any]]) -> None:
        """Replaces all faults; see simulator.faults."""
        self._control("faults", list(faults))

    def truth(self, delegate: str, from_level: int, to_level: int) -> list[Fact]:
        """Every right that came due, both ends included."""
        facts = self._control(f"truth?delegate={delegate}&from={from_level}&to={to_level}")
        return [(duty, level, at_round, outcome) for duty, level, at_round, outcome in facts]

    def _control(self, what: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.url}/_simulator/{what}", data, timeout=30) as answer:
            return json.load(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.communicate()

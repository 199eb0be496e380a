"""The simulator as a process of its own, watched and troubled over HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from simulator.plan import small_plan

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def process(*arguments: str) -> Iterator[str]:
    command = [sys.executable, "-m", "simulator", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            yield running.stdout.readline().strip()
        finally:
            running.kill()


def head(url: str) -> int:
    return int(requests.get(url + "/chains/main/blocks/head/header", timeout=5).json()["level"])


def test_a_served_chain_has_its_levels_and_outages_and_obeys_control() -> None:
    with process("serve", "--levels", "100", "--outage", "alice:50:60", "--frozen") as url:
        assert head(url) == 10_100
        requests.post(url + "/_simulator/clock", json={"advance": 60}, timeout=5)
        assert head(url) > 10_100
        assert requests.get(url + "/_simulator/head", timeout=5).json() == {"level": head(url)}
        alice = small_plan().baker("alice").address
        query = f"/_simulator/truth?delegate={alice}&from=10049&to=10062"
        facts = requests.get(url + query, timeout=5).json()
        missed = {level for duty, level, _, outcome in facts if (duty, outcome) == ("attestation", "missed")}
        assert missed == set(range(10_051, 10_062))
        assert requests.get(url + "/_simulator/requests", timeout=5).json()["count"] == 3
        assert requests.post(url + "/_simulator/requests", json={"reset": True}, timeout=5).json()["count"] == 0


def test_faults_are_set_and_cleared_from_outside() -> None:
    with process("serve", "--levels", "100") as url:
        faults = [{"kind": "status", "status": 503, "path": "/header"}]
        assert requests.post(url + "/_simulator/faults", json=faults, timeout=5).json() == 1
        assert requests.get(url + "/chains/main/blocks/head/header", timeout=5).status_code == 503
        requests.post(url + "/_simulator/faults", json=[], timeout=5)
        assert requests.get(url + "/chains/main/blocks/head/header", timeout=5).status_code == 200
        wrong = requests.post(url + "/_simulator/faults", json=[{"kind": "status", "color": "red"}], timeout=5)
        assert wrong.status_code == 400


def test_a_benchmark_has_its_levels() -> None:
    with process("bench", "--levels", "5000", "--bakers", "40", "--latency", "0.01") as url:
        assert head(url) >= 15_005_000


def test_a_subtensor_chain_is_served_as_well() -> None:
    with process("subtensor", "--levels", "100", "--frozen") as url:
        asked = {"jsonrpc": "2.0", "id": 1, "method": "chain_getHeader", "params": []}
        number = int(requests.post(url, json=asked, timeout=5).json()["result"]["number"], 16)
        assert requests.get(url + "/_simulator/head", timeout=5).json() == {"level": number}

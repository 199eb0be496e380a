"""A monitor as a user would have it: a folder with .env and delegates.json, and main.py in a bare environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.plan import Baker

CHECKOUT = Path(__file__).resolve().parents[2]
MAIN = CHECKOUT / "main.py"
LONGEST_RUN = 60
"""Seconds; a run ends itself before."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a process of main.py ended."""

    exit_code: int
    output: str
    complaints: str
    """What it wrote to stderr."""


class Home:
    """`folder` exists, is empty, and is removed by whoever made it."""

    def __init__(self, folder: Path, rpc_url: str, bakers: tuple[Baker, ...]) -> None:
        self._folder = folder
        self._env_file = folder / ".env"
        self._env_file.write_text(f"RPC_URL={rpc_url}\nIDENTIFIER=demo\n")
        delegates = [{"address": baker.address, "name": baker.name, "runbook": "ssh bkr1"} for baker in bakers]
        (folder / "delegates.json").write_text(json.dumps(delegates, indent=2))

    def run(self, command: str, *options: str) -> Ran:
        """One process of main.py, with as little of an environment as cron gives it: the user's own settings and
        proxies stay out of the demo."""
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self._folder)}
        done = subprocess.run(
            [sys.executable, str(MAIN), command, "--env-file", str(self._env_file), *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=LONGEST_RUN,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def incident(self, target: str) -> dict[str, Any] | None:
        """The newest incident of missed attestations of `target`, as `incidents --all --json` tells it."""
        found = self.run("incidents", "--all", "--json")
        if found.exit_code != 0:
            return None
        for incident in json.loads(found.output):
            if (incident["target"], incident["rule"]) == (target, "missed_attestation"):
                return dict(incident)
        return None

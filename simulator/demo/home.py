"""A monitor as a user would have it: a folder with .env and delegates.json, and main.py in a bare environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

    def __init__(self, folder: Path, settings: Mapping[str, str], watched: Any) -> None:
        """`watched`: what delegates.json holds."""
        self._folder = folder
        self._env_file = folder / ".env"
        lines = [f"{name}={value}\n" for name, value in {**settings, "IDENTIFIER": "demo"}.items()]
        self._env_file.write_text("".join(lines))
        (folder / "delegates.json").write_text(json.dumps(watched, indent=2))

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

    def incidents(self) -> list[dict[str, Any]]:
        """As `incidents --all --json` tells them, the newest first; none where nothing ran yet."""
        found = self.run("incidents", "--all", "--json")
        return list(json.loads(found.output)) if found.exit_code == 0 else []

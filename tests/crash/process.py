"""The checker as cron starts it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def command(home: Path, *arguments: str) -> list[str]:
    """`main.py check` with the configuration in `home`."""
    return [sys.executable, str(ROOT / "main.py"), "check", "--env-file", str(home / ".env"), *arguments]


def environment(**more: str) -> dict[str, str]:
    """Nothing of the developer's own settings."""
    return {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", **more}


def start(home: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(home, *arguments),
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    process = start(home, *arguments, **variables)
    out, err = process.communicate(timeout=70)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)

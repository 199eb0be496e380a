"""The Bittensor SDK in an environment of its own: it is measured, and never one of the checker's libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench.figure import NotMeasured
from bench.process import ROOT

VERSION = "11.3"
PACKAGE = f"bittensor=={VERSION}"
GIVEN = "BENCH_SDK"
"""The variable that names an environment which has the SDK already."""
KEPT = ROOT / ".venv" / "sdk"
"""Where it is made otherwise. It goes with .venv at `make clean`."""
_PATIENCE = 600
"""Seconds for an installation."""


def sdk_python() -> Path:
    """The Python of an environment with the SDK. Raises NotMeasured where there is none to be had."""
    given = os.environ.get(GIVEN)
    python = (Path(given) if given else KEPT) / "bin" / "python"
    if _version(python) is None:
        if given:
            raise NotMeasured(f"{GIVEN} names no environment with the Bittensor SDK")
        _install(python)
    found = _version(python)
    # Minor versions differ in what they import: a bound is worth something against one of them only.
    if found is None or not f"{found}.".startswith(f"{VERSION}."):
        raise NotMeasured(f"the environment has the Bittensor SDK {found}, not {VERSION}")
    return python


def _version(python: Path) -> str | None:
    """None where it cannot be imported."""
    script = "import bittensor, importlib.metadata; print(importlib.metadata.version('bittensor'))"
    try:
        done = subprocess.run([str(python), "-P", "-c", script], capture_output=True, text=True, timeout=60)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _install(python: Path) -> None:
    print(f"installing {PACKAGE} in {KEPT.relative_to(ROOT)}", file=sys.stderr)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]
    for command in ([sys.executable, "-m", "venv", str(KEPT)], pip):
        try:
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=_PATIENCE)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotMeasured(f"{PACKAGE} could not be installed: {type(error).__name__}") from None
        if done.returncode != 0:
            raise NotMeasured(f"{PACKAGE} could not be installed: pip or venv ended with {done.returncode}")

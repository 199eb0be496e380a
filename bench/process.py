"""A child process, timed from outside: what cron would start, and what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Done:
    """A process that came to its end."""

    code: int
    seconds: float
    """Wall clock, from before the fork to after the exit."""
    cpu: float
    """Seconds of user and system time."""
    peak: float
    """Largest resident set, MB (10^6 bytes)."""
    output: str
    errors: str


def run(arguments: Sequence[str], *, python: str | Path = sys.executable, **variables: str) -> Done:
    """Runs a Python (this one) with `arguments` in the project's folder, in the environment that cron would give it:
    with compiled modules kept from run to run. `variables` are added to it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | variables
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        child = subprocess.Popen([str(python), *arguments], cwd=ROOT, env=environment, stdout=output, stderr=errors)
        # Not `wait`: the usage of this child alone is asked for, not that of all so far.
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        kilobyte = 1 if sys.platform == "darwin" else 1024
        return Done(
            child.returncode,
            seconds,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss * kilobyte / 1e6,
            output.read().decode(),
            errors.read().decode(),
        )

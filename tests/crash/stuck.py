"""A run in a process of its own that hangs in the middle: `python -m tests.crash.stuck HOME WAY SECONDS`.

WAY is where the main thread hangs for ever, the alarm set to SECONDS.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alerting.channels.console import Console
from monitor.budget import Budget
from monitor.check import Surroundings, check
from monitor.clock import SystemClock
from monitor.config.configuration import load


def in_a_lock() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def in_an_executor_s_end() -> None:
    with ThreadPoolExecutor() as executor:
        executor.submit(in_a_lock)


def in_c_code() -> None:
    """Which never gives the interpreter's lock back, so that no thread and no Python handler would ever run."""
    ctypes.PyDLL(None).sleep(600)


WAYS = {"lock": in_a_lock, "executor": in_an_executor_s_end, "c": in_c_code}


def main(home: Path, way: str, seconds: float) -> None:
    # What a process may inherit from whoever starts it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    signal.signal(signal.SIGALRM, signal.SIG_IGN)

    def hang(network: str, level: int, final: int) -> None:
        print("hangs", flush=True)
        WAYS[way]()

    surroundings = Surroundings(
        SystemClock(), {"console": Console(sys.stdout)}, hang, alarm=True, budget=Budget(alarm=seconds)
    )
    check(load(home / ".env", {}, home), surroundings)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))

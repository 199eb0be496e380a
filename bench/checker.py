"""The real checker in a home of its own: `.env`, `delegates.json`, SQLite, and the console as its channel."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.process import Done, run

_YEARS = 10**6


@dataclass(frozen=True, slots=True)
class Run:
    """One `main.py check`."""

    process: Done
    levels: int
    requests: int
    """As the checker counts them."""
    behind: int


class Checker:
    """As a user sets it up, save that an old head is no incident: the benchmarks' nodes stand still."""

    def __init__(self, url: str, delegates: Sequence[str], *, first_look: int = 100, **settings: object) -> None:
        """`first_look`: levels that the first run reads, the catch-up that is measured."""
        self._folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.home = Path(self._folder.name)
        lines = {
            "RPC_URL": url,
            "BLOCK_SLIDING_WINDOW_SIZE": first_look,
            "ALERT_INACTIVE_STATE_THRESHOLD": _YEARS,
            **settings,
        }
        (self.home / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        (self.home / "delegates.json").write_text(json.dumps([{"address": address} for address in delegates]))

    @property
    def command(self) -> list[str]:
        """What cron runs."""
        return ["main.py", "check", "--env-file", str(self.home / ".env")]

    def check(self) -> Run:
        done = run([*self.command, "--json"])
        if done.code != 0:
            raise RuntimeError(f"the checker ended with {done.code}: {done.errors or done.output}")
        (network,) = json.loads(done.output)["networks"]
        return Run(done, network["levels"], network["requests"], network["behind"])

    def catch_up(self) -> list[Run]:
        """Run after run until nothing is left to read. The last one reads too."""
        runs = [self.check()]
        while runs[-1].behind:
            runs.append(self.check())
        return runs

    def history(self, delegate: str) -> list[dict[str, Any]]:
        """Everything recorded of a delegate's rights."""
        done = run(["main.py", "history", "--env-file", str(self.home / ".env"), "--target", delegate, "--json"])
        found: list[dict[str, Any]] = json.loads(done.output)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._folder.cleanup()

"""A checker that runs inside the test: a home of its own, a clock that is told, and what it said and stored.

chain = Chain(small_plan())
clock = Clock(chain.timestamp(10_200))
with Node(chain, clock=clock) as node:
    station = Station(tmp_path, clock, [node.url], [alice])
    station.run()
    station.minutes(3)
    assert station.incidents() == []
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from sqlalchemy import text

from alerting.channels.console import Console
from alerting.channels.interface import Channel
from monitor.budget import DEFAULT
from monitor.check import Surroundings, check
from monitor.commands.history import run_history
from monitor.commands.incidents import run_incidents
from monitor.commands.status import run_status
from monitor.config.configuration import Configuration, load
from monitor.database import open_database
from monitor.report import Report
from simulator.clock import Clock
from tests.databases import on_postgresql, url_in

Row = dict[str, Any]


class RunClock:
    """The simulated wall clock, with the real one for budgets."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> int:
        return int(self._clock())

    def monotonic(self) -> float:
        return time.monotonic()


class Station:
    """One installation: `.env` and `delegates.json` in `home`, its database (see tests.databases) and its console."""

    def __init__(
        self,
        home: Path,
        clock: Clock,
        rpc_urls: Sequence[str],
        delegates: Iterable[Any] = (),
        channels: Mapping[str, Channel] | None = None,
        **settings: object,
    ) -> None:
        """`settings`: further lines of .env, e.g. RPC_TIMEOUT=1. `channels`: instead of the console."""
        home.mkdir(parents=True, exist_ok=True)
        self.home, self.clock = home, clock
        self.settings: dict[str, object] = {"RPC_URL": ",".join(rpc_urls), "MIN_PEERS": 0, **settings}
        if on_postgresql():
            self.settings.setdefault("DATABASE_URL", url_in(home))
        self._stream = io.StringIO()
        self._read = 0
        self.channels = channels
        self.budget = DEFAULT
        self.reports: list[Report] = []
        self.configure()
        self.watch(list(delegates))

    # What the user edits ----------------------------------------------------------------------------------------

    def configure(self, **settings: object) -> None:
        """Writes `.env` anew with these settings changed; None takes one away."""
        self.settings |= settings
        lines = [f"{name}={value}\n" for name, value in self.settings.items() if value is not None]
        (self.home / ".env").write_text("".join(lines))

    def watch(self, delegates: Any) -> None:
        """Writes `delegates.json`: addresses, delegates as objects, or the whole document; a str is written as is."""
        if isinstance(delegates, list):
            delegates = [{"address": item} if isinstance(item, str) else item for item in delegates]
        content = delegates if isinstance(delegates, str) else json.dumps(delegates)
        (self.home / "delegates.json").write_text(content)

    # Running ----------------------------------------------------------------------------------------------------

    @property
    def configuration(self) -> Configuration:
        return load(self.home / ".env", {}, self.home)

    def run(self) -> Report:
        """One run at the clock's time. The clock does not move by itself."""
        channels = self.channels if self.channels is not None else {"console": Console(self._stream)}
        report = check(self.configuration, Surroundings(RunClock(self.clock), channels, budget=self.budget))
        self.reports.append(report)
        return report

    def minutes(self, count: int, seconds: int = 60) -> Report:
        """So many runs, the clock advanced before each. Returns the last report."""
        for _ in range(count):
            self.clock.advance(seconds)
            self.run()
        return self.reports[-1]

    # What it said -----------------------------------------------------------------------------------------------

    @property
    def console(self) -> str:
        """Everything printed so far."""
        return self._stream.getvalue()

    def told(self) -> str:
        """What was printed since this was last asked."""
        whole = self.console
        fresh, self._read = whole[self._read :], len(whole)
        return fresh

    # What it knows ----------------------------------------------------------------------------------------------

    def incidents(self, rule: str | None = None, *, everything: bool = True) -> list[Row]:
        """As `main.py incidents --all --json` prints them, oldest first; without `everything` the open ones."""
        found = self._json(lambda: run_incidents(self.configuration, everything, True))
        return sorted(
            (row for row in found if rule in (None, row["rule"])), key=lambda row: (row["opened_at"], row["id"])
        )

    def open_rules(self) -> list[str]:
        """The rules of the open incidents, in alphabetical order."""
        return sorted(row["rule"] for row in self.incidents(everything=False))

    def history(self, target: str, from_level: int | None = None, to_level: int | None = None) -> list[Row]:
        """As `main.py history --json` prints it."""
        found: list[Row] = self._json(lambda: run_history(self.configuration, target, from_level, to_level, True))
        return found

    def status(self) -> list[Row]:
        """As `main.py status --json` prints it: a network each."""
        found: list[Row] = self._json(lambda: run_status(self.configuration, True))
        return found

    def events(self) -> list[Row]:
        """Rows of `event` in the order written, the payload parsed, with level: that of the transition."""
        found = self.rows("SELECT * FROM event ORDER BY id")
        return [{**row, "payload": json.loads(row["payload"])} for row in found]

    def cursor(self, network: str = "tezos:mainnet") -> int | None:
        """The last level read."""
        found = self.rows("SELECT level FROM cursor WHERE network = :network", network=network)
        return int(found[0]["level"]) if found else None

    def rows(self, query: str, **values: object) -> list[Row]:
        """What the database answers."""
        engine = open_database(self.configuration.settings.database_url.get_secret_value())
        try:
            with engine.connect() as connection:
                return [dict(row) for row in connection.execute(text(query), values).mappings()]
        finally:
            engine.dispose()

    def _json(self, command: Callable[[], int]) -> Any:
        printed = io.StringIO()
        with redirect_stdout(printed):
            assert command() == 0, printed.getvalue()
        return json.loads(printed.getvalue())

"""How a run went: what the terminal, `--json`, the exit code and the run's row are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

RAN, PARTLY, CONFIGURATION, BUSY = 0, 1, 2, 75
"""Exit codes: ran (alerts may be firing), ran partly, configuration, another run has been busy too long."""


class NetworkReport(NamedTuple):
    """One network in one run."""

    network: str
    levels: int
    """Read in this run."""
    cursor: int | None
    head: int | None
    behind: int | None
    """Finalised levels not read yet."""
    requests: int
    error: str | None
    skipped: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """Filled while the run goes."""

    run: int | None = None
    networks: list[NetworkReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """One line each, for stderr."""
    warnings: list[str] = field(default_factory=list)
    """What went wrong beside the work (a heartbeat that nobody took): told to whoever looks, never cron's mail."""
    told: int = 0
    undelivered: int = 0
    broken: tuple[str, ...] = ()
    open_incidents: int | None = None
    missed: int | None = None
    """Rights found missed in this run; counted for metrics only."""
    exit_code: int = RAN
    unrecorded: str | None = None
    """Why something could not be recorded."""
    note: str | None = None
    """Why there was nothing to do: another run is busy."""

    @property
    def outcome(self) -> str:
        return {RAN: "ok", PARTLY: "partial"}.get(self.exit_code, "error")

    def worsen(self, exit_code: int) -> None:
        """A configuration error outranks a part that failed."""
        self.exit_code = max(self.exit_code, exit_code)

    def to_value(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "outcome": self.outcome,
            "exit_code": self.exit_code,
            "networks": [
                {
                    "network": item.network,
                    "levels": item.levels,
                    "cursor": item.cursor,
                    "head": item.head,
                    "behind": item.behind,
                    "requests": item.requests,
                    "error": item.error,
                    "skipped": list(item.skipped),
                }
                for item in self.networks
            ],
            "told": self.told,
            "undelivered": self.undelivered,
            "broken_channels": list(self.broken),
            "open_incidents": self.open_incidents,
            "problems": list(self.problems),
            "warnings": list(self.warnings),
            "note": self.note,
        }

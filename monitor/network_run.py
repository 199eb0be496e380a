"""One network in one run: what every kind of chain shares between its collector and the database.

What a collector hands over is stored and judged piece by piece, each in its own transaction. `tezos_run.py` and its
like say what the pieces are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine

from alerting.payload import Payload
from alerting.transition import Transition
from collectors.endpoint import Endpoint, EndpointHealth
from collectors.interface import Finished, Item, Probed
from collectors.rpc import RpcClient
from monitor.checks import Checks
from monitor.collection import Job
from monitor.config.settings import Settings
from monitor.cursor import load_cursor, start_cursor
from monitor.database import reading, writing
from monitor.endpoints import EndpointRow, load_endpoints, store_endpoints
from monitor.model import CheckKey, CoverageGap, EventKind, Severity
from monitor.networks import pin_network, pinned
from monitor.payloads import inhibitor
from monitor.recording import Recorder
from monitor.removal import close_targets
from monitor.report import NetworkReport
from monitor.targets import sync_targets

Tell = Callable[[Transition], None]


@dataclass(slots=True)
class NetworkRun(ABC):
    """Begun before its collector, then given its items in order. Raises StateError where it cannot write."""

    engine: Engine
    settings: Settings
    recorder: Recorder
    others: frozenset[str] = frozenset()
    """The settings by which this run reaches other networks."""
    network: str = ""
    probed: Probed | None = None
    finished: Finished | None = None
    levels_read: int = 0
    checks: Checks = field(init=False)
    refused: str | None = None
    """Why nothing of what the collector hands over is taken."""
    overtaken: bool = False
    """The collector was sent off without the cursor that the database has: what it reads is not what comes next."""

    @property
    @abstractmethod
    def endpoints_key(self) -> str:
        """The setting it is reached by: RPC_URL, RPC_URL_SHADOWNET, BITTENSOR_RPC_URL."""

    @property
    @abstractmethod
    def endpoints(self) -> tuple[Endpoint, ...]: ...

    @abstractmethod
    def begin(self) -> None:
        """Takes up an edited watch list, and what an interrupted run stored without judging it."""

    @abstractmethod
    def job(self, client: RpcClient, archive: RpcClient | None, stop_at: float) -> Job:
        """Its collector, set off from where `begin` found it. `stop_at`: monotonic, when no further level is begun."""

    @property
    def archive(self) -> tuple[Endpoint, ...]:
        """Endpoints for what the others have dropped."""
        return ()

    @abstractmethod
    def take(self, item: Item) -> None:
        """What comes before the end; afterwards `finish`."""

    @abstractmethod
    def names(self) -> dict[str, str | None]:
        """Everybody who is watched on it: target -> name."""

    @abstractmethod
    def payload(self, connection: Connection, removed: Mapping[str, str | None]) -> Callable[[Transition], Payload]:
        """What an event says of a transition. `removed`: names of targets that are no longer on the list."""

    @abstractmethod
    def judge_end(self, connection: Connection, finished: Finished) -> None:
        """What is judged when the collector is done: sources, and what is polled."""

    @abstractmethod
    def load(self, connection: Connection, network: str) -> None:
        """Takes up the checks of `network`; called again where the first contact gives it another name."""

    @property
    @abstractmethod
    def met_levels(self) -> int:
        """How many levels met rights are kept."""

    def finish(self, finished: Finished, health: Iterable[EndpointHealth]) -> None:
        """The last item, with how the endpoints did."""
        if self.refused is not None:
            self.finished = finished._replace(error=self.refused)
            return
        self.finished = finished
        with writing(self.engine) as connection:
            store_endpoints(connection, self.network, [_endpoint_row(self.network, item) for item in health])
            self.judge_end(connection, finished)

    @property
    def waiting(self) -> tuple[int, int] | None:
        """First and last of the finalised levels that waited when the run began."""
        if self.probed is None or self.probed.final_level < self.probed.first_level:
            return None
        return self.probed.first_level, self.probed.final_level

    @property
    def chain_time(self) -> int | None:
        """The wall clock, or the head's time where that is earlier: a chain that stands still grows no older. None
        where nobody told."""
        return None if self.probed is None else min(self.recorder.now, self.probed.head_timestamp)

    def health(self) -> dict[str, EndpointHealth]:
        """What earlier runs remember of the endpoints."""
        with reading(self.engine) as connection:
            rows = load_endpoints(connection, self.network)
        return {
            label: EndpointHealth(label, row.failures, row.last_ok_at, row.last_failed_at, row.last_error, row.retry_at)
            for label, row in rows.items()
        }

    def report(self) -> NetworkReport:
        assert self.finished is not None
        with reading(self.engine) as connection:
            cursor = load_cursor(connection, self.network)
        final = self.probed.final_level if self.probed else None
        caught_up = self.finished.caught_up
        return NetworkReport(
            network=self.network,
            levels=self.levels_read,
            cursor=cursor.level if cursor else None,
            head=self.finished.source.head_level,
            behind=max(0, final - cursor.level) if final is not None and cursor else 0 if caught_up else None,
            requests=self.finished.requests,
            error=self.finished.error,
            skipped=self.finished.skipped,
        )

    def take_probed(self, probed: Probed) -> None:
        """The source answered: its chain is pinned, and its cursor started where this is the first contact."""
        self.probed = probed
        now, key = self.recorder.now, self.endpoints_key
        with writing(self.engine) as connection:
            known = pinned(connection, key)
            if known is not None and known.name == probed.network:
                return
            pin = pin_network(connection, probed.network, key, probed.chain_id, now, kept=self.others)
            if pin.endpoints_key != key:
                self.refused = (
                    f"{key} leads to {probed.network}, as {pin.endpoints_key} does: put its addresses in one of them"
                )
                return
            cursor = load_cursor(connection, probed.network)
            self.overtaken = cursor is not None
            if cursor is None:
                cursor = start_cursor(connection, probed.network, probed.first_level - 1, probed.final_level, now)
            if self.network != probed.network:
                # What was told while the chain had no name yet is over: it answers now.
                close_targets(connection, self.checks, None, now, self.tell(connection), reason="recovered")
                self.checks.save(connection, now)
            self.load(connection, probed.network)
            sync_targets(connection, probed.network, self.names(), cursor.level + 1, now)

    def sync(self, next_level: int) -> None:
        """Takes up an edited watch list."""
        now = self.recorder.now
        with writing(self.engine) as connection:
            changes = sync_targets(connection, self.network, self.names(), next_level, now)
            removed = {row.target: row.name for row in changes.removed}
            close_targets(connection, self.checks, removed, now, self.tell(connection, removed=removed))
            self.checks.save(connection, now)

    def tell(
        self,
        connection: Connection,
        payload: Callable[[Transition], Payload] | None = None,
        removed: Mapping[str, str | None] | None = None,
    ) -> Tell:
        """Writes down whatever a check goes through."""
        say = payload or self.payload(connection, removed or {})

        def tell(transition: Transition) -> None:
            self.recorder.record(connection, transition, say(transition), inhibitor(self.checks, transition.key))

        return tell

    def tell_gap(self, connection: Connection, gap: CoverageGap) -> None:
        """A gap of many levels is told at once; single unreadable levels are one incident of the source."""
        if gap.from_level == gap.to_level:
            return
        payload = Payload(
            first_level=gap.from_level,
            last_level=gap.to_level,
            levels=gap.to_level - gap.from_level + 1,
            detail=gap.reason,
            identifier=self.settings.identifier,
        )
        key = CheckKey(gap.network, "source", "coverage_gap")
        dedupe_key = f"gap:{gap.network}:{gap.from_level}:{gap.to_level}"
        self.recorder.tell(connection, EventKind.COVERAGE_GAP, key, dedupe_key, payload, Severity.WARNING)


def _endpoint_row(network: str, health: EndpointHealth) -> EndpointRow:
    return EndpointRow(
        network,
        health.label,
        health.failures,
        health.last_ok_at,
        health.last_failed_at,
        health.last_error,
        health.retry_at,
    )

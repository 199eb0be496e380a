"""A database, a clock and channels that answer as told: what the delivery tests play on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path

from sqlalchemy import func, select, update

from alerting.channels.interface import Channel, Limits, Receipt
from alerting.delivery_report import DeliveryReport
from alerting.errors import DeliveryError
from alerting.events import ChannelRoute, write_event
from alerting.outbox import Outbox
from alerting.payload import Payload
from monitor.database import open_database, reading, writing
from monitor.model import CheckKey, Event, EventKind, Format, Message, Severity
from monitor.schema import channel_state, metadata
from monitor.schema import delivery as deliveries
from monitor.schema import event as events
from monitor.schema import incident as incidents
from monitor.schema_version import prepare
from tests.databases import url_in

NOON = 1_795_262_400  # 2026-11-21 12:00:00 UTC
ALICE = CheckKey("tezos:mainnet", "tz1aSkwEot3L2kmUvcoxzjMomb9mvBNuzFK6", "missed_attestation")

Outcome = Receipt | DeliveryError | Callable[[Message], Receipt]


class Scripted(Channel):
    """Answers as scripted, then takes everything. `heard` is what arrived, whatever was answered about it."""

    limits = Limits(units=3500, events=100)

    def __init__(self, name: str, format: Format = Format.PLAIN) -> None:
        self._name, self._format = name, format
        self.script: list[Outcome] = []
        self.heard: list[Message] = []
        self.address: str | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def format(self) -> Format:
        return self._format

    def send(self, message: Message, timeout: float) -> Receipt:
        outcome = self.script.pop(0) if self.script else Receipt("ok")
        if isinstance(outcome, DeliveryError):
            raise outcome
        receipt = outcome if isinstance(outcome, Receipt) else outcome(message)
        self.heard.append(message)
        return receipt

    def move(self, address: str) -> None:
        self.address = address

    @property
    def kinds(self) -> list[str]:
        """Of every event that arrived, in order."""
        return [str(fact["kind"]) for message in self.heard for fact in message.events]


class Stage:
    """One database and its runs; `minute` passes time, `killed` starts the next run after a kill."""

    send_timeout = 2.0

    def __init__(self, folder: Path, *channels: Scripted) -> None:
        self.engine = open_database(url_in(folder))
        prepare(self.engine)
        self.now = NOON
        self.run = 1
        self.channels = {channel.name: channel for channel in channels}
        self.routes: Sequence[ChannelRoute] = [ChannelRoute(name) for name in self.channels]
        self.outbox = self._outbox()

    def _outbox(self) -> Outbox:
        return Outbox(
            self.engine,
            self.channels,
            self.run,
            now=lambda: self.now,
            zone=UTC,
            explorer_url="https://tzkt.io",
            send_timeout=self.send_timeout,
            jitter=lambda: 0.0,
        )

    def next_run(self, after: int = 60) -> None:
        self.now += after
        self.run += 1
        self.outbox = self._outbox()

    def deliver(self, seconds: float = 5.0) -> DeliveryReport:
        return self.outbox.deliver(time.monotonic() + seconds)

    def tell(
        self,
        kind: EventKind,
        incident: str | None = "a1f3c2",
        ordinal: int = 0,
        *,
        key: CheckKey = ALICE,
        severity: Severity = Severity.CRITICAL,
        payload: Payload | None = None,
        silent: bool = False,
        suppressed_by: str | None = None,
    ) -> int | None:
        """As the run does it: the incident's row and the event in one transaction."""
        told = payload or Payload(name="alice", opened_at=self.now, ended_at=self.now, missed=12, of=12)
        with writing(self.engine) as connection:
            if incident is not None:
                known = connection.execute(select(incidents.c.id).where(incidents.c.id == incident)).first()
                if known is None:
                    connection.execute(
                        incidents.insert().values(
                            id=incident,
                            network=key.network,
                            target=f"{key.target}{incident}",
                            rule=key.rule,
                            severity=severity.value,
                            opened_at=self.now,
                            reopened=0,
                            missed=0,
                            evidence="{}",
                        )
                    )
                closed_at = self.now if kind is EventKind.RESOLVED else None
                connection.execute(update(incidents).where(incidents.c.id == incident).values(closed_at=closed_at))
            event = Event(
                kind=kind,
                dedupe_key=f"{incident or 'none'}:{kind.value}:{ordinal}",
                key=key,
                severity=severity,
                occurred_at=self.now,
                payload=told.to_value(),
                incident=incident,
                silent=silent,
            )
            return write_event(connection, event, self.routes, self.run, self.now, suppressed_by)

    def states(self, channel: str) -> list[tuple[str, str]]:
        """(kind, state) of every delivery on a channel, in event order."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(events.c.kind, deliveries.c.state)
                .join(deliveries, deliveries.c.event_id == events.c.id)
                .where(deliveries.c.channel == channel)
                .order_by(events.c.id)
            )
            return [(row.kind, row.state) for row in rows]

    def attempts(self, channel: str) -> list[int]:
        with reading(self.engine) as connection:
            statement = select(deliveries.c.attempts).where(deliveries.c.channel == channel)
            return list(connection.execute(statement.order_by(deliveries.c.event_id)).scalars())

    def channel_state(self, channel: str) -> dict[str, object]:
        with reading(self.engine) as connection:
            row = connection.execute(select(channel_state).where(channel_state.c.channel == channel)).one()
            return dict(row._mapping)

    def count(self) -> int:
        with reading(self.engine) as connection:
            return int(connection.execute(select(func.count()).select_from(deliveries)).scalar_one())

    def everything(self) -> str:
        """Every row of every table."""
        with reading(self.engine) as connection:
            return str([connection.execute(select(table)).all() for table in metadata.sorted_tables])

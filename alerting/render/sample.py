"""One event made up to show how it is told; docs/messages.md is full of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from alerting.payload import Payload
from alerting.render.item import RenderedInput
from monitor.model import ENDED, CheckKey, EventKind, Severity

ADDRESS = "tz1YXwZtt1KR5LZExTw6mQ9KT1qydm2S7eoE"
_WITHOUT_INCIDENT = frozenset(
    {EventKind.NOTICE, EventKind.COVERAGE_GAP, EventKind.MONITOR_GAP, EventKind.CHANNEL_BROKEN, EventKind.TEST}
)


def at(clock: str) -> int:
    """UTC seconds of a time on the day of all samples."""
    hours, minutes = clock.split(":")
    return int(datetime(2026, 11, 21, int(hours), int(minutes), tzinfo=UTC).timestamp())


OPENED, OVER = at("03:04"), at("03:26")


@dataclass(frozen=True, slots=True)
class Sample:
    """`fields` are the payload's, over the usual times. Something that ended did so at OVER."""

    rule: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    kind: EventKind = EventKind.FIRING
    severity: Severity = Severity.CRITICAL
    silent: bool = False
    network: str = "tezos:mainnet"
    target: str = ADDRESS
    name: str | None = "alice"

    def event(self) -> RenderedInput:
        ended = self.kind in ENDED
        moment = OVER if ended else OPENED
        told: dict[str, Any] = {"opened_at": OPENED, "at": moment}
        if ended:
            told["ended_at"] = OVER
        if self.target.startswith("tz"):
            told["name"] = self.name
        return RenderedInput(
            event_id=17,
            kind=self.kind,
            key=CheckKey(self.network, self.target, self.rule),
            severity=self.severity,
            silent=self.silent,
            occurred_at=moment,
            created_at=moment,
            payload=Payload(**(told | dict(self.fields))),
            incident=None if self.kind in _WITHOUT_INCIDENT else self._incident(),
        )

    def _incident(self) -> str:
        return "a" + hashlib.sha256(f"{self.rule}/{self.target}".encode()).hexdigest()[:5]


@dataclass(frozen=True, slots=True)
class Group:
    """Samples shown together: a firing and its end, mostly."""

    title: str
    samples: tuple[Sample, ...]


def both(
    title: str, rule: str, severity: Severity, opens: dict[str, Any], ends: dict[str, Any] | None = None, **whose: Any
) -> Group:
    """Its firing and its resolution."""
    firing = Sample(rule, opens, severity=severity, **whose)
    return Group(title, (firing, replace(firing, kind=EventKind.RESOLVED, fields=ends or {})))


def one(title: str, sample: Sample) -> Group:
    return Group(title, (sample,))

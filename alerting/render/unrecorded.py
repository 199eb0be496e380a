"""What is said when nothing can be recorded, and when it can again: past the outbox, which needs a database."""

from __future__ import annotations

import html
import json
from typing import Any

from alerting.render.figures import one_line
from monitor.model import EventKind, Format, Message, Severity

_HEADLINE = 79
RULE = "cannot_record"


def cannot_record(reason: str, identifier: str, format: Format, now: int) -> Message:
    """`reason` as a run's problem line has it."""
    first = f"🔴 Monitor {identifier} cannot record what it sees"
    second = f"Nothing is judged or told until it can: {one_line(reason)}. main.py doctor says more."
    return _message(first, second, identifier, EventKind.FIRING, Severity.CRITICAL, format, now)


def records_again(identifier: str, format: Format, now: int) -> Message:
    first = f"✅ Monitor {identifier} records again"
    second = "What the chain did meanwhile is judged now, and told."
    return _message(first, second, identifier, EventKind.RESOLVED, Severity.INFO, format, now)


def _message(
    first: str, second: str, identifier: str, kind: EventKind, severity: Severity, format: Format, now: int
) -> Message:
    if len(first) > _HEADLINE:
        first = f"{first[: _HEADLINE - 1]}…"
    fact: dict[str, Any] = {
        "event_id": None,
        "incident": None,
        "kind": kind.value,
        "severity": severity.value,
        "network": "monitor",
        "target": identifier,
        "rule": RULE,
        "summary": first[2:],
        "occurred_at": now,
        "created_at": now,
    }
    text = f"{first}\n{second}"
    if format is Format.JSON:
        text = json.dumps(fact, ensure_ascii=False, separators=(",", ":"))
    elif format is Format.HTML:
        text = html.escape(text, quote=False)
    return Message(text, severity, False, (fact,), format)

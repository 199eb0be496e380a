"""A database in which much is open and nothing was told yet: what a long outage of every receiver leaves behind."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from monitor.database import open_database, writing
from monitor.schema import check_state, delivery, event, incident

NETWORK = "tezos:mainnet"
RULES = ("baking_power_low", "rights_drop", "companion_key_missing", "consensus_key_pending")
"""Told by what a node says of a delegate, so that no block closes them."""
_APART = 400
"""Seconds between two beginnings: no two of them share a text."""


def fill(home: Path, targets: Sequence[str], incidents: int, channels: Sequence[str]) -> int:
    """So many open incidents of `targets`, each to be told on every channel. Returns how many deliveries wait."""
    keys = [(target, rule) for rule, target in product(RULES, targets)][:incidents]
    if len(keys) < incidents:
        raise ValueError(f"{len(targets)} targets make {len(targets) * len(RULES)} incidents, not {incidents}")
    now = int(time.time())
    opened, told, states = [], [], []
    for number, (target, rule) in enumerate(keys):
        of = {"network": NETWORK, "target": target, "rule": rule, "severity": "warning"}
        name, at = f"b{number:05x}", now - 60 - number * _APART
        opened.append({**of, "id": name, "opened_at": at, "reopened": 0, "missed": 0, "evidence": "{}"})
        payload = {"name": f"baker {number}", "opened_at": at, "at": at}
        told.append(
            {
                **of,
                "dedupe_key": f"{name}:firing:0",
                "incident_id": name,
                "kind": "firing",
                "silent": False,
                "created_at": now,
                "occurred_at": at,
                "payload": json.dumps(payload),
            }
        )
        check = {"phase": "firing", "since": at, "incident": name, "severity": "warning", "opened_at": at, "told": 1}
        state = json.dumps({"check": check})
        row = {"network": NETWORK, "target": target, "rule": rule, "incident_id": name, "state": state}
        states.append({**row, "updated_at": at})
    engine = open_database(f"sqlite:///{home / 'state.db'}")
    with writing(engine) as connection:
        connection.execute(incident.insert(), opened)
        connection.execute(event.insert(), told)
        connection.execute(check_state.insert().prefix_with("OR REPLACE"), states)
        names = [row["dedupe_key"] for row in told]
        events = connection.execute(event.select().where(event.c.dedupe_key.in_(names))).all()
        rows = [
            {"event_id": row.id, "channel": channel, "state": "pending", "attempts": 0, "next_attempt_at": now}
            for row, channel in product(events, channels)
        ]
        connection.execute(delivery.insert(), rows)
    engine.dispose()
    return len(rows)


def waiting(home: Path) -> dict[str, int]:
    """Channel -> deliveries that are still pending."""
    engine = open_database(f"sqlite:///{home / 'state.db'}")
    with engine.connect() as connection:
        query = "SELECT channel, count(*) FROM delivery WHERE state = 'pending' GROUP BY channel"
        found = {str(channel): int(number) for channel, number in connection.exec_driver_sql(query)}
    engine.dispose()
    return found

"""`main.py incidents`."""

from __future__ import annotations

import json
from datetime import tzinfo

from sqlalchemy import select

from alerting.render.figures import called
from monitor.commands.table import columns, moment
from monitor.config.configuration import Configuration
from monitor.database import open_database, reading
from monitor.model import CheckKey
from monitor.schema import incident, target
from monitor.schema_version import verify


def run_incidents(configuration: Configuration, everything: bool, as_json: bool) -> int:
    """Prints open incidents (with `everything` the closed ones too), newest first. Raises StateError."""
    engine = open_database(configuration.settings.database_url.get_secret_value())
    verify(engine)
    query = select(incident).order_by(incident.c.opened_at.desc(), incident.c.id)
    if not everything:
        query = query.where(incident.c.closed_at.is_(None))
    with reading(engine) as connection:
        rows = connection.execute(query).all()
        names = {(row.network, row.target): row.name for row in connection.execute(select(target))}
    if as_json:
        document = [
            {
                "id": row.id,
                "network": row.network,
                "target": row.target,
                "rule": row.rule,
                "severity": row.severity,
                "opened_at": row.opened_at,
                "closed_at": row.closed_at,
                "missed": row.missed,
                "evidence": json.loads(row.evidence),
                "name": names.get((row.network, row.target)),
                "opened_level": row.opened_level,
                "closed_level": row.closed_level,
                "close_reason": row.close_reason,
                "reopened": row.reopened,
                "ack_until": row.ack_until,
                "ack_by": row.ack_by,
            }
            for row in rows
        ]
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    if not rows:
        print("No incident so far." if everything else "No open incident.")
        return 0
    zone = configuration.settings.zone
    table = [
        (
            f"#{row.id}",
            row.severity,
            _who(row.network, row.target, names.get((row.network, row.target))),
            row.rule,
            moment(row.opened_at, zone),
            _end(row.closed_at, row.ack_until, zone),
            row.missed or "",
            row.network,
        )
        for row in rows
    ]
    header = ("ID", "SEVERITY", "TARGET", "RULE", f"OPENED ({configuration.settings.timezone})", "CLOSED", "MISSED")
    print("\n".join(columns((*header, "NETWORK"), table)))
    return 0


def _who(network: str, target: str, name: str | None) -> str:
    """On Bittensor with its subnet: "sn18 val-A"."""
    return called(CheckKey(network, target, ""), name) if network.startswith("bittensor:") else name or target


def _end(closed_at: int | None, ack_until: int | None, zone: tzinfo) -> str:
    if closed_at is not None:
        return moment(closed_at, zone)
    return "open" if ack_until is None else "acknowledged"

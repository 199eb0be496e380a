"""`main.py status`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from alerting.deliveries import undelivered
from monitor.commands.table import columns, moment
from monitor.config.configuration import Configuration
from monitor.database import open_database, reading
from monitor.runs import RunRow, last_run
from monitor.schema import channel_state, endpoint, incident
from monitor.schema_version import verify
from monitor.silences import silences
from monitor.status import NetworkStatus, status


def run_status(configuration: Configuration, as_json: bool) -> int:
    """Prints how everything stands; raises StateError."""
    engine = open_database(configuration.settings.database_url.get_secret_value())
    verify(engine)
    now = int(time.time())
    document = _gathered(engine, now)
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(document, configuration)))
    return 0


def _gathered(engine: Engine, now: int) -> list[dict[str, Any]]:
    """One object per network; what belongs to the monitor as a whole stands in each."""
    with reading(engine) as connection:
        networks = status(connection)
        run = last_run(connection)
        common = {
            "undelivered": undelivered(connection),
            "dead": _dead(connection),
            "broken_channels": [
                row.channel
                for row in connection.execute(select(channel_state).where(channel_state.c.broken_since.is_not(None)))
            ],
            "silences": [
                {"id": item.id, "pattern": item.pattern, "ends_at": item.ends_at} for item in silences(connection)
            ],
            "last_run": _run(run, now),
        }
        found = [{**_network(connection, item, now, run), **common} for item in networks]
        return found or [{"network": None, "cursor": None, "coverage": None, "targets": [], **common}]


def _network(connection: Connection, item: NetworkStatus, now: int, run: RunRow | None) -> dict[str, Any]:
    open_incidents = connection.execute(
        select(incident.c.id, incident.c.target, incident.c.rule, incident.c.severity)
        .where(incident.c.network == item.network, incident.c.closed_at.is_(None))
        .order_by(incident.c.opened_at)
    ).all()
    endpoints = connection.execute(
        select(endpoint).where(endpoint.c.network == item.network).order_by(endpoint.c.label)
    ).all()
    skipped = list(dict.fromkeys((*_skipped(run, item.network), *item.not_judged)))
    return {
        "network": item.network,
        "cursor": item.cursor.level,
        "judged_level": item.cursor.judged_level,
        "block_time": item.block_timestamp,
        "age": None if item.block_timestamp is None else now - item.block_timestamp,
        "blocked": None
        if item.cursor.blocked_level is None
        else {"level": item.cursor.blocked_level, "reason": item.cursor.blocked_reason},
        "coverage": {
            "from": item.coverage.from_level,
            "to": item.coverage.to_level,
            "share": round(item.coverage.share, 6),
            "missing": item.coverage.missing,
            "gaps": [
                {"from": gap.from_level, "to": gap.to_level, "reason": gap.reason} for gap in item.coverage.gaps[-20:]
            ],
        },
        "endpoints": [
            {"endpoint": row.label, "failures": row.failures, "last_ok_at": row.last_ok_at, "error": row.last_error}
            for row in endpoints
        ],
        "targets": [
            {
                "target": target.target.target,
                "name": target.target.name,
                "since_level": target.target.since_level,
                "last_level": target.last_level,
                "outcomes": {duty: dict(counts) for duty, counts in target.outcomes.items()},
                "values": {
                    metric: {"level": sample.block, "value": sample.value} for metric, sample in target.values.items()
                },
            }
            for target in item.targets
        ],
        "incidents": [
            {"id": row.id, "target": row.target, "rule": row.rule, "severity": row.severity} for row in open_incidents
        ],
        "not_checked": skipped,
    }


def _skipped(run: RunRow | None, network: str) -> list[str]:
    if run is None:
        return []
    networks = run.summary.get("networks", [])
    return next((list(item.get("skipped", [])) for item in networks if item.get("network") == network), [])


def _dead(connection: Connection) -> int:
    from monitor.schema import delivery

    return int(
        connection.execute(select(func.count()).select_from(delivery).where(delivery.c.state == "dead")).scalar_one()
    )


def _run(run: RunRow | None, now: int) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "id": run.id,
        "started_at": run.started_at,
        "age": now - run.started_at,
        "outcome": run.outcome,
        "host": run.host,
        "not_read": {
            item["network"]: item["error"] for item in run.summary.get("networks", []) if item.get("error") is not None
        },
    }


def _lines(document: list[dict[str, Any]], configuration: Configuration) -> list[str]:
    zone = configuration.settings.zone
    first = document[0]
    run = first["last_run"]
    lines = [
        "No run yet."
        if run is None
        else f"Last run {run['id']}: {moment(run['started_at'], zone)}, "
        f"{run['outcome'] or 'not finished'} ({run['age']} s ago)"
    ]
    if run is not None:
        lines += [f"{network} was not read: {error}" for network, error in run["not_read"].items()]
    for network in document:
        if network["network"] is not None:
            lines += ["", *_network_lines(network)]
    lines.append("")
    waiting = first["undelivered"]
    lines.append("Everything was told." if not waiting else f"{waiting} messages wait to be told.")
    if first["dead"]:
        lines.append("1 message was given up." if first["dead"] == 1 else f"{first['dead']} messages were given up.")
    if first["broken_channels"]:
        lines.append(f"Broken channels: {', '.join(first['broken_channels'])}")
    for item in first["silences"]:
        until = "it is resolved" if item["ends_at"] is None else moment(item["ends_at"], zone)
        lines.append(f"Silence {item['id']}: {item['pattern']} until {until}")
    return lines


def _network_lines(network: Mapping[str, Any]) -> list[str]:
    coverage, blocked = network["coverage"], network["blocked"]
    age = "" if network["age"] is None else f", {network['age']} s old"
    lines = [
        f"{network['network']}: read to level {network['cursor']:,}{age}; "
        f"{coverage['share']:.2%} of {coverage['from']:,}-{coverage['to']:,} was checked"
    ]
    lines += [f"  gap {gap['from']:,}-{gap['to']:,}: {gap['reason']}" for gap in coverage["gaps"][-3:]]
    if blocked is not None:
        lines.append(f"  level {blocked['level']:,} cannot be judged: {blocked['reason']}")
    lines += [
        f"  {item['endpoint']}: {item['error']} ({item['failures']} failures in a row)"
        for item in network["endpoints"]
        if item["failures"]
    ]
    lines += [f"  not checked: {text}" for text in network["not_checked"]]
    lines += [f"  {line}" for line in _target_lines(network)]
    others = [item for item in network["incidents"] if item["target"] not in {t["target"] for t in network["targets"]}]
    lines += [f"  #{item['id']} {item['severity']}: {item['rule']} ({item['target']})" for item in others]
    return lines


def _target_lines(network: Mapping[str, Any]) -> list[str]:
    if network["network"].startswith("bittensor:"):
        from monitor.commands.status_bittensor import target_lines

        return target_lines(network)
    rows = []
    for target in network["targets"]:
        incidents = " ".join(f"#{item['id']}" for item in network["incidents"] if item["target"] == target["target"])
        rows.append(
            (target["name"] or target["target"], *(_rate(target, d) for d in ("attestation", "baking")), incidents)
        )
    return columns(("TARGET", "ATTESTED", "BAKED", "INCIDENTS"), rows)


def _rate(target: Mapping[str, Any], duty: str) -> str:
    """As "98/100": done of those that came due and are known, over the newest 100 levels."""
    counts = target["outcomes"].get(duty, {})
    done = counts.get("met", 0) + counts.get("reproposed", 0)
    due = done + counts.get("missed", 0)
    unknown = f" ({counts['unknown']} unknown)" if counts.get("unknown") else ""
    return f"{done}/{due}{unknown}" if due or unknown else "no right"

"""`main.py explain`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from alerting.render.figures import called
from monitor.acks import UNTIL_RESOLVED
from monitor.commands.table import moment
from monitor.config.configuration import Configuration
from monitor.database import open_database, reading
from monitor.explanation import Document, explain
from monitor.model import CheckKey
from monitor.schema_version import verify

_MARKS = {"met": "+", "reproposed": "+", "missed": "-", "unknown": "?"}


def run_explain(configuration: Configuration, incident: str, as_json: bool) -> int:
    """Prints the evidence; 2 where there is no such incident."""
    name = incident.strip().removeprefix("#").lower()
    engine = open_database(configuration.settings.database_url.get_secret_value())
    verify(engine)
    with reading(engine) as connection:
        document = explain(connection, name)
    if document is None:
        print(f"sentinel: there is no incident #{name}; main.py incidents --all lists them", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(document, configuration.settings.zone)))
    return 0


def _lines(document: Document, zone: tzinfo) -> Iterator[str]:
    who = document["name"] or document["target"]
    if document["network"].startswith("bittensor:"):
        who = called(CheckKey(document["network"], document["target"], document["rule"]), document["name"])
    yield f"#{document['id']} {document['rule']} of {who} on {document['network']}, {document['severity']}"
    if document["name"]:
        yield f"  {document['target']}"
    end = "still open"
    if document["closed_at"] is not None:
        end = f"closed {moment(document['closed_at'], zone)} ({document['close_reason']})"
    again = f", reopened {document['reopened']} times" if document["reopened"] else ""
    yield f"  opened {moment(document['opened_at'], zone)}{again}, {end}"
    if document["acknowledged"]:
        until = document["acknowledged"]["until"]
        when = "resolved" if until == UNTIL_RESOLVED else moment(until, zone)
        yield f"  acknowledged by {document['acknowledged']['by'] or 'somebody'} until {when}"
    yield from _evidence(document, zone)
    yield from _levels(document)
    yield "Nodes that say so"
    for node in document["endpoints"] or ():
        failed = "" if not node["failures"] else f", {node['failures']} failures in a row: {node['error']}"
        yield f"  {node['endpoint']}: last answered {moment(node['last_ok_at'], zone)}{failed}"
    if not document["endpoints"]:
        yield "  none: it is about the monitor itself"
    yield "What was told"
    for event in document["events"]:
        by = "" if event["run"] is None else f", run {event['run']}" + (f" on {event['host']}" if event["host"] else "")
        what = f"{event['kind']} ({event['severity']}, event {event['event_id']}{by})"
        yield f"  {moment(event['created_at'], zone)} {what}"
        yield from (f"    {_delivery(item, zone)}" for item in event["deliveries"])
        if not event["deliveries"]:
            yield "    for no channel"


def _evidence(document: Document, zone: tzinfo) -> Iterator[str]:
    yield "Evidence"
    if document["missed"]:
        yield f"  missed {document['missed']:,}"
    for name, value in document["evidence"].items():
        if value is None:
            continue
        yield f"  {_named(name, value, zone)}"
    state = document["state"]
    if isinstance(state, Mapping) and state:
        yield "  the check now: " + ", ".join(_named(name, value, zone, " ") for name, value in state.items())


def _levels(document: Document) -> Iterator[str]:
    levels = document["levels"]
    if levels is None:
        return
    yield f"Levels {levels['from']:,} to {levels['to']:,}"
    for duty, counts in document["totals"].items():
        yield f"  {duty}: " + ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())
    for gap in document["gaps"]:
        yield f"  {gap['from']:,} to {gap['to']:,} were not read: {gap['reason']}"
    if document["values"]:
        yield "What was read of it, newest last"
        for name, values in document["values"].items():
            yield f"  {name.replace('_', ' ')}: " + ", ".join(_value(one) for one in values)
        return
    before = None
    for block in document["blocks"]:
        if before is not None and block["level"] > before + 1:
            yield "  …"
        before = block["level"]
        yield f"  {_block(block)}"


def _value(one: Mapping[str, Any]) -> str:
    """A sample and its block; a value that is a block's number says it itself."""
    value = f"{one['value']:,.4f}".rstrip("0").rstrip(".")
    return value if one["value"] == one["level"] else f"{value} at {one['level']:,}"


def _block(block: Mapping[str, Any]) -> str:
    parts = [f"{block['level']:,}"]
    if block["timestamp"] is None:
        parts.append("block not kept")
    elif block["round"]:
        parts.append(f"round {block['round']} (payload {block['payload_round']})")
    share = block.get("share_of_committee_before")
    if share is not None:
        parts.append(f"{share:.1%} attested the level before")
    for right in block["rights"]:
        where = f" round {right['round']}" if right["duty"] == "baking" else ""
        detail = "" if not right["evidence"] else f" {json.dumps(right['evidence'], ensure_ascii=False)}"
        parts.append(f"{_MARKS.get(right['outcome'], '?')}{right['duty']}{where} {right['outcome']}{detail}")
    return "  ".join(parts)


def _delivery(item: Mapping[str, Any], zone: tzinfo) -> str:
    if item["state"] == "sent":
        said = f"sent {moment(item['sent_at'], zone)}"
    elif item["state"] == "suppressed":
        said = f"held back by {item['held_by']}"
    elif item["state"] == "pending":
        said = f"waits until {moment(item['next_attempt_at'], zone)}"
    else:
        said = {"dead": "given up", "superseded": "not needed any more"}.get(item["state"], item["state"])
    tried = f", {item['attempts']} attempts" if item["attempts"] > 1 else ""
    error = f", last error: {item['error']}" if item["error"] else ""
    return f"{item['channel']}: {said}{tried}{error}"


def _named(name: str, value: Any, zone: tzinfo, between: str = ": ") -> str:
    """A fact with its name; what is called a time is shown as one."""
    if isinstance(value, int) and not isinstance(value, bool) and name.endswith(("_at", "since", "_until")):
        shown = moment(value, zone)
    else:
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{name.replace('_', ' ')}{between}{shown}"

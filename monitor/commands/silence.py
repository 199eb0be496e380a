"""`main.py silence`, `maintenance`, `unsilence` and `silences`: short transactions that never wait for a run."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import tzinfo

from sqlalchemy import Connection

from monitor.clock import Clock, SystemClock
from monitor.commands.author import author
from monitor.commands.receivers import receivers
from monitor.commands.table import columns, moment
from monitor.config.configuration import Configuration
from monitor.database import open_database, reading, writing
from monitor.schema_version import verify
from monitor.silences import Kind, Silence, ask_to_end, begin, silences
from monitor.subjects import meant, open_incidents
from monitor.timespan import parse_duration


def run_silence(
    configuration: Configuration,
    pattern: str,
    duration: str | None,
    until_resolved: bool,
    reason: str,
    clock: Clock | None = None,
) -> int:
    """2 where it has no end, means nothing that is open (`until_resolved`), or the duration is none."""
    if duration is None and not until_resolved:
        return _refused("say how long: --for 2h, or --until-resolved")
    return _begin(configuration, clock, "silence", pattern, duration, reason, until_resolved=until_resolved)


def run_maintenance(
    configuration: Configuration,
    target: str,
    duration: str,
    until_healthy: bool,
    reason: str,
    clock: Clock | None = None,
) -> int:
    """2 where nobody of that name is watched, or the duration is none."""
    return _begin(configuration, clock, "maintenance", target, duration, reason, until_healthy=until_healthy)


def run_unsilence(configuration: Configuration, number: int, clock: Clock | None = None) -> int:
    """2 where there is no such silence."""
    engine = open_database(configuration.settings.database_url.get_secret_value())
    verify(engine)
    with writing(engine) as connection:
        silence = ask_to_end(connection, number, (clock or SystemClock()).now())
        held = [item.id for item in silences(connection)]
    if silence is None:
        known = f"in force: {', '.join(map(str, held))}" if held else "nothing is silenced"
        return _refused(f"there is no silence {number}; {known}")
    print(f"Silence {number} of {silence.pattern} is over; the next run tells what it held back.")
    return 0


def run_silences(configuration: Configuration, everything: bool, as_json: bool) -> int:
    """Prints those in force; with `everything` those before, too."""
    engine = open_database(configuration.settings.database_url.get_secret_value())
    verify(engine)
    with reading(engine) as connection:
        found = silences(connection, ended=everything)
    if as_json:
        print(json.dumps([asdict(item) for item in found], ensure_ascii=False, indent=2))
        return 0
    if not found:
        print("Nothing is silenced.")
        return 0
    zone = configuration.settings.zone
    rows = [
        (item.id, item.pattern, moment(item.starts_at, zone), _until(item, zone), item.author, item.reason)
        for item in found
    ]
    header = ("ID", "PATTERN", f"SINCE ({configuration.settings.timezone})", "UNTIL", "BY", "REASON")
    print("\n".join(columns(header, rows)))
    return 0


def _begin(
    configuration: Configuration,
    clock: Clock | None,
    kind: Kind,
    pattern: str,
    duration: str | None,
    reason: str,
    *,
    until_resolved: bool = False,
    until_healthy: bool = False,
) -> int:
    now = (clock or SystemClock()).now()
    try:
        ends_at = None if duration is None else now + parse_duration(duration)
    except ValueError as error:
        return _refused(str(error))
    if not pattern.strip() or not pattern.isprintable() or len(pattern) > 200:
        return _refused("a pattern is a name, an address, a rule, target/rule, or a glob over these")
    engine = open_database(configuration.settings.database_url.get_secret_value())
    verify(engine)
    channels = receivers(configuration)
    with writing(engine) as connection:
        quieted = [f"#{item.id} {item.key.rule}" for item in open_incidents(connection, pattern)]
        if until_resolved and not quieted:
            return _refused(f"nothing that {pattern} means is open, so nothing can resolve; write --for 2h")
        known = _means_something(connection, configuration, pattern)
        if kind == "maintenance" and not known:
            return _refused(f"{pattern} is not watched; main.py status lists who is")
        silence = begin(
            connection,
            channels,
            now,
            pattern,
            kind=kind,
            ends_at=ends_at,
            until_resolved=until_resolved,
            until_healthy=until_healthy,
            author=author(os.environ),
            reason=reason.strip(),
        )
    until = _until(silence, configuration.settings.zone)
    print(f"{kind.capitalize()} {silence.id}: {pattern} is quiet until {until}.")
    if quieted:
        print(
            f"Open now: {', '.join(quieted)}. They are told when it ends, if they still hold and nobody heard of them."
        )
    if not known and not quieted:
        print(f"sentinel: {pattern} means nothing that is known so far", file=sys.stderr)
    return 0


def _means_something(connection: Connection, configuration: Configuration, pattern: str) -> bool:
    from monitor.rules.cards import CARDS

    listed = configuration.watch_list is not None and pattern in configuration.watch_list.spellings
    return listed or pattern in CARDS or bool(meant(connection, pattern))


def _until(silence: Silence, zone: tzinfo) -> str:
    if silence.ended_at is not None:
        return f"{moment(silence.ended_at, zone)} ({silence.end_reason})"
    if silence.end_reason == "removed":
        return "the next run"
    parts = [] if silence.ends_at is None else [moment(silence.ends_at, zone)]
    parts += ["it is resolved"] if silence.until_resolved else []
    parts += ["it is healthy again"] if silence.until_healthy else []
    return " or ".join(parts)


def _refused(text: str) -> int:
    print(f"sentinel: {text}", file=sys.stderr)
    return 2

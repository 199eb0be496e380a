"""`main.py ack`: one short transaction that never waits for a run."""

from __future__ import annotations

import os
import sys

from monitor.acks import UNTIL_RESOLVED, acknowledge
from monitor.clock import Clock, SystemClock
from monitor.commands.author import author
from monitor.commands.table import moment
from monitor.config.configuration import Configuration
from monitor.database import open_database, writing
from monitor.schema_version import verify
from monitor.timespan import parse_until


def run_ack(configuration: Configuration, incident: str, until: str | None, clock: Clock | None = None) -> int:
    """2 where there is no such incident, or it is over already."""
    settings, now = configuration.settings, (clock or SystemClock()).now()
    name = incident.strip().removeprefix("#").lower()
    try:
        moment_until = UNTIL_RESOLVED if until is None else parse_until(until, now, settings.zone)
    except ValueError as error:
        print(f"sentinel: {error}", file=sys.stderr)
        return 2
    engine = open_database(settings.database_url.get_secret_value())
    verify(engine)
    with writing(engine) as connection:
        result = acknowledge(connection, name, moment_until, author(os.environ))
    if result is None or not result.open:
        said = f"there is no incident #{name}" if result is None else f"#{name} is over already"
        print(f"sentinel: {said}; main.py incidents lists what is open", file=sys.stderr)
        return 2
    when = "it is resolved" if until is None else f"{moment(moment_until, settings.zone)} or its end"
    print(f"#{name}: no reminder and no escalation until {when}. Its end is told all the same.")
    return 0

"""`main.py status --nagios`."""

from __future__ import annotations

from monitor.clock import Clock, SystemClock
from monitor.config.configuration import Configuration
from monitor.database import open_database, reading
from monitor.errors import StateError
from monitor.nagios import UNKNOWN, summary, unknown, verdict
from monitor.schema_version import verify


def run_nagios(configuration: Configuration, clock: Clock | None = None) -> int:
    """Prints one line; the exit code is 0, 1, 2 or 3, whatever happens."""
    try:
        engine = open_database(configuration.settings.database_url.get_secret_value())
        verify(engine)
        with reading(engine) as connection:
            seen = summary(connection, (clock or SystemClock()).now())
    except StateError as error:
        print(unknown(str(error)))
        return UNKNOWN
    code, line = verdict(seen, configuration.settings.alert_inactive_state_threshold)
    print(line)
    return code

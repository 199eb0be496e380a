"""How a PostgreSQL is connected to: either side notices within half a minute that the other one is gone.

Without this a host that was switched off keeps its locks until the server's own keepalives say so, after two hours.
Imported only where DATABASE_URL names one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL

IDLE_SECONDS, INTERVAL_SECONDS, PROBES = 10, 5, 3
LOST_AFTER_MS = 1000 * (IDLE_SECONDS + INTERVAL_SECONDS * PROBES)
LOCK_TIMEOUT_MS = 5_000
"""As SQLite's busy timeout: longer than any of our transactions should take."""

# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_CLIENT: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "sentinel",
    "client_encoding": "utf8",
    "keepalives": 1,
    "keepalives_idle": IDLE_SECONDS,
    "keepalives_interval": INTERVAL_SECONDS,
    "keepalives_count": PROBES,
    "tcp_user_timeout": LOST_AFTER_MS,  # data under way that nobody acknowledges: keepalives do not cover it
}

# https://www.postgresql.org/docs/current/runtime-config-connection.html; no effect on a Unix socket, which needs none
_SERVER = {
    "tcp_keepalives_idle": str(IDLE_SECONDS),
    "tcp_keepalives_interval": str(INTERVAL_SECONDS),
    "tcp_keepalives_count": str(PROBES),
    "tcp_user_timeout": str(LOST_AFTER_MS),
    "lock_timeout": str(LOCK_TIMEOUT_MS),
}

# Not as start-up options, which PgBouncer refuses.
_SETTINGS = "SELECT " + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SERVER.items())


def client_arguments(url: URL) -> dict[str, Any]:
    """For the driver. What the address itself says goes first."""
    return {name: value for name, value in _CLIENT.items() if name not in url.query}


def prepare_session(connection: Any, _record: object) -> None:
    """The server's side of a connection that was just made; `connection` is the driver's."""
    connection.autocommit = True  # a setting made inside a transaction would go with its rollback
    try:
        connection.execute(_SETTINGS)
    finally:
        connection.autocommit = False

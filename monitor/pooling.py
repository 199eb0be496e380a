"""Whether something between us and PostgreSQL gives every transaction whichever server connection is free.

Then nothing that belongs to a session can be relied on, and the run lock is a session's: two runs may both believe that
they hold it. PgBouncer does that with pool_mode transaction or statement, and so do most hosted "pooled" addresses.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from monitor.database import in_our_words


def transaction_pooling(engine: Engine) -> bool:
    """Whether the run lock would be worthless here. False on SQLite, which has no connections of that kind.

    A connection asks which server process answers it: twice, and again while a second one is inside a transaction. With
    a process of its own that is always the same one, and never that of the second. A pooler takes whichever is free,
    the same one or the next; that it is the first one's own each time takes other busy clients, and luck.

    Raises StateError where the server cannot be reached, or has no two places left.
    """
    if engine.dialect.name != "postgresql":
        return False
    with in_our_words(engine), engine.connect() as bare, engine.connect() as second:
        first = bare.execution_options(isolation_level="AUTOCOMMIT")
        seen = {_server_process(first), _server_process(first)}
        with second.begin():
            other = _server_process(second)
            seen.add(_server_process(first))
    return len(seen) > 1 or other in seen


def _server_process(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())

"""One run at a time on a database that several hosts share, whatever becomes of the one that runs."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from monitor.database import fenced, open_database, reading, writing
from monitor.errors import Lost, Unreachable
from monitor.lock import AdvisoryLock, lock_of
from monitor.postgresql import IDLE_SECONDS, INTERVAL_SECONDS, LOST_AFTER_MS, PROBES
from monitor.runs import start_run
from monitor.schema_version import prepare
from tests.monitor.state_values import start_process
from tests.postgres.server import PASSWORD, Server

HOLDER = """
import sys
from monitor.database import open_database
from monitor.lock import lock_of
lock = lock_of(open_database(sys.argv[1]))
assert lock.acquire()
print("ready", flush=True)
sys.stdin.read()
"""


def cut(server: Server) -> None:
    """Ends the connection that holds the run lock, as a network that breaks would."""
    server.run("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'")


def within(seconds: float, what: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.02)
    return False


def test_the_second_host_leaves_while_the_first_runs(database_url: str) -> None:
    first, second = (lock_of(open_database(database_url)) for _ in range(2))
    assert first.acquire()
    assert first.acquire()
    began = time.monotonic()
    assert not second.acquire()
    assert time.monotonic() - began < 2
    first.release()
    assert second.acquire()
    second.release()


def test_databases_of_one_server_do_not_share_a_lock(database_url: str, postgres_server: Server) -> None:
    other = postgres_server.create()
    first, second = (lock_of(open_database(url)) for url in (database_url, postgres_server.url(other)))
    assert first.acquire()
    assert second.acquire()
    first.release()
    second.release()
    postgres_server.drop(other)


@pytest.mark.crash
def test_the_server_frees_the_lock_of_a_killed_run(database_url: str) -> None:
    process = start_process(HOLDER, database_url)
    lock = lock_of(open_database(database_url))
    assert not lock.acquire()
    process.kill()
    process.wait()
    assert within(5, lock.acquire)
    lock.release()


def test_a_lock_whose_connection_was_cut_is_not_held_and_lets_nothing_be_written(
    engine: Engine, postgres_server: Server
) -> None:
    prepare(engine)
    lock = lock_of(engine)
    assert lock.acquire()
    mine = fenced(engine, lock.fence)
    with writing(mine) as connection:
        start_run(connection, 1, "host", 1)
    cut(postgres_server)
    with pytest.raises(Lost, match=r"^the PostgreSQL database: the run lock was lost"), writing(mine) as connection:
        start_run(connection, 2, "host", 1)
    assert not lock.held()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT started_at FROM run")).scalars().all() == [1]


def test_nobody_begins_while_a_run_that_lost_its_lock_is_still_writing(
    database_url: str, postgres_server: Server
) -> None:
    engine = open_database(database_url)
    prepare(engine)
    first, second = lock_of(engine), lock_of(open_database(database_url))
    assert isinstance(first, AdvisoryLock)
    assert first.acquire()
    with writing(fenced(engine, first.fence)) as connection:
        start_run(connection, 1, "host", 1)
        holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        (holder,) = connection.exec_driver_sql(holders).scalars()
        postgres_server.run(f"SELECT pg_terminate_backend({holder}, 5000)")
        assert not second.acquire()
    assert second.acquire()
    second.release()
    first.release()
    engine.dispose()


def test_both_sides_of_every_connection_notice_that_the_other_one_is_gone(engine: Engine) -> None:
    names = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")
    expected = [IDLE_SECONDS, INTERVAL_SECONDS, PROBES, LOST_AFTER_MS]
    lock = AdvisoryLock(engine)
    assert lock.acquire()
    with reading(engine) as connection:
        lasting = lock._connection  # the one thing a user never sees
        assert lasting is not None
        for one in (connection, lasting):
            query = "SELECT setting FROM pg_settings WHERE name = '{}'"
            assert [int(one.exec_driver_sql(query.format(name)).scalar_one()) for name in names] == expected
            driver: Any = one.connection.dbapi_connection
            with socket.socket(fileno=os.dup(driver.fileno())) as wire:
                options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
                assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                assert [wire.getsockopt(socket.IPPROTO_TCP, option) for option in options] == expected
    lock.release()


def test_a_server_that_is_not_there_is_told_in_a_line_without_the_address() -> None:
    lock = lock_of(open_database(f"postgresql+psycopg://me:{PASSWORD}@127.0.0.1:1/x"))
    with pytest.raises(Unreachable, match=r"^the PostgreSQL database: cannot be reached$"):
        lock.acquire()


def test_a_wrong_password_is_told_without_it(postgres_server: Server) -> None:
    right = postgres_server.url("postgres")
    for url in (right.replace(PASSWORD, "canary"), right.replace(f":{PASSWORD}", ""), postgres_server.url("canary")):
        with pytest.raises(Unreachable, match="refused the connection: user, password, database") as told:
            lock_of(open_database(url)).acquire()
        assert "canary" not in str(told.value)
        assert told.value.__cause__ is None

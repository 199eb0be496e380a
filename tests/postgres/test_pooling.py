"""A pooler that shares server connections between transactions is found out; a session's own connection is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.config.configuration import load
from monitor.database import open_database
from monitor.doctor.database import examine_database
from monitor.errors import Unreachable
from monitor.lock import lock_of
from monitor.pooling import transaction_pooling
from monitor.schema_version import prepare
from tests.postgres.bouncer import bouncing
from tests.postgres.server import NoServer, Server

NODE = {"RPC_URL": "http://127.0.0.1:1"}


@contextmanager
def behind(server: Server, url: str, mode: str, *, round_robin: bool = False) -> Iterator[str]:
    """The address of the same database through PgBouncer."""
    try:
        with bouncing(server, mode, round_robin=round_robin) as port:
            yield url.replace(f":{server.port}/", f":{port}/")
    except NoServer as error:
        pytest.skip(str(error))


def test_a_server_that_is_reached_directly_does_not_pool(engine: Engine) -> None:
    assert not transaction_pooling(engine)


def test_a_file_does_not_pool(tmp_path: Path) -> None:
    assert not transaction_pooling(open_database(f"sqlite:///{tmp_path / 'state.db'}"))


@pytest.mark.parametrize("round_robin", [False, True])
def test_a_pooler_of_transactions_is_found_out(
    postgres_server: Server, database_url: str, round_robin: bool, tmp_path: Path
) -> None:
    with behind(postgres_server, database_url, "transaction", round_robin=round_robin) as url:
        engine = open_database(url)
        assert transaction_pooling(engine)
        prepare(engine)
        found = {
            finding.area: finding for finding in examine_database(load(None, {"DATABASE_URL": url, **NODE}, tmp_path))
        }
        assert found["connections"].level == "failed"
        assert "the run lock would hold nothing" in found["connections"].text
        engine.dispose()


def test_a_pooler_of_sessions_keeps_the_run_lock(postgres_server: Server, database_url: str) -> None:
    with behind(postgres_server, database_url, "session") as url:
        engine, direct = open_database(url), open_database(database_url)
        prepare(engine)
        assert not transaction_pooling(engine)
        engine.dispose()
        first, second = lock_of(engine), lock_of(direct)
        assert first.acquire()
        assert not second.acquire()
        first.release()
        for one in (engine, direct):
            one.dispose()


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(Unreachable):
        transaction_pooling(open_database("postgresql+psycopg://me@127.0.0.1:1/x"))

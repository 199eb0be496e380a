"""The state: can it be read and written, is it sound, and is it this host's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from monitor.config.configuration import Configuration
from monitor.database import open_database, place, reading, sqlite_path, writing
from monitor.doctor.finding import Finding, failed, warning, well
from monitor.errors import NoState, OlderSchema, StateError
from monitor.host import has_moved, this_host
from monitor.pooling import transaction_pooling
from monitor.runs import last_run
from monitor.schema_version import verify

AREA = "database"
SCARCE_BYTES, SPARSE_BYTES = 20 * 1024**2, 500 * 1024**2


def examine_database(configuration: Configuration) -> Iterator[Finding]:
    engine = open_database(configuration.settings.database_url.get_secret_value())
    try:
        path = sqlite_path(engine)
        try:
            verify(engine)
        except NoState as error:
            yield warning(AREA, str(error), "python main.py check")
        except OlderSchema as error:
            yield warning(AREA, str(error), "python main.py check")
        except StateError as error:
            yield failed(AREA, str(error), "see DATABASE_URL, and the rights and the space of its place")
        else:
            yield _state(engine, path)
            yield from _host(engine, configuration)
        if path is not None:
            yield from _space(path)
        else:
            yield _connections(engine)
    finally:
        engine.dispose()


def _state(engine: Engine, path: Path | None) -> Finding:
    try:
        if path is not None:
            with reading(engine) as connection:
                said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            if said != "ok":
                return failed(AREA, f"{place(engine)} is damaged", "stop cron, and restore a copy of main.py backup")
        with writing(engine) as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
    except StateError as error:
        return failed(AREA, str(error), "see the rights and the space of its place; is another process holding it?")
    size = "" if path is None else f", {path.stat().st_size / 1024**2:,.1f} MiB"
    return well(AREA, f"{place(engine)} can be read and written{', and is sound' if path else ''}{size}")


def _space(path: Path) -> Iterator[Finding]:
    with suppress(OSError):
        free = shutil.disk_usage(path.parent).free
        text = f"{free / 1024**2:,.0f} MiB free on its disk"
        if free < SCARCE_BYTES:
            yield failed("disk", text, "make room: runs cannot record anything on a full disk")
        elif free < SPARSE_BYTES:
            yield warning("disk", text, "make room")
        else:
            yield well("disk", text)


def _connections(engine: Engine) -> Finding:
    try:
        pooled = transaction_pooling(engine)
    except StateError as error:
        return failed("connections", str(error), "see DATABASE_URL and the server's limits: a run needs two at once")
    if pooled:
        return failed(
            "connections",
            "a proxy shares server connections between transactions, so that the run lock would hold nothing",
            "point DATABASE_URL at PostgreSQL itself, or at a pool in session mode",
        )
    return well("connections", "a connection stays what it is: the run lock holds")


def _host(engine: Engine, configuration: Configuration) -> Iterator[Finding]:
    if sqlite_path(engine) is None:
        return
    with suppress(StateError), reading(engine) as connection:
        newest, here = last_run(connection), this_host(configuration.settings.identifier)
        if newest is not None and has_moved(newest.host, here):
            yield failed(
                "host",
                f"the state belongs to {newest.host}, and this is {here}",
                f"if nothing runs on {newest.host} any more: python main.py check --takeover",
            )

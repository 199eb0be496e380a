"""A database of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from monitor.database import open_database
from tests.postgres.server import Server


@pytest.fixture
def database_url(postgres_server: Server) -> Iterator[str]:
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Nothing in it yet."""
    made = open_database(database_url)
    yield made
    made.dispose()

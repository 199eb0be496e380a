"""Both databases: what a module marks with `usefixtures("both_databases")` runs on SQLite and on PostgreSQL,
save for tests marked `sqlite`: what they speak of is there alone, or would take too long twice."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import is_hypothesis_test

from tests.databases import kept_on
from tests.postgres.server import NoServer, Server

LONGEST = (
    "tests/simulator/test_demo.py",
    "tests/test_budget.py",
    "tests/truth/",
    "tests/crash/",
    "tests/test_secrets.py",
    "tests/postgres/",
)
"""Where tests take seconds each, mostly waiting."""
UNTRACED = (
    "tests/truth/",
    "tests/crash/",
    "tests/bench/",
    "tests/postgres/",
    "tests/simulator/",
    "tests/monitor/test_node_outage.py",
    "tests/monitor/test_reminding.py",
    "tests/monitor/test_duties.py",
    "tests/alerting/channels/test_contract.py",
    "tests/test_budget.py",
    "tests/test_secrets.py",
)
"""Whole runs by the thousand, of code that the other tests have covered, and tests of what is no part of the checker:
tracing them costs half as much again. So it does with examples by the hundred, of hypothesis."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: one that is left over at the end is waited for by everybody."""
    items.sort(key=lambda item: next((n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path)), 99))


@pytest.fixture(autouse=True)
def untraced(request: pytest.FixtureRequest) -> Iterator[None]:
    """Its own way of pytest-cov's `no_cover`, which does not stop the tracer in a worker of xdist."""
    if not request.node.nodeid.startswith(UNTRACED) and not is_hypothesis_test(request.function):
        yield
        return
    here, threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    yield
    sys.settrace(here)
    threading.settrace(threads)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Started by the first test that asks for it."""
    try:
        server = Server()
    except NoServer as error:
        pytest.skip(f"PostgreSQL: {error}")
    yield server
    server.stop()


@pytest.fixture
def on_postgresql(postgres_server: Server) -> Iterator[Server]:
    """Every database of this test is one on PostgreSQL."""
    with kept_on(postgres_server):
        yield postgres_server


@pytest.fixture
def both_databases(request: pytest.FixtureRequest) -> None:
    if request.param == "postgresql":
        request.getfixturevalue("on_postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "both_databases" in metafunc.fixturenames:
        sqlite_alone = metafunc.definition.get_closest_marker("sqlite") is not None
        databases = ["sqlite"] if sqlite_alone else ["sqlite", "postgresql"]
        metafunc.parametrize("both_databases", databases, indirect=True)

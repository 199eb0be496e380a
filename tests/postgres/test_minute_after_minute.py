"""The same minutes on both databases: what is stored, judged and told is the same to the last column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.schema import metadata
from simulator import faults
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import ACCIDENTS, Plan, small_plan
from tests.alerting.stage import Scripted
from tests.postgres.server import PASSWORD, Server
from tests.running import Station

START, MINUTES = 10_150, 30
WATCHED = ("alice", "bob", "carol", "ivan")


def _plan() -> Plan:
    plan = small_plan(seed=21, chances=ACCIDENTS).outage("alice", 10_160, 10_200).outage("bob", 10_230, 10_262)
    plan = plan.outage("alice", 10_270, 10_281).outage("carol", 10_340).unstake("carol", 10_250)
    return plan.miss_bake(10_190, (0, 1, 2)).repropose(10_210)


@pytest.mark.truth
def test_both_databases_come_to_the_same(tmp_path: Path, postgres_server: Server) -> None:
    chain = Chain(_plan())
    clock = Clock(chain.timestamp(START))
    phones = [Scripted("phone"), Scripted("phone")]
    url = postgres_server.url(postgres_server.create())
    with Node(chain, clock=clock) as node:
        watched = [{"address": chain.plan.baker(name).address, "name": f"{name} ü\U0001f950"} for name in WATCHED]
        stations = [
            Station(tmp_path / "sqlite", clock, [node.url], watched, {"phone": phones[0]}),
            Station(tmp_path / "postgresql", clock, [node.url], watched, {"phone": phones[1]}, DATABASE_URL=url),
        ]
        for minute in range(MINUTES):
            clock.advance(60)
            if minute == 10:
                node.faults.add(faults.no_metadata(levels=(10_240, 10_241)))
            if minute == 15:
                node.follow(chain.forked(10_255))
            for station in stations:
                station.watch(watched if minute < 20 else watched[1:])
                assert station.run().problems == []

    on_sqlite, on_postgresql = (_everything(station) for station in stations)
    for table, rows in on_sqlite.items():
        assert on_postgresql[table] == rows, table
    assert [message.events for message in phones[0].heard] == [message.events for message in phones[1].heard]
    assert {row["outcome"] for row in on_sqlite["observation"]} >= {"met", "missed", "unknown"}
    assert len(on_sqlite["incident"]) >= 6
    assert stations[0].history(watched[1]["address"]) == stations[1].history(watched[1]["address"])
    assert stations[0].incidents() == stations[1].incidents()
    assert PASSWORD not in str(on_postgresql)


def _everything(station: Station) -> dict[str, list[dict[str, Any]]]:
    """table -> rows, without what two runs at the same moment may differ in."""
    own = {"run": {"pid", "summary", "finished_at"}, "network": set(), "endpoint": {"last_ok_at", "last_failed_at"}}
    found = {}
    for table in metadata.sorted_tables:
        rows = station.rows(f"SELECT * FROM {table.name}")
        kept = [{name: value for name, value in row.items() if name not in own.get(table.name, ())} for row in rows]
        found[table.name] = sorted(kept, key=str)
    return found

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest

from collectors.interface import Finished, Item, Plan, Probed
from monitor.collection import QUEUED_ITEMS, Job, collect
from monitor.source_model import SourceReading
from simulator.chain import Chain
from simulator.plan import small_plan
from tests.collectors.tezos.plans import make_plan

# What a defect leaves behind goes to stderr, and here to a warning that may come a test later.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")

CHAIN = Chain(small_plan())


@dataclass(slots=True)
class Scripted:
    """Hands over `count` items and then does as it is told."""

    count: int = 3
    error: Exception | None = None
    wait: threading.Event | None = None
    handed: list[int] = field(default_factory=list)

    def collect(self, plan: Plan) -> Iterator[Item]:
        for number in range(self.count):
            self.handed.append(number)
            yield Probed(plan.network or "", "NetX", number, 0, 0)
        if self.wait is not None:
            self.wait.wait(5)
        if self.error is not None:
            raise self.error
        yield Finished(plan.network, SourceReading("", (), None, None, None))


def job(name: str, collector: Scripted, network: str | None = "tezos:mainnet") -> Job:
    plan = make_plan(CHAIN, 0, {}, None, network=network)
    return Job(name, plan.network, plan.expected_chain_id, partial(collector.collect, plan))


def run(*jobs: Job, seconds: float = 5.0) -> list[tuple[str, Item]]:
    return [(found.name, item) for found, item in collect(jobs, time.monotonic() + seconds)]


def ends(found: list[tuple[str, Item]]) -> dict[str, str | None]:
    return {name: item.error for name, item in found if isinstance(item, Finished)}


def test_each_networks_items_come_in_their_order_and_end_once() -> None:
    found = run(job("a", Scripted()), job("b", Scripted(5)))
    for name, count in (("a", 3), ("b", 5)):
        mine = [item for other, item in found if other == name]
        assert [item.first_level for item in mine if isinstance(item, Probed)] == list(range(count))
        assert isinstance(mine[-1], Finished)
    assert ends(found) == {"a": None, "b": None}


def test_a_network_that_hangs_holds_nobody_up() -> None:
    hang = threading.Event()
    begun = time.monotonic()
    found = run(job("hangs", Scripted(wait=hang)), job("well", Scripted(9)), seconds=0.2)
    assert time.monotonic() - begun < 2
    hang.set()
    assert ends(found) == {"hangs": "did not finish within the run's time", "well": None}
    assert [name for name, _ in found].count("well") == 10


def test_a_defect_in_one_collector_ends_that_network_alone() -> None:
    found = run(job("broken", Scripted(error=KeyError("secret"))), job("well", Scripted()))
    errors = ends(found)
    assert errors["well"] is None
    assert errors["broken"] is not None
    assert "KeyError" in errors["broken"]
    assert "secret" not in errors["broken"]


def test_an_end_that_had_to_be_made_up_names_the_network_as_it_is_known() -> None:
    hang = threading.Event()
    found = run(job("RPC_URL", Scripted(0, wait=hang), network=None), seconds=0.05)
    hang.set()
    ((_, finished),) = found
    assert isinstance(finished, Finished)
    assert (finished.network, finished.source.network, finished.source.endpoints) == (None, "RPC_URL", ())


def test_reading_runs_ahead_of_writing_by_a_few_items_only() -> None:
    collector = Scripted(100)
    items = collect([job("a", collector)], time.monotonic() + 5)
    next(items)
    time.sleep(0.05)
    assert len(collector.handed) <= QUEUED_ITEMS + 3
    assert len(list(items)) == 100

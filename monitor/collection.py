"""Networks read side by side: a thread each that asks, and this one, the only one that writes.

What a collector yields is handed over through a small queue, so that reading runs ahead of writing by a few batches
and no more, and a network that hangs holds up nobody but itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, Queue
from typing import NamedTuple

from collectors.interface import Finished, Item
from monitor.source_model import SourceReading

QUEUED_ITEMS = 4


class Job(NamedTuple):
    """One network to read."""

    name: str
    """What the network is called until its chain is known."""
    network: str | None
    """Its pinned name; None before the first contact."""
    expected_chain_id: str | None
    collect: Callable[[], Iterator[Item]]
    """Its collector, with its plan. Raises nothing: what goes wrong is in `Finished`."""


def collect(
    jobs: Sequence[Job], deadline: float, monotonic: Callable[[], float] = time.monotonic
) -> Iterator[tuple[Job, Item]]:
    """Yields each network's items in its own order, and exactly one Finished per network, by `deadline`.

    A network that has not finished by then is given a Finished that says so; its thread is left to the process's end.
    """
    queue: Queue[tuple[Job, Item]] = Queue(maxsize=QUEUED_ITEMS)
    for job in jobs:
        threading.Thread(target=_run, args=(job, queue), name=f"collect-{job.name}", daemon=True).start()
    waiting = list(jobs)
    while waiting:
        try:
            job, item = queue.get(timeout=max(0.0, deadline - monotonic()))
        except Empty:
            break
        if job not in waiting:
            continue
        if isinstance(item, Finished):
            waiting.remove(job)
        yield job, item
    for job in waiting:
        yield job, unfinished(job, "did not finish within the run's time")


def unfinished(job: Job, error: str) -> Finished:
    """What stands in for the end of a collection that had none."""
    source = SourceReading(job.network or job.name, (), job.expected_chain_id, None, None, failure=error)
    return Finished(job.network, source, error=error)


def _run(job: Job, queue: Queue[tuple[Job, Item]]) -> None:
    finished = False
    try:
        for item in job.collect():
            finished = isinstance(item, Finished)
            queue.put((job, item))
    except Exception as error:
        if not finished:
            queue.put((job, unfinished(job, f"internal error: {type(error).__name__} (its traceback is on stderr)")))
        raise

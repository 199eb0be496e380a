"""python -m tests.crash [--kills N] [--seed N] [--jobs N] [--json]: kills the checker until the promise is proven.

Real processes die by SIGKILL at every step of a run and at random moments, while the receivers of their messages are
up, down, slow, refuse, limit the rate or leave it open whether they took it. Each scenario ends with one undisturbed
run. Exits 1 where the promise is broken, and leaves the scenario's files.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.crash.scenario import Outcome, Scenario
from tests.crash.series import figures, played, report, scenarios


def options_of(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="how many (default: 500)")
    parser.add_argument("--seed", type=int, default=1, help="of chains, receivers and dice (default: 1)")
    jobs = 2 * (os.cpu_count() or 1)
    parser.add_argument("--jobs", type=int, default=jobs, help="scenarios at once (default: two per core: they wait)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 1 where the promise is broken."""
    options = options_of(argv)
    began = time.monotonic()
    outcomes: dict[Scenario, Outcome] = {}
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        under_way = {pool.submit(played, one): one for one in scenarios(options.kills, options.seed)}
        for done in as_completed(under_way):
            outcomes[under_way[done]] = done.result()
            _progress(outcomes.values(), options.kills)
    found = figures(outcomes.values()) | {"seconds": round(time.monotonic() - began), "seed": options.seed}
    print(json.dumps(found, indent=2, ensure_ascii=False) if options.json else report(found))
    return 0 if not found["breaches"] else 1


def _progress(outcomes: Iterable[Outcome], kills: int) -> None:
    if sys.stderr.isatty():
        so_far = sum(outcome.kills.total() for outcome in outcomes)
        print(f"\r\033[K{so_far} of {kills} kills", end="\n" if so_far >= kills else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

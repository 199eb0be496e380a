"""python -m bench [NAME …] [--json] [--list]: measures, prints a table, and exits 1 where a bound is not kept."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Sequence

from bench import bittensor, delegates, memory, outbox, quiet, rate_limit, requests_per_block, sdk, throughput
from bench.figure import Benchmark, Figure, NotMeasured, Size, table

BENCHMARKS: dict[str, Benchmark] = {
    "requests": requests_per_block.figures,
    "throughput": throughput.figures,
    "rate-limit": rate_limit.figures,
    "quiet": quiet.figures,
    "delegates": delegates.figures,
    "memory": memory.figures,
    "outbox": outbox.figures,
    "bittensor": bittensor.figures,
    "sdk": sdk.figures,
}


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 1 where a bound is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--scale", type=float, default=1.0, help="of the sizes measured; bounds are meant for 1")
    options = parser.parse_args(argv)
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    found: list[Figure] = []
    not_measured: dict[str, str] = {}
    for name in options.names or BENCHMARKS:
        started = time.perf_counter()
        try:
            found += BENCHMARKS[name](Size(options.scale))
        except NotMeasured as reason:
            not_measured[name] = str(reason)
        print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    if options.json:
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
        figures = [figure.to_value() for figure in found]
        print(json.dumps({"machine": machine, "figures": figures, "not_measured": not_measured}, indent=2))
    else:
        print(table(found))
        for name, reason_given in not_measured.items():
            print(f"{name} was not measured: {reason_given}")
    return 0 if all(figure.ok for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())

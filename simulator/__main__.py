"""python -m simulator serve | subtensor | bench | demo: a node of its own process, for benchmarks and tests.

It prints its URL on one line when it listens and runs until it is interrupted. `/_simulator/` controls it, see
`simulator.control`. The demo plays one alert from its firing to its recovery, see `simulator.demo`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from simulator.answers import Answers, ChainAnswers
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node
from simulator.plan import ACCIDENTS, Chances, Plan, mainnet_sized_plan, small_plan
from simulator.prerendered import Prerendered
from simulator.subtensor.chain import Chain as SubtensorChain
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import large_plan as large_subtensor_plan
from simulator.subtensor.plan import small_plan as small_subtensor_plan


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="A simulated Tezos node on loopback.")
    modes = parser.add_subparsers(dest="mode", required=True)
    serve = modes.add_parser("serve", help="a small chain whose blocks come as time passes")
    serve.add_argument("--bakers", type=int, default=16)
    serve.add_argument("--block-delay", type=int, default=6, help="seconds (default 6)")
    serve.add_argument("--accidents", action="store_true", help="missed rounds, re-proposals, missed attestations")
    serve.add_argument("--outage", action="append", default=[], metavar="BAKER:FROM:TO", help="levels from the first")
    bench = modes.add_parser("bench", help="pre-rendered bodies of mainnet's size")
    bench.add_argument("--bakers", type=int, default=140)
    modes.add_parser("demo", help="main.py run tick after tick while a baker stops and comes back")
    subtensor = modes.add_parser("subtensor", help="a subtensor chain whose blocks come as time passes")
    subtensor.add_argument("--tempo", type=int, default=60, help="blocks of an epoch (default 60)")
    subtensor.add_argument("--neurons", type=int, default=0, help="uids of each of three subnets (default: 14)")
    subtensor.add_argument("--archive", action="store_true", help="keeps the state of every block")
    for mode in (serve, bench, subtensor):
        mode.add_argument("--port", type=int, default=0, help="default: any free one")
        mode.add_argument("--seed", type=int, default=1)
        mode.add_argument("--levels", type=int, default=500, help="levels that exist at the start (default 500)")
        mode.add_argument("--latency", type=float, default=0.0, help="seconds before every answer")
        mode.add_argument("--frozen", action="store_true", help="time moves only by /_simulator/clock")
    return parser.parse_args(argv)


def _chain(options: argparse.Namespace, now: float) -> Chain:
    """As many levels as wished for lie before `now`."""
    plan: Plan = small_plan(
        options.seed, bakers=options.bakers, chances=ACCIDENTS if options.accidents else Chances(), blocks_per_cycle=400
    ).paced(options.block_delay)
    for outage in options.outage:
        baker, start, end = outage.split(":")
        plan = plan.outage(baker, plan.first_level + int(start), plan.first_level + int(end))
    chain = Chain(plan)
    last = chain.timestamp(plan.first_level + options.levels - 1)
    return Chain(plan.moved_to(plan.genesis_time + int(now) - last))


def _subtensor(options: argparse.Namespace, now: float) -> SubtensorChain:
    """As many blocks as wished for lie before `now`."""
    if options.neurons:
        plan = large_subtensor_plan(options.seed, neurons=options.neurons, tempo=options.tempo)
    else:
        plan = small_subtensor_plan(options.seed, tempo=options.tempo)
    return SubtensorChain(replace(plan, genesis_time=int(now) - (options.levels - 1) * plan.block_time))


def main(argv: Sequence[str] | None = None) -> None:
    options = _arguments(argv)
    if options.mode == "demo":
        from simulator.demo.play import play

        sys.exit(play())
    now = time.time()
    clock = Clock(now) if options.frozen else time.time
    if options.mode == "subtensor":
        _run(SubtensorNode(_subtensor(options, now), clock=clock, **_where(options), archive=options.archive))
        return
    answers: Answers
    if options.mode == "serve":
        answers = ChainAnswers(_chain(options, now))
    else:
        plan = mainnet_sized_plan(options.seed, bakers=options.bakers)
        answers = Prerendered(Chain(plan), levels=options.levels, now=now)
    _run(Node(answers, clock=clock, **_where(options)))


def _where(options: argparse.Namespace) -> dict[str, Any]:
    return {"latency": options.latency, "port": options.port}


def _run(node: Node) -> None:
    node.start()
    print(node.url, flush=True)
    node.wait()


if __name__ == "__main__":
    main()

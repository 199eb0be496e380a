"""The truth of a simulated subtensor chain, asked of its node by another process."""

from __future__ import annotations

import requests

from simulator.subtensor.chain import Chain
from simulator.subtensor.plan import small_plan
from tests.simulator.subtensor.conftest import Serve

QUIET = small_plan(tempo=40)
FIRST = QUIET.first_block


def test_the_truth_is_asked_for_over_http(serve: Serve) -> None:
    caller = serve(Chain(QUIET.no_weights(1, "alice", FIRST + 20)), 200)
    query = f"/_simulator/truth?delegate=1/{QUIET.hotkey('alice')}&from={FIRST}&to={FIRST + 150}"
    ((rule, _, first, last),) = requests.get(caller.node.url + query, timeout=5).json()
    assert (rule, first > FIRST + 60, last) == ("weights_stale", True, None)

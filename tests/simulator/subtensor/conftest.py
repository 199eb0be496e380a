"""A subtensor node that tests share, and the official decoder that judges what it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from simulator.clock import Clock
from simulator.subtensor.chain import Chain
from simulator.subtensor.node import SubtensorNode

Json = Any


class Caller:
    """A plain client of one node."""

    def __init__(self, node: SubtensorNode, chain: Chain) -> None:
        self.node, self.chain = node, chain
        self.session = requests.Session()

    def post(self, body: Json) -> requests.Response:
        return self.session.post(self.node.url, json=body, timeout=5)

    def answer(self, method: str, *params: Json) -> Json:
        """The whole answer."""
        return self.post({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).json()

    def call(self, method: str, *params: Json) -> Json:
        answer = self.answer(method, *params)
        assert "result" in answer, answer
        return answer["result"]

    def error(self, method: str, *params: Json) -> Json:
        answer = self.answer(method, *params)
        assert "error" in answer, answer
        return answer["error"]

    def batch(self, *calls: tuple[Json, ...]) -> Json:
        asked = [
            {"jsonrpc": "2.0", "id": place, "method": method, "params": params}
            for place, (method, *params) in enumerate(calls)
        ]
        return self.post(asked).json()

    def hash(self, block: int) -> str:
        return f"0x{self.chain.hash(block).hex()}"


Serve = Callable[..., Caller]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """serve(chain, offset) starts a node whose head is so many blocks above the chain's first."""
    with ExitStack() as stack:

        def start(chain: Chain, offset: int = 300, **settings: Any) -> Caller:
            clock = Clock(chain.timestamp(chain.plan.block_at(offset)))
            return Caller(stack.enter_context(SubtensorNode(chain, clock=clock, **settings)), chain)

        yield start

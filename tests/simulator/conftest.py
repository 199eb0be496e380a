"""Chains and nodes that tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from simulator.answers import Answers
from simulator.chain import Chain
from simulator.clock import Clock
from simulator.node import Node


class Reader:
    """A plain client of one node: what it answers, without any cleverness."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.session = requests.Session()

    def response(self, path: str, timeout: float = 5) -> requests.Response:
        return self.session.get(self.node.url + path, timeout=timeout)

    def get(self, path: str) -> Any:
        response = self.response(path)
        assert response.status_code == 200, (path, response.status_code, response.text[:200])
        return response.json()

    def block(self, path: str) -> Any:
        return self.get(f"/chains/main/blocks/{path}")


Serve = Callable[..., Reader]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """serve(chain, head=level) starts a node whose clock stands at the head and gives a reader for it."""
    with ExitStack() as stack:

        def start(source: Chain | Answers, head: int | None = None) -> Reader:
            now = source.timestamp(head) if isinstance(source, Chain) and head is not None else 2_000_000_000
            return Reader(stack.enter_context(Node(source, clock=Clock(now))))

        yield start

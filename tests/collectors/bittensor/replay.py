"""A node that answers recorded calls, whatever their ids, one by one or in batches."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.collectors.raw_node import Asked, Behaviour, reply
from tests.recorded import recorded


@cache
def replica() -> tuple[dict[str, Any], ...]:
    """Request and response pairs of a node with the state of finney's subnet 1 under runtime 293."""
    path = recorded("bittensor/recordings/spec293_finney_sn1_replica.jsonl.gz")
    return tuple(json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines())


@cache
def recorded_calls() -> dict[str, dict[str, Any]]:
    """Method and params -> what came back, "result" or "error"."""
    calls: dict[str, dict[str, Any]] = {}
    for pair in replica():
        if isinstance(pair["request"], Mapping):
            calls.setdefault(_named(pair["request"]), pair["response"])
    return calls


def replays() -> Behaviour:
    def behave(connection: socket.socket, asked: Asked) -> None:
        request = json.loads(asked.body)
        if isinstance(request, list):
            answer: Any = [_answer(one) for one in reversed(request)]
        else:
            answer = _answer(request)
        connection.sendall(reply(200, json.dumps(answer).encode()))

    return behave


def _answer(request: Mapping[str, Any]) -> dict[str, Any]:
    response = recorded_calls()[_named(request)]
    return {**{name: value for name, value in response.items() if name != "id"}, "id": request["id"]}


def _named(request: Mapping[str, Any]) -> str:
    return json.dumps([request["method"], request["params"]])

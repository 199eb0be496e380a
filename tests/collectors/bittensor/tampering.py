"""A node that tells what a simulated one tells, except where a test has it say something else."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from simulator.subtensor.chain import Chain
from simulator.subtensor.methods import RpcError, View, answer
from simulator.subtensor.runtime_calls import RuntimeCalls
from tests.collectors.raw_node import Asked, RawNode, reply

Json = Any
Tamper = Callable[[str, list[Json], Json], Json]
"""(method, params, true result) -> what is told instead."""


def truly(method: str, params: list[Json], result: Json) -> Json:
    return result


class TamperedNode(RawNode):
    """Remembers what is true, so that asking again costs nothing. One JSON object for each call, in their order."""

    def __init__(self, chain: Chain, head: int) -> None:
        super().__init__(self._behave)
        self._view = View(chain, RuntimeCalls(chain), head, chain.finalized_of(head), head - 256, False)
        self._true: dict[str, dict[str, Json]] = {}
        self._tamper: Tamper = truly
        self._body: bytes | None = None

    def tell(self, tamper: Tamper, body: bytes | None = None) -> None:
        """`body`: sent instead of any answer."""
        self._tamper, self._body = tamper, body

    def _behave(self, connection: socket.socket, asked: Asked) -> None:
        body = self._body
        if body is None:
            request = json.loads(asked.body)
            told = [self._told(one) for one in request] if isinstance(request, list) else self._told(request)
            body = json.dumps(told).encode()
        connection.sendall(reply(200, body))

    def _told(self, call: Mapping[str, Json]) -> dict[str, Json]:
        method, params = call["method"], call["params"]
        name = json.dumps([method, params])
        if name not in self._true:
            try:
                self._true[name] = {"result": answer(self._view, method, params)}
            except RpcError as error:
                self._true[name] = {"error": error.value()}
        told = self._true[name]
        if "result" in told:
            told = {"result": self._tamper(method, params, told["result"])}
        return {"jsonrpc": "2.0", "id": call["id"], **told}


def other_length(raw: str, change: int) -> str:
    return raw + "a5" * change if change > 0 else raw[: max(2, len(raw) + 2 * change)]


def flipped(raw: str, at: int) -> str:
    """With one bit another one."""
    data = bytearray.fromhex(raw[2:]) or bytearray(1)
    data[at // 8 % len(data)] ^= 1 << at % 8
    return f"0x{data.hex()}"


def invented(true: Any, told: Any, path: str = "") -> Iterator[str]:
    """Where `told` says another thing than the truth: not less, which is None, left out or an empty tuple."""
    if told is None or told == () or told == true:
        return
    if is_dataclass(told) and type(told) is type(true):
        for field in fields(told):
            yield from invented(getattr(true, field.name), getattr(told, field.name), f"{path}.{field.name}")
    elif isinstance(told, Mapping) and isinstance(true, Mapping):
        for name, value in told.items():
            yield from invented(true.get(name), value, f"{path}[{name}]")
    elif isinstance(told, tuple) and isinstance(true, tuple) and len(told) <= len(true):
        for place, value in enumerate(told):
            yield from invented(true[place], value, f"{path}[{place}]")
    else:
        yield f"{path}: {told!r}, not {true!r}"

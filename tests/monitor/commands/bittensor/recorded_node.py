"""A node that serves recorded state of one block: storage by key, runtime calls by their arguments.

Where something was not recorded a key reads as not stored and a runtime call fails: what is read from it is of the
recording, or unknown.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.collectors.bittensor.recordings import golden, metadata
from tests.collectors.bittensor.replay import recorded_calls, replica
from tests.collectors.raw_node import Asked, reply

HASH_106 = "0x077a9b4a063749ce11b841bde77dcaa8b83e3058abe2e74945c32cf437a44a8d"
EVENTS = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7"
UPGRADE = "0x26aa394eea5630e07c48ae0c9558cef7f9cce9c888469bb1a0dceaa129672ef8"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One block of a chain."""

    spec: int
    genesis: str
    hash: str
    header: Mapping[str, Any]
    storage: Mapping[str, str | None]
    block: Any = None
    calls: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    """(method, arguments) -> answer."""

    def behave(self, connection: socket.socket, asked: Asked) -> None:
        request = json.loads(asked.body)
        answer = [self._answer(one) for one in request] if isinstance(request, list) else self._answer(request)
        connection.sendall(reply(200, json.dumps(answer).encode()))

    def _answer(self, call: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._result(call["method"], call["params"])
        problem = {"code": 4003, "message": "Client error: Exported method is not found"}
        return {"jsonrpc": "2.0", "id": call["id"], **({"error": problem} if answer is ... else {"result": answer})}

    def _result(self, method: str, params: list[Any]) -> Any:
        match method:
            case "chain_getFinalizedHead":
                return self.hash
            case "chain_getBlockHash":
                return self.genesis if params == [0] else self.hash
            case "chain_getHeader":
                return self.header
            case "chain_getBlock":
                return self.block
            case "state_getRuntimeVersion":
                return {"specVersion": self.spec}
            case "state_queryStorageAt":
                return [{"block": params[1], "changes": [[key, self._stored(key)] for key in params[0]]}]
            case "state_getKeysPaged":
                prefix, count, start, _ = params
                known = sorted(key for key, value in self.storage.items() if value is not None)
                return [key for key in known if key.startswith(prefix) and key > start][:count]
            case "state_getMetadata":
                return f"0x{metadata(self.spec, 14).hex()}"
            case "state_call":
                if params[0] == "Metadata_metadata_at_version":
                    raw = metadata(self.spec, 15)
                    return f"0x01{(len(raw) << 2 | 2).to_bytes(4, 'little').hex()}{raw.hex()}"
                return self.calls.get((params[0], params[1]), ...)
        return ...

    def _stored(self, key: str) -> str | None:
        if key == UPGRADE:  # not recorded: what a chain that runs this version stores
            name = b"node-subtensor"
            return "0x" + (self.spec << 2 | 1).to_bytes(2, "little").hex() + bytes([len(name) << 2]).hex() + name.hex()
        return self.storage.get(key)


def replica_293() -> Recorded:
    """Block 106 of runtime 293 with the state of finney's subnet 1: both dividend maps after a real epoch."""
    storage: dict[str, str | None] = {}
    calls: dict[tuple[str, str], Any] = {}
    for pair in replica():
        request, response = pair["request"], pair["response"]
        if not isinstance(request, dict) or not isinstance(response, dict) or "result" not in response:
            continue
        match request["method"], request["params"]:
            case "state_getStorage", [str(key)]:
                storage[key] = response["result"]
            case "state_getStorage", [str(key), str(at)] if at == HASH_106:
                storage[key] = response["result"]
            case "state_queryStorageAt", _:
                storage |= dict(response["result"][0]["changes"])
            case "state_call", [str(method), str(data), *_]:
                calls[method, data] = response["result"]
    header = recorded_calls()[json.dumps(["chain_getHeader", []])]["result"]
    return Recorded(293, f"0x{'45' * 32}", HASH_106, header, storage, calls=calls)


def golden_461() -> Recorded:
    """Block 67 of a local chain of runtime 461: one raw block with its events, a few maps and runtime calls."""
    told = golden()
    storage = {value["key_hex"]: value["raw_hex"] for value in told["storage_values"]}
    for found in told["query_maps"]:
        storage |= dict(found["raw_changes"])
    storage[EVENTS] = told["events"]["raw_hex"]
    calls = {
        (f"{call['api']}_{call['method']}", f"0x{call['encoded_params_hex'].removeprefix('0x')}"): call["raw_hex"]
        for call in told["runtime_calls"]
    }
    block = told["block"]["raw"]
    return Recorded(
        461,
        told["network"]["genesis_hash"],
        told["block"]["block_hash"],
        block["block"]["header"],
        storage,
        block,
        calls,
    )

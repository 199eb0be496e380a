"""python -P bench/sdk_bridge.py URL: a node's JSON-RPC over WebSocket, for the SDK, which speaks nothing else.

It needs `websockets`, which comes with the SDK, so it runs in that environment and imports nothing of the project. The
node's chain stands still, so each answer is fetched once and remembered: from the second reader on, the SDK waits
neither for the simulated node nor for a second connection. That favours the SDK, and is meant to.
"""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.request
from typing import Any

from websockets.asyncio.server import ServerConnection, serve  # type: ignore[import-not-found]
from websockets.exceptions import ConnectionClosed  # type: ignore[import-not-found]

Json = Any


class Bridge:
    """Answers from memory, and from the node at `url` what it does not remember."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._known: dict[str, Json] = {}

    async def serve(self, client: ServerConnection) -> None:
        try:
            async for message in client:
                await client.send(self._answered(json.loads(message)))
        except ConnectionClosed:
            pass

    def _answered(self, call: Json) -> str:
        method, params = call["method"], list(call.get("params") or ())
        if method == "state_call" and not params[1].startswith("0x"):
            params[1] = f"0x{params[1]}"  # nodes take both, the simulated one only this
        asked = json.dumps([method, params])
        if asked not in self._known:
            self._known[asked] = json.dumps(self._fetched(method, params))[1:]
        return f'{{"id": {json.dumps(call["id"])}, {self._known[asked]}'

    def _fetched(self, method: str, params: list[Json]) -> Json:
        """The answer without its id."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            found = json.load(answer)
        return {name: value for name, value in found.items() if name != "id"}


async def main(url: str) -> None:
    """Until it is interrupted. The address goes to standard output."""
    async with serve(Bridge(url).serve, "127.0.0.1", 0, compression=None, max_size=None) as server:
        (listening,) = server.sockets
        print(f"ws://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

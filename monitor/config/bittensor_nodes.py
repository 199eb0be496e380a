"""Where Bittensor is asked, as people write it: names of public nodes and ws(s):// addresses become those of HTTP.

A subtensor node serves WebSocket and HTTP on one port (substrate 0.9.43), so that only the scheme differs.
"""

from __future__ import annotations

import re

from collectors.endpoint import KINDS, EndpointError, parse_endpoints

NODES = {
    "finney": "https://entrypoint-finney.opentensor.ai",
    "lite": "https://lite.chain.opentensor.ai",
    "archive": "https://archive.chain.opentensor.ai",
    "test": "https://test.finney.opentensor.ai",
    "local": "http://127.0.0.1:9944",
}
"""By the names that Bittensor's own tools give them."""
NETWORKS_OF_NODES = {"finney": "finney", "lite": "finney", "archive": "finney", "test": "test"}
PORT = 9944
"""Of a node's RPC, usually."""
_SCHEMES = {"ws": "http", "wss": "https"}
_OTHER_PATHS = {"/public-ws": "/public"}
"""OnFinality serves the two at different paths."""


def http_addresses(value: str, setting: str) -> str:
    """`value` as parse_endpoints reads it, e.g. "finney, own=ws://bkr1:9944" with addresses of HTTP.

    Raises EndpointError naming `setting` and the entry, never a part of an address.
    """
    written = ",".join(_http(entry.strip()) for entry in value.split(","))
    try:
        parse_endpoints(written, setting, PORT)
    except EndpointError as error:
        fault, advice, _ = str(error).partition(": write http")
        if not advice:
            raise
        problem = EndpointError(f"{fault}: write ws://host:{PORT}, http://… or one of {', '.join(NODES)}")
    else:
        return written
    raise problem  # without the other as its context


def _http(entry: str) -> str:
    mark, equals, address = entry.partition("=")
    if not (equals and mark.strip().lower() in KINDS):
        mark, address = "", entry
    address = address.strip()
    node = NODES.get(address.lower())
    if node is not None:
        return f"{mark or 'public'}={node}" if mark or address.lower() != "local" else node
    scheme, colon, rest = address.partition("://")
    if colon and scheme.lower() in _SCHEMES:
        for path, other in _OTHER_PATHS.items():
            rest = re.sub(rf"{path}(?=[?/]|$)", other, rest)
        address = f"{_SCHEMES[scheme.lower()]}://{rest}"
    return f"{mark}{equals}{address}" if mark else address

"""What a node tells about itself.

Schemas: the shell's OpenAPI file of Octez 25. The streaming RPCs (`/monitor/...`) never end and are not used.
"""

from __future__ import annotations

from typing import NamedTuple

from collectors.errors import Unreadable
from collectors.tezos.fields import natural, text


class SyncStatus(NamedTuple):
    """`/chains/main/is_bootstrapped`."""

    bootstrapped: bool
    sync_state: str | None
    """synced | unsynced | stuck, or a word we do not know."""


def parse_bootstrapped(answer: object) -> SyncStatus:
    bootstrapped = answer.get("bootstrapped") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(bootstrapped, bool):
        raise Unreadable("the node does not tell whether it is bootstrapped")
    return SyncStatus(bootstrapped, text(answer.get("sync_state")))


def parse_connections(answer: object) -> int:
    """`/network/connections`: how many peers."""
    if not isinstance(answer, list) or not all(isinstance(peer, dict) and "peer_id" in peer for peer in answer):
        raise Unreadable("the node's connections are not a list of peers")
    return len(answer)


def parse_chain_id(answer: object) -> str:
    """`/chains/main/chain_id`."""
    if not isinstance(answer, str) or not answer.startswith("Net") or not answer.isalnum() or len(answer) > 40:
        raise Unreadable("the node does not tell its chain id")
    return answer


def parse_version(answer: object) -> str:
    """`/version`, e.g. "25.1" or "25.0~rc2"."""
    version = answer.get("version") if isinstance(answer, dict) else None
    if isinstance(version, dict):
        major, minor = natural(version.get("major")), natural(version.get("minor"))
        if major is not None and minor is not None:
            return f"{major}.{minor}{_suffix(version.get('additional_info'))}"
    raise Unreadable("the node does not tell its version")


def _suffix(additional: object) -> str:
    """ "release", "dev" or an object of one entry such as {"rc": 2}."""
    if additional is None or additional == "release":
        return ""
    if isinstance(additional, dict) and len(additional) == 1:
        name, number = next(iter(additional.items()))
        return f"~{str(name)[:10]}{natural(number) or 0}"
    return f"~{additional[:10]}" if isinstance(additional, str) else ""

"""What a chain is called, by its genesis hash (bittensor SDK 11)."""

from __future__ import annotations

KNOWN = {
    "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03": "finney",
}


def network_name(genesis: str) -> str:
    """ "bittensor:finney"; a chain nobody knows is called by the beginning of its genesis hash."""
    return f"bittensor:{KNOWN.get(genesis, genesis[2:10])}"

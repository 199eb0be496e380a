"""What a chain is called, by its genesis hash (bittensor SDK 11)."""

from __future__ import annotations

KNOWN = {"0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03": "finney"}


def network_name(genesis: str, override: str | None = None) -> str:
    """ "bittensor:finney"; a chain nobody knows is called as `override` says, or by the beginning of its genesis hash.

    Raises ValueError, in one line, where the override contradicts the table.
    """
    known = KNOWN.get(genesis)
    if override is None:
        return f"bittensor:{known or genesis[2:10]}"
    if known is not None and override != known:
        raise ValueError(f"the node is on {known} (genesis {genesis[:10]}…), not on {override}")
    if known is None and override in KNOWN.values():
        raise ValueError(f"the node's genesis is {genesis[:10]}…, which is not {override}'s")
    return f"bittensor:{override}"

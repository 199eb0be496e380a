"""How the chain counts: blocks, amounts and fractions."""

from __future__ import annotations

BLOCK_SECONDS = 12
"""Aura's slot; a fast-block localnet is quicker."""
BLOCKS_PER_HOUR = 300
BLOCKS_PER_DAY = 7_200
RAO = 1_000_000_000
"""In one τ, and in one alpha."""
U16_MAX = 65_535
"""What a PerU16 of 1 is stored as."""
U64_MAX = 2**64 - 1
"""What a child's whole share is stored as."""
ROOT = 0
"""The netuid of the root network: no weights, no neurons that mine."""
NO_ACCOUNT = "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM"
"""The account of 32 zero bytes: what a map answers for an owner nobody is."""


def storage_index(netuid: int, mechanism: int) -> int:
    """`NetUidStorageIndex`: the key of LastUpdate, Incentive, Weights, Bonds and commits of a mechanism."""
    return mechanism * 4096 + netuid


def mechanism_of(index: int) -> tuple[int, int]:
    """(netuid, mechanism) of a `NetUidStorageIndex`."""
    return index % 4096, index // 4096

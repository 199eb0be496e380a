"""Accounts that nobody has a key of, derived from those who act through them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from collectors.bittensor import ss58

_SEED = b"modlpy/utilisuba"
"""Of pallet-multisig and of pallet-utility alike."""


def multisig_account(signatories: Sequence[str], threshold: int) -> str:
    """The address of a multisig, in whatever order its signatories are given. Raises Unreadable for no addresses."""
    accounts = sorted(ss58.decode(address) for address in signatories)
    return _account(_compact(len(accounts)) + b"".join(accounts) + threshold.to_bytes(2, "little"))


def derivative_account(address: str, index: int) -> str:
    """The address for which `Utility.as_derivative` acts."""
    return _account(ss58.decode(address) + index.to_bytes(2, "little"))


def _account(entropy: bytes) -> str:
    return ss58.encode(hashlib.blake2b(_SEED + entropy, digest_size=32).digest())


def _compact(count: int) -> bytes:
    """SCALE's compact number, below 16,384."""
    return bytes((count << 2,)) if count < 64 else (count << 2 | 1).to_bytes(2, "little")

"""Addresses for tests: valid, and nobody's."""

from __future__ import annotations

import hashlib

import base58

from monitor.config.address import PREFIXES
from monitor.config.ss58 import encode_ss58


def address(name: str, kind: str = "tz1") -> str:
    """The same name gives the same address."""
    digest = hashlib.blake2b(name.encode(), digest_size=20).digest()
    return base58.b58encode_check(PREFIXES[kind] + digest).decode()


def ss58(name: str) -> str:
    """A hotkey or coldkey; the same name gives the same address."""
    return encode_ss58(hashlib.blake2b(name.encode(), digest_size=32).digest())


ALICE, BOB, CAROL, DAVE = address("alice"), address("bob", "tz2"), address("carol", "tz3"), address("dave", "tz4")
VAL, MINER, OWNER = ss58("val"), ss58("miner"), ss58("owner")

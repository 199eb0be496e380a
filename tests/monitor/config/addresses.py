"""Addresses for tests: valid, and nobody's."""

from __future__ import annotations

import hashlib

import base58

from monitor.config.address import PREFIXES


def address(name: str, kind: str = "tz1") -> str:
    """The same name gives the same address."""
    digest = hashlib.blake2b(name.encode(), digest_size=20).digest()
    return base58.b58encode_check(PREFIXES[kind] + digest).decode()


ALICE, BOB, CAROL, DAVE = address("alice"), address("bob", "tz2"), address("carol", "tz3"), address("dave", "tz4")

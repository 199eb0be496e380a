"""SS58 addresses: a format byte, the 32 bytes of an account and a checksum, in base 58.

The format is defined in docs.substrate.io/reference/address-formats; every Bittensor network uses 42.
"""

from __future__ import annotations

import hashlib

import base58

from collectors.errors import Unreadable

FORMAT = 42
ACCOUNT = 32
"""Bytes."""
_CHECKSUM = 2
_LONGEST = 64
"""Characters; an address of format 42 has 48."""
NO_ACCOUNT = "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM"
"""Of 32 zero bytes: what maps of accounts give where nobody was ever set."""


def encode(account: bytes) -> str:
    """The address of 32 bytes. Raises Unreadable for another length."""
    if len(account) != ACCOUNT:
        raise Unreadable("an account has 32 bytes")
    body = bytes((FORMAT,)) + account
    return base58.b58encode(body + _checksum(body)).decode("ascii")


def decode(address: str) -> bytes:
    """The account's 32 bytes. Raises Unreadable for what is no address, or one of another format."""
    try:
        # The library passes over white space at the end, and is slow on long texts.
        data = base58.b58decode(address) if len(address) <= _LONGEST and not address[-1:].isspace() else b""
    except ValueError:
        data = b""
    body, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    if len(body) != 1 + ACCOUNT or body[0] != FORMAT or checksum != _checksum(body):
        raise Unreadable("not an SS58 address of format 42")
    return body[1:]


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(b"SS58PRE" + body).digest()[:_CHECKSUM]

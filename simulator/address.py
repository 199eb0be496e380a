"""Addresses, keys, signatures and hashes that pass base58check, made from a seed.

Prefixes are those of Octez; every kind below has been compared with recorded values of live networks.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b, sha256

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_DIGITS = {letter: value for value, letter in enumerate(_ALPHABET)}

_PREFIX = {
    "tz1": bytes.fromhex("06a19f"),
    "tz2": bytes.fromhex("06a1a1"),
    "tz3": bytes.fromhex("06a1a4"),
    "tz4": bytes.fromhex("06a1a6"),
    "edpk": bytes.fromhex("0d0f25d9"),
    "sppk": bytes.fromhex("03fee256"),
    "p2pk": bytes.fromhex("03b28b7f"),
    "BLpk": bytes.fromhex("069587cc"),
    "sig": bytes.fromhex("04822b"),
    "BLsig": bytes.fromhex("28ab40cf"),
    "B": bytes.fromhex("0134"),
    "o": bytes.fromhex("0574"),
    "LLo": bytes.fromhex("1d9f6d"),
    "Co": bytes.fromhex("4fc7"),
    "vh": bytes.fromhex("016af2"),
    "nce": bytes.fromhex("45dca9"),
    "Net": bytes.fromhex("575200"),
    "id": bytes.fromhex("9967"),
}
_LENGTH = {"tz1": 20, "tz2": 20, "tz3": 20, "tz4": 20, "sppk": 33, "p2pk": 33, "BLpk": 48, "sig": 64, "BLsig": 96}
_LENGTH |= {"Net": 4, "id": 16}
_KEY_OF_ADDRESS = {"tz1": "edpk", "tz2": "sppk", "tz3": "p2pk", "tz4": "BLpk"}


def base58check(prefix: bytes, payload: bytes) -> str:
    """The text of prefix + payload. None of the prefixes used here starts with a zero byte."""
    data = prefix + payload
    number = int.from_bytes(data + sha256(sha256(data).digest()).digest()[:4], "big")
    pairs = []
    while number:
        number, pair = divmod(number, 3364)
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs)).lstrip("1")


def payload_of(text: str, kind: str) -> bytes | None:
    """The payload behind the prefix of `kind`, or None when the text is no such thing or its checksum is wrong."""
    number = 0
    for letter in text:
        if letter not in _DIGITS:
            return None
        number = number * 58 + _DIGITS[letter]
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    body, checksum = data[:-4], data[-4:]
    # The prefixes starting 00…0f lose leading zero bits, never leading zero bytes.
    prefix = _PREFIX[kind]
    if sha256(sha256(body).digest()).digest()[:4] != checksum or not body.startswith(prefix):
        return None
    return body[len(prefix) :]


def digest(*seed: object, size: int = 32) -> bytes:
    """Bytes that depend on every part of the seed and on nothing else."""
    return blake2b("/".join(map(str, seed)).encode(), digest_size=size).digest()


def number(*seed: object) -> int:
    """A 64-bit number that depends on every part of the seed and on nothing else."""
    return int.from_bytes(digest(*seed, size=8), "big")


def made(kind: str, *seed: object) -> str:
    """A valid text of the kind: "tz1".."tz4", "edpk", "sig", "o" (operation), "vh" (payload), "nce", "Net", …"""
    size = _LENGTH.get(kind, 32)
    return base58check(_PREFIX[kind], (digest(kind, *seed, size=min(size, 64)) * 2)[:size])


@lru_cache(maxsize=4096)
def public_key(address: str) -> str:
    """A public key of the curve of the address. It does not hash to the address; no reader can tell."""
    return made(_KEY_OF_ADDRESS[address[:3]], address)


@lru_cache(maxsize=4096)
def signature(address: str) -> str:
    """One signature per signer: long enough to weigh what a real one weighs."""
    return made("BLsig" if address.startswith("tz4") else "sig", address)


def block_hash(level: int, *seed: object) -> str:
    """A block hash that hides its level in the last four bytes, so that a node finds a block by hash at once."""
    return base58check(_PREFIX["B"], digest("B", level, *seed, size=28) + level.to_bytes(4, "big"))


def level_of_block_hash(text: str) -> int | None:
    """The level hidden in a hash of `block_hash`; any 32-byte hash gives a number, so compare the hash afterwards."""
    payload = payload_of(text, "B")
    return int.from_bytes(payload[-4:], "big") if payload is not None and len(payload) == 32 else None

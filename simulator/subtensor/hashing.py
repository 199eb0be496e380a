"""Hashes of storage keys, and SS58 addresses, made here so that the simulator needs no package for them.

A key is twox128(pallet) + twox128(item) + each part hashed by its own hasher. twox128 is two xxh64 with the seeds 0
and 1, little endian (xxHash specification); both are compared with recorded keys of a real runtime by the tests.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

_MASK = (1 << 64) - 1
_P1, _P2, _P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_P4, _P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SS58_FORMAT = 42


def _left(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (64 - bits))) & _MASK


def _round(lane: int, word: int) -> int:
    return _left((lane + word * _P2) & _MASK, 31) * _P1 & _MASK


def xxh64(data: bytes, seed: int = 0) -> int:
    place, size = 0, len(data)
    if size >= 32:
        lanes = [(seed + _P1 + _P2) & _MASK, (seed + _P2) & _MASK, seed & _MASK, (seed - _P1) & _MASK]
        while place + 32 <= size:
            for lane in range(4):
                word = int.from_bytes(data[place : place + 8], "little")
                lanes[lane], place = _round(lanes[lane], word), place + 8
        found = sum(_left(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18), strict=True)) & _MASK
        for lane in lanes:
            found = ((found ^ _round(0, lane)) * _P1 + _P4) & _MASK
    else:
        found = (seed + _P5) & _MASK
    found = (found + size) & _MASK
    while place + 8 <= size:
        word = int.from_bytes(data[place : place + 8], "little")
        found, place = (_left(found ^ _round(0, word), 27) * _P1 + _P4) & _MASK, place + 8
    if place + 4 <= size:
        word = int.from_bytes(data[place : place + 4], "little")
        found, place = (_left(found ^ (word * _P1 & _MASK), 23) * _P2 + _P3) & _MASK, place + 4
    for byte in data[place:]:
        found = _left(found ^ (byte * _P5 & _MASK), 11) * _P1 & _MASK
    found = (found ^ (found >> 33)) * _P2 & _MASK
    found = (found ^ (found >> 29)) * _P3 & _MASK
    return found ^ (found >> 32)


@lru_cache(maxsize=4096)
def twox128(text: str) -> bytes:
    return b"".join(xxh64(text.encode(), seed).to_bytes(8, "little") for seed in (0, 1))


def hashed(hasher: str, data: bytes) -> bytes:
    """One part of a key, by the hasher's name in metadata."""
    match hasher:
        case "Identity":
            return data
        case "Blake2_128Concat":
            return blake2b(data, digest_size=16).digest() + data
        case "Twox64Concat":
            return xxh64(data).to_bytes(8, "little") + data
    raise ValueError(f"no part of a key is hashed by {hasher}")


def blake2_256(data: bytes) -> bytes:
    return blake2b(data, digest_size=32).digest()


def account(*seed: object) -> bytes:
    """A public key that depends on every part of the seed and on nothing else. Nobody has its secret."""
    return blake2_256("/".join(map(str, ("account", *seed))).encode())


@lru_cache(maxsize=65536)
def ss58(key: bytes) -> str:
    """The address of an account, in format 42."""
    data = bytes([SS58_FORMAT]) + key
    data += blake2b(b"SS58PRE" + data, digest_size=64).digest()[:2]
    number, digits = int.from_bytes(data, "big"), []
    while number:
        number, digit = divmod(number, 58)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def key_of(address: str) -> bytes:
    """The account of an address. Raises ValueError for what is none of format 42."""
    number = 0
    for letter in address:
        number = number * 58 + _ALPHABET.index(letter)
    data = number.to_bytes(35, "big")
    if data[0] != SS58_FORMAT or ss58(data[1:33]) != address:
        raise ValueError("no address of format 42")
    return data[1:33]

"""Is this the address of a Bittensor key, and if not, what is wrong with it?

An address is base58 over a prefix that names the network's format (42, one byte, for Bittensor), the 32 bytes of the
account and the first two bytes of BLAKE2b-512("SS58PRE" + prefix + account) (paritytech/ss58-registry; sp-core's
crypto.rs). In format 42 it is always 48 characters long and begins with 5.
"""

from __future__ import annotations

import hashlib
import re

from monitor.config.address import ALPHABET, AddressError

LENGTH = 48
FORMAT = 42
_ACCOUNT_LENGTH = 32
_CHECKSUM_LENGTH = 2
_COPY_AGAIN = "copy the address again, whole"
_SECRET_FIX = "write the public address (5…); treat the key as lost if anybody saw this file"


def encode_ss58(account: bytes) -> str:
    """The address, in format 42, of an account of 32 bytes."""
    import base58

    payload = bytes([FORMAT]) + account
    return base58.b58encode(payload + _checksum(payload)).decode()


def check_ss58(address: str) -> None:
    """Return if `address` is valid in format 42; raise AddressError saying what is wrong if not.

    What may be a secret (a phrase of words, a derivation path, a seed in hexadecimal) is never repeated.
    """
    from monitor.config.problem import shown

    if len(address.split()) > 2 or "//" in address:
        raise AddressError("looks like the secret phrase of a key, not an address", _SECRET_FIX)
    if re.fullmatch(r"\s*(0x)?[0-9a-fA-F]{64,128}\s*", address):
        raise AddressError("is in hexadecimal (it is not shown: it may be a seed)", _SECRET_FIX)
    value = shown(address)
    if address != address.strip():
        raise AddressError(f"{value} has a space before or after it", f"write {shown(address.strip())}")
    strange = sorted({character for character in address if character not in ALPHABET})
    if not address or (not address.startswith("5") and (strange or len(address) not in range(46, 51))):
        raise AddressError(
            f"{value} is not the address of a hotkey or coldkey", "write its address in SS58, which begins with 5"
        )
    if strange:
        raise AddressError(
            f"{value} holds {', '.join(shown(character) for character in strange[:4])}, which no address does",
            f"{_COPY_AGAIN} (0, O, I and l never occur)",
        )
    _check_payload(address, value)


def _check_payload(address: str, value: str) -> None:
    import base58

    data = base58.b58decode(address)
    # A format above 63 takes two bytes, which begin with the bits 01.
    prefix_length = 2 if data[:1] and data[0] & 0b0100_0000 else 1
    payload, checksum = data[:-_CHECKSUM_LENGTH], data[-_CHECKSUM_LENGTH:]
    account = payload[prefix_length:]
    right = checksum == _checksum(payload)
    if right and len(account) == _ACCOUNT_LENGTH and payload[:prefix_length] != bytes([FORMAT]):
        raise AddressError(
            f"{value} is written in the format of another network",
            f'write it as Bittensor does: "{encode_ss58(account)}"',
        )
    if right and len(account) == _ACCOUNT_LENGTH:
        return
    if len(address) != LENGTH:
        raise AddressError(f"{value} is {len(address)} characters long, an address is {LENGTH}", _COPY_AGAIN)
    raise AddressError(f"{value} has at least one wrong character (its checksum does not fit)", _COPY_AGAIN)


def _checksum(payload: bytes) -> bytes:
    return hashlib.blake2b(b"SS58PRE" + payload, digest_size=64).digest()[:_CHECKSUM_LENGTH]

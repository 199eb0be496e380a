"""Is this the address of a baker, and if not, what is wrong with it?

A baker's address is base58check over a three byte prefix and a 20 byte hash of its key, always 36 characters long
(tezos/tezos, src/lib_crypto/base58.ml: ``ed25519_public_key_hash`` and its siblings).
"""

from __future__ import annotations

LENGTH = 36
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PREFIXES = {
    "tz1": b"\x06\xa1\x9f",
    "tz2": b"\x06\xa1\xa1",
    "tz3": b"\x06\xa1\xa4",
    "tz4": b"\x06\xa1\xa6",
}
_HASH_LENGTH = 20
_COPY_AGAIN = "copy the address again, whole"
_OTHER_KINDS = {
    "KT1": "is a contract, not a baker",
    "sr1": "is a smart rollup, not a baker",
    "edpk": "is a public key, not an address",
    "sppk": "is a public key, not an address",
    "p2pk": "is a public key, not an address",
    "BLpk": "is a public key, not an address",
}
_SECRET_KEYS = ("edsk", "edesk", "spsk", "spesk", "p2sk", "p2esk", "BLsk", "BLesk")


class AddressError(ValueError):
    """Not a baker's address. ``text`` names the fault (and the value, if no secret), ``fix`` the repair."""

    def __init__(self, text: str, fix: str) -> None:
        self.text = text
        self.fix = fix
        super().__init__(f"{text}; fix: {fix}")


def check_address(address: str) -> None:
    """Return if `address` is a valid tz1, tz2, tz3 or tz4 address; raise AddressError saying what is wrong if not."""
    from monitor.config.problem import shown

    if address.strip().startswith(_SECRET_KEYS):
        raise AddressError(
            "is a secret key, not an address", "remove it at once, and treat the key as lost if anybody saw this file"
        )
    value = shown(address)
    if address != address.strip():
        raise AddressError(f"{value} has a space before or after it", f"write {shown(address.strip())}")
    if address[:3] not in PREFIXES:
        kind = next((said for prefix, said in _OTHER_KINDS.items() if address.startswith(prefix)), None)
        raise AddressError(
            f"{value} {kind or 'does not begin like the address of a baker'}",
            "write the baker's own address: tz1…, tz2…, tz3… or tz4…",
        )
    strange = sorted({character for character in address if character not in ALPHABET})
    if strange:
        raise AddressError(
            f"{value} holds {', '.join(shown(character) for character in strange[:4])}, which no address does",
            f"{_COPY_AGAIN} (0, O, I and l never occur)",
        )
    if len(address) != LENGTH:
        raise AddressError(f"{value} is {len(address)} characters long, an address is {LENGTH}", _COPY_AGAIN)
    _check_checksum(address, value)


def _check_checksum(address: str, value: str) -> None:
    import base58

    try:
        payload = base58.b58decode_check(address)
    except ValueError:
        raise AddressError(
            f"{value} has at least one wrong character (its checksum does not fit)", _COPY_AGAIN
        ) from None
    if payload[:3] != PREFIXES[address[:3]] or len(payload) != 3 + _HASH_LENGTH:
        raise AddressError(f"{value} looks like an address but is none", _COPY_AGAIN)

"""How a delivery can fail.

    DeliveryError
    ├── Ambiguous      timeout, reset, 5xx, an answer that says nothing: it may have arrived
    ├── NotSent        refused, no such host: it certainly did not arrive
    ├── RateLimited    429: this channel takes nothing before retry_after
    ├── Rejected       this message is not taken as it is; plain text or fewer events may be
    ├── TooLong        this message is over the receiver's limit
    ├── Migrated       the receiver has a new address
    └── Broken         the channel takes no message until a person mends it: 401, 403, 404, no credentials

Texts are our own words and a status; never a URL, a token or the text of a library's exception. Raise them `from None`.
"""

from __future__ import annotations


class DeliveryError(Exception):
    """`reason` is stored, logged and shown: one short line without secrets."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Ambiguous(DeliveryError):
    """It may have arrived. Sent again after a while: the one source of duplicates beside a kill."""


class NotSent(DeliveryError):
    """Nothing left this machine, so nobody was told."""


class RateLimited(DeliveryError):
    """`retry_after` in seconds."""

    def __init__(self, reason: str, retry_after: int) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Rejected(DeliveryError):
    """The receiver understood the request and refuses this text. Nobody was told."""


class TooLong(Rejected):
    """Refused for its size."""


class Migrated(DeliveryError):
    """Nobody was told; `address` is where to send from now on."""

    def __init__(self, reason: str, address: str) -> None:
        super().__init__(reason)
        self.address = address


class Broken(DeliveryError):
    """Nobody was told, and nobody will be until the channel's settings or rights are mended."""

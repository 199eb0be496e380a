"""Extrinsics and events of a block, as values and as bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from simulator.subtensor.hashing import blake2_256
from simulator.subtensor.runtime import Runtime
from simulator.subtensor.scale import compact

Call = tuple[Any, ...]
"""(pallet, call, {argument: value})"""
Event = tuple[Any, ...]
"""(pallet, event, field, …)"""

_UNSIGNED: Final = b"\x04"
_SIGNED: Final = b"\x84"
"""Of format 4, the sender, a signature and the extensions before the call."""
INFO: Final = {"weight": (251_000_000, 3_593), "class": "Normal", "pays_fee": "Yes"}
FEE: Final = 124_000
OK: Final = ("Ok", ())


@dataclass(frozen=True, slots=True)
class Extrinsic:
    call: Call
    signer: bytes | None = None
    """None for what a block's author put in (the time)."""
    nonce: int = 0
    error: tuple[str, str] | None = None
    """(pallet, name) of the error it failed with."""

    def encoded(self, runtime: Runtime) -> bytes:
        """Its length, and itself. The signature is made up: nothing here checks it."""
        codec = runtime.codec
        call = codec.encode("RuntimeCall", self.call)
        if self.signer is None:
            body = _UNSIGNED + call
        else:
            half = blake2_256(self.signer + self.nonce.to_bytes(4, "little"))
            signature = codec.encode("MultiSignature", ("Sr25519", half + half))
            extra = b"".join(codec.encode(kind, self._extra(name)) for name, kind, _ in runtime.schema.extensions)
            body = _SIGNED + codec.encode("MultiAddress", ("Id", self.signer)) + signature + extra + call
        return compact(len(body)) + body

    def _extra(self, name: str) -> Any:
        values = {"CheckMortality": "Immortal", "CheckNonce": self.nonce, "ChargeTransactionPayment": 0}
        return values.get(name, "Disabled" if name == "CheckMetadataHash" else ())


class Block:
    """One block while it is made."""

    def __init__(self, number: int, runtime: Runtime) -> None:
        self.number = number
        self.runtime = runtime
        self.extrinsics: list[Extrinsic] = []
        self.records: list[tuple[Any, Event, tuple[()]]] = []
        """(phase, event, topics) in the order in which they come out of `System.Events`."""

    def happened(self, *event: Any) -> None:
        """By the block itself, before its extrinsics."""
        self.records.append(("Initialization", event, ()))

    def add(self, extrinsic: Extrinsic, events: tuple[Event, ...] = ()) -> None:
        """`events` are those that its call made; a failed one makes none."""
        phase = ("ApplyExtrinsic", len(self.extrinsics))
        self.extrinsics.append(extrinsic)
        made = list(events)
        if extrinsic.signer is not None:
            made.append(("TransactionPayment", "TransactionFeePaid", extrinsic.signer, FEE, 0))
        if extrinsic.error is None:
            made.append(("System", "ExtrinsicSuccess", INFO))
        else:
            made.append(("System", "ExtrinsicFailed", self.runtime.module_error(*extrinsic.error), INFO))
        self.records += [(phase, event, ()) for event in made]

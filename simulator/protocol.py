"""Shapes of the protocols the simulator speaks. What differs between them is here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol's answers, as far as they differ from the others'."""

    name: str
    hash: str
    prefix: str
    """Stands in error ids: "proto.<prefix>.delegate.not_registered"."""
    number: int
    """The header's "proto"."""
    power_field: str
    """Name of the power in attestation rights."""
    power_is_object: bool
    """Consensus power as {slots, baking_power} instead of a bare number."""
    votes_adaptive_issuance: bool
    """adaptive_issuance_vote in headers, adaptive_issuance_* in metadata."""
    tells_committee: bool
    """attestations, preattestations and all_bakers_attest_activation_level in metadata."""


SEOUL = Protocol(
    "seoul",
    "PtSeouLouXkxhg39oWzjxDWaCydNfR3RxCUrNe4Q9Ro8BTehcbh",
    "023-PtSeouLo",
    23,
    "attestation_power",
    power_is_object=False,
    votes_adaptive_issuance=True,
    tells_committee=False,
)
TALLINN = Protocol(
    "tallinn",
    "PtTALLiNtPec7mE7yY4m3k26J8Qukef3E3ehzhfXgFZKGtDdAXu",
    "024-PtTALLiN",
    24,
    "attesting_power",
    power_is_object=True,
    votes_adaptive_issuance=False,
    tells_committee=True,
)
USHUAIA = Protocol(
    "ushuaia",
    "PsUshuai9QapM5TGj1JpuVGkdxz5GykdnEvS6Rh8SUVrARvZLCY",
    "025-PsUshuai",
    25,
    "attesting_power",
    power_is_object=True,
    votes_adaptive_issuance=False,
    tells_committee=True,
)
PROTOCOLS = {protocol.name: protocol for protocol in (SEOUL, TALLINN, USHUAIA)}

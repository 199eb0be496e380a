"""Defaults that are needed before, or without, the settings themselves: each is called after its setting."""

from __future__ import annotations

BITTENSOR_METADATA_CACHE = ".bittensor-metadata"
RPC_TIMEOUT = 10.0
RPC_MAX_CONNECTIONS = 8
RPC_MAX_BODY = 64 * 1024 * 1024

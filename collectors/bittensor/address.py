"""Addresses of subtensor nodes as people write them: a node answers WebSocket and HTTP on the same port."""

from __future__ import annotations

from typing import Final

_HTTP: Final = {"wss": "https", "ws": "http"}


def http_address(url: str) -> str:
    """ "wss://host:443/path" as "https://host:443/path", "ws:" as "http:"; anything else as it is."""
    scheme, separator, rest = url.partition("://")
    replaced = _HTTP.get(scheme.lower())
    return f"{replaced}{separator}{rest}" if separator and replaced else url

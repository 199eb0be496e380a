"""Where a network is asked: the list in a setting such as RPC_URL, and what is remembered of each entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

KINDS = ("own", "public")


class EndpointError(ValueError):
    """A setting that cannot be used. One line: setting, entry and fix; nothing of the URL itself."""


class Endpoint(NamedTuple):
    """One node. Shown and stored by its label only, since the URL may carry a key in any of its parts."""

    label: str
    """host#ordinal; ordinals count the list's entries from 1."""
    kind: str | None
    """"own": told when it is down or behind, even while failover goes on judging. "public": compressed answers."""
    url: str

    def __repr__(self) -> str:
        return f"Endpoint(label={self.label!r}, kind={self.kind!r})"


class EndpointHealth(NamedTuple):
    """What is remembered of an endpoint between runs. Times are UTC seconds."""

    label: str
    failures: int = 0
    """Failures in a row; an outage counts once in a run, however many requests it hit."""
    last_ok_at: int | None = None
    last_failed_at: int | None = None
    last_error: str | None = None
    """Redacted: fixed words and an HTTP status."""
    retry_at: int | None = None
    """Asked after all others before this moment; None while it answers."""


def parse_endpoints(value: str, setting: str, port: int = 8732) -> tuple[Endpoint, ...]:
    """Read "https://a, own=http://bkr1:8732, public=https://b/key/" in its order. Blank entries are passed over.

    `port`: the one that such nodes usually have, for advice.

    Raises EndpointError naming `setting`, the entry's number and what to write instead, never a part of a URL.
    """
    endpoints: list[Endpoint] = []
    for ordinal, entry in enumerate(_entries(value), start=1):
        where = f"{setting} entry {ordinal}"
        kind, url = _kind(entry, where)
        host = _host(url, where, port)
        for earlier in endpoints:
            if earlier.url.rstrip("/") == url.rstrip("/"):
                raise EndpointError(f"{where} repeats {earlier.label}: remove one of them")
        endpoints.append(Endpoint(f"{host}#{ordinal}", kind, url))
    if not endpoints:
        raise EndpointError(f"{setting} is empty: write the address of a node, e.g. http://127.0.0.1:{port}")
    return tuple(endpoints)


def _entries(value: str) -> Iterator[str]:
    return (entry for entry in (part.strip() for part in value.split(",")) if entry)


def _kind(entry: str, where: str) -> tuple[str | None, str]:
    scheme = entry.find("://")
    mark, equals, url = entry.partition("=")
    if not equals or (scheme != -1 and scheme < len(mark)):
        return None, entry
    if mark.strip().lower() not in KINDS:
        raise EndpointError(f"{where}: only own= or public= may stand before the address")
    return mark.strip().lower(), url.strip()


def _host(url: str, where: str, usual_port: int) -> str:
    """The host in lower case, as ASCII."""
    if any("\ud800" <= character <= "\udfff" for character in url):
        raise EndpointError(f"{where} has bytes that are no text: write them as %…")
    if any(character <= " " or character == "\x7f" for character in url):
        raise EndpointError(f"{where} contains a space: separate entries by commas and write a space as %20")
    try:
        parts = urlsplit(url)
        scheme, port = parts.scheme, parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:  # its text would quote the URL; UnicodeError is one too
        scheme, host, port = "", "", None
    if scheme not in ("http", "https") or not url[len(scheme) :].startswith("://"):
        raise EndpointError(f"{where} is not an address: write http://host:port or https://host/path")
    if not host or not all(character.isalnum() or character in "-._:" for character in host):
        raise EndpointError(f"{where} has no usable host: write http://host:port or https://host/path")
    if port == 0:
        raise EndpointError(f"{where} has port 0: write the port of the node's RPC, usually {usual_port}")
    if "#" in url:
        raise EndpointError(f"{where} contains #: write it as %23")
    return host

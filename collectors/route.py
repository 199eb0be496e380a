"""How requests reach one endpoint: everything about its URL that is the same for each of them, worked out once."""

from __future__ import annotations

import base64
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from collectors.endpoint import Endpoint
from collectors.pool import Pool, Site


class Request(NamedTuple):
    """Its parts may hold secrets: never logged."""

    method: str
    target: str
    """Path and query."""
    headers: dict[str, str]
    body: bytes | None

    def __repr__(self) -> str:
        return f"<{self.method}>"


class Route:
    """Makes requests for one endpoint. Its parts are secrets: it has no repr of its own and is never logged.

    Proxies and the CA bundle come from the environment (proxy.py). Credentials come from the URL alone, never from
    netrc.
    """

    def __init__(self, endpoint: Endpoint, connections: int) -> None:
        parts = urlsplit(endpoint.url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        self.pool = Pool(Site(parts.scheme, host, parts.port), connections)
        self._path = parts.path or "/"
        self._base = self._path.rstrip("/")
        self._query = parts.query
        # A node in the house answers from a fast network: compressing costs both sides more than it saves.
        compressed = endpoint.kind == "public" or (endpoint.kind is None and parts.scheme == "https")
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip" if compressed else "identity",
            "User-Agent": "sentinel",
        }
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if user or password:
            token = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
            self._headers["Authorization"] = f"Basic {token}"
        self.secrets = _secrets(endpoint.url)

    def request(self, method: str, path: str, query: str = "", body: bytes | None = None) -> Request:
        """`path` is appended to the endpoint's own ("" asks the endpoint's URL itself), `query` is encoded already."""
        query = "&".join(part for part in (self._query, query) if part)
        target = self._base + path if path else self._path
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        return Request(method, f"{target}?{query}" if query else target, headers, body)


def _secrets(url: str) -> tuple[str, ...]:
    """Parts of the URL that might be a key. Short path segments are names ("v1", "mainnet")."""
    parts = urlsplit(url)
    long = [segment for segment in parts.path.split("/") if len(segment) >= 8]
    values = [value for _, value in parse_qsl(parts.query)]
    given = [part for part in (parts.username, parts.password, *values) if part and len(part) >= 4]
    return tuple({form for part in (*long, *given) for form in (part, unquote(part))})

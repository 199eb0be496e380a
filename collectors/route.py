"""How requests reach one endpoint: everything about its URL that is the same for each of them, worked out once."""

from __future__ import annotations

import base64
from urllib.parse import parse_qsl, unquote, urlsplit

from requests import PreparedRequest, Session
from requests.structures import CaseInsensitiveDict

from collectors.endpoint import Endpoint

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Route:
    """Makes requests for one endpoint. Its parts are secrets: it has no repr of its own and is never logged.

    Proxies and the CA bundle come from the environment as with curl and requests (HTTP_PROXY, HTTPS_PROXY, NO_PROXY,
    REQUESTS_CA_BUNDLE), except that this machine itself is never reached through a proxy. Credentials come from the
    URL alone, never from netrc.
    """

    def __init__(self, endpoint: Endpoint, session: Session) -> None:
        parts = urlsplit(endpoint.url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        settings = session.merge_environment_settings(endpoint.url, {}, True, None, None)
        self.proxies: dict[str, str] = {} if host in _LOOPBACK else dict(settings["proxies"])
        self.verify: bool | str = settings["verify"] or True
        address = f"[{host}]" if ":" in host else host
        port = "" if parts.port is None else f":{parts.port}"
        self._url = f"{parts.scheme}://{address}{port}{parts.path or '/'}"
        self._base = self._url.rstrip("/")
        self._query = parts.query
        # A node in the house answers from a fast network: compressing costs both sides more than it saves.
        compressed = endpoint.kind == "public" or (endpoint.kind is None and parts.scheme == "https")
        self._headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip" if compressed else "identity",
                "User-Agent": "sentinel",
            }
        )
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if user or password:
            token = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
            self._headers["Authorization"] = f"Basic {token}"
        self.secrets = _secrets(endpoint.url)

    def request(self, method: str, path: str, query: str = "", body: bytes | None = None) -> PreparedRequest:
        """`path` is appended to the endpoint's own ("" asks the endpoint's URL itself), `query` is encoded already."""
        request = PreparedRequest()
        request.method = method
        query = "&".join(part for part in (self._query, query) if part)
        url = self._base + path if path else self._url
        request.url = f"{url}?{query}" if query else url
        request.headers = self._headers
        if body is not None:
            request.headers = self._headers.copy()
            request.headers["Content-Type"] = "application/json"
            request.headers["Content-Length"] = str(len(body))
            request.body = body
        return request


def _secrets(url: str) -> tuple[str, ...]:
    """Parts of the URL that might be a key. Short path segments are names ("v1", "mainnet")."""
    parts = urlsplit(url)
    long = [segment for segment in parts.path.split("/") if len(segment) >= 8]
    values = [value for _, value in parse_qsl(parts.query)]
    given = [part for part in (parts.username, parts.password, *values) if part and len(part) >= 4]
    return tuple({form for part in (*long, *given) for form in (part, unquote(part))})

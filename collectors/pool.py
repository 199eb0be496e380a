"""The kept connections to one endpoint, straight or through a proxy, each cut by the watchdog when its time is over."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager, Timeout
from urllib3.response import BaseHTTPResponse
from urllib3.util import create_urllib3_context, make_headers

from collectors.connection import WatchedConnection, WatchedTlsConnection
from collectors.proxy import ca_bundle, proxy_of

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"http": 80, "https": 443}


class Site(NamedTuple):
    """Whom to connect to."""

    scheme: str
    host: str
    """ASCII, IPv6 without brackets."""
    port: int | None

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port is None else f":{self.port}")


class _Pool(HTTPConnectionPool):
    ConnectionCls = WatchedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = WatchedTlsConnection


class Pool:
    """Thread-safe. Opened with the first request, so that what is wrong with the environment's proxy or certificates
    is that request's failure and not the start's."""

    def __init__(self, site: Site, connections: int) -> None:
        self._site = site
        self._connections = connections
        self._lock = threading.Lock()
        self._opened: tuple[HTTPConnectionPool, str] | None = None
        """And what comes before each target."""

    def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> BaseHTTPResponse:
        """The head of an answer, its body unread. Raises what urllib3, http.client, ssl and sockets raise."""
        opened, before = self._opened or self._open()
        return opened.urlopen(
            method,
            before + target,
            body,
            headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=Timeout(connect=seconds, read=seconds),
            preload_content=False,
            decode_content=False,
        )

    def close(self) -> None:
        if self._opened is not None:
            self._opened[0].close()

    def _open(self) -> tuple[HTTPConnectionPool, str]:
        with self._lock:
            if self._opened is None:
                site = self._site
                # This machine itself is never reached through a proxy.
                proxy = None if site.host in _LOOPBACK else proxy_of(site.url)
                if proxy is None:
                    self._opened = self._straight(site), ""
                else:
                    # A proxy is asked for the whole address, but for TLS, which goes through it.
                    self._opened = self._through(proxy, site), site.url if site.scheme == "http" else ""
            return self._opened

    def _straight(self, site: Site) -> HTTPConnectionPool:
        port = site.port or _PORTS[site.scheme]
        if site.scheme == "http":
            return _Pool(site.host, port, maxsize=self._connections)
        return _TlsPool(site.host, port, maxsize=self._connections, ssl_context=_context(ca_bundle()))

    def _through(self, proxy: str, site: Site) -> HTTPConnectionPool:
        from requests.utils import get_auth_from_url

        user, password = get_auth_from_url(proxy)
        headers = make_headers(proxy_basic_auth=f"{user}:{password}") if user else None
        secured = proxy.lower().startswith("https:")
        context = _context(ca_bundle()) if secured or site.scheme == "https" else None
        tls: dict[str, Any] = {} if context is None else {"ssl_context": context}
        manager = ProxyManager(
            proxy,
            num_pools=1,
            maxsize=self._connections,
            proxy_headers=headers,
            proxy_ssl_context=context if secured else None,
        )
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        return manager.connection_from_host(site.host, site.port, site.scheme, pool_kwargs=tls)


def _context(bundle: str) -> ssl.SSLContext:
    """Reads the certificates: once for each endpoint, not at each connection (14 ms each)."""
    context = create_urllib3_context()
    if os.path.isdir(bundle):
        context.load_verify_locations(capath=bundle)
    else:
        context.load_verify_locations(cafile=bundle)
    return context

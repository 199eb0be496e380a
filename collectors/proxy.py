"""Which proxy the environment names for an address, and which certificates it trusts: as with curl and requests."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit


class UnusableProxy(ValueError):
    """A proxy's address without a host. It is not repeated: it may hold a password."""


class UnsupportedProxy(ValueError):
    """A proxy of a kind that this client does not speak; its address is not repeated either."""


def proxy_of(url: str) -> str | None:
    """HTTP_PROXY, HTTPS_PROXY or ALL_PROXY, save what NO_PROXY excepts; None where there is none.

    requests reads them, CIDR ranges and the system's own settings included. It is loaded where there may be one: its
    import is a twentieth of a run with nothing new.
    """
    if sys.platform == "linux" and not any(_names_a_proxy(name) for name in os.environ):
        return None
    from requests.utils import get_environ_proxies, select_proxy

    found = select_proxy(url, get_environ_proxies(url))
    if not found:
        return None
    scheme, separator, _ = found.partition("://")
    proxy = found if separator else f"http://{found}"
    if separator and scheme.lower() not in ("http", "https"):
        raise UnsupportedProxy
    if not _names_a_host(proxy):
        raise UnusableProxy
    return proxy


def _names_a_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _names_a_proxy(variable: str) -> bool:
    name = variable.lower()
    return name.endswith("_proxy") and name != "no_proxy"


def ca_bundle() -> str:
    """The file or folder of certificates that are trusted: REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, else certifi's."""
    given = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if given:
        return given
    import certifi

    return certifi.where()

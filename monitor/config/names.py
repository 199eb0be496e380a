"""Names in .env that are known before the settings themselves are read."""

from __future__ import annotations

from collections.abc import Mapping

ENV_FILE = ".env"
RPC_URL = "RPC_URL"
RPC_URL_PREFIX = "RPC_URL_"
BITTENSOR_RPC_URL = "BITTENSOR_RPC_URL"
ALIASES = {
    "SEND_ALERT_TO_CLOUDWATCH": "SEND_TO_CLOUDWATCH",
    "SEND_ALERT_TO_TELEGRAM": "SEND_TO_TELEGRAM",
}
"""Second names that mean the same; the earlier tools' documents and their code used one each."""
ENVIRONMENT = "environment"
"""What a problem names as its file where a variable of the real environment is at fault."""
_OWN = ("AWS_REGION",)
"""Settings that look like a library's: they are handed to it, not left in the environment."""
_LIBRARY_PREFIXES = ("AWS_", "PG", "SSL_CERT_", "OPENSSL_")
_LIBRARY_NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "TZ")


def is_setting(name: str, names: frozenset[str]) -> bool:
    return name in names or (name.startswith(RPC_URL_PREFIX) and len(name) > len(RPC_URL_PREFIX))


def gives_a_node(values: Mapping[str, str]) -> bool:
    """Is any RPC_URL set? Only then are variables alone a configuration: TIMEZONE may belong to anybody."""
    names = frozenset([RPC_URL, BITTENSOR_RPC_URL])
    return any(value.strip() and is_setting(name, names) for name, value in values.items())


def is_for_libraries(name: str) -> bool:
    """Whether boto3, requests or the database driver read it (AWS_ACCESS_KEY_ID, HTTPS_PROXY, …)."""
    return name not in _OWN and (name.startswith(_LIBRARY_PREFIXES) or name.upper() in _LIBRARY_NAMES)

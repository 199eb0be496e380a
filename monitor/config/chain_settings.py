"""What looking at a Bittensor chain needs of the settings, without reading the others.

Where only addresses are given, as mostly, pydantic is not loaded: with the models of all settings it is a third of the
time that a look takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from collectors.endpoint import EndpointError
from monitor.config.bittensor_nodes import http_addresses
from monitor.config.defaults import BITTENSOR_METADATA_CACHE, RPC_MAX_BODY, RPC_MAX_CONNECTIONS, RPC_TIMEOUT
from monitor.config.env_file import Given, env_text, for_libraries, of_settings, parse_env
from monitor.config.names import BITTENSOR_RPC_URL, RPC_URL, RPC_URL_PREFIX
from monitor.config.problem import ConfigError

if TYPE_CHECKING:
    from monitor.config.settings import Settings

BITTENSOR_ARCHIVE_NETWORK = "BITTENSOR_ARCHIVE_NETWORK"
_ADDRESSES = (BITTENSOR_RPC_URL, BITTENSOR_ARCHIVE_NETWORK)
_OTHERS = (
    *(RPC_URL, "DATABASE_URL", "BITTENSOR_NETWORK", "BITTENSOR_METADATA_CACHE", "TIMEZONE"),
    *("RPC_TIMEOUT", "RPC_MAX_CONNECTIONS", "RPC_MAX_BODY"),
)


class ChainSettings(NamedTuple):
    """As `Settings` has them. Addresses are secrets: they are not shown."""

    rpc_url: str | None
    """Addresses of HTTP; None where no node is given."""
    archive: str | None
    network: str | None
    metadata_cache: Path
    """Absolute."""
    timeout: float = RPC_TIMEOUT
    max_connections: int = RPC_MAX_CONNECTIONS
    max_body: int = RPC_MAX_BODY
    zone: tzinfo = UTC

    def __repr__(self) -> str:
        return f"ChainSettings(network={self.network!r}, metadata_cache={self.metadata_cache!r})"


def load_chain_settings(
    env_file: Path | None, environ: Mapping[str, str], main_dir: Path
) -> tuple[ChainSettings, dict[str, str]]:
    """(settings, what .env holds for libraries). Raises ConfigError.

    Without `env_file`, the ``.env`` in `main_dir` is read if there is one; variables in `environ` win over it.
    """
    path, label, text = env_text(env_file, environ, main_dir)
    home = path.absolute().parent if path else main_dir.absolute()
    written, problems, _ = parse_env(text, label)
    names = frozenset([*_ADDRESSES, *_OTHERS])
    inside, outside = of_settings(written, environ, names)
    values = inside | outside
    found = None if problems else _plain(values, home)
    if found is None:
        from monitor.config.settings_reader import read_settings

        if BITTENSOR_RPC_URL in values:  # then Tezos' nodes are no business of a look
            values = {name: given for name, given in values.items() if not _of_tezos(name)}
        settings, faults = read_settings(values, home, label)
        if settings is None or problems:
            raise ConfigError([*problems, *faults])
        found = chain_settings(settings)
    return found, for_libraries(written)


def chain_settings(settings: Settings) -> ChainSettings:
    """The part of them that a look needs."""
    node, archive = settings.bittensor_rpc_url, settings.bittensor_archive_network
    return ChainSettings(
        None if node is None else node.get_secret_value(),
        None if archive is None else archive.get_secret_value(),
        settings.bittensor_network,
        Path(settings.bittensor_metadata_cache),
        settings.rpc_timeout,
        settings.rpc_max_connections,
        settings.rpc_max_body,
        settings.zone,
    )


def _plain(values: Mapping[str, Given], home: Path) -> ChainSettings | None:
    """None where more is given than addresses that can be used: whoever reads all settings knows what it means."""
    given = {name for name in values if not _of_tezos(name)}
    if not given <= {*_ADDRESSES} or BITTENSOR_RPC_URL not in given:
        return None
    try:
        node, archive = (http_addresses(values[name].value, name) if name in given else None for name in _ADDRESSES)
    except EndpointError:
        return None
    return ChainSettings(node, archive, None, home / BITTENSOR_METADATA_CACHE)


def _of_tezos(name: str) -> bool:
    return name == RPC_URL or name.startswith(RPC_URL_PREFIX)

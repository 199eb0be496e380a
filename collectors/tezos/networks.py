"""Which network a chain id is.

The ids are those of teztnets.com and of mainnet. A chain that is not in the table is named by its id, so that two
unknown networks never share a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NETWORKS: Mapping[str, str] = MappingProxyType(
    {
        "NetXdQprcVkpaWU": "mainnet",
        "NetXsqzbfFenSTS": "shadownet",
        "NetXvNVUNbWHxGt": "bakingnet",
        "NetXe8DbhW9A1eS": "tallinnnet",
        "NetXd56aBs1aeW3": "seoulnet",
        "NetXnHfVqm9iesp": "ghostnet",
    }
)
"""chain id -> name without the "tezos:" before it."""


def network_name(chain_id: str, override: str | None = None) -> str:
    """ "tezos:<name>". Raises ValueError, in one line, where the override contradicts the table."""
    known = NETWORKS.get(chain_id)
    if override is None or not override.strip():
        return f"tezos:{known or chain_id}"
    wanted = override.strip().lower().removeprefix("tezos:")
    if known is not None and wanted != known:
        raise ValueError(f"the node is on {known} (chain id {chain_id}), not on {wanted}")
    if known is None and wanted in NETWORKS.values():
        raise ValueError(f"the node's chain id is {chain_id}, which is not {wanted}'s")
    return f"tezos:{wanted}"

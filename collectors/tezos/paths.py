"""The addresses of the RPCs, kept below the length that nodes and proxies take.

Rights are asked for many levels and delegates in one call (Octez accepts both parameters repeatedly); a URL stays
within 4 KB, and above 80 delegates the filter is dropped and the whole committee is read instead.
"""

from __future__ import annotations

from collections.abc import Sequence

CHAIN = "/chains/main"
URL_LIMIT = 4096
"""Characters for path and query; proxies commonly refuse more than 8 KB, some 4 KB."""
MAX_FILTERED_DELEGATES = 80
MAX_LEVELS_PER_CALL = 50
_FIXED = 160
"""Room for the path, `all`, `max_round` and `cycle`."""
_PER_DELEGATE = len("&delegate=") + 36
_PER_LEVEL = len("&level=") + 8

Params = tuple[tuple[str, str | int], ...]


def block(level: int | str) -> str:
    return f"{CHAIN}/blocks/{level}"


def header(block_id: int | str) -> str:
    return f"{CHAIN}/blocks/{block_id}/header"


def delegate_filter(delegates: Sequence[str]) -> Params:
    """The `delegate=` parameters, or none where the list is too long to be sent."""
    if len(delegates) > MAX_FILTERED_DELEGATES:
        return ()
    return tuple(("delegate", delegate) for delegate in delegates)


def levels_per_call(delegates: int) -> int:
    """How many levels one rights call can name beside this many delegates."""
    filtered = delegates if delegates <= MAX_FILTERED_DELEGATES else 0
    return max(1, min(MAX_LEVELS_PER_CALL, (URL_LIMIT - _FIXED - filtered * _PER_DELEGATE) // _PER_LEVEL))


def attestation_rights(block_id: int | str, levels: Sequence[int], delegates: Sequence[str]) -> tuple[str, Params]:
    """Octez v25 attestation_rights: without `level` it would tell the block's own level."""
    params = tuple(("level", level) for level in levels) + delegate_filter(delegates)
    return f"{block(block_id)}/helpers/attestation_rights", params


def baking_rights(
    block_id: int | str, levels: Sequence[int], delegates: Sequence[str], max_round: int
) -> tuple[str, Params]:
    """`all=true`: without it the node tells only the best round of each delegate."""
    params: Params = tuple(("level", level) for level in levels) + delegate_filter(delegates)
    return f"{block(block_id)}/helpers/baking_rights", (*params, ("all", "true"), ("max_round", max_round))


def cycle_baking_rights(block_id: int | str, cycle: int, delegates: Sequence[str]) -> tuple[str, Params]:
    """Rights at round 0 over a whole cycle."""
    params = (("cycle", cycle), ("max_round", 0), *delegate_filter(delegates))
    return f"{block(block_id)}/helpers/baking_rights", params


def cycle_attestation_rights(block_id: int | str, cycle: int, delegate: str) -> tuple[str, Params]:
    return f"{block(block_id)}/helpers/attestation_rights", (("cycle", cycle), ("delegate", delegate))


def delegate(block_id: int | str, address: str) -> str:
    return f"{block(block_id)}/context/delegates/{address}"


def constants(block_id: int | str) -> str:
    return f"{block(block_id)}/context/constants"

"""Runtime APIs: methods of the runtime that a node runs on the state of a block (`state_call`).

Only metadata of version 15 describe them. With version 14 none is told to be there: what it would answer is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from collectors.bittensor.codec import Runtime
from collectors.bittensor.hexadecimal import to_bytes, to_hex
from collectors.bittensor.library import attempt
from collectors.errors import Unreadable

INFO, SWAP = "SubnetInfoRuntimeApi", "SwapRuntimeApi"
HYPERPARAMETERS = ("get_subnet_hyperparams_v3", "get_subnet_hyperparams_v2", "get_subnet_hyperparams")
"""Methods of INFO, the newest first."""


def describes_methods(runtime: Runtime) -> bool:
    return bool(_methods(runtime))


def has_method(runtime: Runtime, api: str, method: str) -> bool:
    """Whether `api`, e.g. "SubnetInfoRuntimeApi", has `method`."""
    return method in _methods(runtime).get(api, {})


def encode_arguments(runtime: Runtime, api: str, method: str, *arguments: Any) -> str:
    """The second parameter of `state_call`. Raises Unreadable for a method the runtime does not describe, or other
    arguments than it takes."""
    inputs = _method(runtime, api, method)["inputs"]
    problem = f"{api}_{method} takes other arguments"
    if len(inputs) != len(arguments):
        raise Unreadable(problem)
    encoded = (
        bytes(attempt(problem, runtime.library.encode, described, argument))
        for (_, described), argument in zip(inputs, arguments, strict=True)
    )
    return to_hex(b"".join(encoded))


def decode_result(runtime: Runtime, api: str, method: str, raw: Any) -> Any:
    """What `state_call` answered. Raises Unreadable where bytes are missing or left over."""
    output = _method(runtime, api, method)["output"]
    problem = f"{api}_{method} cannot be decoded by runtime {runtime.spec_version}"
    return attempt(problem, runtime.library.decode, output, to_bytes(raw))


def _method(runtime: Runtime, api: str, method: str) -> Any:
    described = _methods(runtime).get(api, {}).get(method)
    if described is None:
        raise Unreadable(f"runtime {runtime.spec_version} does not describe {api}_{method}")
    return described


@lru_cache(maxsize=4)
def _methods(runtime: Runtime) -> Mapping[str, Mapping[str, Any]]:
    problem = f"methods of runtime {runtime.spec_version} cannot be read"
    methods: Mapping[str, Mapping[str, Any]] = attempt(problem, runtime.library.runtime_api_map)
    return methods

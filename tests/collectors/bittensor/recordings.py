"""Recorded subtensor data, read once per process."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any

from collectors.bittensor.codec import Runtime, open_runtime
from tests.recorded import recorded, recorded_json

METADATA = (
    (101, 14),
    (103, 14),
    (165, 15),
    (208, 14),
    (212, 14),
    (218, 14),
    (218, 15),
    (224, 14),
    (233, 15),
    (240, 15),
    (293, 14),
    (293, 15),
    (300, 14),
    (300, 15),
    (315, 14),
    (315, 15),
    (320, 14),
    (320, 15),
    (343, 14),
    (343, 15),
    (393, 14),
    (393, 15),
    (461, 14),
    (461, 15),
)
"""(spec version, metadata version) of every runtime whose metadata were recorded in a version that is read."""


def metadata(spec: int, version: int) -> bytes:
    return gzip.decompress(recorded(f"bittensor/metadata/node-subtensor-{spec}-v{version}.scale.gz").read_bytes())


@cache
def runtime(spec: int, version: int = 15) -> Runtime:
    return open_runtime(metadata(spec, version), spec)


@cache
def golden() -> Any:
    """Keys, values, maps, events, runtime calls and a block of runtime 461, decoded by the official SDK."""
    return recorded_json("bittensor/golden-spec461.json")


@cache
def recording(name: str) -> Any:
    return json.loads(gzip.decompress(recorded(f"bittensor/recordings/{name}.json.gz").read_bytes()))


def plain(value: Any) -> Any:
    """As JSON has it: tuples as lists."""
    return json.loads(json.dumps(value))

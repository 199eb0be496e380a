"""What the real parsers make of each recording: the table, and what its parts share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collectors.tezos.block import parse_block
from collectors.tezos.facts import BlockFacts
from tests.collectors.tezos.shapes import block, header, metadata
from tests.recorded import recorded_json

MASKED = "[PUBLIC_KEY_HASH]"
"""How the sandbox's recordings hide addresses."""
SAMPLES = ("octez_encoding_samples/alpha/", "octez_encoding_samples/s023/")

Expectation = Callable[[str], None]
EXPECTED: dict[str, Expectation] = {}
"""File below tezos/ -> what asserts on it, given the file's name."""


def expect(*names: str) -> Callable[[Expectation], Expectation]:
    def note(expectation: Expectation) -> Expectation:
        for name in names:
            assert name not in EXPECTED
            EXPECTED[name] = expectation
        return expectation

    return note


def load(name: str) -> Any:
    return recorded_json(f"tezos/{name}")


def around(level: int, operations: Any) -> BlockFacts:
    """The facts of a block at `level` with the recorded operations (four passes)."""
    return parse_block({**block(head=header(level), told=metadata(level=level)), "operations": operations})


def in_pass(number: int, level: int, recorded_operation: Any) -> BlockFacts:
    passes: list[list[Any]] = [[], [], [], []]
    passes[number].append(recorded_operation)
    return around(level, passes)


def with_metadata(told: dict[str, Any]) -> BlockFacts:
    """The facts of a block without operations around recorded metadata, one round after its payload's."""
    head = header(told["level_info"]["level"], 1, 0)
    return parse_block(block(head=head, told=told))

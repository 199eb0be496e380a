"""The events of a block, as `System.Events` holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collectors.bittensor.codec import Runtime
from collectors.bittensor.library import attempt
from collectors.bittensor.state import whole
from monitor.bittensor.block import ChainEvent


def read_events(runtime: Runtime, raw: str | None) -> tuple[ChainEvent, ...]:
    """In the order in which they happened. `runtime` is the one that wrote the block. Raises Unreadable.

    None is a block without any, which no block of subtensor is: it reads as none.
    """
    records = runtime.decode("System", "Events", raw)
    problem = f"System.Events cannot be read by runtime {runtime.spec_version}"
    events: tuple[ChainEvent, ...] = attempt(problem, lambda: tuple(_event(record) for record in records))
    return events


def fields_of(attributes: Any) -> dict[str, Any]:
    """By name, or by position ("0", "1", …) where metadata have no names.

    A single field without a name comes bare. If it is an enum ({"Err": …}) it looks like a named field, but Rust
    begins names of fields with a small letter and those of an enum's variants with a capital.
    """
    if attributes is None:
        return {}
    if isinstance(attributes, Mapping) and not any(str(name)[:1].isupper() for name in attributes):
        return {str(name): value for name, value in attributes.items()}
    if isinstance(attributes, tuple):
        return {str(position): value for position, value in enumerate(attributes)}
    return {"0": attributes}


def _event(record: Mapping[str, Any]) -> ChainEvent:
    event = record["event"]
    extrinsic = whole(record["extrinsic_idx"]) if record["phase"] == "ApplyExtrinsic" else None
    return ChainEvent(f"{event['module_id']}.{event['event_id']}", fields_of(event["attributes"]), extrinsic)

"""What content faults do to an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from simulator.faults import Fault

Json = Any


class Refusal(NamedTuple):
    """An answer that is not 200."""

    status: int
    value: Json = None
    """JSON of an error list, a str for plain text, None for an empty body."""


def altered(value: Json, what: str, fault: Fault) -> Json | Refusal:
    """The answer as the fault leaves it. `what` names the answer: "block", "header", "metadata", "operations",
    "operation_list", "connections", "chain_id", "bootstrapped", or anything else, which few faults touch."""
    match fault.kind:
        case "json":
            return fault.value
        case "missing_block":
            return Refusal(404)
        case "pruned":
            return Refusal(410, "Gone")
        case "not_bootstrapped":
            return {"bootstrapped": fault.text == "stuck", "sync_state": fault.text}
        case "peers":
            return [value[place % len(value)] for place in range(fault.number)]
        case "chain_id":
            if what == "chain_id":
                return fault.text
            return {**value, "chain_id": fault.text} if what in ("block", "header") else value
        case "no_metadata" if what == "metadata":
            return Refusal(404)
        case "no_metadata" if what == "block":
            return {key: part for key, part in _each(value, what, _without_metadata).items() if key != "metadata"}
        case "no_metadata" | "no_operation_metadata":
            return _each(value, what, _without_metadata)
        case "too_large":
            return _each(value, what, lambda operation: {**_without_metadata(operation), "metadata": "too large"})
        case "unknown_operation":
            return _each_list(value, what, lambda lists: [_strange(lists[0], fault), *lists[1:]])
        case "stray_attestation":
            return _each_list(value, what, lambda lists: [_with_stray(lists[0], fault), *lists[1:]])
    raise ValueError(f"no such fault: {fault.kind}")


def _each_list(value: Json, what: str, change: Callable[[list[list[Json]]], list[list[Json]]]) -> Json:
    if what == "block":
        return {**value, "operations": change(value["operations"])}
    if what == "operations":
        return change(value)
    return change([value])[0] if what == "operation_list" else value


def _each(value: Json, what: str, change: Callable[[Json], Json]) -> Json:
    return _each_list(value, what, lambda lists: [[change(operation) for operation in one] for one in lists])


def _without_metadata(operation: Json) -> Json:
    contents = [{key: part for key, part in content.items() if key != "metadata"} for content in operation["contents"]]
    return {**operation, "contents": contents}


def _strange(operations: list[Json], fault: Fault) -> list[Json]:
    """The first attestation in list 0 renamed, or a renamed copy put in front."""
    for place, operation in enumerate(operations):
        if operation["contents"][0]["kind"].startswith("attestation"):
            renamed = {**operation, "contents": [{**operation["contents"][0], "kind": fault.text}]}
            return [*operations[:place], renamed, *operations[place + (0 if fault.number else 1) :]]
    return operations


def _with_stray(operations: list[Json], fault: Fault) -> list[Json]:
    """A copy of the first attestation that stands alone, by somebody else and of the level before."""
    for operation in operations:
        content = operation["contents"][0]
        if content["kind"] in ("attestation", "attestation_with_dal"):
            told = content["metadata"] | {"delegate": fault.text, "consensus_key": fault.text}
            changed = content | {"level": content["level"] - 1, "metadata": told}
            return [*operations, {**operation, "contents": [changed]}]
    return operations

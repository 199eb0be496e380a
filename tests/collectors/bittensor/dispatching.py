"""Dispatches a call as Substrate's pallets do, to know which events it leaves and what became of each call in it.

A failing call takes its events back. Written after the pallets' documentation, without a look at how calls are read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collectors.bittensor.extrinsics import WrittenCall

Event = tuple[str, dict[str, Any]]
Outcome = tuple[str, bool, str | None]
"""A call that is no wrapper: its name, whether it succeeded, and the error that it or its wrapper failed with."""


class Failed(Exception):
    def __init__(self, error: str) -> None:
        self.error = error


def leaf(name: str, error: str | None = None, noise: int = 0) -> WrittenCall:
    return WrittenCall("Test", name, {"error": error, "noise": noise})


def wrapped(name: str, *calls: WrittenCall, **arguments: Any) -> WrittenCall:
    """Utility.batch and its like, or a wrapper of one call."""
    pallet, _, function = name.partition(".")
    inner = {"calls": list(calls)} if "batch" in function else {"call": calls[0]}
    return WrittenCall(pallet, function, {**inner, **arguments})


def dispatch(call: WrittenCall) -> tuple[list[Event], list[Outcome], str | None]:
    """Events, outcomes of the calls that were run, and the error of the whole."""
    try:
        events, outcomes = _dispatch(call)
    except Failed as failure:
        return [], failed(call, failure.error), failure.error
    return events, outcomes, None


def failed(call: WrittenCall, error: str) -> list[Outcome]:
    """Nothing of it had an effect."""
    inside = call.arguments.get("calls") or [call.arguments.get("call")]
    if call.pallet == "Test":
        return [(call.name, False, error)]
    return [outcome for one in inside for outcome in failed(one, error)]


def _dispatch(call: WrittenCall) -> tuple[list[Event], list[Outcome]]:
    name = str(call)
    if call.pallet == "Test":
        if call.arguments["error"]:
            raise Failed(call.arguments["error"])
        return [("Test.Happened", {})] * call.arguments["noise"], [(call.name, True, None)]
    if call.name == "force_batch":
        return _force_batch(call.arguments["calls"])
    if call.name == "batch":
        return _batch(call.arguments["calls"])
    if call.name == "batch_all":
        parts = [_dispatch(one) for one in call.arguments["calls"]]
        events = [event for part, _ in parts for event in [*part, ("Utility.ItemCompleted", {})]]
        return [*events, ("Utility.BatchCompleted", {})], [outcome for _, part in parts for outcome in part]
    if name == "Utility.as_derivative":
        return _dispatch(call.arguments["call"])
    told: dict[str, Callable[[Any], Event]] = {
        "Sudo.sudo": lambda result: ("Sudo.Sudid", {"sudo_result": result}),
        "Proxy.proxy": lambda result: ("Proxy.ProxyExecuted", {"result": result}),
        "Multisig.as_multi": lambda result: ("Multisig.MultisigExecuted", {"result": result}),
    }
    events, outcomes, error = dispatch(call.arguments["call"])
    return [*events, told[name]({"Ok": ()} if error is None else {"Err": error})], outcomes


def _force_batch(calls: list[WrittenCall]) -> tuple[list[Event], list[Outcome]]:
    events: list[Event] = []
    outcomes: list[Outcome] = []
    end = "Utility.BatchCompleted"
    for one in calls:
        left, became, error = dispatch(one)
        events += left
        outcomes += became
        if error is None:
            events.append(("Utility.ItemCompleted", {}))
        else:
            events.append(("Utility.ItemFailed", {"error": error}))
            end = "Utility.BatchCompletedWithErrors"
    return [*events, (end, {})], outcomes


def _batch(calls: list[WrittenCall]) -> tuple[list[Event], list[Outcome]]:
    events: list[Event] = []
    outcomes: list[Outcome] = []
    for index, one in enumerate(calls):
        left, became, error = dispatch(one)
        events += left
        outcomes += became
        if error is not None:
            return [*events, ("Utility.BatchInterrupted", {"index": index, "error": error})], outcomes
        events.append(("Utility.ItemCompleted", {}))
    return [*events, ("Utility.BatchCompleted", {})], outcomes

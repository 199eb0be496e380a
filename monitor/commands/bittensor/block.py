"""`main.py bittensor block`, `extrinsics` and `events`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from alerting.render.bittensor.shown_value import shown_value
from collectors.bittensor.extrinsics import WrittenCall
from collectors.bittensor.views.block import hyperparameters_around, read_block
from monitor.bittensor.block import ChainCall
from monitor.bittensor.subnet import Hyperparameters
from monitor.commands.bittensor.looking import Look
from monitor.commands.bittensor.page import NONE, address, print_rows
from monitor.rules.bittensor.baseline import parameter_of
from monitor.rules.bittensor.occurrences import WEIGHT_CALLS

LONGEST_LIST = 4
"""Values of a list that a line shows; JSON has them all."""
Around = Mapping[int, tuple[Hyperparameters | None, Hyperparameters | None]]


def show_block(look: Look) -> None:
    """The block in a few figures."""
    view, block = read_block(look.block), look.block
    facts = view.facts
    names = Counter(event.name for event in facts.events)
    failed = sum(not call.success for call in facts.calls)
    row = {
        "parent": block.parent,
        "timestamp": block.timestamp,
        "spec_version": facts.spec_version,
        "calls": len(facts.calls),
        "failed": failed,
        "undecided": list(view.undecided),
        "events": dict(names.most_common()),
    }
    cells: list[tuple[object, object]] = [
        ("parent", block.parent),
        ("calls", f"{len(facts.calls)}, {failed} of them failed"),
        *([("not decided", ", ".join(view.undecided))] if view.undecided else []),
        *((name, count) for name, count in names.most_common()),
    ]
    print_rows(look, [row], ("what", "how many"), cells)


def show_extrinsics(look: Look, hyperparams: bool, weights: bool) -> None:
    """Every call that was made, out of its wrappers; of setters and of weights only where asked for."""
    view = read_block(look.block)
    calls = [
        call
        for call in view.facts.calls
        if (not hyperparams and not weights)
        or (hyperparams and parameter_of(call.name) is not None)
        or (weights and call.name in WEIGHT_CALLS)
    ]
    around: Around = {}
    if hyperparams:
        set_on = {_netuid(call) for call in calls if parameter_of(call.name) is not None}
        around = hyperparameters_around(look.opener, look.block, [netuid for netuid in set_on if netuid is not None])
    rows = [_call_row(call, around) for call in calls]
    cells = [(row["extrinsic"], _name(row), address(row["origin"]), _result(row), _change(row)) for row in rows]
    notes = [f"What became of these is not told: {', '.join(view.undecided)}."] if view.undecided else []
    print_rows(look, rows, ("extrinsic", "call", "by", "result", "what"), cells, notes=notes, empty="No such call.")


def show_events(look: Look) -> None:
    """Every event, in the order in which they happened."""
    rows = [
        {"index": index, "event": event.name, "extrinsic": event.extrinsic, "fields": _plain(event.fields)}
        for index, event in enumerate(read_block(look.block).facts.events)
    ]
    cells = [
        (row["index"], NONE if row["extrinsic"] is None else row["extrinsic"], row["event"], _fields(row["fields"]))
        for row in rows
    ]
    print_rows(look, rows, ("", "extrinsic", "event", "fields"), cells)


def _call_row(call: ChainCall, around: Around) -> dict[str, Any]:
    parameter, netuid = parameter_of(call.name), _netuid(call)
    before, after = around.get(netuid, (None, None)) if netuid is not None else (None, None)
    return {
        "extrinsic": call.extrinsic,
        "call": call.name,
        "path": list(call.path),
        "signer": call.signer,
        "origin": call.origin,
        "success": call.success,
        "error": call.error,
        "arguments": _plain(call.arguments),
        "parameter": parameter,
        "old": _plain((before or {}).get(parameter or "")),
        "new": _plain((after or {}).get(parameter or "")),
    }


def _netuid(call: ChainCall) -> int | None:
    netuid = call.arguments.get("netuid")
    return netuid if isinstance(netuid, int) else None


def _name(row: Mapping[str, Any]) -> str:
    """As "Sudo.sudo > AdminUtils.sudo_set_tempo"."""
    return " > ".join((*row["path"], row["call"]))


def _result(row: Mapping[str, Any]) -> str:
    return str(row["error"]) if row["error"] else "ok" if row["success"] else "failed"


def _change(row: Mapping[str, Any]) -> str:
    """As "subnet 18: immunity_period 4,032 → 100"; the arguments where the states do not tell."""
    name, netuid = row["parameter"], row["arguments"].get("netuid")
    if row["old"] is None or row["new"] is None:
        return _fields(row["arguments"])
    return f"subnet {netuid}: {name} {shown_value(name, row['old'])} → {shown_value(name, row['new'])}"


def _plain(value: Any) -> Any:
    """As JSON has it. A call inside of another one becomes its name and arguments."""
    if isinstance(value, WrittenCall):
        return {"call": str(value), "arguments": _plain(value.arguments)}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, bytes | bytearray):
        return f"0x{value.hex()}"
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _fields(values: Mapping[str, Any]) -> str:
    """As "netuid=18, uid=7", with long lists counted."""
    return ", ".join(f"{name}={_short(value)}" for name, value in values.items())


def _short(value: Any) -> str:
    if isinstance(value, list):
        return f"[{len(value)} values]" if len(value) > LONGEST_LIST else f"[{', '.join(map(_short, value))}]"
    if isinstance(value, dict):
        return f"{{{_fields(value)}}}"
    text = str(value)
    return text if len(text) <= 66 else f"{text[:20]}… ({len(text)} characters)"

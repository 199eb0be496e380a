"""What is wrong with a delegates.json: every fault, with its line. Imported only when there is one."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.config.bittensor import Bittensor, Expected, ExpectedChild, WatchedColdkey, WatchedHotkey, WatchedSubnet
from monitor.config.cross_check import Fault, duplicates, misnamed
from monitor.config.document import Document, path_text, read_document
from monitor.config.fault import told
from monitor.config.problem import Place, Problem, shown
from monitor.config.watch_list import AlertLimit, Delegate, DelegateAlerts, Group, WatchList, object_form

_EXAMPLE = '{"address": "tz1…", "name": "alice"}'


def problems_of(text: str, file: str) -> list[Problem]:
    document = read_document(text)
    found = [Problem(file, slip.line, path_text(slip.path), slip.text, slip.fix) for slip in document.slips]
    if document.value is None:
        if not found:
            found.append(Problem(file, 1, "", "holds null", f"write [{_EXAMPLE}]"))
        return found
    value = object_form(document.value)
    faults: list[Fault] = []
    try:
        WatchList.model_validate(value)
    except ValidationError as error:
        faults += [_told(detail) for detail in error.errors(include_url=False)]
    faults += [_duplicate(document, earlier, later) for earlier, later in duplicates(value)]
    faults += misnamed(value)
    found += _located(document, file, faults)
    if not found:  # the two readers disagree
        found.append(Problem(file, 1, "", "cannot be read as JSON", "write it anew, or let main.py init do it"))
    return sorted(found, key=lambda problem: problem.line or 0)


def located(text: str, file: str, faults: Iterable[Fault]) -> list[Problem]:
    """Problems from (path, text, fix), where paths are those of the object form, whichever form `text` has."""
    return _located(read_document(text), file, faults)


def _located(document: Document, file: str, faults: Iterable[Fault]) -> list[Problem]:
    found = []
    for path, said, fix in faults:
        place = _written(document, path)
        found.append(Problem(file, document.line(place), path_text(place), said, fix))
    return found


def _written(document: Document, path: Place) -> Place:
    """The path as it is in the document, which may be a plain list."""
    return path[1:] if isinstance(document.value, list) and path[:1] == ("tezos",) else path


def _duplicate(document: Document, earlier: Place, later: Place) -> tuple[Place, str, str]:
    line = document.line(_written(document, earlier))
    # The address is not repeated: it may be wrong in another way, even a secret key.
    return later, f"is on the list already (line {line})", "remove one of the two"


def _told(detail: ErrorDetails) -> tuple[Place, str, str]:
    """(path, text, fix) of what pydantic found."""
    path: Place = tuple(detail["loc"])
    kind, value = detail["type"], detail["input"]
    last = str(path[-1]) if path else ""
    if kind == "missing":
        return path, "is missing", f'add "{last}": {_EXAMPLES[last].removeprefix("e.g. ")}'
    if kind == "extra_forbidden":
        return path, *_unknown_key(path, last)
    if kind == "string_pattern_mismatch":
        return path, f"{shown(value)} is not the name of a network", 'write it in small letters, e.g. "shadownet"'
    if kind == "literal_error":
        return path, f"{shown(value)} is not among the choices", f"write {_EXAMPLES[last]}"
    if kind in _WRONG_TYPES:
        # A text in place of a whole entry may be anything, even a key.
        said = "" if isinstance(value, str) and _WRONG_TYPES[kind] == "an object" else f"{shown(value)} "
        return path, f"{said}is not {_WRONG_TYPES[kind]}", f"write {_example(path)}"
    return path, *told(detail)


def _example(path: Place) -> str:
    """Of what is right at this path."""
    where = _kind(path)
    last = where[-1] if where else ""
    if isinstance(path[-1] if path else "", int):
        return _ENTRIES.get(last, _EXAMPLE)
    if where[0:1] == ("bittensor",) and last == "alerts":
        return f'{{"weights_stale": {_RULE}}}'
    if "alerts" in where and where[-2] == "alerts" and last not in ("baking", "attestation"):
        return _RULE
    return _EXAMPLES.get(last, '{"channels": ["telegram"]}' if where[:1] == ("groups",) else f"[{_EXAMPLE}]")


_WRONG_TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a whole number",
    "tuple_type": "a list",
    "model_type": "an object",
    "dict_type": "an object",
}
_EXAMPLES = {
    "": f"[{_EXAMPLE}]",
    "tezos": f"[{_EXAMPLE}]",
    "address": '"tz1…"',
    "name": '"alice"',
    "network": '"shadownet"',
    "runbook": '"ssh bkr1"',
    "channels": '["telegram"]',
    "channel": '"telegram"',
    "group": '"night"',
    "groups": '{"night": {"channels": ["telegram"]}}',
    "alerts": '{"baking": {"threshold": 1}}',
    "baking": '{"threshold": 1, "window": 14400}',
    "attestation": '{"threshold": 10, "window": 100}',
    "threshold": "e.g. 1",
    "window": "e.g. 100",
    "bittensor": '{"hotkeys": [{"hotkey": "5…", "name": "val-A"}]}',
    "hotkeys": '[{"hotkey": "5…", "name": "val-A"}]',
    "subnets": '[{"netuid": 18}]',
    "coldkeys": '[{"coldkey": "5…", "name": "owner"}]',
    "hotkey": '"5…"',
    "coldkey": '"5…"',
    "netuid": "e.g. 18",
    "netuids": 'e.g. [18, 64], or "all"',
    "role": '"validator", "miner" or "auto"',
    "expected": '{"axon": "203.0.113.7:8091"}',
    "axon": '"203.0.113.7:8091"',
    "take": "e.g. 0.18",
    "children": '[{"hotkey": "5…", "share": 0.5}]',
    "share": "e.g. 0.5",
    "version_key": "e.g. 1042",
}
_ENTRIES = {
    "tezos": _EXAMPLE,
    "channels": '"telegram"',
    "hotkeys": '{"hotkey": "5…"}',
    "netuids": "e.g. 18",
    "children": '{"hotkey": "5…", "share": 0.5}',
    "subnets": '{"netuid": 18}',
    "coldkeys": '{"coldkey": "5…"}',
}
"""Of one entry of a list."""
_RULE = '{"warning": 3, "enabled": true}'


def _unknown_key(path: Place, last: str) -> tuple[str, str]:
    import difflib

    model = _MODELS.get(_kind(path[:-1]))
    names = list(model.model_fields) if model else []
    close = difflib.get_close_matches(last.lower(), names, 1)
    return "is not a known key", f'write "{close[0]}"' if close else f"remove it (known: {', '.join(names)})"


def _kind(path: Place) -> tuple[str, ...]:
    """The steps of a path without positions in lists and names of groups."""
    steps = [step for step in path if isinstance(step, str)]
    return ("groups", "*", *steps[2:]) if steps[:1] == ["groups"] and len(steps) > 1 else tuple(steps)


_MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): WatchList,
    ("tezos",): Delegate,
    ("tezos", "alerts"): DelegateAlerts,
    ("tezos", "alerts", "baking"): AlertLimit,
    ("tezos", "alerts", "attestation"): AlertLimit,
    ("bittensor",): Bittensor,
    ("bittensor", "hotkeys"): WatchedHotkey,
    ("bittensor", "hotkeys", "expected"): Expected,
    ("bittensor", "hotkeys", "expected", "children"): ExpectedChild,
    ("bittensor", "subnets"): WatchedSubnet,
    ("bittensor", "coldkeys"): WatchedColdkey,
    ("groups", "*"): Group,
    ("groups", "*", "alerts", "baking"): AlertLimit,
    ("groups", "*", "alerts", "attestation"): AlertLimit,
}
"""What the objects at a path are."""

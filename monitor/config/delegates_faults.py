"""What is wrong with a delegates.json: every fault, with its line. Imported only when there is one."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.config.delegates_file import duplicates, object_form
from monitor.config.document import Document, path_text, read_document
from monitor.config.fault import told
from monitor.config.problem import Place, Problem, shown
from monitor.config.watch_list import AlertLimit, Delegate, DelegateAlerts, WatchList

RESERVED_KEYS = ("bittensor", "channels", "groups")
"""Names that will mean something; until then they are refused rather than passed over in silence."""
_EXAMPLE = '{"address": "tz1…", "name": "alice"}'


def problems_of(text: str, file: str) -> list[Problem]:
    document = read_document(text)
    plain_list = isinstance(document.value, list)
    found = [Problem(file, slip.line, path_text(slip.path), slip.text, slip.fix) for slip in document.slips]
    if document.value is None:
        if not found:
            found.append(Problem(file, 1, "", "holds null", f"write [{_EXAMPLE}]"))
        return found
    value = object_form(document.value)
    faults: list[tuple[Place, str, str]] = []
    try:
        WatchList.model_validate(value)
    except ValidationError as error:
        faults += [_told(detail) for detail in error.errors(include_url=False)]
    faults += [_duplicate(document, earlier, later, plain_list) for earlier, later in duplicates(value)]
    found += _located(document, file, faults)
    if not found:  # the two readers disagree
        found.append(Problem(file, 1, "", "cannot be read as JSON", "write it anew, or let main.py init do it"))
    return sorted(found, key=lambda problem: problem.line or 0)


def located(text: str, file: str, faults: list[tuple[Place, str, str]]) -> list[Problem]:
    """Problems from (path, text, fix), where paths are those of the object form, whichever form `text` has."""
    return _located(read_document(text), file, faults)


def _located(document: Document, file: str, faults: list[tuple[Place, str, str]]) -> list[Problem]:
    plain_list = isinstance(document.value, list)
    found = []
    for path, said, fix in faults:
        place = path[1:] if plain_list and path[:1] == ("tezos",) else path
        found.append(Problem(file, document.line(place), path_text(place), said, fix))
    return found


def _duplicate(document: Document, earlier: int, later: int, plain_list: bool) -> tuple[Place, str, str]:
    first: Place = (earlier, "address") if plain_list else ("tezos", earlier, "address")
    # The address is not repeated: it may be wrong in another way, even a secret key.
    return ("tezos", later, "address"), f"is on the list already (line {document.line(first)})", "remove one of the two"


def _told(detail: ErrorDetails) -> tuple[Place, str, str]:
    """(path, text, fix) of what pydantic found."""
    path: Place = tuple(detail["loc"])
    kind, value = detail["type"], detail["input"]
    last = str(path[-1]) if path else ""
    if kind == "missing":
        return path, "is missing", f'add "tezos": [{_EXAMPLE}]' if last == "tezos" else f'add "{last}": "tz1…"'
    if kind == "extra_forbidden":
        return path, *_unknown_key(path, last)
    if kind == "string_pattern_mismatch":
        return path, f"{shown(value)} is not the name of a network", 'write it in small letters, e.g. "shadownet"'
    if kind in _WRONG_TYPES:
        wanted = _WRONG_TYPES[kind]
        if path[-2:-1] == ("channels",):
            last = "channel"
        example = _EXAMPLES.get(last, _EXAMPLE if wanted == "an object" else f"[{_EXAMPLE}]")
        return path, f"{shown(value)} is not {wanted}", f"write {example}"
    return path, *told(detail)


_WRONG_TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "finite_number": "a whole number",
    "tuple_type": "a list",
    "model_type": "an object",
}
_EXAMPLES = {
    "": f"[{_EXAMPLE}]",
    "address": '"tz1…"',
    "name": '"alice"',
    "network": '"shadownet"',
    "runbook": '"ssh bkr1"',
    "channels": '["telegram"]',
    "channel": '"telegram"',
    "alerts": '{"baking": {"threshold": 1}}',
    "baking": '{"threshold": 1, "window": 14400}',
    "attestation": '{"threshold": 10, "window": 100}',
    "threshold": "e.g. 1",
    "window": "e.g. 100",
}


def _unknown_key(path: Place, last: str) -> tuple[str, str]:
    if last in RESERVED_KEYS:
        return "is not supported by this version", f'remove "{last}"'
    import difflib

    around: dict[int, list[str]] = {
        1: list(WatchList.model_fields),
        3: list(Delegate.model_fields),
        4: list(DelegateAlerts.model_fields),
        5: list(AlertLimit.model_fields),
    }
    names = around.get(len(path), [])
    close = difflib.get_close_matches(last.lower(), names, 1)
    return "is not a known key", f'write "{close[0]}"' if close else f"remove it (known: {', '.join(names)})"

"""`/_simulator/…`: how another process watches and troubles a node. None of it counts as a request.

GET  requests            counts since the last reset
POST requests            {"reset": true}
POST faults              a list of faults as JSON objects (the fields of `Fault`): replaces all faults
POST clock               {"advance": seconds} or {"now": seconds}; only a `Clock` can be set
GET  truth?delegate=&from=&to=   [[duty, level, round, outcome], …]
GET  head                {"level": …}
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from simulator.answers import Answer, Answers
from simulator.clock import Clock
from simulator.faults import Faults, from_json
from simulator.traffic import Traffic


class Controlled(Protocol):
    """What of a node another process may look at and change."""

    requests: Traffic
    faults: Faults
    clock: Callable[[], float]
    answers: Answers


def control(node: Controlled, method: str, target: str, body: bytes) -> Answer:
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    try:
        value = _value(node, f"{method} {url.path.removeprefix('/_simulator/')}", query, body)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return Answer(400, repr(error).encode(), "text/plain")
    return Answer(200, json.dumps(value).encode())


def _value(node: Controlled, what: str, query: dict[str, str], body: bytes) -> object:
    match what:
        case "GET requests":
            return node.requests.value()
        case "POST requests":
            node.requests.reset()
            return node.requests.value()
        case "POST faults":
            faults = [from_json(fault) for fault in json.loads(body)]
            node.faults.clear()
            for fault in faults:
                node.faults.add(fault)
            return len(faults)
        case "POST clock":
            if not isinstance(node.clock, Clock):
                raise ValueError("this node follows the real time")
            wish = json.loads(body)
            node.clock.set(wish["now"] if "now" in wish else node.clock.now + wish["advance"])
            return node.clock.now
        case "GET truth":
            return node.answers.truth(query["delegate"], int(query["from"]), int(query["to"]))
        case "GET head":
            return {"level": node.answers.head(node.clock())}
    raise ValueError(f"no such thing: {what}")

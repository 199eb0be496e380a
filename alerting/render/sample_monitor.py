"""Samples of what is told of nodes, and of the monitor itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from alerting.render.sample import OPENED, OVER, Group, Sample, at, both, one
from monitor.model import EventKind, Severity

_CRITICAL, _WARNING, _INFO = Severity.CRITICAL, Severity.WARNING, Severity.INFO
_MONITOR = "monitor"
_NODE = "bkr1#1"
_LEVEL = 15_267_110

_DOWN: dict[str, Any] = {"at": at("03:08"), "other_endpoints": 0, "first_level": _LEVEL, "detail": "timeout"}
_CHAINS: dict[str, Any] = {"detail": "NetXnHfVqm9iesp, not NetXdQprcVkpaWU"}
_REPLACED: dict[str, Any] = {"first_level": _LEVEL, "last_level": _LEVEL + 2, "levels": 3}
_FLAPPING: dict[str, Any] = {"endpoint": _NODE, "opens": 5}
_COMES_AND_GOES = Sample("node_behind", _FLAPPING, EventKind.FLAPPING, _WARNING, target=_NODE)

SOURCES = (
    both(
        "The only node does not answer",
        "unreachable",
        _CRITICAL,
        _DOWN | {"endpoint": _NODE},
        {"endpoint": _NODE},
        target="source",
    ),
    both(
        "One of several does not",
        "endpoint_unreachable",
        _WARNING,
        _DOWN | {"at": at("03:06"), "other_endpoints": 1, "detail": "HTTP 503"},
        target=_NODE,
    ),
    both("It is not in sync", "not_bootstrapped", _WARNING, {"detail": "not bootstrapped"}, target=_NODE),
    both("It is on another chain", "wrong_chain", _CRITICAL, _CHAINS, target=_NODE),
    both("There is no new block", "stale_head", _CRITICAL, {"head_age": 240, "first_level": _LEVEL}, target="source"),
    both("Your own node lags", "node_behind", _WARNING, {"behind_by": 12}, target=_NODE),
    Group(
        "A node's incident comes and goes",
        (_COMES_AND_GOES, replace(_COMES_AND_GOES, fields=_FLAPPING | {"ended_at": OVER}, severity=_INFO)),
    ),
    both(
        "Two nodes tell different blocks",
        "endpoints_disagree",
        _CRITICAL,
        {"first_level": _LEVEL, "detail": "bkr1#1 and rpc.example.org#2"},
        target="source",
    ),
    both("A node has few peers", "low_peers", _WARNING, {"peers": 2, "minimum": 3}, target=_NODE),
    both(
        "A block cannot be judged",
        "unreadable",
        _CRITICAL,
        {"first_level": _LEVEL, "detail": "metadata is too large"},
        target="source",
    ),
    both("Finalised blocks were replaced", "reorganisation", _CRITICAL, _REPLACED, target="source"),
)

_INVALID: dict[str, Any] = {"errors": 2, "detail": "delegates.json:7: tezos[1].name: is empty; fix: remove it"}
_PASSED: dict[str, Any] = {"first_level": 15_252_000, "last_level": 15_252_339, "levels": 340}
_BROKEN: dict[str, Any] = {"channel": "telegram", "detail": "403 bot was kicked"}

_SILENCE: dict[str, Any] = {"reason": "begun", "until": at("06:00"), "by": "ops", "detail": "upgrading the node"}
_MAINTENANCE = _SILENCE | {"close_reason": "healthy"}
_SILENCED = Sample("silence", _SILENCE, EventKind.NOTICE, _INFO, network=_MONITOR)
_MAINTAINED = replace(_SILENCED, rule="maintenance", fields=_MAINTENANCE)

ITSELF = (
    both(
        "A run was killed",
        "run_killed",
        _WARNING,
        {"run": 812, "ran_seconds": 55},
        network=_MONITOR,
        target="run",
    ),
    both("delegates.json cannot be used", "config_invalid", _CRITICAL, _INVALID, network=_MONITOR, target="config"),
    one(
        "delegates.json was edited",
        Sample(
            "watch_list_changed",
            {"added": ("carol",), "removed": ("bob",)},
            EventKind.NOTICE,
            _INFO,
            network=_MONITOR,
            target="watch-list",
        ),
    ),
    one(
        "The monitor did not run",
        Sample(
            "monitor_gap",
            {"opened_at": OPENED - 2040, "gap_seconds": 2040} | _PASSED,
            EventKind.MONITOR_GAP,
            _WARNING,
            network=_MONITOR,
            target="run",
        ),
    ),
    one(
        "Levels were not checked",
        Sample(
            "coverage_gap",
            _PASSED | {"detail": "further back than MAX_CATCHUP_BLOCKS"},
            EventKind.COVERAGE_GAP,
            _WARNING,
            target="source",
        ),
    ),
    one(
        "A channel takes nothing: told on the others",
        Sample("channel_broken", _BROKEN, EventKind.CHANNEL_BROKEN, network=_MONITOR, target="telegram"),
    ),
    one(
        "A channel that came back after more than a day",
        Sample(
            "given_up",
            {"channel": "telegram", "count": 3},
            EventKind.NOTICE,
            _WARNING,
            network=_MONITOR,
            target="telegram",
        ),
    ),
    Group("A baker is silenced, and no longer", (_SILENCED, replace(_SILENCED, fields={"reason": "over", "count": 2}))),
    Group(
        "A baker is in maintenance, and no longer", (_MAINTAINED, replace(_MAINTAINED, fields={"reason": "healthy"}))
    ),
    one(
        "The state was moved to another host",
        Sample(
            "taken_over",
            {"host": "vm2", "detail": "vm1"},
            EventKind.NOTICE,
            _INFO,
            network=_MONITOR,
            target="host",
        ),
    ),
)

"""The samples: a firing and an ending of every rule, and everything else that is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from alerting.render.sample import ADDRESS, OPENED, OVER, Group, Sample, at
from monitor.model import EventKind, Severity

_CRITICAL, _WARNING, _INFO = Severity.CRITICAL, Severity.WARNING, Severity.INFO
_RESOLVED = EventKind.RESOLVED
_MONITOR = "monitor"
_NODE = "bkr1#1"
_KEY = "tz4LE3E5yCUhS66WCESTe3ir3PKmUhEDAAuZ"
_LEVEL = 15_267_110
_NEXT_RIGHT: dict[str, Any] = {"next_right_at": at("09:12")}


def _both(
    title: str, rule: str, severity: Severity, opens: dict[str, Any], ends: dict[str, Any] | None = None, **whose: Any
) -> Group:
    """Its firing and its resolution."""
    firing = Sample(rule, opens, severity=severity, **whose)
    return Group(title, (firing, replace(firing, kind=_RESOLVED, fields=ends or {})))


def _one(title: str, sample: Sample) -> Group:
    return Group(title, (sample,))


_MISSING: dict[str, Any] = {"reason": "streak", "missed": 12, "of": 12}
_COST: dict[str, Any] = {"share_others": 0.994, "reward_lost_at": at("11:04"), "runbook": "ssh bkr1"}
_TROUBLE: dict[str, Any] = {"reason": "window", "missed": 10, "of": 57, "share_others": 0.61, "blocks_late": 4}
_LONE: dict[str, Any] = {"reason": "lone", "missed": 1, "attested": 100, "attested_of": 100} | _NEXT_RIGHT
_REPEATED: dict[str, Any] = {"reason": "repeated", "missed": 2, "of": 3, "attested": 61, "attested_of": 100, "round": 1}

STOPPED = Sample("missed_attestation", _MISSING | _COST)
BACK = replace(STOPPED, kind=_RESOLVED, fields={"missed": 214, "allowance_share": 0.045, "bakes_lost": 1})
LONE_BAKE = Sample("missed_baking", _LONE, severity=_WARNING, silent=True)
SEVERAL = tuple(
    replace(STOPPED, fields=_MISSING | {"share_others": 0.41}, name=name, target=f"tz1{name}{ADDRESS[8:]}")
    for name in ("alice", "bob", "carol", "dave")
)

DUTIES = (
    Group("Attestations stop, and are back", (STOPPED, BACK)),
    _one("Some are missing, and the network has trouble", replace(STOPPED, severity=_WARNING, fields=_TROUBLE)),
    _one(
        "It gets worse",
        replace(STOPPED, kind=EventKind.ESCALATED, fields=_MISSING | {"missed": 20, "of": 20} | _COST),
    ),
    _one(
        "A reminder, if more were missed since",
        replace(STOPPED, kind=EventKind.REMINDER, fields=_MISSING | {"missed": 160, "of": 160} | _COST),
    ),
    _one("It comes back within the hour: the same incident", replace(STOPPED, fields=_MISSING | {"again": True})),
    _one("It was so when the monitor first looked", replace(STOPPED, fields=_MISSING | {"first_look": True})),
    _one("It was found late, after a downtime of the monitor", replace(STOPPED, fields=_MISSING | {"late_by": 2040})),
    _one(
        "It began and ended before this channel could be told",
        replace(BACK, kind=EventKind.MISSED_INCIDENT),
    ),
    _one("The baker was taken off the list", replace(BACK, fields={"close_reason": "removed"})),
    Group("Four bakers stop together: one message", SEVERAL),
    _one("One bake is missed while attestations are fine", LONE_BAKE),
    Group(
        "Bakes and attestations are missed; it bakes again",
        (
            Sample("missed_baking", _REPEATED | {"share_others": 0.99, "runbook": "ssh bkr1"} | _NEXT_RIGHT),
            Sample("missed_baking", {"missed": 2, "of": 4} | _NEXT_RIGHT, _RESOLVED),
        ),
    ),
)

DELEGATES = (
    _both("It lost its rights for being inactive", "deactivated", _CRITICAL, {"cycle": 1160}),
    _both("It is about to lose them", "deactivation_near", _CRITICAL, {"cycle": 1160} | _NEXT_RIGHT),
    _both("Too much of its stake was denounced", "forbidden", _CRITICAL, {"cycle": 1160}),
    _both(
        "Somebody proved a double signature",
        "denounced",
        _CRITICAL,
        {"misbehaviour": "double baking", "first_level": _LEVEL},
    ),
    _both(
        "The cycle's attestation reward is at risk",
        "attestation_reward",
        _CRITICAL,
        {"reward_lost_at": at("04:34"), "slots_left": 120, "allowance_share": 0.88, "runbook": "ssh bkr1"},
        {"close_reason": "new-cycle", "cycle": 1161},
    ),
    _both("It attests without DAL", "dal_participation", _WARNING, {"reason": "plain", "share_others": 0.93}),
    _both("A tz4 key lacks its companion", "companion_key_missing", _WARNING, {}),
    _both(
        "Another consensus key will be needed",
        "consensus_key_pending",
        _WARNING,
        {"key": _KEY, "active_at": at("12:04")},
        {"key": _KEY},
    ),
    _both(
        "A seed nonce is not revealed",
        "seed_nonce",
        _WARNING,
        {"cycle": 1159, "first_level": 15_252_960, "reward_lost_at": at("03:52")},
        {"cycle": 1159},
    ),
    _both("The next cycle has fewer rights", "rights_drop", _WARNING, {"drop": 0.23, "cycle": 1161}),
    _both(
        "Baking power is near the minimum",
        "baking_power_low",
        _WARNING,
        {"amount": 6_180_000_000, "minimum": 6_000_000_000},
    ),
    _one(
        "Somebody changed what its keys control: told once",
        Sample("control_change", {"change": "consensus key", "key": _KEY, "cycle": 1163}, EventKind.NOTICE),
    ),
)

_DOWN: dict[str, Any] = {"at": at("03:08"), "other_endpoints": 0, "first_level": _LEVEL, "detail": "timeout"}
_CHAINS: dict[str, Any] = {"detail": "NetXnHfVqm9iesp, not NetXdQprcVkpaWU"}
_REPLACED: dict[str, Any] = {"first_level": _LEVEL, "last_level": _LEVEL + 2, "levels": 3}
_FLAPPING: dict[str, Any] = {"endpoint": _NODE, "opens": 5}
_COMES_AND_GOES = Sample("node_behind", _FLAPPING, EventKind.FLAPPING, _WARNING, target=_NODE)

SOURCES = (
    _both(
        "The only node does not answer",
        "unreachable",
        _CRITICAL,
        _DOWN | {"endpoint": _NODE},
        {"endpoint": _NODE},
        target="source",
    ),
    _both(
        "One of several does not",
        "endpoint_unreachable",
        _WARNING,
        _DOWN | {"at": at("03:06"), "other_endpoints": 1, "detail": "HTTP 503"},
        target=_NODE,
    ),
    _both("It is not in sync", "not_bootstrapped", _WARNING, {"detail": "not bootstrapped"}, target=_NODE),
    _both("It is on another chain", "wrong_chain", _CRITICAL, _CHAINS, target=_NODE),
    _both("There is no new block", "stale_head", _CRITICAL, {"head_age": 240, "first_level": _LEVEL}, target="source"),
    _both("Your own node lags", "node_behind", _WARNING, {"behind_by": 12}, target=_NODE),
    Group(
        "A node's incident comes and goes",
        (_COMES_AND_GOES, replace(_COMES_AND_GOES, fields=_FLAPPING | {"ended_at": OVER}, severity=_INFO)),
    ),
    _both(
        "Two nodes tell different blocks",
        "endpoints_disagree",
        _CRITICAL,
        {"first_level": _LEVEL, "detail": "bkr1#1 and rpc.example.org#2"},
        target="source",
    ),
    _both("A node has few peers", "low_peers", _WARNING, {"peers": 2, "minimum": 3}, target=_NODE),
    _both(
        "A block cannot be judged",
        "unreadable",
        _CRITICAL,
        {"first_level": _LEVEL, "detail": "metadata is too large"},
        target="source",
    ),
    _both("Finalised blocks were replaced", "reorganisation", _CRITICAL, _REPLACED, target="source"),
)

_INVALID: dict[str, Any] = {"errors": 2, "detail": "delegates.json:7 tezos[1].address: wrong checksum"}
_PASSED: dict[str, Any] = {"first_level": 15_252_000, "last_level": 15_252_339, "levels": 340}
_BROKEN: dict[str, Any] = {"channel": "telegram", "detail": "403 bot was kicked"}

ITSELF = (
    _both(
        "A run was killed",
        "run_killed",
        _WARNING,
        {"run": 812, "ran_seconds": 55},
        network=_MONITOR,
        target="run",
    ),
    _both("delegates.json cannot be used", "config_invalid", _CRITICAL, _INVALID, network=_MONITOR, target="config"),
    _one(
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
    _one(
        "The monitor did not run",
        Sample(
            "monitor_gap",
            {"opened_at": OPENED - 2040, "gap_seconds": 2040, "levels": 340},
            EventKind.MONITOR_GAP,
            _WARNING,
            network=_MONITOR,
            target="run",
        ),
    ),
    _one(
        "Levels were not checked",
        Sample(
            "coverage_gap",
            _PASSED | {"detail": "further back than MAX_CATCHUP_BLOCKS"},
            EventKind.COVERAGE_GAP,
            _WARNING,
            target="source",
        ),
    ),
    _one(
        "A channel takes nothing: told on the others",
        Sample("channel_broken", _BROKEN, EventKind.CHANNEL_BROKEN, network=_MONITOR, target="telegram"),
    ),
)

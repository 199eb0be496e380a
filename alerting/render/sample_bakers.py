"""Samples of what is told of bakers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from alerting.render.sample import ADDRESS, Group, Sample, at, both, one
from monitor.model import EventKind, Severity

_CRITICAL, _WARNING, _INFO = Severity.CRITICAL, Severity.WARNING, Severity.INFO
_RESOLVED = EventKind.RESOLVED
_MONITOR = "monitor"
_NODE = "bkr1#1"
_KEY = "tz4LE3E5yCUhS66WCESTe3ir3PKmUhEDAAuZ"
_PUBLIC_KEY = "BLpk1xXdveUYh7YFsyf6LwGWfv5zAfLvnMG71byiMFDZc4CkXzZPVko3Dz4sD43Ln5uFNvdjiQJY"
_LEVEL = 15_267_110
_NEXT_RIGHT: dict[str, Any] = {"next_right_at": at("09:12")}


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
    one("Some are missing, and the network has trouble", replace(STOPPED, severity=_WARNING, fields=_TROUBLE)),
    one(
        "It gets worse",
        replace(STOPPED, kind=EventKind.ESCALATED, fields=_MISSING | {"missed": 20, "of": 20} | _COST),
    ),
    one(
        "A reminder, if more were missed since",
        replace(STOPPED, kind=EventKind.REMINDER, fields=_MISSING | {"missed": 160, "of": 160} | _COST),
    ),
    one("It comes back within the hour: the same incident", replace(STOPPED, fields=_MISSING | {"again": True})),
    one("It was so when the monitor first looked", replace(STOPPED, fields=_MISSING | {"first_look": True})),
    one("It was found late, after a downtime of the monitor", replace(STOPPED, fields=_MISSING | {"late_by": 2040})),
    one(
        "It began and ended before this channel could be told",
        replace(BACK, kind=EventKind.MISSED_INCIDENT),
    ),
    one("The baker was taken off the list", replace(BACK, fields={"close_reason": "removed"})),
    Group("Four bakers stop together: one message", SEVERAL),
    one("One bake is missed while attestations are fine", LONE_BAKE),
    Group(
        "Bakes and attestations are missed; it bakes again",
        (
            Sample("missed_baking", _REPEATED | {"share_others": 0.99, "runbook": "ssh bkr1"} | _NEXT_RIGHT),
            Sample("missed_baking", {"missed": 2, "of": 4} | _NEXT_RIGHT, _RESOLVED),
        ),
    ),
)

DELEGATES = (
    both("It lost its rights for being inactive", "deactivated", _CRITICAL, {"cycle": 1160}),
    both("It is about to lose them", "deactivation_near", _CRITICAL, {"cycle": 1160} | _NEXT_RIGHT),
    both("Too much of its stake was denounced", "forbidden", _CRITICAL, {"cycle": 1160}),
    both(
        "Somebody proved a double signature",
        "denounced",
        _CRITICAL,
        {"misbehaviour": "double baking", "first_level": _LEVEL},
    ),
    both(
        "The cycle's attestation reward is at risk",
        "attestation_reward",
        _CRITICAL,
        {"reward_lost_at": at("04:34"), "slots_left": 120, "allowance_share": 0.88, "runbook": "ssh bkr1"},
        {"close_reason": "new-cycle", "cycle": 1161},
    ),
    both("It attests without DAL", "dal_participation", _WARNING, {"reason": "plain", "share_others": 0.93}),
    both("A tz4 key lacks its companion", "companion_key_missing", _WARNING, {}),
    both(
        "Another consensus key will be needed",
        "consensus_key_pending",
        _WARNING,
        {"key": _KEY, "active_at": at("12:04")},
        {"key": _KEY},
    ),
    both(
        "A seed nonce is not revealed",
        "seed_nonce",
        _WARNING,
        {"cycle": 1159, "first_level": 15_252_960, "reward_lost_at": at("03:52")},
        {"cycle": 1159},
    ),
    both("The next cycle has fewer rights", "rights_drop", _WARNING, {"drop": 0.23, "cycle": 1161}),
    both(
        "Baking power is near the minimum",
        "baking_power_low",
        _WARNING,
        {"amount": 6_180_000_000, "minimum": 6_000_000_000},
    ),
    one(
        "Somebody changed what its keys control: told once",
        Sample("control_change", {"change": "consensus key", "key": _PUBLIC_KEY}, EventKind.NOTICE),
    ),
    one(
        "Its consensus key emptied it: told once",
        Sample("control_change", {"change": "drain", "amount": 15_682_598_478, "key": ADDRESS}, EventKind.NOTICE),
    ),
)

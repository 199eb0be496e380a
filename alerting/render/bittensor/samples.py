"""Samples of what is told of Bittensor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from alerting.render.sample import Group, Sample, both, one
from monitor.model import EventKind, Severity

NETWORK = "bittensor:finney"
HOTKEY = "5F3sa2TJAWMqDhXG6jhV4N8ko9SxwGy8TpaNS1repo5EYjQX"
COLDKEY = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
_OTHER = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
_CRITICAL, _WARNING, _INFO = Severity.CRITICAL, Severity.WARNING, Severity.INFO
_BLOCK = 9_217_341


def _fields(facts: dict[str, Any], name: str | None, **more: Any) -> dict[str, Any]:
    return {"facts": facts, "name": name, **more}


def _both(
    title: str,
    rule: str,
    severity: Severity,
    target: str,
    name: str | None,
    facts: dict[str, Any],
    ends: dict[str, Any] | None = None,
    **more: Any,
) -> Group:
    opens = _fields(facts, name, **more)
    return both(title, rule, severity, opens, _fields({}, name, **(ends or {})), network=NETWORK, target=target)


def _once(
    title: str, rule: str, severity: Severity, target: str, name: str | None, facts: dict[str, Any], reason: str
) -> Group:
    fields = _fields(facts, name, reason=reason)
    return one(title, Sample(rule, fields, EventKind.NOTICE, severity, network=NETWORK, target=target))


_VALIDATOR, _MINER = (f"18/{HOTKEY}", "val-A"), (f"8/{HOTKEY}", "miner-3")
_SUBNET, _CHAIN = ("18", None), ("source", None)
_WALLET = (COLDKEY, "treasury")

_STALE: dict[str, Any] = {"age": 650, "usual": 120, "blocks_left": 4350, "fresh": 61, "others": 64}
_NEAR: dict[str, Any] = {"rank": 2, "hours_left": 2.4, "per_day": 30.0, "burn": 410_000_000}

STALE = Sample("weights_stale", _fields(_STALE, "val-A"), severity=_WARNING, network=NETWORK, target=_VALIDATOR[0])
NEAR = Sample("dereg_risk", _fields(_NEAR, "miner-3"), severity=_CRITICAL, network=NETWORK, target=_MINER[0])
SHORTER = Sample(
    "hyperparam_changed",
    _fields(
        {
            "parameter": "immunity_period",
            "old": 4032,
            "new": 100,
            "by": "owner",
            "unprotected": ["miner-1", "miner-2"],
        },
        None,
        reason="immunity_period",
    ),
    EventKind.NOTICE,
    _WARNING,
    network=NETWORK,
    target="18",
)

VALIDATORS = (
    Group(
        "Weights go stale, and are set again",
        (STALE, replace(STALE, kind=EventKind.RESOLVED, fields=_fields({}, "val-A"))),
    ),
    Group(
        "Three validators stop together: one message",
        tuple(
            replace(STALE, fields=_fields(_STALE | {"age": 640 + age}, name), target=f"{netuid}/{HOTKEY}")
            for age, (netuid, name) in enumerate(((18, "val-A"), (23, "val-A"), (37, "val-B")))
        ),
    ),
    _both("It is left out of consensus", "inactive", _CRITICAL, *_VALIDATOR, {"age": 5010, "cutoff": 5000}),
    _both(
        "Its permit is gone",
        "permit_lost",
        _CRITICAL,
        *_VALIDATOR,
        {"stake": 41_200 * 10**9, "needed": 41_900 * 10**9, "margin": 0.983},
    ),
    _both(
        "Its permit is at risk",
        "permit_margin",
        _WARNING,
        *_VALIDATOR,
        {"stake": 43_100 * 10**9, "needed": 41_900 * 10**9, "margin": 1.0286},
    ),
    _both(
        "Consensus trusts it less",
        "vtrust_low",
        _WARNING,
        *_VALIDATOR,
        {"value": 0.61, "usual": 0.93, "peers": 0.88},
    ),
    _both(
        "Its dividends drop",
        "dividends_drop",
        _WARNING,
        *_VALIDATOR,
        {"value": 0.021, "usual": 0.034, "drop": 0.38},
        {"close_reason": "no-permit"},
    ),
    _both("It earns nothing", "dividends_zero", _CRITICAL, *_VALIDATOR, {"epochs": 2}),
    _both(
        "Its stakers on root earn less",
        "root_dividends_drop",
        _WARNING,
        HOTKEY,
        "val-A",
        {"value": 1_310_000_000, "usual": 2_050_000_000, "drop": 0.361},
    ),
    _both("Commits are not revealed", "reveal_missing", _WARNING, *_VALIDATOR, {"epochs": 1, "commits": 1}),
    _both(
        "The chain refuses its weights",
        "weights_failed",
        _CRITICAL,
        *_VALIDATOR,
        {"count": 5, "succeeded": 0, "window": 150, "error": "SubtensorModule.IncorrectWeightVersionKey"},
    ),
    _both(
        "The subnet wants a newer version", "version_key", _WARNING, *_VALIDATOR, {"configured": 1043, "wanted": 1050}
    ),
    _both(
        "Stake leaves",
        "stake_outflow",
        _CRITICAL,
        *_VALIDATOR,
        {"lost_hour": 0.17, "lost_day": 0.19, "stake": 34_100 * 10**9},
    ),
    _both(
        "Stake is about to go to children",
        "childkeys_pending",
        _CRITICAL,
        *_VALIDATOR,
        {
            "leaving": 0.6,
            "share": 0.6,
            "stake": 24_000 * 10**9,
            "blocks_left": 7200,
            "at_block": _BLOCK + 7200,
            "permit_lost": True,
        },
    ),
    _both(
        "A parent is about to take its stake away",
        "childkeys_pending",
        _CRITICAL,
        *_VALIDATOR,
        {
            "leaving": 0.25,
            "stake": 10_300 * 10**9,
            "blocks_left": 7200,
            "at_block": _BLOCK + 7200,
            "permit_lost": False,
        },
        reason="parents",
    ),
    _once(
        "Its children changed: told once",
        "childkeys",
        _CRITICAL,
        *_VALIDATOR,
        {"old_share": 0.0, "new_share": 0.6, "added": [_OTHER], "removed": []},
        "children_changed",
    ),
    _once(
        "Its take changed: told once",
        "take_changed",
        _CRITICAL,
        HOTKEY,
        "val-A",
        {"old": 0.09, "new": 0.18},
        "take_changed",
    ),
    _once(
        "It changed hands: told once",
        "identity",
        _CRITICAL,
        HOTKEY,
        "val-A",
        {"old": COLDKEY, "new": _OTHER},
        "hotkey_owner_changed",
    ),
)

MINERS = (
    Group(
        "It is about to be deregistered",
        (NEAR, replace(NEAR, kind=EventKind.RESOLVED, fields=_fields({}, "miner-3"))),
    ),
    _both("It was deregistered", "deregistered", _CRITICAL, *_MINER, {"uid": 57, "burn": 410_000_000}),
    _both("Its subnet is dissolved", "deregistered", _CRITICAL, *_MINER, {"uid": 57}, reason="subnet-removed"),
    _both(
        "Its owner swapped it for another",
        "deregistered",
        _WARNING,
        *_MINER,
        {"uid": 57, "new": _OTHER},
        reason="swapped",
    ),
    _both(
        "Its immunity ends",
        "immunity_ending",
        _WARNING,
        *_MINER,
        {"blocks_left": 650, "full": True, "burn": 410_000_000},
    ),
    _both("Its incentive drops", "incentive_drop", _WARNING, *_MINER, {"value": 0.0031, "usual": 0.0062, "drop": 0.5}),
    _both(
        "It serves another place than it should",
        "axon",
        _CRITICAL,
        *_MINER,
        {"axon": "203.0.113.9:8091", "expected": "198.51.100.7:8091"},
    ),
    _both(
        "It has locked too little collateral",
        "collateral",
        _WARNING,
        *_MINER,
        {"locked": 80 * 10**9, "needed": 100 * 10**9},
    ),
    _both(
        "A registration costs what you wait for",
        "burn_price",
        _WARNING,
        "8",
        None,
        {"burn": 90_000_000, "low": 0.1},
        reason="low",
    ),
)

SUBNETS = (
    one("A hyperparameter changed: told once", SHORTER),
    _once(
        "Its owner changed: told once",
        "owner_changed",
        _CRITICAL,
        *_SUBNET,
        {"old": COLDKEY, "new": _OTHER},
        "subnet_owner_changed",
    ),
    _both(
        "Its owner's coldkey is about to be swapped",
        "coldkey_swap",
        _CRITICAL,
        *_SUBNET,
        {"blocks_left": 29_700, "at_block": _BLOCK + 29_700},
        reason="announced",
    ),
    _both(
        "It may be pruned",
        "prune_risk",
        _CRITICAL,
        *_SUBNET,
        {"rank": 1, "free": 0, "price": 0.0041},
        reason="next",
    ),
    _both("It was removed", "subnet_removed", _CRITICAL, *_SUBNET, {}, reason="removed"),
    _both(
        "It gets less emission",
        "emission",
        _WARNING,
        *_SUBNET,
        {"value": 2_900_000, "usual": 4_700_000, "drop": 0.383},
        reason="lower",
    ),
    _both(
        "Its alpha falls",
        "price",
        _WARNING,
        *_SUBNET,
        {"lost_hour": 0.12, "lost_day": 0.14, "price": 21_300_000},
        reason="falls",
    ),
    _both(
        "Its epoch does not come",
        "epoch_late",
        _WARNING,
        *_SUBNET,
        {"blocks_late": 34, "at_block": _BLOCK},
        reason="late",
    ),
    _both("Its validators set no weights", "validators_dark", _WARNING, *_SUBNET, {"share": 0.27}),
    _both(
        "Many register at once",
        "registrations",
        _WARNING,
        *_SUBNET,
        {"count": 4, "window": 25, "neurons": 256, "max_uids": 256, "burn": 410_000_000},
        reason="burst",
    ),
    _both("It burns what its miners would get", "miner_burned", _WARNING, *_SUBNET, {"share": 0.62}),
    _once(
        "Root acted on it: told once",
        "sudo",
        _WARNING,
        *_SUBNET,
        {"call": "SubtensorModule.root_dissolve_network", "netuid": 18},
        "sudo",
    ),
)

WALLETS = (
    _both(
        "A coldkey swap is announced",
        "coldkey_swap",
        _CRITICAL,
        *_WALLET,
        {"blocks_left": 29_700, "at_block": _BLOCK + 29_700},
        reason="announced",
    ),
    _once(
        "Somebody may act for it from now on: told once",
        "wallet_control",
        _CRITICAL,
        *_WALLET,
        {"new": _OTHER, "proxy": "Any"},
        "proxy_added",
    ),
    _once(
        "Money leaves it: told once",
        "unexpected_transfer",
        _CRITICAL,
        *_WALLET,
        {"amount": 120 * 10**9, "to": _OTHER},
        "transfer",
    ),
    _both("It runs dry", "balance_low", _WARNING, *_WALLET, {"balance": 310_000_000, "limit": 500_000_000}),
)

CHAIN = (
    _both("No block becomes final", "chain_stalled", _CRITICAL, *_CHAIN, {"head_age": 312, "first_level": _BLOCK}),
    _both("Finality lags", "finality_lag", _WARNING, *_CHAIN, {"behind_by": 12, "first_level": _BLOCK}),
    both(
        "An endpoint lags behind the others",
        "endpoint_behind",
        _WARNING,
        {"behind_by": 12, "endpoint": "lite#1"},
        {"endpoint": "lite#1"},
        network=NETWORK,
        target="lite#1",
    ),
    _both(
        "A runtime upgrade took something away",
        "runtime_upgraded",
        _CRITICAL,
        *_CHAIN,
        {"spec": 474, "previous_spec": 473, "items": ["SubtensorModule.ValidatorTrust", "SubtensorModule.Active"]},
        reason="gone",
    ),
    _both(
        "Answers cannot be decoded",
        "decode_failed",
        _WARNING,
        *_CHAIN,
        {"items": ["SubtensorModule.LastUpdate: 3 bytes left over"]},
    ),
)

SECTIONS = (
    ("Bittensor: validators", VALIDATORS),
    ("Bittensor: miners", MINERS),
    ("Bittensor: subnets", SUBNETS),
    ("Bittensor: wallets", WALLETS),
    ("Bittensor: the chain", CHAIN),
)

"""The rules that hold one value against a limit: a row each.

miner_burned, burn_price, collateral, balance_low, chain_stalled, finality_lag. Severity: warning, critical further out.
Each closes past a limit of its own, so that a value that trembles does not open it anew.
"""

from __future__ import annotations

from monitor.bittensor.units import RAO
from monitor.model import Severity, Verdict
from monitor.rules.bittensor import needs
from monitor.rules.bittensor.context import BittensorContext
from monitor.rules.bittensor.interface import (
    NOT_READ,
    Card,
    Condition,
    Episode,
    Limits,
    Policy,
    Threshold,
    bad,
    graded,
)
from monitor.rules.interface import ok


def _miner_burned(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    share = None if context.subnet is None else context.subnet.miner_burned
    return NOT_READ if share is None else graded(share, limits, episode, "burned", evidence={"share": share})


def _burn_price(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    burn = None if context.subnet is None else context.subnet.burn
    if burn is None:
        return NOT_READ
    price, low, high = burn / RAO, limits.get("low"), limits.get("high")
    gap = 1 + limits["gap"] if episode.open else 1.0
    evidence = {"burn": burn, "low": low, "high": high}
    if high is not None and price > high / gap:
        return bad(Severity.WARNING, "high", evidence)
    if low is not None and price < low * gap:
        return bad(Severity.WARNING, "low", evidence)
    return ok("", **evidence)


def _wanted(context: BittensorContext) -> str | None:
    own = context.alerts.get("burn_price", {})
    return None if "low" in own or "high" in own else "no-limit"


def _collateral(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    collateral = None if context.neuron is None else context.neuron.collateral
    if collateral is None:
        return NOT_READ
    evidence = {"locked": collateral.locked, "needed": collateral.minimum}
    return bad(Severity.WARNING, "below", evidence) if collateral.locked < collateral.minimum else ok("", **evidence)


def _balance(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    free = None if context.coldkey is None else context.coldkey.free
    if free is None:
        return NOT_READ
    evidence = {"balance": free, "limit": round(limits["warning"] * RAO)}
    recovery = limits["recovery"] * limits["warning"]
    return graded(free / RAO, limits, episode, "low", above=False, recovery=recovery, evidence=evidence)


def _stalled(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    age = max(0, context.now - context.chain.timestamp)
    return graded(age, limits, episode, "old", evidence={"head_age": age, "first_level": context.block})


def _finality(context: BittensorContext, limits: Limits, episode: Episode) -> Verdict:
    if context.chain.head is None:
        return NOT_READ
    lag = max(0, context.chain.head - context.block)
    return graded(lag, limits, episode, "lag", evidence={"behind_by": lag, "first_level": context.block})


LEVELS: tuple[Condition, ...] = (
    Condition(
        id="S11",
        card=Card(
            name="miner_burned",
            title="Miners' emission burned",
            kind="subnet",
            default="more than half of the miners' emission is burned",
            severity="warning; critical from 90 %",
            recovery="below 40 %",
        ),
        about="A subnet burns what its miners would get.",
        read="`MinerBurned`",
        scopes=("subnet",),
        assess=_miner_burned,
        thresholds=(
            Threshold("warning", 0.5, "share", "of the miners' emission"),
            Threshold("critical", 0.9, "share", "of the miners' emission"),
            Threshold("recovery", 0.4, "share", "of the miners' emission"),
        ),
        needs=(needs.subnet, needs.mining_subnet),
    ),
    Condition(
        id="M6",
        card=Card(
            name="burn_price",
            title="Registration price",
            kind="miner",
            default="registration costs less than `low` or more than `high` τ; off unless one of them is set",
            severity="warning",
            recovery="inside the limits by 5 %",
        ),
        about="What a registration costs has left the range somebody waits for.",
        read="`Burn`",
        scopes=("subnet",),
        assess=_burn_price,
        thresholds=(
            Threshold("low", None, "τ", "below which it is told; unset"),
            Threshold("high", None, "τ", "above which it is told; unset"),
            Threshold("gap", 0.05, "share", "inside the range, to recover"),
        ),
        needs=(needs.subnet, _wanted),
        policy=Policy(flapping=True),
    ),
    Condition(
        id="M7",
        card=Card(
            name="collateral",
            title="Collateral too low",
            kind="miner",
            default="less is locked than the subnet asks for",
            severity="warning",
            recovery="as much as is asked for",
        ),
        about="A miner has locked less collateral than its subnet asks for.",
        read="`MinerCollateral`",
        scopes=("neuron",),
        assess=_collateral,
        needs=(*needs.NEURON, needs.mining_subnet),
        policy=Policy(flapping=True),
    ),
    Condition(
        id="W1",
        card=Card(
            name="balance_low",
            title="Balance low",
            kind="wallet",
            default="less than 0.5 τ free",
            severity="warning; critical below 0.1 τ",
            recovery="1.5 times the limit",
        ),
        about="A coldkey can soon not pay for its transactions.",
        read="`System.Account`",
        scopes=("coldkey",),
        assess=_balance,
        thresholds=(
            Threshold("warning", 0.5, "τ", "free"),
            Threshold("critical", 0.1, "τ", "free"),
            Threshold("recovery", 1.5, "times warning", "free"),
        ),
        policy=Policy(flapping=True),
    ),
    Condition(
        id="C1",
        card=Card(
            name="chain_stalled",
            title="Chain stalled",
            kind="chain",
            default="the newest final block is older than 120 seconds, for a minute",
            severity="warning; critical from 300 seconds",
            recovery="a final block of the last 60 seconds",
        ),
        about="No block becomes final: the chain stands still, or the node does.",
        read="`Timestamp.Now` of the finalised head",
        scopes=("chain",),
        assess=_stalled,
        thresholds=(
            Threshold("warning", 120, "seconds", "age"),
            Threshold("critical", 300, "seconds", "age"),
            Threshold("recovery", 60, "seconds", "age"),
        ),
        policy=Policy(fire_after=60, flapping=True),
    ),
    Condition(
        id="C2",
        card=Card(
            name="finality_lag",
            title="Finality lags",
            kind="chain",
            default="the finalised head is more than 10 blocks behind the best one, for two minutes",
            severity="warning; critical from 50 blocks",
            recovery="fewer than 5 blocks",
        ),
        about="Blocks come and do not become final.",
        read="`chain_getHeader` and `chain_getFinalizedHead`",
        scopes=("chain",),
        assess=_finality,
        thresholds=(
            Threshold("warning", 10, "blocks", "behind"),
            Threshold("critical", 50, "blocks", "behind"),
            Threshold("recovery", 4, "blocks", "behind"),
        ),
        policy=Policy(fire_after=120, flapping=True),
    ),
)

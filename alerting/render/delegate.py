"""What a node says about a delegate: its standing, its keys, what it stands to lose."""

from __future__ import annotations

from alerting.render.figures import Times, duration, number, percent, plural, short, tez
from alerting.render.item import Item, Wording
from alerting.render.phrases import began, details, next_right, reward, runbook, since
from alerting.render.standing import ended, told
from monitor.model import ENDED, EventKind


def deactivated(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, " active again", "was deactivated")
    return Wording(
        f": deactivated{told(item, times)}",
        details("No rights until it is registered again", _cycle(item), runbook(item)),
    )


def deactivation_near(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": no longer near deactivation", "was near deactivation")
    cycle = item.payload.cycle
    when = "soon" if cycle is None else f"after cycle {number(cycle)}"
    return Wording(
        f": will be deactivated {when} unless it acts",
        details(next_right(item, times), runbook(item)),
    )


def forbidden(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": no longer forbidden", "was forbidden to bake")
    return Wording(
        f": forbidden to bake and attest{told(item, times)}",
        details("Denounced for too much of its stake", _cycle(item), runbook(item)),
    )


def denounced(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": denunciation settled", "was denounced")
    fault = item.payload.misbehaviour
    level = item.payload.first_level
    return Wording(
        f": denounced{f' for {fault}' if fault else ''}{began(item, times)}",
        details(
            None if level is None else f"For level {number(level)}",
            "Stop any second signer with this key now",
            None if item.payload.amount is None else f"{tez(item.payload.amount)} to be slashed",
            runbook(item),
        ),
    )


def attestation_reward(item: Item, times: Times) -> Wording:
    payload = item.payload
    left = None if payload.slots_left is None else f"{plural(payload.slots_left, 'slot')} may still be missed"
    used = None if payload.allowance_share is None else f"{percent(payload.allowance_share)} of allowance used"
    if item.kind in ENDED:
        if payload.close_reason == "new-cycle":
            cycle = "" if payload.cycle is None else f" {number(payload.cycle)}"
            return Wording(f": new cycle{cycle}, attestation allowance is whole again")
        return ended(item, times, ": cycle reward no longer at risk", "risked its cycle reward", details(left, used))
    if payload.reason == "lost" or (payload.slots_left is not None and payload.slots_left <= 0):
        return Wording(f": cycle reward lost{told(item, times)}", details(_cycle(item), used, runbook(item)))
    if payload.reward_lost_at is not None:
        in_time = duration(payload.reward_lost_at - times.now)
        moment = times.at(payload.reward_lost_at)
        return Wording(f": cycle reward lost at {moment} (in {in_time})", details(left, used, runbook(item)))
    return Wording(": cycle reward at risk", details(left, used, runbook(item)))


def dal_participation(item: Item, times: Times) -> Wording:
    if item.payload.close_reason == "new-cycle":
        return Wording(": new cycle, DAL participation starts afresh")
    if item.kind in ENDED:
        return ended(item, times, ": DAL participation sufficient again", "lacked DAL participation")
    if item.payload.reason == "plain":
        return Wording(
            f": attests without DAL{since(item, times)}",
            details(_others_attest_dal(item), "Check the DAL node", runbook(item)),
        )
    return Wording(
        f": DAL participation insufficient{told(item, times)}",
        details("DAL reward of this cycle at risk", runbook(item)),
    )


def companion_key_missing(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": companion key is active", "had no companion key")
    return Wording(
        f": tz4 consensus key without a companion key{told(item, times)}",
        details("No DAL attestations until one is active", runbook(item)),
    )


def consensus_key_pending(item: Item, times: Times) -> Wording:
    payload = item.payload
    kind = payload.key_kind or "consensus"
    if item.kind in ENDED:
        key = details(None if payload.key is None else f"The signer needs {short(payload.key)}")
        if item.kind is EventKind.MISSED_INCIDENT:
            return ended(item, times, "", f"awaited a new {kind} key", key)
        return Wording(f": new {kind} key required since {times.at(item.ended_at)}", key)
    if payload.active_at is not None:
        when = f"{times.at(payload.active_at)} (in {duration(payload.active_at - times.now)})"
    else:
        when = "soon" if payload.cycle is None else f"at cycle {number(payload.cycle)}"
    return Wording(
        f": {kind} key changes {when}",
        details(None if payload.key is None else f"The signer needs {short(payload.key)} by then", runbook(item)),
    )


def seed_nonce(item: Item, times: Times) -> Wording:
    cycle = "" if item.payload.cycle is None else f" of cycle {number(item.payload.cycle)}"
    lost = item.payload.reason == "lost"
    if item.kind in ENDED and lost:
        return Wording(f": too late to reveal the seed nonce{cycle}")
    if item.kind in ENDED:
        return ended(item, times, f": seed nonce{cycle} revealed", "had a seed nonce to reveal")
    return Wording(
        f": seed nonce{cycle} not revealed{' in time' if lost else ''}",
        details(
            None if item.payload.first_level is None else f"For level {number(item.payload.first_level)}",
            "Its reward is lost" if lost else reward(item, times),
            runbook(item),
        ),
    )


def rights_drop(item: Item, times: Times) -> Wording:
    if item.payload.close_reason == "new-cycle":
        return Wording(": the cycle with fewer rights has begun")
    if item.kind in ENDED:
        return ended(item, times, ": rights are back", "had fewer rights")
    drop, cycle = item.payload.drop, item.payload.cycle
    in_cycle = "next cycle" if cycle is None else f"in cycle {number(cycle)}"
    if drop is not None and drop >= 1:
        return Wording(f": no rights {in_cycle}", details("Check its stake and activity", runbook(item)))
    by = "" if drop is None else f" by {percent(drop)}"
    return Wording(f": rights fall{by} {in_cycle}", details(runbook(item)))


def baking_power_low(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": baking power is safe again", "was short of baking power")
    amount, minimum = item.payload.amount, item.payload.minimum
    if amount is None or not minimum:
        return Wording(": baking power near the minimum", details("Below it there are no rights", runbook(item)))
    gap = (amount - minimum) / minimum
    state = f"only {percent(gap)} above" if gap >= 0 else f"{percent(-gap)} below"
    return Wording(
        f": baking power {state} the minimum",
        details(f"{tez(amount)}, minimum {tez(minimum)}", "Below it there are no rights", runbook(item)),
    )


def control_change(item: Item, times: Times) -> Wording:
    change = item.payload.change or "control"
    if item.kind is EventKind.RESOLVED:
        return ended(item, times, f": {change} seen", f"had its {change} changed")
    amount = None if item.payload.amount is None else tez(item.payload.amount)
    if change == "unstake":
        predicate = f": {amount or 'stake'} unstaked {times.at(item.at)}"
    elif change == "drain":
        predicate = f": drained of {amount or 'its balance'} {times.at(item.at)}"
    else:
        predicate = f": {change} changed {times.at(item.at)}"
    key = None if item.payload.key is None else short(item.payload.key)
    whose = "Who holds the consensus key sent it to" if change == "drain" else "New key"
    return Wording(
        predicate,
        details(
            None if key is None else f"{whose} {key}",
            "If this was not you, act now",
            runbook(item),
        ),
    )


def _others_attest_dal(item: Item) -> str:
    share = item.payload.share_others
    return "Most others attest it" if share is None else f"{percent(share)} of the others attest it"


def _cycle(item: Item) -> str | None:
    return None if item.payload.cycle is None else f"Cycle {number(item.payload.cycle)}"

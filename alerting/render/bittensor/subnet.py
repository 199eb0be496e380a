"""What is told of a subnet: its owner, its place, its emission and price, its epochs."""

from __future__ import annotations

from alerting.render.bittensor.facts import lasting, real, share, tao, text, whole
from alerting.render.figures import Times, number, one_line, percent, plural, short
from alerting.render.item import Item, Wording
from alerting.render.phrases import details, runbook, since
from alerting.render.standing import ended, told
from monitor.model import ENDED


def owner_changed(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": change of owner seen", "had its owner changed")
    what = "owner's hotkey" if item.payload.reason == "subnet_owner_hotkey_changed" else "owner"
    old, new = text(item, "old"), text(item, "new")
    change = None if old is None or new is None else f"{short(old)} → {short(new)}"
    return Wording(f": {what} changed {times.at(item.at)}", details(change, runbook(item)))


def prune_risk(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": no longer near being pruned", "was near being pruned")
    rank, free, price = whole(item, "rank"), whole(item, "free"), real(item, "price")
    if item.payload.reason == "next":
        what = "the next new subnet takes its place"
    else:
        what = "may be pruned" if rank is None else f"number {rank} of those to be pruned"
    return Wording(
        f": {what}{since(item, times)}",
        details(
            None if not free else f"{plural(free, 'place')} free before",
            None if price is None else f"Moving price {price:.4g} τ",
            runbook(item),
        ),
    )


def subnet_removed(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": is not removed", "was being removed")
    left = lasting(item, "blocks_left")
    words = {
        "removed": f" was removed{told(item, times)}",
        "dissolving": f" is being dissolved{told(item, times)}",
        "scheduled": f": dissolution scheduled{'' if left is None else f', in {left}'}",
    }
    return Wording(words.get(item.payload.reason or "", f": removal{told(item, times)}"), details(runbook(item)))


def emission(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": emission is back", "had less emission")
    words = {"disabled": "emission switched off by root", "zero": "no emission"}
    drop = share(item, "drop")
    what = words.get(item.payload.reason or "", f"emission down{'' if drop is None else f' {drop}'}")
    now, usual = tao(item, "value"), tao(item, "usual")
    pace = None if now is None or usual is None else f"{now} a block, usually {usual}"
    return Wording(f": {what}{since(item, times)}", details(pace, runbook(item)))


def price(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": alpha price falls no more", "had its alpha price fall")
    hour, day, now = real(item, "lost_hour"), real(item, "lost_day"), tao(item, "price")
    if day is not None and (hour is None or day > 2 * max(hour, 0.0)):
        what = f"alpha price down {percent(max(day, 0.0))} within a day"
    else:
        what = "alpha price falls" if hour is None else f"alpha price down {percent(max(hour, 0.0))} within an hour"
    return Wording(f": {what}", details(None if now is None else f"Now {now}", runbook(item)))


def epoch_late(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": epochs come again", "had its epoch late")
    late, lasts, due = whole(item, "blocks_late"), lasting(item, "blocks_late"), whole(item, "at_block")
    if item.payload.reason == "skipped":
        what = "epoch skipped"
    else:
        what = "epoch late" if late is None or lasts is None else f"epoch {plural(late, 'block')} late ({lasts})"
    return Wording(
        f": {what}",
        details(None if due is None else f"Due at block {number(due)}", "Nobody is paid until it runs", runbook(item)),
    )


def validators_dark(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": validators set weights again", "had validators without weights")
    dark = share(item, "share")
    part = "many validators set" if dark is None else f"{dark} of the validators' stake sets"
    return Wording(f": {part} no weights{since(item, times)}", details("The others decide alone", runbook(item)))


def registrations(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": registrations are normal again", "had unusual registrations")
    neurons, room, cost = whole(item, "neurons"), whole(item, "max_uids"), tao(item, "burn")
    filled = None if neurons is None or room is None else f"{number(neurons)} of {plural(room, 'UID')} taken"
    each = None if cost is None else f"{cost} each"
    if item.payload.reason == "closed":
        return Wording(f": registration closed{told(item, times)}", details(filled, runbook(item)))
    count, window = whole(item, "count"), lasting(item, "window")
    what = "many registrations" if count is None else plural(count, "registration")
    return Wording(f": {what}{'' if window is None else f' within {window}'}", details(filled, each, runbook(item)))


def miner_burned(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": miners are paid again", "burned its miners' emission")
    burned = share(item, "share")
    part = "much" if burned is None else burned
    return Wording(f": {part} of the miners' emission is burned{since(item, times)}", details(runbook(item)))


def burn_price(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": registration price is inside your limits", "left your price limits")
    cost, low, high = tao(item, "burn"), real(item, "low"), real(item, "high")
    limit = low if item.payload.reason == "low" else high
    side = "below" if item.payload.reason == "low" else "above"
    bound = None if limit is None else f"{side.capitalize()} your limit of {limit:g} τ"
    return Wording(f": registration costs {cost or 'less or more than your limits'}", details(bound, runbook(item)))


def sudo(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": act of root seen", "was acted on by root")
    if item.payload.reason == "sudo_key_changed":
        return Wording(f": the sudo key changed {times.at(item.at)}", details("Root is somebody else", runbook(item)))
    call = text(item, "call")
    return Wording(f": root called {one_line(call or 'something')} {times.at(item.at)}", details(runbook(item)))

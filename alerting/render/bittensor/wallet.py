"""What is told of hotkeys and coldkeys as such: who controls them, what leaves them."""

from __future__ import annotations

from alerting.render.bittensor.facts import flag, lasting, share, tao, text, texts, whole
from alerting.render.figures import Times, number, one_line, short
from alerting.render.item import Item, Wording
from alerting.render.phrases import details, runbook
from alerting.render.standing import ended
from monitor.model import ENDED

_ACT = "If this was not you, act now"


def coldkey_swap(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": no coldkey swap pending", "had a coldkey swap announced")
    left, block = whole(item, "blocks_left"), whole(item, "at_block")
    key = "owner's coldkey" if item.key.target.isdecimal() else "coldkey"
    if flag(item, "disputed"):
        what, act = f"{key} swap disputed, frozen until root decides", None
    else:
        when = "soon" if left is None else f"in {lasting(item, 'blocks_left')}" if left else "at any moment"
        what, act = f"{key} swap executes {when}", "If this was not you, dispute it now"
    return Wording(f": {what}", details(None if block is None else f"From block {number(block)}", act, runbook(item)))


def balance_low(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": balance is enough again", "was short of τ")
    left, limit = tao(item, "balance"), tao(item, "limit")
    return Wording(
        f": {'little τ' if left is None else left} left",
        details(None if limit is None else f"Your limit is {limit}", "It pays for transactions", runbook(item)),
    )


def unexpected_transfer(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": transfer seen", "had a transfer")
    moved, to, netuid = tao(item, "amount"), text(item, "to"), whole(item, "netuid")
    words = {"stake_removed": "of stake removed", "stake_transferred": "of stake sent"}
    what = words.get(item.payload.reason or "", "sent")
    return Wording(
        f": {moved or 'τ'} {what} {times.at(item.at)}",
        details(
            None if to is None else f"To {short(to)}",
            None if netuid is None else f"From sn{netuid}",
            _ACT,
            runbook(item),
        ),
    )


def wallet_control(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": change of control seen", "had its control changed")
    words = {
        "proxy_added": "proxy added",
        "coldkey_swap_announced": "coldkey swap announced",
        "coldkey_swapped": "coldkey swapped",
        "hotkey_swapped_by": "hotkey swapped",
        "take_set": "take changed",
        "children_set": "children changed",
    }
    what = words.get(item.payload.reason or "", "control changed")
    new, kind = text(item, "new") or text(item, "hotkey"), text(item, "proxy")
    acts = None if new is None or kind is None else f"{short(new)} may act for it as {one_line(kind)}"
    return Wording(
        f": {what} {times.at(item.at)}",
        details(acts or (None if new is None else short(new)), _ACT, runbook(item)),
    )


def take_changed(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": change of take seen", "had its take changed")
    what = "childkey take" if item.payload.reason == "childkey_take_changed" else "take"
    old, new = share(item, "old"), share(item, "new")
    change = "" if old is None or new is None else f" {old} → {new}"
    return Wording(f": {what}{change or ' changed'} {times.at(item.at)}", details(_unless(item), runbook(item)))


def childkeys(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": change of children seen", "had its children changed")
    what = "parents" if item.payload.reason == "parents_changed" else "children"
    added, removed = len(texts(item, "added")), len(texts(item, "removed"))
    old, new = share(item, "old_share"), share(item, "new_share")
    lent = None if what == "parents" or old is None or new is None else f"{old} → {new} of its stake is lent"
    counts = ", ".join(
        part for part in (f"{added} more" if added else "", f"{removed} fewer" if removed else "") if part
    )
    return Wording(
        f": {what} changed {times.at(item.at)}",
        details(lent, counts.capitalize() or None, _unless(item), runbook(item)),
    )


def identity(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": change of hands seen", "changed hands")
    new, netuid = text(item, "new"), whole(item, "netuid")
    if item.payload.reason == "hotkey_owner_changed":
        what = "belongs to another coldkey"
    else:
        what = "hotkey swapped" + ("" if netuid is None else f" on sn{netuid}")
    return Wording(
        f": {what} {times.at(item.at)}",
        details(None if new is None else f"Now {short(new)}", _unless(item), runbook(item)),
    )


def _unless(item: Item) -> str:
    return "As expected" if flag(item, "expected") else _ACT

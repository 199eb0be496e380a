"""What a validator is told: its weights, its permit, its earnings, its stake."""

from __future__ import annotations

from alerting.render.bittensor.facts import (
    amount,
    blocks_last,
    flag,
    lasting,
    real,
    share,
    tao,
    text,
    whole,
)
from alerting.render.figures import Times, number, one_line, percent, plural
from alerting.render.item import Item, Wording
from alerting.render.phrases import details, runbook, since
from alerting.render.standing import ended, told
from monitor.model import ENDED


def weights_stale(item: Item, times: Times) -> Wording:
    verb = "committed" if flag(item, "commits") else "set"
    if item.kind in ENDED:
        return ended(item, times, f": weights {verb} again", "had stale weights")
    age, usual = lasting(item, "age"), lasting(item, "usual")
    what = "no weights" if verb == "set" else "no weights committed"
    lasts = told(item, times) if age is None else f" {age}"
    left = whole(item, "blocks_left")
    fresh, others = whole(item, "fresh"), whole(item, "others")
    mechanism = whole(item, "mechanism")
    return Wording(
        f": {what}{lasts}{'' if usual is None else f' (usual {usual})'}",
        details(
            None if left is None else f"Inactive in {blocks_last(left)}" if left else "Past the activity cutoff",
            None if fresh is None or not others else f"{number(fresh)} of {plural(others, 'other')} fresh",
            None if mechanism is None else f"Mechanism {mechanism}",
            runbook(item),
        ),
    )


def inactive(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": active again", "was inactive")
    age = lasting(item, "age")
    return Wording(
        f": inactive{told(item, times)}, left out of consensus",
        details(None if age is None else f"No weights for {age}", "No dividends until it sets some", runbook(item)),
    )


def permit_lost(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": has its validator permit again", "had no validator permit")
    return Wording(
        f": validator permit lost{told(item, times)}", details("Its bonds are wiped", _line(item), runbook(item))
    )


def permit_margin(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": validator permit is safe again", "was about to lose its permit")
    ratio = real(item, "margin")
    if ratio is None:
        state = "close to losing its permit"
    elif ratio >= 1:
        state = f"stake only {percent(ratio - 1)} above losing its permit"
    else:
        state = f"stake {percent(1 - ratio)} below what keeps its permit"
    return Wording(f": {state}", details(_line(item), "Losing it wipes the bonds", runbook(item)))


def vtrust_low(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": validator trust is back", "had little validator trust")
    value, usual, peers = real(item, "value"), real(item, "usual"), real(item, "peers")
    now = " low" if value is None else f" {value:.2f}"
    return Wording(
        f": validator trust{now}{'' if usual is None else f' (usual {usual:.2f})'}{since(item, times)}",
        details(
            None if peers is None else f"Three of four others have {peers:.2f} or more",
            "Its dividends follow",
            runbook(item),
        ),
    )


def dividends_drop(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": dividends are back", "had fewer dividends")
    now, usual = share(item, "value"), share(item, "usual")
    return Wording(
        f": dividends down{_by(item)}{since(item, times)}",
        details(None if now is None or usual is None else f"{now} of the subnet's, usually {usual}", runbook(item)),
    )


def dividends_zero(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": earns dividends again", "had no dividends")
    epochs = whole(item, "epochs")
    lasts = since(item, times) if epochs is None else f" for {plural(epochs, 'epoch')}"
    return Wording(f": no dividends{lasts}", details("It has a permit and stake", runbook(item)))


def root_dividends_drop(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": root dividends are back", "had fewer root dividends")
    now, usual = tao(item, "value"), tao(item, "usual")
    return Wording(
        f": root dividends down{_by(item)}{since(item, times)}",
        details(None if now is None or usual is None else f"{now} an epoch, usually {usual}", runbook(item)),
    )


def reveal_missing(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": weights revealed", "had weights unrevealed")
    epochs = whole(item, "epochs")
    late = since(item, times) if not epochs else f", {plural(epochs, 'epoch')} late"
    return Wording(
        f": committed weights not revealed{late}", details("They count for nothing until then", runbook(item))
    )


def weights_failed(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": weights are taken again", "had weights refused")
    count, window, succeeded = whole(item, "count"), lasting(item, "window"), whole(item, "succeeded")
    within = "" if window is None else f" within {window}"
    error = text(item, "error")
    return Wording(
        f": {'weights' if count is None else plural(count, 'attempt') + ' to set weights'} refused{within}",
        details(
            None if error is None else one_line(error),
            None if succeeded is None else f"{number(succeeded)} succeeded" if succeeded else "Not one succeeded",
            runbook(item),
        ),
    )


def version_key(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": validator version is new enough", "had too old a version")
    mine, wanted = whole(item, "configured"), whole(item, "wanted")
    what = "" if mine is None or wanted is None else f" {mine}, the subnet wants {wanted}"
    return Wording(
        f": validator version{what or ' too old'}",
        details("Its weights are refused until it is updated", runbook(item)),
    )


def stake_outflow(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": stake leaves no more", "lost stake")
    hour, day, stake = real(item, "lost_hour"), real(item, "lost_day"), whole(item, "stake")
    if hour is None or (day is not None and day > 2 * max(hour, 0.0)):
        what = "stake is leaving" if day is None else f"{percent(day)} of its stake left within a day"
    else:
        what = f"{percent(max(hour, 0.0))} of its stake left within an hour"
    rest = None if stake is None else f"{amount(stake, 'alpha')} left"
    return Wording(f": {what}", details(rest, runbook(item)))


def childkeys_pending(item: Item, times: Times) -> Wording:
    if item.kind in ENDED:
        return ended(item, times, ": no change of children pending", "had a change of children pending")
    leaving, left = real(item, "leaving"), lasting(item, "blocks_left")
    when = "" if left is None else f" in {left}"
    if item.payload.reason == "parents":
        what = f"{'' if leaving is None else f'{percent(leaving)} of '}its stake goes with a parent{when}"
    elif leaving is not None and leaving > 0:
        what = f"{percent(leaving)} of its stake goes to other children{when}"
    else:
        what = f"children change{when}"
    block, crossed, stake = whole(item, "at_block"), flag(item, "permit_lost"), whole(item, "stake")
    return Wording(
        f": {what}",
        details(
            None if block is None else f"Block {number(block)}",
            None if not stake else f"{amount(stake, 'alpha')}",
            None if crossed is None else "Its permit goes with it" if crossed else "It keeps its permit",
            "If this was not you, act now",
            runbook(item),
        ),
    )


def _line(item: Item) -> str | None:
    own, needed = tao(item, "stake"), tao(item, "needed")
    return None if own is None or needed is None else f"Stake {own}, the permit needs {needed}"


def _by(item: Item) -> str:
    found = share(item, "drop")
    return "" if found is None else f" {found}"

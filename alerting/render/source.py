"""Nodes and networks."""

from __future__ import annotations

from alerting.render.figures import Times, duration, network_name, number, one_line, plural
from alerting.render.item import Item, Wording
from alerting.render.phrases import details, level_range, runbook, since
from alerting.render.standing import ended, told
from monitor.model import ENDED


def unreachable(item: Item, times: Times) -> Wording:
    """Nobody answers for the network: its targets are unknown meanwhile."""
    payload = item.payload
    subject = _node(item) if payload.endpoint else network_name(item.key.network)
    if item.kind in ENDED:
        return ended(item, times, " reachable again", "was unreachable", subject=subject)
    lasts = duration(item.at - item.opened_at)
    if payload.reason == "no-level":
        predicate = f": no level could be read, {lasts}"
    elif payload.endpoint:
        others = payload.other_endpoints
        alternative = "no other endpoint" if not others else f"{plural(others, 'other endpoint')} tried"
        predicate = f" unreachable {lasts}, {alternative}"
    else:
        count = "no endpoint" if payload.endpoints is None else f"none of {plural(payload.endpoints, 'endpoint')}"
        predicate = f": {count} answers, {lasts}"
    level = payload.first_level
    who = "Bakers" if item.key.network.startswith("tezos") else "Its targets"
    unknown = None if level is None else f"{who} unknown since {number(level)}"
    return Wording(predicate, details(unknown, _detail(item), runbook(item)), subject)


def endpoint_unreachable(item: Item, times: Times) -> Wording:
    """One endpoint is down while others answer."""
    subject = _node(item)
    if item.kind in ENDED:
        return ended(item, times, " reachable again", "was unreachable", subject=subject)
    others = item.payload.other_endpoints
    return Wording(
        f" unreachable {duration(item.at - item.opened_at)}",
        details(
            None if not others else f"Judged through {plural(others, 'other endpoint')}", _detail(item), runbook(item)
        ),
        subject,
    )


def not_bootstrapped(item: Item, times: Times) -> Wording:
    subject = _node(item)
    if item.kind in ENDED:
        return ended(item, times, " is in sync again", "was not in sync", subject=subject)
    return Wording(f" is not in sync{since(item, times)}", details(_detail(item), runbook(item)), subject)


def wrong_chain(item: Item, times: Times) -> Wording:
    subject = _node(item)
    if item.kind in ENDED:
        return ended(item, times, " is on the right chain again", "was on another chain", subject=subject)
    return Wording(
        f" is on another chain than {network_name(item.key.network)}",
        details("Nothing it says is judged", _detail(item), runbook(item)),
        subject,
    )


def stale_head(item: Item, times: Times) -> Wording:
    subject = _node(item) if item.payload.endpoint else network_name(item.key.network)
    if item.kind in ENDED:
        return ended(item, times, ": new blocks again", "had no new block", subject=subject)
    age = item.payload.head_age
    lasts = duration(item.at - item.opened_at if age is None else age)
    level = item.payload.first_level
    return Wording(
        f": no new block for {lasts}",
        details(
            None if level is None else f"Head {number(level)}",
            "The chain stands still, or the node does",
            runbook(item),
        ),
        subject,
    )


def node_behind(item: Item, times: Times) -> Wording:
    subject = _node(item)
    if item.kind in ENDED:
        return ended(item, times, " caught up", "was behind", subject=subject)
    behind = item.payload.behind_by
    by = "" if behind is None else f" {plural(behind, 'level')}"
    return Wording(f" is{by} behind{since(item, times)}", details(_detail(item), runbook(item)), subject)


def endpoints_disagree(item: Item, times: Times) -> Wording:
    subject = network_name(item.key.network)
    if item.kind in ENDED:
        return ended(item, times, ": endpoints agree again", "had endpoints that disagreed", subject=subject)
    level = item.payload.first_level
    where = "" if level is None else f" at {number(level)}"
    return Wording(
        f": endpoints disagree{where}{since(item, times)}",
        details("That level stays unknown", _detail(item), runbook(item)),
        subject,
    )


def low_peers(item: Item, times: Times) -> Wording:
    subject = _node(item)
    if item.kind in ENDED:
        return ended(item, times, " has enough peers again", "had too few peers", subject=subject)
    peers, minimum = item.payload.peers, item.payload.minimum
    count = "too few peers" if peers is None else plural(peers, "peer")
    wanted = "" if minimum is None else f", wants {number(minimum)}"
    return Wording(f" has {count}{wanted}", details(runbook(item)), subject)


def unreadable(item: Item, times: Times) -> Wording:
    subject = network_name(item.key.network)
    if item.kind in ENDED:
        return ended(
            item, times, ": blocks can be judged again", "had blocks that could not be judged", subject=subject
        )
    return Wording(
        f": {level_range(item) or 'a level'} cannot be judged{told(item, times)}",
        details("Kept as unknown, neither met nor missed", _detail(item), runbook(item)),
        subject,
    )


def reorganisation(item: Item, times: Times) -> Wording:
    subject = network_name(item.key.network)
    if item.kind in ENDED:
        return ended(item, times, ": one history again", "had finalised blocks replaced", subject=subject)
    count = item.payload.levels
    blocks = "finalised blocks" if count is None else plural(count, "finalised block")
    where = level_range(item)
    return Wording(
        f": {blocks} replaced{told(item, times)}",
        details(None if where is None else f"From {where}: judged again", _detail(item), runbook(item)),
        subject,
    )


def _node(item: Item) -> str:
    target = item.key.target
    label = item.payload.endpoint or ("" if target in ("", "source") else target)
    return f"Node {one_line(label)}" if label else network_name(item.key.network)


def _detail(item: Item) -> str | None:
    return None if not item.payload.detail else one_line(item.payload.detail)

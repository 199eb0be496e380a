"""What is told of the chain itself: whether it moves, and what an upgrade took away."""

from __future__ import annotations

from alerting.render.bittensor.facts import texts, whole
from alerting.render.figures import Times, duration, listed, network_name, number, one_line, plural
from alerting.render.item import Item, Wording
from alerting.render.phrases import details, runbook, since
from alerting.render.standing import ended, told
from monitor.model import ENDED


def chain_stalled(item: Item, times: Times) -> Wording:
    subject = network_name(item.key.network)
    if item.kind in ENDED:
        return ended(item, times, ": blocks are final again", "had no final block", subject=subject)
    age, level = whole(item, "head_age"), whole(item, "first_level")
    lasts = since(item, times) if age is None else f" for {duration(age)}"
    return Wording(
        f": no final block{lasts}",
        details(
            None if level is None else f"The last is {number(level)}",
            "The chain stands still, or the node does",
            runbook(item),
        ),
        subject,
    )


def finality_lag(item: Item, times: Times) -> Wording:
    subject = network_name(item.key.network)
    if item.kind in ENDED:
        return ended(item, times, ": finality is close again", "had finality lag", subject=subject)
    behind = whole(item, "behind_by")
    by = "" if behind is None else f" {plural(behind, 'block')}"
    return Wording(f": finality is{by} behind{since(item, times)}", details(runbook(item)), subject)


def runtime_upgraded(item: Item, times: Times) -> Wording:
    subject = network_name(item.key.network)
    if item.kind in ENDED:
        return ended(item, times, ": nothing watched is missing", "lacked something watched", subject=subject)
    items, spec, before = texts(item, "items"), whole(item, "spec"), whole(item, "previous_spec")
    runtime = "the runtime" if spec is None else f"runtime {spec}"
    what = "changed" if item.payload.reason == "changed" else "lacks"
    count = plural(len(items), "watched item") if items else "something watched"
    rest = "Rules that need it say nothing meanwhile" if what == "lacks" else None
    return Wording(
        f": {runtime} {what} {count}",
        details(
            listed(tuple(one_line(one) for one in items), 4) or None,
            None if before is None or before == spec else f"It was runtime {before}",
            rest,
            runbook(item),
        ),
        subject,
    )


def decode_failed(item: Item, times: Times) -> Wording:
    subject = network_name(item.key.network)
    if item.kind in ENDED:
        return ended(item, times, ": answers are understood again", "gave answers nobody understood", subject=subject)
    items = texts(item, "items")
    return Wording(
        f": answers cannot be decoded{told(item, times)}",
        details(listed(tuple(one_line(one) for one in items), 4) or None, "Nothing of them is judged", runbook(item)),
        subject,
    )

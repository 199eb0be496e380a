"""`main.py bittensor metagraph`."""

from __future__ import annotations

from typing import Any

from collectors.bittensor.views.subnet import SubnetView, read_subnet
from monitor.bittensor.subnet import of_uid
from monitor.commands.bittensor.looking import Look
from monitor.commands.bittensor.page import Page, address, ago, coins, count, flag, print_page, share

HEADER = (
    *("uid", "hotkey", "coldkey", "stake", "permit", "active", "vtrust", "dividends", "incentive", "consensus"),
    *("emission α", "weights, blocks ago", "registered at", "immune for"),
)


def show_metagraph(look: Look, netuid: int) -> None:
    """Everybody on the subnet, by uid."""
    print_page(look, metagraph(look, netuid), netuid)


def metagraph(look: Look, netuid: int) -> Page:
    view, block = read_subnet(look.block, netuid), look.block.number
    rows = [neuron_row(view, uid, block) for uid in range(len(view.hotkeys))]
    return Page(rows, HEADER, (_cells(row, block) for row in rows), empty="Nobody is registered.")


def neuron_row(view: SubnetView, uid: int, block: int) -> dict[str, Any]:
    """One neuron as JSON has it: shares of 1, amounts in rao, blocks. None: not read."""
    vectors = view.state.vectors
    values = of_uid(vectors, uid)
    consensus = vectors.consensus[uid] / 65_535 if vectors.consensus and uid < len(vectors.consensus) else None
    immunity, registered = view.state.hyperparameter("immunity_period"), values["registered_at"]
    return {
        "uid": uid,
        "hotkey": view.hotkeys[uid],
        "coldkey": view.coldkeys[uid] if view.coldkeys else None,
        "total_stake_rao": values["total_stake"],
        "alpha_stake_rao": view.alpha_stake[uid] if view.alpha_stake else None,
        "tao_stake_rao": view.tao_stake[uid] if view.tao_stake else None,
        "validator_permit": values["permit"],
        "active": values["active"],
        "validator_trust": values["validator_trust"],
        "dividends": values["dividends"],
        "incentive": list(values["incentive"]),
        "consensus": consensus,
        "emission_alpha_rao": values["emission"],
        "last_update": list(values["last_update"]),
        "registered_at": registered,
        "immune_until": None if immunity is None or registered is None else registered + immunity,
        "owner": uid in (view.state.owner_uids or ()),
    }


def _cells(row: dict[str, Any], block: int) -> list[object]:
    until = row["immune_until"]
    return [
        row["uid"],
        address(row["hotkey"]),
        address(row["coldkey"]),
        coins(row["total_stake_rao"]),
        flag(row["validator_permit"]),
        flag(row["active"]),
        share(row["validator_trust"]),
        share(row["dividends"]),
        "/".join(share(one) for one in row["incentive"]),
        share(row["consensus"]),
        coins(row["emission_alpha_rao"]),
        "/".join(ago(one, block) for one in row["last_update"]),
        count(row["registered_at"]),
        "owner" if row["owner"] else ago(block, until) if until is not None and until > block else "",
    ]

"""`main.py history`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from itertools import chain
from typing import Any

from sqlalchemy import select

from alerting.pattern import names_of
from alerting.render.figures import called
from monitor.config.configuration import Configuration
from monitor.database import open_database, reading
from monitor.history import history
from monitor.model import CheckKey, Observation
from monitor.sample_history import SampleRow, sample_history
from monitor.schema import target as target_table
from monitor.schema_version import verify


def run_history(
    configuration: Configuration, target: str, from_level: int | None, to_level: int | None, as_json: bool
) -> int:
    """Prints what became of every right (on Bittensor: what was sampled), a row at a time.

    2 where nobody of that name was ever watched.
    """
    engine = open_database(configuration.settings.database_url.get_secret_value())
    verify(engine)
    with reading(engine) as connection:
        known = connection.execute(select(target_table.c.target, target_table.c.name)).all()
    names = {row.target: row.name for row in known}
    addresses = sorted(address for address, name in names.items() if target in names_of(address, name))
    if not addresses:
        watched = ", ".join(sorted({name or address for address, name in names.items()})) or "nobody yet"
        print(f"sentinel: {target} was never watched; known: {watched}", file=sys.stderr)
        return 2
    empty = True
    for address in addresses:
        rights = history(engine, address, None, from_level, to_level)
        samples = sample_history(engine, address, from_level, to_level)
        rows = chain(map(_right, rights), (_sample(one, names[address]) for one in samples))
        for value, line in rows:
            if as_json:
                print("[" if empty else ",", json.dumps(value, ensure_ascii=False), sep="", end="\n")
            else:
                print(line)
            empty = False
    if as_json:
        print("[]" if empty else "]")
    elif empty:
        print("No observation in that range.")
    return 0


def _right(fact: Observation) -> tuple[dict[str, Any], str]:
    """(for scripts, for people)"""
    value = {
        "network": fact.network,
        "target": fact.target,
        "duty": fact.duty,
        "level": fact.level,
        "round": fact.round,
        "outcome": fact.outcome.value,
        "evidence": dict(fact.evidence) if fact.evidence is not None else None,
    }
    detail = "" if not fact.evidence else "  " + json.dumps(dict(fact.evidence), ensure_ascii=False)
    at_round = f" round {fact.round}" if fact.duty == "baking" else ""
    return value, f"{fact.network}  {fact.level:,}  {fact.duty}{at_round}  {fact.outcome.value}{detail}"


def _sample(one: SampleRow, name: str | None) -> tuple[dict[str, Any], str]:
    who = called(CheckKey(one.network, one.target, ""), name)
    figure = f"{one.value:,.6f}".rstrip("0").rstrip(".")
    return asdict(one), f"{one.network}  {who}  {one.level:,}  {one.metric}  {figure}"

"""`main.py history`."""

from __future__ import annotations

import json
import sys

from sqlalchemy import select

from monitor.config.configuration import Configuration
from monitor.database import open_database, reading
from monitor.history import history
from monitor.schema import target as target_table
from monitor.schema_version import verify


def run_history(
    configuration: Configuration, target: str, from_level: int | None, to_level: int | None, as_json: bool
) -> int:
    """Prints what became of every right, a row at a time. 2 where nobody of that name was ever watched."""
    engine = open_database(configuration.settings.database_url.get_secret_value())
    verify(engine)
    with reading(engine) as connection:
        known = connection.execute(select(target_table.c.target, target_table.c.name)).all()
    addresses = {row.target for row in known if target in (row.target, row.name)}
    if not addresses:
        names = ", ".join(sorted({row.name or row.target for row in known})) or "nobody yet"
        print(f"sentinel: {target} was never watched; known: {names}", file=sys.stderr)
        return 2
    empty = True
    for address in sorted(addresses):
        for fact in history(engine, address, None, from_level, to_level):
            if as_json:
                row = {
                    "network": fact.network,
                    "target": fact.target,
                    "duty": fact.duty,
                    "level": fact.level,
                    "round": fact.round,
                    "outcome": fact.outcome.value,
                    "evidence": dict(fact.evidence) if fact.evidence is not None else None,
                }
                print("[" if empty else ",", json.dumps(row, ensure_ascii=False), sep="", end="\n")
            else:
                detail = "" if not fact.evidence else "  " + json.dumps(dict(fact.evidence), ensure_ascii=False)
                at_round = f" round {fact.round}" if fact.duty == "baking" else ""
                print(f"{fact.network}  {fact.level:,}  {fact.duty}{at_round}  {fact.outcome.value}{detail}")
            empty = False
    if as_json:
        print("[]" if empty else "]")
    elif empty:
        print("No observation in that range.")
    return 0

"""Seed nonces that watched bakers committed to and have not revealed."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from monitor.schema import occurrence


def unrevealed_commitments(connection: Connection, network: str) -> dict[int, str]:
    """Level of the commitment -> its baker, oldest first."""
    query = select(occurrence.c.level, occurrence.c.target, occurrence.c.kind, occurrence.c.detail).where(
        occurrence.c.network == network, occurrence.c.kind.in_(("nonce_committed", "nonce_revealed"))
    )
    found: dict[int, str] = {}
    revealed: set[int] = set()
    for level, target, kind, detail in connection.execute(query.order_by(occurrence.c.level)):
        if kind == "nonce_committed":
            found[level] = target
        else:
            revealed.add(json.loads(detail)["level"])
    return {level: target for level, target in found.items() if level not in revealed}

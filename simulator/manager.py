"""operations[1..3] of a block: revelations, evidence, and what managers do."""

from __future__ import annotations

from typing import Any

from simulator import address
from simulator.chain import Chain
from simulator.consensus import envelope, payload_hash
from simulator.events import Denunciation, KeyUpdate, Transaction
from simulator.header import protocol_header
from simulator.nonces import nonce, revealed_at

Json = Any

_FAILED = {"status": "failed", "errors": [{"kind": "temporary", "id": "failing", "delegate": "", "amount": "0"}]}


def anonymous_operations(chain: Chain, level: int) -> list[Json]:
    """operations[2]: seed nonces revealed here and evidence against bakers."""
    contents: list[Json] = [
        {
            "kind": "seed_nonce_revelation",
            "level": committed,
            "nonce": nonce(chain, committed),
            "metadata": {"balance_updates": []},
        }
        for committed in revealed_at(chain, level)
    ]
    contents += [_evidence(chain, level, event) for event in chain.index.denunciations.get(level, ())]
    return [envelope(chain, level, level - 1, [content], "anonymous", place) for place, content in enumerate(contents)]


def manager_operations(chain: Chain, level: int) -> list[Json]:
    """operations[3]: what the script says, and transactions of nobody in particular."""
    operations = []
    for place, event in enumerate(chain.index.operations.get(level, ())):
        content = _key_update(event) if isinstance(event, KeyUpdate) else _transaction(event)
        operation = envelope(chain, level, level - 1, [content], "manager", place)
        operations.append({**operation, "signature": address.signature(event.baker)})
    for place in range(chain.plan.manager_operations):
        sender = address.made("tz1", "sender", level * 31 + place)
        content = _managed(sender, "transaction", level) | {
            "amount": "1000",
            "destination": address.made("tz1", "receiver", place),
            "metadata": _applied({"balance_updates": [], "consumed_milligas": "168913"}),
        }
        operation = envelope(chain, level, level - 1, [content], "noise", place)
        operations.append({**operation, "signature": address.signature(sender)})
    return operations


def operation_hash(chain: Chain, event: Denunciation) -> str:
    """The hash of the operation that carries this evidence."""
    place = len(revealed_at(chain, event.level)) + chain.index.denunciations[event.level].index(event)
    return address.made("o", chain.plan.seed, chain.salt(event.level), event.level, "anonymous", place)


def misbehaviour(event: Denunciation) -> Json:
    offence = event.level - 1 if event.offence_level is None else event.offence_level
    return {"level": offence, "round": 0, "kind": event.kind}


# Contents ---------------------------------------------------------------------------------------------------------


def _managed(source: str, kind: str, level: int) -> dict[str, Json]:
    return {
        "kind": kind,
        "source": source,
        "fee": "400",
        "counter": str(level),
        "gas_limit": "1000",
        "storage_limit": "0",
    }


def _applied(result: dict[str, Json], *, applied: bool = True) -> Json:
    return {"balance_updates": [], "operation_result": {"status": "applied", **result} if applied else _FAILED}


def _key_update(event: KeyUpdate) -> Json:
    kind = "update_companion_key" if event.companion else "update_consensus_key"
    content = _managed(event.baker, kind, event.level) | {"pk": address.public_key(event.key)}
    if event.key.startswith("tz4"):
        content["proof"] = address.signature(event.key)
    # "kind" tells a consensus key from a companion key in the result.
    result = {"kind": event.companion, "consumed_milligas": "168913"}
    return content | {"metadata": _applied(result, applied=event.applied)}


def _transaction(event: Transaction) -> Json:
    value: Json = {"prim": "Unit"}
    if event.entrypoint == "set_delegate_parameters":
        value = {
            "prim": "Pair",
            "args": [{"int": "5000000"}, {"prim": "Pair", "args": [{"int": "50000000"}, {"prim": "Unit"}]}],
        }
    result = {"balance_updates": [], "consumed_milligas": "250000"}
    return _managed(event.baker, "transaction", event.level) | {
        "amount": str(event.amount),
        "destination": event.baker,
        "parameters": {"entrypoint": event.entrypoint, "value": value},
        "metadata": _applied(result, applied=event.applied),
    }


def _evidence(chain: Chain, level: int, event: Denunciation) -> Json:
    what = misbehaviour(event)
    metadata = {
        "punished_delegate": event.baker,
        "rewarded_delegate": chain.bake(level).proposer.address,
        "misbehaviour": what,
    }
    if event.kind == "block":
        headers = [protocol_header(chain, what["level"], other) for other in ("", "twin")]
        return {"kind": "double_baking_evidence", "bh1": headers[0], "bh2": headers[1], "metadata": metadata}
    first = {"kind": event.kind, "slot": 0, "level": what["level"], "round": 0}
    hashes = (payload_hash(chain, what["level"]), address.made("vh", "twin", what["level"]))
    branch, signature = chain.hash(max(what["level"] - 1, chain.plan.first_level)), address.signature(event.baker)
    op1, op2 = (
        {"branch": branch, "operations": first | {"block_payload_hash": one}, "signature": signature} for one in hashes
    )
    return {"kind": "double_consensus_operation_evidence", "slot": 0, "op1": op1, "op2": op2, "metadata": metadata}

"""Every kind of answer against the OpenAPI files that Octez generates from its own code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from simulator.address import made
from simulator.chain import Chain
from simulator.plan import Chances, Plan, small_plan
from tests.recorded import recorded
from tests.simulator.conftest import Reader, Serve

PREFIX = {"seoul": "023-PtSeouLo", "tallinn": "024-PtTALLiN", "ushuaia": "025-PsUshuai"}
GENESIS = "ProtoGenesisGenesisGenesisGenesisGenesisGenesk612im"
Check = Callable[[Any], None]


def nullable(value: Any) -> Any:
    """OpenAPI's `nullable` as JSON Schema says it."""
    if isinstance(value, list):
        return [nullable(part) for part in value]
    if not isinstance(value, dict):
        return value
    inner = {key: nullable(part) for key, part in value.items() if key != "nullable"}
    if value.get("title") == "entrypoint":
        # Its last case takes any string, also those of the cases before it: the first that fits counts.
        inner["anyOf"] = inner.pop("oneOf")
    return {"anyOf": [{"type": "null"}, inner]} if value.get("nullable") is True else inner


@lru_cache(maxsize=8)
def document(name: str, protocol_hash: str = GENESIS) -> Any:
    """The file as JSON Schema. Generated on a chain at Genesis, so it names that protocol in metadata."""
    text = recorded(f"tezos/openapi/{name}-openapi.json").read_text()
    return nullable(json.loads(text.replace(GENESIS, protocol_hash)))


def check(whole: Any, schema: Any) -> Check:
    validator = Draft202012Validator({"components": whole["components"], **schema})

    def valid(value: Any) -> None:
        error = next(validator.iter_errors(value), None)
        assert error is None, f"{error.json_path}: {error.message[:300]}" if error else ""

    return valid


def answer_of(whole: Any, path: str) -> Check:
    return check(whole, whole["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"])


def busy(protocol: str) -> Plan:
    """Everything that has a shape, within 10_001..10_060 (one commitment every 5 levels)."""
    plan = small_plan(3, protocol=protocol, chances=Chances((0.2,), 0.2, 0.05))
    plan = replace(plan, blocks_per_commitment=5, blocks_per_cycle=40, nonce_revelation_threshold=20)
    return (
        plan.denounce("alice", 10_050)
        .denounce("alice", 10_051, "attestation")
        .denounce("alice", 10_052, "preattestation")
        .update_consensus_key("bob", 10_050, made("tz4", "key"))
        .update_consensus_key("carol", 10_050, made("tz1", "key"), applied=False)
        .update_companion_key("bob", 10_050, made("tz4", "companion"))
        .set_delegate_parameters("dave", 10_051)
        .unstake("dave", 10_051)
        .deactivate("tiny1", 10_052)
        .repropose(10_053)
    )


@pytest.fixture(params=["ushuaia", "tallinn", "seoul", "ushuaia, all bakers attest"])
def told(request: pytest.FixtureRequest, serve: Serve) -> tuple[str, Reader]:
    protocol, _, abaab = request.param.partition(", ")
    plan = busy(protocol)
    chain = Chain(replace(plan, all_bakers_attest_from=10_001) if abaab else plan)
    return protocol, serve(chain, head=10_100)


LEVELS = range(10_001, 10_061)


def test_metadata_are_as_the_protocol_declares_them(told: tuple[str, Reader]) -> None:
    protocol, reader = told
    protocol_hash = reader.block("head/header")["protocol"]
    valid = answer_of(document(protocol, protocol_hash), "/metadata")
    for level in LEVELS:
        valid(reader.block(f"{level}/metadata"))


def test_every_operation_is_as_the_protocol_declares_it(told: tuple[str, Reader]) -> None:
    protocol, reader = told
    whole = document(protocol)
    valid = check(
        whole,
        {"$ref": f"#/components/schemas/{PREFIX[protocol]}.operation.alpha.operation_contents_and_result"},
    )
    kinds = set()
    for level in [10_002, *range(10_041, 10_057)]:
        for operations in reader.block(f"{level}/operations"):
            for operation in operations:
                for content in operation["contents"]:
                    kinds.add(content["kind"])
                    valid(content)
    assert kinds == {
        "attestation",
        "attestation_with_dal",
        "attestations_aggregate",
        "preattestation",
        "preattestations_aggregate",
        "seed_nonce_revelation",
        "double_baking_evidence",
        "double_consensus_operation_evidence",
        "update_consensus_key",
        "update_companion_key",
        "transaction",
    }


@pytest.mark.parametrize(
    "path",
    [
        "/helpers/baking_rights",
        "/helpers/attestation_rights",
        "/helpers/current_level",
        "/helpers/levels_in_current_cycle",
        "/context/constants",
        "/context/delegates",
    ],
)
def test_helpers_and_context_are_as_the_protocol_declares_them(told: tuple[str, Reader], path: str) -> None:
    protocol, reader = told
    answer_of(document(protocol), path)(reader.block("head" + path))


def test_all_bakers_attest_tells_its_activation_level(told: tuple[str, Reader]) -> None:
    protocol, reader = told
    whole, path = document(protocol), "/helpers/all_bakers_attest_activation_level"
    if path not in whole["paths"]:
        pytest.skip(f"{protocol} does not know it")
    answer_of(whole, path)(reader.block("head" + path))


def test_delegates_and_nonces_are_as_the_protocol_declares_them(told: tuple[str, Reader]) -> None:
    protocol, reader = told
    whole = document(protocol)
    valid = answer_of(whole, "/context/delegates/{pkh}")
    for who in reader.block("head/context/delegates"):
        for level in (10_049, 10_060):
            valid(reader.block(f"{level}/context/delegates/{who}"))
    for part in ("consensus_key", "companion_key", "denunciations", "participation", "deactivated", "grace_period"):
        path = f"/context/delegates/{{pkh}}/{part}"
        for who in reader.block("head/context/delegates")[:4]:
            answer_of(whole, path)(reader.block(f"10060/context/delegates/{who}/{part}"))
    nonces = whole["paths"]["/context/nonces/{block_level}"]["get"]["responses"]["200"]
    # Its last case takes any object, also those of the cases before it, so each is checked by name.
    cases = {case["title"]: case for case in nonces["content"]["application/json"]["schema"]["oneOf"]}
    check(whole, cases["Revealed"])(reader.block("10060/context/nonces/10005"))
    check(whole, cases["Missing"])(reader.block("10040/context/nonces/10035"))


def test_the_shell_part_of_headers_is_as_declared(told: tuple[str, Reader]) -> None:
    protocol, reader = told
    valid = answer_of(document(protocol), "/header/shell")
    for level in LEVELS:
        header = reader.block(f"{level}/header")
        valid(header)
        assert header["fitness"][:2] == ["02", f"{level:08x}"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/chains/{chain_id}/is_bootstrapped", "/chains/main/is_bootstrapped"),
        ("/chains/{chain_id}/chain_id", "/chains/main/chain_id"),
        ("/chains/{chain_id}/levels/checkpoint", "/chains/main/levels/checkpoint"),
        ("/chains/{chain_id}/levels/savepoint", "/chains/main/levels/savepoint"),
        ("/chains/{chain_id}/levels/caboose", "/chains/main/levels/caboose"),
        ("/version", "/version"),
        ("/network/connections", "/network/connections"),
    ],
)
def test_the_shell_answers_as_declared(serve: Serve, path: str, asked: str) -> None:
    answer_of(document("rpc"), path)(serve(Chain(small_plan()), head=10_100).get(asked))


def test_the_check_itself_finds_a_wrong_shape() -> None:
    valid = answer_of(document("ushuaia"), "/helpers/attestation_rights")
    valid([])
    with pytest.raises(AssertionError, match="attesting_power"):
        valid([{"level": 1, "delegates": [{"delegate": "tz1", "first_slot": 0, "consensus_key": "tz1"}]}])

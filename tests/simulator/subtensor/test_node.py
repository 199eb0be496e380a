"""What the node answers to single calls and batches, and how it answers when something is wrong with it."""

from __future__ import annotations

import pytest
import requests

from simulator import faults as transport
from simulator.subtensor import faults
from simulator.subtensor.chain import Chain
from simulator.subtensor.plan import FINNEY, large_plan, small_plan
from simulator.subtensor.runtime import Release, storage_key
from tests.simulator.subtensor.conftest import Caller, Serve
from tests.simulator.subtensor.oracle import Oracle

AT = 120
PLAN = small_plan(tempo=40).upgrade(
    small_plan().block_at(AT),
    Release(473, moved=True, gone=("SubtensorModule.ValidatorTrust", "SubnetInfoRuntimeApi.get_subnet_to_prune")),
)
CHAIN = Chain(PLAN)
FIRST = PLAN.first_block
NOW = f"0x{storage_key('Timestamp', 'Now').hex()}"
NUMBER = f"0x{storage_key('System', 'Number').hex()}"


@pytest.fixture
def caller(serve: Serve) -> Caller:
    return serve(CHAIN)


def test_the_finalised_head_is_two_or_three_blocks_behind_the_head(caller: Caller) -> None:
    head, final = (
        int(caller.call("chain_getHeader", one)["number"], 16) for one in (None, caller.call("chain_getFinalizedHead"))
    )
    assert head == FIRST + 300
    assert head - final in (2, 3)


def test_hashes_are_told_one_by_one_and_in_a_list(caller: Caller) -> None:
    hashes = caller.call("chain_getBlockHash", [FIRST + 300, FIRST + 299, FIRST + 301, 0])
    assert hashes == [caller.hash(FIRST + 300), caller.hash(FIRST + 299), None, FINNEY]
    assert caller.call("chain_getBlockHash") == caller.call("chain_getHead") == hashes[0]
    assert caller.call("chain_getHeader", hashes[0])["parentHash"] == hashes[1]


def test_a_lite_node_has_no_blocks_before_its_first_and_an_archive_has(caller: Caller, serve: Serve) -> None:
    assert caller.call("chain_getBlockHash", 1) is None
    assert serve(CHAIN, archive=True).call("chain_getBlockHash", 1).startswith("0x")


def test_a_block_holds_extrinsics_that_the_official_decoder_reads(caller: Caller) -> None:
    found = caller.call("chain_getBlock", caller.hash(FIRST + 290))["block"]
    oracle = Oracle(CHAIN.runtime_of(FIRST + 290).metadata(15))
    calls = [oracle.call(bytes.fromhex(one[2:])) for one in found["extrinsics"]]
    assert calls[0][1] == "Timestamp.set"
    assert int(found["header"]["number"], 16) == FIRST + 290


def test_storage_is_read_one_by_one_and_many_at_once(caller: Caller) -> None:
    at = caller.hash(FIRST + 290)
    empty = f"0x{storage_key('SubtensorModule', 'Tempo', (77,)).hex()}"
    changes = caller.call("state_queryStorageAt", [NUMBER, NOW, empty], at)
    assert changes == [
        {
            "block": at,
            "changes": [
                [NUMBER, caller.call("state_getStorage", NUMBER, at)],
                [NOW, caller.call("state_getStorageAt", NOW, at)],
                [empty, None],
            ],
        }
    ]
    assert int.from_bytes(bytes.fromhex(changes[0]["changes"][0][1][2:]), "little") == FIRST + 290


def test_keys_come_page_by_page(caller: Caller) -> None:
    prefix = f"0x{storage_key('SubtensorModule', 'Keys', (1, 0)).hex()}"[:-4]
    first = caller.call("state_getKeysPaged", prefix, 10, None, caller.hash(FIRST + 290))
    rest = caller.call("state_getKeysPaged", prefix, 10, first[-1], caller.hash(FIRST + 290))
    assert (len(first), len(rest)) == (10, 4)
    assert sorted({*first, *rest}) == first + rest
    assert caller.error("state_getKeysPaged", prefix, 1001)["code"] == 4002


def test_state_that_was_thrown_away_is_an_error_and_an_archive_has_it(caller: Caller, serve: Serve) -> None:
    old = caller.hash(FIRST + 10)
    for method, params in (
        ("state_getStorage", (NOW,)),
        ("state_queryStorageAt", ([NOW],)),
        ("state_getRuntimeVersion", ()),
    ):
        error = caller.error(method, *params, old)
        assert error == {"code": 4003, "message": f"{faults.UNKNOWN_BLOCK}State already discarded for {old}"}
    assert serve(CHAIN, archive=True).call("state_getStorage", NOW, old)
    assert caller.call("chain_getHeader", old)


def test_what_is_unknown_is_null_or_an_error_and_never_a_crash(caller: Caller) -> None:
    assert caller.call("chain_getHeader", "0x" + "11" * 32) is None
    assert caller.error("state_getStorage", NOW, "0x" + "11" * 32)["code"] == 4003
    assert caller.error("state_call", "Core_no_such", "0x")["message"].endswith(
        "Exported method Core_no_such is not found"
    )
    assert caller.error("state_call", "SwapRuntimeApi_current_alpha_price", "0x")["code"] == 4003
    assert caller.error("no_such_method")["code"] == -32601
    assert caller.error("chain_getHeader", 5)["code"] == -32602
    assert requests.post(caller.node.url, data=b"{", timeout=5).json()["error"]["code"] == -32700
    assert requests.get(caller.node.url, timeout=5).status_code == 405


def test_each_runtime_tells_of_itself_at_its_blocks(caller: Caller) -> None:
    def told(block: int) -> tuple[int, bytes]:
        raw = bytes.fromhex(
            caller.call("state_call", "Metadata_metadata_at_version", "0x0f000000", caller.hash(block))[2:]
        )
        version = caller.call("state_getRuntimeVersion", caller.hash(block))["specVersion"]
        return version, raw[raw.index(b"meta") :]

    before, at = told(FIRST + AT - 1), told(FIRST + AT)
    assert (before[0], at[0]) == (461, 473)
    assert Oracle(before[1]).runtime.constant("System", "Version")["spec_version"] == 461
    assert Oracle(at[1]).runtime.constant("System", "Version")["spec_version"] == 473
    assert caller.call("state_getMetadata", caller.hash(FIRST + AT - 1)).startswith("0x6d6574610e")
    assert (
        caller.error("state_call", "SubnetInfoRuntimeApi_get_subnet_to_prune", "0x", caller.hash(FIRST + AT))["code"]
        == 4003
    )


@pytest.mark.parametrize("netuid", [1, 3])
def test_runtime_calls_agree_with_storage(caller: Caller, netuid: int) -> None:
    block = FIRST + 100
    at, own = caller.hash(block), f"0x{netuid:02x}00"
    oracle = Oracle(CHAIN.runtime_after(block).metadata(15))

    def call(method: str, data: str = own) -> object:
        return oracle.result(method, caller.call("state_call", method, data, at))

    neurons: list[dict[str, object]] = call("NeuronInfoRuntimeApi_get_neurons_lite")  # type: ignore[assignment]
    trust = oracle.value(
        "SubtensorModule",
        "ValidatorTrust",
        CHAIN.raw(storage_key("SubtensorModule", "ValidatorTrust", (netuid,)), block),
    )
    assert [one["validator_trust"] for one in neurons] == list(trust)
    chosen: dict[str, object] = call("SubnetInfoRuntimeApi_get_selective_metagraph", f"{own}0c080034004500")  # type: ignore[assignment]
    assert chosen["hotkeys"] == [one["hotkey"] for one in neurons]
    assert (chosen["tempo"], chosen["active"]) == (PLAN.subnet(netuid).tempo, None)
    values = {one["name"]: one["value"] for one in call("SubnetInfoRuntimeApi_get_subnet_hyperparams_v3")}  # type: ignore[attr-defined]
    assert len(values) == 35
    assert values["tempo"] == {"U16": PLAN.subnet(netuid).tempo}
    older: dict[str, object] = call("SubnetInfoRuntimeApi_get_subnet_hyperparams_v2")  # type: ignore[assignment]
    assert older["activity_cutoff"] == PLAN.subnet(netuid).tempo * 13_889 // 1000
    due = call("SubnetInfoRuntimeApi_get_next_epoch_start_block")
    assert CHAIN.value(due, "LastEpochBlock", netuid) == due  # type: ignore[arg-type]
    price = call("SwapRuntimeApi_current_alpha_price")
    assert price == pytest.approx(PLAN.subnet(netuid).price * 1e9, rel=0.02)
    assert {"netuid": netuid, "price": price} in call("SwapRuntimeApi_current_alpha_price_all", "0x")  # type: ignore[operator]
    assert call("SubnetInfoRuntimeApi_get_subnet_hyperparams_v3", "0x4d00") is None


@pytest.mark.parametrize(("limit", "pruned"), [(3, 1), (4, None)])
def test_root_takes_no_place_of_a_subnet(serve: Serve, limit: int, pruned: int | None) -> None:
    chain = Chain(small_plan(subnet_limit=limit, network_immunity_period=1000))
    caller = serve(chain, 5)
    raw = caller.call("state_call", "SubnetInfoRuntimeApi_get_subnet_to_prune", "0x")
    oracle = Oracle(chain.runtime_after(FIRST + 5).metadata(15))
    assert oracle.result("SubnetInfoRuntimeApi_get_subnet_to_prune", raw) == pruned


def test_a_subnet_of_256_neurons_is_served_whole(serve: Serve) -> None:
    chain = Chain(large_plan(subnets=1))
    caller = serve(chain, 5)
    raw = caller.call("state_call", "NeuronInfoRuntimeApi_get_neurons_lite", "0x0100")
    assert (
        len(
            Oracle(chain.runtime_of(chain.plan.first_block).metadata(15)).result(
                "NeuronInfoRuntimeApi_get_neurons_lite", raw
            )
        )
        == 256
    )


# Batches ------------------------------------------------------------------------------------------------------------


def test_a_batch_is_answered_call_by_call_and_counted_as_one_request(caller: Caller) -> None:
    answers = caller.batch(("chain_getFinalizedHead",), ("no_such_method",), ("system_chain",))
    assert [one["id"] for one in answers] == [0, 1, 2]
    assert answers[1]["error"]["code"] == -32601
    assert answers[2]["result"] == "Bittensor"
    assert caller.node.requests.count == 1
    assert caller.node.requests.matching("system_chain") == ["/ chain_getFinalizedHead no_such_method system_chain"]


def test_a_batch_of_51_is_refused_as_one_object(caller: Caller) -> None:
    assert len(caller.batch(*[("system_chain",)] * 50)) == 50
    refused = caller.batch(*[("system_chain",)] * 51)
    assert refused["error"] == {
        "code": -32010,
        "message": "The batch request was too large",
        "data": "Exceeded max limit of 50",
    }


# Faults -------------------------------------------------------------------------------------------------------------


def test_errors_of_the_policy_and_of_single_methods(caller: Caller) -> None:
    with caller.node.faults.during(faults.work_limit()):
        answers = caller.batch(("chain_getHead",), ("state_getStorage", NOW))
        assert "result" in answers[0]
        assert answers[1]["error"] == {"code": -32004, "message": "Storage work rate limit exceeded"}
    with caller.node.faults.during(faults.batch_error(-32005, "Connection rate limit exceeded")):
        assert caller.batch(("chain_getHead",))["error"]["code"] == -32005
    with caller.node.faults.during(faults.refused(403, retry_after=7)):
        response = caller.post({"jsonrpc": "2.0", "id": 1, "method": "chain_getHead", "params": []})
        assert (response.status_code, response.headers["Retry-After"]) == (403, "7")
    assert caller.call("chain_getHead")


def test_ids_order_and_number_of_answers_may_be_wrong(caller: Caller) -> None:
    calls = (("chain_getHead",), ("system_chain",), ("system_version",))
    with caller.node.faults.during(faults.shuffled()):
        assert [one["id"] for one in caller.batch(*calls)] == [1, 0, 2]
    with caller.node.faults.during(faults.other_ids()):
        assert [one["id"] for one in caller.batch(*calls)] == ["0-other", "1-other", "2-other"]
    with caller.node.faults.during(faults.unanswered("system_chain")):
        assert [one["id"] for one in caller.batch(*calls)] == [0, 2]


def test_a_balancer_that_answers_defaults_shows_in_the_canary(caller: Caller) -> None:
    with caller.node.faults.during(faults.no_state(path="state_")):
        assert caller.call("state_getStorage", NOW, caller.hash(FIRST + 10)) is None
        assert caller.call("state_queryStorageAt", [NUMBER], caller.hash(FIRST + 290))[0]["changes"] == [[NUMBER, None]]


def test_stored_values_may_be_others_or_bear_a_byte_too_many(caller: Caller) -> None:
    with caller.node.faults.during(faults.overwritten(NUMBER, "0x01000000")):
        assert caller.call("state_getStorage", NUMBER) == "0x01000000"
    with caller.node.faults.during(faults.trailing(NUMBER)):
        changes = caller.call("state_queryStorageAt", [NUMBER, NOW])[0]["changes"]
        assert [len(value) for _, value in changes] == [12, 18]


def test_the_head_or_the_finalised_head_may_stand_still(caller: Caller) -> None:
    with caller.node.faults.during(faults.stale_final(FIRST + 200)):
        assert caller.call("chain_getFinalizedHead") == caller.hash(FIRST + 200)
        assert caller.call("chain_getHead") == caller.hash(FIRST + 300)
    with caller.node.faults.during(transport.behind(50)):
        assert caller.call("chain_getHead") == caller.hash(FIRST + 250)
    with caller.node.faults.during(faults.syncing()):
        assert caller.call("system_health") == {"peers": 0, "isSyncing": True, "shouldHavePeers": True}


def test_transport_faults_strike_by_method(caller: Caller) -> None:
    with caller.node.faults.during(transport.status(502, path="state_call")):
        assert caller.call("chain_getHead")
        body = {"jsonrpc": "2.0", "id": 1, "method": "state_call", "params": ["Core_version", "0x"]}
        assert caller.post(body).status_code == 502
    with caller.node.faults.during(transport.cut(path="system_chain")), pytest.raises(requests.RequestException):
        caller.answer("system_chain")

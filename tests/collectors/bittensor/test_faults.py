"""What a user sees of a node that fails, alone and beside a healthy one; nothing is ever made up for what it hides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.clock import Clock
from simulator.faults import Fault, garbage, hang, json_value, status
from simulator.subtensor.chain import Chain
from simulator.subtensor.faults import (
    batch_error,
    no_state,
    other_ids,
    overwritten,
    refused,
    rpc_error,
    shuffled,
    stale_final,
    trailing,
    unanswered,
    work_limit,
)
from simulator.subtensor.node import SubtensorNode
from simulator.subtensor.plan import small_plan
from simulator.subtensor.runtime import storage_key
from tests.collectors.bittensor.reading import Collected, collect
from tests.collectors.bittensor.tampered_scene import CHAIN, HEAD, PLAN
from tests.collectors.bittensor.tampering import invented

STATE, BLOCKS = "state_getRuntimeVersion", "chain_getBlock state_queryStorageAt"
"""Parts of the second and the third request of a minute."""
NUMBER, NOW, UPGRADE = (
    f"0x{storage_key(pallet, item).hex()}"
    for pallet, item in (("System", "Number"), ("Timestamp", "Now"), ("System", "LastRuntimeUpgrade"))
)
TEMPO = f"0x{storage_key('SubtensorModule', 'Tempo', (2,)).hex()}"
DISCARDED = "Client error: Api called for an unknown Block: State already discarded for 0x…"
FINAL = CHAIN.finalized_of(HEAD)
Make = Callable[[str], Fault]
"""What is wrong with requests that ask so."""
REFUSALS: dict[str, tuple[Make, str]] = {
    "the batch refused as one object": (
        lambda path: batch_error(-32600, "batches are not liked", path=path),
        "JSON-RPC error -32600",
    ),
    "a limit of work, -32004": (
        lambda path: rpc_error(-32004, "Storage work rate limit exceeded", path=path),
        "rate limit of the node",
    ),
    "a limit of requests, -32005": (lambda path: rpc_error(-32005, "slow down", path=path), "rate limit of the node"),
    "403 for good": (lambda path: refused(403, None, path=path), "HTTP 403 refused"),
    "403 with Retry-After": (lambda path: refused(403, path=path), "HTTP 403 too many requests"),
    "429 with Retry-After": (lambda path: refused(429, path=path), "HTTP 429 too many requests"),
    "503": (lambda path: status(503, path=path), "HTTP 503"),
    "other ids": (lambda path: other_ids(path=path), "an answer to a call that was not made"),
    "one object for many calls": (lambda path: json_value({}, path=path), "an answer to a call that was not made"),
    "no answer in the list": (lambda path: json_value([], path=path), "no call of the batch was answered"),
    "a page of HTML": (lambda path: garbage(path=path), "answer is not JSON"),
    "hangs": (lambda path: hang(path=path), "timed out"),
}
REFUSED = pytest.mark.parametrize("name", REFUSALS)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def true(cache: Path) -> Collected:
    found = asked(cache)
    assert (found.error, found.finished.caught_up, found.levels) == ("", True, list(range(FINAL - 2, FINAL + 1)))
    return found


def asked(cache: Path, *faults: Fault, beside: bool = False, chain: Chain = CHAIN) -> Collected:
    """A collection from a node with these faults. `beside`: a healthy one is configured behind it."""
    clock = Clock(CHAIN.timestamp(HEAD))
    with SubtensorNode(chain, clock=clock) as node, SubtensorNode(CHAIN, clock=clock) as healthy:
        for fault in faults:
            node.faults.add(fault)
        urls = (node.url, healthy.url) if beside else (node.url,)
        return collect(PLAN, cache, *urls, timeout=1.5)


def same(found: Collected, true: Collected) -> bool:
    """Whether everything was read, and as it is."""
    return (found.error, found.snapshot, found.read, found.finished.caught_up) == (
        "",
        true.snapshot,
        true.read,
        True,
    )


@REFUSED
def test_a_node_that_never_answers_is_told_and_nothing_is_read(name: str, cache: Path) -> None:
    make, told = REFUSALS[name]
    found = asked(cache, make("/"))
    assert found.items == [found.finished]
    assert (found.error, found.finished.caught_up) == (f"127.0.0.1#1: {told}", False)
    assert [reading.answered for reading in found.finished.source.endpoints] == [False]


@REFUSED
def test_a_node_that_tells_its_head_and_not_its_state_is_told_and_nothing_is_read(name: str, cache: Path) -> None:
    make, told = REFUSALS[name]
    found = asked(cache, make(STATE))
    assert found.items == [found.finished]
    assert (found.error, found.finished.source.failure) == (f"127.0.0.1#1: {told}", f"127.0.0.1#1: {told}")
    assert [reading.answered for reading in found.finished.source.endpoints] == [True]


@REFUSED
def test_a_node_that_tells_its_state_and_no_blocks_has_its_state_read_and_the_cursor_stays(
    name: str, cache: Path, true: Collected
) -> None:
    make, told = REFUSALS[name]
    found = asked(cache, make(BLOCKS))
    assert (found.error, found.levels, found.finished.caught_up) == (f"127.0.0.1#1: {told}", [], False)
    assert found.snapshot == true.snapshot


@REFUSED
@pytest.mark.parametrize("path", ["/", STATE, BLOCKS])
def test_beside_a_healthy_node_everything_is_read(name: str, path: str, cache: Path, true: Collected) -> None:
    make, _ = REFUSALS[name]
    assert same(asked(cache, make(path), beside=True), true)


# What only state can be wrong with ----------------------------------------------------------------------------------

WRONG_STATE: dict[str, tuple[Fault, str]] = {
    "discarded": (rpc_error(4003, DISCARDED, "state_"), "the block's state is already discarded"),
    "a limit of storage only": (work_limit(), "rate limit of the node"),
    "nothing stored at all": (no_state(), "not a hexadecimal text"),
    "no System.Number": (overwritten(NUMBER, None), "state that is not this block's (System.Number, Timestamp.Now)"),
    "another System.Number": (
        overwritten(NUMBER, "0x05000000"),
        "state that is not this block's (System.Number, Timestamp.Now)",
    ),
    "no time": (overwritten(NOW, None), "state that is not this block's (System.Number, Timestamp.Now)"),
    "a time of zero": (
        overwritten(NOW, f"0x{'00' * 8}"),
        "state that is not this block's (System.Number, Timestamp.Now)",
    ),
    "a time too long": (trailing(NOW), "state that is not this block's (System.Number, Timestamp.Now)"),
    "no runtime": (overwritten(UPGRADE, None), "not a hexadecimal text"),
    "a finalised head before the cursor": (
        stale_final(FINAL - 30),
        "127.0.0.1#1: its finalised head is behind what was read before",
    ),
    "storage left out": (unanswered("state_queryStorageAt"), "the call was left out of the answer"),
    "the header left out": (unanswered("chain_getHeader"), "the call was left out of the answer"),
}
WRONG = pytest.mark.parametrize("name", WRONG_STATE)


@WRONG
def test_state_that_cannot_be_the_blocks_is_told_and_nothing_is_read(name: str, cache: Path) -> None:
    fault, told = WRONG_STATE[name]
    found = asked(cache, fault)
    assert found.items == [found.finished]
    assert found.error.removeprefix("127.0.0.1#1: ") == told.removeprefix("127.0.0.1#1: ")


@WRONG
def test_beside_a_healthy_node_it_is_read_from_that_one(name: str, cache: Path, true: Collected) -> None:
    assert same(asked(cache, WRONG_STATE[name][0], beside=True), true)


def test_a_node_of_another_chain_is_told_and_left(cache: Path, true: Collected) -> None:
    other = Chain(replace(small_plan(), genesis="0x" + "ab" * 32))
    alone = asked(cache, chain=other)
    assert (alone.items, alone.error) == ([alone.finished], "127.0.0.1#1: on another chain than the one pinned")
    assert same(asked(cache, chain=other, beside=True), true)


# What costs nothing, or one value -----------------------------------------------------------------------------------


def test_answers_in_another_order_are_put_to_their_calls(cache: Path, true: Collected) -> None:
    assert same(asked(cache, shuffled()), true)


def test_a_value_with_a_byte_too_many_is_unknown_and_the_rest_is_read(cache: Path, true: Collected) -> None:
    found = asked(cache, trailing(TEMPO))
    assert (found.error, found.snapshot.chain.undecoded) == ("", ("Tempo",))
    assert (found.snapshot.subnets[2].tempo, found.snapshot.subnets[3].tempo) == (None, 120)
    chain = replace(found.snapshot.chain, undecoded=())
    assert list(invented(true.snapshot, replace(found.snapshot, chain=chain))) == []


def test_a_runtime_call_that_fails_is_unknown_and_the_rest_is_read(cache: Path, true: Collected) -> None:
    fault = rpc_error(4003, "Client error: Execution failed: Execution aborted due to trap", "state_call")
    found = asked(cache, fault)
    assert (found.error, found.snapshot.chain.undecoded, found.levels) == ("", (), true.levels)
    subnet = found.snapshot.subnets[2]
    assert (subnet.hyperparameters, subnet.vectors.hotkeys, subnet.alpha_dividends_total) == (None, None, None)
    assert subnet.vectors.last_update == true.snapshot.subnets[2].vectors.last_update
    assert [one for one in invented(true.snapshot, found.snapshot) if ".alpha_price" not in one] == []


def test_blocks_whose_state_is_discarded_are_gaps_that_say_so_and_the_state_of_the_head_is_read(
    cache: Path, true: Collected
) -> None:
    found = asked(cache, rpc_error(4003, DISCARDED, "state_", path=BLOCKS))
    assert (found.error, found.levels) == ("", true.levels)
    reason = "its state is dropped, and BITTENSOR_ARCHIVE_NETWORK is not set"
    assert [gap.reason for gap in found.gaps] == [reason] * 3
    assert found.snapshot == true.snapshot
    assert same(asked(cache, rpc_error(4003, DISCARDED, "state_", path=BLOCKS), beside=True), true)

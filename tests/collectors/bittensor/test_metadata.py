from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collectors.bittensor.jsonrpc import JsonRpc
from collectors.bittensor.metadata import fetch_metadata, unwrap
from collectors.bittensor.metadata_cache import MOST_FILES, MetadataCache
from collectors.errors import NoAnswer, Unreadable
from tests.collectors.bittensor.recordings import metadata
from tests.collectors.bittensor.test_jsonrpc import answers
from tests.collectors.raw_node import RawNode, client_for

GENESIS = "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
HASH = "0x" + "ab" * 32


def never() -> bytes:
    raise AssertionError("fetched")


def test_metadata_are_fetched_once_and_then_come_from_disk(tmp_path: Path) -> None:
    cache = MetadataCache(tmp_path / "cache")

    assert cache.runtime(GENESIS, 101, lambda: metadata(101, 14)).spec_version == 101
    assert cache.runtime(GENESIS, 101, never).spec_version == 101
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["md-2f0555cc76fc2840-101.bin"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:500] + bytes([data[500] ^ 1]) + data[501:],
        lambda data: data + b"x",
    ],
)
def test_a_damaged_file_is_fetched_again(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    cache = MetadataCache(tmp_path)
    cache.runtime(GENESIS, 101, lambda: metadata(101, 14))
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))

    fetched: list[int] = []

    def fetch() -> bytes:
        fetched.append(1)
        return metadata(101, 14)

    assert cache.runtime(GENESIS, 101, fetch).spec_version == 101
    assert fetched == [1]
    assert cache.runtime(GENESIS, 101, never).spec_version == 101


def test_a_genesis_hash_has_files_of_its_own(tmp_path: Path) -> None:
    cache = MetadataCache(tmp_path)
    cache.runtime(GENESIS, 101, lambda: metadata(101, 14))

    with pytest.raises(AssertionError):
        cache.runtime(HASH, 101, never)


def test_metadata_of_another_runtime_are_not_kept(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        MetadataCache(tmp_path).runtime(GENESIS, 102, lambda: metadata(101, 14))

    assert list(tmp_path.iterdir()) == []


def test_the_oldest_files_go_when_there_are_more_than_eight(tmp_path: Path) -> None:
    for spec in range(1, 13):
        path = tmp_path / f"md-2f0555cc76fc2840-{spec}.bin"
        path.write_bytes(b"x")
        os.utime(path, (spec, spec))
    MetadataCache(tmp_path).runtime(GENESIS, 101, lambda: metadata(101, 14))

    specs = sorted(int(path.stem.rpartition("-")[2]) for path in tmp_path.iterdir())
    assert specs == [6, 7, 8, 9, 10, 11, 12, 101]
    assert len(specs) == MOST_FILES


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_fetch(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    cache = MetadataCache(tmp_path / "file" / "below")

    assert cache.runtime(GENESIS, 101, lambda: metadata(101, 14)).spec_version == 101


def node(answer: Callable[[str, list[Any]], dict[str, Any]]) -> RawNode:
    return RawNode(answers(lambda request: {"id": request["id"], **answer(request["method"], request["params"])}))


def test_version_15_is_asked_first_and_unwrapped() -> None:
    raw = metadata(461, 15)
    wrapped = b"\x01" + (len(raw) << 2 | 2).to_bytes(4, "little") + raw

    with node(lambda method, params: {"result": "0x" + wrapped.hex()}) as behind, client_for(behind.url) as client:
        assert fetch_metadata(JsonRpc(client), HASH) == raw
        (asked,) = (json.loads(asked.body) for asked in behind.asked)
        assert (asked["method"], asked["params"]) == (
            "state_call",
            ["Metadata_metadata_at_version", "0x0f000000", HASH],
        )


@pytest.mark.parametrize(
    "missing",
    [
        {"result": "0x00"},
        {"error": {"code": 4003, "message": "Exported method Metadata_metadata_at_version is not found"}},
        {"error": {"message": "Function to start was not found."}},
    ],
)
def test_a_runtime_without_version_15_tells_version_14(missing: dict[str, Any]) -> None:
    raw = metadata(101, 14)

    def answer(method: str, params: list[Any]) -> dict[str, Any]:
        return missing if method == "state_call" else {"result": "0x" + raw.hex()}

    with node(answer) as behind, client_for(behind.url) as client:
        assert fetch_metadata(JsonRpc(client), HASH) == raw


def test_any_other_error_is_no_reason_to_take_version_14() -> None:
    with node(lambda method, params: {"error": {"code": -32603}}) as behind, client_for(behind.url) as client:
        with pytest.raises(Unreadable):
            fetch_metadata(JsonRpc(client), HASH)
        assert len(behind.asked) == 1


def test_no_answer_is_told_as_such() -> None:
    with client_for("http://127.0.0.1:9") as client, pytest.raises(NoAnswer):
        fetch_metadata(JsonRpc(client), HASH)


@pytest.mark.parametrize("raw", ["0x", "0x02", "0x01", "0x0104", "0x01046d65", "0x0103ffffffff", None, 1])
def test_what_is_no_optional_list_of_bytes_is_unreadable(raw: object) -> None:
    with pytest.raises(Unreadable):
        unwrap(raw)

"""Metadata that the simulator builds, beside those of the real release 461."""

import gzip
from typing import Any

from collectors.bittensor.codec import open_runtime
from collectors.bittensor.type_names import type_shape
from simulator.subtensor.runtime import Release, runtime
from simulator.subtensor.schema import release_461
from tests.recorded import recorded
from tests.simulator.subtensor.oracle import Oracle, core

NEXT = Release(473, moved=True, gone=("SubtensorModule.ValidatorTrust", "SubnetInfoRuntimeApi.get_subnet_to_prune"))


def real() -> Any:
    metadata = recorded("bittensor/metadata/node-subtensor-461-v15.scale.gz")
    return core.Runtime(gzip.decompress(metadata.read_bytes()), 0, 0)


def test_every_storage_item_has_the_hashers_the_default_and_the_shape_of_the_real_one() -> None:
    mine, theirs = Oracle(runtime().metadata(15)).runtime, real()

    def described(of: Any, pallet: str, item: str) -> tuple[Any, ...]:
        entry = of.storage_entry(pallet, item)
        shapes = [type_shape(of, kind) for kind in (*entry.param_types, entry.value_type)]
        return entry.modifier, tuple(entry.param_hashers), bytes(entry.default_bytes), shapes

    items = [(pallet.name, entry.name) for pallet in release_461().pallets for entry in pallet.storage]
    assert len(items) > 300
    # Events hold those of every pallet, of which the simulator has not all.
    assert [
        item for item in items if item != ("System", "Events") and described(mine, *item) != described(theirs, *item)
    ] == []


def test_every_runtime_call_answers_in_the_shape_of_the_real_one() -> None:
    mine, theirs = Oracle(runtime().metadata(15)).runtime, real()
    described, known = mine.runtime_api_map(), theirs.runtime_api_map()
    for api, methods in described.items():
        for name, method in methods.items():
            assert type_shape(mine, method["output"]) == type_shape(theirs, known[api][name]["output"]), name


def test_version_14_says_the_same_of_storage() -> None:
    old, new = (Oracle(runtime().metadata(version)).runtime for version in (14, 15))
    assert not old.is_v15
    for item in ("LastUpdate", "TimelockedWeightCommits", "Axons"):
        one, other = (of.storage_entry("SubtensorModule", item) for of in (old, new))
        assert type_shape(old, one.value_type) == type_shape(new, other.value_type)


def test_another_release_has_other_numbers_for_the_same_names() -> None:
    old, new = (Oracle(runtime(release).metadata(15)).runtime for release in (Release(), NEXT))
    entries = [of.storage_entry("SubtensorModule", "LastUpdate").value_type for of in (old, new)]
    assert entries[0] != entries[1]
    event = ("SubtensorModule", "WeightsSet", 1, 2)
    events = [runtime(release).codec.encode("RuntimeEvent", event) for release in (Release(), NEXT)]
    assert events[0][:2] != events[1][:2]
    assert events[0][2:] == events[1][2:]


def test_what_a_release_dropped_is_not_there_any_more() -> None:
    code = open_runtime(runtime(NEXT).metadata(15), 473)
    assert not code.has_item("SubtensorModule", "ValidatorTrust")
    assert code.has_item("SubtensorModule", "ValidatorPermit")
    assert "get_subnet_to_prune" not in code.library.runtime_api_map()["SubnetInfoRuntimeApi"]


def test_a_release_may_store_an_item_as_another_type() -> None:
    code = runtime(Release(480, retyped=(("SubtensorModule.Tempo", "u32"),)))
    stored = code.value("SubtensorModule", "Tempo", 70_000)
    assert Oracle(code.metadata(15)).value("SubtensorModule", "Tempo", stored) == 70_000

from __future__ import annotations

from typing import Any

import pytest

from simulator.subtensor.runtime import Release
from tests.simulator.subtensor.oracle import FIRST, LATER, outer, real_461, released, storage, wire


@pytest.mark.parametrize("version", [14, 15])
@pytest.mark.parametrize("release", [FIRST, LATER])
def test_the_official_decoder_opens_the_metadata_and_reads_every_default(release: Release, version: int) -> None:
    decoder = released(release, version)

    assert decoder.is_v15 == (version == 15)
    assert decoder.constant("System", "Version")["spec_version"] == release.spec_version
    for _, _, entry in storage(decoder):
        if entry.modifier == "Default":
            decoder.decode(entry.value_type, entry.default_bytes)


@pytest.mark.parametrize("version", [14, 15])
def test_storage_items_are_those_of_the_real_runtime_461(version: int) -> None:
    ours, real = released(version=version), real_461(version)

    for pallet, item, entry in storage(ours):
        recorded = real.storage_entry(pallet, item)
        name = f"{pallet}.{item}"
        assert entry.prefix == recorded.prefix, name
        assert entry.param_hashers == recorded.param_hashers, name
        assert (entry.modifier, entry.default_bytes) == (recorded.modifier, recorded.default_bytes), name
        assert wire(ours, entry.value_type) == wire(real, recorded.value_type), name
        assert [wire(ours, one) for one in entry.param_types] == [wire(real, one) for one in recorded.param_types]


@pytest.mark.parametrize("kind", ["RuntimeEvent", "RuntimeCall", "RuntimeError"])
def test_events_calls_and_errors_are_those_of_the_real_runtime_461(kind: str) -> None:
    ours, real = outer(released(), kind), outer(real_461(), kind)

    assert set(ours) <= set(real)
    for pallet, described in ours.items():
        assert described == {name: real[pallet].get(name) for name in described}, pallet


def test_runtime_calls_are_those_of_the_real_runtime_461() -> None:
    ours, real = released(), real_461()
    recorded = real.runtime_api_map()

    for api, methods in ours.runtime_api_map().items():
        for name, method in methods.items():
            expected = recorded[api][name]
            assert _inputs(ours, method) == _inputs(real, expected), name
            assert wire(ours, method["output"]) == wire(real, expected["output"]), name


def _inputs(decoder: Any, method: Any) -> list[tuple[str, str]]:
    return [(name, wire(decoder, kind)) for name, kind in method["inputs"]]


def test_an_upgrade_moves_numbers_and_drops_and_widens_what_its_release_says() -> None:
    before, after = released(), released(LATER)

    numbers = [outer(one, "RuntimeEvent")["7 SubtensorModule"]["WeightsSet"] for one in (before, after)]
    assert numbers == ["5 WeightsSet(: u16, : u16)", "6 WeightsSet(: u16, : u16)"]
    assert before.type_id_of("NetUid") != after.type_id_of("NetUid")
    items = [{f"{pallet}.{item}" for pallet, item, _ in storage(one)} for one in (before, after)]
    assert items[0] - items[1] == {"SubtensorModule.MinerBurned"}
    assert wire(after, after.storage_entry("SubtensorModule", "Kappa").value_type).lower() == "u32"
    assert "get_subnet_to_prune" not in after.runtime_api_map()["SubnetInfoRuntimeApi"]

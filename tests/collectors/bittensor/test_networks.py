"""What a chain is called."""

from __future__ import annotations

import pytest

from collectors.bittensor.networks import network_name

FINNEY = "0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03"
OTHER = "0x" + "ab" * 32


def test_a_known_chain_goes_by_its_name_and_another_by_its_genesis() -> None:
    assert network_name(FINNEY) == "bittensor:finney"
    assert network_name(OTHER) == "bittensor:abababab"


def test_a_name_that_is_given_names_a_chain_nobody_knows() -> None:
    assert network_name(OTHER, "test") == "bittensor:test"
    assert network_name(FINNEY, "finney") == "bittensor:finney"


@pytest.mark.parametrize(("genesis", "name"), [(FINNEY, "test"), (OTHER, "finney")])
def test_a_name_that_contradicts_the_chain_is_refused(genesis: str, name: str) -> None:
    with pytest.raises(ValueError, match="genesis"):
        network_name(genesis, name)

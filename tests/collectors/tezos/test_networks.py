from __future__ import annotations

import pytest

from collectors.tezos.networks import network_name

MAINNET = "NetXdQprcVkpaWU"
UNKNOWN = "NetXmxvkQoFG1R8"


def test_a_chain_id_names_its_network() -> None:
    assert network_name(MAINNET) == "tezos:mainnet"
    assert network_name("NetXsqzbfFenSTS") == "tezos:shadownet"


def test_an_unknown_chain_is_named_by_its_id() -> None:
    assert network_name(UNKNOWN) == f"tezos:{UNKNOWN}"
    assert network_name(UNKNOWN, "") == f"tezos:{UNKNOWN}"


def test_an_unknown_chain_may_be_given_a_name() -> None:
    assert network_name(UNKNOWN, "weeklynet") == "tezos:weeklynet"
    assert network_name(UNKNOWN, "tezos:weeklynet") == "tezos:weeklynet"


def test_an_override_that_agrees_changes_nothing() -> None:
    assert network_name(MAINNET, "Mainnet") == "tezos:mainnet"


@pytest.mark.parametrize(
    ("chain_id", "override", "message"),
    [
        (MAINNET, "shadownet", f"the node is on mainnet (chain id {MAINNET}), not on shadownet"),
        (UNKNOWN, "mainnet", f"the node's chain id is {UNKNOWN}, which is not mainnet's"),
    ],
)
def test_an_override_that_contradicts_the_chain_is_an_error(chain_id: str, override: str, message: str) -> None:
    with pytest.raises(ValueError, match="chain id") as error:
        network_name(chain_id, override)
    assert str(error.value) == message

from __future__ import annotations

from typing import Any

import pytest

from collectors.errors import Unreadable
from collectors.tezos.node import parse_bootstrapped, parse_chain_id, parse_connections, parse_version


@pytest.mark.parametrize("state", ["synced", "unsynced", "stuck"])
def test_a_node_tells_its_sync_state(state: str) -> None:
    assert parse_bootstrapped({"bootstrapped": True, "sync_state": state}) == (True, state)


def test_a_node_that_only_says_whether_is_understood() -> None:
    assert parse_bootstrapped({"bootstrapped": False}) == (False, None)


def test_peers_are_counted() -> None:
    assert parse_connections([{"peer_id": "idt5"}, {"peer_id": "ids8"}]) == 2
    assert parse_connections([]) == 0


def test_the_chain_id_is_a_word() -> None:
    assert parse_chain_id("NetXdQprcVkpaWU") == "NetXdQprcVkpaWU"


@pytest.mark.parametrize(
    ("additional", "version"),
    [("release", "25.1"), ("dev", "25.1~dev"), ({"rc": 2}, "25.1~rc2"), (None, "25.1"), ([], "25.1")],
    ids=str,
)
def test_the_version_is_short(additional: Any, version: str) -> None:
    answer = {"version": {"major": 25, "minor": 1, "build": 0, "additional_info": additional}}
    assert parse_version(answer) == version


@pytest.mark.parametrize("answer", [None, {}, [1], "", "main", {"bootstrapped": "yes"}, {"version": {"major": "x"}}])
def test_anything_else_is_unreadable(answer: Any) -> None:
    for parse in (parse_bootstrapped, parse_connections, parse_chain_id, parse_version):
        with pytest.raises(Unreadable):
            parse(answer)

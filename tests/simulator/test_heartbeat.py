"""The simulated dead man's switch."""

from __future__ import annotations

import requests

from simulator.heartbeat import Heartbeat


def test_pings_are_told_apart_by_their_path_and_run() -> None:
    with Heartbeat() as heartbeat:
        for path in ("/start?rid=a", "?rid=a", "/fail?rid=b", "/3"):
            assert requests.post(f"{heartbeat.address}{path}", data=path, timeout=3).text == "OK"
        assert [(ping.signal, ping.rid) for ping in heartbeat.pings] == [
            ("start", "a"),
            ("success", "a"),
            ("fail", "b"),
            ("3", None),
        ]
        assert heartbeat.pings[2].body == "/fail?rid=b"


def test_a_check_that_nobody_made_is_not_found() -> None:
    with Heartbeat() as heartbeat:
        assert requests.get(f"{heartbeat.url}/other", timeout=3).status_code == 404
        assert requests.get(f"{heartbeat.address}/maybe", timeout=3).status_code == 404
        assert heartbeat.pings == []

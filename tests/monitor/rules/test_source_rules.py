"""What is told of a network's nodes."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from alerting.check_state import NEW, CheckState
from alerting.incidents import advance
from monitor.model import CheckKey, Status
from monitor.rules import (
    config_invalid,
    endpoint_unreachable,
    endpoints_disagree,
    low_peers,
    node_behind,
    not_bootstrapped,
    reorganisation,
    run_killed,
    stale_head,
    unreachable,
    unreadable,
    wrong_chain,
)
from monitor.rules.interface import SourceRule, SourceSettings
from monitor.rules.registry import SOURCE_RULES
from monitor.rules.run_killed import KilledRun
from monitor.source_model import Disagreement, EndpointReading, Reorganisation, SourceReading, UnreadableLevel
from tests.monitor.rules.timeline import words

CHAIN = "NetXdQprcVkpaWU"
OWN = EndpointReading("bkr1#1", "own", True, chain_id=CHAIN, head_level=1000, bootstrapped=True, peers=20)
PUBLIC = EndpointReading("rpc.example#2", "public", True, chain_id=CHAIN, head_level=1000)
DOWN = EndpointReading("bkr1#1", "own", False, error="connection refused")
PUBLIC_DOWN = EndpointReading("rpc.example#2", "public", False, error="HTTP 503")


def seen(*endpoints: EndpointReading, age: int = 5, now: int = 0, head: int | None = 1000) -> SourceReading:
    alive = any(endpoint.answered for endpoint in endpoints)
    return SourceReading(
        "tezos:mainnet", endpoints, CHAIN, head if alive else None, now - age if alive and head is not None else None
    )


@dataclass
class Source:
    """One source rule, a run every minute; told as "target when what ..."."""

    rule: SourceRule
    settings: SourceSettings = field(default_factory=lambda: SourceSettings(stale_after=180, min_peers=5))
    now: int = 0
    states: dict[str, CheckState] = field(default_factory=dict)

    def sees(self, reading: SourceReading, runs: int = 1, age: int | None = None) -> list[str]:
        told: list[str] = []
        for _ in range(runs):
            if age is not None:
                reading = reading._replace(head_timestamp=self.now - age)
            for judged in self.rule.judge(reading, self.settings, self.now):
                key = CheckKey(reading.network, judged.target, self.rule.card.name)
                state = self.states.get(judged.target, NEW)
                state, transitions = advance(key, state, judged.verdict, judged.policy, self.now, None)
                self.states[judged.target] = state
                told += [f"{judged.target} {words(transition)}" for transition in transitions]
            self.now += 60
        return told


@pytest.mark.parametrize("rule", SOURCE_RULES, ids=lambda rule: rule.card.name)
def test_two_healthy_endpoints_are_told_by_no_rule(rule: SourceRule) -> None:
    assert Source(rule).sees(seen(OWN, PUBLIC), runs=20, age=5) == []


@pytest.mark.parametrize("rule", SOURCE_RULES, ids=lambda rule: rule.card.name)
def test_endpoints_that_were_not_asked_are_unknown(rule: SourceRule) -> None:
    unasked = SourceReading("tezos:mainnet", (EndpointReading("a#1", None, None),) * 2, CHAIN, None, None)
    settings = SourceSettings(min_peers=5)
    assert all(judged.verdict.status is Status.UNKNOWN for judged in rule.judge(unasked, settings, 0))


def test_a_source_that_nobody_answers_for_is_told_after_two_minutes() -> None:
    source = Source(unreachable.RULE)
    assert source.sees(seen(DOWN, PUBLIC_DOWN), runs=2) == []
    assert source.sees(seen(DOWN, PUBLIC_DOWN)) == ["source 120 firing critical"]
    assert source.sees(seen(DOWN, PUBLIC)) == ["source 180 resolved critical"]


def test_the_only_endpoint_is_named_when_it_is_down() -> None:
    (judged,) = unreachable.judge(seen(DOWN), SourceSettings(), 0)
    assert judged.verdict.evidence["endpoint"] == "bkr1#1"
    (judged,) = unreachable.judge(seen(DOWN, PUBLIC_DOWN), SourceSettings(), 0)
    assert (judged.verdict.evidence["endpoint"], judged.verdict.evidence["endpoints"]) == (None, 2)


def test_an_own_node_that_is_down_is_told_after_two_minutes_though_others_answer() -> None:
    source = Source(endpoint_unreachable.RULE)
    assert source.sees(seen(DOWN, PUBLIC), runs=3) == ["bkr1#1 120 firing warning"]
    assert source.sees(seen(OWN, PUBLIC), runs=2) == ["bkr1#1 240 resolved warning"]


def test_a_public_endpoint_that_is_down_is_told_silently_after_ten_minutes() -> None:
    source = Source(endpoint_unreachable.RULE)
    assert source.sees(seen(OWN, PUBLIC_DOWN), runs=10) == []
    assert source.sees(seen(OWN, PUBLIC_DOWN)) == ["rpc.example#2 600 firing warning silently"]


def test_when_all_are_down_the_source_tells_and_not_each_endpoint() -> None:
    assert Source(endpoint_unreachable.RULE).sees(seen(DOWN, PUBLIC_DOWN), runs=30) == []


def test_a_node_that_says_it_is_not_in_sync_is_told() -> None:
    source = Source(not_bootstrapped.RULE)
    assert source.sees(seen(OWN._replace(bootstrapped=False), PUBLIC), runs=3) == ["bkr1#1 120 firing warning"]
    assert source.sees(seen(OWN, PUBLIC)) == ["bkr1#1 180 resolved warning"]


@pytest.mark.parametrize("state", ["unsynced", "stuck"])
def test_a_bootstrapped_node_may_still_be_out_of_sync(state: str) -> None:
    node = OWN._replace(sync_state=state)
    assert Source(not_bootstrapped.RULE).sees(seen(node), runs=3) == ["bkr1#1 120 firing warning"]


def test_a_node_that_tells_its_state_every_other_run_is_still_judged() -> None:
    source = Source(not_bootstrapped.RULE)
    told = []
    for _ in range(2):
        told += source.sees(seen(OWN._replace(bootstrapped=False)))
        told += source.sees(seen(OWN._replace(bootstrapped=None)))
    assert told == ["bkr1#1 120 firing warning"]


def test_an_endpoint_on_another_chain_is_told_at_once() -> None:
    lost = PUBLIC._replace(chain_id="NetXother")
    source = Source(wrong_chain.RULE)
    assert source.sees(seen(OWN, lost)) == ["rpc.example#2 0 firing critical"]
    assert source.sees(seen(OWN, PUBLIC)) == ["rpc.example#2 60 resolved critical"]


def test_the_source_is_on_another_chain_when_no_endpoint_is_on_the_right_one() -> None:
    source = Source(wrong_chain.RULE)
    assert source.sees(seen(OWN._replace(chain_id="NetXother"))) == ["source 0 firing critical"]
    assert source.sees(seen(OWN)) == ["source 60 resolved critical"]


def test_before_a_chain_is_pinned_none_is_wrong() -> None:
    assert Source(wrong_chain.RULE).sees(seen(OWN)._replace(expected_chain_id=None)) == []


def test_a_head_older_than_the_threshold_is_told_at_once() -> None:
    source = Source(stale_head.RULE)
    assert source.sees(seen(OWN), age=180) == []
    assert source.sees(seen(OWN), age=181) == ["source 60 firing critical"]
    assert source.sees(seen(OWN), age=6) == ["source 120 resolved critical"]


def test_a_head_from_the_future_is_not_stale() -> None:
    assert Source(stale_head.RULE).sees(seen(OWN), age=-5000) == []


def test_an_own_node_four_levels_behind_for_a_minute_is_told() -> None:
    source = Source(node_behind.RULE)
    assert source.sees(seen(OWN._replace(head_level=997), PUBLIC), runs=5) == []
    assert source.sees(seen(OWN._replace(head_level=996), PUBLIC), runs=2) == ["bkr1#1 360 firing warning"]
    assert source.sees(seen(OWN, PUBLIC), runs=2) == ["bkr1#1 480 resolved warning"]


def test_an_own_node_is_behind_even_where_its_own_head_was_read() -> None:
    lagging = seen(OWN._replace(head_level=990), PUBLIC)._replace(head_level=990)
    assert Source(node_behind.RULE).sees(lagging, runs=2) == ["bkr1#1 60 firing warning"]


def test_a_public_endpoint_behind_is_nobodys_business() -> None:
    assert Source(node_behind.RULE).sees(seen(OWN, PUBLIC._replace(head_level=5)), runs=5) == []


def test_endpoints_that_disagree_are_told_at_once_until_they_agree() -> None:
    source = Source(endpoints_disagree.RULE)
    torn = seen(OWN, PUBLIC)._replace(disagreement=Disagreement(998, ("bkr1#1", "rpc.example#2")))
    assert source.sees(torn) == ["source 0 firing critical"]
    assert source.sees(seen(OWN, PUBLIC_DOWN)) == []
    assert source.sees(seen(OWN, PUBLIC)) == ["source 120 resolved critical"]


def test_a_disagreement_is_over_when_only_one_endpoint_is_left() -> None:
    source = Source(endpoints_disagree.RULE)
    source.sees(seen(OWN, PUBLIC)._replace(disagreement=Disagreement(998, ("bkr1#1", "rpc.example#2"))))
    assert source.sees(seen(OWN)) == ["source 60 resolved critical"]


def test_few_peers_for_five_minutes_are_told() -> None:
    source = Source(low_peers.RULE)
    assert source.sees(seen(OWN._replace(peers=5)), runs=10) == []
    assert source.sees(seen(OWN._replace(peers=4)), runs=6) == ["bkr1#1 900 firing warning"]
    assert source.sees(seen(OWN), runs=6) == ["bkr1#1 1260 resolved warning"]


def test_a_node_that_does_not_tell_its_peers_is_not_judged_by_them() -> None:
    assert Source(low_peers.RULE).sees(seen(OWN._replace(peers=None)), runs=10) == []


def test_switching_the_peers_rule_off_closes_what_was_open() -> None:
    source = Source(low_peers.RULE)
    source.sees(seen(OWN._replace(peers=1)), runs=6)
    source.settings = SourceSettings(min_peers=0)
    assert source.sees(seen(OWN._replace(peers=1))) == ["bkr1#1 360 resolved warning switched-off"]


def test_a_level_that_cannot_be_judged_for_two_minutes_is_told() -> None:
    source = Source(unreadable.RULE)
    strange = seen(OWN)._replace(unreadable=UnreadableLevel(998, "operations without metadata", 0))
    assert source.sees(strange, runs=3) == ["source 120 firing critical"]
    assert source.sees(seen(OWN), runs=5) == []
    assert source.sees(seen(OWN)) == ["source 480 resolved critical"]


def test_a_reorganisation_is_told_and_over_with_the_next_clean_run() -> None:
    source = Source(reorganisation.RULE)
    assert source.sees(seen(OWN)._replace(reorganisation=Reorganisation(990, 998))) == ["source 0 firing critical"]
    assert source.sees(seen(DOWN)) == []
    assert source.sees(seen(OWN)) == ["source 120 resolved critical"]


def test_a_reorganisation_names_the_levels_that_are_judged_again() -> None:
    (judged,) = reorganisation.judge(seen(OWN)._replace(reorganisation=Reorganisation(990, 998)), SourceSettings(), 0)
    evidence = judged.verdict.evidence
    assert (evidence["first_level"], evidence["last_level"], evidence["levels"]) == (991, 998, 8)


def test_a_killed_run_is_bad_until_one_comes_to_its_end() -> None:
    verdict = run_killed.judge(KilledRun(812, 1000, 55))
    assert (verdict.status, verdict.evidence["run"], verdict.evidence["ran_seconds"]) == (Status.BAD, 812, 55)
    assert run_killed.judge(None).status is Status.OK


def test_an_invalid_watch_list_is_bad_until_it_is_valid() -> None:
    verdict = config_invalid.judge(["line 3: not an address", "line 5: twice"])
    assert (verdict.status, verdict.evidence["errors"]) == (Status.BAD, 2)
    assert config_invalid.judge([]).status is Status.OK

"""Several endpoints: which is asked, which is believed, and which of them people hear about."""

from __future__ import annotations

from pathlib import Path

from simulator import faults
from simulator.plan import small_plan
from tests.truth.scene import FINAL, START, Scene, scene

PLAN = small_plan(seed=5).outage("alice", START + 3, START + 4)
OTHER_CHAIN = "NetXnHfVqm9iesp"


def _alike(here: Scene, from_level: int = FINAL) -> bool:
    return all(
        here.outcomes(name, duty, from_level, here.final - 1)
        == here.true_outcomes(name, duty, from_level, here.final - 1)
        for name in ("alice", "bob")
        for duty in ("attestation", "baking")
    )


def test_when_the_first_endpoint_is_gone_the_second_is_judged_from(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, nodes=2) as here:
        here.node.stop()
        report = here.station.minutes(2)

        assert report.exit_code == 0
        assert here.station.cursor() == here.final
        assert _alike(here)


def test_the_next_runs_remember_which_endpoint_failed(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, nodes=2) as here:
        here.node.faults.add(faults.status(503))
        here.station.minutes(2)
        (down, up) = here.station.status()[0]["endpoints"]
        assert (down["endpoint"], down["failures"], down["error"]) == ("127.0.0.1#1", 2, "HTTP 503")
        assert (up["endpoint"], up["failures"]) == ("127.0.0.1#2", 0)

        here.node.requests.reset()
        here.station.minutes(1)
        assert here.node.requests.matching("/blocks/head/header") == []  # it was not asked first again

        here.node.faults.clear()
        here.station.minutes(2)
        here.node.requests.reset()
        here.station.minutes(1)
        assert here.node.requests.matching("/blocks/head/header") != []  # but it is, once it answers
        assert [row["failures"] for row in here.station.status()[0]["endpoints"]] == [0, 0]


def test_an_own_node_that_is_down_is_told_while_another_is_judged_from(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, nodes=2, marks=("own=", "public=")) as here:
        here.station.told()
        here.node.stop()
        here.station.minutes(4)
        alert = here.station.told()
        assert here.station.cursor() == here.final
        here.node.start()
        here.station.minutes(4)
        recovery = here.station.told()

        assert alert.count("#") == 2  # the endpoint's ordinal and the incident
        assert "Node 127.0.0.1#1 unreachable 2 min\nJudged through 1 other endpoint." in alert
        assert "Node 127.0.0.1#1 reachable again" in recovery
        (incident,) = here.station.incidents()
        assert (incident["rule"], incident["target"]) == ("endpoint_unreachable", "127.0.0.1#1")
        assert _alike(here)


def test_an_own_node_that_is_behind_is_told(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, nodes=2, marks=("own=", "public=")) as here:
        here.station.told()
        with here.node.faults.during(faults.behind(6)):
            here.station.minutes(4)
        assert "Node 127.0.0.1#1 is 6 levels behind" in here.station.told()
        here.station.minutes(4)
        assert "Node 127.0.0.1#1 caught up" in here.station.told()
        assert [row["rule"] for row in here.station.incidents()] == ["node_behind"]
        assert _alike(here)


def test_an_own_node_out_of_sync_and_short_of_peers_is_told(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, marks=("own=",), MIN_PEERS=5) as here:
        here.station.told()
        with here.node.faults.during(faults.not_bootstrapped()), here.node.faults.during(faults.peers(2)):
            here.station.minutes(8)
        rules = {(row["rule"], row["target"]) for row in here.station.incidents()}
        assert rules == {("not_bootstrapped", "127.0.0.1#1"), ("low_peers", "127.0.0.1#1")}
        here.station.minutes(8)
        assert here.station.open_rules() == []
        assert here.station.told().count("✅") == 2


def test_a_node_that_changes_chain_is_told_and_nothing_it_says_is_judged(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN) as here:
        here.station.told()
        with here.node.faults.during(faults.chain_id(OTHER_CHAIN)):
            reports = [here.station.minutes(1) for _ in range(4)]
        assert [report.exit_code for report in reports] == [1] * 4
        assert here.station.cursor() == FINAL
        assert here.station.told().count("on another chain than Tezos mainnet") == 1

        here.station.minutes(1)
        assert here.station.told().count("on the right chain again") == 1
        assert [(row["rule"], row["target"]) for row in here.station.incidents()] == [("wrong_chain", "source")]
        assert _alike(here)


def test_an_endpoint_on_another_chain_is_left_out(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, nodes=2) as here:
        here.node.faults.add(faults.chain_id(OTHER_CHAIN))
        here.node.faults.add(faults.fork(START - 50))
        here.station.minutes(3)

        assert [(row["rule"], row["target"]) for row in here.station.incidents()] == [("wrong_chain", "127.0.0.1#1")]
        assert here.station.cursor() == here.final
        assert _alike(here)


def test_endpoints_that_disagree_briefly_leave_nothing_unknown(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, nodes=2) as here:
        here.station.told()
        with here.nodes[1].faults.during(faults.fork(START + 5)):
            here.station.minutes(1)
            assert here.station.cursor() != here.final
            here.station.minutes(1)
        assert here.station.told().count("endpoints disagree") == 1
        here.station.minutes(1)

        assert here.station.told().count("endpoints agree again") == 1
        assert here.station.cursor() == here.final
        assert [row["rule"] for row in here.station.incidents()] == ["endpoints_disagree"]
        assert _alike(here)


def test_a_level_endpoints_keep_disagreeing_about_becomes_unknown(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN, nodes=2) as here:
        here.station.told()
        with here.nodes[1].faults.during(faults.fork(START + 5)):
            here.station.minutes(1)
            disputed = (here.station.cursor() or 0) + 1
            here.station.minutes(3)
        here.station.minutes(1)

        assert here.outcomes("bob", "attestation", disputed - 1, disputed - 1) == {disputed - 1: "unknown"}
        reasons = here.station.rows("SELECT from_level, reason FROM coverage_gap")
        assert reasons[0] == {"from_level": disputed, "reason": "endpoints disagree about this block"}
        assert [row["rule"] for row in here.station.incidents()] == ["endpoints_disagree"]
        stored = here.outcomes("bob", "attestation", FINAL, here.final - 1)
        truth = here.true_outcomes("bob", "attestation", FINAL, here.final - 1)
        assert {level: outcome for level, outcome in stored.items() if outcome != "unknown"}.items() <= truth.items()


def test_finalised_blocks_that_are_replaced_are_told_and_judged_again(tmp_path: Path) -> None:
    plan = small_plan(seed=5).miss_bake(START + 7)
    with scene(tmp_path, plan, ("alice", "bob", "carol", "dave")) as here:
        here.station.minutes(2)
        here.station.told()
        other = here.chain.forked(START + 3, "other")
        here.node.follow(other)

        first = here.station.minutes(1)
        assert first.exit_code == 0
        assert here.station.cursor() == START + 2
        assert "finalised blocks replaced" in here.station.told()
        here.station.minutes(1)

        assert "one history again" in here.station.told()
        incidents = here.station.incidents("reorganisation")
        assert [(row["target"], row["severity"]) for row in incidents] == [("source", "critical")]
        assert incidents[0]["evidence"]["first_level"] == START + 3
        assert here.station.cursor() == here.final
        for name in ("alice", "bob", "carol", "dave"):
            stored = [
                (row["duty"], row["level"], row["round"], row["outcome"])
                for row in here.station.history(here.address(name), START - 101)
                if row["duty"] == "baking" or row["level"] < here.final
            ]
            facts = other.truth(here.address(name), START - 101, here.final)
            truth = [tuple(fact) for fact in facts if fact.duty == "baking" or fact.level < here.final]
            assert sorted(stored) == sorted(truth)


def test_blocks_replaced_from_the_first_level_on_are_judged_again_from_the_oldest(tmp_path: Path) -> None:
    with scene(tmp_path, PLAN) as here:
        here.node.follow(here.chain.forked(START - 200, "all"))
        here.station.minutes(3)

        assert here.station.cursor() == here.final
        assert [row["rule"] for row in here.station.incidents()] == ["reorganisation"]

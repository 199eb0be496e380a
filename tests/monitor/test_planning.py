from __future__ import annotations

from pathlib import Path

from collectors.interface import Plan
from collectors.tezos.health import CONSTANTS, DELEGATE
from monitor.database import open_database, reading
from monitor.planning import load_plan
from monitor.watched import watched_networks
from simulator.plan import small_plan
from tests.running import Station
from tests.scenes import NETWORK, play

START = 10_150
PLAN = small_plan(seed=7)
ALICE, BOB = PLAN.baker("alice").address, PLAN.baker("bob").address


def plan_of(station: Station) -> Plan:
    """What the next run would tell its collector."""
    configuration = station.configuration
    assert configuration.watch_list is not None
    (watched,) = watched_networks(configuration.settings, configuration.watch_list)
    engine = open_database(configuration.settings.database_url.get_secret_value())
    try:
        with reading(engine) as connection:
            return load_plan(connection, watched, configuration.settings, int(station.clock()))
    finally:
        engine.dispose()


def test_after_a_run_the_next_one_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(ALICE)
        station.run()
        plan = plan_of(station)
        assert (plan.network, plan.expected_chain_id) == (NETWORK, "NetXdQprcVkpaWU")
        assert plan.cursor is not None
        assert (plan.cursor.level, plan.cursor.hash) == (START - 2, scene.chain.hash(START - 2))
        assert plan.cursor.judged_level == plan.cursor.first_look_level == START - 2
        assert plan.hashes == {level: scene.chain.hash(level) for level in range(START - 21, START - 1)}
        assert plan.cycle == scene.chain.cycle(START - 2)
        assert {kind for _, kind in plan.readings} >= {CONSTANTS, DELEGATE}


def test_a_delegate_that_is_new_has_no_first_level_yet(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(ALICE)
        station.run()
        station.watch([ALICE, BOB])
        assert plan_of(station).watched == {ALICE: START - 21, BOB: None}
        station.watch([BOB])
        assert plan_of(station).watched == {BOB: None}


def test_a_delegate_that_was_removed_and_comes_back_is_new(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(ALICE, BOB)
        station.run()
        station.watch([BOB])
        station.minutes(1)
        station.watch([ALICE, BOB])
        assert plan_of(station).watched[ALICE] is None


def test_who_missed_is_due(tmp_path: Path) -> None:
    with play(PLAN.outage("alice", START - 5, START).outage("bob", START - 5, START), START, tmp_path) as scene:
        station = scene.station(ALICE, BOB)
        station.run()  # the constants, and one of the two
        ((target, reason),) = plan_of(station).due
        assert (target in (ALICE, BOB), reason) == (True, "missed")


def test_a_commitment_that_is_not_revealed_is_carried_on(tmp_path: Path) -> None:
    level = next(level for level in range(START, START + 60) if level % PLAN.blocks_per_commitment == 0)
    with play(PLAN, level + 3, tmp_path) as scene:
        bakers = [scene.chain.bake(one).baker.address for one in range(level - 2, level + 3)]
        station = scene.station(*dict.fromkeys(bakers), BLOCK_SLIDING_WINDOW_SIZE=30)
        station.run()
        committed = plan_of(station).unrevealed
        assert set(committed.values()) <= set(bakers)
        assert committed


def test_before_the_first_contact_nothing_is_known(tmp_path: Path) -> None:
    with play(PLAN, START, tmp_path) as scene:
        station = scene.station(ALICE, MAX_CATCHUP_BLOCKS=77, MIN_PEERS=2, ALERT_INACTIVE_STATE_THRESHOLD=99)
        scene.node.stop()
        station.run()
        plan = plan_of(station)
        assert (plan.network, plan.cursor, plan.expected_chain_id, plan.hashes) == (None, None, None, {})
        assert (plan.first_look, plan.max_catchup, plan.stale_after, plan.want_peers) == (20, 77, 99, True)

"""What happens on a simulated subtensor chain, read as a client would: through the official decoder."""

from __future__ import annotations

from typing import Any

from simulator.subtensor.chain import Chain
from simulator.subtensor.parameters import TAO
from simulator.subtensor.plan import COUNCIL, Plan, small_plan
from simulator.subtensor.runtime import Release, storage_key
from tests.simulator.subtensor.oracle import Oracle

PLAN = small_plan(tempo=40, full=True)
FIRST = PLAN.first_block
MODULE = "SubtensorModule"


class Reader:
    def __init__(self, plan: Plan) -> None:
        self.plan, self.chain = plan, Chain(plan)
        self._oracles: dict[int, Oracle] = {}

    def oracle(self, block: int) -> Oracle:
        code = self.chain.runtime_of(block)
        return self._oracles.setdefault(code.spec_version, Oracle(code.metadata(15)))

    def value(self, block: int, item: str, *parts: Any, pallet: str = MODULE) -> Any:
        oracle = self.oracle(block)
        key = bytes.fromhex(oracle.key(pallet, item, *parts)[2:])
        return oracle.value(pallet, item, self.chain.raw(key, block))

    def events(self, block: int, name: str = "") -> list[Any]:
        raw = self.chain.raw(storage_key("System", "Events"), block)
        assert raw is not None
        return [fields for _, event, fields, _ in self.oracle(block).events(raw) if name in ("", event)]

    def calls(self, block: int) -> list[tuple[str | None, str, dict[str, Any]]]:
        code = self.chain.runtime_of(block)
        return [self.oracle(block).call(one.encoded(code)) for one in self.chain.block(block).extrinsics]


READ = Reader(PLAN)


def test_the_same_plan_gives_the_same_bytes_in_any_order() -> None:
    one, other = Chain(PLAN), Chain(PLAN)
    other.advance(FIRST + 90)
    keys = [
        storage_key("System", "Events"),
        storage_key(MODULE, "Emission", (1,)),
        storage_key(MODULE, "SubnetTAO", (2,)),
    ]
    for block in (FIRST, FIRST + 33, FIRST + 80):
        assert [one.raw(key, block) for key in keys] == [other.raw(key, block) for key in keys]
        assert one.hash(block) == other.hash(block)
    assert Chain(small_plan(2, tempo=40)).hash(FIRST) != one.hash(FIRST)


def test_everything_that_is_stored_is_read_by_the_official_decoder() -> None:
    block = FIRST + 130
    oracle, code = READ.oracle(block), READ.chain.runtime_of(block)
    READ.chain.advance(block)
    keys = READ.chain.state.keys(b"", block, code, count=10_000)
    assert len(keys) > 400
    for key in keys:
        place = READ.chain.state.place(key)
        oracle.value(place.pallet, place.item, READ.chain.raw(key, block))


def test_every_block_and_its_events_are_read_by_the_official_decoder() -> None:
    for block in range(FIRST, FIRST + 90):
        calls, events = READ.calls(block), READ.events(block)
        assert calls[0] == (None, "Timestamp.set", {"now": READ.chain.timestamp(block) * 1000})
        assert len(events) >= len(calls)


def test_an_epoch_comes_every_tempo_and_moves_what_belongs_to_it() -> None:
    last = READ.value(FIRST + 100, "LastEpochBlock", 1)
    assert READ.value(last - 1, "LastEpochBlock", 1) == last - 40
    assert READ.value(last, "SubnetEpochIndex", 1) == READ.value(last - 1, "SubnetEpochIndex", 1) + 1
    assert READ.value(last, "Emission", 1) != READ.value(last - 1, "Emission", 1)
    assert READ.value(last + 7, "Emission", 1) == READ.value(last, "Emission", 1)
    assert READ.value(last + 7, "BlocksSinceLastStep", 1) == 7


def test_validators_hold_permits_and_earn_and_miners_earn_by_their_quality() -> None:
    block = FIRST + 60
    permits, emission = READ.value(block, "ValidatorPermit", 1), READ.value(block, "Emission", 1)
    incentive = READ.value(block, "Incentive", 1)
    assert permits == [True] * 6 + [False] * 8
    assert min(emission) > 0
    assert incentive[:6] == [0] * 6
    assert incentive[6] > incentive[10] > incentive[13] > 0
    assert READ.value(block, "AlphaDividendsPerSubnet", 1, PLAN.hotkey("alice")) > 0
    assert READ.value(block, "AlphaDividendsPerSubnet", 1, PLAN.hotkey("m1-1")) is None


def test_weights_move_last_update_of_their_mechanism() -> None:
    block = next(b for b in range(FIRST + 40, FIRST + 90) if (4099, 0) in map(tuple, READ.events(b, "WeightsSet")))
    signers = {(signer, name) for signer, name, _ in READ.calls(block)}
    assert (PLAN.hotkey("alice"), "SubtensorModule.set_mechanism_weights") in signers
    assert READ.value(block, "LastUpdate", 4099)[0] == block
    assert READ.value(block - 1, "LastUpdate", 4099)[0] < block


def test_commits_are_revealed_after_their_epoch_and_lost_ones_are_not() -> None:
    plan = PLAN.lost_reveals(2, "alice", FIRST)
    read = Reader(plan)
    revealed = [
        fields for block in range(FIRST, FIRST + 100) for fields in read.events(block, "TimelockedWeightsRevealed")
    ]
    who = {fields[1] for fields in revealed}
    assert plan.hotkey("bob") in who
    assert plan.hotkey("alice") not in who
    waiting = read.value(FIRST + 60, "TimelockedWeightCommits", 2, read.value(FIRST + 60, "SubnetEpochIndex", 2) - 1)
    assert [one[0] for one in waiting] == [plan.hotkey("alice")] * len(waiting)
    assert waiting


def test_a_registration_takes_the_place_of_the_lowest_emission() -> None:
    read = Reader(PLAN.register(1, "newcomer", FIRST + 20))
    uid = read.value(FIRST + 20, "Uids", 1, PLAN.hotkey("newcomer"))
    assert [tuple(one) for one in read.events(FIRST + 20, "NeuronRegistered")] == [(1, uid, PLAN.hotkey("newcomer"))]
    assert read.value(FIRST + 19, "Keys", 1, uid) == PLAN.hotkey("m1-8")
    assert read.value(FIRST + 20, "Keys", 1, uid) == PLAN.hotkey("newcomer")
    assert read.value(FIRST + 20, "Uids", 1, PLAN.hotkey("m1-8")) is None
    assert read.value(FIRST + 20, "Emission", 1)[uid] == 0


def test_a_parameter_is_set_by_the_owner_in_a_batch_through_a_proxy_by_root_or_by_two() -> None:
    plan = (
        PLAN.set_parameter(1, FIRST + 5, "immunity_period", 100, wrapped="batch")
        .set_parameter(1, FIRST + 6, "kappa", 30_000, by="root")
        .set_parameter(2, FIRST + 7, "weights_version", 8, wrapped="proxy")
        .change_owner(3, COUNCIL, FIRST + 8)
        .set_parameter(3, FIRST + 9, "min_burn", 700_000)
    )
    read = Reader(plan)
    names = [read.calls(FIRST + offset)[1][:2] for offset in (5, 6, 7, 9)]
    assert names == [
        (plan.coldkey("owner1"), "Utility.batch_all"),
        (plan.coldkey("sudo"), "Sudo.sudo"),
        (plan.coldkey("owner2-proxy"), "Proxy.proxy"),
        (plan.coldkey("councillor-2"), "Multisig.as_multi"),
    ]
    assert (read.value(FIRST + 4, "ImmunityPeriod", 1), read.value(FIRST + 5, "ImmunityPeriod", 1)) == (200, 100)
    assert read.value(FIRST + 6, "Kappa", 1) == 30_000
    assert read.value(FIRST + 9, "SubnetOwner", 3) == plan.coldkey(COUNCIL)
    assert read.value(FIRST + 9, "MinBurn", 3) == 700_000


def test_failed_extrinsics_bear_the_error_of_their_runtime() -> None:
    read = Reader(PLAN.failing_weights(1, "alice", FIRST, FIRST + 60))
    errors = [
        fields["dispatch_error"]
        for block in range(FIRST, FIRST + 60)
        for fields in read.events(block, "ExtrinsicFailed")
    ]
    assert len(errors) >= 2
    module = errors[0]["Module"]
    code = bytes.fromhex(module["error"][2:])[0] if isinstance(module["error"], str) else module["error"][0]
    assert read.oracle(FIRST).runtime.module_error(module["index"], code)[0] == "SettingWeightsTooFast"


def test_an_upgrade_moves_numbers_and_drops_items_from_the_block_after() -> None:
    at = FIRST + 50
    plan = PLAN.upgrade(at, Release(473, moved=True, gone=("SubtensorModule.ValidatorTrust",)))
    read = Reader(plan)
    assert len(read.events(at, "CodeUpdated")) == 1
    assert [read.value(block, "LastRuntimeUpgrade", pallet="System")["spec_version"] for block in (at, at + 1)] == [
        461,
        473,
    ]
    assert (read.chain.runtime_after(at).spec_version, read.chain.runtime_of(at).spec_version) == (473, 461)
    assert read.value(at, "ValidatorTrust", 1)
    assert read.chain.raw(storage_key(MODULE, "ValidatorTrust", (1,)), at + 1) is None
    for block in range(at, at + 45):
        assert read.calls(block)
        assert read.events(block)


def test_children_are_pending_and_then_in_force() -> None:
    read = Reader(PLAN.set_children(1, "alice", FIRST + 5, [("bob", 0.5)]))
    pending, due = read.value(FIRST + 20, "PendingChildKeys", 1, PLAN.hotkey("alice"))
    assert (pending[0][1], due) == (PLAN.hotkey("bob"), FIRST + 55)
    assert read.value(FIRST + 54, "ChildKeys", PLAN.hotkey("alice"), 1) is None
    assert read.value(FIRST + 55, "ChildKeys", PLAN.hotkey("alice"), 1)[0][1] == PLAN.hotkey("bob")
    assert read.value(FIRST + 55, "ParentKeys", PLAN.hotkey("bob"), 1)[0][1] == PLAN.hotkey("alice")


def test_money_moves_and_a_coldkey_is_swapped() -> None:
    plan = (
        PLAN.transfer("alice", "stranger", FIRST + 3, 4 * TAO)
        .announce_coldkey_swap("alice", "thief", FIRST + 4)
        .swap_coldkey("alice", "thief", FIRST + 9)
    )
    read = Reader(plan)
    accounts = [read.value(FIRST + 3, "Account", plan.coldkey(who), pallet="System") for who in ("alice", "stranger")]
    assert [account["data"]["free"] for account in accounts] == [6 * TAO, 14 * TAO]
    assert read.value(FIRST + 4, "ColdkeySwapAnnouncements", plan.coldkey("alice"))[0] == FIRST + 4 + 36_000
    assert read.value(FIRST + 9, "ColdkeySwapAnnouncements", plan.coldkey("alice")) is None
    assert read.value(FIRST + 9, "Owner", plan.hotkey("alice")) == plan.coldkey("thief")


def test_a_dissolved_subnet_leaves_nothing() -> None:
    read = Reader(PLAN.dissolve(2, FIRST + 5, after=10))
    assert read.value(FIRST + 5, "DissolveCleanupQueue") == [2]
    assert read.value(FIRST + 15, "NetworksAdded", 2) is None
    assert read.value(FIRST + 15, "TotalNetworks") == 3
    assert read.value(FIRST + 15, "Keys", 2, 0) is None
    assert read.value(FIRST + 15, "TotalHotkeyAlpha", PLAN.hotkey("alice"), 2) is None
    assert read.value(FIRST + 15, "TotalHotkeyAlpha", PLAN.hotkey("alice"), 1) > 0


def test_a_stall_delays_all_later_blocks_and_finality_never_goes_back() -> None:
    chain = Chain(PLAN.stall(FIRST + 10, 200).finality_lag(FIRST + 30, FIRST + 50, 40))
    assert chain.timestamp(FIRST + 10) - chain.timestamp(FIRST + 9) == 212
    assert chain.head_at(chain.timestamp(FIRST + 9) + 211) == FIRST + 9
    final = [chain.finalized_of(head) for head in range(FIRST + 5, FIRST + 80)]
    assert final == sorted(final)
    assert {FIRST + 50 - chain.finalized_of(FIRST + 50), FIRST + 60 - chain.finalized_of(FIRST + 60)} & {2, 3}
    assert FIRST + 50 - chain.finalized_of(FIRST + 50) > 20

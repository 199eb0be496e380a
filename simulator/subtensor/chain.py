"""A simulated subtensor chain: its blocks, when they come, and what is stored at each.

Blocks are made one after another, as far as somebody asks; a plan and a height decide all of them.
"""

from __future__ import annotations

from bisect import bisect_right
from threading import RLock
from typing import Any, NamedTuple

from simulator.subtensor.acts import perform
from simulator.subtensor.extrinsic import Block, Extrinsic
from simulator.subtensor.genesis import write_genesis
from simulator.subtensor.hashing import blake2_256
from simulator.subtensor.plan import Plan
from simulator.subtensor.routine import begin_block, run_epoch, set_weights
from simulator.subtensor.running import storage_index
from simulator.subtensor.runtime import SPEC_NAME, Release, Runtime, runtime
from simulator.subtensor.state import Place, State
from simulator.subtensor.world import World


class Made(NamedTuple):
    """A block as it became."""

    number: int
    extrinsics: tuple[Extrinsic, ...]
    records: tuple[Any, ...]
    """(phase, event, topics)"""


class Chain:
    """Safe to use from several threads. Nothing in it depends on the order of questions."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = State()
        self._releases = _releases(plan)
        self._stalls = sorted((act.block, int(act.details["seconds"])) for act in plan.acts if act.kind == "stall")
        self._made: list[Made] = []
        self._lock = RLock()
        self.world = World(plan, self.state, runtime(plan.release))
        write_genesis(self.world)
        self._first_epochs()

    # Where and when ---------------------------------------------------------------------------------------------

    @property
    def newest(self) -> int:
        """The highest block that was made so far."""
        return self.plan.first_block + len(self._made) - 1

    def timestamp(self, block: int) -> int:
        """UTC seconds."""
        late: int = sum(seconds for at, seconds in self._stalls if at <= block)
        return self.plan.genesis_time + (block - self.plan.first_block) * self.plan.block_time + late

    def head_at(self, now: float) -> int:
        """The highest block whose time has come; the first when none has."""
        first = self.plan.first_block
        low, high = first, first + max(0, int(now - self.plan.genesis_time)) // self.plan.block_time
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.timestamp(middle) <= now else (low, middle - 1)
        return low

    def finalized_of(self, head: int) -> int:
        """What is final while `head` is the head: 2 or 3 blocks behind it, or as far as a script says."""
        lag = 2 + blake2_256(self.hash(head))[0] % 2
        final = head - lag
        for spell in self.plan.spells:
            if spell.kind == "finality_lag" and spell.covers(head):
                final = min(final, max(head - spell.value, spell.first - 3))
        return max(self.plan.first_block, final)

    def hash(self, block: int) -> bytes:
        """Hides its height in the last four bytes, so that a block is found by its hash at once."""
        if block == 0:
            return bytes.fromhex(self.plan.genesis[2:])
        return blake2_256(repr(("block", self.plan.seed, self.plan.chain, block)).encode())[:28] + block.to_bytes(
            4, "big"
        )

    def block_of(self, block_hash: bytes) -> int | None:
        block = int.from_bytes(block_hash[-4:], "big") if len(block_hash) == 32 else -1
        if block_hash == self.hash(0):
            return 0
        return block if block > 0 and self.hash(block) == block_hash else None

    # Runtimes -----------------------------------------------------------------------------------------------------

    def runtime_of(self, block: int) -> Runtime:
        """The one that wrote the block: its state and its events."""
        return self._runtime(block)

    def runtime_after(self, block: int) -> Runtime:
        """The code that is stored after the block: what `state_call` runs on it."""
        return self._runtime(block + 1)

    def _runtime(self, block: int) -> Runtime:
        place = bisect_right([first for first, _ in self._releases], block) - 1
        return runtime(self._releases[max(0, place)][1])

    # Blocks -------------------------------------------------------------------------------------------------------

    def block(self, number: int) -> Made:
        """Raises IndexError for one before the chain's first."""
        if number < self.plan.first_block:
            raise IndexError(number)
        self.advance(number)
        return self._made[number - self.plan.first_block]

    def advance(self, number: int) -> None:
        """Makes the blocks up to this one."""
        if number <= self.newest:
            return
        with self._lock:
            while self.newest < number:
                self._made.append(self._make(self.newest + 1))

    def raw(self, key: bytes, block: int) -> bytes | None:
        """What is stored under the key after the block."""
        self.advance(block)
        return self.state.raw(key, block, self.runtime_of(block))

    def value(self, block: int, item: str, *parts: Any, pallet: str = "SubtensorModule") -> Any:
        """As `raw`, not encoded; accounts as bytes. None where nothing is stored."""
        self.advance(block)
        return self.state.get(Place(pallet, item, parts), block)

    def _first_epochs(self) -> None:
        """So that the first block finds what the epoch before it gave."""
        for subnet in self.world.subnets.values():
            last, index = subnet.last_epoch, subnet.epoch_index
            for mechanism in range(subnet.plan.mechanisms):
                updates = tuple(neuron.updates[mechanism] for neuron in subnet.neurons)
                self.world.put("LastUpdate", storage_index(subnet.netuid, mechanism), value=updates)
            run_epoch(self.world, subnet)
            subnet.last_epoch, subnet.epoch_index = last, index
            self.world.put("LastEpochBlock", subnet.netuid, value=last)
            self.world.put("SubnetEpochIndex", subnet.netuid, value=index)
        begin_block(self.world)

    def _make(self, number: int) -> Made:
        world, code = self.world, self.runtime_of(number)
        before = world.block.runtime
        world.block = block = Block(number, code)
        if code is not before:
            self._migrate(before, code)
        for item, value in (("Number", number), ("ParentHash", self.hash(number - 1))):
            world.put(item, value=value, pallet="System")
        begin_block(world)
        milliseconds = self.timestamp(number) * 1000
        block.add(Extrinsic(("Timestamp", "set", {"now": milliseconds})))
        world.put("Now", value=milliseconds, pallet="Timestamp")
        for act in world.acts.get(number, ()):
            perform(world, act)
        set_weights(world)
        made = Made(number, tuple(block.extrinsics), tuple(block.records))
        world.put("Events", value=made.records, pallet="System")
        world.put("EventCount", value=len(made.records), pallet="System")
        return made

    def _migrate(self, before: Runtime, after: Runtime) -> None:
        """The first block under new code: what the release dropped is deleted."""
        number = self.world.number
        self.world.put("LastRuntimeUpgrade", value=(after.spec_version, SPEC_NAME), pallet="System")
        for pallet in before.schema.pallets:
            for entry in pallet.storage:
                if not after.has(pallet.name, entry.name):
                    for parts in self.state.parts(pallet.name, entry.name):
                        self.state.put(number, Place(pallet.name, entry.name, parts), None)


def _releases(plan: Plan) -> list[tuple[int, Release]]:
    """(first block that the release wrote, release), ascending."""
    upgrades = sorted((act.block + 1, act.details["release"]) for act in plan.acts if act.kind == "upgrade")
    return [(0, plan.release), *upgrades]

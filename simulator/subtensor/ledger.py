"""What a chain did, in the order of its blocks: what the truth is read from.

Read from storage and from what each block holds, never from the script: what a script said and the chain did not do is
no truth.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from typing import Any, Final, NamedTuple

from simulator.subtensor.chain import Chain
from simulator.subtensor.hashing import ss58
from simulator.subtensor.parameters import PARAMETERS
from simulator.subtensor.running import storage_index
from simulator.subtensor.state import Place
from simulator.subtensor.world import MODULE

_WEIGHTS: Final = frozenset(
    {
        "set_weights",
        "set_mechanism_weights",
        "commit_timelocked_weights",
        "commit_timelocked_mechanism_weights",
    }
)


class Attempt(NamedTuple):
    """A validator set or committed weights, or tried to."""

    block: int
    succeeded: bool


class Ledger:
    """The blocks from the chain's first to `until`, both inclusive."""

    def __init__(self, chain: Chain, until: int) -> None:
        chain.advance(until)
        self.chain, self.first, self.until = chain, chain.plan.first_block, until

    def value(self, block: int, item: str, *parts: Any, default: Any = None) -> Any:
        found = self.chain.value(block, item, *parts)
        return default if found is None else found

    def changes(self, item: str, *parts: Any, pallet: str = MODULE) -> list[tuple[int, Any]]:
        """(block, value that is stored from it on), oldest first; None: nothing."""
        return [one for one in self.chain.state.changes(Place(pallet, item, parts)) if one[0] <= self.until]

    def parameter(self, block: int, netuid: int, name: str) -> Any:
        row = PARAMETERS[name]
        return self.value(block, row.item, netuid, default=row.default)

    def exists(self, block: int, netuid: int) -> bool:
        return bool(self.value(block, "NetworksAdded", netuid))

    def element(self, block: int, item: str, netuid: int, uid: int) -> Any:
        vector = self.value(block, item, netuid, default=())
        return vector[uid] if uid < len(vector) else 0

    @cached_property
    def netuids(self) -> list[int]:
        return [subnet.netuid for subnet in self.chain.plan.subnets]

    @cached_property
    def neurons(self) -> list[tuple[int, bytes]]:
        """(netuid, hotkey) of all that ever held a uid."""
        return sorted(place.parts for place in self.chain.state.places(MODULE, "Uids") if place.parts[0])

    def ages(self, block: int, netuid: int, uid: int) -> list[int]:
        """Blocks since its weights, by mechanism."""
        count = self.parameter(block, netuid, "mechanism_count")
        indices = [storage_index(netuid, mechanism) for mechanism in range(count)]
        return [block - self.element(block, "LastUpdate", index, uid) for index in indices]

    def epochs(self, netuid: int) -> list[int]:
        """Blocks at which an epoch ran, with the one before the first block."""
        return [
            block for block, last in self.changes("LastEpochBlock", netuid) if last in (block, self._before(netuid))
        ]

    def _before(self, netuid: int) -> Any:
        return self.value(self.first - 1, "LastEpochBlock", netuid)

    def interval(self, netuid: int, hotkey: bytes) -> int:
        """How often it usually sets weights, blocks; 0 where it never does."""
        plan = self.chain.plan
        return next(
            (one.interval for one in plan.subnet(netuid).neurons if plan.hotkey_bytes(one.name) == hotkey),
            0,
        )

    # What blocks hold ---------------------------------------------------------------------------------------------

    @cached_property
    def events(self) -> dict[str, list[tuple[int, tuple[Any, ...]]]]:
        """ "SubtensorModule.WeightsSet" -> (block, fields), oldest first."""
        found = defaultdict(list)
        for block in range(self.first, self.until + 1):
            for _, (pallet, name, *fields), _ in self.chain.block(block).records:
                found[f"{pallet}.{name}"].append((block, tuple(fields)))
        return found

    @cached_property
    def attempts(self) -> dict[tuple[int, bytes], list[Attempt]]:
        """By (netuid, hotkey), oldest first."""
        found = defaultdict(list)
        for block in range(self.first, self.until + 1):
            for one in self.chain.block(block).extrinsics:
                if one.call[1] in _WEIGHTS and one.signer is not None:
                    found[one.call[2]["netuid"], one.signer].append(Attempt(block, one.error is None))
        return found

    def last_event(self, name: str, block: int, *fields: Any) -> int | None:
        """The newest block up to `block` with that event and those first fields."""
        blocks = self._event_blocks.setdefault(
            (name, fields),
            [at for at, told in self.events.get(f"{MODULE}.{name}", ()) if told[: len(fields)] == fields],
        )
        place = bisect_right(blocks, block)
        return blocks[place - 1] if place else None

    @cached_property
    def _event_blocks(self) -> dict[tuple[Any, ...], list[int]]:
        return {}


def neuron_target(netuid: int, hotkey: bytes) -> str:
    return f"{netuid}/{ss58(hotkey)}"

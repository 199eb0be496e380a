"""What is wrong with a hotkey on a subnet at each block. See `truth`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.subtensor.epoch_truth import epoch_facts
from simulator.subtensor.ledger import Ledger
from simulator.subtensor.running import storage_index

_HOUR: Final = 300
_ATTEMPTS: Final = 150
_EARNINGS: Final = frozenset({"vtrust_low", "dividends_drop", "dividends_zero"})
"""Rules that mean nothing without a permit."""


class NeuronTruth:
    def __init__(self, ledger: Ledger, netuid: int, hotkey: bytes) -> None:
        self._ledger, self._netuid, self._hotkey = ledger, netuid, hotkey
        self._facts = list(epoch_facts(ledger, netuid, hotkey, ledger.until))
        self._validated = False
        self._registered = False

    def bad(self, block: int, known: frozenset[str]) -> Iterator[str]:
        """To be asked block after block, from the first."""
        ledger, netuid = self._ledger, self._netuid
        if not ledger.exists(block, netuid):
            if self._registered:
                yield "deregistered"
            return
        yield from self._stake(block, known)
        uid = ledger.value(block, "Uids", netuid, self._hotkey)
        if uid is None:
            if self._registered:
                yield "deregistered"
            return
        self._registered = True
        permit = bool(ledger.element(block, "ValidatorPermit", netuid, uid))
        self._validated |= permit
        yield from self._of_epochs(block, permit)
        yield from self._anybody(block, uid, known)
        if self._validated:
            if permit and not self._lends_everything(block):
                yield from self._working(block, uid)
        else:
            yield from self._miner(block)

    def _of_epochs(self, block: int, permit: bool) -> Iterator[str]:
        newest = frozenset[str]()
        for fact in self._facts:
            if fact.first > block:
                break
            newest = fact.bad
        yield from newest if permit else newest - _EARNINGS

    # Validators ---------------------------------------------------------------------------------------------------

    def _lends_everything(self, block: int) -> bool:
        children = self._ledger.value(block, "ChildKeys", self._hotkey, self._netuid, default=())
        return bool(sum(share for share, _ in children) > 0.999 * 2**64)

    def _working(self, block: int, uid: int) -> Iterator[str]:
        ledger, netuid = self._ledger, self._netuid
        tempo = ledger.parameter(block, netuid, "tempo")
        cutoff = ledger.parameter(block, netuid, "activity_cutoff_factor") * tempo // 1000
        usual = ledger.interval(netuid, self._hotkey)
        stale = max(2.5 * usual, 1.5 * tempo, 2 * ledger.parameter(block, netuid, "weights_rate_limit"))
        ages = ledger.ages(block, netuid, uid)
        if max(ages) > min(stale, 0.5 * cutoff):
            yield "weights_stale"
        if min(ages) > cutoff or not ledger.element(block, "Active", netuid, uid):
            yield "inactive"
        if ledger.parameter(block, netuid, "commit_reveal_weights_enabled") and self._unrevealed(block, tempo):
            yield "reveal_missing"

    def _unrevealed(self, block: int, tempo: int) -> bool:
        """A commit that was due an epoch ago or more, and nothing revealed since it was made."""
        ledger, netuid = self._ledger, self._netuid
        late = (ledger.parameter(block, netuid, "commit_reveal_period") + 2) * tempo
        for mechanism in range(ledger.parameter(block, netuid, "mechanism_count")):
            index = storage_index(netuid, mechanism)
            revealed = ledger.last_event("TimelockedWeightsRevealed", block, index, self._hotkey)
            committed = ledger.last_event("TimelockedWeightsCommitted", block - late, self._hotkey, index)
            if committed is not None and committed > (revealed or 0):
                return True
        return False

    # Miners -------------------------------------------------------------------------------------------------------

    def _miner(self, block: int) -> Iterator[str]:
        axon = self._ledger.value(block, "Axons", self._netuid, self._hotkey)
        if axon is None or not axon[2] or not axon[3]:
            yield "axon"

    # Both ---------------------------------------------------------------------------------------------------------

    def _anybody(self, block: int, uid: int, known: frozenset[str]) -> Iterator[str]:
        ledger, netuid = self._ledger, self._netuid
        if self._refused(block):
            yield "weights_failed"
        if self._children_pending(block):
            yield "childkeys_pending"
        collateral = ledger.value(block, "MinerCollateral", netuid, self._hotkey, self._coldkey(block))
        if collateral is not None and collateral[0] < collateral[2]:
            yield "collateral"
        if self._immunity_ends(block, uid, known):
            yield "immunity_ending"
        if self._nearly_pruned(block, uid):
            yield "dereg_risk"

    def _coldkey(self, block: int) -> bytes:
        owner: bytes = self._ledger.value(block, "Owner", self._hotkey, default=bytes(32))
        return owner

    def _refused(self, block: int) -> bool:
        """Two attempts or more failed within 150 blocks, and none succeeded after."""
        tried = self._ledger.attempts.get((self._netuid, self._hotkey), ())
        recent = [one for one in tried if block - _ATTEMPTS <= one.block <= block]
        failed = [one.block for one in recent if not one.succeeded]
        succeeded = [one.block for one in recent if one.succeeded]
        return len(failed) >= 2 and max(succeeded, default=0) < failed[-1]

    def _children_pending(self, block: int) -> bool:
        """Its own, or its parents' that will lend it less."""
        ledger, netuid = self._ledger, self._netuid
        if ledger.value(block, "PendingChildKeys", netuid, self._hotkey) is not None:
            return True
        for share, parent in ledger.value(block, "ParentKeys", self._hotkey, netuid, default=()):
            pending = ledger.value(block, "PendingChildKeys", netuid, parent)
            if pending is not None:
                kept = sum(part for part, child in pending[0] if child == self._hotkey)
                if share - kept > 2**64 // 1000:
                    return True
        return False

    def _immunity_ends(self, block: int, uid: int, known: frozenset[str]) -> bool:
        """Less than a quarter of it is left, at most 1,200 blocks, and nothing was earned; over with two epochs of
        emission. The owner's is never taken."""
        ledger, netuid = self._ledger, self._netuid
        if ledger.value(block, "SubnetOwnerHotkey", netuid) == self._hotkey:
            return False
        period = ledger.parameter(block, netuid, "immunity_period")
        left = ledger.value(block, "BlockAtRegistration", netuid, uid) + period - block
        if not 0 < left < min(1200, period / 4):
            return False
        last = ledger.value(block, "LastEpochBlock", netuid)
        epochs = [at for at in ledger.epochs(netuid) if at <= last][-2:]
        earned = [bool(ledger.element(max(at, ledger.first), "Emission", netuid, uid)) for at in epochs]
        return not earned[-1] or ("immunity_ending" in known and not all(earned))

    def _nearly_pruned(self, block: int, uid: int) -> bool:
        """Fewer than three go before it, now and after the epoch before."""
        ledger, netuid = self._ledger, self._netuid
        size = ledger.value(block, "SubnetworkN", netuid)
        if size < ledger.parameter(block, netuid, "max_allowed_uids"):
            return False
        if not ledger.parameter(block, netuid, "registration_allowed"):
            return False
        immunity = ledger.parameter(block, netuid, "immunity_period")
        owner = ledger.value(block, "SubnetOwnerHotkey", netuid)
        order = []
        for other in range(size):
            since = ledger.value(block, "BlockAtRegistration", netuid, other)
            if block - since >= immunity and ledger.value(block, "Keys", netuid, other) != owner:
                order.append((ledger.element(block, "Emission", netuid, other), since, other))
        takeable = max(0, len(order) - ledger.parameter(block, netuid, "min_non_immune_uids"))
        return uid in [other for _, _, other in sorted(order)[:takeable][:3]]

    def _stake(self, block: int, known: frozenset[str]) -> Iterator[str]:
        """5 % left within an hour; over when less than 2 % did."""
        ledger = self._ledger
        if not self._validated or block - _HOUR < ledger.first:
            return
        before = ledger.value(block - _HOUR, "TotalHotkeyAlpha", self._hotkey, self._netuid, default=0)
        now = ledger.value(block, "TotalHotkeyAlpha", self._hotkey, self._netuid, default=0)
        lost = 1 - now / before if before else 0.0
        if lost >= (0.02 if "stake_outflow" in known else 0.05):
            yield "stake_outflow"

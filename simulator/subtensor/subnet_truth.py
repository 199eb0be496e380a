"""What is wrong with a subnet, or with a coldkey, at each block. See `truth`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from simulator.subtensor.ledger import Ledger
from simulator.subtensor.parameters import FIXED, TAO
from simulator.subtensor.world import MODULE

_HOUR: Final = 300
_BURST: Final = 25


class SubnetTruth:
    def __init__(self, ledger: Ledger, netuid: int) -> None:
        self._ledger, self._netuid = ledger, netuid
        self._lowest = 0.0
        """The lowest price since it was told that it falls."""
        self._risen_at = 0
        """The block since which it fell no more, after it was told."""

    def bad(self, block: int, known: frozenset[str]) -> Iterator[str]:
        """To be asked block after block, from the first."""
        ledger, netuid = self._ledger, self._netuid
        if not ledger.exists(block, netuid):
            yield "subnet_removed"
            return
        if netuid in ledger.value(block, "DissolveCleanupQueue", default=()):
            yield "subnet_removed"
        if not ledger.value(block, "SubnetEmissionEnabled", netuid) or not ledger.value(
            block, "SubnetTaoInEmission", netuid
        ):
            yield "emission"
        burned = ledger.value(block, "MinerBurned", netuid, default=0) / FIXED
        if burned > (0.4 if "miner_burned" in known else 0.5):
            yield "miner_burned"
        if self._epoch_late(block, "epoch_late" in known):
            yield "epoch_late"
        if self._falls(block, "price" in known):
            yield "price"
        if self._dark(block, "validators_dark" in known):
            yield "validators_dark"
        if self._registrations(block):
            yield "registrations"
        if self._may_be_pruned(block, "prune_risk" in known):
            yield "prune_risk"
        if ledger.value(block, "ColdkeySwapAnnouncements", ledger.value(block, "SubnetOwner", netuid)):
            yield "coldkey_swap"

    def _epoch_late(self, block: int, already: bool) -> bool:
        """More than 30 blocks, or at once where it was skipped; over with the next."""
        ledger, netuid = self._ledger, self._netuid
        last = ledger.value(block, "LastEpochBlock", netuid)
        late = block - last - ledger.parameter(block, netuid, "tempo")
        skipped = ledger.last_event("EpochSkipped", block, netuid)
        return bool(late > (0 if already or (skipped or 0) > last else 30))

    def _price(self, block: int) -> float:
        alpha = self._ledger.value(block, "SubnetAlphaIn", self._netuid, default=0)
        return self._ledger.value(block, "SubnetTAO", self._netuid, default=0) / alpha if alpha else 0.0

    def _falls(self, block: int, already: bool) -> bool:
        """10 % within an hour; over when it is 3 % above its lowest again, or lost less than that within the hour. What
        was lost until then is over, too."""
        if block - _HOUR < self._ledger.first:
            return False
        before, now = self._price(max(block - _HOUR, self._risen_at)), self._price(block)
        lost = 1 - now / before if before else 0.0
        if not already:
            self._lowest = now
            return lost >= 0.1
        self._lowest = min(self._lowest, now)
        falls = lost >= 0.03 and now < 1.03 * self._lowest
        self._risen_at = self._risen_at if falls else block
        return falls

    def _dark_share(self, block: int) -> float:
        """Of the stake with a permit, the part whose newest weights are older than three tempos."""
        ledger, netuid = self._ledger, self._netuid
        oldest = 3 * ledger.parameter(block, netuid, "tempo")
        total = dark = 0.0
        for uid in range(ledger.value(block, "SubnetworkN", netuid)):
            if ledger.element(block, "ValidatorPermit", netuid, uid):
                hotkey = ledger.value(block, "Keys", netuid, uid)
                stake = ledger.value(block, "TotalHotkeyAlpha", hotkey, netuid, default=0)
                stake += 0.18 * ledger.value(block, "TotalHotkeyAlpha", hotkey, 0, default=0)
                total += stake
                dark += stake if min(ledger.ages(block, netuid, uid)) > oldest else 0
        return dark / total if total else 0.0

    def _dark(self, block: int, already: bool) -> bool:
        """More than 20 %, as before the newest epoch; over below 15 %."""
        now = self._dark_share(block)
        if already:
            return now >= 0.15
        last: int = self._ledger.value(block, "LastEpochBlock", self._netuid)
        return now > 0.2 and last > self._ledger.first and self._dark_share(last - 1) > 0.2

    def _registrations(self, block: int) -> bool:
        """Three within 25 blocks, or closed where it was open."""
        ledger, netuid = self._ledger, self._netuid
        told = ledger.events.get(f"{MODULE}.NeuronRegistered", ())
        burst = [at for at, fields in told if block - _BURST < at <= block and fields[0] == netuid]
        opened = ledger.parameter(ledger.first, netuid, "registration_allowed")
        return len(burst) >= 3 or (opened and not ledger.parameter(block, netuid, "registration_allowed"))

    def _may_be_pruned(self, block: int, already: bool) -> bool:
        """Among the five that go first; over above the eighth."""
        ledger = self._ledger
        immunity = ledger.value(block, "NetworkImmunityPeriod")
        mortal = sorted(
            (ledger.value(block, "SubnetMovingPrice", other), since, other)
            for other in ledger.netuids
            if ledger.exists(block, other)
            and block - (since := ledger.value(block, "NetworkRegisteredAt", other)) >= immunity
        )
        return self._netuid in [other for _, _, other in mortal[: 8 if already else 5]]


def coldkey_bad(ledger: Ledger, coldkey: bytes, block: int, known: frozenset[str]) -> Iterator[str]:
    account = ledger.chain.value(block, "Account", coldkey, pallet="System")
    if account is not None and account[4][0] < (0.75 if "balance_low" in known else 0.5) * TAO:
        yield "balance_low"
    if ledger.value(block, "ColdkeySwapAnnouncements", coldkey):
        yield "coldkey_swap"

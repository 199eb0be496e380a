"""The ways in which a plan is scripted. Each method returns a new plan with one more spell or act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from simulator.subtensor.runtime import Release
from simulator.subtensor.script import Act, Spell


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a plan's script can hold. Spells last from `first` to `last`, inclusive; None: forever."""

    spells: tuple[Spell, ...] = ()
    acts: tuple[Act, ...] = ()

    def spell(
        self, kind: str, first: int, last: int | None, netuid: int | None, who: str | None = None, value: Any = None
    ) -> Self:
        return replace(self, spells=(*self.spells, Spell(kind, first, last, netuid, who, value)))

    def act(self, kind: str, block: int, netuid: int | None = None, who: str | None = None, **details: Any) -> Self:
        return replace(self, acts=(*self.acts, Act(kind, block, netuid, who, details)))

    # Validators -------------------------------------------------------------------------------------------------

    def no_weights(self, netuid: int, who: str, first: int, last: int | None = None) -> Self:
        """It sets and commits no weights."""
        return self.spell("no_weights", first, last, netuid, who)

    def failing_weights(
        self, netuid: int, who: str, first: int, last: int | None = None, error: str = "SettingWeightsTooFast"
    ) -> Self:
        """Its extrinsics fail with the module's error."""
        return self.spell("failing_weights", first, last, netuid, who, error)

    def old_version(self, netuid: int, who: str, first: int, last: int | None = None) -> Self:
        """It stays behind the version key that the subnet asks for after `first`, and its extrinsics fail."""
        return self.spell("old_version", first, last, netuid, who)

    def lost_reveals(self, netuid: int, who: str, first: int, last: int | None = None) -> Self:
        """What it commits in these blocks is never revealed."""
        return self.spell("lost_reveals", first, last, netuid, who)

    def light(self, netuid: int, who: str, first: int, last: int | None = None, factor: float = 0.0) -> Self:
        """Its stake weighs so much less at epochs: the way to lose a permit."""
        return self.spell("light", first, last, netuid, who, factor)

    def less_trust(self, netuid: int, who: str, first: int, last: int | None = None, factor: float = 0.4) -> Self:
        return self.spell("trust", first, last, netuid, who, factor)

    def less_dividends(self, netuid: int, who: str, first: int, last: int | None = None, factor: float = 0.0) -> Self:
        """At 0 it has no entry in the dividend maps."""
        return self.spell("dividends", first, last, netuid, who, factor)

    def dark(self, netuid: int, first: int, last: int | None = None, share: float = 0.6) -> Self:
        """Validators that hold that share of the stake set no weights, the largest first."""
        return self.spell("dark", first, last, netuid, None, share)

    def remove_stake(self, netuid: int, who: str, block: int, share: float) -> Self:
        """That share of the hotkey's alpha, by its coldkey."""
        return self.act("remove_stake", block, netuid, who, share=share)

    def set_take(self, who: str, block: int, take: float) -> Self:
        return self.act("take", block, None, who, take=take)

    def set_childkey_take(self, netuid: int, who: str, block: int, take: float) -> Self:
        return self.act("childkey_take", block, netuid, who, take=take)

    def set_children(self, netuid: int, who: str, block: int, children: Sequence[tuple[str, float]]) -> Self:
        """Pending for `children_cooldown` blocks, then in force."""
        return self.act("children", block, netuid, who, children=tuple(children))

    def swap_hotkey(self, who: str, new: str, block: int, netuid: int | None = None) -> Self:
        """On one subnet, or on all where `netuid` is None."""
        return self.act("swap_hotkey", block, netuid, who, new=new)

    # Miners -----------------------------------------------------------------------------------------------------

    def register(
        self, netuid: int, who: str, block: int, *, instead_of: str | None = None, quality: float = 1.0
    ) -> Self:
        """A new neuron; where the subnet is full it takes the uid of `instead_of`, or of the next one to be pruned."""
        return self.act("register", block, netuid, who, instead_of=instead_of, quality=quality)

    def registration_burst(self, netuid: int, block: int, count: int) -> Self:
        """One each block."""
        plan = self
        for place in range(count):
            plan = plan.register(netuid, f"newcomer{block}-{place}", block + place)
        return plan

    def less_incentive(self, netuid: int, who: str, first: int, last: int | None = None, factor: float = 0.0) -> Self:
        return self.spell("incentive", first, last, netuid, who, factor)

    def serve_axon(self, netuid: int, who: str, block: int, ip: str = "198.51.100.7", port: int = 8091) -> Self:
        """ "0.0.0.0" where it serves no more."""
        return self.act("axon", block, netuid, who, ip=ip, port=port)

    def burn(self, netuid: int, block: int, rao: int) -> Self:
        """The price of a registration."""
        return self.act("burn", block, netuid, rao=rao)

    def collateral(self, netuid: int, who: str, block: int, locked: int, minimum: int) -> Self:
        return self.act("collateral", block, netuid, who, locked=locked, minimum=minimum)

    # Subnets ----------------------------------------------------------------------------------------------------

    def set_parameter(
        self, netuid: int, block: int, name: str, value: Any, *, by: str = "owner", wrapped: str | None = None
    ) -> Self:
        """`by`: "owner" or "root" (through Sudo). `wrapped`: "batch" or "proxy"."""
        return self.act("parameter", block, netuid, by, name=name, value=value, wrapped=wrapped)

    def change_owner(self, netuid: int, new: str, block: int) -> Self:
        """The subnet and its owner's hotkey belong to another coldkey."""
        return self.act("owner", block, netuid, new)

    def moving_price(self, netuid: int, block: int, price: float) -> Self:
        """SubnetMovingPrice, which decides who is pruned, jumps there and stays."""
        return self.act("moving_price", block, netuid, None, price=price)

    def dissolve(self, netuid: int, block: int, after: int = 0) -> Self:
        """Scheduled at `block`, gone `after` blocks later."""
        return self.act("dissolve_scheduled", block, netuid, after=after).act("dissolve", block + after, netuid)

    def no_emission(self, netuid: int, first: int, last: int | None = None) -> Self:
        """By decision of root: SubnetEmissionEnabled is false."""
        return self.spell("no_emission", first, last, netuid)

    def price_factor(self, netuid: int, first: int, last: int | None = None, factor: float = 0.6) -> Self:
        return self.spell("price", first, last, netuid, None, factor)

    def hold_epochs(self, netuid: int, first: int, last: int, *, skipped: bool = False) -> Self:
        """No epoch in these blocks. `skipped`: the chain says so in an event when one is due."""
        return self.spell("no_epoch", first, last, netuid, None, skipped)

    def burn_miners(self, netuid: int, first: int, last: int | None = None, share: float = 0.95) -> Self:
        """That share of the miners' emission is burned (MinerBurned)."""
        return self.spell("miner_burned", first, last, netuid, None, share)

    def sudo(self, block: int, netuid: int | None = None) -> Self:
        """Root closes proof-of-work registration of the subnet, or sets the network's rate limit."""
        return self.act("sudo", block, netuid)

    def new_sudo_key(self, block: int, who: str = "new-root") -> Self:
        return self.act("sudo_key", block, None, who)

    # Wallets ----------------------------------------------------------------------------------------------------

    def transfer(self, who: str, to: str, block: int, rao: int) -> Self:
        """Between coldkeys."""
        return self.act("transfer", block, None, who, to=to, rao=rao)

    def announce_coldkey_swap(self, who: str, new: str, block: int) -> Self:
        return self.act("swap_announced", block, None, who, new=new)

    def dispute_coldkey_swap(self, who: str, block: int) -> Self:
        return self.act("swap_disputed", block, None, who)

    def clear_coldkey_swap(self, who: str, block: int) -> Self:
        return self.act("swap_cleared", block, None, who)

    def swap_coldkey(self, who: str, new: str, block: int) -> Self:
        """An announced swap is done: balance, hotkeys and subnets belong to `new`."""
        return self.act("swap_done", block, None, who, new=new)

    def add_proxy(self, who: str, delegate: str, block: int, proxy_type: str = "Any") -> Self:
        return self.act("proxy", block, None, who, delegate=delegate, proxy_type=proxy_type)

    # The chain --------------------------------------------------------------------------------------------------

    def stall(self, block: int, seconds: int) -> Self:
        """The block comes so much later than it should."""
        return self.act("stall", block, seconds=seconds)

    def finality_lag(self, first: int, last: int, lag: int) -> Self:
        """While the head is one of these blocks the finalised one is so far behind it."""
        return self.spell("finality_lag", first, last, None, None, lag)

    def upgrade(self, block: int, release: Release) -> Self:
        """The new code is set in this block; the next one is the first it runs."""
        return self.act("upgrade", block, release=release)

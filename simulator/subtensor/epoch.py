"""What an epoch gives to whom: permits, trust, dividends, incentive, emission, from stakes and seeded chance.

No real consensus: trust and incentive are what a plan says, a little noisy. Who holds a permit, whom inactivity masks
and how the emission is split follows the chain's own rules (41 % to miners, 41 % to validators and their stakers).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from simulator.subtensor.parameters import U16

_SHARE: Final = 0.41
_ROOT_PART: Final = 0.25
"""Of what a validator's stakers earn, for those who staked on root."""


class Contender(NamedTuple):
    """One uid as the epoch finds it."""

    weight: float
    """Stake weight, rao; 0 below the threshold."""
    active: bool
    trust: float
    dividends: float
    """A factor, usually 1."""
    quality: Sequence[float]
    """By mechanism; all 0 for one that is not to be paid."""
    take: float


class Result(NamedTuple):
    """By uid; incentive by mechanism and uid."""

    permits: tuple[bool, ...]
    trust: tuple[int, ...]
    dividends: tuple[int, ...]
    incentive: tuple[tuple[int, ...], ...]
    emission: tuple[int, ...]
    alpha_dividends: tuple[int, ...]
    root_dividends: tuple[int, ...]


def epoch(contenders: Sequence[Contender], max_validators: int, alpha_out: int, mechanisms: int) -> Result:
    """`alpha_out`: alpha rao of the whole tempo."""
    by_weight = sorted(range(len(contenders)), key=lambda uid: (-contenders[uid].weight, uid))
    holders = {uid for uid in by_weight[:max_validators] if contenders[uid].weight > 0}
    works = [uid in holders and one.active for uid, one in enumerate(contenders)]
    trust = tuple(round(one.trust * U16) if works[uid] else 0 for uid, one in enumerate(contenders))
    shares = _shares(
        [one.weight * one.trust * one.dividends if works[uid] else 0.0 for uid, one in enumerate(contenders)]
    )
    incentives = [_shares([one.quality[mechanism] for one in contenders]) for mechanism in range(mechanisms)]
    paid = _SHARE * alpha_out
    mined = [sum(shares) / mechanisms for shares in zip(*incentives, strict=True)]
    stakers = [share * paid * (1 - one.take) for share, one in zip(shares, contenders, strict=True)]
    return Result(
        tuple(uid in holders for uid in range(len(contenders))),
        trust,
        _units(shares),
        tuple(map(_units, incentives)),
        tuple(round(paid * (share + part)) for share, part in zip(shares, mined, strict=True)),
        tuple(round(amount * (1 - _ROOT_PART)) for amount in stakers),
        tuple(round(amount * _ROOT_PART) for amount in stakers),
    )


def _shares(amounts: Sequence[float]) -> list[float]:
    total = sum(amounts)
    return [amount / total if total else 0.0 for amount in amounts]


def _units(shares: Sequence[float]) -> tuple[int, ...]:
    return tuple(round(share * U16) for share in shares)

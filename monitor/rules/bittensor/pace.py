"""How a quantity moved in the last hours, out of samples that are some minutes apart."""

from __future__ import annotations

from monitor.bittensor.history import Samples


def change(samples: Samples, block: int, value: float, blocks: int, since: int | None = None) -> float | None:
    """Growth since so many blocks ago, as a share of what was: -0.05 is 5 % less.

    The sample may be up to a quarter older than asked for, or a tenth younger; None where there is none. What was
    before `since` does not count: then it is the growth since that block, by a sample at most a quarter later. Where
    there was nothing, nothing can be lost: 0.
    """
    oldest = block - round(1.25 * blocks)
    first = oldest if since is None else max(oldest, since)
    before = samples.at_or_before(block - round(0.9 * blocks), first)
    if before is None and since is not None and first == since:
        before = next((sample for sample in samples.since(since) if sample.block <= since + blocks // 4), None)
    if before is None:
        return None
    return round(value / before.value - 1, 9) if before.value > 0 else 0.0


def day_median(samples: Samples, block: int, least: int = 20) -> float | None:
    """The median of a day's samples; None with fewer than `least` of them."""
    from statistics import median

    from monitor.bittensor.units import BLOCKS_PER_DAY

    values = [sample.value for sample in samples.since(block - BLOCKS_PER_DAY)]
    return median(values) if len(values) >= least else None

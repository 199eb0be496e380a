"""What was sampled of one Bittensor target, for people and scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, select

from monitor.database import reading
from monitor.schema import sample

PAGE = 2_000


@dataclass(frozen=True, slots=True)
class SampleRow:
    network: str
    target: str
    metric: str
    level: int
    value: float


def sample_history(
    engine: Engine, target: str, from_level: int | None = None, to_level: int | None = None
) -> Iterator[SampleRow]:
    """Every stored sample of `target` by network, level and metric. Both ends inclusive, None for open.

    No transaction is held while the caller prints. Raises StateError while iterated.
    """
    columns = (sample.c.network, sample.c.level, sample.c.metric)
    query = select(*columns, sample.c.value).where(sample.c.target == target).order_by(*columns).limit(PAGE)
    if from_level is not None:
        query = query.where(sample.c.level >= from_level)
    if to_level is not None:
        query = query.where(sample.c.level <= to_level)
    offset = 0
    while True:
        with reading(engine) as connection:
            page = connection.execute(query.offset(offset)).all()
        for network, level, metric, value in page:
            yield SampleRow(network, target, metric, level, value)
        if len(page) < PAGE:
            return
        offset += PAGE

"""Figures of a run as metrics of CloudWatch, for an alarm that takes missing data as a breach.

RunCompleted (1, or 0 where something could not be done), OpenIncidents, Misses (rights found missed in this run) and
Lag (finalised levels not read yet, of the network that has most), each with the dimension Identifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alerting.channels.aws import client_of, translated

TIMEOUT = 2.0
"""Seconds to connect, and again to be answered."""


@dataclass(frozen=True, slots=True)
class RunFigures:
    """None is not sent: a figure that nobody knows is no zero."""

    completed: bool
    open_incidents: int | None
    misses: int | None
    lag: int | None


def put_metrics(namespace: str, region: str, identifier: str, figures: RunFigures) -> None:
    """Raises DeliveryError."""
    values = {
        "RunCompleted": int(figures.completed),
        "OpenIncidents": figures.open_incidents,
        "Misses": figures.misses,
        "Lag": figures.lag,
    }
    dimensions = [{"Name": "Identifier", "Value": _dimension(identifier)}]
    data: list[dict[str, Any]] = [
        {"MetricName": name, "Value": float(value), "Unit": "Count", "Dimensions": dimensions}
        for name, value in values.items()
        if value is not None
    ]
    try:
        client_of("cloudwatch", region, TIMEOUT).put_metric_data(Namespace=namespace, MetricData=data)
    except Exception as error:  # noqa: BLE001 - botocore's tree is not to be imported before it is needed
        raise translated(error) from None


def _dimension(identifier: str) -> str:
    """ASCII, 1 to 255 characters, not beginning with a colon (PutMetricData, Dimension)."""
    text = "".join(character if character.isascii() and character.isprintable() else "-" for character in identifier)
    return text.strip().lstrip(":")[:255] or "sentinel"

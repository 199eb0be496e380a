"""Which channels hear of what: each from its own severity on, and of a target only those it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alerting.events import ChannelRoute
from monitor.config.settings import Settings
from monitor.config.watch_list import Delegate
from monitor.model import Severity


def routes_of(settings: Settings, channels: Iterable[str]) -> tuple[ChannelRoute, ...]:
    """A route per channel; all channels of a kind (`telegram`, `telegram:night-shift`) share their least severity."""
    least = {
        "console": settings.console_min_severity,
        "telegram": settings.telegram_min_severity,
        "cloudwatch": settings.cloudwatch_min_severity,
        "notify": settings.notify_min_severity,
    }
    return tuple(ChannelRoute(name, Severity(least.get(name.partition(":")[0], "info"))) for name in channels)


def own_channels(delegates: Mapping[str, Delegate]) -> dict[str, frozenset[str]]:
    """address -> names of its channels, for those that name any."""
    return {address: frozenset(delegate.channels) for address, delegate in delegates.items() if delegate.channels}

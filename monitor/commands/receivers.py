"""The channels that a command's own news go to."""

from __future__ import annotations

from collections.abc import Sequence

from alerting.events import ChannelRoute
from monitor.config.channel_names import channel_names
from monitor.config.configuration import Configuration
from monitor.routes import routes_of


def receivers(configuration: Configuration) -> Sequence[ChannelRoute]:
    """As a run would have them."""
    return routes_of(configuration.settings, channel_names(configuration.settings))

"""What to watch, where to tell, how strict: .env, the environment and delegates.json as frozen, checked values."""

from monitor.config.bittensor import Bittensor, Expected, WatchedColdkey, WatchedHotkey, WatchedSubnet
from monitor.config.configuration import Configuration, load
from monitor.config.delegates_file import parse_watch_list
from monitor.config.difference import difference
from monitor.config.limit import Limit, attestation_limit, baking_limit
from monitor.config.problem import ConfigError, Problem
from monitor.config.settings import Settings, setting_of
from monitor.config.watch_list import AlertLimit, Delegate, DelegateAlerts, Group, WatchList

__all__ = [
    "AlertLimit",
    "Bittensor",
    "ConfigError",
    "Configuration",
    "Delegate",
    "DelegateAlerts",
    "Expected",
    "Group",
    "Limit",
    "Problem",
    "Settings",
    "WatchList",
    "WatchedColdkey",
    "WatchedHotkey",
    "WatchedSubnet",
    "attestation_limit",
    "baking_limit",
    "difference",
    "load",
    "parse_watch_list",
    "setting_of",
]

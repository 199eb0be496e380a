"""Who is watched on Bittensor, and how strictly: the "bittensor" section of delegates.json as frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from monitor.config.address import AddressError
from monitor.config.fault import fault
from monitor.config.fields import Frozen, Number, Target, Text, absent, whole
from monitor.config.problem import shown
from monitor.config.ss58 import check_ss58

LARGEST_NETUID = 2**16 - 1
LARGEST_VERSION_KEY = 2**64 - 1
ENABLED = "enabled"
"""What switches a rule off in `alerts`, beside its thresholds."""


def _ss58(value: str) -> str:
    try:
        check_ss58(value)
    except AddressError as error:
        fault(error.text, error.fix)
    return value


def _netuids(value: Any) -> Any:
    """None: every subnet the hotkey is registered on."""
    if value is None or value == "all":
        return None
    if not isinstance(value, list | tuple):
        fault(f'{shown(value)} is neither "all" nor a list of subnets', 'write e.g. [18, 64], or "all"')
    return value


def _some_netuid(value: tuple[int, ...] | None) -> tuple[int, ...] | None:
    if value == ():
        fault("names no subnet", 'write e.g. [18, 64], or "all"')
    if value is not None and len(set(value)) < len(value):
        fault("names a subnet twice", "write each once")
    return value


def _automatic(value: Any) -> Any:
    return "auto" if value is None else value


def _axon(value: str) -> str:
    """`ip:port` or `ip`, spelt as the chain's own is shown."""
    host, colon, port = value.rpartition(":")
    if not colon or (value.count(":") > 1 and not host.endswith("]")):
        host, colon, port = value, "", ""
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        address = None
    if address is None or (colon and not (port.isascii() and port.isdecimal() and 0 < int(port) < 2**16)):
        fault(f"{shown(value)} is not the address of an axon", 'write e.g. "203.0.113.7:8091", or the IP alone')
    if not colon:
        return str(address)
    return f"[{address}]:{int(port)}" if address.version == 6 else f"{address}:{int(port)}"


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        fault(f"{shown(value)} is not a share between 0 and 1", "write e.g. 0.18 for 18 %")
    return float(value)


def _figure(value: Any) -> bool | float:
    if isinstance(value, bool):
        return value
    if not isinstance(value, int | float):
        fault(f"{shown(value)} is not a number", "write e.g. 3")
    if not 0 <= value < float("inf"):
        fault(f"{shown(value)} is less than 0" if value < 0 else "is not a number", "write 0 or more")
    return whole(value)  # type: ignore[no-any-return]


Ss58 = Annotated[Text, AfterValidator(_ss58)]
Netuid = Annotated[Number, Field(ge=0, le=LARGEST_NETUID)]
Netuids = Annotated[tuple[Netuid, ...] | None, BeforeValidator(_netuids), AfterValidator(_some_netuid)]
Share = Annotated[float, PlainValidator(_share)]
Role = Annotated[Literal["validator", "miner", "auto"], BeforeValidator(_automatic)]
RuleAlerts = dict[Text, Annotated[bool | int | float, PlainValidator(_figure)]]
"""Threshold -> value, and "enabled" -> false where the rule is off."""
Alerts = Annotated[dict[Text, RuleAlerts], BeforeValidator(absent)]
"""By name of the rule. Which rules and thresholds there are is checked by monitor.config.cross_check."""


class ExpectedChild(Frozen):
    hotkey: Ss58
    share: Share
    """Of the parent's stake, 0 to 1."""


class Expected(Frozen):
    """What should be so on chain; another value is told. None: whatever it is."""

    axon: Annotated[Text, AfterValidator(_axon)] | None = None
    """`ip:port` or `ip`; of IPv6 `[ip]:port`."""
    take: Share | None = None
    children: tuple[ExpectedChild, ...] | None = None
    """() where there should be none."""
    version_key: Annotated[Number, Field(ge=0, le=LARGEST_VERSION_KEY)] | None = None


class _Judged(Target):
    """A target of Bittensor's rules."""

    alerts: Alerts = Field({})

    @property
    def overrides(self) -> dict[str, dict[str, float]]:
        """Rule -> threshold -> value."""
        return overrides(self.alerts)

    @property
    def off(self) -> frozenset[str]:
        """Rules that are switched off."""
        return switched_off(self.alerts)


class WatchedHotkey(_Judged):
    hotkey: Ss58
    netuids: Netuids = None
    """None: every subnet it is registered on."""
    role: Role = "auto"
    """auto: a validator where it has a permit."""
    expected: Annotated[Expected, BeforeValidator(absent)] = Expected.model_construct()

    @property
    def label(self) -> str:
        """The name, or the address cut short."""
        return self.name or short(self.hotkey)

    def watches(self, netuid: int) -> bool:
        return self.netuids is None or netuid in self.netuids


class WatchedSubnet(_Judged):
    netuid: Netuid

    @property
    def label(self) -> str:
        return self.name or f"sn{self.netuid}"


class WatchedColdkey(_Judged):
    coldkey: Ss58

    @property
    def label(self) -> str:
        """The name, or the address cut short."""
        return self.name or short(self.coldkey)


class Bittensor(Frozen):
    """Everything watched on Bittensor."""

    hotkeys: tuple[WatchedHotkey, ...] = ()
    subnets: tuple[WatchedSubnet, ...] = ()
    coldkeys: tuple[WatchedColdkey, ...] = ()
    alerts: Alerts = Field({})
    """Of the chain's own rules, and what holds for every target that does not set it itself."""

    @model_validator(mode="after")
    def _somebody(self) -> Bittensor:
        if not self:
            fault("watches nobody", 'add "hotkeys": [{"hotkey": "5…", "name": "val-A"}], "subnets" or "coldkeys"')
        return self

    def __bool__(self) -> bool:
        return bool(self.hotkeys or self.subnets or self.coldkeys)

    def lists(self) -> tuple[tuple[WatchedHotkey, ...], tuple[WatchedSubnet, ...], tuple[WatchedColdkey, ...]]:
        return self.hotkeys, self.subnets, self.coldkeys

    def targets(self) -> Iterator[WatchedHotkey | WatchedSubnet | WatchedColdkey]:
        for targets in self.lists():
            yield from targets

    def neuron(self, netuid: int, hotkey: str) -> WatchedHotkey | None:
        """The entry that watches `hotkey` on the subnet; one hotkey may have several, for subnets of their own."""
        return next((one for one in self.hotkeys if one.hotkey == hotkey and one.watches(netuid)), None)

    @property
    def overrides(self) -> dict[str, dict[str, float]]:
        return overrides(self.alerts)

    @property
    def off(self) -> frozenset[str]:
        return switched_off(self.alerts)


def overrides(alerts: Mapping[str, Mapping[str, bool | float]]) -> dict[str, dict[str, float]]:
    """Rule -> threshold -> value."""
    return {
        rule: found
        for rule, figures in alerts.items()
        if (found := {name: figure for name, figure in figures.items() if name != ENABLED})
    }


def switched_off(alerts: Mapping[str, Mapping[str, bool | float]]) -> frozenset[str]:
    return frozenset(rule for rule, figures in alerts.items() if figures.get(ENABLED) is False)


def short(address: str) -> str:
    return f"{address[:7]}…{address[-4:]}"

"""The types that the values of settings are made of, with what is refused of each."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from monitor.config.fault import fault
from monitor.config.fields import LARGEST_WINDOW


def _automatic(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower() == "auto" else value


def _network(value: str) -> str:
    return value.strip().lower().removeprefix("tezos:")


def _bittensor_network(value: str) -> str:
    return value.strip().lower().removeprefix("bittensor:")


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value
    except ValueError:
        valid = False
    if not valid:
        fault(f'"{value}" is not a web address', "write e.g. https://tzkt.io")
    return value.rstrip("/")


def _time_zone(value: str) -> str:
    if value == "UTC":  # known without a time zone database
        return value
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError; a folder's name gives an OSError
        fault(
            f'"{value}" is not a time zone of this machine', "write an IANA name, e.g. Europe/Berlin (package tzdata)"
        )
    return value


def _stream_name(value: str) -> str:
    if ":" in value or "*" in value:
        fault(f'"{value}" holds : or *, which CloudWatch does not take', "write a name without them")
    return value


def _small(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


def _retention(days: int) -> int:
    if days not in RETENTIONS:
        fault(f"{days} days is not a retention of CloudWatch", f"write {', '.join(map(str, RETENTIONS))}")
    return days


def _metrics_namespace(value: str) -> str:
    if not all(character.isascii() and (character.isalnum() or character in "._/#- ") for character in value):
        fault(f'"{value}" is not the name of a namespace', "write letters, digits and . - _ / # only")
    if value.startswith("AWS/"):
        fault("names of AWS/ are Amazon's own", "write e.g. Sentinel")
    return value


def check_heartbeat_address(value: SecretStr) -> SecretStr:
    """It, if it is a web address; raises PydanticCustomError, which does not show it."""
    try:
        parts = urlsplit(value.get_secret_value())
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        valid = valid and not any(character.isspace() for character in value.get_secret_value())
    except ValueError:
        valid = False
    if not valid:
        fault("is not a web address (it is not shown here)", "write e.g. https://hc-ping.com/…")
    return value


RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096),
    *(1827, 2192, 2557, 2922, 3288, 3653),
)
"""Days that PutRetentionPolicy takes (CloudWatch Logs' API reference)."""
Importance = Annotated[Literal["info", "warning", "critical"], BeforeValidator(_small)]
IMPORTANCE = "info, warning or critical"
Automatic = Annotated[Annotated[int, Field(ge=1, le=LARGEST_WINDOW)] | None, BeforeValidator(_automatic)]
Count = Annotated[int, Field(ge=1, le=LARGEST_WINDOW)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
StreamName = Annotated[str, Field(max_length=512), AfterValidator(_stream_name)]
Retention = Annotated[int, AfterValidator(_retention)]
MetricsNamespace = Annotated[str, Field(max_length=255), AfterValidator(_metrics_namespace)]
HeartbeatAddress = Annotated[SecretStr, AfterValidator(check_heartbeat_address)]
TezosNetwork = Annotated[str, AfterValidator(_network), Field(pattern="^[a-z0-9][a-z0-9_-]*$")]
BittensorNetwork = Annotated[str, AfterValidator(_bittensor_network), Field(pattern="^[a-z0-9][a-z0-9_-]*$")]

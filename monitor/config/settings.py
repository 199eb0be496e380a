"""Every setting: name, type, default, unit and meaning, in one place.

The name in .env is the field's in capitals. ``.env.example`` and the README's table are made from these fields
(monitor.config.catalogue), so what is written here is what users read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from monitor.config.fault import fault
from monitor.config.watch_list import LARGEST_WINDOW, Delegate

RPC_URL = "RPC_URL"
RPC_URL_PREFIX = "RPC_URL_"
ALIASES = {
    "SEND_ALERT_TO_CLOUDWATCH": "SEND_TO_CLOUDWATCH",
    "SEND_ALERT_TO_TELEGRAM": "SEND_TO_TELEGRAM",
}
"""Second names that mean the same; the earlier tools' documents and their code used one each."""


def setting(default: Any, meaning: str, unit: str = "", **bounds: Any) -> Any:
    """A field with what its readers need: the meaning in a sentence, and the unit of its value."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit}, **bounds)


def _automatic(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower() == "auto" else value


def _network(value: str) -> str:
    return value.strip().lower().removeprefix("tezos:")


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


class Settings(BaseModel):
    """The process-wide settings. Secrets are SecretStr: neither str() nor repr() shows them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    rpc_urls: Mapping[str, SecretStr] = setting(
        {},
        "Nodes of the network that is watched, comma separated, asked in this order. own= before an address marks your"
        " own node, which is told when it is down or behind; public= marks somebody else's. RPC_URL_SHADOWNET=… serves"
        ' the delegates whose "network" is "shadownet", and so on for any name.',
        "addresses",
    )
    """By network: "" is RPC_URL, "shadownet" RPC_URL_SHADOWNET. Read by collectors.endpoint.parse_endpoints."""
    tezos_network: Annotated[str, AfterValidator(_network), Field(pattern="^[a-z0-9][a-z0-9_-]*$")] | None = setting(
        None,
        "Name of RPC_URL's network. Unset: found by its chain id. If the id is a known one, both must agree.",
        "name",
    )
    rpc_timeout: float = setting(10.0, "Longest wait for one answer of a node.", "seconds", gt=0, le=50)
    rpc_max_connections: int = setting(8, "Requests under way at once, per network.", "connections", ge=1, le=64)
    rpc_max_body: int = setting(64 * 1024 * 1024, "Longest answer that is read.", "bytes", ge=1024, le=2**30)
    max_catchup_blocks: Count = setting(
        14400, "Furthest a run goes back after downtime; older blocks are told as a gap.", "blocks"
    )
    min_peers: int = setting(3, "Fewest peers a node may have without being told; 0 is off.", "peers", ge=0, le=10000)
    database_url: SecretStr = setting(
        SecretStr("sqlite:///state.db"),
        "Where everything is remembered: sqlite:///FILE or postgresql+psycopg://…; a relative file lies beside .env.",
        "address",
    )
    """As load() gives it, a SQLite file's path is absolute."""
    delegates_to_monitor_parameter: str = setting(
        "delegates.json", "The list of delegates to watch; a relative path starts from the folder of .env.", "path"
    )
    block_sliding_window_size: Count = setting(
        100, "Levels that are looked back at silently when a network is seen for the first time.", "blocks"
    )
    alert_baking_threshold: Count = setting(1, "Missed bakings that alert.", "bakings")
    alert_baking_block_window: Count = setting(14400, "Blocks in which they are counted.", "blocks")
    alert_baking_rounds: Literal["0", "all"] = setting(
        "0", "Rounds whose misses alert: 0, or all. The others are recorded and shown as evidence.", "0 or all"
    )
    alert_attestation_threshold: Automatic = setting(
        None,
        "Missed attestations that alert. auto: 5 rights in a row or 10 of the last 100. If only one of this and the"
        " window is set, the other is 10 or 100.",
        "attestations or auto",
    )
    alert_attestation_block_window: Automatic = setting(None, "Blocks in which they are counted.", "blocks or auto")
    recovery_attestations: Count = setting(
        10, "Attestations met in a row before an alert of missed attestations is over.", "attestations"
    )
    alert_inactive_state_threshold: Count = setting(
        180, "Age of the newest block, or of this monitor's last run, that alerts.", "seconds"
    )
    identifier: Annotated[str, Field(min_length=1, max_length=100)] | None = setting(
        None, "Name of this monitor in messages. Unset: the host's name.", "name"
    )
    """load() puts the host's name in its place."""
    blockexplorer_url: Annotated[str, AfterValidator(_web_address)] = setting(
        "https://tzkt.io", "Block explorer that messages link to.", "address"
    )
    timezone: Annotated[str, AfterValidator(_time_zone)] = setting(
        "UTC", "Time zone of the times in messages, e.g. Europe/Berlin.", "IANA name"
    )
    send_to_console: bool = setting(True, "Tell on standard output.", "true or false")
    console_min_severity: Importance = setting("info", "Least severity that is told on the console.", IMPORTANCE)
    send_to_cloudwatch: bool = setting(False, "Tell in AWS CloudWatch Logs.", "true or false")
    cloudwatch_log_group: Annotated[str, Field(min_length=1, max_length=512)] = setting(
        "TezosBakerMonitorAlerts", "Log group in CloudWatch.", "name"
    )
    cloudwatch_stream_name: Annotated[str, Field(max_length=512), AfterValidator(_stream_name)] | None = setting(
        None, "Log stream in that group. Unset: IDENTIFIER.", "name"
    )
    """load() puts the identifier in its place."""
    aws_region: str = setting("eu-west-1", "AWS region of CloudWatch.", "name")
    cloudwatch_retention_days: Annotated[int, AfterValidator(_retention)] | None = setting(
        None, "How long a log group that is made here keeps its events. Unset: for ever, as CloudWatch does.", "days"
    )
    cloudwatch_min_severity: Importance = setting("info", "Least severity that is told in CloudWatch.", IMPORTANCE)
    cloudwatch_metrics_namespace: Annotated[str, Field(max_length=255), AfterValidator(_metrics_namespace)] | None = (
        setting(
            None,
            "Sends the metrics RunCompleted, OpenIncidents, Misses and Lag to this namespace of CloudWatch at the end"
            " of each run, e.g. Sentinel. Unset: none.",
            "name",
        )
    )
    send_to_telegram: bool = setting(False, "Tell in Telegram.", "true or false")
    telegram_bot_token: SecretStr | None = setting(None, "The bot's token, from @BotFather.", "token")
    telegram_chat_id: str | None = setting(
        None, "Chat that is told, e.g. -1001234567890; several: -1001,night-shift=-1002.", "chat ids"
    )
    telegram_thread_id: str | None = setting(
        None, "Topic of the chat that is told; of several chats: 7,night-shift=12.", "topic ids"
    )
    telegram_api_url: Annotated[str, AfterValidator(_web_address)] = setting(
        "https://api.telegram.org", "Where the Bot API is: Telegram's own, or a server of yours.", "address"
    )
    telegram_min_severity: Importance = setting("info", "Least severity that is told in Telegram.", IMPORTANCE)
    telegram_sound_from: Importance = setting(
        "warning", "Least severity that makes a sound in Telegram; recoveries count as info.", IMPORTANCE
    )
    notify_urls: SecretStr | None = setting(
        None,
        "Further receivers as Apprise names them, apart by spaces, each with a name or without:"
        " team=slack://… mailto://… (needs requirements-notify.txt).",
        "addresses",
    )
    notify_min_severity: Importance = setting("info", "Least severity that is told to NOTIFY_URLS.", IMPORTANCE)
    heartbeat_url: Annotated[SecretStr, AfterValidator(check_heartbeat_address)] | None = setting(
        None,
        "Called when a run starts, succeeds (…) and fails (…/fail), as healthchecks.io does it; or any address with"
        " {status} in it, which becomes up or down.",
        "address",
    )

    def endpoints_key(self, network: str | None) -> str | None:
        """The key in rpc_urls that serves delegates of `network`; None where no setting does."""
        if network is None:
            return "" if "" in self.rpc_urls else None
        if network in self.rpc_urls:
            return network
        return "" if network == self.tezos_network and "" in self.rpc_urls else None

    def by_endpoints(self, delegates: tuple[Delegate, ...]) -> dict[str, tuple[Delegate, ...]]:
        """Delegates by the key of rpc_urls that serves them, in the list's order. Those nobody serves are left out."""
        found: dict[str, tuple[Delegate, ...]] = {}
        for delegate in delegates:
            key = self.endpoints_key(delegate.network)
            if key is not None:
                found[key] = (*found.get(key, ()), delegate)
        return found

    @property
    def zone(self) -> tzinfo:
        """`timezone`, usable; UTC needs no time zone database."""
        if self.timezone == "UTC":
            return UTC
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone)


def setting_of(key: str) -> str:
    """The name of the setting behind a key of rpc_urls: "" is RPC_URL, "shadownet" RPC_URL_SHADOWNET."""
    return RPC_URL_PREFIX + key.upper() if key else RPC_URL


def setting_names() -> tuple[str, ...]:
    """Every name that may stand in .env, aliases included, save the RPC_URL_<NETWORK> of other networks."""
    fields = [RPC_URL if name == "rpc_urls" else name.upper() for name in Settings.model_fields]
    return (*fields, *ALIASES)

"""Every setting: name, type, default, unit and meaning, in one place.

The name in .env is the field's in capitals. ``.env.example`` and the README's table are made from these fields
(monitor.config.catalogue), so what is written here is what users read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from monitor.config.defaults import BITTENSOR_METADATA_CACHE, RPC_MAX_BODY, RPC_MAX_CONNECTIONS, RPC_TIMEOUT
from monitor.config.names import ALIASES, RPC_URL, RPC_URL_PREFIX
from monitor.config.setting_values import (
    IMPORTANCE,
    Automatic,
    BittensorNetwork,
    Count,
    HeartbeatAddress,
    Importance,
    MetricsNamespace,
    Retention,
    StreamName,
    TezosNetwork,
    TimeZone,
    WebAddress,
)
from monitor.config.watch_list import Delegate


def setting(default: Any, meaning: str, unit: str = "", **bounds: Any) -> Any:
    """A field with what its readers need: the meaning in a sentence, and the unit of its value."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit}, **bounds)


class Settings(BaseModel):
    """The process-wide settings. Secrets are SecretStr: neither str() nor repr() shows them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)

    rpc_urls: Mapping[str, SecretStr] = setting(
        {},
        "Nodes of the Tezos network that is watched, comma separated, asked in this order. own= before an address marks"
        " your own node, which is told when it is down or behind; public= marks somebody else's. RPC_URL_SHADOWNET=…"
        ' serves the delegates whose "network" is "shadownet", and so on for any name.',
        "addresses",
    )
    """By network: "" is RPC_URL, "shadownet" RPC_URL_SHADOWNET. Read by collectors.endpoint.parse_endpoints."""
    tezos_network: TezosNetwork | None = setting(
        None,
        "Name of RPC_URL's network. Unset: found by its chain id. If the id is a known one, both must agree.",
        "name",
    )
    rpc_timeout: float = setting(RPC_TIMEOUT, "Longest wait for one answer of a node.", "seconds", gt=0, le=50)
    rpc_max_connections: int = setting(
        RPC_MAX_CONNECTIONS, "Requests under way at once, per network.", "connections", ge=1, le=64
    )
    rpc_max_body: int = setting(RPC_MAX_BODY, "Longest answer that is read.", "bytes", ge=1024, le=2**30)
    max_catchup_blocks: Count = setting(
        14400, "Furthest a run goes back on Tezos after downtime; older blocks are told as a gap.", "blocks"
    )
    min_peers: int = setting(3, "Fewest peers a node may have without being told; 0 is off.", "peers", ge=0, le=10000)
    bittensor_rpc_url: SecretStr | None = setting(
        None,
        "Bittensor's nodes, written as in RPC_URL, with http(s):// or ws(s)://, which is the same port; or the names of"
        " public ones: finney, lite, archive, test. Needs requirements-bittensor.txt.",
        "addresses",
    )
    """As load() gives it: addresses of HTTP, names replaced. Read by collectors.endpoint.parse_endpoints."""
    bittensor_network: BittensorNetwork | None = setting(
        None,
        "Name of BITTENSOR_RPC_URL's network. Unset: found by its genesis. If the genesis is a known one, both must"
        " agree. Without BITTENSOR_RPC_URL, finney or test also stands for that network's public node.",
        "name",
    )
    bittensor_archive_network: SecretStr | None = setting(
        None,
        "Nodes of Bittensor that keep every block's state, asked for what the others have dropped; written as"
        " BITTENSOR_RPC_URL, e.g. archive.",
        "addresses",
    )
    """As load() gives it: addresses of HTTP, names replaced."""
    bittensor_max_catchup_blocks: Count = setting(
        250,
        "Furthest a run goes back on Bittensor after downtime; older blocks are told as a gap. Nodes keep the state of"
        " about 256 blocks: more needs BITTENSOR_ARCHIVE_NETWORK.",
        "blocks",
    )
    bittensor_metadata_cache: str = setting(
        BITTENSOR_METADATA_CACHE,
        "Folder where the metadata of Bittensor's runtimes is kept, a megabyte for each; a relative path starts beside"
        " the database's file, or beside .env.",
        "path",
    )
    """As load() gives it, absolute."""
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
    alert_escalate_after: Count | None = setting(
        None,
        "How long a warning may stay open before it becomes critical, told once more and with sound. What is told"
        " silently stays so. Unset: never.",
        "seconds",
    )
    identifier: Annotated[str, Field(min_length=1, max_length=100)] | None = setting(
        None, "Name of this monitor in messages. Unset: the host's name.", "name"
    )
    """load() puts the host's name in its place."""
    blockexplorer_url: WebAddress = setting("https://tzkt.io", "Block explorer that messages link to.", "address")
    timezone: TimeZone = setting("UTC", "Time zone of the times in messages, e.g. Europe/Berlin.", "IANA name")
    send_to_console: bool = setting(True, "Tell on standard output.", "true or false")
    console_min_severity: Importance = setting("info", "Least severity that is told on the console.", IMPORTANCE)
    send_to_cloudwatch: bool = setting(False, "Tell in AWS CloudWatch Logs.", "true or false")
    cloudwatch_log_group: Annotated[str, Field(min_length=1, max_length=512)] = setting(
        "TezosBakerMonitorAlerts", "Log group in CloudWatch.", "name"
    )
    cloudwatch_stream_name: StreamName | None = setting(None, "Log stream in that group. Unset: IDENTIFIER.", "name")
    """load() puts the identifier in its place."""
    aws_region: str = setting("eu-west-1", "AWS region of CloudWatch.", "name")
    cloudwatch_retention_days: Retention | None = setting(
        None, "How long a log group that is made here keeps its events. Unset: for ever, as CloudWatch does.", "days"
    )
    cloudwatch_min_severity: Importance = setting("info", "Least severity that is told in CloudWatch.", IMPORTANCE)
    cloudwatch_metrics_namespace: MetricsNamespace | None = setting(
        None,
        "Sends the metrics RunCompleted, OpenIncidents, Misses and Lag to this namespace of CloudWatch at the end"
        " of each run, e.g. Sentinel. Unset: none.",
        "name",
    )
    send_to_telegram: bool = setting(False, "Tell in Telegram.", "true or false")
    telegram_bot_token: SecretStr | None = setting(None, "The bot's token, from @BotFather.", "token")
    telegram_chat_id: str | None = setting(
        None, "Chat that is told, e.g. -1001234567890; several: -1001,night-shift=-1002.", "chat ids"
    )
    telegram_thread_id: str | None = setting(
        None, "Topic of the chat that is told; of several chats: 7,night-shift=12.", "topic ids"
    )
    telegram_api_url: WebAddress = setting(
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
    heartbeat_url: HeartbeatAddress | None = setting(
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

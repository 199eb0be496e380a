"""From the values people gave to Settings, or everything that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from monitor.config.channel_faults import Fault, channel_faults
from monitor.config.database_url import resolve_database_url
from monitor.config.env_file import Given
from monitor.config.fault import told
from monitor.config.fields import NETWORK_PATTERN
from monitor.config.limit import attestation_limit, baking_limit
from monitor.config.names import BITTENSOR_RPC_URL, RPC_URL, RPC_URL_PREFIX
from monitor.config.problem import Problem, shown
from monitor.config.settings import Settings


def read_settings(values: Mapping[str, Given], home: Path, file: str) -> tuple[Settings | None, list[Problem]]:
    """(settings, problems): settings are None where a problem keeps them from being made.

    `home` is where relative paths start; `file` is named where a setting is missing. Secrets are never repeated.
    """
    faults: list[Fault] = []
    raw = _raw(values, home, faults)
    settings: Settings | None = None
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        faults += [_told(detail) for detail in error.errors(include_url=False)]
    else:
        faults += _contradictions(settings)
    problems = []
    for name, text, fix in faults:
        given = values.get(name)
        # A value that came by a second name is named as it was written.
        problems.append(
            Problem(given.file, given.line, given.name, text, fix) if given else Problem(file, None, name, text, fix)
        )
    return (None if problems else settings), problems


def _raw(values: Mapping[str, Given], home: Path, faults: list[Fault]) -> dict[str, Any]:
    raw: dict[str, Any] = {
        name.lower(): given.value for name, given in values.items() if name.lower() in Settings.model_fields
    }
    raw["rpc_urls"] = _rpc_urls(values, faults)
    _bittensor_nodes(raw, faults)
    if not raw["rpc_urls"] and "bittensor_rpc_url" not in raw and BITTENSOR_RPC_URL not in values:
        fix = f"write {RPC_URL}=http://127.0.0.1:8732, with the address of a node's RPC, or {BITTENSOR_RPC_URL}=finney"
        faults.append((RPC_URL, "is not set", fix))
    database_url = raw.get("database_url", Settings.model_fields["database_url"].default.get_secret_value())
    try:
        raw["database_url"] = resolve_database_url(database_url, home)
    except PydanticCustomError as error:
        faults.append(("DATABASE_URL", *_words(error)))
        del raw["database_url"]
    cache = raw.get("bittensor_metadata_cache", Settings.model_fields["bittensor_metadata_cache"].default)
    raw["bittensor_metadata_cache"] = str(_beside(raw.get("database_url", ""), home) / cache)
    if "identifier" not in raw:
        import socket

        raw["identifier"] = socket.gethostname() or "monitor"
    raw.setdefault("cloudwatch_stream_name", raw["identifier"].replace(":", "-").replace("*", "-"))
    return raw


def _words(error: PydanticCustomError) -> tuple[str, str]:
    context = error.context or {}
    return str(context["text"]), str(context["fix"])


def _rpc_urls(values: Mapping[str, Given], faults: list[Fault]) -> dict[str, str]:
    from collectors.endpoint import EndpointError, parse_endpoints

    found: dict[str, str] = {}
    for name, given in values.items():
        if name != RPC_URL and not name.startswith(RPC_URL_PREFIX):
            continue
        network = name.removeprefix(RPC_URL).removeprefix("_").lower()
        if network and not re.match(NETWORK_PATTERN, network):
            faults.append((name, "does not end in the name of a network", "write e.g. RPC_URL_SHADOWNET"))
        try:
            parse_endpoints(given.value, name)
        except EndpointError as error:
            faults.append((name, *_endpoint_words(error, name, "write e.g. http://127.0.0.1:8732")))
        found[network] = given.value
    return found


def _bittensor_nodes(raw: dict[str, Any], faults: list[Fault]) -> None:
    """Addresses of HTTP in place of names and of ws(s)://; the public node of BITTENSOR_NETWORK where none is given."""
    network = str(raw.get("bittensor_network", "")).strip().lower().removeprefix("bittensor:")
    if not any(name.startswith("bittensor") for name in raw):
        return
    from collectors.endpoint import EndpointError
    from monitor.config.bittensor_nodes import NETWORKS_OF_NODES, http_addresses

    if network in NETWORKS_OF_NODES:
        raw.setdefault("bittensor_rpc_url", network)
        raw["bittensor_network"] = NETWORKS_OF_NODES[network]
    for field in ("bittensor_rpc_url", "bittensor_archive_network"):
        if field in raw:
            try:
                raw[field] = http_addresses(raw[field], field.upper())
            except EndpointError as error:
                faults.append((field.upper(), *_endpoint_words(error, field.upper(), "write e.g. finney")))
                del raw[field]


def _endpoint_words(error: Exception, name: str, otherwise: str) -> tuple[str, str]:
    text, _, fix = str(error).removeprefix(name).strip(" :").partition(": ")
    return text, fix or otherwise


def _beside(database_url: str, home: Path) -> Path:
    """The folder of a SQLite file, else `home`."""
    scheme, _, rest = database_url.partition(":///")
    return Path(rest.partition("?")[0]).parent if scheme.startswith("sqlite") else home


def _told(detail: ErrorDetails) -> Fault:
    field = str(detail["loc"][0])
    name, kind = field.upper(), detail["type"]
    extra = Settings.model_fields[field].json_schema_extra
    unit = str(extra["unit"]) if isinstance(extra, dict) else ""
    value = shown(detail["input"])
    if kind in ("int_parsing", "int_from_float", "int_parsing_size", "int_type"):
        default = Settings.model_fields[field].default
        return name, f"{value} is not a whole number of {unit}", f"write e.g. {name}={default if default else 10}"
    if kind in ("float_parsing", "finite_number"):
        return name, f"{value} is not a number of {unit}", f"write e.g. {name}={Settings.model_fields[field].default:g}"
    if kind == "bool_parsing":
        return name, f"{value} is neither true nor false", f"write {name}=true or {name}=false"
    if kind == "literal_error":
        return name, f"{value} is not among the choices", f"write {unit}"
    if kind == "string_pattern_mismatch":
        return name, f"{value} is not the name of a network", f"write e.g. {name}=mainnet"
    if kind == "greater_than":
        return name, f"{value} is too small", f"write more than {detail['ctx']['gt']:g} {unit}"
    return name, *told(detail)


def _contradictions(settings: Settings) -> list[Fault]:
    """Values that are right by themselves and wrong together."""
    found: list[Fault] = []
    baking, attestation = baking_limit(settings), attestation_limit(settings)
    for name, limit in (("ALERT_BAKING", baking), ("ALERT_ATTESTATION", attestation)):
        if limit and limit.window < limit.threshold:
            text = f"{limit.window} blocks can never hold the {limit.threshold} misses of {name}_THRESHOLD"
            found.append((f"{name}_BLOCK_WINDOW", text, f"write {limit.threshold} or more, or a smaller threshold"))
    return found + channel_faults(settings)

"""Asking AWS: a client with short timeouts, and what botocore's failures mean.

Credentials and AWS_ENDPOINT_URL are found by botocore's own rules.
"""

from __future__ import annotations

from typing import Any

from alerting.errors import Ambiguous, Broken, DeliveryError, NotSent, RateLimited, Rejected, TooLong
from alerting.library_logs import quiet
from monitor.loading import loading_code

_RETRY_AFTER = 30
"""Seconds, where throttling does not say."""
_THROTTLED = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "LimitExceededException"})
_FAILED = frozenset({"ServiceUnavailableException", "ServiceUnavailable", "InternalFailure", "InternalServiceError"})
_REFUSED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "IncompleteSignature",
        "ExpiredToken",
        "ExpiredTokenException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "RequestTimeTooSkewed",
        "RequestExpired",
    }
)
_NO_CREDENTIALS = frozenset(
    {
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "ProfileNotFound",
        "ConfigParseError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
        "SSOTokenLoadError",
    }
)


def client_of(service: str, region: str, timeout: float) -> Any:
    """A client of one service. Its defaults (60 s, several tries) are unfit for a run a minute."""
    quiet()
    # Hundreds of milliseconds: only a run that has something to say pays them.
    with loading_code():
        import boto3
        from botocore.config import Config

    config = Config(
        connect_timeout=min(3.0, timeout),
        read_timeout=min(5.0, timeout),
        retries={"total_max_attempts": 1, "mode": "standard"},  # the outbox retries
    )
    return boto3.session.Session().client(service, region_name=region, config=config)


def translated(error: Exception) -> DeliveryError:
    """botocore's exceptions by name, code and status; their texts may hold keys and URLs."""
    name, code, status = type(error).__name__, code_of(error), _status(error)
    if name in _NO_CREDENTIALS:
        return Broken("no usable AWS credentials")
    if name in ("NoRegionError", "InvalidRegionError", "InvalidEndpointError") or _is_of_endpoint(error):
        return Broken("AWS_REGION or AWS_ENDPOINT_URL is not usable")
    if name in ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"):
        return NotSent("no connection")
    if is_refused(error):
        return Broken(f"refused: {code}")
    if code in _THROTTLED or status == 429:
        return RateLimited(f"throttled: {code}", _retry_after(error))
    if code == "ResourceNotFoundException" or status == 404:
        return Broken("no such log group or stream" if code == "ResourceNotFoundException" else f"refused: {code}")
    if code == "InvalidParameterException" or status == 413:
        return TooLong(f"refused: {code}")
    if status is not None and 400 <= status < 500 and status != 408 and code not in _FAILED:
        return Rejected(f"refused: {code}")
    return Ambiguous(code or name)


def code_of(error: Exception) -> str:
    """AWS's name of the error (or the status where a body names none); "" where it never answered."""
    code = str(_part(error, "Error").get("Code", ""))
    return code if code.isalnum() and len(code) <= 60 else "an unknown error" if code else ""


def is_refused(error: Exception) -> bool:
    return code_of(error) in _REFUSED or _status(error) in (401, 403)


def _is_of_endpoint(error: Exception) -> bool:
    return isinstance(error, ValueError) and str(error).startswith("Invalid endpoint")


def _status(error: Exception) -> int | None:
    status = _part(error, "ResponseMetadata").get("HTTPStatusCode")
    return status if isinstance(status, int) else None


def _retry_after(error: Exception) -> int:
    headers = _part(error, "ResponseMetadata").get("HTTPHeaders")
    seconds = str(headers.get("retry-after", "")) if isinstance(headers, dict) else ""
    return int(seconds) if seconds.isdecimal() and 0 < int(seconds) < 10**6 else _RETRY_AFTER


def _part(error: Exception, name: str) -> dict[str, Any]:
    response = getattr(error, "response", None)
    part = response.get(name) if isinstance(response, dict) else None
    return part if isinstance(part, dict) else {}

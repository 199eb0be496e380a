"""Which checks a silence speaks of. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from monitor.model import CheckKey

ONLY_BY_NAME = frozenset(
    {
        "control_change",
        "wallet_control",
        "coldkey_swap",
        "identity",
        "owner_changed",
        "take_changed",
        "childkeys",
        "childkeys_pending",
    }
)
"""Rules that a pattern quiets only by naming them: an attacker's key change must not hide behind a maintenance."""


def names_of(target: str, name: str | None) -> tuple[str, ...]:
    """How people may write a target. On Bittensor also "18/val-A", and "sn18" and "sn18 val-A" as messages have it."""
    netuid, slash, _ = target.partition("/")
    found = (target,) if name is None else (target, name)
    if slash and netuid.isdecimal():
        return found if name is None else (*found, f"{netuid}/{name}", f"sn{netuid} {name}")
    return (*found, f"sn{netuid}") if netuid.isdecimal() else found


def matches(pattern: str, key: CheckKey, name: str | None) -> bool:
    """Whether `pattern` means this check: a target's name or address, a rule, `target/rule`, or a glob over these.

    `network/target/rule` works as well, so that `tezos:shadownet/*` means a whole network. Case matters. `name`: the
    target's in delegates.json; see `names_of` for Bittensor's.
    """
    if key.rule in ONLY_BY_NAME and not names_rule(pattern, key.rule):
        return False
    return any(spelling == pattern or fnmatchcase(spelling, pattern) for spelling in _spellings(key, name))


def means_target(pattern: str, network: str, target: str, name: str | None) -> bool:
    """Whether it means the target as a whole, or some of its rules."""
    who = names_of(target, name)
    spellings = [*who, *(f"{network}/{one}" for one in who)]
    pattern = pattern.removesuffix("/*")
    return any(spelling == pattern or fnmatchcase(spelling, pattern) for spelling in spellings)


def names_rule(pattern: str, rule: str) -> bool:
    """Whether its last part is the rule's very name."""
    return pattern.rpartition("/")[2] == rule


def _spellings(key: CheckKey, name: str | None) -> Iterator[str]:
    yield key.rule
    for who in names_of(key.target, name):
        yield who
        yield f"{who}/{key.rule}"
        yield f"{key.network}/{who}/{key.rule}"

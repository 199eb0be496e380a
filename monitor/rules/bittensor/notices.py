"""What is told once: control that changed hands, money that left, the hand of root. A row each.

owner_changed, take_changed, childkeys, identity, sudo, unexpected_transfer, wallet_control. Severity: critical where
somebody may have taken control, since whoever did not do it must act now. Nothing is open afterwards.
"""

from __future__ import annotations

from monitor.bittensor.units import RAO
from monitor.model import Occurrence, Severity, Verdict
from monitor.rules.bittensor import hyperparam_changed
from monitor.rules.bittensor.interface import Card, Limits, Notice, Threshold, bad

_ONCE = "told once; nothing stays open"


def _told(severity: Severity, occurrence: Occurrence) -> Verdict:
    detail = {**occurrence.detail, "ordinal": occurrence.ordinal, "at_block": occurrence.level}
    return bad(severity, occurrence.kind, detail)


def _control(occurrence: Occurrence, limits: Limits) -> Verdict | None:
    """Critical, unless it is what the watch list expects."""
    return _told(Severity.INFO if occurrence.detail.get("expected") else Severity.CRITICAL, occurrence)


def _sudo(occurrence: Occurrence, limits: Limits) -> Verdict | None:
    return _told(Severity.CRITICAL if occurrence.kind == "sudo_key_changed" else Severity.WARNING, occurrence)


def _transfer(occurrence: Occurrence, limits: Limits) -> Verdict | None:
    moved = occurrence.detail.get("amount")
    if moved is None:  # something left, and nobody can say that it was little
        return _told(Severity.WARNING, occurrence)
    amount = moved / RAO
    if amount >= limits["critical"]:
        return _told(Severity.CRITICAL, occurrence)
    return _told(Severity.WARNING, occurrence) if amount >= limits["warning"] else None


NOTICES: tuple[Notice, ...] = (
    hyperparam_changed.RULE,
    Notice(
        id="S2",
        card=Card(
            name="owner_changed",
            title="Subnet owner changed",
            kind="subnet",
            default="each change of a subnet's owner or of its owner's hotkey",
            severity="critical",
            recovery=_ONCE,
        ),
        about="A subnet belongs to somebody else, or its owner's emission goes to another hotkey.",
        read="`SubnetOwner`, `SubnetOwnerHotkey`, beside the run before",
        kinds=("subnet_owner_changed", "subnet_owner_hotkey_changed"),
        assess=_control,
    ),
    Notice(
        id="S12",
        card=Card(
            name="sudo",
            title="Root acted",
            kind="subnet",
            default="each Sudo call that names a watched subnet or none at all, but hyperparameters "
            "(`hyperparam_changed` tells those); a new sudo key",
            severity="warning; critical for a new sudo key",
            recovery=_ONCE,
        ),
        about="Root did something to a watched subnet or to the whole chain.",
        read="Sudo calls in every block, taken out of their wrappers; `Sudo.KeyChanged`",
        kinds=("sudo", "sudo_key_changed"),
        assess=_sudo,
    ),
    Notice(
        id="V13",
        card=Card(
            name="take_changed",
            title="Take changed",
            kind="validator",
            default="each change of a hotkey's take or childkey take",
            severity="critical; to know only, not a warning, where it is `expected.take`",
            recovery=_ONCE,
        ),
        about="A hotkey keeps another part of what its stakers earn.",
        read="`Delegates`, `ChildkeyTake`, beside the run before",
        kinds=("take_changed", "childkey_take_changed"),
        assess=_control,
    ),
    Notice(
        id="V13",
        card=Card(
            name="childkeys",
            title="Children changed",
            kind="validator",
            default="each change of a hotkey's children or parents",
            severity="critical; to know only, not a warning, where it is `expected.children`",
            recovery=_ONCE,
        ),
        about="A hotkey's stake works for other children, or other parents lend it theirs.",
        read="`ChildKeys`, `ParentKeys`, beside the run before",
        kinds=("children_changed", "parents_changed"),
        assess=_control,
    ),
    Notice(
        id="V14",
        card=Card(
            name="identity",
            title="Hotkey in other hands",
            kind="validator",
            default="each swap of a hotkey, and each change of the coldkey that owns it",
            severity="critical",
            recovery=_ONCE,
        ),
        about="A hotkey was swapped for another, or belongs to another coldkey.",
        read="`Owner`, beside the run before; `HotkeySwapped` and `HotkeySwappedOnSubnet` events",
        kinds=("hotkey_swapped", "hotkey_owner_changed"),
        assess=_control,
    ),
    Notice(
        id="W2",
        card=Card(
            name="unexpected_transfer",
            title="Transfer out of the wallet",
            kind="wallet",
            default="each transfer of τ or stake, and each removal of stake, of 1 τ or more by a watched coldkey",
            severity="warning; critical from 100 τ",
            recovery=_ONCE,
        ),
        about="Money leaves a watched coldkey.",
        read="`Balances.Transfer`, `StakeTransferred`, `StakeRemoved` events in every block",
        kinds=("transfer", "stake_transferred", "stake_removed"),
        assess=_transfer,
        thresholds=(
            Threshold("warning", 1, "τ", "from which it is told"),
            Threshold("critical", 100, "τ", "from which it is critical"),
        ),
    ),
    Notice(
        id="W3",
        card=Card(
            name="wallet_control",
            title="Control of the wallet changed",
            kind="wallet",
            default="each proxy added, coldkey swap announced or done, hotkey swapped, take or children set by a "
            "watched coldkey; those of hotkeys that are watched themselves are told of these",
            severity="critical",
            recovery=_ONCE,
        ),
        about="Somebody who holds a coldkey, or acts for it, changed what it controls.",
        read="events and the coldkey's own calls in every block",
        kinds=(
            "proxy_added",
            "coldkey_swap_announced",
            "coldkey_swapped",
            "hotkey_swapped_by",
            "take_set",
            "children_set",
        ),
        assess=_control,
    ),
)

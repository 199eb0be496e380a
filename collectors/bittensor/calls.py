"""Which calls a block really made: taken out of Sudo, batches, proxies and multisigs, each with what became of it.

A call's own events come first, then the mark its wrapper leaves (ItemCompleted, ProxyExecuted, Sudid, …), then that of
the wrapper around it. Read from the end, each mark belongs to the wrapper that is next, and a call that failed has left
nothing behind, since a failing call's events are rolled back with its storage. Where marks and calls do not fit, what
became of the calls is not guessed: they are told apart as undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from collectors.bittensor.codec import Runtime
from collectors.bittensor.derived_account import derivative_account, multisig_account
from collectors.bittensor.dispatch_error import error_name, result_of
from collectors.bittensor.extrinsics import Extrinsic, WrittenCall
from collectors.errors import Unreadable
from monitor.bittensor.block import ChainCall, ChainEvent

ROOT: Final = "root"

_ITEM = ("Utility.ItemCompleted", "Utility.ItemFailed")
_BATCH_END = ("Utility.BatchCompleted", "Utility.BatchCompletedWithErrors", "Utility.BatchInterrupted")
_BATCHES = ("Utility.batch", "Utility.batch_all", "Utility.force_batch")
_IF_ELSE = ("Utility.IfElseMainSuccess", "Utility.IfElseFallbackCalled")
_MULTISIG_OPEN = ("Multisig.NewMultisig", "Multisig.MultisigApproval")
_MULTISIG_DONE = "Multisig.MultisigExecuted"
_RESULTS: Final[Mapping[str, tuple[str, str]]] = {
    "Sudo.sudo": ("Sudo.Sudid", "sudo_result"),
    "Sudo.sudo_unchecked_weight": ("Sudo.Sudid", "sudo_result"),
    "Sudo.sudo_as": ("Sudo.SudoAsDone", "sudo_result"),
    "SubtensorModule.sudo": ("SubtensorModule.Sudid", "0"),
    "SubtensorModule.sudo_unchecked_weight": ("SubtensorModule.Sudid", "0"),
    "Proxy.proxy": ("Proxy.ProxyExecuted", "result"),
    "Proxy.proxy_announced": ("Proxy.ProxyExecuted", "result"),
    "Utility.dispatch_as": ("Utility.DispatchedAs", "result"),
}
"""Wrappers that succeed whatever the call in them does -> the event that tells, and its field."""
_SAME_FATE = ("Utility.as_derivative", "Utility.with_weight", "Utility.dispatch_as_fallible")
"""Wrappers that fail where the call in them fails."""
_MULTISIGS = ("Multisig.as_multi", "Multisig.as_multi_threshold_1")
_MARKS: Final = frozenset(
    (*_ITEM, *_BATCH_END, *_IF_ELSE, *_MULTISIG_OPEN, _MULTISIG_DONE, *(event for event, _ in _RESULTS.values()))
)


@dataclass(frozen=True, slots=True)
class BlockCalls:
    calls: tuple[ChainCall, ...] = ()
    """Made, successfully or not, in the order of the block; wrappers are told by `path`, not as calls."""
    undecided: tuple[str, ...] = ()
    """Calls whose fate the events do not tell ("Utility.batch"), and extrinsics that cannot be decoded."""


@dataclass(frozen=True, slots=True)
class _Fate:
    """`success` None: not told. `made` False: never run."""

    success: bool | None
    error: str | None = None
    made: bool = True


_SUCCEEDED, _UNTOLD, _NOT_MADE = _Fate(True), _Fate(None), _Fate(None, made=False)


@dataclass(frozen=True, slots=True)
class _Made:
    call: ChainCall
    fate: _Fate


def read_calls(runtime: Runtime, extrinsics: Sequence[Extrinsic | None], events: Sequence[ChainEvent]) -> BlockCalls:
    """`runtime` is the one that executed the block, `events` all of its events in order. Never raises."""
    by_extrinsic: dict[int, list[ChainEvent]] = {}
    for event in events:
        if event.extrinsic is not None:
            by_extrinsic.setdefault(event.extrinsic, []).append(event)
    calls: list[ChainCall] = []
    undecided: list[str] = []
    for index, extrinsic in enumerate(extrinsics):
        if extrinsic is None:
            undecided.append(f"extrinsic {index}")
            continue
        for made in _of_extrinsic(runtime, extrinsic, by_extrinsic.get(index, [])):
            if made.fate.success is not None:
                calls.append(replace(made.call, success=made.fate.success, error=made.fate.error))
            elif made.fate.made:
                undecided.append(made.call.name)
    return BlockCalls(tuple(calls), tuple(undecided))


def _of_extrinsic(runtime: Runtime, extrinsic: Extrinsic, events: list[ChainEvent]) -> list[_Made]:
    fate = _UNTOLD
    for event in events:
        if event.name == "System.ExtrinsicSuccess":
            fate = _SUCCEEDED
        elif event.name == "System.ExtrinsicFailed":
            fate = _Fate(False, error_name(runtime, event.value("dispatch_error", 0)))
    unwrapping = _Unwrapping(runtime, extrinsic, [event for event in events if event.name in _MARKS])
    unwrapping.unwrap(extrinsic.call, extrinsic.signer, (), fate)
    found = unwrapping.found[::-1]
    if unwrapping.marks:  # marks that belong to nobody: those that were taken may belong to somebody else, too
        return [replace(made, fate=_UNTOLD) if made.call.path else made for made in found]
    return found


class _Unwrapping:
    """Goes through one extrinsic from its last call to its first."""

    def __init__(self, runtime: Runtime, extrinsic: Extrinsic, marks: list[ChainEvent]) -> None:
        self._runtime = runtime
        self._extrinsic = extrinsic
        self.marks = marks
        """That were not taken yet: the last belongs to the wrapper that is next."""
        self.found: list[_Made] = []
        """The last call first."""

    def unwrap(self, call: WrittenCall, origin: str | None, path: tuple[str, ...], fate: _Fate) -> None:
        name = str(call)
        inside = (*path, name)
        if name in _BATCHES:
            self._batch(call, origin, inside, fate)
        elif name == "Utility.if_else":
            self._if_else(call, origin, inside, fate)
        elif name in _MULTISIGS:
            self._multisig(call, origin, inside, fate)
        elif name in _RESULTS or name in _SAME_FATE:
            inner_fate = self._told_by(*_RESULTS[name]) if name in _RESULTS and fate.success else fate
            self._inner(call.arguments.get("call"), _acts_for(call, origin), inside, inner_fate)
        else:
            made = ChainCall(name, call.arguments, self._extrinsic.index, self._extrinsic.signer, origin, path=path)
            self.found.append(_Made(made, fate))

    def _inner(self, call: Any, origin: str | None, path: tuple[str, ...], fate: _Fate) -> None:
        if isinstance(call, WrittenCall):
            self.unwrap(call, origin, path, fate)

    def _take(self, *names: str) -> ChainEvent | None:
        """The last mark, if it is one of these."""
        return self.marks.pop() if self.marks and self.marks[-1].name in names else None

    def _told_by(self, event: str, field: str) -> _Fate:
        mark = self._take(event)
        return _UNTOLD if mark is None else _Fate(*result_of(self._runtime, mark.value(field, 0)))

    def _batch(self, call: WrittenCall, origin: str | None, path: tuple[str, ...], fate: _Fate) -> None:
        calls = call.arguments.get("calls")
        items = list(calls) if isinstance(calls, list | tuple) else []
        fates = [fate] * len(items)
        done = 0  # how many items have a mark of their own
        if fate.success:
            fates = [_UNTOLD] * len(items)
            end = self._take(*_BATCH_END)
            if end is not None:
                done = len(items)
            if end is not None and end.name == "Utility.BatchInterrupted":
                done = min(len(items), end.number("index", 0) or 0)
                fates = [_NOT_MADE] * len(items)
                fates[done : done + 1] = [_Fate(False, error_name(self._runtime, end.value("error", 1)))]
        for index in range(len(items) - 1, -1, -1):
            self._inner(items[index], origin, path, self._item() if index < done else fates[index])

    def _item(self) -> _Fate:
        mark = self._take(*_ITEM)
        if mark is None:
            return _UNTOLD
        if mark.name == "Utility.ItemCompleted":
            return _SUCCEEDED
        return _Fate(False, error_name(self._runtime, mark.value("error", 0)))

    def _if_else(self, call: WrittenCall, origin: str | None, path: tuple[str, ...], fate: _Fate) -> None:
        main = fallback = fate
        if fate.success:
            mark = self._take(*_IF_ELSE)
            main = fallback = _UNTOLD
            if mark is not None and mark.name == "Utility.IfElseMainSuccess":
                main, fallback = _SUCCEEDED, _NOT_MADE
            elif mark is not None:
                main = _Fate(False, error_name(self._runtime, mark.value("main_error", 0)))
                fallback = _SUCCEEDED
        self._inner(call.arguments.get("fallback"), origin, path, fallback)
        self._inner(call.arguments.get("main"), origin, path, main)

    def _multisig(self, call: WrittenCall, origin: str | None, path: tuple[str, ...], fate: _Fate) -> None:
        """The last signatory's call makes the inner one; those before only approve of it."""
        inner = fate
        if fate.success:
            mark = self._take(_MULTISIG_DONE, *_MULTISIG_OPEN)
            if mark is None:  # of a single signatory older runtimes tell nothing: it fails where the inner call does
                inner = _UNTOLD if call.name == "as_multi" else fate
            elif mark.name == _MULTISIG_DONE:
                inner = _Fate(*result_of(self._runtime, mark.value("result", 4)))
            else:
                inner = _NOT_MADE
        self._inner(call.arguments.get("call"), _acts_for(call, origin), path, inner)


def _acts_for(call: WrittenCall, origin: str | None) -> str | None:
    """The account for which the call inside is made, or "root"; None where it is not known."""
    arguments = call.arguments
    if call.name == "with_weight":
        return origin
    if call.pallet == "Proxy":
        return _text(arguments.get("real"))
    if call.name == "sudo_as":
        return _text(arguments.get("who"))
    if call.name.startswith("sudo"):
        return ROOT
    if call.name.startswith("dispatch_as"):
        return _origin(arguments.get("as_origin"))
    try:
        if call.name == "as_derivative":
            return None if origin is None else derivative_account(origin, arguments["index"])
        others = arguments["other_signatories"]
        return None if origin is None else multisig_account([*others, origin], arguments.get("threshold", 1))
    except (Unreadable, KeyError, TypeError, AttributeError, OverflowError):
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _origin(caller: Any) -> str | None:
    """{"system": "Root"} or {"system": {"Signed": address}}, as an OriginCaller is decoded."""
    system = caller.get("system", caller.get("System")) if isinstance(caller, Mapping) else None
    if system == "Root":
        return ROOT
    return _text(system.get("Signed")) if isinstance(system, Mapping) else None

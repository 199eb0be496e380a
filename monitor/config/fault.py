"""From what pydantic finds to what people read: a fault and its fix."""

from __future__ import annotations

from typing import NoReturn

from pydantic_core import ErrorDetails, PydanticCustomError

from monitor.config.problem import shown


def fault(text: str, fix: str) -> NoReturn:
    """Refuse a value inside a pydantic validator, in words that reach the user as they are."""
    raise PydanticCustomError("fault", "{text}", {"text": text, "fix": fix})


def told(detail: ErrorDetails) -> tuple[str, str]:
    """(text, fix) of a value that does not fit, in words that suit both files."""
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "fault":
        return str(context["text"]), str(context["fix"])
    if kind == "string_too_long":
        return f"is {len(value)} characters long", f"write {context['max_length']} at most"
    if kind == "string_unicode":
        return "holds half a character (a lone surrogate)", "write the text again"
    if kind == "greater_than_equal":
        return f"{shown(value)} is less than {context['ge']}", f"write {context['ge']} or more"
    if kind == "less_than_equal":
        return f"{shown(value)} is more than {context['le']}", f"write {context['le']} or less"
    return f"{shown(value)} does not fit", detail["msg"]

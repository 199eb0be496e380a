"""Events to text. All wording lives in this package, and nothing else does."""

from alerting.render.item import RenderedInput
from alerting.render.message import render

__all__ = ["RenderedInput", "render"]

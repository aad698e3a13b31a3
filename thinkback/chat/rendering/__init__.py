"""Answers in Markdown → HTML that is safe to show."""

from thinkback.chat.rendering.live import Block, Live, advance
from thinkback.chat.rendering.whole import plain, render

__all__ = ["Block", "Live", "advance", "plain", "render"]

"""Events of a stream that say nothing yet: whatever comes after them may still be an error that was not foreseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ANNOUNCING = frozenset({
    "message_start", "ping",  # https://docs.anthropic.com/en/api/messages-streaming
    "response.created", "response.in_progress", "response.queued",  # https://platform.openai.com/docs/api-reference
})  # fmt: skip
BARE = frozenset({"type", "role", "index"})  # of a delta or a block: these alone are nothing said
BLOCKS = {"content_block_start": "content_block", "content_block_delta": "delta"}


def says_nothing(document: Mapping[str, Any]) -> bool:
    """Whether this event, in one of the known formats, holds no part of the answer; unknown ones count as saying it."""
    kind = document.get("type")
    if kind in ANNOUNCING:
        return True
    if kind in BLOCKS:
        block = document.get(BLOCKS[kind])
        return isinstance(block, dict) and block.get("type") != "tool_use" and is_bare(block)
    choices = document.get("choices")
    if not isinstance(choices, list) or document.get("usage"):
        return False
    return all(isinstance(choice, dict) and not choice_says(choice) for choice in choices)


def choice_says(choice: Mapping[str, Any]) -> bool:
    """Whether a choice of a chat or text completion holds text, a call, or a reason for its end."""
    delta = choice.get("delta")
    return not is_bare(delta if isinstance(delta, dict) else {}) or any(map(choice.get, ("finish_reason", "text")))


def is_bare(delta: Mapping[str, Any]) -> bool:
    """Whether nothing is said but who speaks: empty texts and nulls are nothing."""
    return not any(value for name, value in delta.items() if name not in BARE)

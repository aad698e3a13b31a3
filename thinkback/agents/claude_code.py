"""How Claude Code is spoken to without a terminal: `claude -p` with JSON lines in and out.

https://code.claude.com/docs/en/headless and https://code.claude.com/docs/en/agent-sdk/typescript (message types).
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import uuid4

from thinkback.agents.said import Began, Broke, Did, Listener, Lost, Reported, Said, Spoke, Thought, Turn, line_of

MODES = {"read": "dontAsk", "edit": "acceptEdits", "all": "bypassPermissions"}
READING = "Read,Glob,Grep"
UNKNOWN = "No conversation found"
ARGUMENTS = ("command", "file_path", "path", "pattern", "url", "query", "description", "prompt")


class ClaudeCode:
    """One process for each turn, which goes on with the session that it is told."""

    speaks: tuple[str, ...] = ("anthropic",)

    def command(self, program: Path, turn: Turn) -> list[str]:
        """`--setting-sources ""`: neither hooks nor permissions out of files of the directory are followed."""
        words = [str(program), "-p", "--output-format", "stream-json", "--input-format", "stream-json", "--verbose"]
        words += ["--include-partial-messages", "--setting-sources", "", "--strict-mcp-config"]
        words += ["--permission-mode", MODES[turn.may]]
        if turn.may == "read":
            words += ["--tools", READING, "--allowedTools", READING]
        words += ["--resume" if turn.goes_on else "--session-id", turn.session]
        return words if turn.model == "default" else [*words, f"--model={turn.model}"]

    def variables(self, turn: Turn) -> dict[str, str]:
        """Its calls go through our own proxy, with a token that is good for this turn."""
        return {
            "ANTHROPIC_BASE_URL": turn.api,
            "ANTHROPIC_AUTH_TOKEN": turn.token,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_MAX_RETRIES": "1",  # the proxy tries again by itself
            "DISABLE_AUTOUPDATER": "1",
        }

    def stdin(self, turn: Turn) -> bytes:
        """One message of a user."""
        message = {"role": "user", "content": [{"type": "text", "text": turn.words}]}
        return json.dumps({"type": "user", "message": message}).encode() + b"\n"

    def listener(self) -> Listener:
        """Understands its output."""
        return ClaudeCodeListener()

    def new_session(self) -> str:
        """A session is a UUID."""
        return str(uuid4())


class ClaudeCodeListener:
    """JSON lines → what they say. What its helpers (subagents) say among themselves is passed over."""

    def __init__(self) -> None:
        self.ended = False
        self.spoke = False

    def feed(self, line: bytes) -> list[Said]:
        """What one line says."""
        try:
            event = json.loads(line)
        except ValueError:
            return []
        if not isinstance(event, dict) or event.get("parent_tool_use_id"):
            return []
        read = READERS.get(str(event.get("type")))
        return [] if read is None else read(self, event)

    def close(self, code: int, complaint: str) -> list[Said]:
        """An end without a result is a failure."""
        if self.ended:
            return []
        return [Lost()] if UNKNOWN in complaint else [Broke(complaint or f"It ended with exit code {code}.")]

    def system(self, event: dict[str, Any]) -> list[Said]:
        """Its beginning; and that a call of it is made again."""
        if event.get("subtype") == "init":
            return [Began(str(event.get("session_id", "")))]
        if event.get("subtype") == "api_retry":
            return [Did(f"A call failed ({event.get('error_status') or event.get('error')}) and is made again")]
        return []

    def piece(self, event: dict[str, Any]) -> list[Said]:
        """A piece of text or reasoning."""
        inner = event.get("event")
        inner = inner if isinstance(inner, dict) else {}
        if inner.get("type") == "content_block_start":
            block = inner.get("content_block")
            again = self.spoke and isinstance(block, dict) and block.get("type") == "text"
            return [Spoke("\n\n")] if again else []
        delta = inner.get("delta")
        if inner.get("type") != "content_block_delta" or not isinstance(delta, dict):
            return []
        if isinstance(text := delta.get("text"), str) and text:
            self.spoke = True
            return [Spoke(text)]
        thinking = delta.get("thinking")
        return [Thought(thinking)] if isinstance(thinking, str) and thinking else []

    def message(self, event: dict[str, Any]) -> list[Said]:
        """The tools that it uses, in a message of its own, and those that failed, in the answer to that."""
        message = event.get("message")
        content = message.get("content") if isinstance(message, dict) else None
        said: list[Said] = []
        for part in content if isinstance(content, list) else []:
            if not isinstance(part, dict):
                continue
            if part.get("type") == "tool_use":
                said.append(Did(f"{part.get('name')} {argument(part.get('input'))}".strip()))
            elif part.get("type") == "tool_result" and part.get("is_error"):
                said.append(Did(f"That failed: {line_of(part.get('content'))}"))
        return said

    def result(self, event: dict[str, Any]) -> list[Said]:
        """The end of the turn."""
        self.ended = True
        errors = event.get("errors")
        words = "; ".join(map(str, errors)) if isinstance(errors, list) else ""
        if not event.get("is_error"):
            return [Reported(dollars(event.get("total_cost_usd")), int(event.get("num_turns") or 0))]
        if UNKNOWN in words:
            return [Lost()]
        status = event.get("api_error_status")
        message = words or str(event.get("result") or event.get("subtype") or "It gave no reason.")
        return [Broke(message, status if isinstance(status, int) else None)]


READERS = {
    "system": ClaudeCodeListener.system,
    "stream_event": ClaudeCodeListener.piece,
    "assistant": ClaudeCodeListener.message,
    "user": ClaudeCodeListener.message,
    "result": ClaudeCodeListener.result,
}


def argument(given: object) -> str:
    """What a tool is used on: the most telling of its arguments."""
    if not isinstance(given, dict):
        return ""
    return next((line_of(given[name]) for name in ARGUMENTS if given.get(name)), "")


def dollars(value: object) -> Decimal | None:
    """An amount as it was written."""
    try:
        found = Decimal(str(value)) if isinstance(value, int | float | str) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and found >= 0 else None

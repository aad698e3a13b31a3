"""How OpenCode is spoken to without a terminal: `opencode run --format json`.

https://opencode.ai/docs/cli, https://opencode.ai/docs/config, https://opencode.ai/docs/permissions. Its events come
part by part: a text when it is whole.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from thinkback.agents.claude_code import argument, dollars
from thinkback.agents.said import Began, Broke, Did, Listener, Lost, Reported, Said, Spoke, Thought, Turn, line_of

PACKAGES = {"anthropic": "@ai-sdk/anthropic", "openai": "@ai-sdk/openai-compatible"}  # both are built in
UNKNOWN = "Session not found"
ALLOWED = {
    "read": {"edit": "deny", "bash": "deny"},
    "edit": {"edit": "allow", "bash": "deny"},
    "all": {"edit": "allow", "bash": "allow"},
}


class OpenCode:
    """One process for each turn, which goes on with the session that it is told."""

    speaks: tuple[str, ...] = ("openai", "anthropic")

    def command(self, program: Path, turn: Turn) -> list[str]:
        """`--pure`: no plug-ins of the directory are run. A session would go on with its former model."""
        words = [str(program), "run", "--format", "json", "--thinking", "--pure", f"--model=thinkback/{turn.model}"]
        return [*words, "--session", turn.session] if turn.goes_on else [*words, "--title", "ThinkBack"]

    def variables(self, turn: Turn) -> dict[str, str]:
        """Its configuration, which goes before any file; one in the directory might name programs to be started."""
        version = "/v1" if not turn.api.endswith("/v1") else ""
        options = {"baseURL": turn.api + version, "apiKey": "{env:THINKBACK_TOKEN}"}
        package = PACKAGES.get(turn.wire_format, PACKAGES["openai"])
        model = f"thinkback/{turn.model}"
        configuration = {
            "provider": {
                "thinkback": {"npm": package, "name": "ThinkBack", "options": options, "models": {turn.model: {}}}
            },
            "enabled_providers": ["thinkback"],
            "model": model,
            "small_model": model,
            "permission": {**ALLOWED[turn.may], "webfetch": "deny", "external_directory": "deny"},
            "share": "disabled",
            "autoupdate": False,
            "snapshot": False,
        }
        return {
            "OPENCODE_CONFIG_CONTENT": json.dumps(configuration),
            "THINKBACK_TOKEN": turn.token,
            "OPENCODE_DISABLE_PROJECT_CONFIG": "1",
            "OPENCODE_DISABLE_AUTOUPDATE": "1",
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
            "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
            "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1",
        }

    def stdin(self, turn: Turn) -> bytes:
        """The message as it is."""
        return turn.words.encode()

    def listener(self) -> Listener:
        """Understands its output."""
        return OpenCodeListener()

    def new_session(self) -> str:
        """It chooses the name itself."""
        return ""


class OpenCodeListener:
    """JSON lines → what they say."""

    def __init__(self) -> None:
        self.began = False
        self.spoke = False
        self.failed = False
        self.cost: Decimal | None = None
        self.steps = 0

    def feed(self, line: bytes) -> list[Said]:
        """What one line says."""
        try:
            event = json.loads(line)
        except ValueError:
            return []
        if not isinstance(event, dict):
            return []
        said: list[Said] = []
        if not self.began and isinstance(name := event.get("sessionID"), str):
            self.began = True
            said.append(Began(name))
        part = event.get("part")
        return said + self._read(str(event.get("type")), event, part if isinstance(part, dict) else {})

    def close(self, code: int, complaint: str) -> list[Said]:
        """Its end tells whether it went well."""
        if self.failed:
            return []
        if UNKNOWN in complaint:
            return [Lost()]
        if code or not self.steps:
            return [Broke(complaint or f"It ended with exit code {code}.")]
        return [Reported(self.cost, self.steps)]

    def _read(self, type: str, event: dict[str, Any], part: dict[str, Any]) -> list[Said]:
        text = str(part.get("text") or "")
        if type == "text" and text:
            before, self.spoke = "\n\n" if self.spoke else "", True
            return [Spoke(before + text)]
        if type == "reasoning" and text:
            return [Thought(text)]
        if type == "tool_use":
            return tool(part)
        if type == "step_finish":
            self.steps += 1
            cost = dollars(part.get("cost"))
            if cost:  # it says 0 of every model whose price it does not know
                self.cost = cost + (self.cost or Decimal(0))
        return self._failure(event.get("error")) if type == "error" else []

    def _failure(self, error: object) -> list[Said]:
        self.failed = True
        error = error if isinstance(error, dict) else {}
        data = error.get("data")
        data = data if isinstance(data, dict) else {}
        status = data.get("statusCode")
        message = str(data.get("message") or error.get("name") or "It gave no reason.")
        return [Broke(message, status if isinstance(status, int) else None)]


def tool(part: dict[str, Any]) -> list[Said]:
    """What a tool was used on, and whether that failed."""
    state = part.get("state")
    state = state if isinstance(state, dict) else {}
    used_on = argument(state.get("input")) or line_of(state.get("title"))
    said: list[Said] = [Did(f"{part.get('tool')} {used_on}".strip())]
    if state.get("status") == "error":
        said.append(Did(f"That failed: {line_of(state.get('error'))}"))
    return said
